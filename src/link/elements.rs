//! What a loop variable, the parameter of a function that a list is given, or an element at an unknown place may be.

use crate::facts::{EntryKey, FunctionId, Value};
use crate::knowledge::{Each, path_matches};
use crate::text::FileId;

use super::origin::{Origin, Resolver};
use super::project::{Expr, Project};

/// How many elements of one list are looked at.
const WIDTH: usize = 64;

impl Resolver<'_> {
    /// The elements of what an expression evaluates to, where it is a list that is written out.
    pub(super) fn elements(&mut self, list: Expr) -> Vec<Expr> {
        let mut res = Vec::new();
        if self.enter() {
            self.elements_into(&mut res, list);
            self.leave();
        }
        res.truncate(WIDTH);
        res
    }

    fn elements_into(&mut self, res: &mut Vec<Expr>, list: Expr) {
        if let Some(before) = self.passed_through(list) {
            res.extend(self.elements(before));
            return;
        }
        let mut origins = Vec::new();
        self.expr(&mut origins, list);
        for origin in origins {
            let Origin::Value(value) = origin else { continue };
            let at = |id| Expr { file: value.file, id };
            match self.project.value(value) {
                Value::List(items) => {
                    for id in items.iter().take(WIDTH) {
                        match self.project.value(at(*id)) {
                            Value::Spread(inner) => res.extend(self.elements(at(*inner))),
                            _ => res.push(at(*id)),
                        }
                    }
                }
                Value::Call { callee, arguments, .. } if self.lists(at(*callee)) => {
                    res.extend(arguments.iter().take(WIDTH).map(|it| at(it.value)));
                }
                Value::Call { .. } if value != list => res.extend(self.elements(value)),
                _ => {}
            }
        }
    }

    /// Whether what is called makes a list of its arguments. Asked of this resolver, not of a new one: a list may be made
    /// of itself.
    fn lists(&mut self, callee: Expr) -> bool {
        let mut origins = Vec::new();
        self.expr(&mut origins, callee);
        let paths = self.paths(&origins);
        let language = self.project.facts(callee.file).language.id;
        let mut rows = self.project.knowledge().items.iter().filter(|it| it.language == language);
        rows.any(|row| paths.iter().any(|path| path_matches(&row.call, path)))
    }

    /// The values of what an expression evaluates to, where it is a record that is written out.
    pub(super) fn entry_values(&mut self, record: Expr) -> Vec<Expr> {
        let mut origins = Vec::new();
        self.expr(&mut origins, record);
        let mut res = Vec::new();
        for origin in origins {
            let Origin::Value(value) = origin else { continue };
            let Value::Record(entries) = self.project.value(value) else { continue };
            let own = entries.iter().filter(|it| !matches!(it.key, EntryKey::Spread)).take(WIDTH);
            res.extend(own.map(|it| Expr { file: value.file, id: it.value }));
        }
        res
    }

    /// The list that a call hands on: `list.stream()`, `list.iter()`.
    fn passed_through(&self, call: Expr) -> Option<Expr> {
        let (object, name) = method_of(self.project, call)?;
        let language = self.project.facts(call.file).language.id;
        let mut rows = self.project.knowledge().each.iter().filter(|it| it.language == language);
        rows.any(|row| row.through.contains(&name)).then_some(object)
    }

    /// The elements that a parameter of a function stands for, which a method of a list calls with each of them.
    pub(super) fn given_each(&mut self, file: FileId, function: FunctionId, position: usize) -> Vec<Expr> {
        let project = self.project;
        let facts = project.facts(file);
        let call = facts.functions[function].value.and_then(|id| project.parent(Expr { file, id }));
        let Some((list, name)) = call.and_then(|it| method_of(project, it)) else { return Vec::new() };
        let mut rows = project.knowledge().each.iter().filter(|it| it.language == facts.language.id);
        let given = |row: &Each| if position == 0 { row.methods.contains(&name) } else { row.folds.contains(&name) };
        match rows.any(given) {
            true => self.elements(list),
            false => Vec::new(),
        }
    }
}

/// The object and the name of the method that a call calls.
pub(super) fn method_of(project: &Project, call: Expr) -> Option<(Expr, String)> {
    let Value::Call { callee, .. } = project.value(call) else { return None };
    match project.value(Expr { file: call.file, id: *callee }) {
        Value::Member { object, name, .. } => Some((Expr { file: call.file, id: *object }, name.clone())),
        _ => None,
    }
}
