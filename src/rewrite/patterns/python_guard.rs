//! The place where a Python program looks whether it got a token. Authlib raises instead, so what the program did about a
//! refusal becomes the body of a handler around the new request.

use std::collections::BTreeSet;

use crate::facts::{BindingId, Statement, StatementId, StatementKind, Value};
use crate::flow::field_read;
use crate::link::{Expr, Project, member_key};
use crate::text::{FileId, Span};

use super::super::change::{Change, Declined, at};
use super::super::removal::statement_span;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::python_errors::ERROR;

/// How many statements up a check of the reply is looked for.
const LEVELS: usize = 4;

/// What a program does about a reply without a token.
pub(super) struct Guard {
    /// The statements that do it.
    body: Span,
    /// What follows them in the handler.
    end: End,
    /// The name that the body has for the error already.
    name: Option<String>,
    /// What goes with the check besides its body.
    gone: Vec<Gone>,
    /// The try statement around the request to which the handler is added; none where it needs one of its own.
    joined: Option<StatementId>,
    /// The uses of the reply in what goes.
    uses: Vec<Expr>,
}

/// How the body of a check ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It returns, exits, or raises an error with a cause.
    Left,
    /// It raises an error of its own, which gets a cause.
    Raised,
    /// It goes on to a call that raises.
    Checked,
}

/// A part of a check that goes.
enum Gone {
    /// A whole statement.
    Statement(StatementId),
    /// The lines from one offset to another.
    Lines(Span),
    /// The indentation of a block that is no longer one.
    Step(Span),
}

/// Looks for the check of the reply: behind the request, or behind a `with` or `try` that it stands in.
pub(super) fn guard(site: &Site<'_>) -> Option<Guard> {
    let search = Search::new(site)?;
    let facts = &site.file().facts;
    let mut level = site.project.statement(site.flow.request)?;
    let mut joined = None;
    if facts.statements[level].kind == StatementKind::Compound {
        let inner = search.among(|it| it.parent == Some(level));
        if let Some(found) = search.first(&inner) {
            return Some(found);
        }
    }
    for _ in 0..LEVELS {
        let own = &facts.statements[level];
        let after = search.among(|it| it.parent == own.parent && it.block == own.block && it.span.start > own.span.end);
        if let Some(found) = search.first(&after) {
            return Some(Guard { joined, ..found });
        }
        level = own.parent?;
        match facts.statements[level].kind {
            StatementKind::Guarded if facts.handlers.iter().any(|it| it.statement == Some(level)) => {
                joined = Some(level);
            }
            StatementKind::Compound if opens_with(facts.statements[level].span.of(site.file().text())) => {}
            _ => return None,
        }
    }
    None
}

/// Whether a statement is a `with`.
pub(super) fn opens_with(statement: &str) -> bool {
    statement.trim_start_matches("async").trim_start().starts_with("with ")
}

/// What is needed to tell checks of the reply from other statements.
struct Search<'p, 's> {
    site: &'s Site<'p>,
    file: FileId,
    names: BTreeSet<BindingId>,
}

impl<'p, 's> Search<'p, 's> {
    fn new(site: &'s Site<'p>) -> Option<Self> {
        let names = reply_names(site);
        (!names.is_empty()).then_some(Self { site, file: site.flow.request.file, names })
    }

    fn among(&self, fits: impl Fn(&Statement) -> bool) -> Vec<StatementId> {
        let facts = &self.site.file().facts;
        let mut res: Vec<StatementId> = facts.statements.iter().filter(|(_, it)| fits(it)).map(|(id, _)| id).collect();
        res.sort_by_key(|it| facts.statements[*it].span.start);
        res
    }

    /// The first check among siblings.
    fn first(&self, siblings: &[StatementId]) -> Option<Guard> {
        (0..siblings.len()).find_map(|place| {
            let rest = siblings.get(place..).unwrap_or_default();
            let (first, rest) = rest.split_first()?;
            match self.site.file().facts.statements[*first].kind {
                StatementKind::Branch { .. } => self.branch(*first, rest),
                StatementKind::Guarded => self.attempt(*first),
                _ => None,
            }
        })
    }

    fn branch(&self, id: StatementId, rest: &[StatementId]) -> Option<Guard> {
        let facts = &self.site.file().facts;
        let statement = &facts.statements[id];
        let StatementKind::Branch { condition: Some(condition), body, otherwise } = statement.kind else { return None };
        let condition = Expr { file: self.file, id: condition };
        let asked = self.site.project.node(condition).span;
        if self.reads(asked).is_empty() {
            return None;
        }
        let source = self.site.project.source(condition);
        match (looks_refused(source), looks_granted(source), otherwise) {
            (true, _, false) => {
                let inside = self.among(|it| it.parent == Some(id) && body.contains(it.span));
                let end = self.end(&inside).or_else(|| self.checked(rest.first()).then_some(End::Checked))?;
                let uses = self.reads(statement.span);
                Some(Guard { body, end, name: None, gone: vec![Gone::Statement(id)], joined: None, uses })
            }
            (false, true, true) => self.otherwise(id, body),
            (false, true, false) => self.rest(id, body, rest),
            _ => None,
        }
    }

    /// `if granted: … else: refused`
    fn otherwise(&self, id: StatementId, body: Span) -> Option<Guard> {
        let text = self.site.file().text();
        let facts = &self.site.file().facts;
        let whole = facts.statements[id].span;
        let other = self.among(|it| it.parent == Some(id) && it.span.start >= body.end);
        let first = facts.statements[*other.first()?].span.start;
        let between = Span::new(body.end, first).of(text);
        let refused = Span::new(first, whole.end);
        let end = self.end(&other)?;
        let lines = &self.site.file().lines;
        let head = Span::new(whole.start, lines.whole_lines(text, Span::at(body.start)).start);
        // From the line of `else:` on; comments between belong to it.
        let tail_start = lines.whole_lines(text, Span::at(body.end.saturating_sub(1))).end;
        let tail = Span::new(tail_start, lines.whole_lines(text, Span::at(whole.end)).end);
        let plain = between.trim().starts_with("else") && !between.contains("elif") && tail_start <= first;
        let asked = Span::new(whole.start, body.start);
        let uses = self.reads(asked).into_iter().chain(self.reads(refused)).collect();
        let gone = vec![Gone::Lines(head), Gone::Step(body), Gone::Lines(tail)];
        plain.then_some(Guard { body: refused, end, name: None, gone, joined: None, uses })
    }

    /// `if granted: return …`, and what follows when it was refused.
    fn rest(&self, id: StatementId, body: Span, rest: &[StatementId]) -> Option<Guard> {
        let text = self.site.file().text();
        let facts = &self.site.file().facts;
        let whole = facts.statements[id].span;
        let inside = self.among(|it| it.parent == Some(id) && body.contains(it.span));
        let leaves = inside.last().is_some_and(|it| facts.statements[*it].kind == StatementKind::Return);
        let (first, last) = (facts.statements[*rest.first()?].span, facts.statements[*rest.last()?].span);
        let refused = Span::new(first.start, last.end);
        let end = self.end(rest).filter(|_| leaves)?;
        let lines = &self.site.file().lines;
        let head = Span::new(whole.start, lines.whole_lines(text, Span::at(body.start)).start);
        let tail_start = lines.whole_lines(text, Span::at(body.end.saturating_sub(1))).end;
        let tail = Span::new(tail_start, lines.whole_lines(text, Span::at(last.end)).end);
        let asked = Span::new(whole.start, body.start);
        let uses = self.reads(asked).into_iter().chain(self.reads(refused)).collect();
        let gone = vec![Gone::Lines(head), Gone::Step(body), Gone::Lines(tail)];
        Some(Guard { body: refused, end, name: None, gone, joined: None, uses })
    }

    /// `try: response.raise_for_status() except …: refused`
    fn attempt(&self, id: StatementId) -> Option<Guard> {
        let facts = &self.site.file().facts;
        let whole = facts.statements[id].span;
        let mut handlers = facts.handlers.iter().filter(|it| it.statement == Some(id));
        let (handler, None) = (handlers.next()?, handlers.next()) else { return None };
        let tried = self.among(|it| it.parent == Some(id) && !handler.span.contains(it.span));
        let inside = self.among(|it| it.parent == Some(id) && handler.span.contains(it.span));
        let [only] = tried.as_slice() else { return None };
        let (first, last) = (facts.statements[*inside.first()?].span, facts.statements[*inside.last()?].span);
        let end = self.end(&inside).filter(|_| self.checked(Some(only)) && last.end == whole.end)?;
        let caught =
            handler.filter.map(|id| self.site.project.source(Expr { file: self.file, id })).unwrap_or_default();
        let name = caught.split_once(" as ").map(|(_, name)| name.trim().to_owned());
        let (body, gone) = (Span::new(first.start, last.end), vec![Gone::Statement(id)]);
        let end = if name.is_some() && end == End::Raised { End::Left } else { end };
        Some(Guard { body, end, name, gone, joined: None, uses: self.reads(whole) })
    }

    /// How a list of statements ends, if it ends the function.
    fn end(&self, statements: &[StatementId]) -> Option<End> {
        let last = &self.site.file().facts.statements[*statements.last()?];
        let text = last.span.of(self.site.file().text());
        match last.kind {
            StatementKind::Throw if text.contains(" from ") || text == "raise" => Some(End::Left),
            StatementKind::Throw => Some(End::Raised),
            StatementKind::Return => Some(End::Left),
            _ => leaves(text).then_some(End::Left),
        }
    }

    /// Whether a statement only asks the reply to raise.
    fn checked(&self, statement: Option<&StatementId>) -> bool {
        let project = self.site.project;
        statement.is_some_and(|id| self.site.flow.reply.checks.iter().any(|it| project.statement(*it) == Some(*id)))
    }

    /// The names of the reply in a place.
    fn reads(&self, span: Span) -> Vec<Expr> {
        let project = self.site.project;
        let all = project.exprs(self.file).filter(|it| span.contains(project.node(*it).span));
        all.filter(|it| matches!(project.value(*it), Value::Name { binding: Some(id), .. } if self.names.contains(id)))
            .collect()
    }
}

/// The names that hold the response or its body in the function of the request.
fn reply_names(site: &Site<'_>) -> BTreeSet<BindingId> {
    let project = site.project;
    let file = site.flow.request.file;
    let bodies = site.flow.reply.bodies.iter().map(|it| it.expr);
    let roots = bodies.chain([site.flow.request]).filter(|it| it.file == file);
    let reached = roots.flat_map(|it| project.reach(it)).filter(|it| it.path.is_empty() && it.expr.file == file);
    let own = project.function(site.flow.request);
    reached.filter(|it| project.function(it.expr) == own).filter_map(|it| project.binding(it.expr)).collect()
}

const STATUS: &[&str] = &["status_code", ".status", ".ok", ".is_success"];

/// Whether a condition holds when the token was refused: the status is not that of success, or the body has no token.
fn looks_refused(condition: &str) -> bool {
    let negated = condition.starts_with("not ") || condition.contains("!=") || condition.contains(" not in ");
    let status = STATUS.iter().any(|it| condition.contains(it));
    let failed = condition.contains(".is_error") || condition.contains(">= 400") || condition.contains("> 299");
    let token = condition.contains("access_token") && (negated || condition.ends_with("is None"));
    let error = condition.contains("error") && !negated && !condition.contains("==");
    failed || (status && negated) || token || error
}

/// Whether a condition holds when the token was granted.
fn looks_granted(condition: &str) -> bool {
    let negated = condition.contains("not ") || condition.contains("!=");
    let compound = condition.contains(" and ") || condition.contains(" or ");
    let equal = condition.contains("==") && STATUS.iter().any(|it| condition.contains(it));
    let plain = [".ok", ".is_success"].iter().any(|it| condition.ends_with(it));
    let token = condition.contains("access_token") && condition.contains(" in ");
    !negated && !compound && (equal || plain || token)
}

/// Whether a statement ends the program.
fn leaves(text: &str) -> bool {
    ["sys.exit(", "exit(", "quit(", "os._exit("].iter().any(|it| text.starts_with(it))
}

impl Guard {
    /// Whether a use of the reply is one of the check's.
    pub(super) fn covers(&self, project: &Project, used: Expr) -> bool {
        let span = project.node(used).span;
        self.uses.iter().any(|it| it.file == used.file && span.contains(project.node(*it).span))
    }

    /// Whether the handler needs a try statement of its own.
    pub(super) fn is_alone(&self) -> bool {
        self.joined.is_none()
    }

    /// Removes the check, and gives the handler that takes its place: one below a statement indented by `base`.
    ///
    /// Where a try statement around the request takes the handler, it is added there, and the result is empty.
    pub(super) fn handler(&self, site: &Site<'_>, change: &mut Change, base: &str) -> Result<String, Declined> {
        let data = site.file();
        let own = self.name.clone().unwrap_or_else(|| site.free_name(&["error", "oauth_error"]));
        let (mut text, replaced) = self.renewed(site, &own)?;
        match self.end {
            End::Left => {}
            End::Raised => text.push_str(&format!(" from {own}")),
            End::Checked => text.push_str(&format!("\n{}raise", indentation_at(data.text(), self.body.start))),
        }
        let used = !replaced.is_empty() || self.end == End::Raised || self.name.is_some();
        let named = if used { format!(" as {own}") } else { String::new() };
        self.keep(site, change, &replaced);
        self.remove(site, change)?;
        let newline = site.style.newline;
        let old = indentation_at(data.text(), self.body.start);
        let clause = |base: &str| {
            let inner = format!("{base}{}", site.style.indent);
            let lines = text.lines().map(|it| it.strip_prefix(old).unwrap_or(it));
            let body = lines.collect::<Vec<_>>().join(&format!("{newline}{inner}"));
            format!("except {ERROR}{named}:{newline}{inner}{body}")
        };
        let Some(attempt) = self.joined else { return Ok(format!("{newline}{base}{}", clause(base))) };
        let handlers = data.facts.handlers.iter().filter(|it| it.statement == Some(attempt));
        let first = handlers.map(|it| it.span.start).min();
        let first = first.ok_or_else(|| Declined::because("the try statement has no handler"))?;
        let base = indentation_at(data.text(), first);
        change.insert(site.flow.request.file, first, format!("{}{newline}{base}", clause(base)))?;
        Ok(String::new())
    }

    /// The body with what it says of the reply said of the error, and the places that changed.
    fn renewed(&self, site: &Site<'_>, name: &str) -> Result<(String, Vec<Span>), Declined> {
        let project = site.project;
        let mut replaced: Vec<(Span, String)> = Vec::new();
        for used in self.uses.iter().filter(|it| self.body.contains(project.node(**it).span)) {
            let (span, part) = said(project, *used)?;
            replaced.push((span, if part.is_empty() { name.to_owned() } else { format!("{name}.{part}") }));
        }
        replaced.sort();
        replaced.dedup();
        let all: Vec<Span> = replaced.iter().map(|it| it.0).collect();
        replaced.retain(|it| !all.iter().any(|outer| *outer != it.0 && outer.contains(it.0)));
        let mut text = self.body.of(site.file().text()).trim_end().to_owned();
        for (span, with) in replaced.iter().rev() {
            text.replace_range(span.start - self.body.start..span.end - self.body.start, with);
        }
        Ok((text, replaced.into_iter().map(|it| it.0).collect()))
    }

    /// What the body uses besides the reply stays used.
    fn keep(&self, site: &Site<'_>, change: &mut Change, replaced: &[Span]) {
        let file = site.flow.request.file;
        let inside = site.project.exprs(file).filter(|it| self.body.contains(site.project.node(*it).span));
        let covered = |it: &Expr| replaced.iter().any(|span| span.contains(site.project.node(*it).span));
        // An expression keeps all that is in it, so only those without a part that goes are kept.
        let holds = |it: &Expr| replaced.iter().any(|span| site.project.node(*it).span.contains(*span));
        change.kept.extend(inside.filter(|it| !covered(it) && !holds(it)));
    }

    fn remove(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        let file = site.flow.request.file;
        let data = site.file();
        for part in &self.gone {
            match part {
                Gone::Statement(id) => {
                    let own = data.facts.statements[*id].span;
                    change.delete(at(file, statement_span(data, *id, &|it| it == own)))?;
                }
                Gone::Lines(span) => {
                    let start = data.lines.whole_lines(data.text(), Span::at(span.start)).start;
                    change.delete(at(file, Span::new(start, span.end)))?;
                }
                Gone::Step(body) => {
                    let step = site.style.indent.len();
                    step_out(site, change, *body, step)?;
                }
            }
        }
        Ok(())
    }
}

/// Takes `step` bytes of indentation from every line that starts in a span, text over several lines excepted.
pub(super) fn step_out(site: &Site<'_>, change: &mut Change, span: Span, step: usize) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let data = site.file();
    let text = data.text();
    let indent = indentation_at(text, span.start).to_owned();
    let in_text = |offset: usize| {
        let mut texts = data.facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_)));
        texts.any(|(_, it)| it.span.start < offset && offset < it.span.end)
    };
    let mut offset = data.lines.whole_lines(text, Span::at(span.start)).start;
    while offset < span.end {
        let line = data.lines.whole_lines(text, Span::at(offset));
        if line.of(text).starts_with(indent.as_str()) && !in_text(line.start) {
            change.delete(at(file, Span::new(line.start, line.start + step.min(indent.len()))))?;
        }
        offset = line.end.max(offset + 1);
    }
    Ok(())
}

/// The expression around a name of the reply that a message takes from it, and the part of the error that says the same.
fn said(project: &Project, used: Expr) -> Result<(Span, &'static str), Declined> {
    let own = |expr: Expr| project.node(expr).span;
    let Some(parent) = project.parent(used) else { return Ok((own(used), "")) };
    let awaited = |expr: Expr| match project.parent(expr) {
        Some(parent) if matches!(project.value(parent), Value::Await(_)) => parent,
        _ => expr,
    };
    let called = |expr: Expr| project.parent(expr).filter(|it| project.is_callee(*it, expr)).map(awaited);
    // `json.loads(response.text)` and `str(response.text)` say what their argument says.
    let part_of = |body: Expr| project.parent(body).and_then(|it| field_read(project, body, it));
    if let Some((whole, key)) = field_read(project, used, parent) {
        match key.as_str() {
            "error" | "status_code" | "status" => return Ok((own(whole), "error")),
            "error_description" | "text" | "content" | "reason" | "reason_phrase" | "data" => {
                return Ok((own(called(whole).unwrap_or(whole)), "description"));
            }
            "json" | "read" => {
                let body = called(whole).unwrap_or(whole);
                return Ok(match part_of(body) {
                    Some((whole, key)) if key == "error" => (own(whole), "error"),
                    Some((whole, _)) => (own(whole), "description"),
                    None => (own(body), "description"),
                });
            }
            _ => {}
        }
    }
    if member_key(project, parent).is_some_and(|(object, _)| object == used) {
        return Err(Declined::because(format!("the check of the reply reads {}", project.source(parent))));
    }
    Ok((own(used), ""))
}
