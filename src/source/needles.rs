//! One automaton over raw bytes that tells which files can matter at all.

use aho_corasick::{AhoCorasick, BuildError};

/// Texts to look for, all at once and whatever the case of their ASCII letters.
#[derive(Debug)]
pub struct Needles {
    automaton: AhoCorasick,
    texts: Vec<String>,
}

impl Needles {
    /// Compiles the automaton.
    ///
    /// # Errors
    /// When there is too much text for an automaton.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Result<Self, BuildError> {
        let mut texts: Vec<String> = texts.into_iter().collect();
        texts.sort();
        texts.dedup();
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(&texts)?;
        Ok(Self { automaton, texts })
    }

    /// Whether any of the texts occurs.
    #[must_use]
    pub fn any_in(&self, bytes: &[u8]) -> bool {
        self.automaton.is_match(bytes)
    }

    /// The texts that occur, each once, in alphabetical order.
    #[must_use]
    pub fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found: Vec<usize> =
            self.automaton.find_overlapping_iter(bytes).map(|it| it.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|index| self.texts.get(index).map(String::as_str)).collect()
    }
}
