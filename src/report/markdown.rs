//! A summary in Markdown, for a comment on a pull request or the summary of a job.

use crate::rewrite::Outcome;
use crate::rules::{Finding, Level};

use super::{Report, Reporter, SourceText, advice, message};

pub(super) struct Markdown;

/// How many findings are listed: a comment on GitHub holds 65,536 characters.
const LISTED: usize = 100;

impl Reporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "A summary for a pull request"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let mut res = format!("## jwt-sunset\n\n{}\n", headline(report));
        let rows = report.by_gravity();
        if !rows.is_empty() {
            res.push_str("\n| level | rule | place | what remains |\n|---|---|---|---|\n");
            res.extend(rows.iter().take(LISTED).map(|it| row(report, &it.0)));
        }
        if rows.len() > LISTED {
            res.push_str(&format!("\nand {} more\n", rows.len() - LISTED));
        }
        let steps: String = rows.iter().take(LISTED).filter_map(|it| steps(report, &it.0, it.1.as_ref())).collect();
        if !steps.is_empty() {
            res.push_str(&format!("\n<details><summary>What to do</summary>\n\n{steps}\n</details>\n"));
        }
        let known = report.left_out.baselined + report.left_out.unchanged + report.left_out.silenced;
        if known > 0 {
            res.push_str(&format!("\n{known} known findings are not listed.\n"));
        }
        res
    }
}

fn headline(report: &Report) -> String {
    let counts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Note, "note")];
    let counts = counts.map(|(level, name)| (report.count(level), name));
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|it| it.0 > 0)
        .map(|(count, name)| format!("**{count} {name}{}**", if count == 1 { "" } else { "s" }))
        .collect();
    match parts.as_slice() {
        [] => "Nothing new exchanges a JWT for an access token.".to_owned(),
        _ => format!("{} of the Service Account (JWT) flow, which Adobe IMS stopped on 2026-03-01.", parts.join(", ")),
    }
}

fn row(report: &Report, finding: &Finding) -> String {
    let text = escaped(&message(finding));
    format!("| {} | `{}` | `{}` | {text} |\n", finding.level.name(), finding.rule.id, place(report, finding))
}

fn steps(report: &Report, finding: &Finding, outcome: Option<&Outcome>) -> Option<String> {
    let lines = advice(outcome);
    let (first, rest) = lines.split_first()?;
    let rest: String = rest.iter().map(|it| format!("  - {}\n", escaped(it))).collect();
    Some(format!("- `{}`: {}\n{rest}", place(report, finding), escaped(first)))
}

fn place(report: &Report, finding: &Finding) -> String {
    let path = report.path_from_top(&finding.path).replace('`', "'").replace('|', "\\|");
    match finding.start.cell {
        Some(cell) => format!("{path}: cell {}", cell.number),
        None => format!("{path}:{}", finding.start.line),
    }
}

/// Text that is no markup: what a message quotes comes from the code.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
