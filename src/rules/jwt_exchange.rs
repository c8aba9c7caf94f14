//! jwt-exchange: a request that swaps a JWT for an access token.
//!
//! ## What it finds
//!
//! An HTTP request, by whatever client, whose URL is one of the exchange endpoints of Adobe IMS or whose body carries the
//! `jwt_token` parameter. The finding shows where the JWT is signed, where its claims and key come from and where the
//! endpoint is written, also when these stand in other functions or files.
//!
//! ## Why
//!
//! The endpoint belongs to the Service Account (JWT) credential. Adobe converted the last of them to OAuth
//! Server-to-Server on 1 March 2026; the request fails, and with it everything that needs the token.
//!
//! ## Example
//!
//! ```js
//! const token = jwt.sign(claims, privateKey, { algorithm: 'RS256' });
//! const response = await axios.post(`${ims}/ims/exchange/jwt`, qs.stringify({
//!   client_id: id, client_secret: secret, jwt_token: token,
//! }));
//! ```
//!
//! ## Instead
//!
//! A form with `grant_type=client_credentials`, `client_id`, `client_secret` and `scope`, posted to `/ims/token/v3`. There
//! is nothing to sign. `expires_in` of the reply counts seconds, where the exchange counted milliseconds.
//! `jwt-sunset fix` writes the change.
//!
//! ## How to silence
//!
//! A comment `jwt-sunset: ignore[jwt-exchange] <reason>` on the line of the request or the line before. AEM as a Cloud
//! Service credentials, which keep using JWT, are recognized and need no silence.

use crate::facts::Value;
use crate::flow::{Analysis, Confidence, Flow, FlowKind};
use crate::link::{Expr, Project};
use crate::text::{Location, Span};

use super::fingerprint::flow_content;
use super::{Finding, Fingerprint, Level, Rule, RuleInfo};

static INFO: RuleInfo = RuleInfo {
    id: "jwt-exchange",
    level: Level::Error,
    summary: "a request that swaps a JWT for an access token",
    source: include_str!("jwt_exchange.rs"),
};

pub(super) struct JwtExchange;

impl Rule for JwtExchange {
    fn info(&self) -> &'static RuleInfo {
        &INFO
    }

    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>) {
        for (index, flow) in analysis.flows.iter().enumerate() {
            if matches!(flow.kind, FlowKind::Library(_)) || flow.confidence == Confidence::Possible {
                continue;
            }
            let message =
                "this request swaps a JWT for an access token, which Adobe IMS stopped on 2026-03-01".to_owned();
            let mut finding = Finding::new(&INFO, project, call_place(project, flow.anchor), message);
            finding.confidence = flow.confidence;
            finding.flow = Some(index);
            finding.fingerprint = Fingerprint::new(INFO.id, &flow_content(project, flow));
            relate_flow(project, flow, &mut finding);
            settle_exemption(flow, &mut finding);
            acc.push(finding);
        }
    }
}

/// The place to show for a call: what is called, and the call up to its arguments.
pub(super) fn call_place(project: &Project, call: Expr) -> Location {
    let whole = project.location(call);
    match project.value(call) {
        Value::Call { callee, .. } => {
            let callee = project.node(Expr { file: call.file, id: *callee }).span;
            Location { file: call.file, span: Span::new(whole.span.start, callee.end) }
        }
        _ => whole,
    }
}

/// Adds the places of a flow to its finding. What stands in a test is no part of a flow outside of it.
pub(super) fn relate_flow(project: &Project, flow: &Flow<'_>, finding: &mut Finding) {
    let parameter = &project.knowledge().endpoints.exchange_parameter;
    if let Some(field) = flow.parameter(parameter) {
        finding.relate(project, field.at, "the JWT is sent here");
    }
    if let Some(at) = flow.parameter {
        finding.relate(project, at, "the JWT is sent here");
    }
    if let Some(assertion) = flow.assertion.as_ref().or(flow.beside.as_ref()) {
        finding.relate(project, call_place(project, assertion.sign), "the JWT is signed here");
        if let Some(claims) = assertion.claims {
            let place = claims_place(project, claims);
            finding.relate(project, place, "its claims");
        }
        if let Some(key) = assertion.key_source {
            finding.relate(project, key, "its private key");
        }
    }
    relate_metascopes(project, flow, finding);
    for endpoint in &flow.endpoint {
        finding.relate(project, *endpoint, "the endpoint");
    }
    for token in flow.reply.tokens.iter().take(CONSUMERS) {
        finding.relate(project, project.location(*token), "the token is taken here");
    }
    for caller in callers(project, flow.anchor).into_iter().take(CONSUMERS) {
        finding.relate(project, call_place(project, caller), "the token is asked for here");
    }
    for lifetime in &flow.reply.lifetimes {
        finding.relate(project, project.location(*lifetime), "the lifetime, in milliseconds");
    }
    let doubles = &project.knowledge().doubles;
    if !doubles.is_test(&finding.path) {
        finding.related.retain(|it| !doubles.is_test(&it.path));
    }
}

/// Shows each place that names metascopes, with the scopes that grant the same; those of OpenID, which every request has,
/// left out.
fn relate_metascopes(project: &Project, flow: &Flow<'_>, finding: &mut Finding) {
    let metascopes = &flow.scopes.metascopes;
    for (index, first) in metascopes.iter().enumerate() {
        if metascopes.iter().take(index).any(|it| it.at == first.at) {
            continue;
        }
        let here = metascopes.iter().filter(|it| it.at == first.at);
        let labels: Vec<String> = here
            .map(|it| match project.knowledge().scopes_of(&it.name) {
                None => format!("metascope {}, whose scopes are not documented", it.name),
                Some(row) => {
                    let base = &project.knowledge().endpoints.base_scopes;
                    let own: Vec<&str> =
                        row.scopes.iter().filter(|it| !base.contains(it)).map(String::as_str).collect();
                    format!("metascope {}, now {}", it.name, own.join(","))
                }
            })
            .collect();
        finding.relate(project, first.at, labels.join("; "));
    }
}

/// How many consumers of a token are shown.
const CONSUMERS: usize = 12;

/// The calls that lead to a request, from near to far: of its function, of the functions that call it.
fn callers(project: &Project, anchor: Expr) -> Vec<Expr> {
    let mut res: Vec<Expr> = Vec::new();
    let mut wave = vec![anchor];
    for _ in 0..CALLERS {
        let sites = wave.iter().flat_map(|it| project.call_sites(it.file, project.function(*it))).map(|it| it.call);
        let new: Vec<Expr> = sites.filter(|it| *it != anchor && !res.contains(it)).collect();
        res.extend(&new);
        wave = new;
    }
    let doubles = &project.knowledge().doubles;
    let mut seen = Vec::new();
    res.retain(|it| !doubles.is_test(project.file(it.file).path()));
    res.retain(|it| {
        !seen.contains(it) && {
            seen.push(*it);
            true
        }
    });
    res
}

/// How many functions up the callers of a request are shown.
const CALLERS: usize = 3;

/// Where claims are written: the record behind a name, when there is one.
fn claims_place(project: &Project, claims: Expr) -> Location {
    let origin = project.resolve(claims).into_iter().find_map(|it| match it {
        crate::link::Origin::Value(value) => Some(project.location(value)),
        _ => None,
    });
    origin.unwrap_or_else(|| project.location(claims))
}

/// An exempt flow is no offence, one in a test with doubles not one of its own; both are notes.
pub(super) fn settle_exemption(flow: &Flow<'_>, finding: &mut Finding) {
    if flow.in_double {
        finding.level = Level::Note;
        finding.message =
            "an exchange of a JWT in a test that answers it itself; it goes with the code it tests".to_owned();
    }
    if let Some(reason) = &flow.exempt {
        finding.level = Level::Note;
        finding.message = format!("exempt: {reason}; AEM as a Cloud Service credentials keep using JWT");
        finding.exempt = Some(reason.clone());
    }
}
