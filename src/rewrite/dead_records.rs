//! Dead entries of records: options and configuration that only the flow read.

use crate::facts::{Entry, EntryKey, Projection, Value};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Origin, Project, Reach};
use crate::text::FileId;

use super::change::{Declined, at};
use super::dead::Sweep;
use super::purity::is_pure;
use super::removal::item_span;

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
                    let span = item_span(data, entry.span);
                    self.change.delete(at(file, span))?;
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
            && !self.is_read(name)
            && is_pure(self.project, value)
            && !self.escapes(record)
    }

    fn lost_its_reader(&self, file: FileId, record: Expr, entry: &Entry, name: &str) -> bool {
        let passed = self.change.lost_fields.iter().any(|it| it.file == file && it.span == entry.span);
        passed
            || self.members(name).any(|(expr, object)| {
                self.change.removes(self.project, expr) && self.project.resolve(object).contains(&Origin::Value(record))
            })
    }

    /// Whether anything that stays reads a member or key of this name, on whatever object.
    fn is_read(&self, name: &str) -> bool {
        let project = self.project;
        let key = Projection::Key(name.to_owned());
        let by_member = self.members(name).any(|(expr, _)| !self.change.removes(project, expr));
        let by_pattern = project.files().any(|(file, data)| {
            data.facts
                .bindings
                .iter()
                .flat_map(|(_, it)| &it.definitions)
                .any(|it| it.path.contains(&key) && !self.change.removes_span(at(file, it.name_span)))
        });
        let by_text =
            project.files().filter(|(_, it)| it.facts.language.modules != ModuleStyle::Data).any(|(file, _)| {
                project.exprs(file).any(|expr| {
                    matches!(project.value(expr), Value::Text(_))
                        && !self.change.removes(project, expr)
                        && project.known_text(expr).is_some_and(|it| it.split('.').any(|part| part == name))
                })
            });
        by_member || by_pattern || by_text
    }

    fn members<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (Expr, Expr)> + 's {
        let project: &Project = self.project;
        project.spelled(name).iter().copied().filter_map(move |expr| match project.value(expr) {
            Value::Member { object, name: it, .. } if it == name => Some((expr, Expr { file: expr.file, id: *object })),
            _ => None,
        })
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
                            .any(|it| matches!(it, Origin::Function(..)))
                }
                Value::Spread(_) => true,
                Value::Record(_) | Value::List(_) => false,
                _ => false,
            };
            handed_over && !self.change.removes(project, parent)
        })
    }
}
