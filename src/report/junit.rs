//! JUnit XML, which every CI server shows as tests: a finding is a test that failed, a note one that passed with something
//! to say.

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use crate::rules::Level;

use super::{Report, Reporter, SourceText, file_region, told};

pub(super) struct JUnit;

impl Reporter for JUnit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML: a finding is a failed test"
    }

    fn render(&self, report: &Report, _source: SourceText<'_>) -> String {
        let mut suite = TestSuite::new("jwt-sunset");
        for (finding, outcome) in report.by_gravity() {
            let [(line, column), _] = file_region(finding);
            let path = report.path_from_top(&finding.path);
            let text = told(finding, outcome.as_ref()).join("\n");
            let status = match finding.level {
                Level::Note => TestCaseStatus::success(),
                Level::Error | Level::Warning => {
                    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                    status
                        .set_type(finding.rule.id)
                        .set_message(finding.message.as_str())
                        .set_description(text.clone());
                    status
                }
            };
            let mut case = TestCase::new(format!("{} {path}:{line}:{column}", finding.rule.id), status);
            case.set_classname(path.as_str());
            if finding.level == Level::Note {
                case.set_system_out(text);
            }
            suite.add_test_case(case);
        }
        // A report without a test is taken for one that is broken.
        if report.failing(Level::Warning) == 0 {
            suite.add_test_case(TestCase::new("nothing exchanges a JWT", TestCaseStatus::success()));
        }
        let mut document = Document::new("jwt-sunset");
        document.add_test_suite(suite);
        // Writing to memory does not fail.
        document.to_string().unwrap_or_default()
    }
}
