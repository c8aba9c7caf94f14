//! From paths to text: walks the tree, looks for needles in raw bytes, reads and decodes.

mod needles;
mod note;
mod read;
mod repository;
mod walk;

pub use needles::{NeedleSet, Needles};
pub use note::Note;
pub use read::{SourceFile, is_utf16, read_bytes, source_file};
pub use repository::{ChangedSince, GitError, changed_since, repository_top};
pub use walk::{Candidate, Roots, walk};
