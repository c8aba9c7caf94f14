//! Parts of flows that belong to no flow: endpoints nobody requests, assertions nobody exchanges.

use crate::facts::{Piece, Value};
use crate::link::{Expr, Project};
use crate::text::Location;

use super::{Credential, Flow, assertion, double};

/// A part of a flow without the rest of it.
#[derive(Debug, Clone)]
pub struct Stray {
    /// What it is.
    pub kind: StrayKind,
    /// Where.
    pub at: Location,
    /// The metascopes an assertion asks for.
    pub metascopes: Vec<String>,
    /// Why it must stay on JWT, if it must.
    pub exempt: Option<String>,
    /// Whether it stands in a test.
    pub in_test: bool,
}

/// What a stray is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StrayKind {
    /// The address of an exchange.
    Endpoint,
    /// A JWT for Adobe IMS that is signed.
    Assertion,
}

/// Everything that the flows do not account for.
pub(super) fn strays(project: &Project, flows: &[Flow<'_>], credentials: &[Credential]) -> Vec<Stray> {
    let mut res = Vec::new();
    for (file, _) in project.files() {
        for expr in project.exprs(file) {
            endpoint(project, flows, expr, &mut res);
            lone_assertion(project, flows, expr, &mut res);
        }
    }
    // An address whose own key says that it is a credential's is told with it.
    let line = |at: Location| project.file(at.file).lines.line_column(project.file(at.file).text(), at.span.start).line;
    let told = |at: Location, mark: Location| mark.file == at.file && line(mark) == line(at);
    res.retain(|it| {
        let marks = |credential: &Credential| {
            told(it.at, credential.at) || credential.others.iter().any(|(other, _)| told(it.at, *other))
        };
        let shown = |flow: &Flow<'_>| told(it.at, project.location(flow.anchor));
        it.kind != StrayKind::Endpoint || !(credentials.iter().any(marks) || flows.iter().any(shown))
    });
    res.sort_by_key(|it| it.at);
    res
}

fn endpoint(project: &Project, flows: &[Flow<'_>], expr: Expr, acc: &mut Vec<Stray>) {
    let Value::Text(pieces) = project.value(expr) else { return };
    for piece in pieces {
        let Piece::Literal { text, span } = piece else { continue };
        if !project.knowledge().endpoints.exchange_path.is_match(text) || is_documentation(project, expr) {
            continue;
        }
        let at = Location { file: expr.file, span: *span };
        // An address with words around it is prose: a log line, a message, a help text.
        let pattern = &project.knowledge().endpoints.exchange_path;
        let template = project.facts(expr.file).language.is_data() && text.contains("{{");
        let addressed = pattern.is_match(text) && (template || !super::evidence::is_prose(project, expr.file, text));
        if addressed && !flows.iter().any(|flow| flow.endpoint.contains(&at)) {
            let in_test = double::is_test(project, expr.file);
            acc.push(Stray { kind: StrayKind::Endpoint, at, metascopes: Vec::new(), exempt: None, in_test });
        }
    }
}

/// Whether a text stands alone as a statement, as documentation does.
pub(super) fn is_documentation(project: &Project, expr: Expr) -> bool {
    let facts = project.facts(expr.file);
    project.parent(expr).is_none()
        && !facts.language.is_lexical()
        && !facts.language.is_data()
        && project.file(expr.file).bound_by(expr.id).is_empty()
        && project.file(expr.file).stores_of(expr.id).next().is_none()
        && project.file(expr.file).returned_by(expr.id).is_empty()
        && !facts.classes.iter().any(|(_, it)| it.fields.iter().any(|field| field.1 == Some(expr.id)))
}

fn lone_assertion(project: &Project, flows: &[Flow<'_>], expr: Expr, acc: &mut Vec<Stray>) {
    if !matches!(project.value(expr), Value::Call { .. }) {
        return;
    }
    let Some(row) = assertion::signer_of(project, expr) else { return };
    let made = |flow: &Flow<'_>| flow.assertion.as_ref().or(flow.beside.as_ref()).is_some_and(|it| it.sign == expr);
    if flows.iter().any(made) {
        return;
    }
    let found = assertion::at_signer(project, expr, row);
    // Without a metascope or technical account this may be any JWT that names an Adobe host.
    let decisive = found.is_adobe && (!found.metascopes.is_empty() || found.dynamic_metascopes);
    if !decisive {
        return;
    }
    let own = &project.knowledge().exemptions.metascopes;
    let exempt = found.metascopes.iter().find(|it| own.contains(&it.name));
    let exempt = exempt.map(|it| format!("metascope {} is AEM's", it.name));
    let in_test = double::is_test(project, expr.file);
    let metascopes = found.metascopes.into_iter().map(|it| it.name).collect();
    acc.push(Stray { kind: StrayKind::Assertion, at: project.location(expr), metascopes, exempt, in_test });
}
