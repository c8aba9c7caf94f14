//! Logging commands of Azure Pipelines.
//!
//! Source: Microsoft documentation, "Logging commands", `task.logissue`. It knows errors and warnings, so notes are left
//! out.

use crate::rules::Level;

use super::{Report, Reporter, SourceText, file_region, told};

pub(super) struct Azure;

impl Reporter for Azure {
    fn name(&self) -> &'static str {
        "azure"
    }

    fn about(&self) -> &'static str {
        "Logging commands of Azure Pipelines; errors and warnings"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let issues = report.by_gravity().into_iter().filter(|it| it.0.level > Level::Note);
        issues
            .map(|(finding, outcome)| {
                let [(line, column), _] = file_region(finding);
                let path = property(&report.path_from_top(&finding.path));
                let text = data(&told(finding, outcome.as_ref()).join("; "));
                format!(
                    "##vso[task.logissue type={};sourcepath={path};linenumber={line};columnnumber={column};code={};]{text}\n",
                    finding.level.name(),
                    finding.rule.id
                )
            })
            .collect()
    }
}

/// Text after the bracket.
fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a semicolon or bracket would end.
fn property(text: &str) -> String {
    data(text).replace(';', "%3B").replace(']', "%5D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_property_is_escaped() {
        assert_eq!(property("pages/[id];a%.js"), "pages/[id%5D%3Ba%AZP25.js");
    }
}
