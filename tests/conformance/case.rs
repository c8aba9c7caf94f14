//! A runnable program and what its `case.toml` says of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A program below `fixtures/programs/<language>/`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Case {
    /// What is particular about it.
    pub(crate) about: String,
    /// The rung its migration takes.
    pub(crate) rung: u64,
    /// The command, run inside the program's folder.
    #[serde(default)]
    pub(crate) command: Vec<String>,
    /// Where the program expects its private key.
    #[serde(default = "default_key")]
    pub(crate) key: String,
    /// The scope that the migrated program must send.
    pub(crate) scope: String,
    /// The path at which it asks for a token: an SDK may have another one than what is written for everything else.
    #[serde(default = "default_token")]
    pub(crate) token: String,
    /// Whether its SDK sends the client ID in the query.
    #[serde(default)]
    pub(crate) client_id_in_query: bool,
    /// How often it calls the API.
    #[serde(default = "one")]
    pub(crate) calls: usize,
    /// Its exit status when the secret is wrong.
    #[serde(default = "one_status")]
    pub(crate) exit: i32,
    /// Where it prints when its token expires.
    pub(crate) lifetime: Option<Lifetime>,
    /// What a person configures after the migration, such as scopes that the code does not know.
    #[serde(default)]
    pub(crate) configured: BTreeMap<String, String>,
    /// The arguments of `fix` besides the folder.
    #[serde(default)]
    pub(crate) arguments: Vec<String>,
    /// The patterns that it is proved with besides, by their names on the command line.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// The pattern that this proof asks for.
    #[serde(skip)]
    pub(crate) pattern: Option<String>,
    /// Its folder's name.
    #[serde(skip)]
    pub(crate) name: String,
    /// Its folder.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

impl Case {
    /// The same program with another pattern asked for.
    pub(crate) fn with_pattern(&self, pattern: &str) -> Self {
        let arguments = self.arguments.iter().cloned().chain(["--pattern".to_owned(), pattern.to_owned()]).collect();
        Self { arguments, pattern: Some(pattern.to_owned()), ..self.clone() }
    }

    /// The file that holds the diff of its migration.
    pub(crate) fn expected(&self) -> PathBuf {
        match &self.pattern {
            Some(pattern) => self.folder.join(format!("expected.{pattern}.diff")),
            None => self.folder.join("expected.diff"),
        }
    }
}

/// A lifetime on standard output.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lifetime {
    /// A regular expression whose only group is the number or date.
    pub(crate) pattern: String,
    /// What it counts.
    pub(crate) unit: Unit,
}

/// What a printed lifetime counts.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Unit {
    /// Seconds since 1970.
    Epoch,
    /// Milliseconds since 1970.
    EpochMs,
    /// Seconds from now on.
    Seconds,
    /// Milliseconds from now on.
    Milliseconds,
    /// A date in UTC, `2026-01-31T12:00:00`, with anything behind.
    Iso,
}

fn default_key() -> String {
    "private.key".to_owned()
}

fn default_token() -> String {
    "/ims/token/v3".to_owned()
}

fn one() -> usize {
    1
}

fn one_status() -> i32 {
    1
}

/// The programs of a language, by name.
pub(crate) fn discover(root: &Path, language: &str) -> Vec<Case> {
    let folders = fs::read_dir(root.join(language)).into_iter().flatten().map(|it| it.unwrap().path());
    let mut res: Vec<Case> = folders
        .filter(|it| it.is_dir())
        .map(|folder| {
            let path = folder.join("case.toml");
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Case { name: folder.file_name().unwrap().to_string_lossy().into_owned(), folder, ..case }
        })
        .collect();
    res.sort_by(|one, other| one.name.cmp(&other.name));
    res
}
