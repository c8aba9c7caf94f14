//! What a program does about a refusal where its client answers one like any other reply: it looks whether there is a
//! token, or an error in its place. The new request rejects before it could.

use crate::facts::{Projection, Statement, StatementId, StatementKind, Value};
use crate::flow::FlowKind;
use crate::link::{Expr, Project, member_key};
use crate::text::Span;

use super::super::change::Declined;
use super::super::site::Site;

/// The fields of a reply that tell whether the server refused.
const TELLING: &[&str] = &["access_token", "error"];

/// Refuses a program that does something of its own when there is no token; throwing an error is what the new request
/// does too. What `covered` names is taken care of.
pub(super) fn refuse_own_answers(site: &Site<'_>, covered: &dyn Fn(Expr) -> bool) -> Result<(), Declined> {
    let FlowKind::Request(Some(client)) = site.flow.kind else { return Ok(()) };
    if client.rejects {
        return Ok(());
    }
    let project = site.project;
    let own = asked(site).into_iter().find(|it| !covered(*it) && is_answered(project, *it));
    match own {
        None => Ok(()),
        Some(expr) => {
            let file = project.file(expr.file);
            let line = file.lines.line_column(file.text(), project.node(expr).span.start).line;
            Err(Declined::because(format!(
                "the program looks itself whether there is a token ({}:{line}), where the new request rejects",
                file.path()
            )))
        }
    }
}

/// The reads of the token, and of the fields that tell of a refusal.
fn asked(site: &Site<'_>) -> Vec<Expr> {
    let project = site.project;
    let reply = &site.flow.reply;
    let mut res = reply.tokens.clone();
    for body in reply.bodies.iter().filter(|it| it.rest.is_empty()) {
        for reach in project.reach(body.expr) {
            match reach.path.as_slice() {
                [Projection::Key(key)] if TELLING.contains(&key.as_str()) => res.push(reach.expr),
                [] => res.extend(project.parent(reach.expr).filter(|it| {
                    member_key(project, *it)
                        .is_some_and(|(object, key)| object == reach.expr && TELLING.contains(&key.as_str()))
                })),
                _ => {}
            }
        }
    }
    // A name that gets other values too keeps a token, and is asked whether there is one yet.
    let single =
        |it: &Expr| project.binding(*it).is_some_and(|id| project.facts(it.file).bindings[id].definitions.len() == 1);
    let led: Vec<Expr> = res
        .iter()
        .flat_map(|it| project.reach(*it))
        .filter(|it| it.path.is_empty() && single(&it.expr))
        .map(|it| it.expr)
        .collect();
    res.extend(led);
    res
}

/// Whether something depends on an expression that does more than throw.
fn is_answered(project: &Project, expr: Expr) -> bool {
    let facts = project.facts(expr.file);
    let span = project.node(expr).span;
    let within = |id: Option<crate::facts::ValueId>| id.is_some_and(|id| facts.values[id].span.contains(span));
    let mut around = std::iter::successors(project.parent(expr), |it| project.parent(*it));
    let chosen = around.any(|it| matches!(project.value(it), Value::Choice { condition, .. } if within(*condition)));
    let statement = project.statement(expr);
    let branch = statement.filter(|it| match facts.statements[*it].kind {
        StatementKind::Branch { condition, .. } => within(condition),
        _ => false,
    });
    chosen || branch.is_some_and(|it| !only_throws(project, expr, it))
}

/// Whether a branch only raises, or hands over, an error of no class of its own.
fn only_throws(project: &Project, expr: Expr, branch: StatementId) -> bool {
    let data = project.file(expr.file);
    let statements = &data.facts.statements;
    let StatementKind::Branch { body, otherwise: false, .. } = statements[branch].kind else { return false };
    let text = |span: Span| span.of(data.text());
    let own = |it: &&Statement| body.contains(it.span) && !text(it.span).starts_with('{');
    let mut inner: Vec<&Statement> = statements.iter().map(|(_, it)| it).filter(own).collect();
    inner.sort_by_key(|it| it.span.start);
    let ends = inner.last().is_some_and(|it| matches!(it.kind, StatementKind::Throw | StatementKind::Return));
    let errs = inner.iter().any(|it| text(it.span).contains("new Error("));
    ends && errs && inner.len() <= 2
}
