//! unused-silence: a comment that silences nothing.
//!
//! ## What it finds
//!
//! A comment `jwt-sunset: ignore[…]` where no finding of its rules is, that gives no reason, that names a rule there is
//! not, or that begins a block which never ends.
//!
//! ## Why
//!
//! It says that something is still to be done which is done already, and would hide the next exchange that someone writes
//! there. One without a reason hides nothing, though it looks as if it did.
//!
//! ## Example
//!
//! ```py
//! # jwt-sunset: ignore[jwt-exchange] moves with the stage tenant
//! token = oauth.fetch_token()
//! ```
//!
//! ## Instead
//!
//! Remove the comment, or the rule from its brackets; give a reason behind the brackets.
//!
//! ## How to silence
//!
//! Switch it off with `unused-silence = "off"` below `[rules]` in `jwt-sunset.toml`. With `--no-ignore-comments` no comment
//! silences and none is found.

use crate::flow::Analysis;
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

/// What it says of itself, for the layer that finds it.
pub static UNUSED_SILENCE: RuleInfo = RuleInfo {
    id: "unused-silence",
    level: Level::Warning,
    summary: "a comment that silences nothing",
    source: include_str!("unused_silence.rs"),
};

pub(super) struct UnusedSilence;

impl Rule for UnusedSilence {
    fn info(&self) -> &'static RuleInfo {
        &UNUSED_SILENCE
    }

    /// What a comment silences is known only when all rules have run, so `select` adds these findings.
    fn check(&self, _: &Project, _: &Analysis<'_>, _: &mut Vec<Finding>) {}
}
