//! Where a value goes: through names, fields, returns, promise chains and callbacks.

use crate::facts::{BindingId, BindingKind, FunctionId, Projection, StoreKey, Value};
use crate::text::FileId;

use super::origin::member_key;
use super::project::{Expr, Project};
use super::reaching::reaches;

/// An expression that holds a value, or a part of it taken out by destructuring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The expression.
    pub expr: Expr,
    /// What was taken out of the value on the way.
    pub path: Vec<Projection>,
}

/// How many expressions one value is followed to.
const WIDTH: usize = 300;

impl Project {
    /// Every expression that holds the value of `expr`, itself first.
    ///
    /// Follows waits, brackets, bindings, fields of the current object, returns to callers, arguments to parameters and
    /// promise callbacks.
    #[must_use]
    pub fn reach(&self, expr: Expr) -> Vec<Reach> {
        let mut res = vec![Reach { expr, path: Vec::new() }];
        let mut next = 0;
        while let Some(current) = res.get(next).cloned() {
            next += 1;
            for found in self.steps(&current) {
                if res.len() < WIDTH && !res.contains(&found) {
                    res.push(found);
                }
            }
        }
        res
    }

    fn steps(&self, from: &Reach) -> Vec<Reach> {
        let mut acc = Vec::new();
        let expr = from.expr;
        let same = |expr| Reach { expr, path: from.path.clone() };
        for (binding, place) in self.file(expr.file).bound_by(expr.id).to_vec() {
            self.reads(&mut acc, expr.file, binding, place, from);
        }
        for store in self.file(expr.file).stores_of(expr.id) {
            self.field_reads(&mut acc, expr.file, store, from);
        }
        for function in self.file(expr.file).returned_by(expr.id) {
            self.returned(&mut acc, expr.file, *function, from);
        }
        let Some(parent) = self.parent(expr) else { return acc };
        match self.value(parent) {
            Value::Await(_) | Value::Group(_) => acc.push(same(parent)),
            Value::Choice { options, .. } if options.contains(&expr.id) => acc.push(same(parent)),
            Value::Operation { operator, .. } if matches!(operator.as_str(), "||" | "??" | "or") => {
                acc.push(same(parent))
            }
            Value::Member { name, .. } if matches!(name.as_str(), "then" | "catch" | "finally") => {
                self.promised(&mut acc, parent, name, from);
            }
            Value::Call { .. } => self.passed(&mut acc, parent, expr, from),
            _ => {}
        }
        acc
    }

    fn reads(&self, acc: &mut Vec<Reach>, file: FileId, binding: BindingId, place: usize, from: &Reach) {
        let data = &self.facts(file).bindings[binding];
        let Some(definition) = data.definitions.get(place) else { return };
        let mut path = from.path.clone();
        path.extend(definition.path.iter().cloned());
        let reads = data.reads.iter().map(|id| Expr { file, id: *id });
        let seen = reads.filter(|it| reaches(self, *it, binding, definition));
        acc.extend(seen.map(|expr| Reach { expr, path: path.clone() }));
    }

    fn field_reads(&self, acc: &mut Vec<Reach>, file: FileId, store: &crate::facts::Store, from: &Reach) {
        let StoreKey::Known(key) = &store.key else { return };
        let object = Expr { file, id: store.object };
        let class = self.own_class(object);
        let binding = self.binding(object);
        let scope = class.and_then(|it| self.facts(file).classes[it].scope);
        if let Some(field) = scope.and_then(|it| self.facts(file).scopes[it].names.get(key)) {
            let reads = &self.facts(file).bindings[*field].reads;
            acc.extend(reads.iter().map(|id| Reach { expr: Expr { file, id: *id }, path: from.path.clone() }));
        }
        for expr in self.exprs(file) {
            if expr.id == store.target {
                continue;
            }
            let Some((other, name)) = member_key(self, expr) else { continue };
            let same_object = match class {
                Some(class) => self.own_class(other) == Some(class),
                None => binding.is_some() && self.binding(other) == binding,
            };
            if name == *key && same_object {
                acc.push(Reach { expr, path: from.path.clone() });
            }
        }
    }

    /// The value goes to whoever called the function: callers, or the promise it is a callback of.
    fn returned(&self, acc: &mut Vec<Reach>, file: FileId, function: FunctionId, from: &Reach) {
        for site in self.call_sites(file, function) {
            acc.push(Reach { expr: site.call, path: from.path.clone() });
        }
        if let Some(call) = self.callback_of(file, function, "then") {
            acc.push(Reach { expr: call, path: from.path.clone() });
        }
    }

    /// The call `promise.method(function)` of which a function is the first argument.
    #[must_use]
    pub fn callback_of(&self, file: FileId, function: FunctionId, method: &str) -> Option<Expr> {
        let value = self.facts(file).functions[function].value?;
        let own = Expr { file, id: value };
        let call = self.parent(own)?;
        let Value::Call { callee, .. } = self.value(call) else { return None };
        let (_, name) = member_key(self, Expr { file, id: *callee })?;
        (name == method && self.argument(call, 0) == Some(own)).then_some(call)
    }

    fn promised(&self, acc: &mut Vec<Reach>, member: Expr, name: &str, from: &Reach) {
        let Some(call) = self.parent(member).filter(|it| self.is_callee(*it, member)) else { return };
        if name != "then" {
            // `catch` and `finally` pass the value on.
            acc.push(Reach { expr: call, path: from.path.clone() });
            return;
        }
        if let Some(callback) = self.argument(call, 0) {
            self.parameter_of(acc, callback, 0, from);
        }
    }

    /// Where a parameter of a callback is read.
    #[must_use]
    pub fn callback_reads(&self, callback: Expr, position: usize) -> Vec<Reach> {
        let mut res = Vec::new();
        self.parameter_of(&mut res, callback, position, &Reach { expr: callback, path: Vec::new() });
        res
    }

    /// The value becomes a parameter of a function expression.
    fn parameter_of(&self, acc: &mut Vec<Reach>, callback: Expr, position: usize, from: &Reach) {
        for origin in self.resolve(callback) {
            if let super::origin::Origin::Function(file, function) = origin {
                self.parameter_reads(acc, file, function, position, from);
            }
        }
    }

    /// The reads of a parameter, and of the names taken out of it.
    pub(super) fn parameter_reads(
        &self,
        acc: &mut Vec<Reach>,
        file: FileId,
        function: FunctionId,
        position: usize,
        from: &Reach,
    ) {
        for id in self.file(file).parameter_bindings(function, position) {
            let binding = &self.facts(file).bindings[*id];
            let mut path = from.path.clone();
            path.extend(binding.definitions.first().map(|it| it.path.clone()).unwrap_or_default());
            acc.extend(binding.reads.iter().map(|id| Reach { expr: Expr { file, id: *id }, path: path.clone() }));
        }
    }

    /// The promise `new Promise((resolve) => …)` whose first parameter an expression names.
    #[must_use]
    pub fn promise_resolved_by(&self, expr: Expr) -> Option<Expr> {
        let facts = self.facts(expr.file);
        let BindingKind::Parameter { function, position: 0 } = facts.bindings[self.binding(expr)?].kind else {
            return None;
        };
        let executor = Expr { file: expr.file, id: facts.functions[function].value? };
        let promise = self.parent(executor)?;
        let known = self.argument(promise, 0) == Some(executor) && self.callee_paths(promise) == ["globalThis.Promise"];
        known.then_some(promise)
    }

    fn passed(&self, acc: &mut Vec<Reach>, call: Expr, argument: Expr, from: &Reach) {
        let Value::Call { callee, arguments, .. } = self.value(call) else { return };
        let Some(place) = arguments.iter().position(|it| it.value == argument.id) else { return };
        let callee = Expr { file: call.file, id: *callee };
        if place == 0
            && let Some(promise) = self.promise_resolved_by(callee)
        {
            acc.push(Reach { expr: promise, path: from.path.clone() });
        }
        for origin in self.resolve(callee) {
            let super::origin::Origin::Function(file, function) = origin else { continue };
            let name = arguments.get(place).and_then(|it| it.name.as_deref());
            let data = &self.facts(file).functions[function];
            let position = match name {
                Some(name) => data.parameters.iter().position(|it| it.name.as_deref() == Some(name)),
                None => {
                    let receiver = usize::from(data.class.is_some() && self.facts(file).language.this.is_none());
                    Some(place + receiver)
                }
            };
            if let Some(position) = position {
                self.parameter_reads(acc, file, function, position, from);
            }
        }
    }
}
