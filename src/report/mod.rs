//! Formats: findings in, bytes out. One file per format, each with structs of its own.

mod azure;
mod checkstyle;
mod fix;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod mask;
mod rule_docs;
mod sarif;
mod text;
mod why;

pub use fix::{diff, fix_notes, rest_notes, written};
pub use rule_docs::{explain, rule_list, rule_table};
pub use text::statistics;
pub use why::{Why, why};

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::rewrite::{Fix, Outcome, Rung};
use crate::rules::{Finding, Level};
use crate::source::Note;

/// What a check found, ready to be written in some format.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings with what can be done about each, ordered by path and place.
    pub findings: Vec<(Finding, Option<Outcome>)>,
    /// The migrations, each with the flows that it ends.
    pub fixes: Vec<Fix>,
    /// Trouble with single files.
    pub notes: Vec<Note>,
    /// How many files were looked at.
    pub files: usize,
    /// What was found and is not reported.
    pub left_out: LeftOut,
    /// The folder that paths are relative to, seen from the top of the repository; empty when it is the top.
    pub folder: Utf8PathBuf,
}

/// How many findings are not reported, by the reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// A comment silences them.
    pub silenced: usize,
    /// The baseline holds them.
    pub baselined: usize,
    /// No part of them is among the changed lines.
    pub unchanged: usize,
    /// The configuration has turned their rule off.
    pub off: usize,
}

/// Gives the text of a file of the run, for the code in a report.
pub type SourceText<'a> = &'a dyn Fn(&Utf8Path) -> Option<String>;

/// A format.
pub trait Reporter: Sync {
    /// Its name on the command line.
    fn name(&self) -> &'static str;
    /// What it is, for the command line.
    fn about(&self) -> &'static str;
    /// The whole report.
    fn render(&self, report: &Report, source: SourceText<'_>) -> String;
}

/// All formats.
pub static REPORTERS: &[&dyn Reporter] = &[
    &text::Text { color: false },
    &json::Json,
    &json::JsonLines,
    &sarif::Sarif,
    &github::GitHub,
    &gitlab::GitLab,
    &junit::JUnit,
    &checkstyle::Checkstyle,
    &azure::Azure,
    &markdown::Markdown,
];

/// The text format with colors, for terminals.
pub static COLORED_TEXT: &dyn Reporter = &text::Text { color: true };

/// The format of a name.
#[must_use]
pub fn reporter(name: &str) -> Option<&'static dyn Reporter> {
    REPORTERS.iter().copied().find(|it| it.name() == name)
}

impl Report {
    /// How many findings are of a level or above it, exempt ones left out.
    #[must_use]
    pub fn failing(&self, level: Level) -> usize {
        self.offences().filter(|it| it.level >= level).count()
    }

    /// Whether something found fails a gate: a warning or error that is not exempt.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.failing(Level::Warning) > 0
    }

    /// How many findings each rule has, exempt ones left out; the most frequent first.
    #[must_use]
    pub fn statistics(&self) -> Vec<(&'static str, usize)> {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for finding in self.offences() {
            *counts.entry(finding.rule.id).or_default() += 1;
        }
        let mut res: Vec<_> = counts.into_iter().collect();
        res.sort_by_key(|it| std::cmp::Reverse(it.1));
        res
    }

    /// The findings that are not exempt.
    fn offences(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().map(|it| &it.0).filter(|it| it.exempt.is_none())
    }

    /// The same with what can be done about each, the gravest first: for services that show only so many.
    fn by_gravity(&self) -> Vec<&(Finding, Option<Outcome>)> {
        let mut res: Vec<_> = self.findings.iter().filter(|it| it.0.exempt.is_none()).collect();
        res.sort_by_key(|it| std::cmp::Reverse(it.0.level));
        res
    }

    fn count(&self, level: Level) -> usize {
        self.offences().filter(|it| it.level == level).count()
    }

    fn exempt(&self) -> usize {
        self.findings.iter().filter(|(finding, _)| finding.exempt.is_some()).count()
    }

    /// The path of a file seen from the top of the repository, where services look for it.
    fn path_from_top(&self, path: &Utf8Path) -> String {
        self.folder.join(path).into_string()
    }
}

/// The line and column of the start and the end of a finding in the file. Lines of a notebook are counted in a cell, which
/// tells nothing about its file; there the place is its first line.
fn file_region(finding: &Finding) -> [(usize, usize); 2] {
    match finding.start.cell {
        Some(_) => [(1, 1), (1, 1)],
        None => [(finding.start.line, finding.start.column), (finding.end.line, finding.end.column)],
    }
}

/// The message of a finding, with its cell in a notebook.
fn message(finding: &Finding) -> String {
    match finding.start.cell {
        Some(cell) => format!("cell {}, line {}: {}", cell.number, finding.start.line, finding.message),
        None => finding.message.clone(),
    }
}

/// The message of a finding and what can be done about it, a line each.
fn told(finding: &Finding, outcome: Option<&Outcome>) -> Vec<String> {
    [vec![message(finding)], advice(outcome)].concat()
}

/// The message of a finding and whether `fix` changes it, for formats that show one line.
fn told_shortly(finding: &Finding, outcome: Option<&Outcome>) -> String {
    told(finding, outcome).into_iter().take(2).collect::<Vec<_>>().join("; ")
}

/// What can be done about a finding, a line each; the first says whether `fix` does it.
fn advice(outcome: Option<&Outcome>) -> Vec<String> {
    match outcome {
        None | Some(Outcome::Exempt) => Vec::new(),
        Some(Outcome::Migration(it)) => {
            let how = match it.rung {
                Rung::Library => format!("`jwt-sunset fix` moves it to {}", it.pattern),
                Rung::InPlace => "`jwt-sunset fix` changes the request in place".to_owned(),
                Rung::ByHand => String::new(),
            };
            let mut lines = vec![format!("{how} ({})", it.applicability.name())];
            lines.extend(it.notes.iter().cloned());
            lines
        }
        Some(Outcome::Refusal(it)) => {
            let mut lines = vec![format!("to be done by hand: {}", it.reason)];
            lines.extend(it.steps.iter().cloned());
            lines
        }
    }
}
