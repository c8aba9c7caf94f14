//! The JSON formats, version 1: a document, and an object a line. Its structs are its own: internal types may change, these may not.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::flow::Confidence;
use crate::rewrite::Outcome;
use crate::rules::{Finding, Level};
use crate::text::LineColumn;

use super::{Report, Reporter, SourceText};

/// The format's version; it rises when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// One document.
pub(super) struct Json;

/// One object a line, the summary last.
pub(super) struct JsonLines;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    summary: Summary,
    notes: Vec<NoteRow<'a>>,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    exempt: usize,
    silenced: usize,
    baselined: usize,
    unchanged: usize,
    off: usize,
    rules: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
struct NoteRow<'a> {
    path: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Position {
    /// The cell of a notebook in which lines are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<usize>,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    rule: &'a str,
    level: &'a str,
    confidence: &'a str,
    message: &'a str,
    path: &'a str,
    start: Position,
    end: Position,
    fingerprint: String,
    flow: Option<usize>,
    exempt: Option<&'a str>,
    related: Vec<RelatedRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    migration: Option<MigrationRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<RefusalRow<'a>>,
}

#[derive(Serialize)]
struct RelatedRow<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    label: &'a str,
}

#[derive(Serialize)]
struct MigrationRow<'a> {
    rung: u8,
    applicability: &'a str,
    pattern: &'a str,
    notes: &'a [String],
}

#[derive(Serialize)]
struct RefusalRow<'a> {
    reason: &'a str,
    steps: &'a [String],
    path: &'a str,
    start: Position,
}

/// A line of the format of lines.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Finding(Box<Row<'a>>),
    Note(NoteRow<'a>),
    Summary {
        version: u32,
        #[serde(flatten)]
        summary: Summary,
    },
}

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "One versioned JSON document"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let document = Document {
            version: VERSION,
            summary: summary(report),
            notes: notes(report).collect(),
            findings: report.findings.iter().map(|(finding, outcome)| row(finding, outcome.as_ref())).collect(),
        };
        // Strings, numbers and lists always serialize.
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        format!("{text}\n")
    }
}

impl Reporter for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "One JSON object a line: findings, notes, the summary"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let findings = report.findings.iter().map(|(finding, it)| Line::Finding(Box::new(row(finding, it.as_ref()))));
        let summary = Line::Summary { version: VERSION, summary: summary(report) };
        let lines = findings.chain(notes(report).map(Line::Note)).chain([summary]);
        lines.map(|it| serde_json::to_string(&it).unwrap_or_default() + "\n").collect()
    }
}

fn summary(report: &Report) -> Summary {
    Summary {
        files: report.files,
        errors: report.count(Level::Error),
        warnings: report.count(Level::Warning),
        notes: report.count(Level::Note),
        exempt: report.exempt(),
        silenced: report.left_out.silenced,
        baselined: report.left_out.baselined,
        unchanged: report.left_out.unchanged,
        off: report.left_out.off,
        rules: report.statistics().into_iter().collect(),
    }
}

fn notes(report: &Report) -> impl Iterator<Item = NoteRow<'_>> {
    report.notes.iter().map(|it| NoteRow { path: it.path.as_str(), message: &it.message })
}

fn position(at: LineColumn) -> Position {
    Position { cell: at.cell.map(|it| it.number), line: at.line, column: at.column }
}

fn row<'a>(finding: &'a Finding, outcome: Option<&'a Outcome>) -> Row<'a> {
    let (migration, refusal) = match outcome {
        Some(Outcome::Migration(it)) => {
            let row = MigrationRow {
                rung: it.rung.number(),
                applicability: it.applicability.name(),
                pattern: it.pattern,
                notes: &it.notes,
            };
            (Some(row), None)
        }
        Some(Outcome::Refusal(it)) => {
            let row =
                RefusalRow { reason: &it.reason, steps: &it.steps, path: it.path.as_str(), start: position(it.start) };
            (None, Some(row))
        }
        Some(Outcome::Exempt) | None => (None, None),
    };
    Row {
        rule: finding.rule.id,
        level: finding.level.name(),
        confidence: match finding.confidence {
            Confidence::Possible => "possible",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        },
        message: &finding.message,
        path: finding.path.as_str(),
        start: position(finding.start),
        end: position(finding.end),
        fingerprint: finding.fingerprint.to_string(),
        flow: finding.flow.map(|it| it + 1),
        exempt: finding.exempt.as_deref(),
        related: finding
            .related
            .iter()
            .map(|it| RelatedRow {
                path: it.path.as_str(),
                start: position(it.start),
                end: position(it.end),
                label: &it.label,
            })
            .collect(),
        migration,
        refusal,
    }
}
