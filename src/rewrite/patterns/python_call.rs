//! The new call in the place of the old request: as an expression, behind the statements it needs, guarded where the old
//! reply was checked, and out of a `with` statement that the old request opened.

use crate::facts::{BindingId, StatementId, StatementKind};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::removal::statement_span;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::python_guard::{Guard, opens_with};
use super::python_handler::step_out;
use super::python_target::Target;

/// The new request.
#[derive(Debug, Default)]
pub(super) struct NewCall {
    /// The statement that makes the client, with tabs for steps; empty where it is made already.
    pub(super) opening: String,
    /// Statements that may fail like the call itself; mostly none.
    pub(super) attempted: String,
    /// What is called.
    pub(super) function: String,
    /// What it is given.
    pub(super) arguments: Vec<String>,
}

impl NewCall {
    /// Puts the request in the place of the old one, guarded where the old one's reply was checked.
    pub(super) fn write(
        &self,
        site: &Site<'_>,
        change: &mut Change,
        target: Target,
        guard: Option<&Guard>,
    ) -> Result<(), Declined> {
        let file = site.flow.request.file;
        if let Some(with) = with_around(site) {
            return self.instead_of_with(site, change, with, target, guard);
        }
        if guard.is_none() && self.opening.is_empty() && self.attempted.is_empty() {
            return change.replace(site.project.location(site.flow.request), self.text(site, ""));
        }
        let statement = site.plain_statement()?;
        let base = indentation_at(site.file().text(), statement.start).to_owned();
        let newline = site.style.newline;
        let mut lead = String::new();
        if !self.opening.is_empty() {
            lead = format!("{}{newline}{base}", site.style.laid_out(&base, &self.opening));
        }
        let step = if guard.is_some_and(Guard::is_alone) { site.style.indent.as_str() } else { "" };
        if let Some(guard) = guard {
            let handler = guard.handler(site, change, &base, target)?;
            if guard.is_alone() {
                lead.push_str(&format!("try:{newline}{base}{step}"));
                change.insert(file, statement.end, handler)?;
            }
        }
        lead.push_str(&self.attempted(site, &format!("{base}{step}")));
        if !lead.is_empty() {
            change.insert(file, statement.start, lead)?;
        }
        change.replace(site.project.location(site.flow.request), self.text(site, step))
    }

    /// The statements that may fail, each with the end of its line and the indentation of the next.
    fn attempted(&self, site: &Site<'_>, base: &str) -> String {
        match self.attempted.as_str() {
            "" => String::new(),
            statements => format!("{}{}{base}", site.style.laid_out(base, statements), site.style.newline),
        }
    }

    /// The call, `step` further in than the old one.
    fn text(&self, site: &Site<'_>, step: &str) -> String {
        let one_line = format!("{}({})", self.function, self.arguments.join(", "));
        let text = site.file().text();
        let start = site.project.node(site.flow.request).span.start;
        let column = start - Span::new(0, start).of(text).rfind('\n').map_or(0, |it| it + 1);
        if column + step.len() + one_line.len() <= 100 && !one_line.contains('\n') {
            return one_line;
        }
        let inner: Vec<String> = self.arguments.iter().map(|it| format!("\t{it},")).collect();
        let base = format!("{}{step}", indentation_at(text, start));
        site.style.laid_out(&base, &format!("{}(\n{}\n)", self.function, inner.join("\n")))
    }

    /// `with request as reply:` and its body become plain statements.
    fn instead_of_with(
        &self,
        site: &Site<'_>,
        change: &mut Change,
        with: StatementId,
        target: Target,
        guard: Option<&Guard>,
    ) -> Result<(), Declined> {
        let text = site.file().text();
        let base = indentation_at(text, site.file().facts.statements[with].span.start).to_owned();
        let newline = site.style.newline;
        let mut opening = String::new();
        if !self.opening.is_empty() {
            opening = format!("{}{newline}{base}", site.style.laid_out(&base, &self.opening));
        }
        let alone = guard.is_some_and(Guard::is_alone);
        let step = if alone { site.style.indent.as_str() } else { "" };
        let wait = if target.awaited { "await " } else { "" };
        let call = format!("{wait}{}", self.text(site, step));
        let handler = guard.map(|it| it.handler(site, change, &base, target)).transpose()?;
        if alone {
            opening.push_str(&format!("try:{newline}{base}{step}"));
        }
        opening.push_str(&self.attempted(site, &format!("{base}{step}")));
        unwrap_with(site, change, with, &|name| {
            format!("{opening}{name} = {call}{}{newline}", handler.as_deref().unwrap_or_default())
        })
    }
}

/// The `with` statement whose context the request is: `with urlopen(request) as reply:`.
fn with_around(site: &Site<'_>) -> Option<StatementId> {
    let project = site.project;
    let statement = project.statement(site.flow.request)?;
    let data = &project.facts(site.flow.request.file).statements[statement];
    let bound = project.file(site.flow.request.file).bound_by(project.outermost(site.flow.request).id).len() == 1;
    (data.kind == StatementKind::Compound && bound && opens_with(data.span.of(site.file().text()))).then_some(statement)
}

/// The target of the statement that parses the reply, when the with statement's name serves nothing else.
fn parsed_only<'p>(site: &Site<'p>, with: StatementId, binding: BindingId) -> Option<(&'p str, StatementId)> {
    let data = site.file();
    let [body] = site.flow.reply.bodies.as_slice() else { return None };
    let (parsed, place) = data.bound_by(body.expr.id).first().copied()?;
    let definition = data.facts.bindings[parsed].definitions.get(place)?;
    let statement = definition.statement?;
    let alone = data.facts.bindings[binding].reads.len() == 1 && definition.path.is_empty();
    let inside = data.facts.statements[statement].parent == Some(with);
    (alone && inside).then(|| (definition.name_span.of(data.text()), statement))
}

/// `with request as reply:` becomes the lines that `header` makes of the name; its body moves one step out.
fn unwrap_with(
    site: &Site<'_>,
    change: &mut Change,
    with: StatementId,
    header: &dyn Fn(&str) -> String,
) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let data = site.file();
    let text = data.text();
    let statement = &data.facts.statements[with];
    let (binding, place) = data
        .bound_by(site.project.outermost(site.flow.request).id)
        .first()
        .copied()
        .ok_or_else(|| Declined::because("the with statement names nothing"))?;
    let definition = data.facts.bindings[binding]
        .definitions
        .get(place)
        .ok_or_else(|| Declined::because("the with statement names nothing"))?;
    let inner: Vec<Span> =
        data.facts.statements.iter().filter(|(_, it)| it.parent == Some(with)).map(|(_, it)| it.span).collect();
    let first = inner.first().copied().ok_or_else(|| Declined::because("the with statement is empty"))?;
    let base = indentation_at(text, statement.span.start).to_owned();
    let body_indent = indentation_at(text, first.start).to_owned();
    let extra = body_indent
        .strip_prefix(base.as_str())
        .map(str::len)
        .filter(|it| *it > 0)
        .ok_or_else(|| Declined::because("the with statement is on one line"))?;
    let name = match parsed_only(site, with, binding) {
        Some((pattern, statement)) => {
            let span = statement_span(data, statement, &|it| it == data.facts.statements[statement].span);
            change.delete(at(file, span))?;
            pattern
        }
        None => definition.name_span.of(text),
    };
    let header_end = data.lines.whole_lines(text, first).start;
    change.replace(at(file, Span::new(statement.span.start, header_end)), header(name))?;
    step_out(site, change, Span::new(first.start, statement.span.end), extra)?;
    Ok(())
}
