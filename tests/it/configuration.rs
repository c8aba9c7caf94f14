//! What each key of `jwt-sunset.toml` does; that none is without a test; that its documents are those of the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use jwt_sunset::config::{config_schema, config_table};

/// Runs the program in a folder.
fn jwt_sunset(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jwt-sunset")).args(arguments).current_dir(folder).output().unwrap()
}

const EXCHANGE: &str = "import requests\n\n\ndef token(jwt):\n    body = {\"client_id\": \"my-client\", \"client_secret\": \"b\", \"jwt_token\": jwt}\n    return requests.post(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\", data=body).json()[\"access_token\"]\n";

/// A key, a configuration with it, files, arguments, and texts that stand on the streams only with the configuration, or
/// with an exclamation mark only without.
type Case = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [&'static str],
    &'static [&'static str],
);

const CHECK: &[&str] = &["check", "--format", "github"];
const CASES: &[Case] = &[
    ("exclude", "exclude = [\"gen\"]", &[("gen/a.py", EXCHANGE)], CHECK, &["!file=gen/a.py"]),
    ("rules", "[rules]\njwt-exchange = \"note\"", &[("a.py", EXCHANGE)], CHECK, &["::notice file=a.py", "!::error"]),
    (
        "override.paths",
        "[[override]]\npaths = [\"old/*\"]\nrules = { jwt-exchange = \"off\" }",
        &[("old/a.py", EXCHANGE), ("b.py", EXCHANGE)],
        CHECK,
        &["!file=old/a.py"],
    ),
    (
        "override.rules",
        "[[override]]\npaths = [\"*.py\"]\nrules = { jwt-exchange = \"warning\" }",
        &[("a.py", EXCHANGE)],
        CHECK,
        &["::warning file=a.py"],
    ),
    (
        "pattern",
        "[pattern]\npython = \"requests-oauthlib\"",
        &[("a.py", EXCHANGE)],
        &["fix"],
        &["BackendApplicationClient", "!from authlib"],
    ),
    ("fail-on", "fail-on = \"never\"", &[("a.py", EXCHANGE)], &["check"], &["exit 0", "!exit 1"]),
    ("max-findings", "max-findings = 1", &[("a.py", EXCHANGE)], &["check"], &["exit 0", "!exit 1"]),
    (
        "baseline",
        "baseline = \"known.json\"",
        &[
            ("a.py", EXCHANGE),
            (
                "known.json",
                "{\"version\": 1, \"findings\": [{\"path\": \"gone.py\", \"rule\": \"jwt-exchange\", \"fingerprint\": \"0\"}]}",
            ),
        ],
        &["check"],
        &["known.json: 1 known finding is gone"],
    ),
    (
        "hosts",
        "hosts = [\"ims.acme.example\"]",
        &[(
            "a.py",
            "import requests\n\nHOST = \"https://ims.acme.example\"\n\n\ndef token(jwt):\n    body = {\"client_id\": \"a\", \"client_secret\": \"b\", \"jwt_token\": jwt}\n    return requests.post(HOST + \"/login\", data=body).json()\n",
        )],
        CHECK,
        &["jwt-exchange"],
    ),
    (
        "endpoint.exchange",
        "[[endpoint]]\nexchange = \"adobe/swap\"",
        &[(
            "a.py",
            "import requests\n\n\ndef token(jwt):\n    body = {\"client_id\": \"a\", \"client_secret\": \"b\", \"jwt_token\": jwt}\n    return requests.post(\"https://gateway.example/adobe/swap\", data=body).json()[\"access_token\"]\n",
        )],
        &["check"],
        &["which address takes client credentials in place of adobe/swap is not known"],
    ),
    (
        "endpoint.token",
        "[[endpoint]]\nexchange = \"adobe/swap\"\ntoken = \"adobe/token\"",
        &[(
            "a.py",
            "import requests\n\n\ndef token(jwt):\n    body = {\"client_id\": \"a\", \"client_secret\": \"b\", \"jwt_token\": jwt}\n    return requests.post(\"https://gateway.example/adobe/swap\", data=body).json()[\"access_token\"]\n",
        )],
        &["fix"],
        &["https://gateway.example/adobe/token\""],
    ),
    (
        "wrapper.call",
        "[[wrapper]]\nlanguage = \"python\"\ncall = \"acme.adobe.exchange\"",
        &[("a.py", "from acme.adobe import exchange\n\ntoken = exchange(settings)\n")],
        CHECK,
        &["jwt-library", "acme.adobe.exchange exchanges a JWT here"],
    ),
    (
        "wrapper.language",
        "[[wrapper]]\nlanguage = \"javascript\"\ncall = \"@acme/adobe.exchange\"",
        &[("a.js", "import { exchange } from '@acme/adobe';\n\nexport const token = exchange(settings);\n")],
        CHECK,
        &["jwt-library"],
    ),
    (
        "wrapper.package",
        "[[wrapper]]\nlanguage = \"python\"\ncall = \"acme.adobe.exchange\"\npackage = \"acme-adobe\"",
        &[
            ("a.py", "from acme.adobe import exchange\n\ntoken = exchange(settings)\n"),
            ("requirements.txt", "acme-adobe==1.0\n"),
        ],
        CHECK,
        &["only the JWT flow needs acme-adobe"],
    ),
    (
        "wrapper.instead",
        "[[wrapper]]\nlanguage = \"python\"\ncall = \"acme.adobe.exchange\"\ninstead = \"acme.adobe.token\"",
        &[("a.py", "from acme.adobe import exchange\n\ntoken = exchange(settings)\n")],
        CHECK,
        &["call acme.adobe.token in its place"],
    ),
    (
        "token-helper.call",
        "[[token-helper]]\nlanguage = \"python\"\ncall = \"acme.oauth.token\"",
        &[(
            "a.py",
            "import requests\nfrom acme import oauth\n\n\ndef token(jwt, new):\n    if new:\n        return oauth.token()\n    body = {\"client_id\": \"a\", \"client_secret\": \"b\", \"jwt_token\": jwt}\n    return requests.post(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\", data=body).json()[\"access_token\"]\n",
        )],
        CHECK,
        &["client credentials are sent to the token endpoint at a.py:7 already"],
    ),
    (
        "token-helper.language",
        "[[token-helper]]\nlanguage = \"javascript\"\ncall = \"@acme/oauth.token\"",
        &[(
            "a.js",
            "import axios from 'axios';\nimport { token } from '@acme/oauth';\n\nexport async function get(jwt, fresh) {\n  if (fresh) return token();\n  const form = { client_id: 'a', client_secret: 's', jwt_token: jwt };\n  const reply = await axios.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', form);\n  return reply.data.access_token;\n}\n",
        )],
        CHECK,
        &["client credentials are sent to the token endpoint at a.js:5 already"],
    ),
    (
        "credential.client-id",
        "[[credential]]\nclient-id = \"ADOBE_CLIENT_ID\"\nscopes = [\"openid\", \"read_pc\"]",
        &[(
            "a.py",
            "import os\n\nimport requests\n\nCLIENT = os.environ[\"ADOBE_CLIENT_ID\"]\n\n\ndef token(jwt):\n    body = {\"client_id\": CLIENT, \"client_secret\": os.environ[\"SECRET\"], \"jwt_token\": jwt}\n    return requests.post(\"https://ims-na1.adobelogin.com/ims/exchange/jwt\", data=body).json()[\"access_token\"]\n",
        )],
        &["fix"],
        &["openid,read_pc"],
    ),
    (
        "credential.scopes",
        "[[credential]]\nclient-id = \"my-client\"\nscopes = [\"openid\", \"AdobeID\", \"own_scope\"]",
        &[("a.py", EXCHANGE)],
        &["fix"],
        &["openid,AdobeID,own_scope"],
    ),
];

/// What a run says on both streams, and how it ends.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = jwt_sunset(arguments, folder);
    let texts = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it).into_owned());
    format!("{}{}\nexit {}", texts[0], texts[1], output.status.code().unwrap())
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

#[test]
fn each_key_has_its_effect() {
    for (key, config, files, arguments, expected) in CASES {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in *files {
            write(folder.path(), path, text);
        }
        let without = said(folder.path(), arguments);
        write(folder.path(), "jwt-sunset.toml", config);
        let with = said(folder.path(), arguments);
        for text in *expected {
            let (text, there, absent) = match text.strip_prefix('!') {
                Some(text) => (text, &without, &with),
                None => (*text, &with, &without),
            };
            assert!(there.contains(text), "{key}: {text:?} is not in\n{there}");
            assert!(!absent.contains(text), "{key}: {text:?} is in\n{absent}");
        }
        assert_eq!(said(folder.path(), &[arguments, &["--no-config"][..]].concat()), without, "{key}");
    }
}

#[test]
fn every_key_has_a_case() {
    let table = config_table();
    let keys = table.lines().skip(2).filter_map(|it| it.split('`').nth(1));
    // `root` is tried below with two files; a table of rows is tried with its keys.
    let tables = ["root", "override", "endpoint", "wrapper", "token-helper", "credential"];
    let keys: BTreeSet<&str> = keys.filter(|it| !tables.contains(it)).collect();
    let cases: BTreeSet<&str> = CASES.iter().map(|it| it.0).collect();
    assert_eq!(keys, cases);
}

#[test]
fn files_around_and_below_count() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join(".git")).unwrap();
    write(folder, "jwt-sunset.toml", "[rules]\njwt-exchange = \"note\"\n");
    write(folder, "one/a.py", EXCHANGE);
    write(folder, "two/a.py", EXCHANGE);
    write(folder, "two/jwt-sunset.toml", "exclude = [\"a.py\"]\nfail-on = \"never\"\n");
    let text = said(folder, &["check", "--format", "github"]);
    assert!(text.contains("::notice file=one/a.py") && !text.contains("two/a.py,"), "{text}");
    assert!(text.contains("two/jwt-sunset.toml: fail-on counts only in the top file"), "{text}");
    // Started below, the files further up count too, unless one says that it is the last.
    let inner = |text: &str| {
        write(folder, "one/jwt-sunset.toml", text);
        said(&folder.join("one"), &["check", "--format", "github"])
    };
    assert!(inner("").contains("::notice file=one/a.py"));
    assert!(inner("root = true\n").contains("::error file=one/a.py"));
    let broken = inner("[rules]\njwt-exchang = \"off\"\n");
    assert!(
        broken.contains("jwt-sunset.toml:2:1: there is no rule `jwt-exchang`; did you mean `jwt-exchange`?\n\nexit 2"),
        "{broken}"
    );
}

#[test]
fn schema_and_table_are_those_of_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = root.join("src/config/jwt-sunset.schema.json");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- config -->\n").expect("README.md has the marker");
    let (table, _) = rest.split_once("<!-- /config -->").expect("README.md has the closing marker");
    if std::env::var_os("UPDATE").is_some() {
        let (before, after) = (&readme[..readme.len() - rest.len()], &rest[table.len()..]);
        fs::write(&schema, config_schema()).unwrap();
        fs::write(root.join("README.md"), format!("{before}{}{after}", config_table())).unwrap();
        return;
    }
    assert_eq!(fs::read_to_string(&schema).unwrap_or_default(), config_schema(), "run UPDATE=1 cargo test");
    assert_eq!(table, config_table(), "run UPDATE=1 cargo test");
}
