//! Dead inputs: members that only a JWT credential has, which the flow read from what it was handed, as an action does from
//! its parameters. What still asks whether they are there goes, and so do their names in lists of what has to be there.

use std::collections::BTreeSet;

use crate::facts::Value;
use crate::link::Expr;
use crate::text::FileId;

use super::change::{Declined, at};
use super::dead::Sweep;
use super::dead_guards::Asked;
use super::removal::item_span;

impl Sweep<'_, '_> {
    /// Removes what asks for such members in the files that the change touches.
    pub(super) fn asked_inputs(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let edited: Vec<FileId> = self.change.edits.keys().copied().collect();
        for file in edited {
            for (object, name) in self.lost_members(file) {
                progress |= self.ask_no_more(file, &object, &name)?;
            }
        }
        Ok(progress)
    }

    /// The members of a file, each with the source of its object and its name.
    fn members_of(&self, file: FileId) -> impl Iterator<Item = (Expr, &str, &str)> {
        let project = self.project;
        project.facts(file).values.iter().filter_map(move |(id, node)| match &node.value {
            Value::Member { object, name, .. } => {
                Some((Expr { file, id }, project.source(Expr { file, id: *object }), name.as_str()))
            }
            _ => None,
        })
    }

    /// The members that the change reads no longer, as far as only a JWT credential has them.
    fn lost_members(&self, file: FileId) -> BTreeSet<(String, String)> {
        let credentials = &self.project.knowledge().credentials;
        let lost = self.members_of(file).filter(|it| credentials.owns(it.2) && self.change.removes(self.project, it.0));
        lost.map(|(_, object, name)| (object.to_owned(), name.to_owned())).collect()
    }

    fn ask_no_more(&mut self, file: FileId, object: &str, name: &str) -> Result<bool, Declined> {
        let project = self.project;
        let left: Vec<Expr> = self
            .members_of(file)
            .filter(|it| (it.1, it.2) == (object, name) && !self.change.removes(project, it.0))
            .map(|it| it.0)
            .collect();
        let guard = |sweep: &Self, read: Expr| {
            let statement = project.statement(read)?;
            sweep.dropped_guard(read, Asked::Member(name), statement)
        };
        let asks = |it: &Expr| guard(self, *it).is_some() || self.dropped_operand(*it, Asked::Member(name)).is_some();
        if !left.iter().all(asks) {
            return Ok(false);
        }
        let mut progress = false;
        for read in left {
            if self.change.removes(project, read) {
                continue;
            }
            if let Some(statement) = guard(self, read) {
                self.statement(file, statement)?;
            } else if let Some(operand) = self.dropped_operand(read, Asked::Member(name)) {
                self.change.delete(operand)?;
            }
            progress = true;
        }
        // The names in lists may be of what another object is asked for.
        let elsewhere = self.members_of(file).any(|it| it.2 == name && !self.change.removes(project, it.0));
        if !elsewhere {
            progress |= self.unlist(file, name)?;
        }
        Ok(progress)
    }

    /// Removes a name from lists of names.
    fn unlist(&mut self, file: FileId, name: &str) -> Result<bool, Declined> {
        let data = self.project.file(file);
        let facts = &data.facts;
        let text = |id| facts.literal_text(id);
        let mut progress = false;
        for (_, node) in facts.values.iter() {
            let Value::List(items) = &node.value else { continue };
            if items.len() < 2 || !items.iter().all(|it| text(*it).is_some()) {
                continue;
            }
            for item in items.iter().filter(|it| text(**it).as_deref() == Some(name)) {
                let item = Expr { file, id: *item };
                if self.change.removes(self.project, item) {
                    continue;
                }
                self.change.delete(at(file, item_span(data, self.project.node(item).span)))?;
                let line = data.lines.line_column(data.text(), node.span.start).line;
                self.change.note(format!("`{name}` went from the names at {}:{line}", data.path()));
                self.change.unproved = true;
                progress = true;
            }
        }
        Ok(progress)
    }
}
