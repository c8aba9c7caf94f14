//! The rows of the data files.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::sdk::Sdk;
use super::slot::{ReplyPattern, Slot};

/// A call that sends an HTTP request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// The distribution that offers it; none for what the runtime brings.
    pub package: Option<String>,
    /// Where the URL is, best first.
    pub url: Vec<Slot>,
    /// Where the parameters are.
    pub body: Vec<Slot>,
    /// Where headers and other settings are.
    #[serde(default)]
    pub options: Vec<Slot>,
    /// Methods that add to the request after the call.
    #[serde(default)]
    pub chain: Vec<String>,
    /// The function that gets the reply, where it is not what the call yields.
    pub callback: Option<Callback>,
    /// How the parsed body of the reply is reached.
    pub reply: Vec<ReplyPattern>,
    /// Methods of the reply that only raise when the request failed.
    #[serde(default)]
    pub checks: Vec<String>,
    /// The errors by which it, or its `checks`, tell that the server refused, as handlers name them: the narrowest first,
    /// then those that tell of a lost connection too.
    #[serde(default)]
    pub refusals: Vec<String>,
    /// Whether it raises by itself when the server refuses.
    #[serde(default)]
    pub rejects: bool,
    /// Whether the client object carries settings that must survive.
    #[serde(default)]
    pub shared: bool,
    /// Whether an object given as body is sent as JSON.
    #[serde(default)]
    pub json_objects: bool,
    /// Whether only in-place edits are offered.
    #[serde(default)]
    pub in_place: bool,
    /// Whether body and reply are streamed in pieces through events.
    #[serde(default)]
    pub streamed: bool,
    /// Whether it is an annotation of a method, whose annotated parameters are sent.
    #[serde(default)]
    pub declared: bool,
    /// Methods that write the body somewhere in the function that sends the request.
    #[serde(default)]
    pub writes: Vec<String>,
    /// Where the facts come from.
    pub source: String,
}

/// A function `(error, response, body)` that is given to a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// Where it is, best first.
    pub at: Vec<Slot>,
    /// How the parsed body of the reply is reached from its second parameter.
    pub response: Vec<ReplyPattern>,
    /// How it is reached from its third one.
    #[serde(default)]
    pub body: Vec<ReplyPattern>,
}

/// A call that turns a record into a request body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encoder {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// Which argument holds the record.
    pub field: Slot,
}

/// A call that parses the body of a reply.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parser {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// What makes the same object of a map of its fields, where something does: `{object}` stands for the parser, `{map}` for
    /// the map, `{1}` for the second argument.
    pub made: Option<String>,
    /// The classes that this names.
    #[serde(default)]
    pub imports: Vec<String>,
}

/// Methods that read one field of a parsed object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// Language id.
    pub language: String,
    /// Method names, called with the field's name first.
    pub methods: Vec<String>,
    /// Methods of a parsed object that give the same object.
    #[serde(default)]
    pub views: Vec<String>,
    /// Methods of a field that only give it as text or number.
    pub conversions: Vec<String>,
    /// Calls that only give their argument as text or number, as code names them.
    pub converters: Vec<String>,
}

/// Methods that add one entry to a body object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Builder {
    /// Language id.
    pub language: String,
    /// Method names, called with a key and a value.
    pub methods: Vec<String>,
    /// API paths whose objects are sent as multipart.
    pub multipart: Vec<String>,
    /// The class that holds the same entries as a form.
    pub form: String,
    /// The method that yields the headers a multipart body needs; empty where there is none.
    pub headers: String,
}

/// A call that signs a JWT.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signer {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// The distribution that offers it; none for what the runtime brings.
    pub package: Option<String>,
    /// Where the claims are.
    pub claims: Vec<Slot>,
    /// Where the key is.
    #[serde(default)]
    pub key: Vec<Slot>,
    /// The last name of an argument that is the algorithm, where it may stand in the place of the key.
    pub algorithm: Option<String>,
    /// Where signing options are.
    #[serde(default)]
    pub options: Vec<Slot>,
    /// Whether the signature comes out of methods chained to the call.
    #[serde(default)]
    pub chain: bool,
    /// Where the facts come from.
    pub source: String,
}

/// A library call that does the exchange by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// Method names that on any object mean this library.
    #[serde(default)]
    pub methods: Vec<String>,
    /// Text without which no file can hold the call.
    pub needle: String,
    /// Whether the library does nothing else, so that its presence in a manifest says enough.
    #[serde(default)]
    pub jwt_only: bool,
    /// The distribution.
    pub package: String,
    /// Where its options record is.
    pub options: Option<Slot>,
    /// The option that holds the client id.
    pub client_id: Option<String>,
    /// The option that holds the client secret.
    pub client_secret: Option<String>,
    /// The option that holds the organization.
    pub organization: Option<String>,
    /// The option that holds the metascopes.
    pub metascopes: Option<String>,
    /// The metascopes that it asks for where no option says so.
    #[serde(default)]
    pub implied: Vec<String>,
    /// The options that may hold the private key.
    #[serde(default)]
    pub key: Vec<String>,
    /// The option that names the file of the credential.
    pub file: Option<String>,
    /// Options that stand in no record: where each is.
    #[serde(default)]
    pub given: BTreeMap<String, Slot>,
    /// Where the JWT is, when it is signed outside.
    pub jwt: Option<Slot>,
    /// The option that holds the server.
    pub host: Option<String>,
    /// How the parsed reply is reached from the result.
    pub reply: Vec<ReplyPattern>,
    /// Option keys of which one must be present for the call to be about a JWT.
    #[serde(default)]
    pub marker: Vec<String>,
    /// Options that must have these texts for the call to be about a JWT.
    #[serde(default)]
    pub marked: BTreeMap<String, String>,
    /// The SDK's own OAuth credential.
    pub sdk: Option<Sdk>,
    /// What it does, where that is not the exchange itself.
    pub does: Option<String>,
    /// What a person does where no rewrite is offered.
    pub guide: String,
    /// Where the facts come from.
    pub source: String,
}

impl Library {
    /// The module that code names when it uses the library; the needle where the call says nothing of it.
    #[must_use]
    pub fn module(&self) -> &str {
        match self.methods.is_empty() && self.language != "*" {
            true => module_of(&self.call),
            false => &self.needle,
        }
    }
}

/// The module that an API path begins with.
#[must_use]
pub fn module_of(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |it| it + 1);
    let end = path.get(name..).and_then(|it| it.find('.')).map_or(path.len(), |it| name + it);
    path.get(..end).unwrap_or(path)
}

/// What one metascope became.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeRow {
    /// The metascope, bare.
    pub metascope: String,
    /// The scopes that grant the same.
    pub scopes: Vec<String>,
    /// How well this is known.
    pub evidence: String,
    /// Who says so.
    pub source: String,
}

/// Calls of one language that have no side effect.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pure {
    /// Language id.
    pub language: String,
    /// API paths; a trailing `*` makes a prefix.
    pub calls: Vec<String>,
    /// Method names, on whatever object.
    pub methods: Vec<String>,
    /// API paths of calls that give a function which does what the one they are given does.
    #[serde(default)]
    pub wrapping: Vec<String>,
    /// Calls that only write a log: API paths, or `~` and the callee as written in lower case.
    pub logging: Vec<String>,
    /// Calls that log a failure, which go only with the whole function that fails: as in `logging`.
    #[serde(default)]
    pub reporting: Vec<String>,
    /// API paths of calls that end the program.
    #[serde(default)]
    pub leaving: Vec<String>,
    /// API paths of calls whose effects outlive the program's own objects, whatever the other lists say.
    #[serde(default)]
    pub lasting: Vec<String>,
    /// API paths of calls that change nothing but the objects they are made on or given.
    #[serde(default)]
    pub objects: Vec<String>,
}

/// A trait of Rust that is imported for its methods.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraitMethods {
    /// Its path, with dots.
    pub call: String,
    /// The names of its methods.
    pub methods: Vec<String>,
}

/// What a glob import of Rust brings from other libraries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prelude {
    /// The module, with dots.
    pub path: String,
    /// The paths by which the names can be imported by themselves.
    pub names: Vec<String>,
}

/// A checked exception.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Language id.
    pub language: String,
    /// Its class, without the package.
    pub name: String,
    /// Exceptions that are ones of these too.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// API paths of calls that can throw it.
    pub of: Vec<String>,
    /// Where the facts come from.
    pub source: String,
}

/// A distribution and the modules it brings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Language id.
    pub language: String,
    /// The name in manifests; `*` stands for anything.
    pub name: String,
    /// The requirement to write when it is added.
    pub requirement: Option<String>,
    /// The version to pin, where a manifest pins its versions: one that works with old versions of what it needs.
    pub version: Option<String>,
    /// The last version that runs on Java 8, where the newest does not.
    pub legacy: Option<String>,
    /// The versions for older series of the framework that it is a part of: the series, then the version.
    #[serde(default)]
    pub series: Vec<(String, String)>,
    /// A distribution that it brings, to be left out beside what clashes with that.
    pub without: Option<String>,
    /// What clashes with that.
    #[serde(default)]
    pub clashes: Vec<String>,
    /// The oldest Python that the pinned version runs on.
    pub python: Option<String>,
    /// The top-level modules it brings; in flag-only languages the text that code has which uses it.
    pub imports: Vec<String>,
    /// Whether it signs JWTs, where no signer row tells.
    #[serde(default)]
    pub signs: bool,
    /// Where the facts come from.
    pub source: String,
}

/// A call that looks something up in configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// The key it looks up in the configuration files of the project, section by section.
    #[serde(default)]
    pub keys: Vec<Slot>,
    /// The record it looks into, where it is one of the code.
    pub object: Option<Slot>,
    /// The dotted path in that record.
    pub path: Option<Slot>,
    /// What it gives when nothing is there.
    pub default: Option<Slot>,
}

/// A value that stands for configuration as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Language id.
    pub language: String,
    /// The beginning of the API paths of its parts.
    pub prefix: String,
}

impl Setting {
    /// The module that holds the object through which settings are read: `django.conf` of `django.conf.settings.`.
    #[must_use]
    pub fn module(&self) -> &str {
        let object = self.prefix.trim_end_matches('.');
        object.rsplit_once('.').map_or(object, |(module, _)| module)
    }
}

/// A call that makes a URL of a base and a path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrlJoin {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// The base.
    pub base: Slot,
    /// The path.
    pub path: Slot,
}

/// A call that makes one entry of a record of its first two arguments, or a whole record of keys and values by turns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entries {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
}

/// Methods of lists that call a function with each element, and methods that hand a list on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// Language id.
    pub language: String,
    /// The methods whose function is given each element.
    pub methods: Vec<String>,
    /// The methods that give the same elements again, or some of them.
    pub through: Vec<String>,
    /// The methods whose function is given what came before it, and each element after that; what it starts with is their
    /// second argument.
    #[serde(default)]
    pub folds: Vec<String>,
}

/// A call that puts values into a text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Language id.
    pub language: String,
    /// API path of the call.
    pub call: String,
    /// How gaps are written: `braces`, `percent` or `join`.
    pub style: FormatStyle,
}

/// How gaps in a format text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormatStyle {
    /// `{}`, `{0}`, `{name}`.
    Braces,
    /// `%s` and its like.
    Percent,
    /// No gaps: the arguments one after the other.
    Join,
    /// No gaps: the arguments but the first, which stands between them.
    Separated,
}

/// A class whose objects gather text by a method.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accumulator {
    /// Language id.
    pub language: String,
    /// API path of the constructor.
    pub call: String,
    /// The method that adds.
    pub method: String,
}

/// A call that gives back its first argument as text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Language id.
    pub language: String,
    /// API path of the call; its first argument comes back.
    #[serde(default)]
    pub call: String,
    /// The method that gives back its object.
    pub method: Option<String>,
    /// Whether it gives back records and lists as they are, too.
    #[serde(default)]
    pub of_records: bool,
}
