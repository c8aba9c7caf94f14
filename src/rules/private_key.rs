//! private-key: a private key committed to the tree.
//!
//! ## What it finds
//!
//! A private key in PEM that belongs to a JWT credential: in its settings, in the code that signs with it, or in a file
//! beside them with the name that such keys have. Keys of other purposes are none of this tool's business. In tests it is a
//! note.
//!
//! ## Why
//!
//! Whoever can read the tree, or any clone of it, could act as the technical account. The new credential needs no key; the
//! old one's should be removed from the tree and from its history, and its certificate from the Developer Console.
//!
//! ## Example
//!
//! ```yaml
//! metascopes: [ent_user_sdk]
//! privateKey: |
//!   -----BEGIN PRIVATE KEY-----
//! ```
//!
//! ## Instead
//!
//! Nothing: client credentials need no key. Keep the client secret in a secret store.
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[private-key] <reason>` on the line or the line before, where the format has comments.

use crate::flow::Analysis;
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "private-key",
    level: Level::Error,
    summary: "a private key committed to the tree",
    source: include_str!("private_key.rs"),
};

pub(super) struct PrivateKeyInTree;

impl Rule for PrivateKeyInTree {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for key in &analysis.private_keys {
            let message = "the private key of a JWT credential; it has no use any more and is compromised".to_owned();
            let mut finding = Finding::new(&INFO, project, key.at, message);
            if key.in_test {
                finding.level = Level::Note;
                finding.message = "a private key for a JWT credential in a test".to_owned();
            }
            acc.push(finding);
        }
    }
}
