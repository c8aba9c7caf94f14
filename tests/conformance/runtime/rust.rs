//! Rust: each program is built by Cargo with the driver of Clippy as its compiler, so that one pass lints and compiles.
//! All share a target directory; what a program was built to is kept between runs, by what it was built from.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use crate::ims::{Ims, World};

use super::{Installed, Runtime, made_once, redirect, success, symlink};

/// What the linter must not find: anything that it warns of, and a dependency that nothing uses.
const LINTS: &str = "-Dwarnings__CLIPPY_HACKERY__-Dunused_crate_dependencies__CLIPPY_HACKERY__";
/// The crate that has programs with roots of their own trust the double.
const ROOTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/redirect/webpki-roots");
const ROOTS_SOURCE: &str = include_str!("../redirect/webpki-roots/src/lib.rs");
/// Where a prepared folder has its binaries.
const BINARIES: &str = "target-bin";

pub(super) struct Rust;

impl Runtime for Rust {
    fn language(&self) -> &'static str {
        "rust"
    }

    fn missing(&self) -> Option<String> {
        let runs = |command: &str, arguments: &[&str]| {
            Command::new(command).args(arguments).output().is_ok_and(|it| it.status.success())
        };
        if !runs("cargo", &["-V"]) || !runs("clippy-driver", &["-V"]) {
            return Some("cargo with clippy is missing".to_owned());
        }
        if !runs("pkg-config", &["--exists", "openssl"]) {
            return Some("OpenSSL's headers with pkg-config are missing".to_owned());
        }
        redirect::missing()
    }

    fn install(&self, _: &Path) -> Result<Installed, String> {
        Ok(Installed { folder: place("build") })
    }

    fn prepare(&self, folder: &Path, target: &Installed) -> Result<(), String> {
        let failed = |error: io::Error| format!("{}: {error}", folder.display());
        let sources = sources(folder).map_err(failed)?;
        let program = place("programs").join(hash_of(&(&sources, ROOTS_SOURCE, LINTS, &*COMPILER)));
        let built = made_once(program, |program| build(program, &sources, &target.folder))?;
        symlink(&built.folder.join(BINARIES), &folder.join(BINARIES)).map_err(failed)
    }

    fn command(&self, folder: &Path, command: &[String], _: &Installed, ims: &Ims, world: &World) -> Command {
        let binaries = folder.join(BINARIES);
        let (binary, arguments) = match command {
            [name, arguments @ ..] => (binaries.join(name), arguments),
            [] => (only_file(&binaries), command),
        };
        let mut res = Command::new(binary);
        res.args(arguments).current_dir(folder).env_clear();
        res.env("HOME", folder).env("SSL_CERT_FILE", &world.authority_file);
        res.env("LD_PRELOAD", redirect::library().unwrap_or_default()).env("IMS_DOUBLE_PORT", ims.port.to_string());
        res
    }

    fn lint(&self, _: &Path) -> Result<(), String> {
        // `prepare` does so while it compiles.
        Ok(())
    }

    fn last_error(&self, _: &str) -> Option<String> {
        // Programs word their errors themselves; none has a name that would be printed.
        None
    }

    fn token_errors(&self) -> &'static [&'static str] {
        &[]
    }
}

/// The compiler that builds, whose lints change with its version.
static COMPILER: LazyLock<String> = LazyLock::new(|| {
    let output = Command::new("clippy-driver").arg("-V").output();
    output.map(|it| String::from_utf8_lossy(&it.stdout).into_owned()).unwrap_or_default()
});

/// A folder that is kept between runs.
fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust").join(name)
}

fn hash_of(what: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A file of a program: its path inside of the folder and its content.
type Source = (PathBuf, Vec<u8>);

/// What a program is built from: manifests, lock file, and everything below a `src`.
fn sources(folder: &Path) -> io::Result<Vec<Source>> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let mut res = Vec::new();
    for entry in entries.filter(|it| it.file_type().is_file()) {
        let path = entry.path().strip_prefix(folder).unwrap();
        let is_named = ["Cargo.toml", "Cargo.lock", "build.rs"].iter().any(|it| path.ends_with(it));
        if is_named || path.components().any(|it| it.as_os_str() == "src") {
            res.push((path.to_owned(), fs::read(entry.path())?));
        }
    }
    Ok(res)
}

/// Builds a program in a folder of its own, and keeps its binaries there.
fn build(folder: &Path, sources: &[Source], target: &Path) -> Result<(), String> {
    let failed = |error: io::Error| format!("{}: {error}", folder.display());
    for (path, content) in sources {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder)).and_then(|()| fs::write(path, content)).map_err(failed)?;
    }
    // The linter looks for its settings in the folders above too, where those of this project are.
    fs::write(folder.join("clippy.toml"), "").map_err(failed)?;
    let manifests: Vec<&Source> = sources.iter().filter(|it| it.0.extension().is_none_or(|it| it != "rs")).collect();
    let (lock, kept) = (folder.join("Cargo.lock"), place("locks").join(hash_of(&manifests)));
    if !lock.exists() && kept.exists() {
        fs::copy(&kept, &lock).map_err(failed)?;
    }
    let printed = cargo(folder, target, &["--offline"]).or_else(|_| cargo(folder, target, &[]))?;
    fs::create_dir_all(place("locks")).and_then(|()| fs::copy(&lock, &kept)).map_err(failed)?;
    let binaries = folder.join(BINARIES);
    fs::create_dir_all(&binaries).map_err(failed)?;
    let messages = printed.lines().filter_map(|it| serde_json::from_str::<Value>(it).ok());
    for executable in messages.filter_map(|it| it["executable"].as_str().map(PathBuf::from)) {
        let name = executable.file_name().unwrap_or_default();
        fs::copy(&executable, binaries.join(name)).map_err(failed)?;
    }
    Ok(())
}

/// Builds a folder; the messages that were printed.
fn cargo(folder: &Path, target: &Path, mode: &[&str]) -> Result<String, String> {
    let mut command = Command::new("cargo");
    command.args(["build", "--quiet", "--message-format", "json-render-diagnostics"]).args(mode);
    command.arg("--config").arg(format!("patch.crates-io.webpki-roots.path={ROOTS:?}"));
    command.env("CARGO_TARGET_DIR", target).env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_DEV_DEBUG", "0");
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", LINTS);
    let mut output = command.current_dir(folder).output().map_err(|error| format!("cargo build: {error}"))?;
    // What failed is told on standard error; here is a line for everything that did not.
    let messages = String::from_utf8_lossy(&std::mem::take(&mut output.stdout)).into_owned();
    success("cargo build", Ok(output)).map(|_| messages)
}

/// The file of a folder that has no other.
fn only_file(folder: &Path) -> PathBuf {
    let files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|it| it.path()).collect();
    match files.as_slice() {
        [file] => file.clone(),
        _ => panic!("{} holds {} binaries; the case has to name one", folder.display(), files.len()),
    }
}
