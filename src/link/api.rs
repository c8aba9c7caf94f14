//! API paths, arguments, class fields and CommonJS exports: questions that the other parts of `link` share.

use crate::facts::{ClassId, StoreKey, Value, ValueId};
use crate::text::FileId;

use super::calls::CallSite;
use super::origin::Origin;
use super::project::{Expr, Project};

/// How many calls one API path may go through, and how many are looked at for it.
const CALLS: usize = 60;

impl Project {
    /// The API paths by which an expression is known outside, such as `requests.Session().post`.
    #[must_use]
    pub fn api_paths(&self, expr: Expr) -> Vec<String> {
        self.paths_of(&self.resolve(expr))
    }

    fn paths_of(&self, origins: &[Origin]) -> Vec<String> {
        self.paths_beyond(origins, &mut Vec::new())
    }

    /// The paths of origins, leaving out calls that are being looked at already: `x = x.next()` goes around in a circle.
    fn paths_beyond(&self, origins: &[Origin], seen: &mut Vec<Expr>) -> Vec<String> {
        let mut res = Vec::new();
        for origin in origins {
            match origin {
                Origin::External(path) => res.push(path.clone()),
                Origin::Value(value) if seen.len() < CALLS && !seen.contains(value) => {
                    let Value::Call { callee, .. } = self.value(*value) else { continue };
                    seen.push(*value);
                    let callee = self.resolve(Expr { file: value.file, id: *callee });
                    let paths = self.paths_beyond(&callee, seen);
                    res.extend(paths.into_iter().map(|path| format!("{path}()")));
                }
                _ => {}
            }
        }
        res
    }

    /// The API paths of what a call calls.
    #[must_use]
    pub fn callee_paths(&self, call: Expr) -> Vec<String> {
        match self.value(call) {
            Value::Call { callee, .. } => self.api_paths(Expr { file: call.file, id: *callee }),
            _ => Vec::new(),
        }
    }

    /// The positional argument of a call.
    #[must_use]
    pub fn argument(&self, call: Expr, position: usize) -> Option<Expr> {
        let Value::Call { arguments, .. } = self.value(call) else { return None };
        let argument = arguments.iter().filter(|it| it.name.is_none()).nth(position)?;
        Some(Expr { file: call.file, id: argument.value })
    }

    /// The keyword argument of a call.
    #[must_use]
    pub fn named_argument(&self, call: Expr, name: &str) -> Option<Expr> {
        let Value::Call { arguments, .. } = self.value(call) else { return None };
        let argument = arguments.iter().find(|it| it.name.as_deref() == Some(name))?;
        Some(Expr { file: call.file, id: argument.value })
    }

    /// What a call site passes for a parameter.
    #[must_use]
    pub fn argument_for(&self, site: &CallSite, position: usize, name: Option<&str>) -> Option<Expr> {
        let named = name.and_then(|name| self.named_argument(site.call, name));
        named.or_else(|| self.argument(site.call, position.checked_sub(site.receiver)?))
    }

    /// The values that methods of a class give to a field.
    #[must_use]
    pub fn field_stores(&self, file: FileId, class: ClassId, name: &str) -> Vec<ValueId> {
        self.stores(file)
            .iter()
            .filter(|store| matches!(&store.key, StoreKey::Known(key) if key == name))
            .filter(|store| self.own_class(Expr { file, id: store.object }) == Some(class))
            .map(|store| store.value)
            .collect()
    }

    /// The class of which an expression is the current object, if it is `this` or `self`.
    #[must_use]
    pub fn own_class(&self, expr: Expr) -> Option<ClassId> {
        let facts = self.facts(expr.file);
        let Value::Name { name, binding } = self.value(expr) else { return None };
        match (facts.language.this, binding) {
            (Some(this), None) if this == name => facts.class_around(self.function(expr)),
            (None, Some(binding)) => match facts.bindings[*binding].kind {
                crate::facts::BindingKind::Parameter { function, position: 0 } => facts.functions[function].class,
                _ => None,
            },
            _ => None,
        }
    }

    /// What a CommonJS file exports as a whole.
    #[must_use]
    pub fn commonjs_value(&self, file: FileId) -> Option<Expr> {
        let facts = self.facts(file);
        if facts.language.modules == crate::lang::ModuleStyle::Data {
            let export = facts.exports.iter().find_map(|it| it.value)?;
            return Some(Expr { file, id: export });
        }
        let whole = facts.stores.iter().find(|store| {
            matches!(&store.key, StoreKey::Known(key) if key == "exports")
                && self.is_free_name(Expr { file, id: store.object }, "module")
        })?;
        Some(Expr { file, id: whole.value })
    }

    /// What a CommonJS file exports under a name by `exports.name = …`.
    pub(super) fn commonjs_member(&self, file: FileId, name: &str) -> Vec<Expr> {
        self.stores(file)
            .iter()
            .filter(|store| matches!(&store.key, StoreKey::Known(key) if key == name))
            .filter(|store| self.is_exports(Expr { file, id: store.object }))
            .map(|store| Expr { file, id: store.value })
            .collect()
    }

    /// Whether an expression is `exports` or `module.exports`.
    #[must_use]
    pub fn is_exports(&self, expr: Expr) -> bool {
        match self.value(expr) {
            Value::Member { object, name, .. } => {
                name == "exports" && self.is_free_name(Expr { file: expr.file, id: *object }, "module")
            }
            _ => self.is_free_name(expr, "exports"),
        }
    }

    fn is_free_name(&self, expr: Expr, expected: &str) -> bool {
        matches!(self.value(expr), Value::Name { name, binding: None } if name == expected)
    }
}
