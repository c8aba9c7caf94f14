//! Grammars with their joined queries, compiled once each, when the first file of the language needs them.

use std::sync::OnceLock;

use super::{LANGUAGES, Language, Part, Role, Syntax, capture};

/// A grammar and its queries do not fit.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the queries for {language} do not fit its grammar: {message}")]
pub struct GrammarError {
    language: &'static str,
    message: String,
}

/// A compiled grammar: what parses a file and what captures its parts.
#[derive(Debug)]
pub struct Grammar {
    /// The row this was made of.
    pub language: &'static Language,
    /// The tree-sitter grammar.
    pub parser: tree_sitter::Language,
    /// All queries of the language as one.
    pub query: tree_sitter::Query,
    /// What each capture of the query means, by capture index.
    pub captures: Vec<(Role, Part)>,
}

impl Grammar {
    fn compile(language: &'static Language) -> Result<Self, GrammarError> {
        let error = |message: String| GrammarError { language: language.name, message };
        let Syntax::Grammar { queries, grammar, .. } = &language.syntax else {
            return Err(error("it has no grammar".to_owned()));
        };
        let parser = grammar();
        let joined: String = queries.iter().flat_map(|(_, text)| [*text, "\n"]).collect();
        let query = tree_sitter::Query::new(&parser, &joined).map_err(|source| error(source.to_string()))?;
        let captures = query
            .capture_names()
            .iter()
            .map(|name| capture(name).ok_or_else(|| error(format!("@{name} is not a capture of the contract"))))
            .collect::<Result<_, _>>()?;
        Ok(Self { language, parser, query, captures })
    }
}

/// The grammars of one run.
#[derive(Debug, Default)]
pub struct Grammars {
    compiled: [OnceLock<Result<Grammar, GrammarError>>; LANGUAGES.len()],
}

impl Grammars {
    /// No grammar compiled yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The grammar of a language, compiled now if this is the first file that needs it.
    ///
    /// # Errors
    /// When the embedded queries do not fit the grammar, which the tests rule out for a released binary.
    pub fn get(&self, language: &'static Language) -> Result<&Grammar, GrammarError> {
        let place = LANGUAGES.iter().position(|it| it.name == language.name);
        let missing = || GrammarError { language: language.name, message: "not in the table of languages".to_owned() };
        let cell = place.and_then(|it| self.compiled.get(it)).ok_or_else(missing)?;
        cell.get_or_init(|| Grammar::compile(language)).as_ref().map_err(Clone::clone)
    }
}
