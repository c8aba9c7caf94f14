//! jwt-library: a library or SDK call that exchanges a JWT by itself.
//!
//! ## What it finds
//!
//! A call into a library whose purpose, or one of whose credential classes, is the exchange of a JWT for an access token:
//! `@adobe/jwt-auth`, `umapi_client.JWTAuth`, the service-account builders of the PDF Services SDK and their like.
//!
//! ## Why
//!
//! The library posts to the endpoint of the Service Account (JWT) credential. Adobe converted the last of them to OAuth
//! Server-to-Server on 1 March 2026.
//!
//! ## Example
//!
//! ```js
//! const auth = require('@adobe/jwt-auth');
//! const { access_token } = await auth({ clientId, clientSecret, technicalAccountId, orgId, metaScopes, privateKey });
//! ```
//!
//! ## Instead
//!
//! The credential class that the SDK has for OAuth Server-to-Server, or a client-credentials request to `/ims/token/v3`.
//! `jwt-sunset fix` writes the change where the library's options can be followed.
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[jwt-library] <reason>` on the line of the call or the line before.

use crate::flow::{Analysis, FlowKind};
use crate::link::Project;

use super::fingerprint::flow_content;
use super::jwt_exchange::{call_place, relate_flow, settle_exemption};
use super::{Finding, Fingerprint, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "jwt-library",
    level: Level::Error,
    summary: "a library or SDK call that exchanges a JWT by itself",
    source: include_str!("jwt_library.rs"),
};

pub(super) struct JwtLibrary;

impl Rule for JwtLibrary {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for (index, flow) in analysis.flows.iter().enumerate() {
            let FlowKind::Library(library) = flow.kind else { continue };
            let does = library.does.as_deref().unwrap_or("exchanges a JWT");
            let message = format!("{} {does} here, which Adobe IMS stopped on 2026-03-01", library.package);
            let mut finding = Finding::new(&INFO, project, call_place(project, flow.anchor), message);
            finding.flow = Some(index);
            finding.fingerprint = Fingerprint::new(INFO.id, &flow_content(project, flow));
            relate_flow(project, flow, &mut finding);
            for key in library.key.iter().filter_map(|it| flow.parameter(it)) {
                finding.relate(project, key.at, "its private key");
            }
            if let Some(file) = library.file.as_ref().and_then(|it| flow.parameter(it)) {
                finding.relate(project, file.at, "the file of its credential");
            }
            settle_exemption(flow, &mut finding);
            acc.push(finding);
        }
    }
}
