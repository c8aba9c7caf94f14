//! Dead exports: what hands a name that went to other files goes with it.

use crate::facts::{BindingId, Export, Value};
use crate::link::{Expr, Project};
use crate::text::FileId;

use super::change::{Declined, at};
use super::dead::Sweep;
use super::removal::item_span;

impl Sweep<'_, '_> {
    /// Whether a read only hands the binding to other files.
    pub(super) fn is_export_read(&self, read: Expr) -> bool {
        let facts = self.project.facts(read.file);
        let stored = facts.stores.iter().any(|store| {
            let object = Expr { file: read.file, id: store.object };
            let target = Expr { file: read.file, id: store.target };
            store.value == read.id && (self.project.is_exports(object) || self.project.is_exports(target))
        });
        let listed = self.project.commonjs_value(read.file).is_some_and(|whole| {
            let record = self.project.bare(whole);
            self.project.parent(read) == Some(record) && matches!(self.project.value(record), Value::Record(_))
        });
        stored || listed
    }

    /// Removes what hands a name that went to other files.
    pub(super) fn export(&mut self, read: Expr) -> Result<(), Declined> {
        let file = self.project.file(read.file);
        let store = file.facts.stores.iter().find(|it| it.value == read.id);
        if let Some(statement) = store.and_then(|it| it.statement) {
            return self.statement(read.file, statement);
        }
        let entry = self.project.parent(read).and_then(|record| match self.project.value(record) {
            Value::Record(entries) => entries.iter().find(|it| it.value == read.id).map(|it| it.span),
            _ => None,
        });
        if let Some(span) = entry {
            self.change.delete(at(read.file, item_span(file, span)))?;
        }
        self.empty_exports(read.file)
    }

    /// Removes `module.exports = { … }` when nothing is left in it.
    fn empty_exports(&mut self, file: FileId) -> Result<(), Declined> {
        let Some(whole) = self.project.commonjs_value(file) else { return Ok(()) };
        let Value::Record(entries) = self.project.value(whole) else { return Ok(()) };
        let gone = entries.iter().all(|it| self.change.removes_span(at(file, it.span)));
        match self.project.statement(whole).filter(|_| gone && !entries.is_empty()) {
            Some(statement) => self.statement(file, statement),
            None => Ok(()),
        }
    }

    /// Removes a binding that went from the lists of exports of its file.
    pub(super) fn listed(&mut self, file: FileId, id: BindingId) -> Result<(), Declined> {
        for export in self.project.facts(file).exports.iter().filter(|it| it.binding == Some(id)) {
            if !self.change.deletes(at(file, export.span)) {
                self.change.delete(at(file, item_span(self.project.file(file), export.span)))?;
            }
        }
        Ok(())
    }

    /// Removes what passes on names that went from the files they come from.
    pub(super) fn passed_on(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        for (file, data) in self.project.files() {
            let exports = &data.facts.exports;
            let gone: Vec<&Export> = exports.iter().filter(|it| self.is_of_what_went(file, it)).collect();
            for export in gone {
                if self.change.removes_span(at(file, export.span)) {
                    continue;
                }
                progress = true;
                self.change.delete(at(file, item_span(data, export.span)))?;
                let statement = data.facts.statements.iter().find(|(_, it)| it.span.contains(export.span));
                let Some((id, statement)) = statement else { continue };
                let mut siblings = exports.iter().filter(|it| statement.span.contains(it.span));
                if siblings.all(|it| self.change.removes_span(at(file, it.span))) {
                    self.statement(file, id)?;
                }
            }
        }
        Ok(progress)
    }

    /// Whether an export passes on a name of another file that went.
    fn is_of_what_went(&self, file: FileId, export: &Export) -> bool {
        let Some((module, name)) = &export.from else { return false };
        let Some(of) = module_of(self.project, file, module) else { return false };
        let facts = self.project.facts(of);
        let own = facts.exports.iter().find(|it| it.name == *name).and_then(|it| it.binding);
        own.is_some_and(|id| self.change.edits.contains_key(&of) && self.is_gone(of, id))
    }
}

/// The file of the project that a module's name means in a file.
fn module_of(project: &Project, from: FileId, module: &str) -> Option<FileId> {
    let own = project.file(from);
    let path = project.modules().resolve(own.facts.language, own.path(), module)?;
    project.file_at(&path)
}
