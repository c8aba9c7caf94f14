//! A check of the response that throws: `if (!res.ok) throw new Error(…)`. The new request rejects in its place, so a plain
//! error goes, and an error of the program's own is thrown by a handler behind the new request.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{BindingId, FileFacts, Statement, StatementId, StatementKind, Value};
use crate::link::{Expr, Project, member_key};
use crate::text::{FileId, Span};

use super::super::change::{Change, Declined, at};
use super::super::purity::is_pure_besides;
use super::super::removal::statement_span;
use super::super::site::Site;

/// How the new error says what members and methods of the response said.
const SAID: &[(&str, &str)] =
    &[("status", "status"), ("statusCode", "status"), ("statusText", "message"), ("text", "message")];

/// What a program does about a response that tells of a refusal.
#[derive(Default)]
pub(super) struct Guards {
    statements: Vec<StatementId>,
    /// The uses of the response in them.
    uses: BTreeSet<Expr>,
    /// What is thrown about it, in terms of the error `error` of the new request, where the program has an error of its
    /// own for that.
    pub(super) thrown: Option<String>,
}

impl Guards {
    /// Whether a use of the response goes with a guard.
    pub(super) fn covers(&self, used: Expr) -> bool {
        self.uses.contains(&used)
    }

    /// Whether an expression stands in a guard.
    pub(super) fn hold(&self, site: &Site<'_>, expr: Expr) -> bool {
        let (statements, span) = (&site.file().facts.statements, site.project.node(expr).span);
        expr.file == site.flow.request.file && self.statements.iter().any(|it| statements[*it].span.contains(span))
    }

    /// Removes the checks.
    pub(super) fn remove(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        let file = site.flow.request.file;
        for statement in &self.statements {
            let whole = statement_span(site.file(), *statement, &|it| change.deletes(at(file, it)));
            change.delete(at(file, whole))?;
        }
        Ok(())
    }
}

/// The checks among the uses of the response that are no body.
pub(super) fn guards(site: &Site<'_>) -> Guards {
    let mut res = Guards::default();
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let mut found: BTreeMap<StatementId, Vec<Expr>> = BTreeMap::new();
    for used in site.flow.reply.others.iter().filter(|it| it.file == file) {
        let own = site.project.statement(*used);
        let around = std::iter::successors(own, |it| facts.statements[*it].parent);
        let checks = around.filter(|it| matches!(facts.statements[*it].kind, StatementKind::Branch { .. }));
        if let Some(check) = checks.last() {
            found.entry(check).or_default().push(*used);
        }
    }
    let search = Search { site, file, names: response_names(site) };
    for (statement, uses) in found {
        let Some(thrown) = search.thrown(statement) else { continue };
        let Some(said) = search.said(thrown, statement) else { continue };
        if res.thrown.is_some() && said.is_some() {
            continue;
        }
        res.thrown = res.thrown.or(said);
        res.statements.push(statement);
        res.uses.extend(uses);
    }
    res
}

/// The names that hold the response, or what was taken out of it at once.
fn response_names(site: &Site<'_>) -> BTreeSet<BindingId> {
    let reply = &site.flow.reply;
    let held = reply.others.iter().copied().chain(reply.bodies.iter().map(|it| it.response));
    held.filter(|it| it.file == site.flow.request.file).filter_map(|it| site.project.binding(it)).collect()
}

struct Search<'s, 'p> {
    site: &'s Site<'p>,
    file: FileId,
    names: BTreeSet<BindingId>,
}

impl<'p> Search<'_, 'p> {
    fn facts(&self) -> &'p FileFacts {
        &self.site.file().facts
    }

    fn inside(&self, span: Span) -> impl Iterator<Item = Expr> + '_ {
        self.site.project.exprs(self.file).filter(move |it| span.contains(self.site.project.node(*it).span))
    }

    /// What a check throws, if that is all it does: it asks the response alone, and what stands before the throw only
    /// reads the response.
    fn thrown(&self, check: StatementId) -> Option<StatementId> {
        let facts = self.facts();
        let StatementKind::Branch { condition: Some(condition), body, otherwise: false } = facts.statements[check].kind
        else {
            return None;
        };
        let condition = Expr { file: self.file, id: condition };
        let pure = is_pure_besides(self.site.project, condition, &|_| false);
        let mut named = self.names_in(self.site.project.node(condition).span).peekable();
        let alone = named.peek().is_some() && named.all(|it| it.is_some_and(|it| self.names.contains(&it)));
        // A block is a statement too, around those it holds.
        let own = |it: &Statement| {
            it.parent.is_some_and(|it| it == check || facts.statements[it].parent == Some(check))
                && !it.span.of(self.site.file().text()).starts_with('{')
        };
        let mut inner: Vec<(StatementId, &Statement)> =
            facts.statements.iter().filter(|(_, it)| own(it) && body.contains(it.span)).collect();
        inner.sort_by_key(|it| it.1.span.start);
        let ((last, end), before) = inner.split_last().map(|(last, before)| (*last, before))?;
        let serves = before.iter().all(|(_, it)| it.kind == StatementKind::Plain && self.only_reads(it.span));
        let text = end.span.of(self.site.file().text());
        let throws = end.kind == StatementKind::Throw
            || end.kind == StatementKind::Return && text.starts_with("return Promise.reject(");
        (pure && alone && throws && serves).then_some(last)
    }

    /// Whether a statement does nothing but read the response: what it works with is the response, or its own. A name alone
    /// is a type, or kept under another name.
    fn only_reads(&self, span: Span) -> bool {
        let project = self.site.project;
        let facts = self.facts();
        let parts = self.inside(span).filter(|it| project.parent(*it).is_some());
        let names = parts.filter_map(|it| match project.value(it) {
            Value::Name { binding, .. } => Some(*binding),
            _ => None,
        });
        names.into_iter().all(|it| {
            it.is_some_and(|binding| {
                let own = facts.bindings[binding].definitions.iter().all(|it| span.contains(it.span));
                self.names.contains(&binding) || own
            })
        })
    }

    fn names_in(&self, span: Span) -> impl Iterator<Item = Option<BindingId>> + '_ {
        self.inside(span).filter_map(|it| match self.site.project.value(it) {
            Value::Name { binding, .. } => Some(*binding),
            _ => None,
        })
    }

    /// What is thrown, in terms of the error of the new request; none within where that error serves as it is, none at
    /// all where the terms are not known.
    fn said(&self, thrown: StatementId, check: StatementId) -> Option<Option<String>> {
        let project = self.site.project;
        let span = self.facts().statements[thrown].span;
        let made = self.inside(span).find(|it| matches!(project.value(*it), Value::Call { new: true, .. }))?;
        let Value::Call { callee, .. } = project.value(made) else { return None };
        let class = Expr { file: self.file, id: *callee };
        let rejects = |it: &Expr| project.callee_paths(*it).iter().any(|it| it == "globalThis.Promise.reject");
        let outer = |it: &Expr| project.parent(*it).filter(|it| !rejects(it));
        let whole = std::iter::successors(Some(made), outer).last().unwrap_or(made);
        if project.binding(class).is_none() && project.source(class) == "Error" && whole == made {
            return (!self.reads_headers(check)).then_some(None);
        }
        let (whole, mut text) = (project.node(whole).span, project.source(whole).to_owned());
        let mut uses: Vec<(Span, &str)> = Vec::new();
        for name in self.inside(whole) {
            let Value::Name { binding: Some(binding), .. } = project.value(name) else { continue };
            let read_before = self.facts().bindings[*binding]
                .definitions
                .iter()
                .all(|it| it.statement.is_some_and(|it| self.facts().statements[it].parent == Some(check)));
            if self.holds_body(*binding) {
                return None;
            }
            if read_before {
                uses.push((project.node(name).span, "message"));
            } else if self.names.contains(binding) {
                uses.push(self.term(name)?);
            }
        }
        uses.sort();
        for (span, said) in uses.iter().rev() {
            let range = span.start - whole.start..span.end - whole.start;
            text.replace_range(range, &format!("error.{said}"));
        }
        Some(Some(text))
    }

    /// Whether a name outside of the check holds the parsed body, which there is none of when the new request rejects.
    fn holds_body(&self, binding: BindingId) -> bool {
        let bodies = self.site.flow.reply.bodies.iter().filter(|it| it.expr.file == self.file);
        bodies.flat_map(|it| self.site.file().bound_by(it.expr.id)).any(|it| it.0 == binding)
    }

    /// Whether a check reads headers of the response, which the error of the new request does not have.
    fn reads_headers(&self, check: StatementId) -> bool {
        let project = self.site.project;
        let named = |it: Expr| project.binding(it).is_some_and(|it| self.names.contains(&it));
        self.inside(self.facts().statements[check].span).any(|it| match project.value(it) {
            Value::Member { object, name, .. } => name == "headers" && named(Expr { file: self.file, id: *object }),
            _ => false,
        })
    }

    /// What is read of the response at a name, and how the error says it.
    fn term(&self, name: Expr) -> Option<(Span, &'static str)> {
        let project = self.site.project;
        let known = |key: &str| SAID.iter().find(|it| it.0 == key).map(|it| it.1);
        let Some((member, key)) = project.parent(name).and_then(|it| Some((it, member_key(project, it)?.1))) else {
            return Some((project.node(name).span, known(project.source(name))?));
        };
        let said = known(&key)?;
        let called = project.parent(member).filter(|it| project.is_callee(*it, member));
        let awaited = called.and_then(|it| project.parent(it)).filter(|it| is_awaited(project, *it));
        Some((project.node(awaited.or(called).unwrap_or(member)).span, said))
    }
}

fn is_awaited(project: &Project, expr: Expr) -> bool {
    matches!(project.value(expr), Value::Await(_))
}
