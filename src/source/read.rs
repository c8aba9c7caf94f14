//! Bytes of files, and text where they are text.

use std::io;
use std::path::PathBuf;

use camino::Utf8PathBuf;

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
    /// Its text.
    pub text: String,
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
/// A note when the bytes are no UTF-8 text or too many.
pub fn source_file(candidate: &Candidate, bytes: Vec<u8>) -> Result<SourceFile, Note> {
    let refuse = |message: String| Note::new(candidate.path.clone(), message);
    if bytes.len() > LARGEST {
        return Err(refuse(format!("larger than {} MiB, not analysed", LARGEST >> 20)));
    }
    if bytes.contains(&0) {
        return Err(refuse("binary, not analysed".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile { path: candidate.path.clone(), on_disk: Some(candidate.on_disk.clone()), text }),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            Err(refuse(format!("not UTF-8 (byte {offset}), not analysed; convert it to UTF-8 to have it checked")))
        }
    }
}
