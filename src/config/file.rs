//! The shape of `jwt-sunset.toml`. The JSON schema and the table of the README are generated from these types; the comment
//! of a field is what users read about it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use toml::Spanned;

use crate::lang::LANGUAGES;
use crate::rules::{Level, RULES};
use crate::select::RuleLevel;

/// Settings of jwt-sunset for a folder and all below it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "jwt-sunset.toml")]
pub struct ConfigFile {
    /// `true`: no file further up counts for this folder.
    pub root: Option<bool>,
    /// Files and folders that are not read, as globs below the folder of the file. A name without a slash is meant at any depth. Adds to what files further up leave out.
    #[schemars(with = "Option<Vec<String>>")]
    pub exclude: Option<Vec<Spanned<String>>>,
    /// The level of each rule's findings; `off` reports none.
    #[schemars(with = "Option<BTreeMap<RuleName, RuleSetting>>")]
    pub rules: Option<BTreeMap<Spanned<String>, RuleSetting>>,
    /// Other levels for some paths. Of several that fit, the last one counts.
    #[serde(rename = "override")]
    pub overrides: Option<Vec<Override>>,
    /// The pattern that `fix` moves each language to, as `--pattern` names it.
    #[schemars(with = "Option<BTreeMap<LanguageName, String>>")]
    pub pattern: Option<BTreeMap<Spanned<String>, Spanned<String>>>,
    /// The least level of a finding that makes `check` exit with 1. Top file only.
    pub fail_on: Option<FailOn>,
    /// How many such findings there may be. Top file only.
    pub max_findings: Option<usize>,
    /// The file of known findings, below the folder of this file. Top file only.
    #[schemars(with = "Option<String>")]
    pub baseline: Option<Utf8PathBuf>,
    /// Hosts of your own that stand for Adobe IMS, such as a proxy's. Top file only.
    pub hosts: Option<Vec<String>>,
    /// Addresses of your own that exchange a JWT. Top file only.
    pub endpoint: Option<Vec<Endpoint>>,
    /// Functions outside of the tree that exchange a JWT: calls of them are findings of `jwt-library`. Top file only.
    pub wrapper: Option<Vec<Wrapper>>,
    /// Functions that give a token by client credentials: code that calls one beside an exchange has moved already, so `fix` tells to remove the exchange. Top file only.
    pub token_helper: Option<Vec<TokenHelper>>,
    /// Scopes of credentials, for `fix`. Top file only.
    pub credential: Option<Vec<Credential>>,
}

/// Levels for some paths.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Override {
    /// The paths, as globs below the folder of the file.
    #[schemars(with = "Vec<String>")]
    pub paths: Vec<Spanned<String>>,
    /// The level of each rule's findings there.
    #[schemars(with = "BTreeMap<RuleName, RuleSetting>")]
    pub rules: BTreeMap<Spanned<String>, RuleSetting>,
}

/// An address that exchanges a JWT.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Endpoint {
    /// The part of the address that says so, such as `gateway.example/adobe/swap` or `adobe/swap`.
    #[schemars(with = "String")]
    pub exchange: Spanned<String>,
    /// What takes its place for client credentials. Without it `fix` leaves the request to a person.
    pub token: Option<String>,
}

/// A function that exchanges a JWT.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Wrapper {
    /// The language that calls it.
    #[schemars(with = "LanguageName")]
    pub language: Spanned<String>,
    /// The module and the name, joined by dots: `@acme/adobe.exchange`, `acme.adobe.exchange`.
    #[schemars(with = "String")]
    pub call: Spanned<String>,
    /// The distribution that it comes with, if nothing else is in it: then its dependency is a finding too.
    pub package: Option<String>,
    /// What to call in its place, for people.
    pub instead: Option<String>,
}

/// A function that gives a token by client credentials.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TokenHelper {
    /// The language that calls it.
    #[schemars(with = "LanguageName")]
    pub language: Spanned<String>,
    /// The module and the name, joined by dots.
    #[schemars(with = "String")]
    pub call: Spanned<String>,
}

/// A credential with its scopes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Credential {
    /// The client id as it stands in the code, or the name under which the code looks it up, such as `ADOBE_CLIENT_ID`.
    pub client_id: String,
    /// The scopes that the Developer Console lists for it, in order.
    #[schemars(with = "Vec<String>")]
    pub scopes: Spanned<Vec<String>>,
}

/// What a rule's findings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum RuleSetting {
    /// Not reported.
    Off,
    /// Notes.
    Note,
    /// Warnings.
    Warning,
    /// Errors.
    Error,
}

impl RuleSetting {
    /// The level as findings have it.
    #[must_use]
    pub fn level(self) -> RuleLevel {
        match self {
            Self::Off => RuleLevel::Off,
            Self::Note => RuleLevel::Level(Level::Note),
            Self::Warning => RuleLevel::Level(Level::Warning),
            Self::Error => RuleLevel::Level(Level::Error),
        }
    }
}

/// What makes a check fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Anything that is not exempt.
    Note,
    /// Nothing.
    Never,
}

impl FailOn {
    /// All of them, by name.
    pub const ALL: &[(&str, Self)] =
        &[("error", Self::Error), ("warning", Self::Warning), ("note", Self::Note), ("never", Self::Never)];

    /// The least level that fails.
    #[must_use]
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warning => Some(Level::Warning),
            Self::Note => Some(Level::Note),
            Self::Never => None,
        }
    }
}

/// The names of the languages that rows may be about.
pub(super) fn language_names() -> Vec<&'static str> {
    let mut res = Vec::new();
    for language in LANGUAGES.iter().filter(|it| !it.is_data()) {
        if !res.contains(&language.id) {
            res.push(language.id);
        }
    }
    res
}

/// The id of a rule, for the schema.
pub(super) struct RuleName;

/// The id of a language, for the schema.
pub(super) struct LanguageName;

impl JsonSchema for RuleName {
    fn schema_name() -> Cow<'static, str> {
        "RuleName".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ids: Vec<&str> = RULES.iter().map(|it| it.info().id).collect();
        json_schema!({ "type": "string", "enum": ids })
    }
}

impl JsonSchema for LanguageName {
    fn schema_name() -> Cow<'static, str> {
        "LanguageName".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": language_names() })
    }
}
