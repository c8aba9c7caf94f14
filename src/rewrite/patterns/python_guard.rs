//! The place where a Python program looks whether it got a token. Authlib raises instead, so what the program did about a
//! refusal becomes the body of a handler around the new request.

use std::collections::BTreeSet;

use crate::facts::{BindingId, Statement, StatementId, StatementKind, Value};
use crate::flow::field_read;
use crate::link::{Expr, Project, member_key};
use crate::text::{FileId, Span};

use super::super::change::{Change, Declined, at};
use super::super::purity::is_logging;
use super::super::python_imports;
use super::super::removal::statement_span;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::python_client::Flavor;
use super::python_errors::ERROR;

/// How many statements up a check of the reply is looked for.
const LEVELS: usize = 4;

/// What a program does about a reply without a token.
pub(super) struct Guard {
    /// The statements that do it.
    body: Span,
    /// What follows them in the handler.
    end: End,
    /// Whether the status of the reply is asked, rather than its body.
    status: bool,
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

impl Gone {
    fn start(&self, facts: &crate::facts::FileFacts) -> usize {
        match self {
            Self::Statement(id) => facts.statements[*id].span.start,
            Self::Lines(span) | Self::Step(span) => span.start,
        }
    }
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
            return Some(found).filter(|it| search.is_next(it));
        }
    }
    for _ in 0..LEVELS {
        let own = &facts.statements[level];
        let after = search.among(|it| it.parent == own.parent && it.block == own.block && it.span.start > own.span.end);
        if let Some(found) = search.first(&after) {
            return Some(Guard { joined, ..found }).filter(|it| search.is_next(it));
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

    /// Whether nothing but reading the reply and logging stands between the request and the check: a refusal skips it.
    fn is_next(&self, guard: &Guard) -> bool {
        let project = self.site.project;
        let facts = &self.site.file().facts;
        let request = project.node(self.site.flow.request).span;
        let start = guard.gone.iter().map(|it| it.start(facts)).min().unwrap_or(guard.body.start);
        let own = project.function(self.site.flow.request);
        let between = facts
            .statements
            .iter()
            .filter(|(_, it)| it.function == own && it.span.start >= request.end && it.span.end <= start)
            // What handles another error is not on the way from the request to the check.
            .filter(|(_, it)| !facts.handlers.iter().any(|handler| handler.span.contains(it.span)));
        between.into_iter().all(|(id, it)| {
            let reads_reply = it.kind == StatementKind::Plain && !self.reads(it.span).is_empty();
            let logs = project.exprs(self.file).any(|expr| {
                project.statement(expr) == Some(id) && project.parent(expr).is_none() && is_logging(project, expr)
            });
            reads_reply || logs
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
        match (says(source)?, otherwise) {
            (said @ (Says::BadStatus | Says::NoToken), false) => {
                let inside = self.among(|it| it.parent == Some(id) && body.contains(it.span));
                let end = self.end(&inside).or_else(|| self.checked(rest.first()).then_some(End::Checked))?;
                let uses = self.reads(statement.span);
                let status = said == Says::BadStatus;
                Some(Guard { body, end, status, name: None, gone: vec![Gone::Statement(id)], joined: None, uses })
            }
            (Says::Granted, true) => self.otherwise(id, body, STATUS.iter().any(|it| source.contains(it))),
            (Says::Granted, false) => self.rest(id, body, rest, STATUS.iter().any(|it| source.contains(it))),
            _ => None,
        }
    }

    /// `if granted: … else: refused`
    fn otherwise(&self, id: StatementId, body: Span, status: bool) -> Option<Guard> {
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
        plain.then_some(Guard { body: refused, end, status, name: None, gone, joined: None, uses })
    }

    /// `if granted: return …`, and what follows when it was refused.
    fn rest(&self, id: StatementId, body: Span, rest: &[StatementId], status: bool) -> Option<Guard> {
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
        Some(Guard { body: refused, end, status, name: None, gone, joined: None, uses })
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
        Some(Guard { body, end, status: true, name, gone, joined: None, uses: self.reads(whole) })
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

const STATUS: &[&str] = &["status_code", ".status", ".ok", ".is_success", ".is_error"];

/// What a condition says of the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The status is that of a refusal.
    BadStatus,
    /// The body holds no token, or an error.
    NoToken,
    /// The token was granted.
    Granted,
}

/// What a condition says of the reply, where it says nothing else besides.
fn says(condition: &str) -> Option<Says> {
    if condition.contains(" and ") || condition.contains(" or ") {
        return None;
    }
    let negated = condition.starts_with("not ");
    let differs = condition.contains("!=");
    let good = ["200", "codes.ok", "HTTPStatus.OK"].iter().any(|it| condition.ends_with(it));
    let flag = [".ok", ".is_success"].iter().any(|it| condition.ends_with(it));
    if STATUS.iter().any(|it| condition.contains(it)) {
        let failed = condition.ends_with(".is_error") || condition.ends_with(">= 400") || condition.ends_with("> 299");
        return match () {
            () if failed && !negated => Some(Says::BadStatus),
            () if good && differs && !negated => Some(Says::BadStatus),
            () if good && condition.contains("==") && !negated => Some(Says::Granted),
            () if flag && !differs => Some(if negated { Says::BadStatus } else { Says::Granted }),
            () => None,
        };
    }
    let within = condition.contains(" in ");
    let outside = condition.contains(" not in ");
    if condition.contains("access_token") {
        let missing = outside || negated || condition.ends_with("is None");
        return match (missing, within) {
            (true, _) => Some(Says::NoToken),
            (false, true) => Some(Says::Granted),
            (false, false) => None,
        };
    }
    let error = condition.contains("error") && !negated && !outside && !differs && !condition.contains("==");
    error.then_some(Says::NoToken)
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
    pub(super) fn handler(
        &self,
        site: &Site<'_>,
        change: &mut Change,
        base: &str,
        flavor: Flavor,
    ) -> Result<String, Declined> {
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
        let caught = if self.status { self.caught(site, change, flavor)? } else { ERROR.to_owned() };
        self.keep(site, change, &replaced);
        self.remove(site, change)?;
        let newline = site.style.newline;
        let old = indentation_at(data.text(), self.body.start);
        let clause = |base: &str| {
            let inner = format!("{base}{}", site.style.indent);
            let lines = text.lines().map(|it| it.strip_prefix(old).unwrap_or(it));
            let body = lines.collect::<Vec<_>>().join(&format!("{newline}{inner}"));
            format!("except {caught}{named}:{newline}{inner}{body}")
        };
        let Some(attempt) = self.joined else { return Ok(format!("{newline}{base}{}", clause(base))) };
        let handlers = data.facts.handlers.iter().filter(|it| it.statement == Some(attempt));
        let first = handlers.map(|it| it.span.start).min();
        let first = first.ok_or_else(|| Declined::because("the try statement has no handler"))?;
        let base = indentation_at(data.text(), first);
        change.insert(site.flow.request.file, first, format!("{}{newline}{base}", clause(base)))?;
        Ok(String::new())
    }

    /// What a check of the status has to catch: Authlib leaves it to the client to raise for a server that failed.
    fn caught(&self, site: &Site<'_>, change: &mut Change, flavor: Flavor) -> Result<String, Declined> {
        let file = site.flow.request.file;
        let (module, class) = (flavor.transport, flavor.failure);
        let mut bound = site.file().facts.bindings.iter().filter(|(_, it)| it.name == module);
        if let Some((_, binding)) = bound.find(|(id, _)| site.project.binds_module(file, *id, module)) {
            change.kept.extend(binding.reads.first().map(|id| Expr { file, id: *id }));
        } else if site.file().facts.bindings.iter().any(|(_, it)| it.name == module) {
            return Err(Declined::because(format!("the name {module} is taken")));
        } else {
            python_imports::add(site.project, change, file, &format!("import {module}"))?;
        }
        Ok(format!("({ERROR}, {module}.{class})"))
    }

    /// The body with what it says of the reply said of the error, and the places that changed.
    fn renewed(&self, site: &Site<'_>, name: &str) -> Result<(String, Vec<Span>), Declined> {
        let project = site.project;
        let mut found: Vec<Said> = Vec::new();
        for used in self.uses.iter().filter(|it| self.body.contains(project.node(**it).span)) {
            found.push(said(project, *used)?);
        }
        let multiline = site.file().facts.values.iter().any(|(_, it)| {
            let text = matches!(it.value, Value::Text(_)) && self.body.contains(it.span);
            text && it.span.of(site.file().text()).contains('\n')
        });
        if multiline {
            return Err(Declined::because("the check of the reply holds a text of several lines"));
        }
        let mut replaced: Vec<(Span, String)> = found.iter().map(|it| (it.span, self.part(it.part, name))).collect();
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

    /// A part of the caught error. Where the status was asked, it may also be the client's error for a failed server.
    fn part(&self, part: Part, name: &str) -> String {
        match (part, self.status) {
            (Part::Kind, false) => format!("{name}.error"),
            (Part::Text, false) => format!("{name}.description"),
            (Part::Kind, true) => format!("type({name}).__name__"),
            (Part::Text, true) => format!("str({name})"),
            (Part::Whole, _) => name.to_owned(),
        }
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

/// What a message takes from the reply: the place around its name, and what it is of the error.
struct Said {
    span: Span,
    part: Part,
}

/// A part of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// The kind of the error.
    Kind,
    /// The text that the server gave for it.
    Text,
    /// All of it.
    Whole,
}

/// What is taken from the reply around a name of it.
fn said(project: &Project, used: Expr) -> Result<Said, Declined> {
    let own = |expr: Expr| project.node(expr).span;
    let decline = |expr: Expr| Declined::because(format!("the check of the reply reads {}", project.source(expr)));
    let Some(parent) = project.parent(used) else { return Err(decline(used)) };
    let awaited = |expr: Expr| match project.parent(expr) {
        Some(parent) if matches!(project.value(parent), Value::Await(_)) => parent,
        _ => expr,
    };
    let called = |expr: Expr| project.parent(expr).filter(|it| project.is_callee(*it, expr)).map(awaited);
    let part_of = |body: Expr| project.parent(body).and_then(|it| field_read(project, body, it));
    let shown = |expr: Expr, part: Part| match is_shown(project, expr) {
        true => Ok(Said { span: own(expr), part }),
        false => Err(decline(expr)),
    };
    let Some((whole, key)) = field_read(project, used, parent) else {
        return match member_key(project, parent) {
            Some((object, _)) if object == used => Err(decline(parent)),
            _ => shown(used, Part::Whole),
        };
    };
    match key.as_str() {
        "error" => Ok(Said { span: own(whole), part: Part::Kind }),
        "error_description" => Ok(Said { span: own(whole), part: Part::Text }),
        // A number is compared, printed as one, or handed on; the error has none.
        "status_code" | "status" | "reason" | "reason_phrase" => shown(whole, Part::Kind),
        "text" | "content" | "data" => Ok(Said { span: own(called(whole).unwrap_or(whole)), part: Part::Text }),
        "json" | "read" => {
            let body = called(whole).unwrap_or(whole);
            match part_of(body) {
                Some((whole, key)) if key == "error" => Ok(Said { span: own(whole), part: Part::Kind }),
                Some((whole, key)) if key == "error_description" => Ok(Said { span: own(whole), part: Part::Text }),
                Some((whole, _)) => Err(decline(whole)),
                None => shown(body, Part::Whole),
            }
        }
        _ => Err(decline(whole)),
    }
}

/// Whether an expression only becomes part of a message: a hole of a text, or an argument of a call that logs, prints or
/// makes an error.
fn is_shown(project: &Project, expr: Expr) -> bool {
    let Some(parent) = project.parent(project.outermost(expr)) else { return false };
    match project.value(parent) {
        Value::Text(_) => !project.source(parent).contains(&format!("{}:", project.source(expr))),
        Value::Call { arguments, .. } => {
            let raised = project
                .statement(parent)
                .is_some_and(|it| project.facts(parent.file).statements[it].kind == StatementKind::Throw);
            let first = arguments.first().map(|it| project.source(Expr { file: parent.file, id: it.value }));
            let numbers = first.is_some_and(|it| it.contains("%d") || it.contains("%i") || it.contains("%r"));
            (is_logging(project, parent) || raised) && !numbers
        }
        _ => false,
    }
}
