//! Migrations as fixes of SARIF: replaced lines of every file they change.

use similar::{DiffTag, TextDiff};

use crate::rewrite::{FilePatch, Fix, Outcome};

use super::schema::{ArtifactChange, FixRow, Message, Region, Replacement};
use super::{Report, artifact};

/// A fix and its size in bytes.
pub(super) fn fix(report: &Report, fix: &Fix, outcome: Option<&Outcome>) -> (FixRow, usize) {
    let applicability = match outcome {
        Some(Outcome::Migration(it)) => it.applicability.name(),
        _ => "review",
    };
    let text = match fix.flows.len() {
        1 => format!("Move it to OAuth Server-to-Server ({applicability})."),
        count => format!("Move it and {} more to OAuth Server-to-Server ({applicability}).", count - 1),
    };
    let changes: Vec<ArtifactChange> = fix
        .patches
        .iter()
        .map(|patch| ArtifactChange {
            artifact_location: artifact(report, patch.path.as_str()),
            replacements: replacements(patch),
        })
        .collect();
    let inserted = changes.iter().flat_map(|it| &it.replacements).map(|it| it.inserted_content.text.len() + 200);
    let size = inserted.sum();
    (FixRow { description: Message { text }, artifact_changes: changes }, size)
}

/// The runs of lines that a patch replaces. A file of which nothing is left loses all its lines.
fn replacements(patch: &FilePatch) -> Vec<Replacement> {
    let after = patch.after.as_deref().unwrap_or_default();
    let diff = TextDiff::from_lines(patch.before.as_str(), after);
    let changed = diff.ops().iter().filter(|it| it.tag() != DiffTag::Equal);
    changed
        .map(|op| {
            let (old, new) = (op.old_range(), op.new_range());
            let text = new.filter_map(|it| diff.new_slice(it)).collect();
            // From the start of a line to the start of the line behind the last one that goes.
            let deleted_region = Region {
                start_line: old.start + 1,
                start_column: Some(1),
                end_line: Some(old.end + 1),
                end_column: Some(1),
            };
            Replacement { deleted_region, inserted_content: Message { text } }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_replaced_from_start_to_start() {
        let patch = FilePatch {
            path: "a.py".into(),
            before: "one\ntwo\nthree\n".to_owned(),
            after: Some("one\n2\n2b\nthree\n".to_owned()),
        };
        let all = replacements(&patch);
        let [it] = all.as_slice() else { panic!("{}", all.len()) };
        let region = &it.deleted_region;
        assert_eq!((region.start_line, region.end_line, region.end_column), (2, Some(3), Some(1)));
        assert_eq!(it.inserted_content.text, "2\n2b\n");
    }
}
