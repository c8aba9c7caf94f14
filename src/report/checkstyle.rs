//! Checkstyle XML, version 4.3: the format that Jenkins, SonarQube and reviewdog read from any linter.

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use crate::rewrite::Outcome;
use crate::rules::{Finding, Level};

use super::{Report, Reporter, SourceText, file_region, told_shortly};

pub(super) struct Checkstyle;

impl Reporter for Checkstyle {
    fn name(&self) -> &'static str {
        "checkstyle"
    }

    fn about(&self) -> &'static str {
        "Checkstyle XML"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        // Writing to memory does not fail.
        let bytes = document(report, &mut writer).map(|()| writer.into_inner()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default() + "\n"
    }
}

fn document(report: &Report, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let mut files: BTreeMap<String, Vec<&(Finding, Option<Outcome>)>> = BTreeMap::new();
    for row in report.findings.iter().filter(|it| it.0.exempt.is_none()) {
        files.entry(report.path_from_top(&row.0.path)).or_default().push(row);
    }
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.create_element("checkstyle").with_attribute(("version", "4.3")).write_inner_content(|writer| {
        for (path, rows) in &files {
            writer.create_element("file").with_attribute(("name", path.as_str())).write_inner_content(|writer| {
                for (finding, outcome) in rows {
                    let [(line, column), _] = file_region(finding);
                    let severity = match finding.level {
                        Level::Error => "error",
                        Level::Warning => "warning",
                        Level::Note => "info",
                    };
                    let text = told_shortly(finding, outcome.as_ref());
                    writer
                        .create_element("error")
                        .with_attribute(("line", line.to_string().as_str()))
                        .with_attribute(("column", column.to_string().as_str()))
                        .with_attribute(("severity", severity))
                        .with_attribute(("message", text.as_str()))
                        .with_attribute(("source", format!("jwt-sunset.{}", finding.rule.id).as_str()))
                        .write_empty()?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}
