//! The runtimes that programs need, one row each.

mod java;
mod node;
pub(crate) mod python;
mod redirect;
mod rust;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, LazyLock, Mutex};

use crate::ims::{Ims, World};

/// How programs of a language are installed, run and inspected.
pub(crate) trait Runtime: Sync {
    /// The language, which is the name of its folder of programs.
    fn language(&self) -> &'static str;
    /// What this machine lacks, if anything.
    fn missing(&self) -> Option<String>;
    /// Installs what the manifest in a folder asks for.
    fn install(&self, folder: &Path) -> Result<Installed, String>;
    /// Makes a folder ready to run: what is installed is put in place, what has to be compiled is compiled.
    fn prepare(&self, _folder: &Path, _installed: &Installed) -> Result<(), String> {
        Ok(())
    }
    /// A command inside a folder, in a clean environment, with Adobe's hosts redirected to the double.
    fn command(&self, folder: &Path, command: &[String], installed: &Installed, ims: &Ims, world: &World) -> Command;
    /// What a linter finds in a folder: names without a meaning, imports and variables without a use.
    fn lint(&self, folder: &Path) -> Result<(), String>;
    /// The error that ended a program, as it stands on standard error.
    fn last_error(&self, stderr: &str) -> Option<String>;
    /// Errors that a migrated program may end with where the old one ended with another.
    fn token_errors(&self) -> &'static [&'static str];
}

/// Where the dependencies of a manifest are.
pub(crate) struct Installed {
    /// The folder that holds them.
    pub(crate) folder: PathBuf,
}

/// All runtimes.
pub(crate) static RUNTIMES: &[&dyn Runtime] = &[&java::Java, &node::Node, &python::Python, &rust::Rust];

/// A folder that is made once, however many programs ask for it at a time, and kept between runs.
fn made_once(folder: PathBuf, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<Installed, String> {
    static MAKING: LazyLock<Mutex<BTreeMap<PathBuf, Arc<Mutex<()>>>>> = LazyLock::new(Mutex::default);
    let lock = Arc::clone(MAKING.lock().unwrap().entry(folder.clone()).or_default());
    let _making = lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let failed = |error: io::Error| format!("{}: {error}", folder.display());
    let done = folder.join("complete");
    if !done.exists() {
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).map_err(failed)?;
        make(&folder)?;
        fs::write(&done, "").map_err(failed)?;
    }
    Ok(Installed { folder })
}

/// What a command printed, unless it failed.
fn success(what: &str, output: io::Result<Output>) -> Result<Output, String> {
    let output = output.map_err(|error| format!("{what}: {error}"))?;
    match output.status.success() {
        true => Ok(output),
        false => Err(format!(
            "{what} failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// Links a folder to another place.
#[cfg(unix)]
pub(crate) fn symlink(target: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

/// Links a folder to another place.
#[cfg(windows)]
pub(crate) fn symlink(target: &Path, place: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(target, place)
}
