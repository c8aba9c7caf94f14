//! What marks configuration as that of a JWT credential.

use serde::Deserialize;

use super::KnowledgeError;
use super::pattern::Pattern;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialsFile {
    #[serde(rename = "source")]
    _source: String,
    needles: Vec<String>,
    own: Vec<String>,
    mark: Vec<MarkRow>,
    pair: Vec<PairRow>,
    command: Vec<CommandRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkRow {
    name: String,
    key: Option<String>,
    value: Option<String>,
    unless: Option<String>,
    beside: Option<String>,
    holds: Option<String>,
    around: Option<AroundRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AroundRow {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PairRow {
    name: String,
    keys: Vec<String>,
    within: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandRow {
    name: String,
    words: Vec<String>,
    program: Option<String>,
}

/// An entry that marks the block it stands in.
#[derive(Debug)]
pub struct Mark {
    /// What the entry does or is.
    pub name: String,
    /// Its key.
    pub key: Option<Pattern>,
    /// A text below it.
    pub value: Option<Pattern>,
    /// A text below it that rules it out.
    pub unless: Option<Pattern>,
    /// Another key of its record.
    pub beside: Option<Pattern>,
    /// A key below it.
    pub holds: Option<Pattern>,
    /// Key and value of an entry of a record around it.
    pub around: Option<(Pattern, Pattern)>,
}

/// Keys that together mark the block they stand in.
#[derive(Debug)]
pub struct MarkPair {
    /// What each of them is.
    pub name: String,
    /// The keys.
    pub keys: Vec<Pattern>,
    /// What the whole path of keys must hold.
    pub within: Option<Pattern>,
}

/// Options of a command.
#[derive(Debug)]
pub struct MarkCommand {
    /// What they do.
    pub name: String,
    /// The options, any of which counts.
    pub words: Vec<String>,
    /// What must be called.
    pub program: Option<Pattern>,
}

/// All marks.
#[derive(Debug)]
pub struct Credentials {
    /// Text without which no configuration can hold a mark.
    pub needles: Vec<String>,
    /// What the names of settings hold, without case and punctuation, that only a JWT credential has.
    own: Vec<String>,
    /// Entries.
    pub marks: Vec<Mark>,
    /// Keys that belong together.
    pub pairs: Vec<MarkPair>,
    /// Options of commands.
    pub commands: Vec<MarkCommand>,
}

impl Credentials {
    /// Whether a setting, by its name, is one that only a JWT credential has.
    #[must_use]
    pub fn owns(&self, name: &str) -> bool {
        let plain = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        self.own.iter().any(|it| plain.contains(it.as_str()))
    }

    pub(super) fn compile(file: CredentialsFile) -> Result<Self, KnowledgeError> {
        let regex = |pattern: &String| Pattern::new("credentials.toml", pattern);
        let optional = |pattern: &Option<String>| pattern.as_ref().map(regex).transpose();
        let mark = |row: MarkRow| {
            let around = row.around.map(|it| Ok((regex(&it.key)?, regex(&it.value)?))).transpose()?;
            Ok(Mark {
                name: row.name,
                key: optional(&row.key)?,
                value: optional(&row.value)?,
                unless: optional(&row.unless)?,
                beside: optional(&row.beside)?,
                holds: optional(&row.holds)?,
                around,
            })
        };
        let pair = |row: PairRow| {
            let keys = row.keys.iter().map(regex).collect::<Result<_, _>>()?;
            Ok(MarkPair { name: row.name, keys, within: optional(&row.within)? })
        };
        let command =
            |row: CommandRow| Ok(MarkCommand { name: row.name, words: row.words, program: optional(&row.program)? });
        Ok(Self {
            needles: file.needles,
            own: file.own,
            marks: file.mark.into_iter().map(mark).collect::<Result<_, KnowledgeError>>()?,
            pairs: file.pair.into_iter().map(pair).collect::<Result<_, KnowledgeError>>()?,
            commands: file.command.into_iter().map(command).collect::<Result<_, KnowledgeError>>()?,
        })
    }
}
