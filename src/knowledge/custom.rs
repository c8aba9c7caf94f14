//! What a company knows of its own code: rows that its configuration adds to the embedded ones.

use std::collections::BTreeMap;

use super::rows::Library;
use super::{Knowledge, KnowledgeError};

/// An address of the company's own that passes requests on to Adobe IMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEndpoint {
    /// The part of the address that tells it takes a JWT.
    pub exchange: String,
    /// What takes its place for client credentials; none where no such address is known.
    pub token: Option<String>,
}

/// A function outside of the tree that exchanges a JWT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapper {
    /// The id of the language that calls it.
    pub language: String,
    /// Its API path.
    pub call: String,
    /// The distribution that it comes with, where nothing else is in it.
    pub package: Option<String>,
    /// What a person calls in its place.
    pub instead: Option<String>,
}

/// A function that gives a token by client credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHelper {
    /// The id of the language that calls it.
    pub language: String,
    /// Its API path.
    pub call: String,
}

impl TokenHelper {
    /// The last part of its path: what code that calls it has to name.
    #[must_use]
    pub fn name(&self) -> &str {
        last_part(&self.call)
    }
}

/// The scopes of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCredential {
    /// Its client id, or the name of the setting that holds it.
    pub client_id: String,
    /// Its scopes, in the order in which they are asked for.
    pub scopes: Vec<String>,
}

/// All that a configuration adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Custom {
    /// Hosts that stand for Adobe IMS.
    pub hosts: Vec<String>,
    /// Addresses of exchanges.
    pub endpoints: Vec<OwnEndpoint>,
    /// Functions that exchange.
    pub wrappers: Vec<Wrapper>,
    /// Functions that give a token.
    pub token_helpers: Vec<TokenHelper>,
    /// Scopes of credentials.
    pub credentials: Vec<OwnCredential>,
}

impl Knowledge {
    /// The knowledge with what a configuration adds to it.
    ///
    /// # Errors
    /// Never for a configuration that was checked: its texts are no patterns.
    pub fn with(mut self, custom: &Custom) -> Result<Self, KnowledgeError> {
        if *custom == Custom::default() {
            return Ok(self);
        }
        self.endpoints.extend(custom)?;
        let guides: BTreeMap<&str, &str> =
            custom.token_helpers.iter().map(|it| (it.language.as_str(), it.call.as_str())).collect();
        let libraries = custom.wrappers.iter().map(|it| library(it, guides.get(it.language.as_str()).copied()));
        self.libraries.extend(libraries);
        self.token_helpers.clone_from(&custom.token_helpers);
        self.credential_scopes.clone_from(&custom.credentials);
        Ok(self)
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit(['.', ' ', '/']).next().unwrap_or_default()
}

fn library(wrapper: &Wrapper, helper: Option<&str>) -> Library {
    let name = last_part(&wrapper.call);
    let guide = match (&wrapper.instead, helper) {
        (Some(instead), _) => format!("call {instead} in its place"),
        (None, Some(helper)) => format!("call {helper} in its place, which gives a token by client credentials"),
        (None, None) => "ask for the token with grant_type=client_credentials in its place".to_owned(),
    };
    Library {
        language: wrapper.language.clone(),
        call: wrapper.call.clone(),
        methods: Vec::new(),
        needle: name.to_owned(),
        jwt_only: wrapper.package.is_some(),
        package: wrapper.package.clone().unwrap_or_else(|| wrapper.call.clone()),
        options: None,
        client_id: None,
        client_secret: None,
        organization: None,
        metascopes: None,
        implied: Vec::new(),
        key: Vec::new(),
        file: None,
        given: BTreeMap::new(),
        jwt: None,
        host: None,
        reply: Vec::new(),
        marker: Vec::new(),
        marked: BTreeMap::new(),
        sdk: None,
        does: None,
        guide,
        source: "configuration".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_adds_rows() {
        let custom = Custom {
            hosts: vec!["ims.acme.example".to_owned()],
            endpoints: vec![OwnEndpoint { exchange: "adobe/swap".to_owned(), token: Some("adobe/token".to_owned()) }],
            wrappers: vec![Wrapper {
                language: "python".to_owned(),
                call: "acme.auth.exchange".to_owned(),
                package: None,
                instead: None,
            }],
            token_helpers: vec![TokenHelper { language: "python".to_owned(), call: "acme.auth.token".to_owned() }],
            credentials: Vec::new(),
        };
        let knowledge = Knowledge::embedded().unwrap().with(&custom).unwrap();
        let endpoints = &knowledge.endpoints;
        assert!(endpoints.host.is_match("https://ims.acme.example/c/") && !endpoints.host.is_match("ims-acme-example"));
        assert!(endpoints.host.is_match("https://ims-na1.adobelogin.com"));
        assert!(
            endpoints.exchange_path.is_match("https://x/adobe/swap")
                && endpoints.exchange_path.is_match("ims/exchange/jwt")
        );
        assert!(!endpoints.exchange_path.is_match("https://x/adobe/swapper"));
        assert_eq!(endpoints.token_path_for("adobe/swap"), Some("adobe/token"));
        assert_eq!(endpoints.token_path_for("ims/exchange/jwt/"), Some("ims/token/v3"));
        let row = knowledge.libraries.last().unwrap();
        assert!(row.needle == "exchange" && row.guide.contains("acme.auth.token"), "{row:?}");
    }
}
