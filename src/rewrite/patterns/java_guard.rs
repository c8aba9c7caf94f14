//! Java: what the program did about a refusal it does about the new one's. A check of the old reply becomes the handler of
//! the exception that tells of a refusal; where there was none, the exception that callers expect is thrown.

use std::collections::BTreeSet;

use crate::facts::{BindingId, FunctionId, StatementId, StatementKind, Value};
use crate::link::{Expr, Project};
use crate::text::Span;

use super::super::change::{Change, Declined};
use super::super::site::Site;
use super::java_reply::Reads;
use super::java_spring::drop_statement;

/// What becomes of a refusal.
pub(super) struct Refused {
    /// The name of the exception.
    pub(super) name: String,
    /// The statements of its handler, with tabs for steps.
    pub(super) handler: String,
    guards: Vec<StatementId>,
}

impl Refused {
    /// Removes the checks whose place the handler takes.
    pub(super) fn delete_guards(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        self.guards.iter().try_for_each(|it| drop_statement(site, change, *it))
    }
}

/// Exceptions of the standard library that take a cause behind the message.
const WITH_CAUSE: &[&str] = &["IOException", "RuntimeException", "IllegalStateException", "UncheckedIOException"];
/// What the old request could fail with in a way that callers have to know.
const FAILURE: &str = "IOException";

/// What becomes of a refusal; none where the exception of the library tells callers as much as the old one did.
pub(super) fn refusal(site: &Site<'_>, reads: &Reads, place: StatementId) -> Result<Option<Refused>, Declined> {
    let project = site.project;
    let file = site.flow.request.file;
    let function = project.function(site.flow.request);
    let tainted = tainted(site, reads);
    let name = exception_name(site, place);
    let facts = project.facts(file);
    let mut handler = None;
    let mut guards = Vec::new();
    for (id, statement) in facts.statements.iter().filter(|(_, it)| it.function == function) {
        let StatementKind::Branch { condition: Some(condition), body, otherwise } = statement.kind else { continue };
        let condition = Expr { file, id: condition };
        if !names_in(project, condition, &tainted) {
            continue;
        }
        if otherwise || !turns_away(project, file, id, body) {
            return Err(Declined::because("what the code makes of a refusal is more than to turn away"));
        }
        if handler.is_none() {
            handler = Some(rewritten_body(site, body, &tainted, &name)?);
        }
        guards.push(id);
    }
    let handler = match handler {
        Some(handler) => handler,
        None if expects_failure(site, function, place) => {
            format!("throw new {FAILURE}({name}.getMessage(), {name});")
        }
        None => return Ok(None),
    };
    Ok(Some(Refused { name, handler, guards }))
}

/// The names that hold the request, its response, or what is made of it, in the function of the request.
fn tainted(site: &Site<'_>, reads: &Reads) -> BTreeSet<BindingId> {
    let project = site.project;
    let file = site.flow.request.file;
    let facts = project.facts(file);
    let function = project.function(site.flow.request);
    let seeds = [project.node(site.flow.request).span, project.node(reads.body.expr).span];
    let mut res: BTreeSet<BindingId> = BTreeSet::new();
    loop {
        let before = res.len();
        for (id, binding) in facts.bindings.iter().filter(|(_, it)| it.function == function) {
            let holds = binding.definitions.iter().filter_map(|it| it.value).any(|value| {
                let span = facts.values[value].span;
                seeds.iter().any(|it| span.contains(*it)) || names_in(project, Expr { file, id: value }, &res)
            });
            if holds {
                res.insert(id);
            }
        }
        if res.len() == before {
            return res;
        }
    }
}

fn names_in(project: &Project, expr: Expr, names: &BTreeSet<BindingId>) -> bool {
    let span = project.node(expr).span;
    let facts = project.facts(expr.file);
    facts.values.iter().any(|(_, it)| {
        span.contains(it.span)
            && matches!(&it.value, Value::Name { binding: Some(binding), .. } if names.contains(binding))
    })
}

/// Whether an expression stands in a branch that only throws.
pub(super) fn turned_away(project: &Project, expr: Expr) -> bool {
    let span = project.node(expr).span;
    let facts = project.facts(expr.file);
    facts.statements.iter().any(|(id, it)| match it.kind {
        StatementKind::Branch { body, .. } => {
            let throws =
                facts.statements.iter().any(|(_, it)| it.kind == StatementKind::Throw && body.contains(it.span));
            body.contains(span) && throws && turns_away(project, expr.file, id, body)
        }
        _ => false,
    })
}

/// Whether all that a branch does is to throw or return in the end.
fn turns_away(project: &Project, file: crate::text::FileId, branch: StatementId, body: Span) -> bool {
    let facts = project.facts(file);
    let inside = facts.statements.iter().filter(|(id, it)| {
        *id != branch && body.contains(it.span) && !(it.kind == StatementKind::Compound && it.span == body)
    });
    let inside: Vec<_> = inside.map(|(_, it)| it).collect();
    let leaves = |kind: &StatementKind| matches!(kind, StatementKind::Throw | StatementKind::Return);
    inside.last().is_some_and(|it| leaves(&it.kind))
        && inside.iter().all(|it| leaves(&it.kind) || it.kind == StatementKind::Plain)
}

/// The statements of a check with the exception in the place of the reply.
fn rewritten_body(site: &Site<'_>, body: Span, tainted: &BTreeSet<BindingId>, name: &str) -> Result<String, Declined> {
    let project = site.project;
    let file = site.flow.request.file;
    let facts = project.facts(file);
    let text = site.file().text();
    let inner = match body.of(text).starts_with('{') {
        true => Span::new(body.start + 1, body.end.saturating_sub(1)),
        false => body,
    };
    let mut edits: Vec<(Span, String)> = Vec::new();
    let mut covered: Vec<Span> = Vec::new();
    for (id, node) in facts.values.iter().filter(|(_, it)| inner.contains(it.span)) {
        let Value::Name { binding: Some(binding), .. } = &node.value else { continue };
        let own = facts.bindings[*binding].definitions.iter().any(|it| inner.contains(it.span));
        if own || !tainted.contains(binding) {
            continue;
        }
        let whole = maximal(project, Expr { file, id });
        let span = project.node(whole).span;
        if !is_text(project, whole) {
            return Err(Declined::because("what the code makes of a refusal is more than a message"));
        }
        if covered.iter().any(|it| it.contains(span)) {
            continue;
        }
        edits.push((span, substitute(project, whole, name)?));
        covered.push(span);
    }
    add_cause(project, file, inner, name, &mut edits);
    edits.sort();
    let mut res = inner.of(text).to_owned();
    for (span, new) in edits.iter().rev() {
        res.replace_range(span.start - inner.start..span.end - inner.start, new);
    }
    Ok(unindented(&res, &site.style.indent))
}

/// Whether an expression stands where a text may stand: in no statement of its own, and in no name of another type.
fn is_text(project: &Project, expr: Expr) -> bool {
    let facts = project.facts(expr.file);
    let bound = project.file(expr.file).bound_by(expr.id);
    let texts = bound.iter().all(|(binding, place)| {
        let declared = facts.bindings[*binding].definitions.get(*place).and_then(|it| it.declared);
        declared.is_some_and(|it| matches!(project.source(Expr { file: expr.file, id: it }), "String" | "var"))
    });
    let alone = project.parent(expr).is_none()
        && bound.is_empty()
        && project.statement(expr).is_some_and(|it| facts.statements[it].kind == StatementKind::Plain);
    texts && !alone
}

/// The largest expression around a name that only takes something of it.
fn maximal(project: &Project, name: Expr) -> Expr {
    let mut res = name;
    while let Some(parent) = project.parent(res) {
        let takes = match project.value(parent) {
            Value::Member { object, .. } => *object == res.id,
            Value::Call { new, .. } => !new,
            Value::Group(_) => true,
            _ => false,
        };
        if !takes {
            break;
        }
        res = parent;
    }
    res
}

/// What says of the exception what an expression said of the reply.
fn substitute(project: &Project, expr: Expr, name: &str) -> Result<String, Declined> {
    let source = project.source(expr);
    let joined = project
        .parent(expr)
        .is_some_and(|it| matches!(project.value(it), Value::Operation { operator, .. } if operator == "+"));
    let lower = source.to_lowercase();
    let status = ["status", "code"].iter().any(|it| lower.contains(it));
    // What HTTP says in words besides the number.
    let reason = ["message", "reason"].iter().any(|it| lower.contains(it));
    if source.contains("error_description") {
        return Ok(format!("{name}.getError().getDescription()"));
    }
    if source.contains("\"error\"") || ((status || reason) && joined) {
        return Ok(format!("{name}.getError().getErrorCode()"));
    }
    match status {
        // The library does not tell the number.
        true => Err(Declined::because("the status of a refusal is handed on as a number")),
        false => Ok(format!("{name}.getMessage()")),
    }
}

/// Hands the exception on as the cause, where the new one takes one.
fn add_cause(project: &Project, file: crate::text::FileId, inside: Span, name: &str, edits: &mut Vec<(Span, String)>) {
    for (_, node) in project.facts(file).values.iter().filter(|(_, it)| inside.contains(it.span)) {
        let Value::Call { callee, arguments, new: true } = &node.value else { continue };
        let class = project.source(Expr { file, id: *callee });
        if let ([only], true) = (arguments.as_slice(), WITH_CAUSE.contains(&class)) {
            edits.push((Span::at(only.span.end), format!(", {name}")));
        }
    }
}

/// Lines without their common indentation, deeper steps as tabs.
fn unindented(text: &str, unit: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|it| !it.trim().is_empty()).collect();
    let margin = lines.iter().map(|it| it.len() - it.trim_start().len()).min().unwrap_or_default();
    let lines = lines.iter().map(|line| {
        let own = line.get(margin..).unwrap_or_default();
        let deep = own.len() - own.trim_start().len();
        format!("{}{}", "\t".repeat(deep / unit.len().max(1)), own.trim())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether code around the request has to expect that it fails with an exception of input and output.
fn expects_failure(site: &Site<'_>, function: FunctionId, place: StatementId) -> bool {
    let project = site.project;
    let file = site.flow.request.file;
    let facts = project.facts(file);
    let named = |id: &crate::facts::ValueId| project.source(Expr { file, id: *id }).ends_with(FAILURE);
    let declared = facts.functions[function].throws.iter().any(named);
    let span = facts.statements[place].span;
    let caught = facts.handlers.iter().any(|it| {
        let around = it.statement.is_some_and(|it| facts.statements[it].span.contains(span));
        around
            && !it.span.contains(span)
            && Span::new(it.span.start, it.span.end)
                .of(site.file().text())
                .split(')')
                .next()
                .is_some_and(|head| head.contains(FAILURE))
    });
    declared || caught
}

/// A name for the exception that nothing around has.
fn exception_name(site: &Site<'_>, place: StatementId) -> String {
    let facts = &site.file().facts;
    let span = facts.statements[place].span;
    let function = facts.statements[place].function;
    let taken = |name: &str| {
        facts.bindings.iter().any(|(_, it)| {
            it.name == name
                && it.function == function
                && (facts.handlers.iter().any(|handler| {
                    handler.span.contains(span) && it.definitions.iter().any(|it| handler.span.contains(it.name_span))
                }) || !facts
                    .handlers
                    .iter()
                    .any(|handler| it.definitions.iter().any(|it| handler.span.contains(it.name_span))))
        })
    };
    ["e", "refusal", "refused"].iter().find(|it| !taken(it)).map_or_else(|| "failure".to_owned(), |it| (*it).to_owned())
}
