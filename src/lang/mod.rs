//! The languages: one row of data each, and their grammars and queries, compiled on first use.
//!
//! With `facts`, this is the only module that knows tree-sitter.

mod captures;
mod config;
mod grammar;
mod java;
mod javascript;
mod json;
mod lexical;
mod notebook;
mod program;
mod python;
mod rust;
mod script;
mod typescript;

pub use captures::{CAPTURES, Part, Role, capture};
pub use config::ConfigFormat;
pub use grammar::{Grammar, GrammarError, Grammars};
pub use json::JSON;
pub use lexical::{Lexicon, Quote};
pub use program::{Program, program};

/// How import specifiers name files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleStyle {
    /// Node: relative paths with optional extensions, packages by name.
    Node,
    /// Python: dotted names, relative ones with leading dots.
    Python,
    /// Java: dotted names of classes, which are paths below some source root.
    Java,
    /// Rust: paths below the crate, its modules and its workspace.
    Rust,
    /// Imports are not followed; what a folder holds belongs together.
    Folder,
    /// The file is data and imports nothing.
    Data,
}

/// How the text of a language is read.
#[derive(Debug)]
pub enum Syntax {
    /// By a tree-sitter grammar.
    Grammar {
        /// The query files: name and text.
        queries: &'static [(&'static str, &'static str)],
        /// The grammar.
        grammar: fn() -> tree_sitter::Language,
        /// Which part of a file is code.
        layout: Layout,
    },
    /// As tokens: only comments and string literals are told from the rest.
    Lexical(&'static Lexicon),
    /// As configuration: keys and values.
    Config(ConfigFormat),
}

/// Which part of a file is code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All of it.
    Whole,
    /// The script blocks of a page or component.
    Scripts,
    /// The code cells of a Jupyter notebook.
    Notebook,
}

/// Everything that differs between languages, as data.
#[derive(Debug)]
pub struct Language {
    /// The id used in the knowledge tables, which languages with the same libraries share: TypeScript is `javascript`.
    pub id: &'static str,
    /// The name for people, which no two languages share.
    pub name: &'static str,
    /// File name extensions, without the dot.
    pub extensions: &'static [&'static str],
    /// Whole file names, or their beginnings where they end in `*`.
    pub file_names: &'static [&'static str],
    /// How its text is read.
    pub syntax: Syntax,
    /// How files import each other.
    pub modules: ModuleStyle,
    /// What API paths of unresolved names start with, such as `globalThis.`.
    pub globals: &'static str,
    /// The name of the current object, where it is a keyword; elsewhere it is a method's first parameter.
    pub this: Option<&'static str>,
    /// The name of the class around, where there is one.
    pub own_class: Option<&'static str>,
    /// The names under which a class keeps its constructor.
    pub constructors: &'static [&'static str],
    /// Whether top-level names are importable without being exported.
    pub exports_everything: bool,
    /// The calls that import a module by name, as API paths.
    pub require: &'static [&'static str],
    /// Whether names have declared types that a compiler checks.
    pub typed: bool,
    /// Whether `rewrite` has patterns for it.
    pub rewritten: bool,
}

impl Language {
    /// Whether it is data rather than code.
    #[must_use]
    pub fn is_data(&self) -> bool {
        self.modules == ModuleStyle::Data
    }

    /// Whether its text is known as tokens only.
    #[must_use]
    pub fn is_lexical(&self) -> bool {
        matches!(self.syntax, Syntax::Lexical(_))
    }
}

/// What most languages have in common, for rows to differ from.
const BASE: Language = Language {
    id: "",
    name: "",
    extensions: &[],
    file_names: &[],
    syntax: Syntax::Config(ConfigFormat::Prose),
    modules: ModuleStyle::Data,
    globals: "",
    this: None,
    own_class: None,
    constructors: &[],
    exports_everything: false,
    require: &[],
    typed: false,
    rewritten: false,
};

/// All languages, in the order that decides between shared extensions.
pub static LANGUAGES: &[&Language] = &[
    &javascript::JAVASCRIPT,
    &typescript::TYPESCRIPT,
    &typescript::TSX,
    &script::COMPONENT,
    &python::PYTHON,
    &notebook::NOTEBOOK,
    &java::JAVA,
    &rust::RUST,
    &lexical::KOTLIN,
    &lexical::SCALA,
    &lexical::GROOVY,
    &lexical::GO,
    &lexical::C_SHARP,
    &lexical::PHP,
    &lexical::RUBY,
    &lexical::POWERSHELL,
    &lexical::SHELL,
    &lexical::R,
    &JSON,
    &config::YAML,
    &config::TOML,
    &config::PROPERTIES,
    &config::ENVIRONMENT,
    &config::INI,
    &config::XML,
    &config::TERRAFORM,
    &config::DOCKERFILE,
    &config::AIO,
    &config::KEY,
    &config::PROSE,
];

/// The language of a file name, if it is one we read.
#[must_use]
pub fn language_of(file_name: &str) -> Option<&'static Language> {
    let named = |pattern: &&'static str| match pattern.strip_suffix('*') {
        Some(start) => file_name.starts_with(start),
        None => file_name == *pattern,
    };
    if let Some(language) = LANGUAGES.iter().copied().find(|it| it.file_names.iter().any(named)) {
        return Some(language);
    }
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
            let Syntax::Grammar { queries, grammar, .. } = &language.syntax else { continue };
            let grammar = grammar();
            for (file, text) in *queries {
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
        let queries = |it: &&'static Language| match &it.syntax {
            Syntax::Grammar { queries, .. } => *queries,
            Syntax::Lexical(_) | Syntax::Config(_) => &[],
        };
        let all: String = LANGUAGES.iter().flat_map(queries).map(|(_, text)| *text).collect();
        for (name, _, _) in CAPTURES {
            assert!(readme.contains(&format!("`@{name}`")), "@{name} is not in queries/README.md");
            assert!(all.contains(&format!("@{name}")), "@{name} is used by no query");
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = LANGUAGES.iter().map(|it| it.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LANGUAGES.len());
    }

    #[test]
    fn extensions_decide() {
        assert_eq!(language_of("a.test.MJS").map(|it| it.id), Some("javascript"));
        assert_eq!(language_of("a.py").map(|it| it.id), Some("python"));
        assert_eq!(language_of("a.tsx").map(|it| it.name), Some("TSX"));
        assert_eq!(language_of(".env.production").map(|it| it.name), Some("environment file"));
        assert_eq!(language_of("Jenkinsfile").map(|it| it.name), Some("Groovy"));
        assert!(language_of("Makefile").is_none());
    }
}
