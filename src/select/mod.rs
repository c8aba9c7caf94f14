//! Which findings count: silences in comments.

use crate::link::Project;
use crate::rules::Finding;

/// Findings, parted by whether a comment silences them.
#[derive(Debug, Default)]
pub struct Selection {
    /// What is reported.
    pub kept: Vec<Finding>,
    /// What a comment silenced.
    pub silenced: Vec<Finding>,
}

/// The words that start a silence in a comment.
const MARK: &str = "jwt-sunset: ignore[";

/// Leaves out the findings that a comment on their line, or on the line before, silences.
#[must_use]
pub fn select(project: &Project, findings: Vec<Finding>) -> Selection {
    let mut res = Selection::default();
    for finding in findings {
        match is_silenced(project, &finding) {
            true => res.silenced.push(finding),
            false => res.kept.push(finding),
        }
    }
    res
}

fn is_silenced(project: &Project, finding: &Finding) -> bool {
    let names_rule = |comment: &str| {
        comment.split(MARK).skip(1).filter_map(|it| it.split_once(']')).any(|(rules, reason)| {
            !reason.trim().trim_end_matches("*/").trim().is_empty()
                && rules.split(',').any(|it| it.trim() == finding.rule.id)
        })
    };
    if let Some(file) = project.file_at(&finding.path) {
        let file = project.file(file);
        return file.facts.comments.iter().any(|span| {
            let line = file.lines.line_column(file.text(), span.end).line;
            (line == finding.start.line || line + 1 == finding.start.line) && names_rule(span.of(file.text()))
        });
    }
    let manifest = project.manifests().iter().find(|it| it.path() == finding.path);
    manifest.is_some_and(|manifest| {
        let lines = manifest
            .source
            .text
            .lines()
            .enumerate()
            .filter(|(index, _)| index + 1 == finding.start.line || index + 2 == finding.start.line);
        lines.filter_map(|(_, line)| line.split_once('#')).any(|(_, comment)| names_rule(comment))
    })
}
