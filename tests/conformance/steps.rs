//! The steps of a proof: run, migrate, run again, and compare.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::case::Case;
use crate::ims::{self, CLIENT_SECRET, Ims, WRONG_SECRET, World};
use crate::outcome::Outcome;
use crate::runtime::{Installed, Runtime, symlink};

/// The rung of what is left to a person.
const BY_HAND: u64 = 3;
/// How long a program may run.
const PATIENCE: Duration = Duration::from_secs(60);

/// Proves that a program works after its migration as it did before.
pub(crate) fn prove(runtime: &dyn Runtime, world: &World, case: &Case) -> Result<(), String> {
    let place = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = |name: &str| -> PathBuf { place.path().join(name) };
    let say =
        |what: &str, outcome: &Outcome, why: String| format!("{}\n{what}: {why}\n{}", case.about, outcome.describe());
    let run =
        |name: &str, installed: &Installed, old: bool| execute(runtime, world, case, &folder(name), installed, old);

    let original = case.folder.join("before");
    copy(&original, &folder("old"));
    write_key(world, case, &folder("old"))?;
    let installed = runtime.install(&folder("old"))?;
    runtime.prepare(&folder("old"), &installed).map_err(|why| format!("before: {why}"))?;
    copy_with_wrong_secret(&folder("old"), &folder("old-wrong"))?;
    let old = run("old", &installed, true)?;
    old.exchanged(case).map_err(|why| say("before", &old, why))?;
    let old_wrong = run("old-wrong", &installed, true)?;

    if case.rung == BY_HAND {
        return left_by_hand(case, &original, &old_wrong);
    }
    copy(&original, &folder("new"));
    let migrated = migrate(case, &folder("new"))?;
    // The key is gone, whether the program still names it or not.
    drop(fs::remove_file(folder("new").join(&case.key)));
    let told = |why: String| format!("{why}\n{}", migrated.diff);
    runtime.lint(&folder("new")).map_err(told)?;
    let installed = runtime.install(&folder("new")).map_err(told)?;
    runtime.prepare(&folder("new"), &installed).map_err(told)?;
    copy_with_wrong_secret(&folder("new"), &folder("new-wrong"))?;
    let new = run("new", &installed, false)?;
    new.asked_for_token(case).map_err(|why| told(say("after", &new, why)))?;
    if new.masked(case)? != old.masked(case)? {
        return Err(told(say("after", &new, format!("the output was before\n{}", old.stdout))));
    }
    let new_wrong = run("new-wrong", &installed, false)?;
    fails_alike(runtime, case, &old_wrong, &new_wrong).map_err(|why| told(say("with a wrong secret", &new_wrong, why)))
}

/// What is not rewritten is found, left as it is, and explained.
fn left_by_hand(case: &Case, folder: &Path, wrong: &Outcome) -> Result<(), String> {
    if wrong.status != Some(case.exit) {
        return Err(format!("with a wrong secret it ends otherwise than {}:\n{}", case.exit, wrong.describe()));
    }
    let found = check(folder)?;
    let exchanges = found["findings"].as_array().into_iter().flatten().filter(|it| it["rule"] == "jwt-exchange");
    let refused = exchanges.map(|it| it["refusal"]["reason"].is_string()).collect::<Vec<_>>();
    let (diff, said) = tool(&["fix"], folder)?;
    match refused.as_slice() {
        [true] if diff.is_empty() && said.contains("to be done by hand") => Ok(()),
        _ => Err(format!("it should be left to a person, with a reason:\n{diff}{said}")),
    }
}

/// A wrong secret ends both programs alike: status, output, and an error that their callers know.
fn fails_alike(runtime: &dyn Runtime, case: &Case, old: &Outcome, new: &Outcome) -> Result<(), String> {
    if old.status != Some(case.exit) {
        return Err(format!("the old program ends otherwise than {}:\n{}", case.exit, old.describe()));
    }
    if old.status != new.status || old.masked(case)? != new.masked(case)? {
        return Err(format!("the old program ended like this:\n{}", old.describe()));
    }
    let (before, after) = (runtime.last_error(&old.stderr), runtime.last_error(&new.stderr));
    let allowed = after == before || after.as_deref().is_some_and(|it| runtime.token_errors().contains(&it));
    match allowed {
        true => Ok(()),
        false => Err(format!("the error was {before:?} before and is {after:?}")),
    }
}

/// A migration as the tool made it.
struct Migrated {
    diff: String,
}

/// Migrates a folder with the tool itself; nothing may be left to find, and nothing to do a second time.
fn migrate(case: &Case, folder: &Path) -> Result<Migrated, String> {
    let found = check(folder)?;
    let errors = found["findings"].as_array().into_iter().flatten().filter(|it| it["level"] == "error");
    let with_flow = errors.filter(|it| it["rule"] != "private-key");
    let rungs: Vec<u64> = with_flow.map(|it| it["migration"]["rung"].as_u64().unwrap_or(3)).collect();
    let arguments: Vec<&str> = case.arguments.iter().map(String::as_str).collect();
    let diff = tool(&[&["fix"], arguments.as_slice()].concat(), folder)?;
    same_as(&case.expected(), &diff.0)?;
    let told = |pattern: &str| match pattern {
        "in-place" => "changed in place ".to_owned(),
        library => format!("moved to {library} "),
    };
    if let Some(pattern) = case.pattern.as_ref().filter(|it| !diff.1.contains(&told(it))) {
        return Err(format!("not moved to {pattern}:\n{}{}", diff.0, diff.1));
    }
    if rungs.is_empty() || rungs.iter().any(|it| *it != case.rung) && case.arguments.is_empty() {
        return Err(format!("rungs {rungs:?}, expected {}\n{}{}", case.rung, diff.0, diff.1));
    }
    tool(&[&["fix", "--write", "--include-review"], arguments.as_slice()].concat(), folder)?;
    let left = check(folder)?;
    // A program that kept no token before keeps none afterwards; that remark is new, what it is about is not.
    let is_ours = |it: &Value| it["rule"] != "uncached-token";
    if left["findings"].as_array().is_none_or(|it| it.iter().any(is_ours)) {
        return Err(format!("{}\nleft after the migration: {:#}", diff.0, left["findings"]));
    }
    let again = tool(&["fix"], folder)?;
    match again.0.is_empty() {
        true => Ok(Migrated { diff: diff.0 + &diff.1 }),
        false => Err(format!("a second fix prints\n{}", again.0)),
    }
}

/// Runs the tool inside a folder, on that folder.
pub(crate) fn tool(arguments: &[&str], folder: &Path) -> Result<(String, String), String> {
    let output = Command::new(env!("CARGO_BIN_EXE_jwt-sunset")).args(arguments).arg(".").current_dir(folder).output();
    let output = output.map_err(|error| error.to_string())?;
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    match output.status.code() {
        Some(0 | 1) => Ok((stdout.into_owned(), stderr.into_owned())),
        _ => Err(format!("jwt-sunset {arguments:?}: {stderr}")),
    }
}

fn check(folder: &Path) -> Result<Value, String> {
    let output = tool(&["check", "--format", "json"], folder)?;
    serde_json::from_str(&output.0).map_err(|error| format!("check: {error}"))
}

fn same_as(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(path, actual).map_err(|error| error.to_string());
    }
    let expected = fs::read_to_string(path).map_err(|_| format!("{} is missing; run with UPDATE=1", path.display()))?;
    match expected == actual {
        true => Ok(()),
        false => {
            Err(format!("{} differs:\n{}", path.display(), jwt_sunset::text::unified_diff("it", &expected, actual)))
        }
    }
}

/// Runs a program to its end against a double of its own.
fn execute(
    runtime: &dyn Runtime,
    world: &World,
    case: &Case,
    folder: &Path,
    installed: &Installed,
    old: bool,
) -> Result<Outcome, String> {
    let ims = Ims::start(world);
    let mut command = runtime.command(folder, &case.command, installed, &ims, world);
    let secret =
        if folder.ends_with("old-wrong") || folder.ends_with("new-wrong") { WRONG_SECRET } else { CLIENT_SECRET };
    command.env("ADOBE_CLIENT_ID", ims::CLIENT_ID).env("ADOBE_CLIENT_SECRET", secret);
    command.env("ADOBE_ORG_ID", ims::ORG_ID).env("ADOBE_TECHNICAL_ACCOUNT_ID", ims::TECHNICAL_ACCOUNT);
    match old {
        true => {
            command.env("ADOBE_PRIVATE_KEY_PATH", &case.key).env("ADOBE_PRIVATE_KEY", &world.private_key);
        }
        false => {
            command.envs(&case.configured);
        }
    }
    let (out, err) = (folder.with_extension("stdout"), folder.with_extension("stderr"));
    let create = |path: &Path| fs::File::create(path).map_err(|error| error.to_string());
    command.stdin(Stdio::null()).stdout(create(&out)?).stderr(create(&err)?);
    let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let started = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break status.code(),
            None if started.elapsed() > PATIENCE => {
                drop(child.kill());
                drop(child.wait());
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let read = |path: &Path| fs::read(path).map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or_default();
    Ok(Outcome { status, stdout: read(&out), stderr: read(&err), records: ims.records() })
}

fn write_key(world: &World, case: &Case, folder: &Path) -> Result<(), String> {
    let path = folder.join(&case.key);
    let parent = path.parent().unwrap_or(folder);
    fs::create_dir_all(parent).and_then(|()| fs::write(&path, &world.private_key)).map_err(|error| error.to_string())
}

/// Copies all files of a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().map(Result::unwrap) {
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).unwrap();
        } else if entry.file_type().is_symlink() {
            symlink(&fs::read_link(entry.path()).unwrap(), &target).unwrap();
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn copy_with_wrong_secret(from: &Path, to: &Path) -> Result<(), String> {
    copy(from, to);
    for entry in walkdir::WalkDir::new(to).into_iter().map(Result::unwrap).filter(|it| it.file_type().is_file()) {
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        fs::write(entry.path(), text.replace(CLIENT_SECRET, WRONG_SECRET)).map_err(|error| error.to_string())?;
    }
    Ok(())
}
