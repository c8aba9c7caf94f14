//! Slots of the knowledge tables, looked up at a call.

use crate::facts::Value;
use crate::knowledge::{Slot, SlotBase, SlotStep};
use crate::lang::ModuleStyle;

use super::origin::{Origin, member_key};
use super::project::{Expr, Project};

/// How many calls of one chain are looked at.
const LINKS: usize = 60;

impl Project {
    /// The argument that a slot names, if the call has it.
    #[must_use]
    pub fn slot(&self, call: Expr, slot: &Slot) -> Option<Expr> {
        let base = match &slot.base {
            SlotBase::Position(position) => self.argument(call, *position)?,
            SlotBase::Keyword(name) => self.named_argument(call, name)?,
            SlotBase::Method(name, position) => self.chained(call, name, *position)?,
            SlotBase::Receiver => self.receiver(call)?,
            SlotBase::Chain => chain_of(self, call).last().map_or(call, |it| it.1),
        };
        slot.steps.iter().try_fold(base, |current, step| match step {
            SlotStep::Key(key) => self.key_of(current, key),
            SlotStep::Position(position) => self.made_by(current).find_map(|it| self.argument(it, *position)),
            SlotStep::Method(name, position) => self.method_argument(current, name, *position),
        })
    }

    /// Every value under the key that a slot ends with, as the callers of a function around the call give them.
    #[must_use]
    pub fn slot_values(&self, call: Expr, slot: &Slot) -> Vec<Expr> {
        let Some((SlotStep::Key(key), steps)) = slot.steps.split_last() else { return Vec::new() };
        let record = self.slot(call, &Slot { base: slot.base.clone(), steps: steps.to_vec() });
        let fields = record.map(|it| self.fields(it)).unwrap_or_default();
        fields.into_iter().filter(|it| it.key == *key).map(|it| it.value).collect()
    }

    /// The object whose method a call is.
    #[must_use]
    pub fn receiver(&self, call: Expr) -> Option<Expr> {
        let Value::Call { callee, .. } = self.value(call) else { return None };
        match self.value(Expr { file: call.file, id: *callee }) {
            Value::Member { object, .. } => Some(Expr { file: call.file, id: *object }),
            _ => None,
        }
    }

    /// The calls that make a value.
    fn made_by(&self, value: Expr) -> impl Iterator<Item = Expr> {
        let origins = self.resolve(value).into_iter().filter_map(|origin| match origin {
            Origin::Value(call) => Some(call),
            _ => None,
        });
        origins.filter(|it| matches!(self.value(*it), Value::Call { .. }))
    }

    /// The argument of a method in the chain of calls that makes a value, or called on the name it is bound to.
    #[must_use]
    pub fn method_argument(&self, value: Expr, method: &str, position: usize) -> Option<Expr> {
        let before = self.made_by(value).find_map(|call| {
            let links = self.links(call).into_iter().find(|it| it.0 == method)?;
            self.argument(links.1, position)
        });
        before.or_else(|| {
            let made: Vec<Expr> = self.made_by(value).collect();
            made.into_iter().chain([value]).find_map(|it| self.chained(it, method, position))
        })
    }

    /// The method calls that a value is the last of, outermost first: `b().x(1).y(2)` gives `y` and `x`.
    #[must_use]
    pub fn links(&self, call: Expr) -> Vec<(String, Expr)> {
        let mut res = Vec::new();
        let mut current = Some(call);
        while let Some(call) = current.filter(|_| res.len() < LINKS) {
            let Value::Call { callee, .. } = self.value(call) else { break };
            let Value::Member { object, name, .. } = self.value(Expr { file: call.file, id: *callee }) else { break };
            res.push((name.clone(), call));
            let object = Expr { file: call.file, id: *object };
            current = match self.value(object) {
                Value::Call { .. } => Some(object),
                _ => self.made_by(object).next().filter(|it| *it != call),
            };
        }
        res
    }

    /// The first of several slots that is present.
    #[must_use]
    pub fn first_slot(&self, call: Expr, slots: &[Slot]) -> Option<Expr> {
        slots.iter().find_map(|slot| self.slot(call, slot))
    }

    /// The value under a key of a record, which may be built key by key or be the arguments of a call.
    #[must_use]
    pub fn key_of(&self, record: Expr, key: &str) -> Option<Expr> {
        if let Some(field) = self.fields(record).into_iter().rev().find(|it| it.key == key) {
            return Some(field.value);
        }
        // `Request(url, data=…)` is a record too: its constructor's arguments.
        self.made_by(record).find_map(|call| self.named_argument(call, key))
    }

    /// The arguments that a slot names: those of every call of its method, where it is one that is called repeatedly.
    #[must_use]
    pub fn slot_all(&self, call: Expr, slot: &Slot) -> Vec<Expr> {
        match (&slot.base, slot.steps.as_slice()) {
            (SlotBase::Method(name, position), []) => self.chained_all(call, name, *position),
            _ => self.slot(call, slot).into_iter().collect(),
        }
    }

    fn chained(&self, call: Expr, method: &str, position: usize) -> Option<Expr> {
        self.chained_all(call, method, position).into_iter().next()
    }

    /// The arguments of a method called on the result of `call`: in the same chain, and on the name that is bound to it or
    /// to the end of the chain.
    fn chained_all(&self, call: Expr, method: &str, position: usize) -> Vec<Expr> {
        let chain = chain_of(self, call);
        let mut calls: Vec<Expr> = chain.iter().filter(|it| it.0 == method).map(|it| it.1).collect();
        let end = chain.last().map_or(call, |it| it.1);
        let starts = if end == call { vec![call] } else { vec![call, end] };
        for reach in starts.into_iter().flat_map(|it| self.reach(it)).filter(|it| it.path.is_empty()) {
            let Some(member) = self.parent(reach.expr) else { continue };
            let Some((object, name)) = member_key(self, member) else { continue };
            let Some(outer) = self.parent(member) else { continue };
            if object == reach.expr && name == method && self.is_callee(outer, member) && !calls.contains(&outer) {
                calls.push(outer);
            }
        }
        calls.into_iter().filter_map(|it| self.argument(it, position)).collect()
    }

    /// Whether `callee` is what `call` calls.
    #[must_use]
    pub fn is_callee(&self, call: Expr, callee: Expr) -> bool {
        matches!(self.value(call), Value::Call { callee: id, .. } if *id == callee.id && call.file == callee.file)
    }
}

/// The methods chained to a call or name, innermost first, each with the call expression it makes.
#[must_use]
pub fn chain_of(project: &Project, call: Expr) -> Vec<(String, Expr)> {
    let mut res = Vec::new();
    let mut current = call;
    while let Some(member) = project.parent(current) {
        let Value::Member { object, name, .. } = project.value(member) else { break };
        let Some(outer) = project.parent(member) else { break };
        if *object != current.id || !project.is_callee(outer, member) {
            break;
        }
        res.push((name.clone(), outer));
        // `a()?.b()`, `a().await.b()`
        let postfix = project.facts(outer.file).language.modules == ModuleStyle::Rust;
        current = if postfix { project.outermost(outer) } else { outer };
    }
    res
}
