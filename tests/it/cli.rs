//! The command line: exit codes, streams, bad input, writing.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::fixtures::{copy, files, jwt_sunset};

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name).join("before")
}

fn run(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jwt-sunset")).args(arguments).current_dir(folder).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

const FLOW: &str = r#"import requests

def token(jwt):
    body = {"client_id": "a", "client_secret": "b", "jwt_token": jwt}
    return requests.post("https://ims-na1.adobelogin.com/ims/exchange/jwt", data=body).json()["access_token"]
"#;

#[test]
fn exit_codes_tell_what_remains() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(jwt_sunset(&["check"], folder.path()).status.code(), Some(0), "an empty folder");
    fs::write(folder.path().join("a.py"), FLOW).unwrap();
    for format in ["text", "json"] {
        assert_eq!(jwt_sunset(&["check", "--format", format], folder.path()).status.code(), Some(1));
    }
    let missing = run(&["check", "nowhere"], folder.path());
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("nowhere: cannot be read: no such file"), "{}", stderr(&missing));
    assert_eq!(run(&["explain", "no-such-rule"], folder.path()).status.code(), Some(2));
}

#[test]
fn one_missing_path_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), FLOW).unwrap();
    let output = run(&["check", "nowhere", "a.py"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("nowhere: cannot be read"));
    assert!(stdout(&output).contains("a.py:5"));
}

#[test]
fn a_single_file_and_standard_input_are_analysed() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/a.py"), FLOW).unwrap();
    assert!(stdout(&run(&["check", "src/a.py"], folder.path())).contains("--> src/a.py:5"));
    let piped = |arguments: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jwt-sunset"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The process may end before it reads, which is not this test's matter.
        drop(child.stdin.take().unwrap().write_all(FLOW.as_bytes()));
        child.wait_with_output().unwrap()
    };
    let output = piped(&["check", "-", "--stdin-filename", "lib/b.py"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("--> lib/b.py:5"), "{}", stdout(&output));
    let unnamed = piped(&["check", "-"]);
    assert_eq!(unnamed.status.code(), Some(2));
    assert!(stderr(&unnamed).contains("--stdin-filename"));
    let unknown = piped(&["check", "-", "--stdin-filename", "notes.bin"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("notes.bin"));
}

#[test]
fn trouble_with_one_file_is_told_and_the_rest_is_analysed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.py"), FLOW).unwrap();
    fs::write(folder.path().join("latin.py"), b"# caf\xe9\nx = 'jwt_token'\n").unwrap();
    fs::write(folder.path().join("package.json"), "{ \"dependencies\": { \"@adobe/jwt-auth\": \"1\", } }").unwrap();
    let mut huge = "x = 1 # jwt_token\n".repeat(300_000);
    huge.push('\n');
    fs::write(folder.path().join("huge.py"), huge).unwrap();
    for (name, depth) in [("deep.js", 1_000), ("abyss.js", 400_000)] {
        let text = format!("x = '/ims/exchange/jwt'; y = {}1{}", "(".repeat(depth), ")".repeat(depth));
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = jwt_sunset(&["check"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("good.py:5"), "{}", stdout(&output));
    for line in [
        "latin.py: not UTF-8; analysed",
        "huge.py: larger than 4 MiB, not analysed",
        "deep.js: nested too deeply",
        "abyss.js: not analysed: its brackets are nested more than 3000 deep",
        "package.json: its syntax is broken",
    ] {
        assert!(stderr(&output).contains(line), "{line} is not in\n{}", stderr(&output));
    }
}

#[cfg(unix)]
#[test]
fn link_loops_and_locked_folders_are_told() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.py"), FLOW).unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    symlink("..", folder.path().join("inner/around")).unwrap();
    symlink("b.py", folder.path().join("a.py")).unwrap();
    symlink("a.py", folder.path().join("b.py")).unwrap();
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    let readable_anyway = fs::read_dir(&locked).is_ok();
    let output = jwt_sunset(&["check"], folder.path());
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("inner/around: a symbolic link to a folder around it, not followed"), "{told}");
    assert!(told.contains("a.py: a symbolic link that cannot be followed"), "{told}");
    // The administrator reads locked folders too; everybody else is told.
    assert_eq!(told.contains("locked: cannot be read, left out: permission denied"), !readable_anyway, "{told}");
}

#[test]
fn a_syntax_error_hides_only_what_it_spoils() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), format!("{FLOW}\ndef broken(:\n    return (\n")).unwrap();
    let output = jwt_sunset(&["check"], folder.path());
    assert!(stdout(&output).contains("a.py:5"), "{}", stdout(&output));
}

#[test]
fn write_applies_what_is_proved_and_more_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture("javascript/axios-one-function"), folder.path());
    let output = jwt_sunset(&["fix", "--write"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    assert!(fs::read_to_string(folder.path().join("src/auth.js")).unwrap().contains("passport-oauth2"));
    assert_eq!(jwt_sunset(&["check"], folder.path()).status.code(), Some(0));

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), FLOW).unwrap();
    let held = jwt_sunset(&["fix", "--write"], folder.path());
    assert_eq!(held.status.code(), Some(1), "its scope is not known, so it wants a look");
    assert_eq!(fs::read_to_string(folder.path().join("a.py")).unwrap(), FLOW);
    let applied = jwt_sunset(&["fix", "--write", "--include-review"], folder.path());
    assert_eq!(applied.status.code(), Some(0), "{}", stderr(&applied));
    assert!(fs::read_to_string(folder.path().join("a.py")).unwrap().contains("OAuth2Session"));
}

#[test]
fn the_pattern_can_be_chosen() {
    let library = stdout(&jwt_sunset(&["fix", "--pattern", "library"], &fixture("javascript/axios-one-function")));
    let in_place = stdout(&jwt_sunset(&["fix", "--pattern", "in-place"], &fixture("javascript/axios-one-function")));
    assert!(library.contains("+const OAuth2Strategy = require('passport-oauth2');"));
    assert!(!in_place.contains("passport-oauth2"), "{in_place}");
    assert!(in_place.contains("+      grant_type: 'client_credentials',"), "{in_place}");
}

#[test]
fn a_library_with_its_own_endpoint_is_told_the_server() {
    let folder = fixture("javascript/production-and-stage");
    let calls = |pattern: &str, call: &str| {
        let diff = stdout(&jwt_sunset(&["fix", "--pattern", pattern], &folder));
        (diff.matches(call).count(), diff.matches("+async function request").count())
    };
    assert_eq!(calls("adobe-auth-token", "scope, environment: 'stage' })"), (1, 2));
    assert_eq!(calls("aio-lib-ims", "new Ims('stage')"), (0, 0), "the organization is not known at the request");
    assert_eq!(calls("openid-client", "await import('openid-client')"), (1, 1), "the address says the server");
}

#[test]
fn what_is_left_to_do_is_said_where_it_is() {
    let told = |name: &str| stderr(&jwt_sunset(&["fix"], &fixture(name)));
    let stand_ins = told("javascript/test-loads-with-stand-ins");
    for (line, module) in [(8, "node-fetch"), (9, "jsonwebtoken"), (18, "jsonwebtoken")] {
        let note = format!("test/token.test.js:{line}: this stands in for {module}, which the code no longer calls");
        assert!(stand_ins.contains(&note), "{note} is not in\n{stand_ins}");
    }
    let sample = told("javascript/sample-below-a-site");
    let note = "samples/upload/app.js: no manifest lists its dependencies; install passport-oauth2";
    assert!(sample.contains(note) && !sample.contains("its syntax is broken"), "{sample}");
}

#[test]
fn a_comment_with_a_reason_silences() {
    let folder = tempfile::tempdir().unwrap();
    let with = |comment: &str| FLOW.replace("    return", &format!("    # {comment}\n    return"));
    fs::write(folder.path().join("a.py"), with("jwt-sunset: ignore[jwt-exchange] moves in March")).unwrap();
    let output = jwt_sunset(&["check"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("1 silenced"));
    fs::write(folder.path().join("a.py"), with("jwt-sunset: ignore[jwt-exchange]")).unwrap();
    assert_eq!(jwt_sunset(&["check"], folder.path()).status.code(), Some(1), "a silence needs a reason");
}

#[test]
fn secrets_are_masked_in_reports() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "p8e-fixture0secret0value0nobody0uses";
    fs::write(folder.path().join("a.py"), FLOW.replace("\"b\"", &format!("\"{secret}\""))).unwrap();
    for format in ["text", "json"] {
        let output = jwt_sunset(&["check", "--format", format], folder.path());
        assert!(!stdout(&output).contains(secret), "{}", stdout(&output));
    }
    assert!(!stderr(&jwt_sunset(&["fix"], folder.path())).contains(secret));
}

/// What a whole application imports is not read to the last importer; it keeps what it exports.
#[test]
fn what_hundreds_of_files_import_keeps_its_exports() {
    let diff_with = |parts: usize, used: &str| {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: String, text: String| fs::write(folder.path().join(name), text).unwrap();
        write("common.py".to_owned(), "KEY_FILE = \"private.key\"\nTITLE = \"Parts\"\n".to_owned());
        write("ims.py".to_owned(), SIGNED.to_owned());
        for index in 0..parts {
            write(format!("part{index}.py"), format!("from common import {used}\n\nprint({used}, {index})\n"));
        }
        stdout(&jwt_sunset(&["fix"], folder.path()))
    };
    assert!(diff_with(3, "TITLE").contains("-KEY_FILE"), "nobody else needs it");
    for parts in [3, 500] {
        let diff = diff_with(parts, "KEY_FILE");
        assert!(diff.contains("+++ b/ims.py") && !diff.contains("common.py"), "{diff}");
    }
}

const SIGNED: &str = r#"import jwt
import requests

from common import KEY_FILE

IMS = "https://ims-na1.adobelogin.com"


def token(org, account, client_id, client_secret):
    with open(KEY_FILE) as stream:
        key = stream.read()
    claims = {"iss": org, "sub": account, "aud": f"{IMS}/c/{client_id}", f"{IMS}/s/ent_user_sdk": True}
    body = {"client_id": client_id, "client_secret": client_secret, "jwt_token": jwt.encode(claims, key, "RS256")}
    return requests.post(f"{IMS}/ims/exchange/jwt", data=body).json()["access_token"]
"#;

#[test]
fn the_same_tree_gives_the_same_bytes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    assert!(files(&root).len() > 150);
    let with = |threads: &str| jwt_sunset(&["check", "--format", "json", "--threads", threads], &root).stdout;
    assert!(with("1") == with("16"), "one thread and many do not report the same");
}

#[test]
fn json_is_versioned_and_complete() {
    let output = jwt_sunset(&["check", "--format", "json"], &fixture("javascript/sign-and-exchange-in-two-files"));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["version"], 1);
    insta::assert_json_snapshot!(json);
}
