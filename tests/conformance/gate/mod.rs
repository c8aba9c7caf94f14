//! The files that put the check into a gate: for GitHub, GitLab, pre-commit and Docker, and what `init` writes. Each is
//! tried as far as that needs no service: against the schema of whoever reads it, and by running its commands.

mod action;
mod gitlab;
mod hook;
mod image;
mod sarif;
mod schema;
mod template;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::runtime::python;

/// What reads the files, and how they are read here. pre-commit brings a reader of YAML.
const TOOLS: &[&str] = &["check-jsonschema==0.39.0", "pre-commit==4.7.0", "sarif-tools==3.0.5"];

/// A program with an exchange, and the line of its request.
const FLOW: &str = r#"import requests

def token(jwt):
    body = {"client_id": "a", "client_secret": "b", "jwt_token": jwt}
    return requests.post("https://ims-na1.adobelogin.com/ims/exchange/jwt", data=body).json()["access_token"]
"#;
const LINE: u64 = 5;
/// A program without.
const HARMLESS: &str = "print('hello')\n";

/// A trial and what it is called.
type Proof = (&'static str, fn() -> Result<(), String>);

/// The trials. Those that need nothing installed are never left out.
pub(crate) fn trials(required: bool) -> Vec<Trial> {
    let missing = missing();
    let proofs: Vec<Proof> = [schema::PROOFS, hook::PROOFS, action::PROOFS, gitlab::PROOFS, sarif::PROOFS].concat();
    if let Some(what) = missing.as_ref().filter(|_| !required) {
        eprintln!("SKIPPED: {} trials of the gate's files, because {what}", proofs.len());
    }
    let ignored = missing.is_some() && !required;
    let installed = proofs.into_iter().map(|(name, proof)| {
        let missing = missing.clone();
        let run = move || missing.map_or_else(proof, Err).map_err(Failed::from);
        Trial::test(format!("gate::{name}"), run).with_ignored_flag(ignored)
    });
    let plain = [image::PROOFS, template::PROOFS].concat().into_iter();
    let plain = plain.map(|(name, proof)| Trial::test(format!("gate::{name}"), move || proof().map_err(Failed::from)));
    installed.chain(plain).collect()
}

fn missing() -> Option<String> {
    let works = |program: &Path, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|it| it.status.success())
    };
    let probe = ["-c", "import sys, pip, venv; sys.exit(sys.version_info < (3, 10))"];
    if !python::interpreter().is_some_and(|it| works(it, &probe)) {
        return Some("python3 (3.10 or later, with venv and pip) is missing".to_owned());
    }
    let needed = ["bash", "git", "npm"].into_iter().find(|it| !works(Path::new(it), &["--version"]));
    needed.map(|it| format!("{it} is missing"))
}

/// A file of this repository.
fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn own_text(path: &str) -> Result<String, String> {
    fs::read_to_string(own(path)).map_err(|error| format!("{path}: {error}"))
}

/// One of the installed tools.
fn tool(name: &str) -> Result<Command, String> {
    let tools: Vec<String> = TOOLS.iter().map(|it| (*it).to_owned()).collect();
    Ok(Command::new(python::environment(&tools)?.folder.join("bin").join(name)))
}

/// The content of a YAML file.
fn yaml(path: &str) -> Result<Value, String> {
    let script = "import json, sys, yaml\nprint(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))";
    let output = tool("python")?.args(["-c", script]).arg(own(path)).output();
    let output = output.map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{path}: {error}\n{}", said(&output)))
}

/// All that a command said.
fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command and compares how it ends.
fn ends_with(status: i32, mut command: Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.code() {
        Some(code) if code == status => Ok(said(&output)),
        other => Err(format!("{command:?} ends with {other:?} and not {status}:\n{}", said(&output))),
    }
}

/// Complains unless a text holds another.
fn holds(text: &str, part: &str) -> Result<(), String> {
    match text.contains(part) {
        true => Ok(()),
        false => Err(format!("{part:?} is not in:\n{text}")),
    }
}

/// Makes a file and the folders above it.
fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
