//! The shell of the GitHub action, run with the variables and files that a runner gives it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{FLOW, HARMLESS, LINE, Proof, ends_with, holds, own, put, yaml};

pub(super) const PROOFS: &[Proof] = &[
    ("the action passes a clean folder", clean_folder_passes),
    ("the action reports an exchange", exchange_is_reported),
    ("the action names files from the repository's root", files_are_named_from_the_root),
    ("the action takes no report of a check that could not run", failure_gives_no_report),
    ("the action hands its inputs on", inputs_are_handed_on),
    ("the action's shell has no expressions", shell_has_no_expressions),
    ("the action ends as the check did", result_is_the_check),
    ("the action keys its build by the sources", build_has_a_key),
];

fn clean_folder_passes() -> Result<(), String> {
    let runner = Runner::new();
    put(&runner.workspace().join("src/hello.py"), HARMLESS);
    runner.check(&[])?;
    let outputs = runner.outputs();
    if outputs["exit-code"] != "0" {
        return Err(format!("{outputs:?}"));
    }
    runner.sarif().map(drop)
}

fn exchange_is_reported() -> Result<(), String> {
    let runner = Runner::new();
    put(&runner.workspace().join("src/auth.py"), FLOW);
    let said = runner.check(&[])?;
    let outputs = runner.outputs();
    if outputs["exit-code"] != "1" {
        return Err(format!("{outputs:?}\n{said}"));
    }
    let annotated = said.lines().any(|it| {
        it.starts_with("::error ") && it.contains("file=src/auth.py") && it.contains(&format!("line={LINE}"))
    });
    if !annotated {
        return Err(format!("no annotation:\n{said}"));
    }
    runner.names("src/auth.py")?;
    holds(&fs::read_to_string(runner.file("summary")).unwrap(), "src/auth.py")
}

fn files_are_named_from_the_root() -> Result<(), String> {
    let runner = Runner::new();
    put(&runner.workspace().join("service/auth.py"), FLOW);
    holds(&runner.check(&[("path", "service")])?, "file=service/auth.py")?;
    runner.names("service/auth.py")
}

fn failure_gives_no_report() -> Result<(), String> {
    let runner = Runner::new();
    // As if an earlier use had left one.
    put(&runner.file("jwt-sunset.sarif"), "{}");
    runner.check(&[("path", "nowhere")])?;
    let outputs = runner.outputs();
    match outputs["exit-code"] == "2" && !outputs.contains_key("sarif-file") && !runner.file("summary").exists() {
        true => Ok(()),
        false => Err(format!("{outputs:?}")),
    }
}

/// A stand-in for the program tells what it was given.
fn inputs_are_handed_on() -> Result<(), String> {
    let runner = Runner::new();
    let program = runner.file("bin/jwt-sunset");
    put(&program, "#!/usr/bin/env bash\nprintf '<%s>\\n' \"$@\"\ntouch \"$RUNNER_TEMP/jwt-sunset.md\"\n");
    ends_with(0, {
        let mut chmod = Command::new("chmod");
        chmod.arg("+x").arg(&program);
        chmod
    })?;
    let given = [
        ("path", "a b; $(touch owned)"),
        ("baseline", "old findings.json"),
        ("fail-on", "never"),
        ("since", "-x"),
        ("args", "--threads 2\n  -j1"),
    ];
    let said = runner.check(&given)?;
    let place = runner.place.path().display();
    let wanted = format!(
        "<check>\n<--threads>\n<2>\n<-j1>\n<--format>\n<github>\n<--output>\n<sarif={place}/jwt-sunset.sarif>\n\
         <--output>\n<markdown={place}/jwt-sunset.md>\n<--baseline=old findings.json>\n<--fail-on=never>\n<--since=-x>\n\
         <-->\n<a b; $(touch owned)>\n"
    );
    if said != wanted {
        return Err(format!("the program is given\n{said}and not\n{wanted}"));
    }
    let said = runner.check(&[])?;
    match ["baseline", "fail-on", "since"].into_iter().find(|it| said.contains(it)) {
        Some(input) => Err(format!("{input} is handed on though it is empty:\n{said}")),
        None => Ok(()),
    }
}

/// What an expression puts into a script is run, whatever somebody wrote into the input.
fn shell_has_no_expressions() -> Result<(), String> {
    let action = yaml("action.yml")?;
    let steps = action["runs"]["steps"].as_array().ok_or("no steps")?;
    let scripts: Vec<&str> = steps.iter().filter_map(|it| it["run"].as_str()).collect();
    match scripts.iter().find(|it| it.contains("${{")) {
        Some(script) => Err(format!("an expression stands in a script:\n{script}")),
        None if scripts.is_empty() => Err("no step has a script".to_owned()),
        None => Ok(()),
    }
}

fn result_is_the_check() -> Result<(), String> {
    let runner = Runner::new();
    for code in [0, 1, 2] {
        let mut command = runner.step("Result", &[])?;
        command.env("EXIT_CODE", code.to_string());
        ends_with(code, command)?;
    }
    Ok(())
}

fn build_has_a_key() -> Result<(), String> {
    let key = |sources: PathBuf| -> Result<String, String> {
        let runner = Runner::new();
        let mut command = runner.step("Name the build", &[])?;
        command.env("GITHUB_ACTION_PATH", sources).env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        ends_with(0, command)?;
        let outputs = runner.outputs();
        outputs.get("key").cloned().ok_or_else(|| format!("no key: {outputs:?}"))
    };
    let copy = tempfile::tempdir().unwrap();
    for folder in ["queries", "src"] {
        crate::steps::copy(&own(folder), &copy.path().join(folder));
    }
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(own(file), copy.path().join(file)).unwrap();
    }
    let (here, same) = (key(own(""))?, key(copy.path().to_owned())?);
    put(&copy.path().join("src/main.rs"), "fn main() {}\n");
    let changed = key(copy.path().to_owned())?;
    match here == same && changed != same {
        true => Ok(()),
        false => Err(format!("{here} here, {same} for the same sources, {changed} for others")),
    }
}

/// The folders and files of one run. `bin` stands first among the programs.
struct Runner {
    place: tempfile::TempDir,
}

impl Runner {
    fn new() -> Self {
        let res = Self { place: tempfile::tempdir().unwrap() };
        fs::create_dir(res.workspace()).unwrap();
        res
    }

    fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn workspace(&self) -> PathBuf {
        self.file("workspace")
    }

    /// Runs the step that checks, with some inputs and the defaults of the others. It ends well whatever is found.
    fn check(&self, inputs: &[(&str, &str)]) -> Result<String, String> {
        ends_with(0, self.step("Check", inputs)?)
    }

    /// The script of a step, as a runner starts it.
    fn step(&self, name: &str, inputs: &[(&str, &str)]) -> Result<Command, String> {
        let action = yaml("action.yml")?;
        let mut steps = action["runs"]["steps"].as_array().into_iter().flatten();
        let step = steps.find(|it| it["name"] == name).ok_or_else(|| format!("no step {name}"))?;
        if step["shell"] != "bash" {
            return Err(format!("{name} runs in {}", step["shell"]));
        }
        let script = self.file("script.sh");
        put(&script, step["run"].as_str().ok_or("the step has no script")?);
        let mut res = Command::new("bash");
        res.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(script).current_dir(self.workspace());
        let built = PathBuf::from(env!("CARGO_BIN_EXE_jwt-sunset"));
        let system = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.file("bin"), built.parent().unwrap().to_owned()].into_iter();
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&system))).unwrap();
        res.env_clear().env("PATH", path).env("HOME", self.place.path());
        res.env("RUNNER_TEMP", self.place.path()).env("GITHUB_WORKSPACE", self.workspace());
        res.env("GITHUB_OUTPUT", self.file("output")).env("GITHUB_STEP_SUMMARY", self.file("summary"));
        for (variable, expression) in step["env"].as_object().into_iter().flatten() {
            res.env(variable, value(&action, expression.as_str().unwrap_or_default(), inputs)?);
        }
        Ok(res)
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let text = fs::read_to_string(self.file("output")).unwrap_or_default();
        let pairs = text.lines().filter_map(|it| it.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The findings that would be uploaded.
    fn sarif(&self) -> Result<Vec<Value>, String> {
        let outputs = self.outputs();
        let path = outputs.get("sarif-file").ok_or("no SARIF file is named")?;
        let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        let log: Value = serde_json::from_str(&text).map_err(|error| format!("{error}:\n{text}"))?;
        let results = log["runs"][0]["results"].as_array().filter(|_| log["version"] == "2.1.0");
        results.cloned().ok_or_else(|| format!("no SARIF 2.1.0 with results:\n{text}"))
    }

    /// Complains unless there are findings, all in one file.
    fn names(&self, path: &str) -> Result<(), String> {
        let results = self.sarif()?;
        let is_there = |it: &Value| it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path;
        match !results.is_empty() && results.iter().all(is_there) {
            true => Ok(()),
            false => Err(format!("not in {path}, or nothing at all: {results:#?}")),
        }
    }
}

/// What a runner makes of a variable's expression. A step's outputs are left to the trial, which sets them itself.
fn value(action: &Value, expression: &str, inputs: &[(&str, &str)]) -> Result<String, String> {
    let inner = expression.strip_prefix("${{").and_then(|it| it.strip_suffix("}}")).map(str::trim);
    let name = match inner.ok_or_else(|| format!("{expression} is no expression"))? {
        output if output.starts_with("steps.") => return Ok(String::new()),
        other => other.strip_prefix("inputs.").ok_or_else(|| format!("{expression} is no input"))?,
    };
    let declared = action["inputs"].get(name).ok_or_else(|| format!("{name} is not declared"))?;
    let given = inputs.iter().find(|it| it.0 == name).map(|it| it.1);
    Ok(given.or_else(|| declared["default"].as_str()).unwrap_or_default().to_owned())
}
