//! Trouble with one path that did not end the run.

use camino::Utf8PathBuf;

/// What happened to a path, for the summary and for stderr.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The path, relative to the scanned root where it lies in it.
    pub path: Utf8PathBuf,
    /// What is wrong and what was done about it, without a period.
    pub message: String,
}

impl Note {
    /// A note on a path.
    pub fn new(path: impl Into<Utf8PathBuf>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}
