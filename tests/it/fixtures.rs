//! Every folder of `fixtures/<language>/` is a test: what `check` reports, what `fix` prints, what is left afterwards.
//!
//! `UPDATE=1 cargo test` rewrites `expected.txt` and `expected.diff`; read the change like any other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::Value;

/// What a case says of itself, written by hand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    kind: Kind,
    rung: Option<u64>,
    #[serde(default)]
    finding: Vec<Expected>,
    #[serde(default)]
    also: Vec<Expected>,
    #[serde(default)]
    after: After,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Positive,
    Negative,
    Exempt,
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Expected {
    rule: String,
    path: String,
    cell: Option<u64>,
    line: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    present: Vec<String>,
}

#[test]
fn javascript_cases_hold() {
    run_language("javascript", 30);
}

#[test]
fn python_cases_hold() {
    run_language("python", 30);
}

#[test]
fn typescript_cases_hold() {
    run_language("typescript", 20);
}

#[test]
fn java_cases_hold() {
    run_language("java", 50);
}

#[test]
fn rust_cases_hold() {
    run_language("rust", 15);
}

#[test]
fn config_cases_hold() {
    run_language("config", 50);
}

#[test]
fn manifests_cases_hold() {
    run_language("manifests", 20);
}

#[test]
fn cases_of_other_languages_hold() {
    for (language, least) in [
        ("notebook", 5),
        ("html", 2),
        ("vue", 2),
        ("svelte", 2),
        ("kotlin", 3),
        ("scala", 2),
        ("groovy", 2),
        ("go", 4),
        ("csharp", 4),
        ("php", 4),
        ("ruby", 4),
        ("powershell", 4),
        ("shell", 4),
        ("r", 2),
    ] {
        run_language(language, least);
    }
}

/// Every folder of fixtures belongs to a test, so that none is skipped silently.
#[test]
fn every_folder_is_run() {
    let own = include_str!("fixtures.rs");
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            ["targets", "programs"].contains(&name.as_str()) || own.contains(&format!("\"{name}\"")),
            "fixtures/{name} is run by no test"
        );
    }
}

/// Cases in which nothing may be found are half the worth of a lint gate.
#[test]
fn there_are_many_negative_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let cases = files(&root).into_iter().filter(|it| it.ends_with("case.toml"));
    let negative = cases.filter(|it| fs::read_to_string(it).unwrap().contains("kind = \"negative\"")).count();
    assert!(negative >= 100, "{negative} negative cases");
}

/// A library that no case calls is known by hearsay only.
#[test]
fn every_library_row_is_called_by_a_case() {
    #[derive(Deserialize)]
    struct Rows {
        library: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        language: String,
        call: String,
        needle: String,
        package: String,
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rows: Rows = toml::from_str(include_str!("../../src/knowledge/data/libraries.toml")).unwrap();
    let reports: Vec<PathBuf> =
        files(&root.join("fixtures")).into_iter().filter(|it| it.ends_with("expected.txt")).collect();
    let cases: Vec<(String, String, String)> = reports
        .iter()
        .map(|path| {
            let case = path.parent().unwrap();
            let language = case.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
            let sources = files(&case.join("before")).into_iter().map(|it| fs::read(it).unwrap());
            let sources = sources.map(|it| String::from_utf8_lossy(&it).into_owned());
            (language, fs::read_to_string(path).unwrap(), sources.collect::<Vec<_>>().join("\n"))
        })
        .collect();
    let families =
        [("javascript", "typescript vue svelte html"), ("python", "notebook"), ("*", "javascript typescript")];
    let unproved = rows.library.iter().filter(|row| {
        let others = families.iter().find(|it| it.0 == row.language).map_or("", |it| it.1);
        let word = row.call.trim_end_matches("()").rsplit('.').next().unwrap().split(' ').next().unwrap();
        let shown = [
            format!("[jwt-library]: {} ", row.package),
            format!("exempt: {} ", row.package),
            format!("only the JWT flow needs {}\n", row.package),
        ];
        !cases.iter().any(|(language, report, sources)| {
            (*language == row.language || others.split(' ').any(|it| it == language))
                && shown.iter().any(|it| report.contains(it.as_str()))
                && sources.contains(&row.needle)
                && (row.language == "*" || sources.contains(word))
        })
    });
    let unproved: Vec<String> = unproved.map(|it| format!("{} {}", it.language, it.call)).collect();
    assert!(unproved.is_empty(), "no case calls {unproved:?}");
}

fn run_language(language: &str, least: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(language);
    let cases: Vec<PathBuf> = walkdir::WalkDir::new(&root)
        .min_depth(2)
        .max_depth(2)
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.ends_with("case.toml"))
        .map(|path| path.parent().unwrap().to_path_buf())
        .collect();
    assert!(cases.len() >= least, "{} cases found below {}", cases.len(), root.display());
    let failures: Vec<String> = cases.iter().filter_map(|case| run_case(case).err()).collect();
    assert!(failures.is_empty(), "{} of {} cases fail:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn run_case(folder: &Path) -> Result<(), String> {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let text = fs::read_to_string(folder.join("case.toml")).unwrap();
    let case: Case = toml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
    let say = |what: String| format!("{name} ({}): {what}", case.about);
    let before = folder.join("before");
    let json = check_json(&before).map_err(&say)?;
    findings_are_those_named(&case, &json).map_err(&say)?;
    let report = jwt_sunset(&["check"], &before);
    same_as(&folder.join("expected.txt"), &String::from_utf8(report.stdout).unwrap()).map_err(&say)?;
    let fixed = jwt_sunset(&["fix"], &before);
    let diff = String::from_utf8(fixed.stdout).unwrap();
    let mut changed: Vec<&str> = diff.lines().filter_map(|it| it.strip_prefix("--- a/")).collect();
    let all = changed.len();
    changed.sort_unstable();
    changed.dedup();
    if changed.len() < all {
        return Err(say("the diff changes a file twice".to_owned()));
    }
    same_as(&folder.join("expected.diff"), &diff).map_err(&say)?;
    if case.kind != Kind::Positive {
        let quiet = fixed.status.code() == Some(0) && diff.is_empty();
        return if quiet { Ok(()) } else { Err(say(format!("fix has something to do:\n{diff}"))) };
    }
    migrated_tree_is_right(&case, &before, &diff).map_err(&say)
}

fn place(finding: &Value) -> Expected {
    Expected {
        rule: finding["rule"].as_str().unwrap().to_owned(),
        path: finding["path"].as_str().unwrap().to_owned(),
        cell: finding["start"]["cell"].as_u64(),
        line: finding["start"]["line"].as_u64().unwrap(),
    }
}

/// The findings of level error, and the exempt ones, are those that the case names; a negative case has none at all.
fn findings_are_those_named(case: &Case, json: &Value) -> Result<(), String> {
    let all = json["findings"].as_array().unwrap();
    let mut found: Vec<Expected> =
        all.iter().filter(|it| it["level"] == "error" || !it["exempt"].is_null()).map(place).collect();
    found.sort();
    let mut expected: Vec<&Expected> = case.finding.iter().collect();
    expected.sort();
    if found.iter().collect::<Vec<_>>() != expected {
        return Err(format!("found {found:?}, expected {expected:?}"));
    }
    let places: Vec<Expected> = all.iter().map(place).collect();
    if let Some(missing) = case.also.iter().find(|it| !places.contains(it)) {
        return Err(format!("{missing:?} is not found"));
    }
    let exempt = all.iter().any(|it| !it["exempt"].is_null());
    if exempt != (case.kind == Kind::Exempt) {
        return Err(format!("exempt is {exempt}"));
    }
    if case.kind == Kind::Negative && !all.is_empty() {
        return Err(format!("a negative case has findings: {all:?}"));
    }
    let rungs = all.iter().filter(|it| it["level"] == "error");
    let rungs: Vec<u64> = rungs.map(|it| it["migration"]["rung"].as_u64().unwrap_or(3)).collect();
    match case.rung {
        Some(rung) if rungs.iter().any(|it| *it != rung) => Err(format!("rungs {rungs:?}, expected {rung}")),
        _ => Ok(()),
    }
}

/// The diff applies with `git apply`, leaves no finding, and a second `fix` prints nothing.
fn migrated_tree_is_right(case: &Case, before: &Path, diff: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    copy(before, folder.path());
    if !diff.is_empty() {
        git_apply(folder.path(), diff)?;
    }
    let texts: BTreeMap<PathBuf, String> = files(folder.path())
        .into_iter()
        .map(|path| (path.clone(), String::from_utf8(fs::read(&path).unwrap()).unwrap()))
        .collect();
    for text in &case.after.absent {
        if let Some((path, _)) = texts.iter().find(|(_, it)| it.contains(text.as_str())) {
            return Err(format!("`{text}` still stands in {}", path.display()));
        }
    }
    for text in &case.after.present {
        if !texts.values().any(|it| it.contains(text.as_str())) {
            return Err(format!("`{text}` stands nowhere after the migration"));
        }
    }
    let again = jwt_sunset(&["fix"], folder.path());
    if !again.stdout.is_empty() {
        return Err(format!("a second fix prints\n{}", String::from_utf8_lossy(&again.stdout)));
    }
    // That the new code could keep its token is a note.
    let rest = check_json(folder.path())?;
    let left = rest["findings"].as_array().unwrap().iter().filter(|it| it["level"] != "note").count();
    match (case.rung, left) {
        (Some(1 | 2), 0) | (Some(3) | None, _) => Ok(()),
        (_, left) => Err(format!("{left} findings are left after the migration")),
    }
}

fn same_as(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, actual).unwrap();
        return Ok(());
    }
    let expected = fs::read(path).map_err(|_| format!("{} is missing; run UPDATE=1 cargo test", path.display()))?;
    if expected == actual.as_bytes() {
        return Ok(());
    }
    let expected = String::from_utf8_lossy(&expected).into_owned();
    Err(format!("{} differs:\n{}", path.display(), jwt_sunset::text::unified_diff("it", &expected, actual)))
}

/// Runs the binary on a folder, from inside of it.
pub(crate) fn jwt_sunset(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jwt-sunset")).args(arguments).arg(".").current_dir(folder).output().unwrap()
}

fn check_json(folder: &Path) -> Result<Value, String> {
    let output = jwt_sunset(&["check", "--format", "json"], folder);
    let failed = || format!("check failed: {}", String::from_utf8_lossy(&output.stderr));
    match output.status.code() {
        Some(0 | 1) => serde_json::from_slice(&output.stdout).map_err(|_| failed()),
        _ => Err(failed()),
    }
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_type().is_file() && !entry.path().components().any(|it| it.as_os_str() == ".git"))
        .map(walkdir::DirEntry::into_path)
        .collect()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let target = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
}

pub(crate) fn git_apply(folder: &Path, diff: &str) -> Result<(), String> {
    use std::io::Write;
    // A repository of its own, so that no setting of one around it counts.
    Command::new("git").args(["init", "-q"]).current_dir(folder).output().unwrap();
    let mut child = Command::new("git")
        .args(["apply", "--whitespace=nowarn", "-"])
        .current_dir(folder)
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(diff.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("git apply: {}\n{diff}", String::from_utf8_lossy(&output.stderr))),
    }
}
