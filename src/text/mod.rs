//! Positions in text and changes to it: the vocabulary every other layer speaks.

mod diff;
mod edit;
mod lines;
mod nearest;
mod span;

pub use diff::unified_diff;
pub use edit::{Edit, EditConflict, Edits};
pub use lines::{Cell, LineColumn, LineIndex};
pub use nearest::nearest;
pub use span::{FileId, Location, Span};
