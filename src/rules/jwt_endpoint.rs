//! jwt-endpoint: the address of the JWT exchange in code or configuration that no flow reaches.
//!
//! ## What it finds
//!
//! A literal that is or ends in one of the exchange paths of Adobe IMS, where no request that uses it was found.
//!
//! ## Why
//!
//! The address is dead since 1 March 2026. Left in configuration it is picked up again, or a request that was not
//! recognized still uses it. In a test it is the address of a double, and a note only: it goes when the code it tests does.
//!
//! ## Example
//!
//! ```json
//! { "ims": { "tokenUrl": "https://ims-na1.adobelogin.com/ims/exchange/jwt" } }
//! ```
//!
//! ## Instead
//!
//! Remove it, or put the token endpoint there once the code that reads it sends client credentials.
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[jwt-endpoint] <reason>` on the line or the line before, where the format has comments.

use crate::flow::{Analysis, Confidence, StrayKind};
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "jwt-endpoint",
    level: Level::Warning,
    summary: "the address of the JWT exchange in code or configuration that no flow reaches",
    source: include_str!("jwt_endpoint.rs"),
};

pub(super) struct JwtEndpoint;

impl Rule for JwtEndpoint {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for stray in analysis.strays.iter().filter(|it| it.kind == StrayKind::Endpoint) {
            let message = "the address of the JWT exchange, which no request seen here uses".to_owned();
            let mut finding = Finding::new(&INFO, project, stray.at, message);
            finding.confidence = Confidence::Likely;
            if stray.in_test {
                finding.level = Level::Note;
                finding.message =
                    "a test double of the JWT exchange; it goes with the code that it stands in for".to_owned();
            }
            acc.push(finding);
        }
    }
}
