//! Formats: findings in, bytes out. One file per format, each with structs of its own.

mod fix;
mod json;
mod mask;
mod rule_docs;
mod text;

pub use fix::{diff, fix_notes, rest_notes, written};
pub use rule_docs::{explain, rule_list, rule_table};

use camino::Utf8Path;

use crate::rewrite::Outcome;
use crate::rules::Finding;
use crate::source::Note;

/// What a check found, ready to be written in some format.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings with what can be done about each, ordered by path and place.
    pub findings: Vec<(Finding, Option<Outcome>)>,
    /// Trouble with single files.
    pub notes: Vec<Note>,
    /// How many files were looked at.
    pub files: usize,
    /// How many findings a comment silenced.
    pub silenced: usize,
}

/// Gives the text of a file of the run, for the code in a report.
pub type SourceText<'a> = &'a dyn Fn(&Utf8Path) -> Option<String>;

/// A format.
pub trait Reporter: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// The whole report.
    fn render(&self, report: &Report, source: SourceText<'_>) -> String;
}

/// All formats.
pub static REPORTERS: &[&dyn Reporter] = &[&text::Text { color: false }, &json::Json];

/// The text format with colors, for terminals.
pub static COLORED_TEXT: &dyn Reporter = &text::Text { color: true };

impl Report {
    /// Whether something found fails a gate: a warning or error that is not exempt.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.findings.iter().any(|(finding, _)| finding.level > crate::rules::Level::Note)
    }

    fn count(&self, level: crate::rules::Level) -> usize {
        self.findings.iter().filter(|(finding, _)| finding.level == level && finding.exempt.is_none()).count()
    }

    fn exempt(&self) -> usize {
        self.findings.iter().filter(|(finding, _)| finding.exempt.is_some()).count()
    }
}
