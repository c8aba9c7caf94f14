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
            for name in self.lost_members(file) {
                progress |= self.ask_no_more(file, &name)?;
            }
        }
        Ok(progress)
    }

    /// The names of the members that the change reads no longer, as far as only a JWT credential has them.
    fn lost_members(&self, file: FileId) -> BTreeSet<String> {
        let facts = self.project.facts(file);
        let own = |name: &str| {
            let plain: String =
                name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
            self.project.knowledge().credentials.own.iter().any(|it| plain.contains(it.as_str()))
        };
        let members = facts.values.iter().filter_map(|(id, node)| match &node.value {
            Value::Member { name, .. } if own(name) => Some((Expr { file, id }, name)),
            _ => None,
        });
        members.filter(|(it, _)| self.change.removes(self.project, *it)).map(|(_, name)| name.clone()).collect()
    }

    fn ask_no_more(&mut self, file: FileId, name: &str) -> Result<bool, Declined> {
        let project = self.project;
        let facts = project.facts(file);
        let members =
            facts.values.iter().filter(|(_, it)| matches!(&it.value, Value::Member { name: own, .. } if own == name));
        let left: Vec<Expr> =
            members.map(|(id, _)| Expr { file, id }).filter(|it| !self.change.removes(project, *it)).collect();
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
        progress |= self.unlist(file, name)?;
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
