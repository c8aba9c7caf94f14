//! The code quality report of GitLab.
//!
//! Source: GitLab documentation, "Code Quality report format": a JSON list, paths relative to the repository and without
//! `./`, fingerprints that are unique in the report.

use serde::Serialize;

use crate::rules::Level;

use super::{Report, Reporter, SourceText, advice, file_region, message};

pub(super) struct GitLab;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

impl Reporter for GitLab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn about(&self) -> &'static str {
        "The code quality report of GitLab"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let issues = report.by_gravity().into_iter().map(|(finding, outcome)| {
            let [start, end] = file_region(finding);
            let first = advice(outcome.as_ref()).into_iter().next();
            Issue {
                description: [message(finding)].into_iter().chain(first).collect::<Vec<_>>().join("; "),
                check_name: finding.rule.id,
                fingerprint: format!("{}-{}", finding.fingerprint.hash, finding.fingerprint.occurrence),
                severity: match finding.level {
                    Level::Error => "major",
                    Level::Warning => "minor",
                    Level::Note => "info",
                },
                location: Place {
                    path: report.path_from_top(&finding.path),
                    lines: Lines { begin: start.0, end: end.0 },
                },
            }
        });
        // Strings, numbers and lists always serialize.
        let text = serde_json::to_string_pretty(&issues.collect::<Vec<_>>()).unwrap_or_default();
        format!("{text}\n")
    }
}
