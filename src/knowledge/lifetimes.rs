//! Units of time, and words of caches.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::path_matches;

/// How code takes the lifetime of a token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetimes {
    #[serde(rename = "source")]
    _source: String,
    /// The names under which code keeps `expires_in`, without case and punctuation.
    pub fields: Vec<String>,
    clocks: Vec<String>,
    takers: Vec<String>,
    neutral: Vec<String>,
    /// Words of code that keeps what it got.
    pub caches: Vec<String>,
    in_seconds: BTreeMap<String, String>,
}

/// A call, as the table names it: by API path or by the name of its method.
fn names(row: &str, paths: &[String], method: &str) -> bool {
    match row.strip_prefix('.') {
        Some(name) => name == method,
        None => paths.iter().any(|path| path_matches(row, path)),
    }
}

impl Lifetimes {
    /// Whether a call gives the time in milliseconds.
    #[must_use]
    pub fn is_clock(&self, paths: &[String], method: &str) -> bool {
        self.clocks.iter().any(|row| names(row, paths, method))
    }

    /// What takes seconds in the place of what takes milliseconds.
    #[must_use]
    pub fn in_seconds(&self, name: &str) -> Option<&str> {
        self.in_seconds.get(name).map(String::as_str)
    }

    /// Whether a call leaves the unit of its argument or object what it is.
    #[must_use]
    pub fn is_neutral(&self, paths: &[String], method: &str) -> bool {
        self.neutral.iter().any(|row| names(row, paths, method))
    }

    /// Whether a call takes milliseconds as its argument at a position, or under a keyword.
    #[must_use]
    pub fn takes_milliseconds(&self, paths: &[String], method: &str, position: usize, keyword: Option<&str>) -> bool {
        self.takers.iter().any(|row| {
            let Some((path, slot)) = row.trim_end_matches(')').split_once('(') else { return false };
            let fits = match slot.strip_suffix('=') {
                Some(name) => keyword == Some(name),
                None => keyword.is_none() && slot.parse() == Ok(position),
            };
            fits && names(path, paths, method)
        })
    }
}
