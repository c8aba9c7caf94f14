//! The rules for people: a list, a Markdown table, the documentation of one.

use crate::rules::{RULES, rule};

/// One line per rule.
#[must_use]
pub fn rule_list() -> String {
    let width = RULES.iter().map(|it| it.info().id.len()).max().unwrap_or_default();
    RULES
        .iter()
        .map(|it| it.info())
        .map(|info| format!("{:width$}  {:7}  {}\n", info.id, info.level.name(), info.summary))
        .collect()
}

/// The table of the README.
#[must_use]
pub fn rule_table() -> String {
    let rows = RULES.iter().map(|it| it.info());
    let rows = rows.map(|info| format!("| `{}` | {} | {} |\n", info.id, info.level.name(), info.summary));
    std::iter::once("| rule | level | finds |\n|---|---|---|\n".to_owned()).chain(rows).collect()
}

/// The documentation of a rule.
///
/// # Errors
/// When no rule has the id: what it may have meant.
pub fn explain(id: &str) -> Result<String, String> {
    rule(id).map(|info| format!("# {}\n", info.documentation()))
}
