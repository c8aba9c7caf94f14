//! What a rule reports.

use camino::{Utf8Path, Utf8PathBuf};

use crate::flow::Confidence;
use crate::link::Project;
use crate::text::{LineColumn, LineIndex, Location, Span};

use super::{Fingerprint, RuleInfo};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Left behind, or about to break.
    Warning,
    /// Broken once the credential is converted.
    Error,
}

impl Level {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The file, relative to the scanned root.
    pub path: Utf8PathBuf,
    /// The bytes in it.
    pub span: Span,
    /// Where the span starts.
    pub start: LineColumn,
    /// Where it ends.
    pub end: LineColumn,
    /// What it is.
    pub label: String,
}

/// One reported place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// How bad it is.
    pub level: Level,
    /// How sure it is.
    pub confidence: Confidence,
    /// What is wrong, without a period.
    pub message: String,
    /// The file, relative to the scanned root.
    pub path: Utf8PathBuf,
    /// The bytes in it.
    pub span: Span,
    /// Where it starts.
    pub start: LineColumn,
    /// Where it ends.
    pub end: LineColumn,
    /// Other places that belong to it.
    pub related: Vec<Related>,
    /// The index of its flow in the analysis.
    pub flow: Option<usize>,
    /// Why it is no offence after all, if it is none.
    pub exempt: Option<String>,
    /// What it is, apart from where it stands.
    pub fingerprint: Fingerprint,
}

impl Finding {
    /// A finding of a rule at a place of the project, certain and without related places.
    #[must_use]
    pub fn new(rule: &'static RuleInfo, project: &Project, at: Location, message: String) -> Self {
        let file = project.file(at.file);
        Self::in_text(rule, (file.path(), file.text(), &file.lines), at.span, message)
    }

    /// A finding in a text with its path and lines, certain and without related places.
    #[must_use]
    pub fn in_text(
        rule: &'static RuleInfo,
        (path, text, lines): (&Utf8Path, &str, &LineIndex),
        span: Span,
        message: String,
    ) -> Self {
        Self {
            rule,
            level: rule.level,
            confidence: Confidence::Certain,
            message,
            path: path.to_path_buf(),
            span,
            start: lines.line_column(text, span.start),
            end: lines.line_column(text, span.end),
            related: Vec::new(),
            flow: None,
            exempt: None,
            fingerprint: Fingerprint::new(rule.id, span.of(text)),
        }
    }

    /// Adds a related place, unless it is there already or is the finding itself.
    pub fn relate(&mut self, project: &Project, at: Location, label: impl Into<String>) {
        let file = project.file(at.file);
        let path = file.path().to_path_buf();
        let same = |it: &Related| it.path == path && it.span == at.span;
        if self.related.iter().any(same) || (self.path == path && self.span == at.span) {
            return;
        }
        self.related.push(Related {
            path,
            span: at.span,
            start: file.lines.line_column(file.text(), at.span.start),
            end: file.lines.line_column(file.text(), at.span.end),
            label: label.into(),
        });
    }
}
