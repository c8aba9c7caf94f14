//! A request that hands its reply to a function `(error, response, body)`: the new one hands over `(error, reply)`.

use crate::facts::{BindingKind, FunctionId, Value};
use crate::link::{Expr, Origin, Project, member_key};
use crate::text::{FileId, Span};

use super::super::change::{Change, Declined, at};
use super::super::removal::item_span;
use super::super::site::Site;
use super::super::style::indentation_at;

/// Replaces the request around a callback; `opening` is the new call up to the callback. The parameters that only held
/// the response go.
pub(super) fn hand_to_callback(
    site: &Site<'_>,
    change: &mut Change,
    given: Expr,
    opening: &str,
) -> Result<(), Declined> {
    let project = site.project;
    let file = given.file;
    let (function, parameters) = inline(project, given)?;
    let call = project.parent(given).ok_or_else(|| Declined::because("the callback is not given to a call"))?;
    let (outer, own) = (project.node(call).span, project.node(given).span);
    change.replace(at(file, Span::new(outer.start, own.start)), opening)?;
    change.replace(at(file, Span::new(own.end, outer.end)), ")")?;
    conditions(site, change, given)?;
    outdent(site, change, given, outer)?;
    let read = |position: usize| {
        project.file(file).parameter_bindings(function, position).iter().any(|it| {
            let reads = &project.facts(file).bindings[*it].reads;
            reads.iter().any(|id| !change.removes(project, Expr { file, id: *id }))
        })
    };
    let wanted: Vec<usize> = (1..parameters.len()).filter(|it| read(*it)).collect();
    if wanted.len() > 1 {
        return Err(Declined::because("the callback uses the response besides its body"));
    }
    // The body comes second.
    let kept = wanted.first().copied().unwrap_or(1);
    for (position, span) in parameters.iter().enumerate().skip(1) {
        if position != kept {
            change.delete(at(file, item_span(project.file(file), *span)))?;
        }
    }
    Ok(())
}

/// Moves the function of a call at the end of a chain to where the new call stands.
fn outdent(site: &Site<'_>, change: &mut Change, given: Expr, call: Span) -> Result<(), Declined> {
    let text = site.project.file(given.file).text();
    let own = site.project.node(given).span;
    let Some(closing) = own.end.checked_sub(1) else { return Ok(()) };
    let (base, inner) = (indentation_at(text, call.start), indentation_at(text, closing));
    let lines = site.project.file(given.file).lines.whole_lines(text, own);
    let region = Span::new(own.start, lines.end.min(own.end));
    let texts = site.project.exprs(given.file).filter(|it| matches!(site.project.value(*it), Value::Text(_)));
    let literal: Vec<Span> = texts.map(|it| site.project.node(it).span).collect();
    let fixed = |start: usize| start == region.start || literal.iter().any(|it| it.start < start && start < it.end);
    match inner.strip_prefix(base).filter(|it| !it.is_empty()) {
        Some(unit) => {
            let edits = change.edits.entry(given.file).or_default();
            Ok(edits.outdent(text, region, unit, &fixed)?)
        }
        None => Ok(()),
    }
}

/// Whether a use of the response is in a condition that the new callback does not need.
pub(super) fn is_asked(site: &Site<'_>, given: Expr, used: Expr) -> bool {
    statuses(site, given).iter().any(|it| site.project.node(it.whole).span.contains(site.project.node(used).span))
}

/// A question for the status of the response beside the one for an error: `error || response.statusCode !== 200`.
struct StatusAsked {
    whole: Expr,
    error: Expr,
}

/// The questions for the status among the uses of the response.
fn statuses(site: &Site<'_>, given: Expr) -> Vec<StatusAsked> {
    let project = site.project;
    let Ok((function, _)) = inline(project, given) else { return Vec::new() };
    let error = project.file(given.file).parameter_bindings(function, 0).first().copied();
    let asked = site.flow.reply.others.iter().filter_map(|used| {
        let member = project.parent(*used)?;
        let (_, name) = member_key(project, member)?;
        let compared = project.parent(member)?;
        let Value::Operation { .. } = project.value(compared) else { return None };
        let whole = project.parent(project.outermost(compared))?;
        let Value::Operation { operator, operands } = project.value(whole) else { return None };
        let [left, right] = operands.as_slice() else { return None };
        let left = Expr { file: used.file, id: *left };
        let fits = matches!(name.as_str(), "statusCode" | "status")
            && operator == "||"
            && *right == project.outermost(compared).id
            && error.is_some()
            && project.binding(left) == error;
        fits.then_some(StatusAsked { whole, error: left })
    });
    asked.collect()
}

fn conditions(site: &Site<'_>, change: &mut Change, given: Expr) -> Result<(), Declined> {
    for asked in statuses(site, given) {
        let (whole, error) = (site.project.node(asked.whole).span, site.project.node(asked.error).span);
        change.delete(at(given.file, Span::new(error.end, whole.end)))?;
    }
    Ok(())
}

/// The function that stands where the callback is given, with the places of its parameters, all plain names.
fn inline(project: &Project, given: Expr) -> Result<(FunctionId, Vec<Span>), Declined> {
    let refuse = || Declined::because("the reply is handed to a function that stands elsewhere");
    let function = project.resolve(given).into_iter().find_map(|it| match it {
        Origin::Function(file, function) if file == given.file => Some((file, function)),
        _ => None,
    });
    let (file, function): (FileId, FunctionId) = function.ok_or_else(refuse)?;
    let data = &project.facts(file).functions[function];
    let here = data.value == Some(given.id) && data.parameters.iter().all(|it| it.name.is_some());
    let plain = project.facts(file).bindings.iter().all(|(_, it)| match it.kind {
        BindingKind::Parameter { function: of, .. } if of == function => it.definitions.len() < 2,
        _ => true,
    });
    if here && plain { Ok((function, data.parameters.iter().map(|it| it.span).collect())) } else { Err(refuse()) }
}
