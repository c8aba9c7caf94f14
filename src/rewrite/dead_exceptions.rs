//! Dead exceptions: a checked exception that nothing can throw any more leaves `throws`, and the clause that catches it goes,
//! since a compiler refuses it. What is not known of is left alone.

use std::collections::BTreeSet;

use crate::facts::{FunctionId, StatementId, Value, ValueId};
use crate::knowledge::{Exception, path_matches};
use crate::link::{Expr, Origin, Project};
use crate::text::{FileId, Span};

use super::change::{Change, Declined, at};
use super::dead::Sweep;
use super::style::indentation_at;

/// How often exceptions are looked at again, since one that leaves a method leaves its callers too.
const ROUNDS: usize = 8;

impl Sweep<'_, '_> {
    /// Takes exceptions away that lost their last cause.
    pub(super) fn exceptions(&mut self) -> Result<bool, Declined> {
        let languages: BTreeSet<&str> =
            self.project.knowledge().exceptions.iter().map(|it| it.language.as_str()).collect();
        let mut all = false;
        for _ in 0..ROUNDS {
            let mut progress = false;
            // Only what the change touches can lose a cause, and who calls that.
            let edited = self.change.edits.keys().copied();
            let files: BTreeSet<FileId> = edited
                .flat_map(|it| self.project.files_around(it).iter().copied().chain([it]).collect::<Vec<_>>())
                .collect();
            for file in files {
                if languages.contains(self.project.facts(file).language.id) {
                    progress |= self.declared(file)?;
                    progress |= self.handled(file)?;
                }
            }
            all |= progress;
            if !progress {
                break;
            }
        }
        Ok(all)
    }

    /// The exceptions that functions declare.
    fn declared(&mut self, file: FileId) -> Result<bool, Declined> {
        let mut progress = false;
        let facts = self.project.facts(file);
        let functions: Vec<(FunctionId, Span, Vec<ValueId>)> = facts
            .functions
            .iter()
            .filter(|(_, it)| !it.throws.is_empty() && !self.change.deletes(at(file, it.span)))
            .map(|(id, it)| (id, it.body, it.throws.clone()))
            .collect();
        for (function, body, throws) in functions {
            if self.is_shared(file) && !self.is_private(file, function) {
                continue;
            }
            let gone: Vec<ValueId> = throws
                .iter()
                .copied()
                .filter(|it| {
                    let place = self.project.location(Expr { file, id: *it });
                    let named = self.project.source(Expr { file, id: *it });
                    !self.change.removes_span(place) && self.is_spent_exception(file, body, named)
                })
                .collect();
            if gone.is_empty() {
                continue;
            }
            progress = true;
            self.drop_declared(file, &throws, &gone)?;
        }
        Ok(progress)
    }

    fn is_private(&self, file: FileId, function: FunctionId) -> bool {
        let data = self.project.file(file);
        data.facts.functions[function].span.of(data.text()).trim_start().starts_with("private")
    }

    /// Takes exceptions out of a `throws`, or the whole of it.
    fn drop_declared(&mut self, file: FileId, throws: &[ValueId], gone: &[ValueId]) -> Result<(), Declined> {
        let data = self.project.file(file);
        let span = |id: &ValueId| data.facts.values[*id].span;
        let removed = |it: &ValueId| self.change.removes_span(at(file, span(it)));
        let left: Vec<ValueId> = throws.iter().copied().filter(|it| !gone.contains(it) && !removed(it)).collect();
        if !left.is_empty() {
            for id in gone {
                let before = left.iter().rfind(|it| span(it).end <= span(id).start);
                let after = left.iter().find(|it| span(it).start >= span(id).end);
                let whole = match (before, after) {
                    (Some(before), _) => Span::new(span(before).end, span(id).end),
                    (None, Some(after)) => Span::new(span(id).start, span(after).start),
                    (None, None) => span(id),
                };
                self.change.delete(at(file, whole))?;
            }
            return Ok(());
        }
        let (Some(first), Some(last)) = (throws.first(), throws.last()) else { return Ok(()) };
        let before = Span::new(0, span(first).start).of(data.text());
        let Some(word) = before.rfind("throws") else { return Ok(()) };
        let start = Span::new(0, word).of(data.text()).trim_end().len();
        self.change.delete(at(file, Span::new(start, span(last).end)))
    }

    /// The clauses that catch what nothing throws.
    fn handled(&mut self, file: FileId) -> Result<bool, Declined> {
        let mut progress = false;
        let data = self.project.file(file);
        for handler in &data.facts.handlers {
            let Some(statement) = handler.statement.filter(|_| !self.change.removes_span(at(file, handler.span)))
            else {
                continue;
            };
            let guarded = self.guarded_span(file, statement);
            let types = self.caught(file, handler.span);
            let gone: Vec<Span> = types
                .iter()
                .filter(|(span, name)| {
                    !self.change.removes_span(at(file, *span)) && self.is_spent_exception(file, guarded, name)
                })
                .map(|it| it.0)
                .collect();
            let left =
                types.iter().filter(|(span, _)| !gone.contains(span) && !self.change.removes_span(at(file, *span)));
            if gone.is_empty() {
                continue;
            }
            progress = true;
            match left.count() {
                0 => self.drop_handler(file, statement, handler.span)?,
                _ => {
                    for span in gone {
                        let text = data.text();
                        let after = text.get(span.end..).unwrap_or_default();
                        let gap = after.len() - after.trim_start().len();
                        let whole = match after.trim_start().starts_with('|') {
                            true => {
                                let rest = after.get(gap + 1..).unwrap_or_default();
                                Span::new(span.start, span.end + gap + 1 + rest.len() - rest.trim_start().len())
                            }
                            false => {
                                let before = Span::new(0, span.start).of(text).trim_end();
                                let start = before.strip_suffix('|').map_or(span.start, |it| it.trim_end().len());
                                Span::new(start, span.end)
                            }
                        };
                        self.change.delete(at(file, whole))?;
                    }
                }
            }
        }
        Ok(progress)
    }

    /// The exceptions that a clause names.
    fn caught(&self, file: FileId, clause: Span) -> Vec<(Span, String)> {
        let data = self.project.file(file);
        let text = clause.of(data.text());
        let (Some(open), Some(close)) = (text.find('('), text.find(')')) else { return Vec::new() };
        let head = text.get(open + 1..close).unwrap_or_default();
        let types = head.trim_end().rsplit_once([' ', '\t', '\n']).map_or("", |it| it.0);
        let types = types.trim_start_matches("final ");
        let from = clause.start + open + 1 + head.find(types).unwrap_or(0);
        let mut res = Vec::new();
        let mut offset = from;
        for part in types.split('|') {
            let name = part.trim();
            let start = offset + part.find(name).unwrap_or(0);
            if !name.is_empty() {
                res.push((Span::new(start, start + name.len()), name.to_owned()));
            }
            offset += part.len() + 1;
        }
        res
    }

    /// What a try guards: its head and its block, without the clauses.
    fn guarded_span(&self, file: FileId, statement: StatementId) -> Span {
        let facts = self.project.facts(file);
        let whole = facts.statements[statement].span;
        let first = facts.handlers.iter().filter(|it| it.statement == Some(statement)).map(|it| it.span.start).min();
        Span::new(whole.start, first.unwrap_or(whole.end))
    }

    /// Removes a clause; the try around too, where nothing is left of what it is for.
    fn drop_handler(&mut self, file: FileId, statement: StatementId, clause: Span) -> Result<(), Declined> {
        let data = self.project.file(file);
        let (facts, text) = (&data.facts, data.text());
        let whole = facts.statements[statement].span;
        let others = facts.handlers.iter().filter(|it| {
            it.statement == Some(statement) && it.span != clause && !self.change.removes_span(at(file, it.span))
        });
        let guarded = self.guarded_span(file, statement);
        let last = facts.handlers.iter().filter(|it| it.statement == Some(statement)).map(|it| it.span.end).max();
        let finally = text.get(last.unwrap_or(whole.end)..whole.end).is_some_and(|it| it.contains("finally"));
        let head = guarded.of(text).split('{').next().unwrap_or_default();
        let resources = head.contains('(')
            && !self.change.deletes(at(
                file,
                Span::new(guarded.start + head.find('(').unwrap_or(0), guarded.start + head.find('(').unwrap_or(0) + 1),
            ));
        if others.count() > 0 || finally || resources {
            let before = Span::new(0, clause.start).of(text);
            let start = before.trim_end_matches([' ', '\t']).len();
            return self.change.delete(at(file, Span::new(start, clause.end)));
        }
        self.unwrap_block(file, statement, guarded)
    }

    /// `try { … } catch …` becomes the statements inside, and so does a guard that is none any more.
    pub(super) fn unwrap_block(&mut self, file: FileId, statement: StatementId, guarded: Span) -> Result<(), Declined> {
        let data = self.project.file(file);
        let (facts, text) = (&data.facts, data.text());
        let whole = facts.statements[statement].span;
        let block_end = Span::new(0, guarded.end).of(text).trim_end().len();
        let Some(open) = guarded.of(text).find('{') else { return Ok(()) };
        let head = data.lines.whole_lines(text, Span::new(whole.start, guarded.start + open + 1));
        let tail = data.lines.whole_lines(text, Span::new(block_end - 1, whole.end));
        let outer = indentation_at(text, whole.start);
        let inner = facts.statements.iter().filter(|(_, it)| it.parent == Some(statement) && guarded.contains(it.span));
        let unit = inner
            .filter(|(_, it)| it.span.of(text) != "{")
            .find_map(|(_, it)| indentation_at(text, it.span.start).strip_prefix(outer).filter(|it| !it.is_empty()))
            .unwrap_or_default()
            .to_owned();
        let texts = facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_)));
        let literal: Vec<Span> = texts.map(|(_, it)| it.span).collect();
        let region = Span::new(head.end, tail.start);
        if let Some(edits) = self.change.edits.get_mut(&file) {
            edits.outdent(text, region, &unit, &|start| literal.iter().any(|it| it.start < start && start < it.end))?;
        }
        self.change.delete(at(file, head))?;
        self.change.delete(at(file, tail))
    }

    /// Whether an exception that something in a place could throw before can be thrown there by nothing any more.
    fn is_spent_exception(&self, file: FileId, place: Span, name: &str) -> bool {
        let project = self.project;
        let language = project.facts(file).language.id;
        let bare = name.rsplit('.').next().unwrap_or(name);
        let rows = &project.knowledge().exceptions;
        let Some(row) = rows.iter().find(|it| it.language == language && it.name == bare) else { return false };
        let calls: Vec<Expr> = project
            .exprs(file)
            .filter(|it| place.contains(project.node(*it).span) && matches!(project.value(*it), Value::Call { .. }))
            .collect();
        let (gone, left): (Vec<Expr>, Vec<Expr>) = calls.into_iter().partition(|it| self.change.removes(project, *it));
        let lost = gone.iter().any(|it| self.throws(*it, row))
            || left
                .iter()
                .any(|it| self.called(*it).iter().any(|function| lost_declared(project, self.change, *function, row)));
        lost && !left.iter().any(|it| self.throws(*it, row)) && !self.is_thrown(file, place, row)
    }

    /// Whether code that stays, or that is new, throws such an exception itself.
    fn is_thrown(&self, file: FileId, place: Span, row: &Exception) -> bool {
        let project = self.project;
        let is_kind = |name: &str| name == row.name || row.kinds.iter().any(|it| it == name);
        let old = project.exprs(file).any(|it| {
            let Value::Call { callee, new: true, .. } = project.value(it) else { return false };
            let class = project.source(Expr { file, id: *callee });
            place.contains(project.node(it).span) && !self.change.removes(project, it) && is_kind(class)
        });
        let edits = self.change.edits.get(&file).into_iter().flat_map(crate::text::Edits::iter);
        let written: Vec<&str> = edits.filter(|it| place.contains(it.span)).map(|it| it.text.as_str()).collect();
        old || written
            .iter()
            .any(|text| std::iter::once(&row.name).chain(&row.kinds).any(|it| text.contains(&format!("new {it}("))))
    }

    /// The functions of the project that a call may mean.
    fn called(&self, call: Expr) -> Vec<(FileId, FunctionId)> {
        let Value::Call { callee, .. } = self.project.value(call) else { return Vec::new() };
        let callee = Expr { file: call.file, id: *callee };
        let mut res = Vec::new();
        for origin in self.project.resolve(callee) {
            match origin {
                Origin::Function(file, function) => res.push((file, function)),
                Origin::Class(file, class) => {
                    let facts = self.project.facts(file);
                    let constructors = facts.language.constructors;
                    let own = facts.classes[class].methods.iter();
                    res.extend(own.filter(|it| constructors.contains(&it.0.as_str())).map(|it| (file, it.1)));
                }
                _ => {}
            }
        }
        res
    }

    /// Whether a call can throw such an exception: its function still declares it, or it is one of those that do.
    fn throws(&self, call: Expr, row: &Exception) -> bool {
        let project = self.project;
        let functions = self.called(call);
        if !functions.is_empty() {
            return functions.iter().any(|(file, function)| {
                let facts = project.facts(*file);
                facts.functions[*function].throws.iter().any(|id| {
                    let expr = Expr { file: *file, id: *id };
                    let name = project.source(expr).rsplit('.').next().unwrap_or_default();
                    let kind = name == row.name
                        || row.kinds.iter().any(|it| it == name)
                        || matches!(name, "Exception" | "Throwable");
                    // A call that goes counts with what its function declared before.
                    kind && (self.change.removes(project, call) || !self.change.removes_span(project.location(expr)))
                })
            });
        }
        let paths = project.callee_paths(call);
        let paths = if paths.is_empty() { chain_paths(project, call) } else { paths };
        paths.iter().any(|path| row.of.iter().any(|it| path_matches(it, path)))
    }
}

/// The paths of the beginning of a long chain of calls.
fn chain_paths(project: &Project, call: Expr) -> Vec<String> {
    let mut current = call;
    loop {
        let Value::Call { callee, .. } = project.value(current) else { return Vec::new() };
        let Value::Member { object, .. } = project.value(Expr { file: call.file, id: *callee }) else {
            return Vec::new();
        };
        current = project.bare(Expr { file: call.file, id: *object });
        let paths = project.callee_paths(current);
        if !paths.is_empty() {
            return paths;
        }
    }
}

/// Whether a function declared such an exception before the change, and does no longer.
fn lost_declared(project: &Project, change: &Change, (file, function): (FileId, FunctionId), row: &Exception) -> bool {
    let facts = project.facts(file);
    facts.functions[function].throws.iter().any(|id| {
        let expr = Expr { file, id: *id };
        let name = project.source(expr).rsplit('.').next().unwrap_or_default();
        (name == row.name || row.kinds.iter().any(|it| it == name)) && change.removes_span(project.location(expr))
    })
}
