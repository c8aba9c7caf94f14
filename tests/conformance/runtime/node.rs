//! Node: the packages of a manifest in a folder of their own, linked into each copy of a program and kept between runs.
//! TypeScript is compiled by the compiler that the program's own manifest asks for, with its own settings.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::ims::{Ims, World};

use super::{Installed, Runtime, made_once, success, symlink};

/// Nothing that was published later is installed, so that ranges in a manifest mean the same every day.
const PUBLISHED_BEFORE: &str = "2026-06-01";
/// The linter of migrated code, with what it needs to read TypeScript.
const LINTER: &[(&str, &str)] =
    &[("eslint", "9.28.0"), ("globals", "16.2.0"), ("typescript-eslint", "8.33.1"), ("typescript", "5.8.3")];
/// What preloads the redirect.
const REDIRECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/redirect/node/redirect.cjs");
/// The linter's settings.
const LINT_SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/runtime/eslint.config.mjs");

pub(super) struct Node;

impl Runtime for Node {
    fn language(&self) -> &'static str {
        "node"
    }

    fn missing(&self) -> Option<String> {
        let version = Command::new("node").arg("--version").output().ok().filter(|it| it.status.success());
        let version = version.map(|it| String::from_utf8_lossy(&it.stdout).trim().trim_start_matches('v').to_owned());
        let major = version.and_then(|it| it.split('.').next()?.parse::<u32>().ok());
        let npm = Command::new("npm").arg("--version").output().is_ok_and(|it| it.status.success());
        match major {
            Some(20..) if npm => None,
            _ => Some("node (20 or later, with npm) is missing".to_owned()),
        }
    }

    fn install(&self, folder: &Path) -> Result<Installed, String> {
        packages(&dependencies(folder)?)
    }

    fn prepare(&self, folder: &Path, installed: &Installed) -> Result<(), String> {
        link(folder, installed).map_err(|error| format!("{}: {error}", folder.display()))?;
        let compiler = installed.folder.join("node_modules/typescript/bin/tsc");
        match folder.join("tsconfig.json").exists() {
            true => {
                let output = Command::new("node").arg(compiler).args(["-p", "."]).current_dir(folder).output();
                success("tsc", output).map(drop)
            }
            false => Ok(()),
        }
    }

    fn command(&self, folder: &Path, command: &[String], _: &Installed, ims: &Ims, world: &World) -> Command {
        let mains = ["dist/main.js", "main.mjs", "main.js"];
        let main = mains.iter().find(|it| folder.join(it).exists()).unwrap_or(&"main.js");
        let words = if command.is_empty() { vec!["node".to_owned(), (*main).to_owned()] } else { command.to_vec() };
        let mut res = Command::new(&words[0]);
        res.args(&words[1..]).current_dir(folder).env_clear();
        res.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", folder);
        res.env("NODE_OPTIONS", format!("--require {REDIRECT}")).env("NODE_EXTRA_CA_CERTS", &world.authority_file);
        res.env("IMS_DOUBLE_PORT", ims.port.to_string()).env("NO_COLOR", "1");
        res
    }

    fn lint(&self, folder: &Path) -> Result<(), String> {
        let wanted = LINTER.iter().map(|(name, version)| ((*name).to_owned(), json!(version))).collect();
        let linter = packages(&wanted)?;
        // The settings import the linter's parts, which Node looks for beside them.
        let settings = linter.folder.join("eslint.config.mjs");
        fs::copy(LINT_SETTINGS, &settings).map_err(|error| format!("{}: {error}", settings.display()))?;
        let output = Command::new("node")
            .arg(linter.folder.join("node_modules/eslint/bin/eslint.js"))
            .arg("--no-warn-ignored")
            .arg("--config")
            .arg(&settings)
            .arg(".")
            .current_dir(folder)
            .output();
        success("eslint", output).map(drop)
    }

    fn last_error(&self, stderr: &str) -> Option<String> {
        let name = |line: &str| {
            let name = line.split([':', ' ']).next()?.rsplit('.').next()?;
            (name.ends_with("Error") && name.chars().all(char::is_alphanumeric)).then(|| name.to_owned())
        };
        stderr.lines().filter(|it| !it.starts_with(' ')).find_map(name)
    }

    fn token_errors(&self) -> &'static [&'static str] {
        &["Error", "TokenError", "InternalOAuthError"]
    }
}

/// All packages that the manifests of a folder ask for; workspaces share one tree.
fn dependencies(folder: &Path) -> Result<Map<String, Value>, String> {
    let mut res = Map::new();
    for manifest in manifests(folder) {
        let text = fs::read_to_string(&manifest).map_err(|error| format!("{}: {error}", manifest.display()))?;
        let content: Value = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", manifest.display()))?;
        for table in ["dependencies", "devDependencies"] {
            for (name, version) in content.get(table).and_then(Value::as_object).into_iter().flatten() {
                res.insert(name.clone(), version.clone());
            }
        }
    }
    for own in manifests(folder).iter().filter_map(|it| package_name(it)) {
        res.remove(&own);
    }
    Ok(res)
}

fn manifests(folder: &Path) -> Vec<PathBuf> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = files.filter_entry(|it| it.file_name() != "node_modules").map(Result::unwrap);
    files.filter(|it| it.file_name() == "package.json").map(walkdir::DirEntry::into_path).collect()
}

fn package_name(manifest: &Path) -> Option<String> {
    let content: Value = serde_json::from_str(&fs::read_to_string(manifest).ok()?).ok()?;
    content.get("name")?.as_str().map(str::to_owned)
}

/// A folder with some packages.
fn packages(wanted: &Map<String, Value>) -> Result<Installed, String> {
    let manifest = json!({"name": "programs", "private": true, "dependencies": wanted}).to_string();
    let mut hasher = DefaultHasher::new();
    (&manifest, PUBLISHED_BEFORE).hash(&mut hasher);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node").join(format!("{:016x}", hasher.finish()));
    made_once(folder, |folder| {
        let written = fs::create_dir_all(folder.join("node_modules"))
            .and_then(|()| fs::write(folder.join("package.json"), &manifest));
        written.map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]);
        npm.args(["--before", PUBLISHED_BEFORE]).current_dir(folder);
        success("npm install", npm.output()).map(drop)
    })
}

/// Links the installed packages, and the program's own workspaces, into `node_modules`.
fn link(folder: &Path, installed: &Installed) -> io::Result<()> {
    let modules = folder.join("node_modules");
    if modules.exists() {
        fs::remove_dir_all(&modules)?;
    }
    fs::create_dir_all(&modules)?;
    for entry in fs::read_dir(installed.folder.join("node_modules"))? {
        let entry = entry?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('@') {
            symlink(&entry.path(), &modules.join(name))?;
            continue;
        }
        fs::create_dir_all(modules.join(&name))?;
        for scoped in fs::read_dir(entry.path())? {
            let scoped = scoped?;
            symlink(&scoped.path(), &modules.join(&name).join(scoped.file_name()))?;
        }
    }
    let root = folder.join("package.json");
    for manifest in manifests(folder).into_iter().filter(|it| *it != root) {
        let (Some(name), Some(package)) = (package_name(&manifest), manifest.parent()) else { continue };
        let place = modules.join(&name);
        fs::create_dir_all(place.parent().unwrap_or(&modules))?;
        // Relative, so that a copy of the folder has its own packages.
        let up = "../".repeat(name.split('/').count());
        symlink(&Path::new(&up).join(package.strip_prefix(folder).unwrap_or(package)), &place)?;
    }
    Ok(())
}
