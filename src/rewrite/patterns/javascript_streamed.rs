//! A streamed request: what becomes of the promise around it.

use crate::facts::Value;
use crate::flow::Flow;
use crate::link::{Expr, Project};

use super::super::change::{Change, Declined, at};
use super::super::lifetime;
use super::super::site::Site;

/// The promise whose executor makes a streamed request and settles with its parsed body.
pub(super) fn promise_around(project: &Project, flow: &Flow<'_>) -> Result<Expr, Declined> {
    let refuse = || Declined::because("the reply is streamed, and what becomes of it cannot be followed");
    let file = flow.request.file;
    let facts = project.facts(file);
    let functions: Vec<_> = facts.enclosing(project.function(flow.request)).collect();
    let executor = functions
        .iter()
        .filter_map(|id| facts.functions[*id].value)
        .map(|id| Expr { file, id })
        .find(|expr| project.parent(*expr).is_some_and(|it| project.callee_paths(it) == ["globalThis.Promise"]))
        .ok_or_else(refuse)?;
    project.parent(executor).ok_or_else(refuse)
}

/// Replaces a promise around a streamed request. What the executor resolves with must be the parsed body or a field of it.
pub(super) fn replace_promise(site: &Site<'_>, change: &mut Change, promise: Expr, call: &str) -> Result<(), Declined> {
    let project = site.project;
    let file = promise.file;
    let span = project.node(promise).span;
    let settled: Vec<Expr> = project
        .exprs(file)
        .filter(|expr| span.contains(project.node(*expr).span))
        .filter(|expr| match project.value(*expr) {
            Value::Call { callee, .. } => project.promise_resolved_by(Expr { file, id: *callee }) == Some(promise),
            _ => false,
        })
        .collect();
    let [resolve] = settled.as_slice() else {
        return Err(Declined::because("the promise around the request resolves in several places"));
    };
    let value = project.argument(*resolve, 0).ok_or_else(|| Declined::because("the promise resolves with nothing"))?;
    let suffix = parsed_suffix(project, value, 0)
        .ok_or_else(|| Declined::because("what the promise resolves with is not the parsed body"))?;
    let text = match suffix.as_str() {
        "" => call.to_owned(),
        suffix => format!("{call}.then((reply) => reply{suffix})"),
    };
    change.replace(at(file, span), text)?;
    lifetime_of_promise(site, change, promise)
}

/// What is taken out of the parsed body: empty for the body, `.field` for a field; none for anything else.
fn parsed_suffix(project: &Project, value: Expr, depth: usize) -> Option<String> {
    if depth > 4 {
        return None;
    }
    match project.value(value) {
        Value::Call { .. } => {
            let parses = project.callee_paths(value).iter().any(|it| it == "globalThis.JSON.parse");
            parses.then(String::new)
        }
        Value::Member { object, name, .. } => {
            let head = parsed_suffix(project, Expr { file: value.file, id: *object }, depth + 1)?;
            Some(format!("{head}.{name}"))
        }
        Value::Name { binding: Some(binding), .. } => {
            let definitions = &project.facts(value.file).bindings[*binding].definitions;
            match definitions.as_slice() {
                [only] if only.path.is_empty() => {
                    parsed_suffix(project, Expr { file: value.file, id: only.value? }, depth + 1)
                }
                _ => None,
            }
        }
        Value::Group(inner) => parsed_suffix(project, Expr { file: value.file, id: *inner }, depth + 1),
        _ => None,
    }
}

/// Converts the consumers of the lifetime in what a replaced promise yields.
fn lifetime_of_promise(site: &Site<'_>, change: &mut Change, promise: Expr) -> Result<(), Declined> {
    let project = site.project;
    for reach in project.reach(promise) {
        let destructured = reach.path == [crate::facts::Projection::Key("expires_in".to_owned())];
        let read = project.parent(reach.expr).filter(|it| {
            reach.path.is_empty()
                && crate::link::member_key(project, *it)
                    .is_some_and(|(object, key)| object == reach.expr && key == "expires_in")
        });
        let used = if destructured { Some(reach.expr) } else { read };
        if let Some(used) = used {
            lifetime::convert_read(project, change, used)?;
        }
    }
    Ok(())
}
