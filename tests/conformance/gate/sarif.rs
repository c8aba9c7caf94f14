//! SARIF against the official schema, against what GitHub asks of it, and read by other programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{Proof, ends_with, holds, own, tool};

pub(super) const PROOFS: &[Proof] = &[("SARIF fits its schema and what GitHub asks for", fits)];

/// The validator of Microsoft, which brings the schema of OASIS.
const VALIDATOR: &str = "@microsoft/sarif-multitool@5.7.0";

fn fits() -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let package = install(folder.path())?;
    for tree in ["fixtures/javascript", "fixtures/python", "fixtures/notebook", "fixtures/config"] {
        let report = folder.path().join(format!("{}.sarif", tree.replace('/', "-")));
        let mut check = Command::new(env!("CARGO_BIN_EXE_jwt-sunset"));
        check.args(["check", "--format", "jsonl", "--output", &format!("sarif={}", report.display())]).arg(own(tree));
        ends_with(1, check)?;
        let mut schema = tool("check-jsonschema")?;
        schema.arg("--schemafile").arg(package.join("sarif-2.1.0.json")).arg(&report);
        ends_with(0, schema)?;
        let mut validator = Command::new(package.join("Sarif.Multitool"));
        validator.arg("validate").arg(&report).args(["--rule-kind", "Sarif;Ghas"]);
        // Where the program is published is not known yet, which the validator misses.
        let said = ends_with(0, validator)?;
        let complaints = said.lines().filter(|it| it.contains(": error") || it.contains(": warning"));
        let complaints: Vec<&str> = complaints.filter(|it| !it.contains("informationUri")).collect();
        if !complaints.is_empty() {
            return Err(complaints.join("\n"));
        }
        let mut summary = tool("sarif")?;
        summary.arg("summary").arg(&report);
        holds(&ends_with(0, summary)?, &format!("error: {}", errors(&report)?))?;
    }
    Ok(())
}

/// How many results are errors.
fn errors(report: &Path) -> Result<usize, String> {
    let text = fs::read_to_string(report).map_err(|error| error.to_string())?;
    let json: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let results = json["runs"][0]["results"].as_array().cloned().unwrap_or_default();
    Ok(results.iter().filter(|it| it["level"] == "error").count())
}

fn install(folder: &Path) -> Result<PathBuf, String> {
    fs::write(folder.join("package.json"), "{}").unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", VALIDATOR]).current_dir(folder);
    ends_with(0, npm)?;
    let scope = folder.join("node_modules/@microsoft");
    let mut packages = fs::read_dir(&scope).map_err(|error| error.to_string())?.flatten().map(|it| it.path());
    let own = packages.find(|it| it.join("sarif-2.1.0.json").is_file() && it.join("Sarif.Multitool").is_file());
    own.ok_or_else(|| "npm installed no validator for this system".to_owned())
}
