//! What is known about Adobe IMS and about libraries, as data: the TOML files in `data/`, embedded and checked.
//!
//! Code outside of this module names no library: it asks for the row that fits an API path such as `axios.post`.

mod config_form;
mod credentials;
mod custom;
mod doubles;
mod endpoints;
mod lifetimes;
mod matching;
mod pattern;
mod rows;
mod sdk;
mod slot;

pub use config_form::ConfigForm;
pub use credentials::{Credentials, Mark, MarkCommand, MarkPair};
pub use custom::{Custom, OwnCredential, OwnEndpoint, TokenHelper, Wrapper};
pub use doubles::Doubles;
pub use endpoints::{Endpoints, Exemptions};
pub use lifetimes::Lifetimes;
pub use matching::path_matches;
pub use pattern::Pattern;
pub use rows::{
    Accumulator, Builder, Callback, Client, Each, Encoder, Entries, Exception, Format, FormatStyle, Identity, Library,
    Lookup, Package, Parser, Prelude, Pure, Reader, ScopeRow, Setting, Signer, TraitMethods, UrlJoin, module_of,
};
pub use sdk::{AddedOption, FileSetter, OptionsChange, Sdk};
pub use slot::{Accessor, ReplyPattern, Slot, SlotBase, SlotStep};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A data file that does not say what it should.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The file is not TOML of the expected shape.
    #[error("embedded data {file}: {source}")]
    Shape {
        /// The name of the data file.
        file: &'static str,
        /// What the parser says.
        source: Box<toml::de::Error>,
    },
    /// A pattern is not a regular expression.
    #[error("embedded data {file}: {source}")]
    Pattern {
        /// The name of the data file.
        file: &'static str,
        /// What the regex parser says.
        source: Box<regex::Error>,
    },
}

/// Everything known, read once per run.
#[derive(Debug)]
pub struct Knowledge {
    /// Endpoints, hosts, claims.
    pub endpoints: Endpoints,
    /// What marks the configuration of a JWT credential.
    pub credentials: Credentials,
    /// Units of time.
    pub lifetimes: Lifetimes,
    /// What stands in for a server in tests.
    pub doubles: Doubles,
    /// The credentials that must stay on JWT.
    pub exemptions: Exemptions,
    /// Names of methods and functions that send a request, for clients in no row.
    pub verbs: Vec<String>,
    /// Names of methods that send a request of some kind.
    pub methods: Vec<String>,
    /// Keywords, keys and methods that put parameters into the URL.
    pub queries: Vec<String>,
    /// HTTP clients.
    pub clients: Vec<Client>,
    /// Calls that turn a record into a body.
    pub encoders: Vec<Encoder>,
    /// Methods that add to a body, by language.
    pub builders: Vec<Builder>,
    /// Calls that parse a reply.
    pub parsers: Vec<Parser>,
    /// Methods that read a field of what was parsed, by language.
    pub readers: Vec<Reader>,
    /// Calls that sign a JWT.
    pub signers: Vec<Signer>,
    /// Libraries that exchange by themselves.
    pub libraries: Vec<Library>,
    /// Functions of the user's own that give a token by client credentials.
    pub token_helpers: Vec<TokenHelper>,
    /// Scopes that the user knows of credentials.
    pub credential_scopes: Vec<OwnCredential>,
    /// Metascopes and their scopes.
    pub scopes: Vec<ScopeRow>,
    /// Calls without side effects, by language.
    pub pure: Vec<Pure>,
    /// Checked exceptions and what throws them.
    pub exceptions: Vec<Exception>,
    /// Distributions and their imports.
    pub packages: Vec<Package>,
    /// Configuration files of tools that exchange a JWT by themselves.
    pub config_forms: Vec<ConfigForm>,
    /// Configuration look-ups.
    pub lookups: Vec<Lookup>,
    /// Values that stand for configuration.
    pub settings: Vec<Setting>,
    /// Calls that make URLs.
    pub urls: Vec<UrlJoin>,
    /// Calls that change nothing.
    pub identities: Vec<Identity>,
    /// Calls that make one entry of a key and a value.
    pub pairs: Vec<Entries>,
    /// Calls that make a record of keys and values by turns.
    pub records: Vec<Entries>,
    /// Calls that make a list of what they are given.
    pub items: Vec<Entries>,
    /// Methods that go through lists.
    pub each: Vec<Each>,
    /// Calls that put values into a text.
    pub formats: Vec<Format>,
    /// Classes whose objects gather text.
    pub accumulators: Vec<Accumulator>,
    /// The modules that come with Python.
    pub python_modules: Vec<String>,
    /// The modules that come with Node.
    pub node_modules: Vec<String>,
    /// Traits of Rust that are imported for their methods.
    pub traits: Vec<TraitMethods>,
    /// What globs of Rust bring.
    pub preludes: Vec<Prelude>,
    /// Methods of Rust that change nothing but what they are called on or are lent.
    pub feeding: Vec<String>,
    /// Macros of Rust that only write a log or a line.
    pub log_macros: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RustFile {
    feeding: Vec<String>,
    logging: Vec<String>,
    r#trait: Vec<TraitMethods>,
    prelude: Vec<Prelude>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardFile {
    standard: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValuesFile {
    lookup: Vec<Lookup>,
    setting: Vec<Setting>,
    url: Vec<UrlJoin>,
    identity: Vec<Identity>,
    pair: Vec<Entries>,
    record: Vec<Entries>,
    items: Vec<Entries>,
    each: Vec<Each>,
    format: Vec<Format>,
    accumulator: Vec<Accumulator>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientsFile {
    verbs: Vec<String>,
    methods: Vec<String>,
    queries: Vec<String>,
    client: Vec<Client>,
    encoder: Vec<Encoder>,
    builder: Vec<Builder>,
    parser: Vec<Parser>,
    reader: Vec<Reader>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignersFile {
    signer: Vec<Signer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibrariesFile {
    library: Vec<Library>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopesFile {
    scope: Vec<ScopeRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PureFile {
    pure: Vec<Pure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExceptionsFile {
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFormsFile {
    form: Vec<ConfigForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackagesFile {
    package: Vec<Package>,
}

impl Knowledge {
    /// Reads the embedded data.
    ///
    /// # Errors
    /// When a data file has the wrong shape, which the tests rule out for a released binary.
    pub fn embedded() -> Result<Self, KnowledgeError> {
        let clients: ClientsFile = parse("clients.toml", include_str!("data/clients.toml"))?;
        let signers: SignersFile = parse("signers.toml", include_str!("data/signers.toml"))?;
        let libraries: LibrariesFile = parse("libraries.toml", include_str!("data/libraries.toml"))?;
        let scopes: ScopesFile = parse("scopes.toml", include_str!("data/scopes.toml"))?;
        let pure: PureFile = parse("purity.toml", include_str!("data/purity.toml"))?;
        let exceptions: ExceptionsFile = parse("exceptions.toml", include_str!("data/exceptions.toml"))?;
        let packages: PackagesFile = parse("packages.toml", include_str!("data/packages.toml"))?;
        let forms: ConfigFormsFile = parse("config_forms.toml", include_str!("data/config_forms.toml"))?;
        let values: ValuesFile = parse("values.toml", include_str!("data/values.toml"))?;
        let python: StandardFile = parse("python.toml", include_str!("data/python.toml"))?;
        let node: StandardFile = parse("node.toml", include_str!("data/node.toml"))?;
        let rust: RustFile = parse("rust.toml", include_str!("data/rust.toml"))?;
        Ok(Self {
            endpoints: Endpoints::compile(parse("endpoints.toml", include_str!("data/endpoints.toml"))?)?,
            credentials: Credentials::compile(parse("credentials.toml", include_str!("data/credentials.toml"))?)?,
            lifetimes: parse("lifetimes.toml", include_str!("data/lifetimes.toml"))?,
            doubles: Doubles::compile(parse("doubles.toml", include_str!("data/doubles.toml"))?)?,
            exemptions: Exemptions::compile(parse("exemptions.toml", include_str!("data/exemptions.toml"))?)?,
            verbs: clients.verbs,
            methods: clients.methods,
            queries: clients.queries,
            clients: clients.client,
            encoders: clients.encoder,
            builders: clients.builder,
            parsers: clients.parser,
            readers: clients.reader,
            signers: signers.signer,
            libraries: libraries.library,
            token_helpers: Vec::new(),
            credential_scopes: Vec::new(),
            scopes: scopes.scope,
            pure: pure.pure,
            exceptions: exceptions.exception,
            packages: packages.package,
            config_forms: forms.form,
            lookups: values.lookup,
            settings: values.setting,
            urls: values.url,
            identities: values.identity,
            pairs: values.pair,
            records: values.record,
            items: values.items,
            each: values.each,
            formats: values.format,
            accumulators: values.accumulator,
            python_modules: python.standard,
            node_modules: node.standard,
            traits: rust.r#trait,
            preludes: rust.prelude,
            feeding: rust.feeding,
            log_macros: rust.logging,
        })
    }

    /// The row that says what a metascope became, if the metascope is known and documented.
    #[must_use]
    pub fn scopes_of(&self, metascope: &str) -> Option<&ScopeRow> {
        self.scopes.iter().find(|row| row.metascope == metascope)
    }

    /// The package row of a distribution name, compared as PyPI does: case and `-_.` do not count.
    #[must_use]
    pub fn package(&self, language: &str, name: &str) -> Option<&Package> {
        self.packages.iter().find(|row| row.language == language && same_distribution(&row.name, name))
    }
}

/// Whether two names mean the same distribution (PEP 503 normalization, harmless elsewhere); `*` in the first stands for
/// anything.
#[must_use]
pub fn same_distribution(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
    path_matches(&plain(one), &plain(other))
}

fn parse<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, KnowledgeError> {
    toml::from_str(text).map_err(|source| KnowledgeError::Shape { file, source: Box::new(source) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_source_and_a_known_language() {
        let knowledge = Knowledge::embedded().unwrap();
        let languages = ["javascript", "python", "java", "rust"];
        for row in &knowledge.clients {
            assert!(!row.source.is_empty() && languages.contains(&row.language.as_str()), "{}", row.call);
            assert!(!row.url.is_empty(), "{}", row.call);
            let rewritten = ["javascript", "python"].contains(&row.language.as_str());
            assert!(!rewritten || !row.body.is_empty(), "{}", row.call);
        }
        for row in &knowledge.signers {
            assert!(!row.source.is_empty() && languages.contains(&row.language.as_str()), "{}", row.call);
        }
        for row in &knowledge.libraries {
            assert!(!row.source.is_empty() && !row.guide.is_empty(), "{}", row.call);
        }
        for row in knowledge.libraries.iter().filter(|it| it.marker.is_empty()) {
            assert!(!row.needle.is_empty(), "{}", row.call);
        }
        for row in &knowledge.scopes {
            assert!(!row.source.is_empty() && !row.evidence.is_empty(), "{}", row.metascope);
            assert_eq!(row.scopes[..2], ["openid", "AdobeID"], "{}", row.metascope);
        }
    }

    #[test]
    fn the_exchange_pattern_knows_the_four_variants_and_nothing_else() {
        let endpoints = Knowledge::embedded().unwrap().endpoints;
        for hit in
            ["/ims/exchange/jwt", "/ims/exchange/jwt/", "x/ims/exchange/v1/jwt", "ims/exchange/v1/jwt/?client_id=1"]
        {
            assert!(endpoints.exchange_path.is_match(hit), "{hit}");
        }
        for miss in ["/ims/exchange/jwt_foo", "/ims/token/v3", "claims/exchange/jwt"] {
            assert!(!endpoints.exchange_path.is_match(miss), "{miss}");
        }
    }
}
