//! Dead objects: what was opened, filled and read for the request alone. Connections, streams and buffers live by calls for
//! their effects, which no name reads; they go together, with the loops and headers around them, where everything that is
//! done with them only touches themselves.

use std::collections::BTreeSet;

use crate::facts::{BindingId, BindingKind, Definition, FunctionId, StatementId, StatementKind, Value};
use crate::knowledge::path_matches;
use crate::link::{Expr, Project};
use crate::text::{FileId, Span};

use super::change::{Declined, at};
use super::dead::Sweep;
use super::style::indentation_at;

/// The names of a function that may go, and the statements that go with them.
struct Group {
    file: FileId,
    names: BTreeSet<BindingId>,
}

impl Sweep<'_, '_> {
    /// Removes objects that only served what the change removed.
    pub(super) fn objects(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let edited: Vec<FileId> = self.change.edits.keys().copied().collect();
        for file in edited {
            if !self.keeps_objects(file) {
                continue;
            }
            let functions: Vec<FunctionId> = self.project.facts(file).functions.iter().map(|(id, _)| id).collect();
            for function in functions {
                let group = self.group(file, function);
                progress |= self.remove_group(&group)?;
            }
        }
        Ok(progress)
    }

    /// Whether anything is known of objects in the language of a file.
    fn keeps_objects(&self, file: FileId) -> bool {
        let language = self.project.facts(file).language.id;
        self.project.knowledge().pure.iter().any(|it| it.language == language && !it.objects.is_empty())
    }

    /// The greatest group of names of a function of which each is only used for another of the group, or for what goes.
    fn group(&self, file: FileId, function: FunctionId) -> Group {
        let facts = self.project.facts(file);
        let local = facts.bindings.iter().filter(|(id, it)| {
            it.function == function
                && it.kind == BindingKind::Variable
                && !self.is_field(file, *id)
                && !self.is_gone(file, *id)
                && it.definitions.iter().all(|it| self.is_quiet_definition(file, it))
        });
        let mut group = Group { file, names: local.map(|(id, _)| id).collect() };
        loop {
            let spent = |id: &BindingId| facts.bindings[*id].reads.iter().all(|it| self.is_spent(&group, *it));
            let kept = group.names.iter().copied().filter(spent).filter(|it| self.is_apart(&group, *it));
            let kept: BTreeSet<BindingId> = kept.collect();
            if kept.len() == group.names.len() {
                break;
            }
            group.names = kept;
        }
        self.lost(&mut group);
        group
    }

    /// Whether a name is not a part of an object that stays, such as the stream that writes to a connection.
    fn is_apart(&self, group: &Group, id: BindingId) -> bool {
        let (file, facts) = (group.file, self.project.facts(group.file));
        let made = |id: BindingId| facts.bindings[id].definitions.iter().filter_map(|it| it.value);
        let has_effects = |value: &crate::facts::ValueId| !self.is_pure(Expr { file, id: *value });
        made(id).filter(has_effects).all(|value| {
            let span = facts.values[value].span;
            facts.values.iter().filter(|(_, it)| span.contains(it.span)).all(|(_, it)| match it.value {
                Value::Name { binding: Some(other), .. } => {
                    let local = facts.bindings[other].kind == BindingKind::Variable
                        && facts.bindings[other].function == facts.bindings[id].function;
                    other == id
                        || !local
                        || group.names.contains(&other)
                        || self.is_gone(file, other)
                        || !made(other).any(|it| has_effects(&it))
                }
                _ => true,
            })
        })
    }

    /// Keeps of a group what lost a use through the change, and what is connected with that.
    fn lost(&self, group: &mut Group) {
        let facts = self.project.facts(group.file);
        let expr = |id| Expr { file: group.file, id };
        let mut lost: BTreeSet<BindingId> = BTreeSet::new();
        for id in &group.names {
            let binding = &facts.bindings[*id];
            let read = binding.reads.iter().any(|it| self.change.removes(self.project, expr(*it)));
            let made = binding.definitions.iter().filter_map(|it| it.value);
            if read || made.into_iter().any(|it| self.change.removes(self.project, expr(it))) {
                lost.insert(*id);
            }
        }
        loop {
            let before = lost.len();
            for (id, binding) in group.names.iter().map(|id| (*id, &facts.bindings[*id])) {
                let mut values: Vec<Span> =
                    binding.definitions.iter().filter_map(|it| it.value).map(|it| facts.values[it].span).collect();
                let statements = binding.reads.iter().filter_map(|it| facts.values[*it].statement);
                values.extend(statements.map(|it| facts.statements[it].span));
                let near = |other: &BindingId| {
                    let reads = &facts.bindings[*other].reads;
                    reads.iter().any(|it| values.iter().any(|span| span.contains(facts.values[*it].span)))
                };
                let others: Vec<BindingId> = group.names.iter().copied().filter(near).collect();
                if lost.contains(&id) {
                    lost.extend(others);
                } else if others.iter().any(|it| *it != id && lost.contains(it)) {
                    lost.insert(id);
                }
            }
            if lost.len() == before {
                break;
            }
        }
        group.names = lost;
    }

    fn is_quiet_definition(&self, file: FileId, definition: &Definition) -> bool {
        definition.path.is_empty() && definition.value.is_none_or(|id| self.is_quiet(Expr { file, id }))
    }

    /// Whether evaluating an expression changes nothing but objects that are made for it, as far as is known.
    pub(super) fn is_quiet(&self, expr: Expr) -> bool {
        let project = self.project;
        if self.change.removes(project, expr) || self.is_pure(expr) {
            return true;
        }
        let span = project.node(expr).span;
        let calls = project
            .exprs(expr.file)
            .filter(|it| span.contains(project.node(*it).span) && matches!(project.value(*it), Value::Call { .. }));
        calls.into_iter().all(|call| self.is_pure(call) || self.is_quiet_call(call))
    }

    fn is_quiet_call(&self, call: Expr) -> bool {
        if self.change.removes(self.project, call) {
            return true;
        }
        let language = self.project.facts(call.file).language.id;
        let rows = || self.project.knowledge().pure.iter().filter(|it| it.language == language);
        let paths = self.project.callee_paths(call);
        !paths.is_empty()
            && paths.iter().all(|path| {
                rows().flat_map(|it| &it.objects).any(|row| path_matches(row, path))
                    && !rows().flat_map(|it| &it.lasting).any(|row| path_matches(row, path))
            })
    }

    /// Whether a read only serves names of the group, or what goes.
    fn is_spent(&self, group: &Group, read: crate::facts::ValueId) -> bool {
        let project = self.project;
        let file = group.file;
        let expr = Expr { file, id: read };
        if self.change.removes(project, expr) {
            return true;
        }
        // What is used again by new code is not spent.
        let span = project.node(expr).span;
        if self.change.kept.iter().any(|it| it.file == file && project.node(*it).span.contains(span)) {
            return false;
        }
        let facts = project.facts(file);
        let Some(statement) = project.statement(expr) else { return false };
        match facts.statements[statement].kind {
            StatementKind::Plain => self.is_spent_statement(group, statement),
            StatementKind::Compound | StatementKind::Guarded | StatementKind::Branch { .. } => {
                let bound = self.binds_in_header(group, statement, expr);
                bound || self.is_spent_block(group, statement)
            }
            _ => false,
        }
    }

    /// Whether a read stands in what a header gives a name of the group, as in `try (Reader in = open(connection))`.
    fn binds_in_header(&self, group: &Group, statement: StatementId, read: Expr) -> bool {
        let facts = self.project.facts(group.file);
        let span = self.project.node(read).span;
        let mut definitions = group.names.iter().flat_map(|id| &facts.bindings[*id].definitions);
        facts.statements[statement].kind == StatementKind::Guarded
            && definitions.any(|it| {
                it.statement == Some(statement) && it.value.is_some_and(|id| facts.values[id].span.contains(span))
            })
    }

    /// Whether a plain statement goes with the group: it gives a name of it a value, or does something to one.
    fn is_spent_statement(&self, group: &Group, statement: StatementId) -> bool {
        let project = self.project;
        let file = group.file;
        let facts = project.facts(file);
        let span = facts.statements[statement].span;
        if self.change.deletes(at(file, span)) {
            return true;
        }
        let defined = |wanted: bool| {
            facts.bindings.iter().any(|(id, it)| {
                group.names.contains(&id) == wanted && it.definitions.iter().any(|it| it.statement == Some(statement))
            })
        };
        if defined(false) || facts.stores.iter().any(|it| it.statement == Some(statement)) {
            return false;
        }
        let roots =
            project.exprs(file).filter(|it| project.statement(*it) == Some(statement) && project.parent(*it).is_none());
        let roots: Vec<Expr> = roots.collect();
        if !roots.iter().all(|it| self.is_quiet(*it)) {
            return false;
        }
        defined(true) || roots.iter().any(|it| self.is_done_to(group, *it))
    }

    /// Whether an expression is a call on a name of the group, or on what comes of one.
    fn is_done_to(&self, group: &Group, expr: Expr) -> bool {
        let project = self.project;
        let mut root = project.bare(expr);
        loop {
            root = project.bare(root);
            root = match project.value(root) {
                Value::Member { object, .. } => Expr { file: root.file, id: *object },
                Value::Call { callee, .. } => Expr { file: root.file, id: *callee },
                _ => break,
            };
        }
        project.binding(root).is_some_and(|it| group.names.contains(&it))
    }

    /// Whether a loop, branch or try goes with the group: everything in it does.
    fn is_spent_block(&self, group: &Group, statement: StatementId) -> bool {
        let project = self.project;
        let file = group.file;
        let facts = project.facts(file);
        let handled =
            |span: Span| facts.handlers.iter().any(|it| it.statement == Some(statement) && it.span.contains(span));
        let mut header =
            project.exprs(file).filter(|it| project.statement(*it) == Some(statement) && project.parent(*it).is_none());
        let within = |it: Option<StatementId>| {
            std::iter::successors(it, |it| facts.statements[*it].parent).any(|it| it == statement)
        };
        header.all(|it| self.is_quiet(it))
            && facts.statements.iter().filter(|(_, it)| within(it.parent) && !handled(it.span)).all(|(id, it)| match it
                .kind
            {
                StatementKind::Plain => self.is_spent_statement(group, id) || is_jump(project, file, id),
                StatementKind::Compound | StatementKind::Guarded | StatementKind::Branch { .. } => true,
                _ => self.change.deletes(at(file, it.span)),
            })
    }

    fn remove_group(&mut self, group: &Group) -> Result<bool, Declined> {
        let file = group.file;
        let facts = self.project.facts(file);
        let mut statements: BTreeSet<StatementId> = BTreeSet::new();
        let mut headers: BTreeSet<StatementId> = BTreeSet::new();
        for id in &group.names {
            let binding = &facts.bindings[*id];
            let reads = binding.reads.iter().filter_map(|it| facts.values[*it].statement);
            let made = binding.definitions.iter().filter_map(|it| it.statement);
            for statement in reads.chain(made) {
                if self.change.deletes(at(file, facts.statements[statement].span)) {
                    continue;
                }
                match facts.statements[statement].kind {
                    StatementKind::Plain if self.is_spent_statement(group, statement) => {
                        statements.insert(statement);
                    }
                    StatementKind::Plain | StatementKind::Return | StatementKind::Throw => {}
                    _ if self.is_spent_block(group, statement) => {
                        statements.insert(statement);
                    }
                    StatementKind::Guarded => {
                        headers.insert(statement);
                    }
                    _ => {}
                }
            }
        }
        let progress = !statements.is_empty();
        for statement in statements {
            self.statement(file, statement)?;
        }
        let mut opened = false;
        for header in headers.into_iter().rev() {
            opened |= self.open_try(group, header)?;
        }
        Ok(progress || opened)
    }

    /// `try (X x = …) { … }` without the resource: plain statements where nothing is caught.
    fn open_try(&mut self, group: &Group, statement: StatementId) -> Result<bool, Declined> {
        let file = group.file;
        let data = self.project.file(file);
        let (facts, text) = (&data.facts, data.text());
        let whole = facts.statements[statement].span;
        let resources: Vec<(BindingId, Span)> = facts
            .bindings
            .iter()
            .flat_map(|(id, it)| it.definitions.iter().map(move |definition| (id, definition)))
            .filter(|(_, it)| it.statement == Some(statement) && it.value.is_some())
            .map(|(id, it)| (id, it.span))
            .collect();
        if resources.is_empty() || !resources.iter().all(|(id, _)| group.names.contains(id)) {
            return Ok(false);
        }
        let inner = facts.statements.iter().filter(|(_, it)| it.parent == Some(statement)).map(|(_, it)| it.block);
        let Some(block) = inner.min_by_key(|it| it.start) else { return Ok(false) };
        let head = Span::new(whole.start, block.start);
        let Some(open) = head.of(text).find('(') else { return Ok(false) };
        let caught = block.end < whole.end;
        if self.change.deletes(at(file, Span::new(head.start + open, head.start + open + 1))) {
            return Ok(false);
        }
        if caught {
            let end = head.start + head.of(text).trim_end().len();
            let start = head.start + head.of(text).get(..open).map_or(open, |it| it.trim_end().len());
            self.change.delete(at(file, Span::new(start, end)))?;
            return Ok(true);
        }
        let first = data.lines.whole_lines(text, Span::new(whole.start, block.start + 1));
        let last = data.lines.whole_lines(text, Span::new(block.end - 1, block.end));
        let region = Span::new(first.end, last.start);
        let outer = indentation_at(text, whole.start);
        let unit = facts
            .statements
            .iter()
            .filter(|(_, it)| it.parent == Some(statement))
            .find_map(|(_, it)| indentation_at(text, it.span.start).strip_prefix(outer))
            .unwrap_or_default()
            .to_owned();
        let texts = facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_)));
        let literal: Vec<Span> = texts.map(|(_, it)| it.span).collect();
        if let Some(edits) = self.change.edits.get_mut(&file) {
            edits.outdent(text, region, &unit, &|start| literal.iter().any(|it| it.start < start && start < it.end))?;
        }
        self.change.delete(at(file, first))?;
        self.change.delete(at(file, last))?;
        Ok(true)
    }
}

/// Whether a statement only leaves a loop or goes on with it.
fn is_jump(project: &Project, file: FileId, statement: StatementId) -> bool {
    let data = project.file(file);
    let source = data.facts.statements[statement].span.of(data.text());
    source.starts_with("break") || source.starts_with("continue") || source.trim() == ";"
}
