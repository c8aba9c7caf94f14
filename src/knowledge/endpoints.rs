//! Endpoints, claims and exemptions.

use serde::Deserialize;

use super::KnowledgeError;
use super::custom::{Custom, OwnEndpoint};
use super::pattern::Pattern;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndpointsFile {
    exchange: ExchangeTable,
    token: TokenTable,
    host: HostTable,
    claim: ClaimTable,
    options: OptionsTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionsTable {
    metascopes: Vec<String>,
    key: Vec<String>,
    account: Vec<String>,
    names: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExchangeTable {
    path: String,
    parameter: String,
    needles: Vec<String>,
    hints: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenTable {
    path: String,
    segments: Vec<(String, String)>,
    pattern: String,
    grant_type: String,
    base_scopes: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostTable {
    production: String,
    stage: String,
    pattern: String,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimTable {
    metascope: String,
    audience: String,
    organization: String,
    technical_account: String,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExemptionsFile {
    #[serde(rename = "source")]
    _source: String,
    metascopes: Vec<String>,
    client_id: String,
    members: Vec<String>,
    packages: Vec<String>,
}

/// Where IMS takes which grant, and how the assertion's claims look.
#[derive(Debug)]
pub struct Endpoints {
    /// Finds the path of the exchange in a URL.
    pub exchange_path: Pattern,
    /// The request parameter that only the exchange has.
    pub exchange_parameter: String,
    /// Text without which no file can hold any part of an exchange.
    pub needles: Vec<String>,
    /// Short parts of the needles of all data files, rare in code.
    pub hints: Vec<String>,
    /// The path of the token endpoint, without a leading slash.
    pub token_path: String,
    /// The segments of the exchange's path that another takes the place of, where each stands in a text of its own.
    pub token_segments: Vec<(String, String)>,
    /// Finds the path of the token endpoint, of any version.
    pub token_pattern: Pattern,
    /// The value of `grant_type`.
    pub grant_type: String,
    /// The scopes every credential has.
    pub base_scopes: Vec<String>,
    /// The production server, with scheme.
    pub production: String,
    /// The stage server, with scheme.
    pub stage: String,
    /// Finds an IMS host.
    pub host: Pattern,
    /// Finds the metascope in a claim name; group `metascope`.
    pub metascope: Pattern,
    /// Finds an audience of the assertion.
    pub audience: Pattern,
    /// Finds an organization id.
    pub organization: Pattern,
    /// Finds a technical account id.
    pub technical_account: Pattern,
    /// Option names that only the old credential has, one list for each kind, without case and punctuation.
    pub options: [Vec<String>; 3],
    /// Parts of the names of calls that make something of such options.
    pub option_takers: Vec<String>,
    /// Addresses of the user's own.
    pub own: Vec<OwnEndpoint>,
}

impl Endpoints {
    pub(super) fn compile(file: EndpointsFile) -> Result<Self, KnowledgeError> {
        let regex = |pattern: &str| Pattern::new("endpoints.toml", pattern);
        Ok(Self {
            exchange_path: regex(&file.exchange.path)?,
            exchange_parameter: file.exchange.parameter,
            needles: file.exchange.needles,
            hints: file.exchange.hints,
            token_path: file.token.path,
            token_segments: file.token.segments,
            token_pattern: regex(&file.token.pattern)?,
            grant_type: file.token.grant_type,
            base_scopes: file.token.base_scopes,
            production: file.host.production,
            stage: file.host.stage,
            host: regex(&file.host.pattern)?,
            metascope: regex(&file.claim.metascope)?,
            audience: regex(&file.claim.audience)?,
            organization: regex(&file.claim.organization)?,
            technical_account: regex(&file.claim.technical_account)?,
            options: [file.options.metascopes, file.options.key, file.options.account],
            option_takers: file.options.names,
            own: Vec::new(),
        })
    }

    /// Adds what the user knows of addresses.
    pub(super) fn extend(&mut self, custom: &Custom) -> Result<(), KnowledgeError> {
        let also = |pattern: &Pattern, texts: &[String]| {
            let own = texts.iter().map(|it| format!(r"(?i:{}\b/?)", regex::escape(it)));
            let all: Vec<String> = std::iter::once(format!("(?:{})", pattern.text())).chain(own).collect();
            Pattern::new("jwt-sunset.toml", &all.join("|"))
        };
        let texts = |of: fn(&OwnEndpoint) -> Option<&String>| -> Vec<String> {
            custom.endpoints.iter().filter_map(of).cloned().collect()
        };
        self.needles.extend(custom.hosts.iter().cloned());
        self.host = also(&self.host, &custom.hosts)?;
        self.exchange_path = also(&self.exchange_path, &texts(|it| Some(&it.exchange)))?;
        self.token_pattern = also(&self.token_pattern, &texts(|it| it.token.as_ref()))?;
        self.own.clone_from(&custom.endpoints);
        Ok(())
    }

    /// What takes the place of an exchange's path, as it was found in an address; none where an address of the user's own
    /// has no other for client credentials.
    #[must_use]
    pub fn token_path_for(&self, found: &str) -> Option<&str> {
        let found = found.trim_end_matches('/');
        match self.own.iter().find(|it| it.exchange.eq_ignore_ascii_case(found)) {
            Some(own) => own.token.as_deref(),
            None => Some(&self.token_path),
        }
    }

    /// Text without which no file can hold a part of an exchange through an address of the user's own.
    pub fn own_needles(&self) -> impl Iterator<Item = &str> {
        self.own.iter().flat_map(|it| [Some(it.exchange.as_str()), it.token.as_deref()]).flatten()
    }
}

/// How the credentials that stay on JWT are recognized.
#[derive(Debug)]
pub struct Exemptions {
    /// Metascopes of AEM service credentials.
    pub metascopes: Vec<String>,
    /// Their client ids.
    pub client_id: Pattern,
    /// Members of their credential file.
    pub members: Vec<String>,
    /// Libraries made for them.
    pub packages: Vec<String>,
}

impl Exemptions {
    pub(super) fn compile(file: ExemptionsFile) -> Result<Self, KnowledgeError> {
        Ok(Self {
            metascopes: file.metascopes,
            client_id: Pattern::new("exemptions.toml", &file.client_id)?,
            members: file.members,
            packages: file.packages,
        })
    }
}
