//! What speaks for an exchange in a part of a file, whether or not it came to a flow.

use crate::facts::{EntryKey, Piece, StoreKey, Value};
use crate::knowledge::path_matches;
use crate::link::{Expr, Project};
use crate::text::{FileId, Location, Span};

use super::assertion::signer_of;
use super::{Analysis, Confidence, Flow};

/// A kind of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceKind {
    /// An address that takes a JWT.
    Address,
    /// The parameter that carries the JWT.
    Parameter,
    /// A call of a client that is known to send requests.
    Request,
    /// A call that signs a JWT.
    Signing,
    /// A claim that names a metascope or a host of Adobe IMS.
    Claim,
    /// The name of a library that exchanges, where no call of it is one.
    Library,
}

impl EvidenceKind {
    /// All kinds, in the order in which they are listed.
    pub const ALL: &[Self] =
        &[Self::Address, Self::Parameter, Self::Request, Self::Signing, Self::Claim, Self::Library];

    /// What it is, for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "an address that exchanges a JWT",
            Self::Parameter => "the parameter jwt_token",
            Self::Request => "a request by a known client",
            Self::Signing => "a call that signs a JWT",
            Self::Claim => "a claim of Adobe IMS",
            Self::Library => "a library that exchanges a JWT",
        }
    }
}

/// What was seen in a part of a file.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Each piece of evidence and where it stands.
    pub evidence: Vec<(EvidenceKind, Location)>,
    /// Why a flow that is there is not reported.
    pub hidden: Vec<&'static str>,
}

/// What was seen in a part of a file; the part is the whole file where there is no span.
#[must_use]
pub fn seen(project: &Project, analysis: &Analysis<'_>, file: FileId, part: Option<Span>) -> Seen {
    let inside = |span: Span| part.is_none_or(|it| it.overlaps(span) || it.contains(span));
    let mut res = Seen::default();
    for expr in project.exprs(file) {
        let span = project.node(expr).span;
        for (kind, at) in of_value(project, expr).into_iter().filter(|it| inside(it.1)) {
            res.evidence.push((kind, Location { file, span: at }));
        }
        if inside(span) && matches!(project.value(expr), Value::Call { .. }) {
            res.evidence.extend(of_call(project, expr).map(|kind| (kind, Location { file, span })));
        }
    }
    let parameter = &project.knowledge().endpoints.exchange_parameter;
    for store in project.stores(file) {
        if matches!(&store.key, StoreKey::Known(key) if key == parameter) && inside(store.span) {
            res.evidence.push((EvidenceKind::Parameter, Location { file, span: store.span }));
        }
    }
    res.evidence.sort();
    res.evidence.dedup();
    let touches = |it: &&Flow<'_>| it.anchor.file == file && inside(project.location(it.anchor).span);
    for flow in analysis.flows.iter().filter(touches) {
        if flow.confidence == Confidence::Possible {
            res.hidden.push("only names speak for an exchange, which is too little to report one");
        }
    }
    res
}

/// What a text or a record says.
fn of_value(project: &Project, expr: Expr) -> Vec<(EvidenceKind, Span)> {
    let endpoints = &project.knowledge().endpoints;
    let parameter = &endpoints.exchange_parameter;
    let node = project.node(expr);
    match &node.value {
        Value::Text(pieces) => {
            let mut res = Vec::new();
            for piece in pieces {
                let Piece::Literal { text, span } = piece else { continue };
                let marks = [
                    (EvidenceKind::Address, endpoints.exchange_path.is_match(text)),
                    (EvidenceKind::Parameter, text.contains(parameter.as_str())),
                    (EvidenceKind::Claim, endpoints.metascope.is_match(text) || endpoints.host.is_match(text)),
                ];
                res.extend(marks.into_iter().filter(|it| it.1).map(|it| (it.0, *span)));
            }
            res
        }
        Value::Record(entries) => entries
            .iter()
            .filter(|it| matches!(&it.key, EntryKey::Known { name, .. } if name == parameter))
            .map(|it| (EvidenceKind::Parameter, it.span))
            .collect(),
        Value::Call { arguments, .. } => arguments
            .iter()
            .filter(|it| it.name.as_ref() == Some(parameter))
            .map(|it| (EvidenceKind::Parameter, it.span))
            .collect(),
        _ => Vec::new(),
    }
}

/// What a call is.
fn of_call(project: &Project, call: Expr) -> Option<EvidenceKind> {
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    let knowledge = project.knowledge();
    let is = |row: &str| paths.iter().any(|path| path_matches(row, path));
    if knowledge.libraries.iter().any(|it| it.language == language && is(&it.call)) {
        return Some(EvidenceKind::Library);
    }
    if knowledge.clients.iter().any(|it| it.language == language && is(&it.call)) {
        return Some(EvidenceKind::Request);
    }
    signer_of(project, call).map(|_| EvidenceKind::Signing)
}
