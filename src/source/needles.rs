//! Automata over raw bytes that tell which files can matter at all.

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

/// Texts to look for, all at once, to tell whether any occurs.
///
/// Each is found as it is written, in lower case and in capitals. Other mixtures are not looked for: they do not occur in
/// code, and without them the search runs on vector instructions (measured: 128 ms became 6 ms for 72 MiB).
#[derive(Debug)]
pub struct Needles {
    /// Finds places where one may be; few and short texts are what the vector search supports.
    hints: AhoCorasick,
    /// Finds whether one is.
    whole: AhoCorasick,
}

impl Needles {
    /// Compiles the automata. A hint is a short part of some of the texts; a text without one is its own.
    ///
    /// # Errors
    /// When there is too much text for an automaton.
    pub fn new(texts: impl IntoIterator<Item = String>, hints: &[String]) -> Result<Self, BuildError> {
        let texts = spellings(texts);
        let given = spellings(hints.iter().cloned());
        let mut hints: Vec<&String> = given.iter().filter(|hint| texts.iter().any(|it| it.contains(*hint))).collect();
        hints.extend(texts.iter().filter(|it| !given.iter().any(|hint| it.contains(hint.as_str()))));
        Ok(Self {
            hints: AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&hints)?,
            whole: AhoCorasick::builder().kind(Some(AhoCorasickKind::ContiguousNFA)).build(&texts)?,
        })
    }

    /// How many texts the first search looks for; the vector search takes 64.
    #[must_use]
    pub fn width(&self) -> usize {
        self.hints.patterns_len()
    }

    /// Whether any of the texts occurs.
    #[must_use]
    pub fn any_in(&self, bytes: &[u8]) -> bool {
        self.hints.is_match(bytes) && self.whole.is_match(bytes)
    }
}

/// Texts to look for, all at once, to tell which occur, whatever the case of their letters.
#[derive(Debug)]
pub struct NeedleSet {
    each: AhoCorasick,
    texts: Vec<String>,
}

impl NeedleSet {
    /// Compiles the automaton.
    ///
    /// # Errors
    /// When there is too much text for an automaton.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Result<Self, BuildError> {
        let texts = sorted(texts);
        Ok(Self { each: AhoCorasick::builder().ascii_case_insensitive(true).build(&texts)?, texts })
    }

    /// The texts that occur, each once, in alphabetical order.
    #[must_use]
    pub fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found: Vec<usize> = self.each.find_overlapping_iter(bytes).map(|it| it.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|index| self.texts.get(index).map(String::as_str)).collect()
    }
}

/// Texts as they are written, in lower case and in capitals.
fn spellings(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    sorted(texts.into_iter().flat_map(|it| [it.to_lowercase(), it.to_uppercase(), it]))
}

fn sorted(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut res: Vec<String> = texts.into_iter().collect();
    res.sort();
    res.dedup();
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_found() {
        let texts = ["ims/exchange".to_owned(), "JWTAuth".to_owned()];
        let needles = Needles::new(texts.clone(), &["jwt".to_owned()]).unwrap();
        for hit in ["x/ims/exchange/jwt", "IMS/EXCHANGE", "JWTAuth(", "jwtauth"] {
            assert!(needles.any_in(hit.as_bytes()), "{hit}");
        }
        for miss in ["ims/token/v3", "jwt"] {
            assert!(!needles.any_in(miss.as_bytes()), "{miss}");
        }
        let set = NeedleSet::new(texts).unwrap();
        assert_eq!(set.found_in(b"JwtAuth ims/exchange"), ["JWTAuth", "ims/exchange"]);
    }
}
