//! The gate: baseline, changed lines, silences, exit policy, formats.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::fixtures::copy;

/// Runs the program in a folder.
fn jwt_sunset(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jwt-sunset")).args(arguments).current_dir(folder).output().unwrap()
}

/// The formats of a report.
const FORMATS: &[&str] =
    &["text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "checkstyle", "azure", "markdown"];

/// A client with an exchange; `name` tells it from others.
fn client(name: &str) -> String {
    format!(
        "import requests\n\n\ndef {name}_token(jwt):\n    body = {{\"client_id\": \"{name}\", \"client_secret\": \"b\", \"jwt_token\": jwt}}\n    reply = requests.post(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\", data=body)\n    return reply.json()[\"access_token\"]\n"
    )
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let output = Command::new("git").args(identity).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", stderr(&output));
}

/// The rule, path and line of every finding.
fn found(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = jwt_sunset(&[&["check", "--format", "json"], arguments].concat(), folder);
    assert!(code(&output) < 2, "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = json["findings"].as_array().unwrap().iter();
    rows.map(|it| format!("{} {}:{}", it["rule"].as_str().unwrap(), it["path"].as_str().unwrap(), it["start"]["line"]))
        .collect()
}

fn fingerprints(folder: &Path) -> Vec<String> {
    let output = jwt_sunset(&["check", "--format", "json", "--no-config"], folder);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = json["findings"].as_array().unwrap().iter();
    let mut res: Vec<String> = rows.map(|it| it["fingerprint"].as_str().unwrap().to_owned()).collect();
    res.sort();
    res
}

#[test]
fn a_baseline_lets_only_new_flows_fail() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for index in 0..200 {
        write(folder, &format!("part{}/client{index}.py", index % 10), &client(&format!("c{index}")));
    }
    assert_eq!(found(folder, &[]).len(), 200);
    write(folder, "jwt-sunset.toml", "baseline = \"known.json\"\n");
    let written = jwt_sunset(&["check", "--write-baseline"], folder);
    assert_eq!((code(&written), stdout(&written)), (0, String::new()));
    let checked = |arguments: &[&str]| jwt_sunset(&[&["check"], arguments].concat(), folder);
    assert_eq!(code(&checked(&[])), 0, "{}", stdout(&checked(&[])));

    // Lines above, other indentation, another folder.
    let file = "part3/client3.py";
    write(folder, file, &format!("# one\n# two\n\n{}", client("c3")));
    write(folder, "part4/client4.py", &client("c4").replace("    ", "\t"));
    fs::rename(folder.join("part5/client5.py"), folder.join("client5.py")).unwrap();
    assert_eq!(code(&checked(&[])), 0, "{}", stdout(&checked(&[])));

    let added = client("added").split_once("\n\n\n").unwrap().1.to_owned();
    write(folder, file, &format!("# one\n# two\n\n{}\n\n{added}", client("c3")));
    for format in FORMATS {
        let output = checked(&["--format", format]);
        assert_eq!(code(&output), 1, "{format}");
        let text = stdout(&output);
        assert!(text.contains(file), "{format}: {text}");
        assert!(!text.contains("client4.py") && !text.contains("client30.py"), "{format}: {text}");
    }
    assert_eq!(found(folder, &[]), [format!("jwt-exchange {file}:15")]);
}

#[test]
fn what_is_gone_from_the_baseline_is_told_and_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.py", &client("a"));
    write(folder, "b.py", &client("b"));
    let baseline = ["check", "--baseline", "known.json"];
    jwt_sunset(&[&baseline[..], &["--write-baseline"]].concat(), folder);
    fs::remove_file(folder.join("a.py")).unwrap();
    let told = jwt_sunset(&baseline, folder);
    assert_eq!(code(&told), 0);
    assert!(stderr(&told).contains("known.json: 1 known finding is gone; --prune removes them"), "{}", stderr(&told));
    // A part of the tree tells nothing about the rest.
    let part = jwt_sunset(&["check", "--baseline", "known.json", "--prune", "b.py"], folder);
    assert!(!stderr(&part).contains("gone"), "{}", stderr(&part));
    jwt_sunset(&[&baseline[..], &["--prune"]].concat(), folder);
    let text = fs::read_to_string(folder.join("known.json")).unwrap();
    assert!(text.contains("b.py") && !text.contains("a.py"), "{text}");
    write(folder, "known.json", "[]");
    let broken = jwt_sunset(&baseline, folder);
    assert_eq!(code(&broken), 2);
    assert!(stderr(&broken).contains("known.json: ") && stderr(&broken).contains("--write-baseline"));
}

#[test]
fn copies_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.py", &client("a"));
    jwt_sunset(&["check", "--baseline", "known.json", "--write-baseline"], folder);
    write(folder, "0.py", &client("a"));
    assert_eq!(found(folder, &["--baseline", "known.json"]), ["jwt-exchange 0.py:6"]);
}

#[test]
fn fingerprints_survive_formatting_and_moving() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "a.js",
        "const axios = require('axios');\nasync function token(jwt) {\n  return axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', { jwt_token: jwt, client_id: 'a' });\n}\n",
    );
    write(folder, "package.json", "{ \"dependencies\": { \"@adobe/jwt-auth\": \"1.0.0\" } }\n");
    let before = fingerprints(folder);
    assert_eq!(before.len(), 2);
    fs::remove_file(folder.join("a.js")).unwrap();
    write(
        folder,
        "src/b.js",
        "const axios = require(\"axios\");\n\n\nasync function token(jwt) {\n\treturn axios.post(\n\t\t\"https://ims-na1.adobelogin.com/ims/exchange/jwt\",\n\t\t{ jwt_token: jwt, client_id: \"a\", },\n\t);\n}\n",
    );
    write(folder, "package.json", "{\n  \"dependencies\": { \"@adobe/jwt-auth\": \"2.0.0\" }\n}\n");
    assert_eq!(fingerprints(folder), before);
}

#[test]
fn changed_lines_are_told_by_git_and_by_patches() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q", "-b", "main"]);
    write(folder, "sub/old.py", &client("old"));
    write(folder, "sub/config.py", "IMS = \"https://ims-na1.adobelogin.com/ims/exchange/jwt\"\n");
    let split = client("split").replace("import requests\n", "import requests\nfrom config import IMS\n");
    write(folder, "sub/split.py", &split.replace("\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"", "IMS"));
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "one"]);
    assert_eq!(found(folder, &[]).len(), 2);
    assert_eq!(found(folder, &["--since", "main"]), [""; 0]);

    // Staged, new, and another part of a flow.
    write(folder, "sub/old.py", &format!("# above\n{}", client("old")));
    write(folder, "sub/staged.py", &client("staged"));
    git(folder, &["add", "sub/staged.py"]);
    write(folder, "sub/new.py", &client("new"));
    let new = ["jwt-exchange sub/new.py:6", "jwt-exchange sub/staged.py:6"];
    assert_eq!(found(folder, &["--since", "HEAD"]), new);
    write(folder, "sub/config.py", "# moved\nIMS = \"https://ims-na1-stg1.adobelogin.com/ims/exchange/jwt\"\n");
    let split = "jwt-exchange sub/split.py:7";
    assert_eq!(found(folder, &["--since", "HEAD"]), [new[0], split, new[1]]);
    // The same from a folder below the top, whose reports have shorter paths.
    assert_eq!(found(&folder.join("sub"), &["--since", "HEAD"]).len(), 3);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-q", "-m", "two"]);
    assert_eq!(found(folder, &["--since", "HEAD~1"]).len(), 3);
    assert_eq!(found(folder, &["--since", "HEAD"]).len(), 0);
    let patch = Command::new("git").args(["diff", "HEAD~1", "HEAD", "--", "sub/new.py"]).current_dir(folder).output();
    write(folder, "change.patch", &stdout(&patch.unwrap()));
    assert_eq!(found(folder, &["--diff", "change.patch"]), [new[0]]);

    let unknown = jwt_sunset(&["check", "--since", "nowhere"], folder);
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("nowhere"), "{}", stderr(&unknown));
}

#[test]
fn without_a_repository_there_is_no_since() {
    let folder = tempfile::tempdir().unwrap();
    let output = jwt_sunset(&["check", "--since", "HEAD"], folder.path());
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("in no git repository"), "{}", stderr(&output));
}

#[test]
fn files_of_a_repository_are_seen_with_what_is_around_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    git(folder, &["init", "-q"]);
    write(folder, "config.py", "IMS = \"https://ims-na1.adobelogin.com/ims/exchange/jwt\"\n");
    let split = client("a").replace("import requests\n", "import requests\nfrom config import IMS\n");
    write(folder, "a.py", &split.replace("\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"", "IMS"));
    write(folder, "b.py", &client("b"));
    jwt_sunset(&["check", "--baseline", "known.json", "--write-baseline"], folder);
    // The address stands in another file, and the flow is the one that is known.
    assert_eq!(found(folder, &["a.py"]), ["jwt-exchange a.py:7"]);
    assert_eq!(found(folder, &["--baseline", "known.json", "a.py"]), [""; 0]);
    assert_eq!(found(folder, &["config.py"]), ["jwt-exchange a.py:7"], "a part of the flow is in it");
}

#[test]
fn a_folder_that_is_given_is_looked_at_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "docs/jwt-sunset.toml", "exclude = [\"docs\"]\n");
    write(folder, "docs/a.py", &client("a"));
    write(folder, "docs/docs/b.py", &client("b"));
    let docs = folder.join("docs");
    assert_eq!(found(folder, &[docs.to_str().unwrap()]), ["jwt-exchange a.py:6"]);
}

/// A silence in the comments of each kind of file, and a finding below or in it.
const SILENCED: &[(&str, &str)] = &[
    (
        "a.py",
        "import requests\n# jwt-sunset: ignore[jwt-exchange] later\n#  goes on\nrequests.post(\"https://x/ims/exchange/jwt\", data={\"jwt_token\": t})\n",
    ),
    (
        "b.js",
        "/* jwt-sunset: ignore[jwt-exchange] later */ fetch('https://x/ims/exchange/jwt', { body: { jwt_token: t } });\n",
    ),
    (
        "c.java",
        "class C {\n    // jwt-sunset: ignore[jwt-endpoint] later\n    static final String URL = \"https://x.example/ims/exchange/jwt\";\n}\n",
    ),
    (
        "d.go",
        "package d\n\n// jwt-sunset: ignore[jwt-endpoint] later\nconst url = \"https://x.example/ims/exchange/jwt\"\n",
    ),
    ("e.rb", "# jwt-sunset: ignore[jwt-endpoint] later\nURL = 'https://x.example/ims/exchange/jwt'\n"),
    ("f.yml", "# jwt-sunset: ignore[jwt-endpoint] later\nurl: https://x.example/ims/exchange/jwt\n"),
    ("g.toml", "# jwt-sunset: ignore[jwt-endpoint] later\nurl = \"https://x.example/ims/exchange/jwt\"\n"),
    ("h.ini", "[a]\n; jwt-sunset: ignore[jwt-endpoint] later\nurl = https://x.example/ims/exchange/jwt\n"),
    ("i.properties", "! jwt-sunset: ignore[jwt-endpoint] later\nurl=https://x.example/ims/exchange/jwt\n"),
    (".env", "# jwt-sunset: ignore[jwt-endpoint] later\nIMS_URL=https://x.example/ims/exchange/jwt\n"),
    (
        "k.xml",
        "<a>\n  <!-- jwt-sunset: ignore[jwt-endpoint] later -->\n  <url>https://x.example/ims/exchange/jwt</url>\n</a>\n",
    ),
    (
        "l.jsonc",
        "{\n  // jwt-sunset: ignore[jwt-endpoint] later\n  \"url\": \"https://x.example/ims/exchange/jwt\"\n}\n",
    ),
    (
        "m.md",
        "<!-- jwt-sunset: ignore[jwt-mention] later -->\nPost the JWT to https://ims-na1.adobelogin.com/ims/exchange/jwt/.\n",
    ),
    ("o.tf", "# jwt-sunset: ignore[jwt-endpoint] later\nurl = \"https://x.example/ims/exchange/jwt\"\n"),
    ("p.rs", "// jwt-sunset: ignore[jwt-endpoint] later\nconst URL: &str = \"https://x.example/ims/exchange/jwt\";\n"),
];

#[test]
fn every_format_with_comments_can_be_silenced() {
    for (name, text) in SILENCED {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), name, text);
        let loud = found(folder.path(), &["--no-ignore-comments"]);
        assert!(!loud.is_empty(), "{name} has nothing to silence");
        assert_eq!(found(folder.path(), &[]), [""; 0], "{name}");
    }
}

#[test]
fn a_line_of_requirements_can_be_silenced() {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/python/requests-two-functions/before"), folder.path());
    let dependency = "jwt-dependency requirements.txt:";
    let listed = || found(folder.path(), &[]).iter().any(|it| it.starts_with(dependency));
    assert!(listed());
    let list = fs::read_to_string(folder.path().join("requirements.txt")).unwrap();
    let silenced = format!("# jwt-sunset: ignore[jwt-dependency] goes with the flow\n{list}");
    write(folder.path(), "requirements.txt", &silenced);
    assert!(!listed());
}

#[test]
fn sarif_holds_as_many_results_as_github_shows() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for index in 0..5_001 {
        write(folder, &format!("{index}.md"), "Post the JWT to https://ims-na1.adobelogin.com/ims/exchange/jwt/.\n");
    }
    write(folder, "z.yml", "url: https://x.example/ims/exchange/jwt\n");
    let json: serde_json::Value =
        serde_json::from_slice(&jwt_sunset(&["check", "--format", "sarif"], folder).stdout).unwrap();
    let run = &json["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["level"]), (5_000, &"warning".into()), "the gravest stays");
    let told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(told.starts_with("2 results are left out"), "{told}");
}

#[test]
fn blocks_and_files_are_silenced() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let block = format!(
        "# jwt-sunset: ignore-start[jwt-exchange] old\n{}# jwt-sunset: ignore-end\n{}",
        client("a"),
        client("b")
    );
    write(folder, "a.py", &block);
    write(folder, "b.py", &format!("{}# jwt-sunset: ignore-file[jwt-exchange] old\n", client("c")));
    assert_eq!(found(folder, &[]), ["jwt-exchange a.py:15"]);
    assert_eq!(found(folder, &["--no-ignore-comments"]).len(), 3);
}

#[test]
fn silences_of_nothing_are_findings() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.py", "# jwt-sunset: ignore[jwt-exchange] done long ago\nprint(1)\n");
    write(folder, "b.py", "x = 1  # jwt-sunset: ignore[jwt-exchang] why\n# jwt-sunset: ignore-end\n");
    write(
        folder,
        "c.py",
        "# jwt-sunset: ignore-start[jwt-exchange] why\n# jwt-sunset: ignore[jwt-exchange]\n# jwt-sunset: ignore why\n",
    );
    let unused = |path: &str, line: usize| format!("unused-silence {path}:{line}");
    let all = [
        unused("a.py", 1),
        unused("b.py", 1),
        unused("b.py", 2),
        unused("c.py", 1),
        unused("c.py", 2),
        unused("c.py", 3),
    ];
    assert_eq!(found(folder, &[]), all);
    let text = stdout(&jwt_sunset(&["check"], folder));
    for part in [
        "did you mean `jwt-exchange`?",
        "no `ignore-start` begins",
        "no `ignore-end` ends",
        "needs a reason",
        "name the rules in brackets",
        "no finding of jwt-exchange here any more",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(found(folder, &["--no-ignore-comments"]), [""; 0]);
    // A rule that is off may come back.
    write(folder, "jwt-sunset.toml", "[rules]\njwt-exchange = \"off\"\n");
    assert!(!found(folder, &[]).contains(&unused("a.py", 1)));
}

#[test]
fn the_exit_code_follows_the_policy() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let ends = |arguments: &[&str]| code(&jwt_sunset(&[&["check"], arguments].concat(), folder));
    write(folder, "a.md", "Post the JWT to https://ims-na1.adobelogin.com/ims/exchange/jwt/.\n");
    assert_eq!((ends(&[]), ends(&["--fail-on", "note"])), (0, 1));
    write(folder, "a.yml", "url: https://x.example/ims/exchange/jwt\n");
    assert_eq!((ends(&[]), ends(&["--fail-on", "error"])), (1, 0));
    write(folder, "a.py", &client("a"));
    assert_eq!((ends(&["--fail-on", "error"]), ends(&["--fail-on", "never"])), (1, 0));
    assert_eq!((ends(&["--max-findings", "2"]), ends(&["--max-findings", "1"])), (0, 1));
    let text = stdout(&jwt_sunset(&["check", "--statistics"], folder));
    assert!(text.contains("      1  jwt-exchange\n"), "{text}");
}

#[test]
fn several_reports_are_written_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "pages/[id].py", &client("a"));
    git(folder, &["init", "-q"]);
    let outputs: Vec<String> = FORMATS.iter().map(|it| format!("{it}=report.{it}.out")).collect();
    let arguments: Vec<&str> = outputs.iter().flat_map(|it| ["--output", it.as_str()]).collect();
    // Seen from the folder; services look from the top of the repository.
    let inside = folder.join("pages");
    let output = jwt_sunset(&[&["check", "--format", "github"], &arguments[..]].concat(), &inside);
    assert_eq!(code(&output), 1);
    for format in FORMATS {
        let text = fs::read_to_string(inside.join(format!("report.{format}.out"))).unwrap();
        let path = match *format {
            "text" | "json" | "jsonl" => "[id].py",
            "sarif" => "pages/%5Bid%5D.py",
            "azure" => "pages/[id%5D.py",
            _ => "pages/[id].py",
        };
        assert!(text.contains(path), "{format}: {text}");
    }
    let wrong = jwt_sunset(&["check", "--output", "sarf=x"], folder);
    assert_eq!(code(&wrong), 2);
    assert!(stderr(&wrong).contains("there is no format `sarf`"), "{}", stderr(&wrong));
}

#[test]
fn a_place_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let why = |place: &str| stdout(&jwt_sunset(&["check", "--explain-why-not", place], folder));
    write(folder, "a.py", &client("a"));
    write(folder, "b.py", "import requests\n\nrequests.post(url, data={\"grant\": \"jwt_token\"})\n");
    write(folder, "c.py", "print(1)\n");
    write(folder, "gen/d.py", &client("d"));
    write(folder, "e.bin", "x");
    write(folder, "jwt-sunset.toml", "exclude = [\"gen\"]\n[rules]\njwt-exchange = \"off\"\n");
    assert!(why("a.py:6").contains("its rule is off: this request swaps"), "{}", why("a.py:6"));
    let missing = why("b.py:3");
    assert!(
        missing.contains("the parameter jwt_token: line 3") && missing.contains("not seen:\n  an address"),
        "{missing}"
    );
    assert!(why("c.py").contains("not analysed: it holds none of the texts"), "{}", why("c.py"));
    assert!(why("gen/d.py").contains("leaves it out with `exclude`"), "{}", why("gen/d.py"));
    assert!(why("e.bin").contains("tells no language"), "{}", why("e.bin"));
    assert_eq!(code(&jwt_sunset(&["check", "--explain-why-not", "nowhere.py"], folder)), 2);
}

#[test]
fn init_writes_what_works_and_overwrites_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, ".pre-commit-config.yaml", "repos: []\n");
    let output = jwt_sunset(&["init", "--for", "github", "--for", "pre-commit", "--repository", "acme/tool"], folder);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let workflow = fs::read_to_string(folder.join(".github/workflows/jwt-sunset.yml")).unwrap();
    assert!(workflow.contains("uses: acme/tool@v") && !workflow.contains("OWNER"), "{workflow}");
    assert_eq!(fs::read_to_string(folder.join(".pre-commit-config.yaml")).unwrap(), "repos: []\n");
    assert!(stdout(&output).contains("id: jwt-sunset"), "what belongs into it is shown");
    write(folder, "a.py", &client("a"));
    assert_eq!(code(&jwt_sunset(&["check"], folder)), 1);
    assert_eq!(code(&jwt_sunset(&["check", "--write-baseline"], folder)), 0);
    assert_eq!(code(&jwt_sunset(&["check"], folder)), 0);
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["completions", "bash"][..], &["completions", "fish"], &["man"]] {
        let text = stdout(&jwt_sunset(arguments, folder.path()));
        for part in ["explain", "write", "baseline"] {
            assert!(text.contains(part), "{arguments:?} does not name {part}");
        }
    }
}
