//! What expressions evaluate to across functions and files: the argument of `probe(…)` in small projects.
//!
//! A project is one string; `//- path` starts a file.

use std::sync::Arc;

use camino::Utf8PathBuf;
use jwt_sunset::facts::{Value, extract};
use jwt_sunset::knowledge::Knowledge;
use jwt_sunset::lang::{Grammars, language_of};
use jwt_sunset::link::{Expr, ModuleIndex, Project, ProjectFile};
use jwt_sunset::source::SourceFile;

fn project(fixture: &str) -> Project {
    let grammars = Grammars::new();
    let files: Vec<(Utf8PathBuf, String)> = fixture
        .split("//- ")
        .skip(1)
        .map(|part| part.split_once('\n').unwrap())
        .map(|(path, text)| (Utf8PathBuf::from(path.trim()), text.to_owned()))
        .collect();
    let modules = Arc::new(ModuleIndex::new(files.iter().map(|it| it.0.clone())));
    let files = files.into_iter().map(|(path, text)| {
        let grammar = grammars.get(language_of(path.as_str()).unwrap()).unwrap();
        let facts = extract(grammar, &text).unwrap();
        assert!(facts.errors.is_empty(), "{path} does not parse");
        ProjectFile::new(SourceFile::new(path, None, text), facts)
    });
    Project::new(files.collect(), modules, Arc::new(Knowledge::embedded().unwrap()))
}

/// The argument of the only call of `probe`.
fn probed(project: &Project) -> Expr {
    let calls: Vec<Expr> = project
        .spelled("probe")
        .iter()
        .filter_map(|name| project.parent(*name))
        .filter(|it| matches!(project.value(*it), Value::Call { .. }))
        .collect();
    let [call] = calls.as_slice() else { panic!("{} calls of probe", calls.len()) };
    project.argument(*call, 0).unwrap()
}

#[track_caller]
fn check_text(fixture: &str, expected: &[&str]) {
    let project = project(fixture);
    let found: Vec<String> =
        project.texts(probed(&project)).iter().map(|it| it.flat().replace('\u{FFFC}', "<?>")).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_fields(fixture: &str, expected: &[&str]) {
    let project = project(fixture);
    let found: Vec<String> = project.fields(probed(&project)).into_iter().map(|it| it.key).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_api(fixture: &str, expected: &[&str]) {
    let project = project(fixture);
    assert_eq!(project.api_paths(probed(&project)), expected);
}

#[test]
fn text_is_put_together() {
    check_text("//- a.js\nconst h = 'x'\nprobe(`https://${h}/a` + '/b')", &["https://x/a/b"]);
    check_text("//- a.js\nprobe(`${process.env.HOST || 'h'}/a`)", &["<?>/a", "h/a"]);
    check_text("//- a.py\nh = 'x'\nprobe(f'{h}/a' '/b')", &["x/a/b"]);
    check_text("//- a.py\nprobe('%s/a/%s' % (host, 'b'))", &["<?>/a/b"]);
    check_text("//- a.py\nprobe('{}/a/{0}'.format('h', 'b'))", &["h/a/b"]);
    check_text("//- a.py\nprobe('/'.join(['h', 'a', b()]))", &["h/a/<?>"]);
    check_text("//- a.py\nimport os\nprobe(os.environ.get('X', 'd'))", &["<?>", "d"]);
    check_text("//- a.js\nprobe(new URL('/a', 'https://h').toString())", &["https://h/a"]);
}

#[test]
fn fields_come_from_texts_that_calls_put_together() {
    let java =
        |body: &str, more: &str| format!("//- A.java\nclass A {{ void f(String x, String y) {{ {body} }} {more} }}");
    check_fields(&java(r#"probe("a=%s&b=%s".formatted(x, y));"#, ""), &["a", "b"]);
    check_fields(&java(r#"probe(String.format("a=%s&b=%s", x, y));"#, ""), &["a", "b"]);
    check_fields(&java(r#"probe(String.join("&", "a=" + x, "b=" + y));"#, ""), &["a", "b"]);
    check_fields(
        &java(
            r#"StringBuilder it = new StringBuilder("a=").append(x); it.append("&b=").append(y); probe(it.toString());"#,
            "",
        ),
        &["a", "b"],
    );
    let pair = r#"static String pair(String name, String value) { return name + "=" + URLEncoder.encode(value); }"#;
    check_fields(&java(r#"probe(pair("a", x) + "&" + pair("b", y));"#, pair), &["a", "b"]);
    check_fields(&java(r#"probe("a" + x + "&" + y);"#, ""), &[]);
}

#[test]
fn text_comes_from_parameters_fields_and_returns() {
    check_text("//- a.js\nfunction f(u, v = '/d') { probe(u + v) }\nf('h')", &["h/d"]);
    check_text("//- a.py\ndef f(u='h/'):\n    probe(u)\nf(u='x')\n", &["x", "h/"]);
    check_text(
        "//- a.py\nclass A:\n    def __init__(self, h):\n        self.h = h\n    def f(self):\n        probe(self.h)\nA('x')\n",
        &["x"],
    );
    check_text("//- a.js\nclass A { #h = 'x'; f() { probe(this.#h) } }", &["x"]);
    check_text(
        "//- a.js\nconst f = async () => 'x'\nf().then(v => v)\nasync function g() { probe(await f()) }",
        &["x"],
    );
}

#[test]
fn text_comes_from_other_files() {
    check_text(
        "//- src/a.js\nconst { host: h } = require('./config')\nprobe(h)\n//- src/config.js\nmodule.exports = { host: 'x' }",
        &["x"],
    );
    check_text(
        "//- a.mjs\nimport * as c from './c/index.mjs'\nprobe(c.A)\n//- c/index.mjs\nexport { B as A } from './b.mjs'\n//- c/b.mjs\nexport const B = 'x'",
        &["x"],
    );
    check_text(
        "//- a.js\nconst _ = require('lodash')\nprobe(_.get(require('./c.json'), 'a.b'))\n//- c.json\n{\"a\": {\"b\": \"x\"}}",
        &["x"],
    );
    check_text(
        "//- p/__init__.py\n\n//- p/c.py\nURL = {'t': 'x'}\n//- p/a.py\nfrom . import c\nprobe(c.URL['t'])",
        &["x"],
    );
}

#[test]
fn cycles_and_recursion_end() {
    check_text("//- a.js\nlet a = b; let b = a; probe(a)", &["<?>"]);
    check_text("//- a.js\nfunction f(x) { return f(x + 'a') } probe(f('b'))", &["<?>"]);
    check_text("//- a.py\nfrom b import x\nprobe(x)\n//- b.py\nfrom a import x\n", &["<?>"]);
}

#[test]
fn records_are_completed_key_by_key() {
    check_fields(
        "//- a.js\nconst p = new URLSearchParams({ a: 1 }); p.append('b', 2); p.set('c', 3); probe(p)",
        &["a", "b", "c"],
    );
    check_fields(
        "//- a.js\nconst qs = require('querystring'); const o = { ...{ a: 1 }, b: 2 }; o.c = 3; probe(qs.stringify(o))",
        &["a", "b", "c"],
    );
    check_fields("//- a.js\nprobe(`a=${x}&b=${y}`)", &["a", "b"]);
    check_fields("//- a.py\nd = dict(a=1)\nd['b'] = 2\nd.update({'c': 3}, e=4)\nprobe(d)", &["a", "b", "c", "e"]);
    check_fields(
        "//- a.py\nfrom urllib.parse import urlencode\nprobe(urlencode([('a', 1), ('b', 2)]).encode())",
        &["a", "b"],
    );
}

#[test]
fn api_paths_name_what_is_called() {
    check_api("//- a.js\nconst { post: p } = require('axios').create({}); probe(p)", &["axios.create().post"]);
    check_api("//- a.mjs\nimport a from 'axios'\nprobe(a.post)", &["axios.post"]);
    check_api(
        "//- a.py\nimport requests as r\nclass A:\n    def __init__(self):\n        self.s = r.Session()\n    def f(self):\n        probe(self.s.post)\n",
        &["requests.Session().post"],
    );
    check_api("//- a.py\nfrom urllib import request\nprobe(request.urlopen)", &["urllib.request.urlopen"]);
    check_api("//- a.js\nprobe(fetch)", &["globalThis.fetch"]);
}
