//! Dead waits: a call that hands a value nobody wants any more to a function `(error, value) => { … }` goes, and what that
//! function did is done at once.

use crate::facts::{BindingId, BindingKind, FunctionId, StatementId, StatementKind, Value};
use crate::link::{Expr, ProjectFile};
use crate::text::{FileId, Span};

use super::change::{Declined, at, words};
use super::dead::Sweep;
use super::purity::is_pure_besides;
use super::removal::statement_span;
use super::style::indentation_at;

/// A call whose value is no longer wanted.
struct Wait {
    file: FileId,
    statement: StatementId,
    function: FunctionId,
    /// The check of the error that comes with the value.
    guard: Option<StatementId>,
    /// The value.
    value: BindingId,
}

impl Sweep<'_, '_> {
    /// Takes such calls away, one at a time.
    pub(super) fn waits(&mut self) -> Result<bool, Declined> {
        match self.found_wait() {
            Some(wait) => self.unwrap(&wait).map(|()| true),
            None => Ok(false),
        }
    }

    fn found_wait(&self) -> Option<Wait> {
        let edited = self.change.edits.keys();
        let scripts = edited.filter(|it| self.project.facts(**it).language.this == Some("this"));
        scripts.copied().find_map(|file| {
            let facts = self.project.facts(file);
            facts.functions.iter().find_map(|(function, _)| self.wait_for(file, function))
        })
    }

    fn wait_for(&self, file: FileId, function: FunctionId) -> Option<Wait> {
        let project = self.project;
        let data = project.file(file);
        let facts = &data.facts;
        let own = Expr { file, id: facts.functions[function].value? };
        let parameters = facts.functions[function].parameters.len();
        let value = data.parameter_bindings(function, 1).first().copied()?;
        let call = project.parent(own).filter(|it| matches!(project.value(*it), Value::Call { .. }))?;
        let statement = project.statement(call).filter(|it| facts.statements[*it].kind == StatementKind::Plain)?;
        let whole = facts.statements[statement].span;
        let alone = project.node(call).span.end == whole.end - usize::from(whole.of(data.text()).ends_with(';'))
            && project.node(call).span.start == whole.start;
        let pure = || is_pure_besides(project, call, &|it| it == own || self.change.removes(project, it));
        let dead = parameters == 2 && alone && !self.is_gone(file, value) && self.is_dead(file, value);
        if !dead || self.change.deletes(at(file, whole)) || !pure() {
            return None;
        }
        let error = data.parameter_bindings(function, 0).first().copied()?;
        let guard = self.error_guard(file, function, error)?;
        let wait = Wait { file, statement, function, guard, value };
        self.can_be_done_at_once(&wait).then_some(wait)
    }

    /// The check that is all that reads the error; none within where nothing does.
    fn error_guard(&self, file: FileId, function: FunctionId, error: BindingId) -> Option<Option<StatementId>> {
        let facts = self.project.facts(file);
        let mut reads = facts.bindings[error].reads.iter().map(|id| facts.values[*id].span);
        let Some(first) = reads.next() else { return Some(None) };
        let branches = facts.statements.iter().filter(|(_, it)| {
            it.function == function
                && it.span.contains(first)
                && matches!(it.kind, StatementKind::Branch { otherwise: false, .. })
        });
        let (guard, found) = branches.max_by_key(|(_, it)| it.span.end - it.span.start)?;
        let StatementKind::Branch { condition: Some(condition), .. } = found.kind else { return None };
        let asks = matches!(&facts.values[condition].value, Value::Name { binding, .. } if *binding == Some(error))
            || matches!(&facts.values[condition].value, Value::Group(inner)
                if matches!(&facts.values[*inner].value, Value::Name { binding, .. } if *binding == Some(error)));
        (asks && reads.all(|it| found.span.contains(it))).then_some(Some(guard))
    }

    /// Whether what the function does can stand where the call stands: last in a function, with no name that means
    /// something else there.
    fn can_be_done_at_once(&self, wait: &Wait) -> bool {
        let data = self.project.file(wait.file);
        let (facts, text) = (&data.facts, data.text());
        let statement = &facts.statements[wait.statement];
        let outer = &facts.functions[statement.function];
        let inner = &facts.functions[wait.function];
        let nested = facts.statements.iter().any(|(_, it)| {
            it.span != outer.body
                && outer.body.contains(it.span)
                && it.span != statement.span
                && it.span.contains(statement.span)
        });
        let last = facts
            .statements
            .iter()
            .all(|(_, it)| it.function != statement.function || it.span.start < statement.span.end);
        let names = facts
            .bindings
            .iter()
            .filter(|(_, it)| it.function == wait.function && !matches!(it.kind, BindingKind::Parameter { .. }));
        let mut clashes = names.filter(|(_, own)| {
            facts.bindings.iter().any(|(_, it)| it.function == statement.function && it.name == own.name)
                || facts.values.iter().any(|(_, it)| {
                    outer.span.contains(it.span)
                        && !inner.span.contains(it.span)
                        && matches!(&it.value, Value::Name { name, .. } if *name == own.name)
                })
        });
        let bound = words(inner.span.of(text), "this") + words(inner.span.of(text), "arguments") > 0;
        let block = inner.body.of(text).starts_with('{')
            && text
                .get(inner.body.start + 1..)
                .is_some_and(|it| it.trim_start_matches([' ', '\t', '\r']).starts_with('\n'))
            && line_head(text, inner.body.end - 1).trim().is_empty()
            && line_head(text, statement.span.start).trim().is_empty();
        let top = facts.functions[statement.function].parent.is_none();
        !nested && last && !top && !bound && block && clashes.next().is_none()
    }

    fn unwrap(&mut self, wait: &Wait) -> Result<(), Declined> {
        let data: &ProjectFile = self.project.file(wait.file);
        let text = data.text();
        let statement = data.facts.statements[wait.statement].span;
        let body = data.facts.functions[wait.function].body;
        let head = data.lines.whole_lines(text, Span::new(statement.start, body.start + 1));
        let tail = data.lines.whole_lines(text, Span::new(body.end - 1, statement.end));
        if let Some(guard) = wait.guard {
            let change = &*self.change;
            let whole = statement_span(data, guard, &|it| change.deletes(at(wait.file, it)));
            self.change.delete(at(wait.file, whole))?;
        }
        // What only logs the value goes too.
        for id in &data.facts.bindings[wait.value].reads {
            if let Some(statement) = self.dropped_statement(Expr { file: wait.file, id: *id }, wait.value) {
                self.statement(wait.file, statement)?;
            }
        }
        let outer = indentation_at(text, statement.start);
        let first =
            data.facts.statements.iter().filter(|(_, it)| it.function == wait.function && body.contains(it.span));
        let first = first.map(|(_, it)| it.span.start).filter(|it| *it > body.start).min();
        let unit = first.and_then(|it| indentation_at(text, it).strip_prefix(outer)).unwrap_or_default().to_owned();
        let texts = data.facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_)));
        let literal: Vec<Span> = texts.map(|(_, it)| it.span).collect();
        let region = Span::new(head.end, tail.start);
        if let Some(edits) = self.change.edits.get_mut(&wait.file) {
            edits.outdent(text, region, &unit, &|start| literal.iter().any(|it| it.start < start && start < it.end))?;
        }
        self.change.delete(at(wait.file, head))?;
        self.change.delete(at(wait.file, tail))
    }
}

/// What stands before an offset on its line.
fn line_head(text: &str, offset: usize) -> &str {
    let before = Span::new(0, offset).of(text);
    before.rsplit('\n').next().unwrap_or_default()
}
