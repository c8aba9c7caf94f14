//! The code quality report of GitLab.
//!
//! Source: GitLab documentation, "Code Quality report format": a JSON list, paths relative to the repository and without
//! `./`, fingerprints that are unique in the report.

use serde::Serialize;

use crate::rules::Level;

use super::{Report, Reporter, SourceText, file_region, told_shortly};

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
            Issue {
                description: told_shortly(finding, outcome.as_ref()),
                check_name: finding.rule.id,
                fingerprint: finding.fingerprint.to_string(),
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
