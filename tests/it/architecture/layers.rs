//! What a module may mention: earlier layers only, and a few things in a few places only.

use super::source::{PathUse, Source};

/// The top-level modules in reading order, as design §2 has them.
const LAYERS: &[&str] = &[
    "text",
    "knowledge",
    "lang",
    "source",
    "facts",
    "link",
    "flow",
    "rules",
    "select",
    "rewrite",
    "report",
    "config",
    "ims",
    "pipeline",
    "lsp",
    "cli",
];

/// Paths that only some places may mention.
struct Restriction {
    /// How the path begins; a star ends the beginning of a name.
    begins: &'static [&'static str],
    /// Modules and files without extension.
    places: &'static [&'static str],
    in_tests: InTests,
}

#[derive(PartialEq)]
enum InTests {
    Restricted,
    Free,
}

const RESTRICTIONS: &[Restriction] = &[
    Restriction { begins: &["tree_sitter*"], places: &["src/lang", "src/facts"], in_tests: InTests::Restricted },
    Restriction {
        begins: &["std::fs"],
        places: &["src/source", "src/rewrite/apply", "src/cli"],
        in_tests: InTests::Free,
    },
    Restriction { begins: &["std::thread", "rayon"], places: &["src/pipeline"], in_tests: InTests::Restricted },
    Restriction {
        begins: &["std::process", "clap"],
        places: &["src/cli", "src/main", "src/source/repository"],
        in_tests: InTests::Restricted,
    },
    Restriction {
        begins: &["serde::Serialize", "serde::ser"],
        places: &["src/report", "src/cli", "src/select/baseline"],
        in_tests: InTests::Restricted,
    },
];

/// Who may know a library's name.
const LIBRARY_PLACES: &[&str] = &["src/knowledge", "src/rewrite/patterns"];

/// Complains when `lib.rs` lists an unknown module, or a known one out of order.
pub(super) fn module_list(root: &Source) -> Vec<String> {
    let mut before = 0;
    let mut res = Vec::new();
    for (line, text) in (1..).zip(root.text.lines()) {
        let Some(name) = listed_module(text) else { continue };
        match rank(name) {
            None => res.push(root.at(line, &format!("`{name}` is not a layer of design §2"))),
            Some(rank) if rank < before => res.push(root.at(line, &format!("`{name}` is listed too late"))),
            Some(rank) => before = rank,
        }
    }
    res
}

fn listed_module(line: &str) -> Option<&str> {
    line.trim_start_matches("pub ").trim_start_matches("pub(crate) ").strip_prefix("mod ")?.strip_suffix(';')
}

/// Complains about each path that leads to a later layer.
pub(super) fn layer_order(source: &Source) -> Vec<String> {
    let Some(own) = source.module().into_iter().next() else { return Vec::new() };
    let complaint = |path: &PathUse| {
        let target = absolute(source.module_at(path.line), &path.segments)?.into_iter().next()?;
        let written = path.segments.join("::");
        match (rank(&own), rank(&target)) {
            (_, None) => Some(format!("`{written}` names something in the crate root that is not a layer")),
            (own_rank, target_rank) if own_rank < target_rank => {
                Some(format!("`{written}` leads from `{own}` to `{target}`, a later layer"))
            }
            _ => None,
        }
    };
    source.paths.iter().filter_map(|it| Some(source.at(it.line, &complaint(it)?))).collect()
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|it| *it == layer)
}

/// The path from the root of this crate; none where it starts with a local name or another crate.
fn absolute(module: Vec<String>, segments: &[String]) -> Option<Vec<String>> {
    let (mut res, rest) = match segments.first()?.as_str() {
        "crate" => (Vec::new(), segments.get(1..)?),
        "self" => (module, segments.get(1..)?),
        "super" => (module, segments),
        _ => return None,
    };
    let climbs = rest.iter().take_while(|it| *it == "super").count();
    res.truncate(res.len().saturating_sub(climbs));
    res.extend(rest.iter().skip(climbs).cloned());
    Some(res)
}

/// Complains about each path that is restricted to other places.
pub(super) fn restrictions(source: &Source) -> Vec<String> {
    RESTRICTIONS.iter().filter(|it| !is_in(source, it.places)).flat_map(|it| broken(source, it)).collect()
}

fn broken(source: &Source, restriction: &Restriction) -> Vec<String> {
    let is_free = |line| restriction.in_tests == InTests::Free && source.is_test(line);
    let is_meant = |path: &PathUse| restriction.begins.iter().any(|it| begins(&path.segments, it));
    let broken = source.paths.iter().filter(|it| is_meant(it) && !is_free(it.line));
    let only = restriction.places.join(", ");
    broken.map(|it| source.at(it.line, &format!("`{}` belongs in {only} only", it.segments.join("::")))).collect()
}

fn begins(segments: &[String], pattern: &str) -> bool {
    let names: Vec<&str> = pattern.split("::").collect();
    let is_named = |(segment, name): (&String, &&str)| match name.strip_suffix('*') {
        Some(start) => segment.starts_with(start),
        None => segment == name,
    };
    names.len() <= segments.len() && segments.iter().zip(&names).all(is_named)
}

fn is_in(source: &Source, places: &[&str]) -> bool {
    let path = source.path.trim_end_matches(".rs");
    places.iter().any(|it| path.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The library names that a table of `src/knowledge/data` gives as `package = "…"`.
pub(super) fn package_names(table: &str) -> Vec<String> {
    let value = |line: &str| Some(line.strip_prefix("package")?.trim_start().strip_prefix('=')?.trim().to_owned());
    table.lines().filter_map(value).map(|it| it.trim_matches('"').to_owned()).collect()
}

/// Complains about each string that is a library's name, or a path into its API.
pub(super) fn library_names(source: &Source, names: &[String]) -> Vec<String> {
    if is_in(source, LIBRARY_PLACES) {
        return Vec::new();
    }
    let is_name = |text: &str| {
        names.iter().any(|name| text.strip_prefix(name.as_str()).is_some_and(|it| it.is_empty() || it.starts_with('.')))
    };
    let named = source.strings.iter().filter(|it| !source.is_test(it.line) && is_name(&it.value));
    let only = LIBRARY_PLACES.join(", ");
    named.map(|it| source.at(it.line, &format!("{:?} names a library, for {only} only", it.value))).collect()
}

mod tests {
    use super::*;

    fn found(check: impl Fn(&Source) -> Vec<String>, path: &str, text: &str) -> Vec<String> {
        check(&Source::parse(path, text))
    }

    #[test]
    fn later_layer_is_reported() {
        let text = "use crate::{text::Span, rules};\nfn a() { vec![crate::cli::main()]; }\n";
        assert_eq!(
            found(layer_order, "src/flow/anchor.rs", text),
            [
                "src/flow/anchor.rs:1: `crate::rules` leads from `flow` to `rules`, a later layer",
                "src/flow/anchor.rs:2: `crate::cli::main` leads from `flow` to `cli`, a later layer",
            ]
        );
    }

    #[test]
    fn climbing_out_of_the_layer_is_reported() {
        let text = "use super::super::rules::Rule;\nmod tests {\n    use super::super::super::link;\n}\n";
        assert_eq!(
            found(layer_order, "src/facts/model.rs", text),
            [
                "src/facts/model.rs:1: `super::super::rules::Rule` leads from `facts` to `rules`, a later layer",
                "src/facts/model.rs:3: `super::super::super::link` leads from `facts` to `link`, a later layer",
            ]
        );
    }

    #[test]
    fn tests_and_wildcards_of_the_root_are_reported() {
        let text = "use crate::*;\n#[cfg(test)]\nmod tests {\n    use crate::cli::run as text;\n}\n";
        let complaints = found(layer_order, "src/text/mod.rs", text);
        assert_eq!(complaints.len(), 2, "{complaints:#?}");
    }

    #[test]
    fn earlier_layers_and_the_own_layer_are_fine() {
        let text = "//! See [`crate::cli`].\nuse crate::text::Span;\nuse super::{Flow, scope::{self, *}};\n\
                    pub(crate) fn a() { self::b(); std::cli::c(); }\nmod tests {\n    use super::super::super::text;\n}\n";
        assert_eq!(found(layer_order, "src/flow/anchor.rs", text), [""; 0]);
        assert_eq!(found(layer_order, "src/main.rs", "fn main() { crate::cli::main() }"), [""; 0]);
    }

    #[test]
    fn modules_out_of_order_are_reported() {
        assert_eq!(
            found(module_list, "src/lib.rs", "pub mod text;\npub mod cli;\nmod flow;\nmod extra;\n"),
            ["src/lib.rs:3: `flow` is listed too late", "src/lib.rs:4: `extra` is not a layer of design §2"]
        );
        assert_eq!(found(module_list, "src/lib.rs", "pub mod text;\npub mod flow;\n"), [""; 0]);
    }

    #[test]
    fn restricted_paths_are_reported() {
        let cases = [
            ("src/link/mod.rs", "extern crate tree_sitter_python;"),
            ("src/link/mod.rs", "#[cfg(test)]\nmod tests { use tree_sitter::Node; }"),
            ("src/link/mod.rs", "use std::{fs as disk, io};"),
            ("src/rewrite/applying.rs", "fn a() { std::fs::read(path); }"),
            ("src/source/mod.rs", "use rayon::prelude::*;"),
            ("src/source/mod.rs", "fn a() { assert!(std::thread::panicking()); }"),
            ("src/pipeline/mod.rs", "use std::process::ExitCode;"),
            ("src/lib.rs", "#[derive(clap::Parser)] struct A;"),
            ("src/rules/mod.rs", "#[derive(Debug, serde::Serialize)] struct A;"),
            ("src/rules/mod.rs", "use serde::{Deserialize, Serialize};"),
        ];
        for (path, text) in cases {
            assert_eq!(found(restrictions, path, text).len(), 1, "{path}: {text}");
        }
    }

    #[test]
    fn restricted_paths_are_fine_in_their_places() {
        let cases = [
            ("src/facts/extract.rs", "use tree_sitter::Node;"),
            ("src/rewrite/apply.rs", "use std::fs;"),
            ("src/select/mod.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n}"),
            ("src/pipeline.rs", "use rayon::prelude::*;"),
            ("src/main.rs", "use std::process::ExitCode;"),
            ("src/report/json.rs", "use serde::Serialize;"),
            ("src/rules/mod.rs", "use serde::Deserialize;\nuse std::{io as fs};\nuse self::process::thread;"),
        ];
        for (path, text) in cases {
            assert_eq!(found(restrictions, path, text), [""; 0], "{path}: {text}");
        }
    }

    #[test]
    fn library_names_are_reported() {
        let names = package_names("[[client]]\npackage = \"axios\"\npackage = \"@adobe/jwt-auth\"\n");
        let check = |source: &Source| library_names(source, &names);
        let text = "/// axios\nfn a() {\n    matches!(b, \"axios\");\n    c(\"axios.post\");\n    d(\"axios-mock\");\n}\n\
                    #[cfg(test)]\nmod tests {\n    const A: &str = \"axios\";\n}\n";
        assert_eq!(
            found(check, "src/rules/jwt_library.rs", text),
            [
                "src/rules/jwt_library.rs:3: \"axios\" names a library, for src/knowledge, src/rewrite/patterns only",
                "src/rules/jwt_library.rs:4: \"axios.post\" names a library, for src/knowledge, src/rewrite/patterns only",
            ]
        );
        assert_eq!(found(check, "src/rewrite/patterns/a.rs", text), [""; 0]);
    }
}
