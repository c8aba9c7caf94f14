//! Slots of the knowledge tables, looked up at a call.

use crate::facts::Value;
use crate::knowledge::{Slot, SlotBase};

use super::origin::{Origin, member_key};
use super::project::{Expr, Project};

impl Project {
    /// The argument that a slot names, if the call has it.
    #[must_use]
    pub fn slot(&self, call: Expr, slot: &Slot) -> Option<Expr> {
        let base = match &slot.base {
            SlotBase::Position(position) => self.argument(call, *position)?,
            SlotBase::Keyword(name) => self.named_argument(call, name)?,
            SlotBase::Method(name, position) => self.chained(call, name, *position)?,
        };
        let mut current = base;
        for key in &slot.keys {
            current = self.key_of(current, key)?;
        }
        Some(current)
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
        self.resolve(record).into_iter().find_map(|origin| match origin {
            Origin::Value(call) if matches!(self.value(call), Value::Call { .. }) => {
                let position = (key == "url").then_some(0).or((key == "data").then_some(1));
                self.named_argument(call, key).or_else(|| self.argument(call, position?))
            }
            _ => None,
        })
    }

    /// The argument of a method called on the result of `call`: in the same chain, or on the name it is bound to.
    fn chained(&self, call: Expr, method: &str, position: usize) -> Option<Expr> {
        let on_chain = chain_of(self, call).into_iter().find(|it| it.0 == method);
        if let Some((_, link)) = on_chain {
            return self.argument(link, position);
        }
        self.reach(call).into_iter().find_map(|reach| {
            let member = self.parent(reach.expr)?;
            let (object, name) = member_key(self, member)?;
            let outer = self.parent(member)?;
            (reach.path.is_empty() && object == reach.expr && name == method && self.is_callee(outer, member))
                .then(|| self.argument(outer, position))
                .flatten()
        })
    }

    /// Whether `callee` is what `call` calls.
    #[must_use]
    pub fn is_callee(&self, call: Expr, callee: Expr) -> bool {
        matches!(self.value(call), Value::Call { callee: id, .. } if *id == callee.id && call.file == callee.file)
    }
}

/// The methods chained to a call, innermost first, each with the call expression it makes.
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
        current = outer;
    }
    res
}
