//! SARIF 2.1.0, as GitHub code scanning and editors read it.
//!
//! Sources: OASIS SARIF 2.1.0; GitHub documentation, "SARIF support for code scanning", for its limits. Exempt findings are
//! no results, silenced ones are left out: GitHub opens an alert for either.

mod fixes;
mod schema;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::flow::Confidence;
use crate::rewrite::Outcome;
use crate::rules::{Finding, Level, RULES, RuleInfo};
use crate::text::LineColumn;

use super::{Report, Reporter, SourceText, advice, message};
use schema::{
    Artifact, Configuration, Descriptor, Document, Driver, Invocation, Location, Message, MultiformatMessage,
    Notification, PhysicalPlace, PropertyBag, Region, ResultRow, RuleProperties, Run, Tool,
};

pub(super) struct Sarif;

/// How many results of a run GitHub shows.
const RESULTS: usize = 5_000;
/// How many places of a result GitHub shows.
const PLACES: usize = 100;
/// How large the fixes may be together, in bytes: GitHub takes 10 MB, compressed.
const FIXES: usize = 4 << 20;

/// What may stand in a path of a URI as it is (RFC 3986, section 3.3).
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b'+')
    .remove(b'=')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'(')
    .remove(b')')
    .remove(b',');

impl Reporter for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0, for code scanning and editors"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let rows = report.by_gravity();
        let mut budget = FIXES;
        let results = rows.iter().take(RESULTS).map(|it| result(report, &it.0, it.1.as_ref(), &mut budget)).collect();
        let mut notifications: Vec<Notification> = report.notes.iter().map(|it| notification(report, it)).collect();
        if rows.len() > RESULTS {
            let text = format!("{} results are left out, the least grave ones", rows.len() - RESULTS);
            notifications.push(Notification { level: "warning", message: Message { text }, locations: Vec::new() });
        }
        let document = Document {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "jwt-sunset",
                        semantic_version: env!("CARGO_PKG_VERSION"),
                        information_uri: env!("CARGO_PKG_REPOSITORY"),
                        rules: RULES.iter().map(|it| descriptor(it.info())).collect(),
                    },
                },
                column_kind: "unicodeCodePoints",
                invocations: [Invocation { execution_successful: true, tool_execution_notifications: notifications }],
                results,
            }],
        };
        // Strings, numbers and lists always serialize.
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        format!("{text}\n")
    }
}

fn descriptor(info: &'static RuleInfo) -> Descriptor {
    let documentation = info.documentation();
    Descriptor {
        id: info.id,
        name: pascal_case(info.id),
        short_description: Message { text: sentence(info.summary) },
        full_description: Message { text: section(&documentation, "What it finds") },
        help: MultiformatMessage {
            text: format!("{} {}", section(&documentation, "What it finds"), section(&documentation, "Why")),
            markdown: documentation,
        },
        default_configuration: Configuration { level: info.level.name() },
        properties: RuleProperties {
            tags: ["maintainability", "adobe", "authentication"],
            precision: "high",
            severity: match info.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "recommendation",
            },
        },
    }
}

/// `jwt-exchange` as a name of SARIF: `JwtExchange`.
fn pascal_case(id: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|it| it.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    id.split('-').map(capital).collect()
}

fn sentence(text: &str) -> String {
    let text = text.trim_start_matches('`');
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters.filter(|it| *it != '`')).chain(['.']).collect()
}

/// The text of a section of a rule's documentation, on one line.
fn section(documentation: &str, heading: &str) -> String {
    let text = documentation.split("\n## ").find_map(|it| it.strip_prefix(heading)).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "")
}

fn result(report: &Report, finding: &Finding, outcome: Option<&Outcome>, budget: &mut usize) -> ResultRow {
    let related = finding.related.iter().take(PLACES).zip(1..).map(|(it, id)| Location {
        id: Some(id),
        physical_location: place(report, it.path.as_str(), it.start, it.end),
        message: Some(Message { text: it.label.clone() }),
    });
    let fix = report.fixes.iter().find(|it| finding.flow.is_some_and(|flow| it.flows.first() == Some(&flow)));
    let fixes = fix.map(|it| fixes::fix(report, it, outcome)).filter(|(_, size)| *size <= *budget);
    if let Some((_, size)) = &fixes {
        *budget -= size;
    }
    let fingerprint = finding.fingerprint.to_string();
    ResultRow {
        rule_id: finding.rule.id,
        rule_index: RULES.iter().position(|it| it.info().id == finding.rule.id).unwrap_or_default(),
        level: finding.level.name(),
        rank: match finding.confidence {
            Confidence::Certain => 100.0,
            Confidence::Likely => 75.0,
            Confidence::Possible => 25.0,
        },
        message: Message { text: [vec![sentence(&message(finding))], advice(outcome)].concat().join("\n") },
        locations: [Location {
            id: None,
            physical_location: place(report, finding.path.as_str(), finding.start, finding.end),
            message: None,
        }],
        related_locations: related.collect(),
        partial_fingerprints: PropertyBag::from([
            ("jwtSunset/v1", fingerprint.clone()),
            // The one that GitHub matches alerts by.
            ("primaryLocationLineHash", fingerprint),
        ]),
        fixes: fixes.map(|it| it.0).into_iter().collect(),
    }
}

/// A place in a file. Lines of a notebook's cell say nothing about its file, so there it is the first one.
fn place(report: &Report, path: &str, start: LineColumn, end: LineColumn) -> PhysicalPlace {
    let region = match start.cell {
        Some(_) => Region { start_line: 1, start_column: None, end_line: None, end_column: None },
        None => Region {
            start_line: start.line,
            start_column: Some(start.column),
            end_line: Some(end.line),
            end_column: Some(end.column),
        },
    };
    PhysicalPlace { artifact_location: artifact(report, path), region: Some(region) }
}

fn artifact(report: &Report, path: &str) -> Artifact {
    let uri = utf8_percent_encode(&report.path_from_top(path.into()), PATH).to_string();
    Artifact { uri, uri_base_id: "%SRCROOT%" }
}

fn notification(report: &Report, note: &crate::source::Note) -> Notification {
    let location = PhysicalPlace { artifact_location: artifact(report, note.path.as_str()), region: None };
    Notification {
        level: "note",
        message: Message { text: sentence(&note.message) },
        locations: vec![Location { id: None, physical_location: location, message: None }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sentences_are_as_sarif_wants_them() {
        assert_eq!(pascal_case("token-lifetime-unit"), "TokenLifetimeUnit");
        assert_eq!(sentence("`expires_in` of it"), "Expires_in of it.");
        assert_eq!(section("a\n\n## Why\n\nIt\n`fails`.\n\n## Example\n", "Why"), "It fails.");
    }

    #[test]
    fn every_rule_says_what_it_finds_and_why() {
        for rule in RULES {
            let it = descriptor(rule.info());
            assert!(it.full_description.text.len() > 40 && it.help.text.len() > 80, "{}", it.id);
        }
    }
}
