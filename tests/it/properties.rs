//! Properties: no input makes the analysis fail, whatever it is cut to or made of.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jwt_sunset::facts::read;
use jwt_sunset::lang::{Grammars, LANGUAGES, language_of};
use jwt_sunset::text::{Edits, Span};
use proptest::prelude::*;

use super::fixtures::{files, jwt_sunset};

#[test]
fn every_prefix_of_every_fixture_is_read() {
    let grammars = Grammars::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut count = 0;
    for path in files(&root).into_iter().filter(|it| it.components().any(|it| it.as_os_str() == "before")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(language) = language_of(&name) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        let step = (text.len() / 40).max(1);
        for end in (0..text.len()).step_by(step).filter(|end| text.is_char_boundary(*end)) {
            read(&grammars, language, &text[..end]).unwrap();
            count += 1;
        }
    }
    assert!(count > 2_000, "only {count} prefixes were read");
}

#[test]
fn cut_files_do_not_stop_the_whole_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folder = tempfile::tempdir().unwrap();
    for (index, path) in files(&root).into_iter().enumerate() {
        let inside = path.components().any(|it| it.as_os_str() == "before");
        let Some(extension) = path.extension().filter(|_| inside) else { continue };
        let text = fs::read_to_string(&path).unwrap();
        let mut end = text.len() * (30 + index % 60) / 100;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let target = folder.path().join(format!("{index}")).join("cut").with_extension(extension);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, &text[..end]).unwrap();
    }
    let output = jwt_sunset(&["fix"], folder.path());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("the analysis failed"));
}

/// Code that gives names many values, or themselves: every answer about it must end.
#[test]
fn names_that_go_in_circles_end() {
    let url = "https://ims-na1.adobelogin.com/ims/exchange/jwt";
    let doubled = format!(
        "import requests\nu = '{url}'\n{}requests.post(u, data={{'jwt_token': u, 'client_id': u, 'client_secret': u}})\n",
        "u = u + u\n".repeat(60)
    );
    let chained: String = (0..400).map(|it| format!("let v{it} = v{} || v{};\n", it.max(1) - 1, it + 1)).collect();
    let chained = format!("{chained}axios.post('{url}', {{ client_id: v0, client_secret: v1, jwt_token: v2 }})\n");
    let listed = format!(
        "const auth = require('@adobe/jwt-auth')\nlet l = [l]; l = [l, l]; let a = b, b = a;\n\
         auth({{ metaScopes: l, clientId: a, clientSecret: b, ims: l }}).then((r) => a + r.expires_in)\n\
         fetch('{url}').then((r) => r.json()).then((r) => b + r.expires_in)\n"
    );
    let circular = format!("from b import *\nfrom b import x\nimport requests\nrequests.post('{url}', data=x)\n");
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("doubled.py", doubled),
        ("chained.js", chained),
        ("listed.js", listed),
        ("a.py", circular),
        ("b.py", "from a import x\n".to_owned()),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let output = jwt_sunset(&["fix"], folder.path());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
}

proptest! {
    #[test]
    fn edits_never_overlap_and_apply_in_order(
        text in "[a-z]{40}",
        wanted in prop::collection::vec((0_usize..40, 0_usize..8, "[A-Z]{0,3}"), 0..12),
    ) {
        let mut edits = Edits::new();
        for (start, length, new) in wanted {
            let span = Span::new(start, (start + length).min(40));
            // A refused edit leaves the others as they were.
            let before = edits.clone();
            if edits.replace(span, new).is_err() {
                prop_assert_eq!(&before, &edits);
            }
        }
        let all: Vec<_> = edits.iter().cloned().collect();
        for pair in all.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
        let kept: usize = 40 - all.iter().map(|it| it.span.end - it.span.start).sum::<usize>();
        let inserted: usize = all.iter().map(|it| it.text.len()).sum();
        prop_assert_eq!(edits.apply(&text).len(), kept + inserted);
    }

    #[test]
    fn no_text_is_too_odd_to_be_read(text in "[a-z(){}\\[\\]'\"`$.,:;=+ \n#/@]{0,120}") {
        // Compiled once: the queries of all languages take longer than all texts.
        static GRAMMARS: LazyLock<Grammars> = LazyLock::new(Grammars::new);
        for name in LANGUAGES.iter().filter_map(|it| it.extensions.first()).map(|it| format!("a.{it}")) {
            let language = language_of(&name).unwrap();
            prop_assert!(read(&GRAMMARS, language, &text).is_ok());
        }
    }
}
