//! How configuration of tools that exchange a JWT by themselves becomes one of OAuth.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::sdk::AddedOption;

/// A configuration file of a tool that exchanges a JWT by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigForm {
    /// The tools that read it.
    pub name: String,
    /// The name of its format.
    pub format: String,
    /// The key whose value the record with the credential is; the whole document where it is left out.
    pub within: Option<String>,
    /// Key and beginning of a text that the record around `within` has; both may then stand anywhere.
    pub around: Option<(String, String)>,
    /// Whether the record may stand anywhere.
    #[serde(default)]
    pub anywhere: bool,
    /// Keys that the record has.
    #[serde(default)]
    pub all: Vec<String>,
    /// Keys of which it has one.
    #[serde(default)]
    pub any: Vec<String>,
    /// Keys of the record that go.
    pub drop: Vec<String>,
    /// The key that goes when it holds a metascope.
    pub metascope: Option<String>,
    /// The key of the record that takes the scopes.
    pub scopes: Option<String>,
    /// Keys with the text that each has, where the record has it, and the one it gets.
    #[serde(default)]
    pub turned: BTreeMap<String, (String, String)>,
    /// Keys of the record whose text becomes the only item of a list, under another key.
    #[serde(default)]
    pub listed: BTreeMap<String, String>,
    /// The key of the record whose list of metascopes becomes a list of scopes, and the key of that.
    pub scope_list: Option<(String, String)>,
    /// A key that the record has to have.
    pub added: Option<AddedOption>,
    /// The least version behind the `@` of the text around.
    pub raised: Option<String>,
    /// Keys of the document with the text that each is given.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Keys anywhere that go where they hold the address of the exchange.
    #[serde(default)]
    pub endpoints: Vec<String>,
    /// What a person does besides.
    pub note: String,
    /// Where the facts come from.
    pub source: String,
}
