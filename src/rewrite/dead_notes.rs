//! What the sweep left although the flow no longer uses it, said to the person who reviews the change.

use crate::facts::{BindingKind, Value, ValueId};
use crate::link::Expr;
use crate::text::FileId;

use super::dead::Sweep;

impl Sweep<'_, '_> {
    /// Says which variables nothing reads any more but whose removal could lose an effect, and which parameters stay for
    /// callers that may give them.
    pub(super) fn note_leftovers(&mut self) {
        self.note_parameters();
        self.note_patched_names();
        for (file, data) in self.project.files() {
            for (id, binding) in data.facts.bindings.iter() {
                if binding.kind == BindingKind::Variable && !self.is_gone(file, id) && self.is_dead(file, id) {
                    self.change.unproved = true;
                    let name = &binding.name;
                    self.change.note(format!("`{name}` in {} is no longer used; remove it by hand", data.path()));
                }
            }
        }
    }

    fn note_parameters(&mut self) {
        let edited: Vec<FileId> = self.change.edits.keys().copied().collect();
        for file in edited {
            let facts = self.project.facts(file);
            for (function, data) in facts.functions.iter() {
                let mut unused = Vec::new();
                for (id, binding) in facts.bindings.iter() {
                    let receiver = data.class.is_some() && facts.language.this.is_none();
                    let own = matches!(binding.kind, BindingKind::Parameter { function: of, position }
                        if of == function && !(receiver && position == 0));
                    let removed = |id: &ValueId| self.change.removes(self.project, Expr { file, id: *id });
                    let lost = !binding.reads.is_empty() && binding.reads.iter().all(removed);
                    if own && lost && !self.is_gone(file, id) {
                        unused.push(format!("`{}`", binding.name));
                    }
                }
                if let Some(name) = data.name.as_ref().filter(|_| !unused.is_empty()) {
                    let (are, them) = if unused.len() > 1 { ("are", "them") } else { ("is", "it") };
                    let all = unused.join(", ");
                    self.change.note(format!("{all} of `{name}` {are} no longer used; callers may still pass {them}"));
                }
            }
        }
    }

    /// Says which texts, as tests give them to what replaces names, name something that a module no longer has.
    fn note_patched_names(&mut self) {
        let project = self.project;
        let mut notes = Vec::new();
        for (file, data) in project.files().filter(|(_, it)| it.facts.language.id == "python") {
            for (id, node) in data.facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_))) {
                let text = data.facts.literal_text(id).unwrap_or_default();
                let dotted = text.contains('.') && text.chars().all(|it| it.is_alphanumeric() || "_.".contains(it));
                if !dotted || self.change.removes(project, Expr { file, id }) {
                    continue;
                }
                let gone = text.match_indices('.').find_map(|(dot, _)| {
                    let (module, rest) = (text.get(..dot)?, text.get(dot + 1..)?);
                    let name = rest.split('.').next()?;
                    let path = project.modules().resolve(data.facts.language, data.path(), module)?;
                    let target = project.file_at(&path).filter(|it| self.change.edits.contains_key(it))?;
                    let mut bindings = project.facts(target).bindings.iter();
                    let (binding, _) = bindings.find(|(_, it)| it.name == name && it.scope.index() == 0)?;
                    self.is_gone(target, binding).then(|| format!("`{name}`, which `{module}` no longer has"))
                });
                let line = data.lines.line_column(data.text(), node.span.start).line;
                notes.extend(
                    gone.map(|what| format!("{}:{line} names {what}; make it what the code uses now", data.path())),
                );
            }
        }
        notes.into_iter().for_each(|it| self.change.note(it));
    }
}
