//! Why a run ended without a result.

use std::io;
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::pipeline::PipelineError;
use crate::rewrite::ApplyError;
use crate::select::BaselineError;
use crate::source::GitError;

/// What ends a run with exit code 2.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("{}: {error}", path.display())]
    Baseline { path: PathBuf, error: BaselineError },
    #[error("{}: cannot be read: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{}: cannot be written: {error}", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("standard input: {0}; it must be UTF-8 text")]
    Stdin(io::Error),
    #[error("`-` stands alone and needs --stdin-filename, which tells the language")]
    StdinName,
    #[error("{0}")]
    Usage(String),
    #[error("cannot write the result: {0}")]
    Output(io::Error),
}
