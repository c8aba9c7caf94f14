//! What `fix` says: the diff for standard output, lines for standard error.

use crate::rewrite::{Applicability, FilePatch, Outcome, Rung};
use crate::rules::{Finding, Level};
use crate::text::unified_diff;

use super::Report;

/// One unified diff over all files, as `git apply` reads it.
#[must_use]
pub fn diff(patches: &[FilePatch]) -> String {
    patches
        .iter()
        .map(|patch| match &patch.after {
            Some(after) => unified_diff(patch.path.as_str(), &patch.before, after),
            None => {
                let path = patch.path.as_str();
                let body = unified_diff(path, &patch.before, "");
                let header = format!("diff --git a/{path} b/{path}\ndeleted file mode 100644\n");
                header + &body.replacen(&format!("+++ b/{path}\n"), "+++ /dev/null\n", 1)
            }
        })
        .collect()
}

/// A line for each flow: what was done about it or why not, and what to look at. `least` is what a migration had to
/// reach to be carried out.
#[must_use]
pub fn fix_notes(report: &Report, least: Applicability) -> Vec<String> {
    let mut res = Vec::new();
    for (finding, outcome) in &report.findings {
        let place = place(finding);
        match outcome {
            Some(Outcome::Migration(it)) if it.applicability < least => {
                res.push(format!(
                    "{place}: not written, wants a look ({}); see `fix` or --include-review",
                    it.applicability.name()
                ));
                res.extend(it.notes.iter().map(|note| format!("  {note}")));
            }
            Some(Outcome::Migration(it)) => {
                let how = match it.rung {
                    Rung::Library => format!("moved to {}", it.pattern),
                    Rung::InPlace | Rung::ByHand => "changed in place".to_owned(),
                };
                let why =
                    match (it.rung, it.declined.iter().find(|it| !it.contains(": not ") && !it.contains("no SDK"))) {
                        (Rung::InPlace, Some(why)) => format!("; {why}"),
                        _ => String::new(),
                    };
                res.push(format!("{place}: {how} ({}){why}", it.applicability.name()));
                res.extend(it.notes.iter().map(|note| format!("  {note}")));
            }
            Some(Outcome::Refusal(it)) => {
                res.push(format!("{place}: to be done by hand: {}", it.reason));
                res.extend(it.steps.iter().map(|step| format!("  {step}")));
            }
            Some(Outcome::Exempt) => res.push(format!("{place}: {}", finding.message)),
            None => {}
        }
    }
    res
}

/// Rules whose notes are work for whoever migrates: documents and test doubles of the old flow.
const LISTED: &[&str] = &["jwt-mention", "jwt-endpoint"];

/// A line for each thing besides the flows that is left to a person.
#[must_use]
pub fn rest_notes(report: &Report) -> Vec<String> {
    let listed = |it: &Finding| it.level > Level::Note || LISTED.contains(&it.rule.id);
    let left = report.findings.iter().filter(|(finding, _)| finding.flow.is_none() && listed(finding));
    left.map(|(finding, _)| format!("{}: left: {} [{}]", place(finding), finding.message, finding.rule.id)).collect()
}

/// What was written.
#[must_use]
pub fn written(patches: &[FilePatch]) -> String {
    match patches.len() {
        0 => "nothing written".to_owned(),
        1 => "1 file written".to_owned(),
        count => format!("{count} files written"),
    }
}

fn place(finding: &Finding) -> String {
    format!("{}:{}", finding.path, finding.start.line)
}
