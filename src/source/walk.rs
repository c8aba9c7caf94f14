//! Which files there are.

use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use ignore::{DirEntry, WalkBuilder, WalkState};

use super::{Note, repository_top};

/// Folders that hold other people's or generated code; left out even where no ignore file says so.
const LEFT_OUT: &[&str] = &[
    ".git",
    ".hg",
    ".svn",
    "node_modules",
    "bower_components",
    "__pycache__",
    "site-packages",
    ".venv",
    "venv",
    ".tox",
    "target",
    ".next",
    ".nuxt",
    ".svelte-kit",
    ".cache",
    ".gradle",
    ".idea",
    ".vscode",
    ".terraform",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".ipynb_checkpoints",
    ".serverless",
    ".yarn",
    ".cargo",
];

/// Files that tools write, whatever their ending.
const WRITTEN: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "composer.lock",
    "Pipfile.lock",
    "poetry.lock",
    "Cargo.lock",
];

/// Folders of code that was copied in, where they stand beside a manifest or at the top.
const VENDORED: &[&str] = &["vendor", "third_party", "third-party", "thirdparty"];

/// What makes a folder the top of a package.
const MANIFESTS: &[&str] =
    &["package.json", "go.mod", "composer.json", "Gemfile", "Cargo.toml", "pyproject.toml", "pom.xml", ".git"];

/// Whether an entry is other people's or generated code.
fn is_left_out(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_str().unwrap_or_default();
    let minified = name.ends_with(".min.js") || name.ends_with(".bundle.js");
    let vendored = || {
        let parent = entry.path().parent();
        VENDORED.contains(&name)
            && (entry.depth() == 1 || parent.is_some_and(|it| MANIFESTS.iter().any(|name| it.join(name).exists())))
    };
    LEFT_OUT.contains(&name) || WRITTEN.contains(&name) || minified || vendored()
}

/// A file that may be analysed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The path relative to the scanned root, with forward slashes.
    pub path: Utf8PathBuf,
    /// Where it is on disk.
    pub on_disk: PathBuf,
}

/// What the user asked to have scanned.
#[derive(Debug, Clone)]
pub struct Roots {
    /// Paths as given, each an existing file or folder.
    paths: Vec<PathBuf>,
    /// What reported paths are relative to.
    base: PathBuf,
}

impl Roots {
    /// Checks the paths. With one folder, reported paths are relative to it; with files or several folders, to the current
    /// folder.
    ///
    /// Gives the roots that exist, and a note for each path that does not.
    #[must_use]
    pub fn new(paths: &[PathBuf]) -> (Self, Vec<Note>) {
        let mut notes = Vec::new();
        let mut existing = Vec::new();
        let here = std::env::current_dir().unwrap_or_default();
        for path in paths {
            match std::fs::metadata(path) {
                Ok(_) if path.is_file() => {
                    existing.push(path.strip_prefix(&here).unwrap_or(path).to_path_buf());
                }
                Ok(_) => existing.push(path.clone()),
                Err(error) => notes
                    .push(Note::new(path.to_string_lossy().into_owned(), format!("cannot be read: {}", plain(&error)))),
            }
        }
        let base = match paths {
            [only] if only.is_dir() => only.clone(),
            _ => PathBuf::from("."),
        };
        (Self { paths: existing, base }, notes)
    }

    /// The folder that reported paths are relative to.
    #[must_use]
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// Whether only files were given.
    #[must_use]
    pub fn are_files(&self) -> bool {
        self.paths.iter().all(|it| it.is_file())
    }

    /// The folder around files, where only files were given, all are in it and it belongs to a repository: what they are
    /// part of.
    #[must_use]
    pub fn around(&self) -> Option<Self> {
        let inside = |it: &PathBuf| {
            it.is_relative() && it.is_file() && !it.components().any(|it| it == std::path::Component::ParentDir)
        };
        let fits = self.paths.iter().all(inside) && repository_top(&self.base).is_some();
        fits.then(|| Self { paths: vec![PathBuf::from(".")], base: PathBuf::from(".") })
    }

    /// Whether no given path exists.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}

/// What an I/O error says, without the operating system's number.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

/// Walks the roots on `threads` threads and hands every file to `visit`, in no particular order.
///
/// Ignore files are respected, and so is `excludes`, also for files that were given. Links are not followed; one that
/// leads to a folder around it is noted.
pub fn walk(
    roots: &Roots,
    threads: usize,
    excludes: &(dyn Fn(&Utf8Path) -> bool + Sync),
    visit: &(dyn Fn(Candidate) + Sync),
    note: &(dyn Fn(Note) + Sync),
) {
    let mut paths = roots.paths.iter();
    let Some(first) = paths.next() else { return };
    let mut builder = WalkBuilder::new(first);
    for path in paths {
        builder.add(path);
    }
    builder
        .threads(threads)
        .hidden(false)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || !is_left_out(entry));
    builder.build_parallel().run(|| {
        Box::new(|found| {
            match found {
                Ok(entry) if is_excluded(roots, &entry, excludes) => return WalkState::Skip,
                Ok(entry) => found_entry(roots, &entry, visit, note),
                Err(error) => note(walk_note(roots, &error)),
            }
            WalkState::Continue
        })
    });
}

/// Whether the configuration leaves an entry out. A folder that was given is looked at whatever its name.
fn is_excluded(roots: &Roots, entry: &DirEntry, excludes: &(dyn Fn(&Utf8Path) -> bool + Sync)) -> bool {
    let given = entry.depth() == 0 && entry.path().is_dir();
    !given && relative(roots, entry.path()).is_some_and(|it| excludes(&it))
}

fn found_entry(roots: &Roots, entry: &DirEntry, visit: &(dyn Fn(Candidate) + Sync), note: &(dyn Fn(Note) + Sync)) {
    let Some(kind) = entry.file_type() else { return };
    let explicit = entry.depth() == 0;
    if kind.is_symlink() && !explicit {
        if let Some(found) = link_note(roots, entry.path()) {
            note(found);
        }
        return;
    }
    if kind.is_file() || (explicit && entry.path().is_file()) {
        match relative(roots, entry.path()) {
            Some(path) => visit(Candidate { path, on_disk: entry.path().to_path_buf() }),
            None => note(Note::new(entry.path().to_string_lossy().into_owned(), "its name is not UTF-8, not analysed")),
        }
    }
}

/// What is wrong with a link, if anything: it goes nowhere, or around in a circle.
fn link_note(roots: &Roots, path: &Path) -> Option<Note> {
    let name = relative(roots, path)?;
    match path.canonicalize() {
        Ok(target) => {
            let own = path.parent()?.canonicalize().ok()?;
            let message = "a symbolic link to a folder around it, not followed";
            own.starts_with(&target).then(|| Note::new(name, message))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => Some(Note::new(name, format!("a symbolic link that cannot be followed: {}", plain(&error)))),
    }
}

fn walk_note(roots: &Roots, error: &ignore::Error) -> Note {
    let path = error_path(error).and_then(|it| relative(roots, it).or_else(|| Utf8Path::from_path(it).map(Into::into)));
    let message = match error.io_error() {
        Some(io) => format!("cannot be read, left out: {}", plain(io)),
        None => error.to_string(),
    };
    Note::new(path.unwrap_or_default(), message)
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        _ => None,
    }
}

fn relative(roots: &Roots, path: &Path) -> Option<Utf8PathBuf> {
    let inner = path.strip_prefix(&roots.base).unwrap_or(path);
    let inner = inner.strip_prefix(".").unwrap_or(inner);
    let text = inner.to_str()?;
    let text = if text.is_empty() { path.file_name()?.to_str()? } else { text };
    Some(Utf8PathBuf::from(text.replace(std::path::MAIN_SEPARATOR, "/")))
}
