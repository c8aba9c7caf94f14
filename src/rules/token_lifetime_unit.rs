//! token-lifetime-unit: `expires_in` of the new flow treated as milliseconds.
//!
//! ## What it finds
//!
//! The lifetime in the reply of a client-credentials request to Adobe IMS that is divided by 1000, added to a clock that
//! counts milliseconds, or given to something that takes milliseconds, also through names, getters and functions.
//!
//! ## Why
//!
//! The exchange of a JWT answered milliseconds, the token endpoint answers seconds. Code that still counts milliseconds
//! takes a token of a day for one of 86 seconds, asks anew all the time, and may be throttled.
//!
//! ## Example
//!
//! ```js
//! const { access_token, expires_in } = await response.json();
//! this.expiresAt = Date.now() + expires_in;
//! ```
//!
//! ## Instead
//!
//! ```js
//! this.expiresAt = Date.now() + expires_in * 1000;
//! ```
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[token-lifetime-unit] <reason>` on the line or the line before.

use crate::flow::Analysis;
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "token-lifetime-unit",
    level: Level::Error,
    summary: "`expires_in` of the new flow treated as milliseconds",
    source: include_str!("token_lifetime_unit.rs"),
};

pub(super) struct TokenLifetimeUnit;

impl Rule for TokenLifetimeUnit {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for at in &analysis.misread_lifetimes {
            let message = "`expires_in` counts seconds here; this takes it for milliseconds".to_owned();
            acc.push(Finding::new(&INFO, project, *at, message));
        }
    }
}
