//! uncached-token: a new token requested for every call.
//!
//! ## What it finds
//!
//! A function that asks Adobe IMS for a token with client credentials and keeps it nowhere, called by functions that send
//! a request each time they run.
//!
//! ## Why
//!
//! A token is valid for about a day. Asking anew costs a round trip for each call, and Adobe may throttle a credential that
//! mints too many tokens.
//!
//! ## Example
//!
//! ```py
//! def users(page):
//!     return requests.get(url, headers={"Authorization": "Bearer " + new_token()})
//! ```
//!
//! ## Instead
//!
//! Keep the token until shortly before `expires_in` seconds have passed, in a field, a module variable or a cache.
//!
//! ## How to silence
//!
//! It is a note and fails no gate. A comment `jwt-sunset: ignore[uncached-token] <reason>` on the line of the request or the
//! line before silences it.

use crate::flow::Analysis;
use crate::link::Project;

use super::jwt_exchange::call_place;
use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "uncached-token",
    level: Level::Note,
    summary: "a new token requested for every call",
    source: include_str!("uncached_token.rs"),
};

pub(super) struct UncachedToken;

impl Rule for UncachedToken {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for request in analysis.token_requests.iter().filter(|it| it.uncached) {
            let message = "every call that needs a token asks for a new one; nothing keeps it".to_owned();
            acc.push(Finding::new(&INFO, project, call_place(project, request.anchor), message));
        }
    }
}
