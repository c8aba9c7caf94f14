//! The commands of the GitLab job, run in a project as a runner does.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::runtime::symlink;

use super::{FLOW, HARMLESS, LINE, Proof, ends_with, holds, put, yaml};

pub(super) const PROOFS: &[Proof] = &[
    ("the GitLab job passes a clean project", clean_project_passes),
    ("the GitLab job reports an exchange", exchange_is_reported),
    ("the GitLab job hands its arguments on", arguments_are_handed_on),
];

fn clean_project_passes() -> Result<(), String> {
    let project = tempfile::tempdir().unwrap();
    put(&project.path().join("src/hello.py"), HARMLESS);
    run(project.path(), 0, "")?;
    let quality = report(project.path(), "codequality")?;
    match serde_json::from_str::<Value>(&quality) {
        Ok(Value::Array(issues)) if issues.is_empty() => Ok(()),
        _ => Err(format!("no empty list of issues: {quality}")),
    }
}

fn exchange_is_reported() -> Result<(), String> {
    let project = tempfile::tempdir().unwrap();
    put(&project.path().join("src/auth.py"), FLOW);
    run(project.path(), 1, "")?;
    let quality: Value = serde_json::from_str(&report(project.path(), "codequality")?).unwrap();
    let place = &quality[0]["location"];
    let line = place["lines"]["begin"].as_u64().or_else(|| place["positions"]["begin"]["line"].as_u64());
    if place["path"] != "src/auth.py" || line != Some(LINE) {
        return Err(format!("another place is given: {quality:#}"));
    }
    for field in ["description", "check_name", "fingerprint", "severity"] {
        quality[0][field].as_str().ok_or_else(|| format!("{field} is missing, which GitLab needs: {quality:#}"))?;
    }
    let junit = report(project.path(), "junit")?;
    holds(&junit, "<testsuite")?;
    holds(&junit, "<failure")
}

fn arguments_are_handed_on() -> Result<(), String> {
    let project = tempfile::tempdir().unwrap();
    put(&project.path().join("src/auth.py"), FLOW);
    run(project.path(), 0, "--fail-on never").map(drop)
}

/// Runs the job's script.
fn run(project: &Path, status: i32, arguments: &str) -> Result<String, String> {
    let template = yaml("templates/gitlab-ci.yml")?;
    let lines = template["jwt-sunset"]["script"].as_array().ok_or("the job has no script")?;
    let script: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
    let program = project.join(".jwt-sunset/bin/jwt-sunset");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    symlink(Path::new(env!("CARGO_BIN_EXE_jwt-sunset")), &program).unwrap();
    let mut command = Command::new("bash");
    command.args(["-eo", "pipefail", "-c", &script.join("\n")]).current_dir(project);
    command.env("CI_PROJECT_DIR", project).env("JWT_SUNSET_ARGS", arguments);
    ends_with(status, command)
}

/// A report, from where the job says that it is.
fn report(project: &Path, kind: &str) -> Result<String, String> {
    let template = yaml("templates/gitlab-ci.yml")?;
    let artifacts = &template["jwt-sunset"]["artifacts"];
    let path = artifacts["reports"][kind].as_str().ok_or_else(|| format!("the job has no report {kind}"))?;
    if artifacts["when"] != "always" {
        return Err("a job that fails would not show why".to_owned());
    }
    fs::read_to_string(project.join(path)).map_err(|error| format!("{path}: {error}"))
}
