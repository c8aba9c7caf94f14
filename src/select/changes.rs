//! Changed lines, as a unified diff tells them.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::rules::Finding;

/// Which lines of which files changed, in the files as they are now; paths are seen from the top of the repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    files: BTreeMap<Utf8PathBuf, Vec<Hunk>>,
    /// Files that are new as a whole.
    whole: BTreeSet<Utf8PathBuf>,
}

/// A run of lines of the new file: `count` from `first`. Where lines only went it is empty, and stands behind `first`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hunk {
    first: usize,
    count: usize,
}

impl Hunk {
    /// Whether it touches lines `first` to `last`. Lines that went touch what they stood in the middle of.
    fn touches(self, first: usize, last: usize) -> bool {
        match self.count {
            0 => first <= self.first && self.first < last,
            count => self.first <= last && first < self.first + count,
        }
    }
}

impl Changes {
    /// Reads a unified diff, by `git diff` or another program; context lines are no change.
    #[must_use]
    pub fn parse(diff: &str) -> Self {
        let mut res = Self::default();
        let mut path: Option<Utf8PathBuf> = None;
        // What is left of a hunk: its lines may begin with anything.
        let (mut old_left, mut new_left, mut line) = (0_usize, 0_usize, 0_usize);
        for text in diff.lines() {
            if old_left == 0 && new_left == 0 {
                if let Some(name) = text.strip_prefix("+++ ") {
                    path = new_path(name);
                } else if let Some((old, new)) = path.as_ref().and_then(|_| ranges(text)) {
                    (old_left, new_left) = (old.count, new.count);
                    // An empty range names the line before it.
                    line = if new.count == 0 { new.first + 1 } else { new.first };
                }
                continue;
            }
            let hunks = path.as_ref().map(|it| res.files.entry(it.clone()).or_default());
            match text.as_bytes().first() {
                Some(b'+') => {
                    hunks.into_iter().for_each(|it| it.push(Hunk { first: line, count: 1 }));
                    line += 1;
                    new_left = new_left.saturating_sub(1);
                }
                Some(b'-') => {
                    hunks.into_iter().for_each(|it| it.push(Hunk { first: line.saturating_sub(1), count: 0 }));
                    old_left = old_left.saturating_sub(1);
                }
                // `\ No newline at end of file` is none.
                Some(b'\\') => {}
                _ => {
                    line += 1;
                    old_left = old_left.saturating_sub(1);
                    new_left = new_left.saturating_sub(1);
                }
            }
        }
        res
    }

    /// Adds files that are new as a whole.
    #[must_use]
    pub fn with_new_files(mut self, paths: impl IntoIterator<Item = Utf8PathBuf>) -> Self {
        self.whole.extend(paths);
        self
    }

    /// Whether any part of a finding changed; its paths are below `folder`.
    #[must_use]
    pub fn touch(&self, finding: &Finding, folder: &Utf8Path) -> bool {
        let own = (&finding.path, finding.start, finding.end);
        let related = finding.related.iter().map(|it| (&it.path, it.start, it.end));
        [own].into_iter().chain(related).any(|(path, start, end)| {
            let path = folder.join(path);
            let hunks = self.files.get(&path).map(Vec::as_slice).unwrap_or_default();
            // Lines of a cell say nothing about the lines of its file.
            let touched = match start.cell {
                Some(_) => !hunks.is_empty(),
                None => hunks.iter().any(|it| it.touches(start.line, end.line)),
            };
            touched || self.whole.contains(&path)
        })
    }
}

/// The path behind `+++ `: without the first folder, which stands for the side, and what follows a tab.
fn new_path(name: &str) -> Option<Utf8PathBuf> {
    let name = name.split('\t').next().unwrap_or_default().trim_end();
    let name = match name.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(quoted) => unquoted(quoted),
        None => name.to_owned(),
    };
    match name.as_str() {
        "/dev/null" => None,
        other => Some(other.strip_prefix("b/").unwrap_or(other).into()),
    }
}

/// A path as git quotes it: backslashes before signs, and bytes in octal.
fn unquoted(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut signs = name.bytes().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            b'\\' => {
                let digits: Vec<u8> =
                    std::iter::from_fn(|| signs.next_if(|it| (b'0'..=b'7').contains(it))).take(3).collect();
                match digits.as_slice() {
                    [] => bytes.extend(signs.next().map(|it| match it {
                        b't' => b'\t',
                        b'n' => b'\n',
                        other => other,
                    })),
                    some => bytes.push(some.iter().fold(0_u8, |sum, it| sum.wrapping_mul(8).wrapping_add(it - b'0'))),
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The ranges of a line `@@ -1,2 +3,4 @@`.
fn ranges(text: &str) -> Option<(Hunk, Hunk)> {
    let mut parts = text.strip_prefix("@@ -")?.split(' ');
    let range = |text: &str| {
        let (first, count) = text.split_once(',').unwrap_or((text, "1"));
        Some(Hunk { first: first.parse().ok()?, count: count.parse().ok()? })
    };
    let old = range(parts.next()?)?;
    let new = range(parts.next()?.strip_prefix('+')?)?;
    Some((old, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_diff_are_read() {
        let diff = "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1,3 +1,4 @@\n one\n+two\n three\n-four\n+4\n@@ -9,2 +10,0 @@\n-a\n-+++ b/y\n--- /dev/null\n+++ \"b/caf\\303\\251.js\"\n@@ -0,0 +1 @@\n+x\n";
        let changes = Changes::parse(diff);
        let lines = |path: &str| changes.files[Utf8Path::new(path)].clone();
        let one = |first| Hunk { first, count: 1 };
        let gone = |first| Hunk { first, count: 0 };
        assert_eq!(lines("x.py"), [one(2), gone(3), one(4), gone(10), gone(10)]);
        assert_eq!(lines("café.js"), [one(1)]);
        assert_eq!(changes.files.len(), 2);
    }

    #[test]
    fn lines_that_went_touch_what_they_stood_in() {
        let gone = Hunk { first: 4, count: 0 };
        assert!(gone.touches(3, 5) && gone.touches(4, 5));
        assert!(!gone.touches(5, 6) && !gone.touches(3, 4) && !gone.touches(4, 4));
        let new = Hunk { first: 4, count: 2 };
        assert!(new.touches(5, 9) && new.touches(1, 4) && !new.touches(6, 9) && !new.touches(1, 3));
    }
}
