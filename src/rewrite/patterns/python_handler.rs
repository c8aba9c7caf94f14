//! The handler that takes the place of a check of the reply: what the program did about a refusal, said of the error.

use crate::facts::{StatementKind, Value};
use crate::flow::field_read;
use crate::link::{Expr, Project, member_key};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::purity::is_logging;
use super::super::python_imports;
use super::super::removal::statement_span;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::python_guard::{End, Gone, Guard};
use super::python_target::{Form, Target};

impl Guard {
    /// Removes the check, and gives the handler that takes its place: one below a statement indented by `base`.
    ///
    /// Where a try statement around the request takes the handler, it is added there, and the result is empty.
    pub(super) fn handler(
        &self,
        site: &Site<'_>,
        change: &mut Change,
        base: &str,
        target: Target,
    ) -> Result<String, Declined> {
        let data = site.file();
        let own = self.name.clone().unwrap_or_else(|| site.free_name(&["error", "oauth_error"]));
        let (mut text, replaced) = self.renewed(site, &own, target)?;
        match self.end {
            End::Left => {}
            End::Raised => text.push_str(&format!(" from {own}")),
            End::Checked => text.push_str(&format!("\n{}raise", indentation_at(data.text(), self.body.start))),
        }
        let used = !replaced.is_empty() || self.end == End::Raised || self.name.is_some();
        let named = if used { format!(" as {own}") } else { String::new() };
        let caught = self.caught(site, change, target)?;
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

    /// What the handler has to catch: a check of the status also saw a server that failed, for which the client of some
    /// libraries raises an error of its own.
    fn caught(&self, site: &Site<'_>, change: &mut Change, target: Target) -> Result<String, Declined> {
        let (error, module) = (target.error, target.transport);
        let Some(failure) = target.failure.filter(|_| self.status) else { return Ok(error.to_owned()) };
        python_imports::require(site.project, change, site.flow.request.file, &[(module, None)])?;
        Ok(format!("({error}, {module}.{failure})"))
    }

    /// The body with what it says of the reply said of the error, and the places that changed.
    fn renewed(&self, site: &Site<'_>, name: &str, target: Target) -> Result<(String, Vec<Span>), Declined> {
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
        let mut replaced: Vec<(Span, String)> =
            found.iter().map(|it| (it.span, self.part(it.part, name, target))).collect();
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

    /// A part of the caught error. Only a session's own error has a kind and a text; it may also be the client's.
    fn part(&self, part: Part, name: &str, target: Target) -> String {
        let own = target.form != Form::Post && !(self.status && target.failure.is_some());
        match (part, own) {
            (Part::Kind, true) => format!("{name}.error"),
            (Part::Text, true) => format!("{name}.description"),
            (Part::Kind, false) => format!("type({name}).__name__"),
            (Part::Text, false) => format!("str({name})"),
            (Part::Whole, _) => name.to_owned(),
            (Part::Written, _) => format!("str({name})"),
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
    /// All of it, as text.
    Written,
}

/// Functions that write a value as text.
const WRITERS: &[&str] = &["json.dumps", "builtins.str", "builtins.repr", "pprint.pformat"];

/// The call that writes a value as text, if it is the argument of one.
fn written(project: &Project, value: Expr) -> Option<Expr> {
    let call = project.parent(value)?;
    let Value::Call { arguments, .. } = project.value(call) else { return None };
    let first = arguments.first().is_some_and(|it| it.value == value.id);
    (first && project.callee_paths(call).iter().any(|it| WRITERS.contains(&it.as_str()))).then_some(call)
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
    let shown = |expr: Expr, part: Part| match written(project, expr) {
        Some(call) if is_shown(project, call) => Ok(Said { span: own(call), part: Part::Written }),
        None if is_shown(project, expr) => Ok(Said { span: own(expr), part }),
        _ => Err(decline(expr)),
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
        Value::Call { callee, arguments, .. } => {
            // The default of a look-up is shown where the look-up is.
            if matches!(project.value(Expr { file: parent.file, id: *callee }), Value::Member { name, .. } if name == "get")
            {
                return is_shown(project, parent);
            }
            let facts = project.facts(parent.file);
            let thrown = project.statement(parent).is_some_and(|it| facts.statements[it].kind == StatementKind::Throw);
            // The error that is raised, not a call among what it is made of.
            let raised = thrown && project.parent(project.outermost(parent)).is_none();
            let first = arguments.first().map(|it| project.source(Expr { file: parent.file, id: it.value }));
            let numbers = first.is_some_and(|it| it.contains("%d") || it.contains("%i") || it.contains("%r"));
            (is_logging(project, parent) || raised) && !numbers
        }
        _ => false,
    }
}
