//! What git says: where a repository begins, and what changed in it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use camino::Utf8PathBuf;

/// Why git does not tell what changed.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The folder is in no repository.
    #[error("{0} is in no git repository; changed lines are told by one, or by a patch with --diff")]
    NoRepository(String),
    /// The program cannot be started.
    #[error("cannot run git: {0}; install it, or give a patch with --diff")]
    NoGit(std::io::Error),
    /// The revision is none, or its history is not here.
    #[error(
        "git finds nothing that {revision} and the files here have in common: {said}; in CI fetch the whole history"
    )]
    NoBase {
        /// What was asked for.
        revision: String,
        /// What git said.
        said: String,
    },
    /// Something else.
    #[error("git {command}: {said}")]
    Failed {
        /// The subcommand.
        command: String,
        /// What git said.
        said: String,
    },
}

/// What changed since a revision; paths are seen from the top of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedSince {
    /// A unified diff without context.
    pub diff: String,
    /// Files that git does not know yet.
    pub new_files: Vec<Utf8PathBuf>,
}

/// The folder around a path that is the top of its repository.
#[must_use]
pub fn repository_top(path: &Path) -> Option<PathBuf> {
    let whole = path.canonicalize().ok()?;
    whole.ancestors().find(|it| it.join(".git").exists()).map(Path::to_path_buf)
}

/// What changed since a revision and this branch had a commit in common: committed, staged or neither.
///
/// # Errors
/// When the folder is in no repository, git is missing, or the revision is unknown.
pub fn changed_since(folder: &Path, revision: &str) -> Result<ChangedSince, GitError> {
    let no_repository = || GitError::NoRepository(folder.display().to_string());
    let top = repository_top(folder).ok_or_else(no_repository)?;
    let base = git(&top, &["merge-base", "--end-of-options", revision, "HEAD"]).map_err(|error| match error {
        GitError::Failed { said, .. } => {
            let said = if said.is_empty() { "no common ancestor".to_owned() } else { said };
            GitError::NoBase { revision: revision.to_owned(), said }
        }
        other => other,
    })?;
    // Nothing that the repository's configuration names is run.
    let plain = [
        "diff",
        "--unified=0",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--find-renames",
        "--src-prefix=a/",
        "--dst-prefix=b/",
    ];
    let diff = git(&top, &[&plain[..], &[base.trim(), "--"]].concat())?;
    let new = git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let new_files = new.split('\0').filter(|it| !it.is_empty()).map(Utf8PathBuf::from).collect();
    Ok(ChangedSince { diff, new_files })
}

fn git(top: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let settings = ["-c", "core.quotePath=false", "-c", "core.fsmonitor=false"].map(OsStr::new);
    let output =
        Command::new("git").arg("-C").arg(top).args(settings).args(arguments).output().map_err(GitError::NoGit)?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_owned();
        return Err(GitError::Failed { command: arguments.first().copied().unwrap_or_default().to_owned(), said });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
