//! secret-in-url: client secret sent in a query string.
//!
//! ## What it finds
//!
//! A request to the token endpoint of Adobe IMS whose URL carries the client secret, in its text, its search parameters or
//! an argument that becomes a query.
//!
//! ## Why
//!
//! URLs are written to logs of servers, proxies and clients; bodies are not. Adobe advises the body.
//!
//! ## Example
//!
//! ```py
//! requests.post(token_url, params={"grant_type": "client_credentials", "client_id": id, "client_secret": secret})
//! ```
//!
//! ## Instead
//!
//! ```py
//! requests.post(token_url, data={"grant_type": "client_credentials", "client_id": id, "client_secret": secret})
//! ```
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[secret-in-url] <reason>` on the line or the line before.

use crate::flow::Analysis;
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "secret-in-url",
    level: Level::Warning,
    summary: "client secret sent in a query string",
    source: include_str!("secret_in_url.rs"),
};

pub(super) struct SecretInUrl;

impl Rule for SecretInUrl {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for secret in analysis.token_requests.iter().flat_map(|it| &it.secrets_in_url) {
            let message = "the client secret is part of the URL, which is logged; send it in the body".to_owned();
            acc.push(Finding::new(&INFO, project, secret.at, message));
        }
    }
}
