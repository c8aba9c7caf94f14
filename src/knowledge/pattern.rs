//! Regular expressions of the data files.

use std::sync::OnceLock;

use regex::{CaptureMatches, Captures, Match, Matches, Regex};

use super::KnowledgeError;

/// A regular expression that is compiled when it is first needed: most trees hold nothing that any of them is asked about,
/// and compiling all took more time than starting the program.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern of a data file; compiled at once in debug builds, so that no test passes with a broken one.
    ///
    /// # Errors
    /// When it was compiled and is no regular expression.
    pub(super) fn new(file: &'static str, text: &str) -> Result<Self, KnowledgeError> {
        let res = Self { text: text.to_owned(), compiled: OnceLock::new() };
        if cfg!(debug_assertions) {
            let broken = |source| KnowledgeError::Pattern { file, source: Box::new(source) };
            let compiled = Regex::new(text).map_err(broken)?;
            res.compiled.get_or_init(|| Some(compiled));
        }
        Ok(res)
    }

    /// The text of the pattern.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Whether it occurs.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|it| it.is_match(text))
    }

    /// Its first occurrence.
    #[must_use]
    pub fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.regex()?.find(text)
    }

    /// All its occurrences.
    pub fn find_iter<'r, 't>(&'r self, text: &'t str) -> impl Iterator<Item = Match<'t>> {
        self.regex().map(|it| -> Matches<'r, 't> { it.find_iter(text) }).into_iter().flatten()
    }

    /// The groups of its first occurrence.
    #[must_use]
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.regex()?.captures(text)
    }

    /// The groups of all its occurrences.
    pub fn captures_iter<'r, 't>(&'r self, text: &'t str) -> impl Iterator<Item = Captures<'t>> {
        self.regex().map(|it| -> CaptureMatches<'r, 't> { it.captures_iter(text) }).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_patterns_are_errors_where_tests_run() {
        assert!(Pattern::new("endpoints.toml", "(").is_err());
        let pattern = Pattern::new("endpoints.toml", r"/s/(?P<name>\w+)").unwrap();
        let names: Vec<String> = pattern.captures_iter("/s/a /s/b").map(|it| it["name"].to_owned()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
