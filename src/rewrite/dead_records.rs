//! Dead entries of records: options and configuration that only the flow read.

use crate::facts::{BindingKind, Definition, Entry, EntryKey, FunctionId, Projection, StoreKey, Value};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Origin, Project, Reach};
use crate::text::{FileId, Location};

use super::change::{Declined, at};
use super::dead::Sweep;
use super::removal::{comment_behind, item_span};

/// What yields the keys and values of a record, whichever they are.
const LISTING: &[&str] = &["globalThis.Object.entries", "globalThis.Object.keys", "globalThis.Object.values"];

impl Sweep<'_, '_> {
    /// Removes entries that lost their reader through the change and have no other.
    pub(super) fn records(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        for (file, data) in self.project.files() {
            if data.facts.language.modules == ModuleStyle::Data {
                continue;
            }
            for record in self.project.exprs(file) {
                let Value::Record(entries) = self.project.value(record) else { continue };
                if self.change.removes(self.project, record) {
                    continue;
                }
                let dead: Vec<&Entry> = entries.iter().filter(|it| self.entry_is_dead(file, record, it)).collect();
                for entry in dead {
                    self.note_listing(record, entry);
                    match self.scopes_instead(record, entry) {
                        Some(text) => {
                            self.change.replace(at(file, entry.span), text)?;
                            // What is said of metascopes on their line may be wrong of scopes.
                            if let Some(comment) = comment_behind(data.text(), entry.span) {
                                self.change.delete(at(file, comment))?;
                            }
                        }
                        None => self.change.delete(at(file, item_span(data, entry.span)))?,
                    }
                    progress = true;
                }
            }
        }
        Ok(progress)
    }

    fn entry_is_dead(&self, file: FileId, record: Expr, entry: &Entry) -> bool {
        let EntryKey::Known { name, .. } = &entry.key else { return false };
        let value = Expr { file, id: entry.value };
        !self.change.removes_span(at(file, entry.span))
            && self.lost_its_reader(file, record, entry, name)
            && !self.is_read(name, Some(at(file, entry.span)))
            && self.is_pure(value)
            && !self.escapes(record)
    }

    fn lost_its_reader(&self, file: FileId, record: Expr, entry: &Entry, name: &str) -> bool {
        let passed = self.change.lost_fields.iter().any(|it| it.file == file && it.span == entry.span);
        passed
            || self.members(name).any(|(expr, object)| {
                self.change.removes(self.project, expr) && self.project.resolve(object).contains(&Origin::Value(record))
            })
            || self.was_taken_out(record, name)
    }

    /// Whether the change removes a name that took an entry out of a record by a pattern.
    fn was_taken_out(&self, record: Expr, name: &str) -> bool {
        let key = Projection::Key(name.to_owned());
        let edited = self.project.files().filter(|(file, _)| self.change.edits.contains_key(file));
        edited.into_iter().any(|(file, data)| {
            data.facts.bindings.iter().any(|(_, binding)| {
                let mut taken = binding
                    .definitions
                    .iter()
                    .filter(|it| it.path.first() == Some(&key) && self.change.removes_span(at(file, it.name_span)));
                taken.any(|it| match binding.kind {
                    BindingKind::Parameter { function, position } => self.is_passed(record, file, function, position),
                    _ => it.value.is_some_and(|id| self.is_record(Expr { file, id }, record)),
                })
            })
        })
    }

    /// Whether callers give a record for a parameter.
    fn is_passed(&self, record: Expr, file: FileId, function: FunctionId, position: usize) -> bool {
        let sites = self.project.call_sites(file, function);
        let given = sites.iter().filter_map(|it| self.project.argument_for(it, position, None));
        given.into_iter().any(|it| self.is_record(it, record))
    }

    fn is_record(&self, expr: Expr, record: Expr) -> bool {
        self.project.resolve(expr).contains(&Origin::Value(record))
    }

    /// Whether anything that stays reads a member or key of this name, on whatever object; not what stands in the entry
    /// `own` itself, as in `{ id: options.id }`, which would go with it.
    fn is_read(&self, name: &str, own: Option<Location>) -> bool {
        let project = self.project;
        let key = Projection::Key(name.to_owned());
        let stays = |expr: Expr| {
            let inside = own.is_some_and(|it| it.file == expr.file && it.span.contains(project.node(expr).span));
            !inside && !self.change.removes(project, expr)
        };
        let by_member = self.members(name).any(|(expr, _)| stays(expr));
        let by_pattern = project.files().any(|(file, data)| {
            data.facts.bindings.iter().any(|(_, binding)| {
                let taken =
                    |it: &Definition| it.path.contains(&key) && !self.change.removes_span(at(file, it.name_span));
                // A name that nothing but the entry reads is taken out for it.
                let read = binding.reads.is_empty() || binding.reads.iter().any(|id| stays(Expr { file, id: *id }));
                read && binding.definitions.iter().any(taken)
            })
        });
        let by_text =
            project.files().filter(|(_, it)| it.facts.language.modules != ModuleStyle::Data).any(|(file, _)| {
                project.exprs(file).any(|expr| {
                    matches!(project.value(expr), Value::Text(_))
                        && !self.change.removes(project, expr)
                        && project.known_text(expr).is_some_and(|it| it.split('.').any(|part| part == name))
                        && !self.is_store_key(expr)
                })
            });
        by_member || by_pattern || by_text
    }

    /// Whether a text is the key under which something is kept or stored.
    pub(super) fn is_store_key(&self, text: Expr) -> bool {
        let parent = self.project.parent(text);
        let span = self.project.node(text).span;
        let keyed = self.project.exprs(text.file).any(|record| match self.project.value(record) {
            Value::Record(entries) => {
                entries.iter().any(|it| matches!(&it.key, EntryKey::Known { span: key, .. } if key.overlaps(span)))
            }
            _ => false,
        });
        if keyed {
            return true;
        }
        let element = parent.filter(|it| matches!(self.project.value(*it), Value::Index { .. }));
        element.is_some_and(|it| self.project.stores(it.file).iter().any(|store| store.target == it.id))
    }

    /// The reads of a key, each with its object; what is stored there is no read.
    fn members<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (Expr, Expr)> + 's {
        let project: &Project = self.project;
        let stored = move |expr: Expr| project.stores(expr.file).iter().any(|it| it.target == expr.id);
        project.spelled(name).iter().copied().filter(move |it| !stored(*it)).filter_map(move |expr| {
            let object = match project.value(expr) {
                Value::Member { object, name: it, .. } if it == name => *object,
                Value::Index { object, .. } => *object,
                Value::Call { callee, .. } => match project.value(Expr { file: expr.file, id: *callee }) {
                    Value::Member { object, .. } => *object,
                    _ => return None,
                },
                _ => return None,
            };
            Some((expr, Expr { file: expr.file, id: object }))
        })
    }

    /// Removes assignments to keys of a record that lost their reader through the change and have no other.
    pub(super) fn record_stores(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        for (file, data) in self.project.files() {
            for store in &data.facts.stores {
                let (StoreKey::Known(key), Some(statement)) = (&store.key, store.statement) else { continue };
                let object = Expr { file, id: store.object };
                if self.change.removes_span(at(file, store.span)) || self.project.own_class(object).is_some() {
                    continue;
                }
                let passed = self.change.lost_fields.contains(&at(file, store.span)) && !self.is_read(key, None);
                if (passed || self.store_is_dead(object, key))
                    && self.stands_alone(file, store)
                    && self.is_pure(Expr { file, id: store.value })
                {
                    self.statement(file, statement)?;
                    progress = true;
                }
            }
        }
        Ok(progress)
    }

    fn store_is_dead(&self, object: Expr, key: &str) -> bool {
        let records: Vec<Expr> = self
            .project
            .resolve(object)
            .into_iter()
            .filter_map(|it| match it {
                Origin::Value(value) if matches!(self.project.value(value), Value::Record(_)) => Some(value),
                _ => None,
            })
            .collect();
        let lost = self.members(key).any(|(expr, read)| {
            self.change.removes(self.project, expr)
                && self.project.resolve(read).iter().any(|it| matches!(it, Origin::Value(it) if records.contains(it)))
        });
        lost && !self.is_read(key, None) && !records.iter().any(|it| self.escapes(*it))
    }

    /// Says that an entry went from a record that something lists as a whole.
    fn note_listing(&mut self, record: Expr, entry: &Entry) {
        let project = self.project;
        let calls = project.reach(record).into_iter().filter(|it| it.path.is_empty());
        let mut calls = calls.filter_map(|it| project.parent(it.expr));
        let EntryKey::Known { name, .. } = &entry.key else { return };
        if let Some(call) = calls.find(|it| self.is_listing(*it)) {
            let file = project.file(call.file);
            let line = file.lines.line_column(file.text(), project.node(call).span.start).line;
            self.change.unproved = true;
            self.change.note(format!("{}:{line} goes through all settings, of which `{name}` went", file.path()));
        }
    }

    /// Whether a call lists the entries of what it is given.
    fn is_listing(&self, call: Expr) -> bool {
        matches!(self.project.value(call), Value::Call { .. })
            && self.project.callee_paths(call).iter().any(|it| LISTING.contains(&it.as_str()))
    }

    /// Whether the record goes as a whole to something that may read any of it.
    fn escapes(&self, record: Expr) -> bool {
        let project = self.project;
        if self.is_shared(record.file) {
            return true;
        }
        let reached: Vec<Reach> = project.reach(record);
        let exported = project.commonjs_value(record.file).map(|it| project.bare(it)) == Some(record);
        let importers: Vec<Expr> = match exported {
            true => project
                .files()
                .flat_map(|(file, _)| project.exprs(file))
                .filter(|expr| matches!(project.value(*expr), Value::Name { .. } | Value::Call { .. }))
                .filter(|expr| project.resolve(*expr) == [Origin::Value(record)])
                .collect(),
            false => Vec::new(),
        };
        reached.iter().filter(|it| it.path.is_empty()).map(|it| it.expr).chain(importers).any(|expr| {
            let Some(parent) = project.parent(expr) else { return false };
            let handed_over = match project.value(parent) {
                Value::Call { callee, arguments, .. } => {
                    *callee != expr.id
                        && arguments.iter().any(|it| it.value == expr.id)
                        && !project
                            .resolve(Expr { file: parent.file, id: *callee })
                            .iter()
                            .any(|it| matches!(it, Origin::Function(..) | Origin::Class(..)))
                        && !self.is_listing(parent)
                }
                Value::Spread(_) => true,
                Value::Record(_) | Value::List(_) => false,
                _ => false,
            };
            handed_over && !self.change.removes(project, parent)
        })
    }
}
