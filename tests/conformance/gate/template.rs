//! What `init` writes: the name of the tool's repository, its version, and settings that mean something.

use super::{Proof, ends_with, own_text};

use std::process::Command;

pub(super) const PROOFS: &[Proof] = &[
    ("templates name the tool and its version", tool_is_named),
    ("the settings are right, and so are their examples", settings_are_right),
];

/// Stands for the owner of the repository, and is replaced as it is.
const REPOSITORY: &str = "OWNER/jwt-sunset";
const SETTINGS: &str = "src/cli/init/jwt-sunset.toml";

fn tool_is_named() -> Result<(), String> {
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    for name in ["github-workflow.yml", "gitlab-ci.yml", "pre-commit-config.yaml"] {
        let text = own_text(&format!("src/cli/init/{name}"))?;
        has_version(name, &text, version)?;
    }
    has_version("templates/gitlab-ci.yml", &own_text("templates/gitlab-ci.yml")?, version)
}

fn has_version(name: &str, text: &str, version: &str) -> Result<(), String> {
    let rest = text.replace(REPOSITORY, "");
    match text.contains(REPOSITORY) && text.contains(version) && !rest.contains("OWNER") {
        true => Ok(()),
        false => Err(format!("{name} has not {REPOSITORY} and {version}, or another placeholder besides:\n{text}")),
    }
}

fn settings_are_right() -> Result<(), String> {
    let text = own_text(SETTINGS)?;
    let written = table(&text)?;
    if written["baseline"].as_str() != Some("jwt-sunset-baseline.json") || written["fail-on"].as_str().is_none() {
        return Err(format!("the baseline or the level is missing:\n{text}"));
    }
    // An example is a comment that is a line of TOML.
    let example = |line: &str| line.strip_prefix("# ").filter(|it| it.contains(" = ")).map(str::to_owned);
    let with_examples: Vec<String> = text.lines().map(|it| example(it).unwrap_or_else(|| it.to_owned())).collect();
    let shown = table(&with_examples.join("\n"))?;
    let mut list = Command::new(env!("CARGO_BIN_EXE_jwt-sunset"));
    list.arg("rules");
    let rules = ends_with(0, list)?;
    let named = shown["rules"].as_table().filter(|it| !it.is_empty()).ok_or("no rule is an example")?;
    for (rule, level) in named {
        let is_known = rules.lines().any(|it| it.split_whitespace().next() == Some(rule));
        let is_level = level.as_str().is_some_and(|it| ["error", "warning", "note", "off"].contains(&it));
        if !is_known || !is_level {
            return Err(format!("{rule} = {level} is no level of a rule"));
        }
    }
    match shown["exclude"].as_array().is_some_and(|it| it.iter().all(toml::Value::is_str)) {
        true => Ok(()),
        false => Err("no list of what is left out is an example".to_owned()),
    }
}

fn table(text: &str) -> Result<toml::Table, String> {
    toml::from_str(text).map_err(|error| format!("{SETTINGS}: {error}\n{text}"))
}
