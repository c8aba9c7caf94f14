//! Bytes of files, and text where they are text.

use std::io;
use std::path::PathBuf;

use camino::Utf8PathBuf;

use crate::lang::{Program, language_of, program};

use super::{Candidate, Note};

/// How large a file may be to be analysed; generated bundles are larger, code that people wrote is not.
const LARGEST: usize = 4 << 20;

/// A file that was read and decoded.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path relative to the scanned root, with forward slashes.
    pub path: Utf8PathBuf,
    /// Where it is on disk; none for text from standard input.
    pub on_disk: Option<PathBuf>,
    /// Its text; for a notebook that of its cells.
    pub text: String,
    /// What of the text is code, where not all of it is: as long as the text, the rest blanked.
    pub code: Option<String>,
    /// Where the cells of a notebook start, and their numbers.
    pub cells: Vec<(usize, usize)>,
    /// What the file holds, where the text is only made from it.
    pub container: Option<String>,
    /// Whether the text is what the file holds, byte by byte, rather than with what is no UTF-8 replaced.
    pub is_utf8: bool,
}

impl SourceFile {
    /// A file all of whose text is what it says it is.
    #[must_use]
    pub fn new(path: Utf8PathBuf, on_disk: Option<PathBuf>, text: String) -> Self {
        Self { path, on_disk, text, code: None, cells: Vec::new(), container: None, is_utf8: true }
    }

    /// A file of which its language may have only a part as code.
    ///
    /// # Errors
    /// A note when the format around the code is broken.
    pub fn of_language(path: Utf8PathBuf, on_disk: Option<PathBuf>, text: String) -> Result<Self, Note> {
        let Some(language) = language_of(path.file_name().unwrap_or_default()) else {
            return Ok(Self::new(path, on_disk, text));
        };
        match program(language, text) {
            Ok(Program { text, code, cells, container }) => {
                Ok(Self { path, on_disk, text, code, cells, container, is_utf8: true })
            }
            Err(reason) => Err(Note::new(path, format!("{reason}, not analysed"))),
        }
    }

    /// What the file holds.
    #[must_use]
    pub fn content(&self) -> &str {
        self.container.as_deref().unwrap_or(&self.text)
    }

    /// The text that is parsed.
    #[must_use]
    pub fn parsed(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.text)
    }
}

/// The bytes of a candidate.
///
/// # Errors
/// What the file system says.
pub fn read_bytes(candidate: &Candidate) -> io::Result<Vec<u8>> {
    std::fs::read(&candidate.on_disk)
}

/// Decodes a candidate's bytes, or says why it is not analysed.
///
/// # Errors
/// A note when the bytes are no text or too many.
pub fn source_file(candidate: &Candidate, bytes: Vec<u8>) -> Result<SourceFile, Note> {
    let refuse = |message: String| Note::new(candidate.path.clone(), message);
    if bytes.len() > LARGEST {
        return Err(refuse(format!("larger than {} MiB, not analysed", LARGEST >> 20)));
    }
    if is_utf16(&bytes) {
        return Err(refuse("UTF-16, not analysed; convert it to UTF-8 to have it checked".to_owned()));
    }
    if bytes.contains(&0) {
        return Err(refuse("binary, not analysed".to_owned()));
    }
    let (path, on_disk) = (candidate.path.clone(), Some(candidate.on_disk.clone()));
    match String::from_utf8(bytes) {
        Ok(text) => SourceFile::of_language(path, on_disk, text),
        // Old code in another encoding is still code; only its comments and texts suffer.
        Err(error) => {
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            Ok(SourceFile { is_utf8: false, ..SourceFile::of_language(path, on_disk, text)? })
        }
    }
}

/// Whether bytes begin as UTF-16 does.
#[must_use]
pub fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF])
}
