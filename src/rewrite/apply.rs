//! Writes verified patches: complete temporary files renamed into place, all of them or none.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::verify::FilePatch;

/// A patch could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The file is not what was read.
    #[error("{}: it changed while it was analysed; nothing of this migration was written, run again", .0.display())]
    Changed(PathBuf),
    /// The file system refused.
    #[error("{}: cannot be written: {source}; what was replaced before has been put back", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        source: io::Error,
    },
}

/// Writes patches to the files they belong to: `on_disk` says where each path is.
///
/// # Errors
/// When a file changed since it was read, or cannot be written. Everything replaced until then is put back.
pub fn apply(patches: &[FilePatch], on_disk: &dyn Fn(&FilePatch) -> Option<PathBuf>) -> Result<(), ApplyError> {
    let mut staged = Vec::new();
    for patch in patches {
        let Some(path) = on_disk(patch) else { continue };
        let io = |source| ApplyError::Io { path: path.clone(), source };
        if fs::read(&path).map_err(io)? != patch.before.as_bytes() {
            return Err(ApplyError::Changed(path));
        }
        let temporary = match &patch.after {
            Some(text) => Some(stage(&path, text).map_err(io)?),
            None => None,
        };
        staged.push((path, temporary, patch));
    }
    let mut done: Vec<(PathBuf, &FilePatch)> = Vec::new();
    for (path, temporary, patch) in staged {
        let result = match temporary {
            Some(file) => file.persist(&path).map(drop).map_err(|error| error.error),
            None => fs::remove_file(&path),
        };
        if let Err(source) = result {
            put_back(&done);
            return Err(ApplyError::Io { path, source });
        }
        done.push((path, patch));
    }
    Ok(())
}

/// A complete file beside its target, with the target's permissions.
fn stage(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(path)?.permissions())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Restores what was replaced. Best effort: what the disk refuses now cannot be mended from here.
fn put_back(done: &[(PathBuf, &FilePatch)]) {
    for (path, patch) in done {
        drop(fs::write(path, &patch.before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(path: &str, before: &str, after: &str) -> FilePatch {
        FilePatch { path: path.into(), before: before.to_owned(), after: Some(after.to_owned()) }
    }

    #[test]
    fn all_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let on_disk = |it: &FilePatch| Some(folder.path().join(&it.path));
        fs::write(folder.path().join("a"), "1").unwrap();
        fs::write(folder.path().join("b"), "changed").unwrap();
        let result = apply(&[patch("a", "1", "2"), patch("b", "1", "2")], &on_disk);
        assert!(matches!(result, Err(ApplyError::Changed(_))));
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "1");
        apply(&[patch("a", "1", "2")], &on_disk).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "2");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary file is left");
    }
}
