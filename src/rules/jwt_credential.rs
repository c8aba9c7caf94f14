//! jwt-credential: configuration of a JWT credential.
//!
//! ## What it finds
//!
//! Settings that only a Service Account (JWT) credential has: metascopes with their values, JWT contexts of the Adobe I/O
//! libraries, credential files downloaded from the Developer Console, inputs of workflows and options of commands. One
//! finding for each block, at its first mark. Names that other credentials have too, such as `TECHNICAL_ACCOUNT_ID` or
//! `PRIVATE_KEY`, are none.
//!
//! ## Why
//!
//! Adobe converted the last of these credentials to OAuth Server-to-Server on 1 March 2026. What still reads the settings
//! is broken; libraries that know both kinds of credential may prefer the old one as long as its settings are there.
//!
//! ## Example
//!
//! ```json
//! { "ims": { "contexts": { "my_ctx": { "client_id": "…", "meta_scopes": ["ent_user_sdk"], "private_key": "…" } } } }
//! ```
//!
//! ## Instead
//!
//! The settings of the new credential, from its page in the Developer Console: `client_secrets` and `scopes` in place of
//! metascopes and private key. Download credential files again rather than editing them.
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[jwt-credential] <reason>` on the line or the line before, where the format has comments.

use crate::flow::Analysis;
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "jwt-credential",
    level: Level::Warning,
    summary: "configuration of a JWT credential",
    source: include_str!("jwt_credential.rs"),
};

pub(super) struct JwtCredential;

impl Rule for JwtCredential {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for credential in &analysis.credentials {
            let message = format!("configuration of a JWT credential: this {}", singular(&credential.mark));
            let mut finding = Finding::new(&INFO, project, credential.at, message);
            for (at, mark) in &credential.others {
                finding.relate(project, *at, format!("this {}", singular(mark)));
            }
            if let Some(reason) = &credential.exempt {
                finding.level = Level::Note;
                finding.message = format!("exempt: {reason}; AEM as a Cloud Service credentials keep using JWT");
                finding.exempt = Some(reason.clone());
            }
            acc.push(finding);
        }
    }
}

/// `these are metascopes` is said of one entry.
fn singular(mark: &str) -> String {
    mark.strip_prefix("are ").map_or_else(|| mark.to_owned(), |it| format!("holds {it}"))
}
