//! jwt-mention: documentation that teaches the old flow.
//!
//! ## What it finds
//!
//! Markdown, reStructuredText, AsciiDoc and plain text with the address of the exchange, a command that sends `jwt_token`,
//! or instructions for a Service Account (JWT) credential. One finding for each document, at the first such line. Text
//! that says the credential is gone is none.
//!
//! ## Why
//!
//! Whoever follows it sets up a credential that cannot be created any more, or calls an endpoint that answers no more.
//!
//! ## Example
//!
//! ```sh
//! curl -X POST https://ims-na1.adobelogin.com/ims/exchange/jwt -F jwt_token="$JWT"
//! ```
//!
//! ## Instead
//!
//! ```sh
//! curl -X POST https://ims-na1.adobelogin.com/ims/token/v3 -d grant_type=client_credentials -d scope="$SCOPES"
//! ```
//!
//! ## How to silence
//!
//! It is a note and fails no gate. Saying nearby that the credential was replaced by OAuth Server-to-Server silences it.

use crate::flow::{self, Analysis};
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "jwt-mention",
    level: Level::Note,
    summary: "documentation that teaches the old flow",
    source: include_str!("jwt_mention.rs"),
};

pub(super) struct JwtMention;

impl Rule for JwtMention {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, _: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for at in flow::mentions(project) {
            let message = "this teaches the exchange of a JWT, which Adobe IMS stopped on 2026-03-01".to_owned();
            acc.push(Finding::new(&INFO, project, at, message));
        }
    }
}
