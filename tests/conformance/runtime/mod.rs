//! The runtimes that programs need, one row each.

mod node;
mod python;

use std::path::Path;
use std::process::Command;

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
    pub(crate) folder: std::path::PathBuf,
}

/// All runtimes.
pub(crate) static RUNTIMES: &[&dyn Runtime] = &[&node::Node, &python::Python];

/// Links a folder to another place.
#[cfg(unix)]
pub(crate) fn symlink(target: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

/// Links a folder to another place.
#[cfg(windows)]
pub(crate) fn symlink(target: &Path, place: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(target, place)
}
