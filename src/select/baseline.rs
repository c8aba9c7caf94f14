//! The baseline: findings that were there when the gate was set up, known by what they are rather than where.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use crate::rules::Finding;

/// The version of the file's format; it rises when old files can no longer be read.
const VERSION: u32 = 1;

/// Why a baseline cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It is not what `--write-baseline` writes.
    #[error("{0}; write it anew with --write-baseline")]
    Syntax(#[from] serde_json::Error),
    /// Another version wrote it.
    #[error("its version is {0}, this program reads version {VERSION}; write it anew with --write-baseline")]
    Version(u32),
}

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its file when it was written down, seen from the top of the repository. Only for people, and to tell copies apart.
    pub path: Utf8PathBuf,
    /// Its rule.
    pub rule: String,
    /// The hash of its fingerprint.
    pub fingerprint: String,
}

/// The known findings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// One for each finding, in order.
    pub entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

impl Baseline {
    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// When it is none, or of another version.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let file: File = serde_json::from_str(text)?;
        match file.version {
            VERSION => Ok(Self { entries: file.findings }),
            other => Err(BaselineError::Version(other)),
        }
    }

    /// Findings as a baseline; paths are those of the findings below `folder`.
    #[must_use]
    pub fn of<'f>(findings: impl Iterator<Item = &'f Finding>, folder: &Utf8Path) -> Self {
        let mut entries: Vec<Entry> = findings.filter(|it| it.exempt.is_none()).map(|it| entry(it, folder)).collect();
        entries.sort();
        Self { entries }
    }

    /// The text of the file: an entry a line, so that a diff shows which went.
    #[must_use]
    pub fn render(&self) -> String {
        // Strings always serialize.
        let lines = self.entries.iter().map(|it| format!("    {}", serde_json::to_string(it).unwrap_or_default()));
        let lines = lines.collect::<Vec<_>>().join(",\n");
        let list = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{lines}\n  ]") };
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": {list}\n}}\n")
    }

    /// Tells for each finding whether it is known, and gives the entries that no finding answers to.
    ///
    /// Copies of the same code share a fingerprint. An entry then stands for the copy in its own file, else for any; of
    /// several in one file the first ones are known.
    #[must_use]
    pub fn compare(&self, findings: &[Finding], folder: &Utf8Path) -> (Vec<bool>, Vec<Entry>) {
        let mut left: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
        for entry in &self.entries {
            left.entry((entry.rule.as_str(), entry.fingerprint.as_str())).or_default().push(entry);
        }
        let mut known = vec![false; findings.len()];
        for same_file in [true, false] {
            for (finding, known) in findings.iter().zip(&mut known).filter(|it| !*it.1) {
                let key = (finding.rule.id, finding.fingerprint.hash.as_str());
                let Some(entries) = left.get_mut(&key).filter(|_| finding.exempt.is_none()) else { continue };
                let fits = |it: &&Entry| !same_file || it.path == folder.join(&finding.path);
                if let Some(at) = entries.iter().position(fits) {
                    entries.remove(at);
                    *known = true;
                }
            }
        }
        let mut stale: Vec<Entry> = left.into_values().flatten().cloned().collect();
        stale.sort();
        (known, stale)
    }

    /// The baseline without some entries.
    #[must_use]
    pub fn without(&self, stale: &[Entry]) -> Self {
        let mut left = stale.to_vec();
        let keep = |it: &&Entry| match left.iter().position(|other| other == *it) {
            Some(at) => {
                left.remove(at);
                false
            }
            None => true,
        };
        Self { entries: self.entries.iter().filter(keep).cloned().collect() }
    }
}

fn entry(finding: &Finding, folder: &Utf8Path) -> Entry {
    Entry {
        path: folder.join(&finding.path),
        rule: finding.rule.id.to_owned(),
        fingerprint: finding.fingerprint.hash.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry { path: path.into(), rule: "jwt-exchange".to_owned(), fingerprint: "ab".to_owned() }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let baseline = Baseline { entries: vec![entry("a.py"), entry("b.py")] };
        assert_eq!(Baseline::parse(&baseline.render()).unwrap(), baseline);
        assert_eq!(Baseline::parse(&Baseline::default().render()).unwrap(), Baseline::default());
        assert_eq!(baseline.render().lines().filter(|it| it.contains("jwt-exchange")).count(), 2);
    }

    #[test]
    fn another_version_or_format_is_refused() {
        let text = |version: u32| format!("{{\"version\": {version}, \"findings\": []}}");
        assert!(Baseline::parse(&text(1)).is_ok());
        assert!(Baseline::parse(&text(2)).unwrap_err().to_string().contains("version is 2"));
        assert!(Baseline::parse("[]").unwrap_err().to_string().contains("--write-baseline"));
    }

    #[test]
    fn pruning_takes_one_entry_for_one() {
        let twice = Baseline { entries: vec![entry("a.py"), entry("a.py"), entry("b.py")] };
        assert_eq!(twice.without(&[entry("a.py")]).entries, [entry("a.py"), entry("b.py")]);
    }
}
