//! The languages: one row of data each, and their grammars and queries, compiled on first use.
//!
//! With `facts`, this is the only module that knows tree-sitter.

mod captures;
mod grammar;
mod javascript;
mod json;
mod python;

pub use captures::{CAPTURES, Part, Role, capture};
pub use grammar::{Grammar, GrammarError, Grammars};

/// How import specifiers name files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleStyle {
    /// Node: relative paths with optional extensions, packages by name.
    Node,
    /// Python: dotted names, relative ones with leading dots.
    Python,
    /// The file is data and imports nothing.
    Data,
}

/// Everything that differs between languages, as data.
#[derive(Debug)]
pub struct Language {
    /// The id used in the knowledge tables: `javascript`, `python`, `json`.
    pub id: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// File name extensions, without the dot.
    pub extensions: &'static [&'static str],
    /// The query files: name and text.
    pub queries: &'static [(&'static str, &'static str)],
    /// How files import each other.
    pub modules: ModuleStyle,
    /// What API paths of unresolved names start with, such as `globalThis.`.
    pub globals: &'static str,
    /// The name of the current object, where it is a keyword; elsewhere it is a method's first parameter.
    pub this: Option<&'static str>,
    /// Whether top-level names are importable without being exported.
    pub exports_everything: bool,
    /// The calls that import a module by name, as API paths.
    pub require: &'static [&'static str],
    grammar: fn() -> tree_sitter::Language,
}

/// All languages, in the order that decides between shared extensions.
pub static LANGUAGES: &[&Language] = &[&javascript::JAVASCRIPT, &python::PYTHON, &json::JSON];

/// The language of a file name, if it is one we parse.
#[must_use]
pub fn language_of(file_name: &str) -> Option<&'static Language> {
    let (_, extension) = file_name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    LANGUAGES.iter().copied().find(|language| language.extensions.contains(&extension.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_file_compiles_alone_and_uses_contract_names() {
        for language in LANGUAGES {
            let grammar = (language.grammar)();
            for (file, text) in language.queries {
                let query = tree_sitter::Query::new(&grammar, text)
                    .unwrap_or_else(|error| panic!("{}/{file}: {error}", language.id));
                for name in query.capture_names() {
                    assert!(capture(name).is_some(), "{}/{file}: @{name} is not in the contract", language.id);
                }
                assert!(text.starts_with("; "), "{}/{file} does not say what it finds", language.id);
            }
        }
    }

    #[test]
    fn every_contract_name_is_documented_and_used() {
        let readme = include_str!("../../queries/README.md");
        let all: String = LANGUAGES.iter().flat_map(|it| it.queries).map(|(_, text)| *text).collect();
        for (name, _, _) in CAPTURES {
            assert!(readme.contains(&format!("`@{name}`")), "@{name} is not in queries/README.md");
            assert!(all.contains(&format!("@{name}")), "@{name} is used by no query");
        }
    }

    #[test]
    fn extensions_decide() {
        assert_eq!(language_of("a.test.MJS").map(|it| it.id), Some("javascript"));
        assert_eq!(language_of("a.py").map(|it| it.id), Some("python"));
        assert!(language_of("Makefile").is_none());
    }
}
