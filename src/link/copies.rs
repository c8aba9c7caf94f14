//! Calls that give back what they are given: copies, frozen records.

use crate::facts::Value;

use super::origin::{Origin, Resolver, put};
use super::project::Expr;

impl Resolver<'_> {
    /// What a method gives that copies its object.
    pub(super) fn copied(&mut self, acc: &mut Vec<Origin>, call: Expr, callee: Expr) -> bool {
        let language = self.project.facts(call.file).language.id;
        let Value::Member { object, name, .. } = self.project.value(callee) else { return false };
        let rows = &self.project.knowledge().identities;
        let copies = rows.iter().any(|row| row.language == language && row.method.as_ref() == Some(name));
        if !copies || self.project.argument(call, 0).is_some() {
            return false;
        }
        let mut objects = Vec::new();
        self.expr(&mut objects, Expr { file: callee.file, id: *object });
        let records = objects.iter().any(|it| match it {
            Origin::Value(value) => matches!(self.project.value(*value), Value::Record(_)),
            _ => false,
        });
        if records {
            objects.into_iter().for_each(|it| put(acc, it));
        }
        records
    }

    /// What a call gives that gives back its argument, such as one that freezes it.
    pub(super) fn passed_on(&mut self, acc: &mut Vec<Origin>, call: Expr, callees: &[Origin]) -> bool {
        let language = self.project.facts(call.file).language.id;
        let is_one = |it: &Origin| match it {
            Origin::External(path) => self
                .project
                .knowledge()
                .identities
                .iter()
                .any(|row| row.of_records && row.language == language && row.call == *path),
            _ => false,
        };
        let Some(argument) = self.project.argument(call, 0).filter(|_| callees.iter().any(is_one)) else {
            return false;
        };
        self.expr(acc, argument);
        true
    }
}
