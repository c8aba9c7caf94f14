//! Python: a virtual environment for each set of requirements, kept between runs.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::ims::{Ims, World};

use super::{Installed, Runtime, made_once, success};

/// The linter of migrated code.
const RUFF: &str = "ruff==0.14.0";
/// Versions of what is installed besides what the manifests pin.
const CONSTRAINTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/runtime/python-constraints.txt");

pub(super) struct Python;

impl Runtime for Python {
    fn language(&self) -> &'static str {
        "python"
    }

    fn missing(&self) -> Option<String> {
        let probe = ["-c", "import sys, pip, venv; sys.exit(sys.version_info < (3, 9))"];
        match interpreter().map(|it| Command::new(it).args(probe).output()) {
            Some(Ok(output)) if output.status.success() => None,
            _ => Some("python3 (3.9 or later, with venv and pip) is missing".to_owned()),
        }
    }

    fn install(&self, folder: &Path) -> Result<Installed, String> {
        environment(&requirements(folder)?)
    }

    fn command(&self, folder: &Path, command: &[String], installed: &Installed, ims: &Ims, world: &World) -> Command {
        let words =
            if command.is_empty() { ["python", "main.py"].map(str::to_owned).to_vec() } else { command.to_vec() };
        let mut res = Command::new(installed.folder.join("bin").join(&words[0]));
        res.args(&words[1..]).current_dir(folder).env_clear();
        let redirect = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/redirect/python");
        res.env("PATH", installed.folder.join("bin"));
        res.env("HOME", folder).env("PYTHONPATH", redirect).env("PYTHONDONTWRITEBYTECODE", "1");
        res.env("PYTHONUNBUFFERED", "1").env("IMS_DOUBLE_PORT", ims.port.to_string());
        for variable in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"] {
            res.env(variable, &world.authority_file);
        }
        res
    }

    fn lint(&self, folder: &Path) -> Result<(), String> {
        let ruff = environment(&[RUFF.to_owned()])?.folder.join("bin/ruff");
        let output = Command::new(ruff)
            .args(["check", "--isolated", "--no-cache", "--select", "F", "--output-format", "concise", "."])
            .current_dir(folder)
            .output();
        success("ruff", output).map(drop)
    }

    fn last_error(&self, stderr: &str) -> Option<String> {
        let traced = stderr.rfind("Traceback (most recent call last):")?;
        let mut lines = stderr[traced..].lines().skip(1).filter(|it| !it.starts_with(' ') && !it.trim().is_empty());
        let line = lines.next()?;
        Some(line.split(':').next().unwrap_or_default().trim().to_owned())
    }

    fn token_errors(&self) -> &'static [&'static str] {
        &[
            "authlib.integrations.base_client.errors.OAuthError",
            "authlib.common.errors.AuthlibBaseError",
            "oauthlib.oauth2.rfc6749.errors.InvalidClientError",
            "requests.exceptions.HTTPError",
            "httpx.HTTPStatusError",
        ]
    }
}

/// The interpreter itself. What `python3` names may be a script of a version manager that does more after pip has run,
/// which fails where several run at once.
pub(crate) fn interpreter() -> Option<&'static Path> {
    static INTERPRETER: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().ok()?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim())).filter(|it| it.is_file())
    });
    INTERPRETER.as_deref()
}

/// An environment with some requirements.
pub(crate) fn environment(requirements: &[String]) -> Result<Installed, String> {
    let mut hasher = DefaultHasher::new();
    (requirements, fs::read_to_string(CONSTRAINTS).unwrap_or_default()).hash(&mut hasher);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python").join(format!("{:016x}", hasher.finish()));
    made_once(folder, |folder| {
        let python = interpreter().ok_or("python3 is missing")?;
        let venv = Command::new(python).args(["-m", "venv", "--without-pip"]).arg(folder).output();
        success("python3 -m venv", venv)?;
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "--python"]).arg(folder.join("bin/python"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--no-compile", "-c", CONSTRAINTS]);
        success("pip install", pip.args(requirements).output()).map(drop)
    })
}

/// What the manifest of a folder asks for, as pip takes it. Build systems read their own manifests here, with the
/// libraries that define them, so that a manifest they cannot read fails.
fn requirements(folder: &Path) -> Result<Vec<String>, String> {
    let read = |name: &str| fs::read_to_string(folder.join(name));
    if let Ok(text) = read("requirements.txt") {
        let lines = text.lines().map(|it| it.split(" #").next().unwrap_or_default().trim());
        return Ok(lines.filter(|it| !it.is_empty() && !it.starts_with('#')).map(str::to_owned).collect());
    }
    if let Ok(text) = read("Pipfile") {
        return pipfile(&text);
    }
    if let Ok(text) = read("environment.yml") {
        return Ok(conda(&text));
    }
    built(folder)
}

fn pipfile(text: &str) -> Result<Vec<String>, String> {
    let table: toml::Table = toml::from_str(text).map_err(|error| format!("Pipfile: {error}"))?;
    let packages = table.get("packages").and_then(toml::Value::as_table).ok_or("Pipfile: no packages")?;
    let version = |it: &toml::Value| {
        let text = it.as_str().or_else(|| it.get("version")?.as_str()).unwrap_or("*").to_owned();
        if text == "*" { String::new() } else { text }
    };
    Ok(packages.iter().map(|(name, it)| format!("{name}{}", version(it))).collect())
}

/// A conda environment's packages under their names on PyPI, which for these are the same.
fn conda(text: &str) -> Vec<String> {
    let items =
        text.lines().skip_while(|it| it.trim() != "dependencies:").filter_map(|it| it.trim().strip_prefix("- "));
    let items = items.map(|it| it.trim().trim_matches(['"', '\''])).filter(|it| *it != "pip" && *it != "pip:");
    let packages = items.filter(|it| !it.starts_with("python=") && !it.starts_with("python>") && *it != "python");
    packages
        .map(|it| match it.split_once('=') {
            Some((name, rest)) if !name.ends_with(['=', '>', '<', '~', '!']) && !rest.starts_with('=') => {
                format!("{name}=={rest}")
            }
            _ => it.to_owned(),
        })
        .collect()
}

/// The dependencies of a project that a build system describes: its wheel is built and its metadata read.
fn built(folder: &Path) -> Result<Vec<String>, String> {
    let tools =
        environment(&["build".to_owned(), "setuptools".to_owned(), "wheel".to_owned(), "poetry-core".to_owned()])?;
    let script = "import sys\nfrom build.util import project_wheel_metadata\n\
                  metadata = project_wheel_metadata(sys.argv[1], isolated=False)\n\
                  print('\\n'.join(metadata.get_all('Requires-Dist') or []))";
    // Metadata is built in a copy, since build systems leave folders of their own behind.
    let copy = tempfile::tempdir().map_err(|error| error.to_string())?;
    crate::steps::copy(folder, copy.path());
    let output = Command::new(tools.folder.join("bin/python")).args(["-c", script]).arg(copy.path()).output();
    let output = success("reading the project's metadata", output)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines: Vec<String> = text.lines().filter(|it| !it.contains("extra ==")).map(str::to_owned).collect();
    Ok(lines.into_iter().filter(|it| !it.trim().is_empty()).collect())
}
