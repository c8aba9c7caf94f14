//! jwt-assertion: a service-account JWT built or signed outside of any exchange seen.
//!
//! ## What it finds
//!
//! A call that signs a JWT with the claims of an Adobe service account (a metascope claim under the IMS host), where no
//! request that sends it was found.
//!
//! ## Why
//!
//! Such a JWT serves one purpose: to be exchanged for an access token, by a part of the system that was not scanned, by
//! hand, or by code that hides the request. Since 1 March 2026 nothing accepts it.
//!
//! ## Example
//!
//! ```py
//! claims = {"iss": org, "sub": account, "aud": audience, "https://ims-na1.adobelogin.com/s/ent_user_sdk": True}
//! print(jwt.encode(claims, key, algorithm="RS256"))
//! ```
//!
//! ## Instead
//!
//! Remove the signing together with whatever sends the JWT, and ask `/ims/token/v3` for a token with client credentials.
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[jwt-assertion] <reason>` on the line of the signing call or the line before.

use crate::flow::{Analysis, StrayKind};
use crate::link::Project;

use super::{Finding, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "jwt-assertion",
    level: Level::Error,
    summary: "a service-account JWT built or signed outside of any exchange seen",
    source: include_str!("jwt_assertion.rs"),
};

pub(super) struct JwtAssertion;

impl Rule for JwtAssertion {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for stray in analysis.strays.iter().filter(|it| it.kind == StrayKind::Assertion) {
            let metascopes = match stray.metascopes.as_slice() {
                [] => String::new(),
                names => format!(" ({})", names.join(", ")),
            };
            let message =
                format!("this signs an Adobe service-account JWT{metascopes} that no request seen here sends");
            let mut finding = Finding::new(&INFO, project, stray.at, message);
            finding.confidence = crate::flow::Confidence::Likely;
            if stray.in_test {
                finding.level = Level::Note;
            }
            if let Some(reason) = &stray.exempt {
                finding.level = Level::Note;
                finding.exempt = Some(reason.clone());
            }
            acc.push(finding);
        }
    }
}
