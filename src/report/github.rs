//! Workflow commands of GitHub Actions, which become annotations of a run and of the lines of a pull request.
//!
//! Source: GitHub documentation, "Workflow commands for GitHub Actions". A step shows ten of each level; the gravest come
//! first.

use crate::rules::Level;

use super::{Report, Reporter, SourceText, file_region, told};

pub(super) struct GitHub;

impl Reporter for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "Workflow commands of GitHub Actions"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let line = |(finding, outcome): &(_, Option<_>)| {
            let finding: &crate::rules::Finding = finding;
            let command = match finding.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "notice",
            };
            let [start, end] = file_region(finding);
            // Columns are for annotations of one line only.
            let columns = match start.0 == end.0 && end.1 > start.1 {
                true => format!(",col={},endColumn={}", start.1, end.1),
                false => String::new(),
            };
            let file = property(&report.path_from_top(&finding.path));
            let title = property(&format!("jwt-sunset: {}", finding.rule.id));
            let text = data(&told(finding, outcome.as_ref()).join("\n"));
            format!("::{command} file={file},line={},endLine={}{columns},title={title}::{text}\n", start.0, end.0)
        };
        report.by_gravity().into_iter().map(line).collect()
    }
}

/// Text after the last colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a comma or colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_property_is_escaped() {
        assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
        assert_eq!(data("a,b:c%\r\n"), "a,b:c%25%0D%0A");
    }
}
