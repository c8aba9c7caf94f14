//! What the documents say comes from the same source as the code.

use std::fs;
use std::path::Path;

use jwt_sunset::report::{explain, rule_list, rule_table};
use jwt_sunset::rules::RULES;

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn the_table_of_rules_is_generated() {
    let readme = document("README.md");
    let (_, rest) = readme.split_once("<!-- rules -->\n").expect("README.md has the marker");
    let (table, _) = rest.split_once("<!-- /rules -->").expect("README.md has the closing marker");
    if std::env::var_os("UPDATE").is_some() {
        let updated = readme.replace(table, &rule_table());
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"), updated).unwrap();
        return;
    }
    assert_eq!(table, rule_table(), "run UPDATE=1 cargo test");
}

#[test]
fn the_report_that_the_readme_shows_is_a_real_one() {
    let report = document("fixtures/python/requests-two-functions/expected.txt");
    assert!(document("README.md").contains(report.trim_end()), "README.md shows another report");
}

#[test]
fn every_rule_is_listed_and_explained() {
    let list = rule_list();
    for rule in RULES {
        let info = rule.info();
        assert!(list.contains(info.id) && list.contains(info.summary));
        let text = explain(info.id).unwrap();
        assert!(text.starts_with(&format!("# {}: ", info.id)));
        assert!(text.contains("```"), "{} has no example", info.id);
    }
    let error = explain("jwt-exchang").unwrap_err();
    assert!(error.contains("jwt-exchange"), "{error}");
}

#[test]
fn every_rule_fires_and_stays_silent_in_a_fixture_of_each_language() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for language in ["javascript", "python"] {
        let reports: Vec<String> = super::fixtures::files(&root.join(language))
            .into_iter()
            .filter(|it| it.ends_with("expected.txt"))
            .map(|it| fs::read_to_string(it).unwrap())
            .collect();
        // What configuration and documents are found to hold is the same beside code of any language.
        let of_code = |id: &str| !matches!(id, "private-key" | "jwt-mention" | "jwt-credential" | "unused-silence");
        for rule in RULES.iter().filter(|it| of_code(it.info().id)) {
            let mark = format!("[{}]", rule.info().id);
            assert!(reports.iter().any(|it| it.contains(&mark)), "{} fires in no {language} fixture", rule.info().id);
            assert!(reports.iter().any(|it| !it.contains(&mark)), "{} fires everywhere", rule.info().id);
        }
    }
    let configuration: Vec<String> = super::fixtures::files(&root.join("config"))
        .into_iter()
        .filter(|it| it.ends_with("expected.txt"))
        .map(|it| fs::read_to_string(it).unwrap())
        .collect();
    for id in ["private-key", "jwt-mention", "jwt-credential"] {
        let mark = format!("[{id}]");
        assert!(configuration.iter().any(|it| it.contains(&mark)), "{id} fires in no configuration fixture");
        assert!(configuration.iter().any(|it| !it.contains(&mark)), "{id} fires everywhere");
    }
}
