//! The redirect that is preloaded into programs with a runtime of their own.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{made_once, success};

/// Its source.
const SOURCE: &str = include_str!("../redirect/native/redirect.c");
const SOURCE_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/redirect/native/redirect.c");

/// What this machine lacks for it, if anything.
pub(super) fn missing() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("the redirect to the double can only be preloaded on Linux".to_owned());
    }
    let compiles = Command::new("cc").arg("--version").output().is_ok_and(|it| it.status.success());
    (!compiles).then(|| "cc is missing".to_owned())
}

/// The library to preload.
pub(super) fn library() -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    SOURCE.hash(&mut hasher);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("redirect").join(format!("{:016x}", hasher.finish()));
    let made = made_once(folder, |folder| {
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-Wall", "-Werror", "-O1", "-o"]).arg(folder.join("redirect.so"));
        success("cc", compiler.arg(SOURCE_FILE).arg("-ldl").output()).map(drop)
    })?;
    Ok(made.folder.join("redirect.so"))
}
