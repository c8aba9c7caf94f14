//! How SDKs take OAuth credentials of their own: what their calls, builders and options become.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How a call into an SDK becomes one with OAuth credentials of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sdk {
    /// The name of the class or function that takes its place, in the same module; the same one where it is left out.
    pub name: Option<String>,
    /// The parameters of the old call, in order.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Those that go.
    #[serde(default)]
    pub drop: Vec<String>,
    /// The parameters of the new call, as far as their order is the same in all its versions.
    #[serde(default)]
    pub takes: Vec<String>,
    /// The parameter that takes the scopes, joined by commas.
    pub scopes: Option<String>,
    /// The setters of a builder that go.
    #[serde(default)]
    pub drop_setters: Vec<String>,
    /// The setter that names a file, and what is set from the environment in its place.
    pub file_setter: Option<FileSetter>,
    /// Classes with those that take their place, wherever the file of the call names them.
    #[serde(default)]
    pub classes: BTreeMap<String, String>,
    /// Methods with those that take their place, wherever files around the call call them.
    #[serde(default)]
    pub methods: BTreeMap<String, String>,
    /// The setter of a builder that takes a metascope, and the one that takes a scope.
    pub scope_setter: Option<(String, String)>,
    /// Whether the lifetime that the SDK gives counts seconds from then on.
    #[serde(default)]
    pub seconds: bool,
    /// What becomes of the record of options that the call is given.
    pub options: Option<OptionsChange>,
    /// Whether the call names a configuration file that has to change in its place.
    #[serde(default)]
    pub file: bool,
    /// The version that brought it; empty where every version with the old call has it.
    #[serde(default)]
    pub since: String,
    /// The later series that has another way; none where every later version has this one.
    pub until: Option<Until>,
}

/// The end of the versions with a call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// The first version without it.
    pub version: String,
    /// What the credential is made with from then on.
    pub instead: String,
}

/// How a record of options becomes one for OAuth.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionsChange {
    /// Entries whose value becomes the only item of a list, under another key.
    #[serde(default)]
    pub listed: BTreeMap<String, String>,
    /// The key of the list of scopes, in place of the metascopes.
    pub scopes: String,
    /// The entries that go.
    #[serde(default)]
    pub drop: Vec<String>,
    /// Entries with the literal that they become, where they are there.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// An entry that has to be there.
    pub added: AddedOption,
}

/// An entry that the record did not need before. Its value is looked for beside that of another entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedOption {
    /// Its key.
    pub key: String,
    /// The entry it goes beside.
    pub beside: String,
    /// How the names of the values differ at their ends, in each spelling: the other's, and its own.
    pub ends: Vec<(String, String)>,
    /// The environment variable that holds it where the names do not tell.
    pub variable: String,
}

/// A setter of a builder that names a file of credentials, where the new builder has none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSetter {
    /// Its name.
    pub name: String,
    /// Setters with the environment variable that each is given.
    pub instead: Vec<(String, String)>,
}
