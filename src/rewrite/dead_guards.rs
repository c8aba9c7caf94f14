//! Dead guards: what asks for a value that nobody wants any more. A check of nothing else goes; a check of more loses the
//! part that asks for it.

use crate::facts::{BindingId, StatementId, StatementKind, Value};
use crate::lang::ModuleStyle;
use crate::link::Expr;
use crate::text::{FileId, Location, Span};

use super::change::{Declined, at};
use super::dead::Sweep;
use super::purity::{is_leaving, is_logging};

/// The operators that hold where all operands do.
const AND: &[&str] = &["&&", "and"];
/// The operators that hold where one operand does.
const OR: &[&str] = &["||", "or"];
/// What a missing value is compared with.
const MISSING: &[&str] = &["null", "undefined", "'undefined'", "\"undefined\"", "None", "''", "\"\""];

/// What a guard asks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked<'a> {
    /// A name.
    Binding(BindingId),
    /// A member of this name, of whatever object.
    Member(&'a str),
}

impl Sweep<'_, '_> {
    /// A check `if (!x) throw …`, `if (!x) return …`, or `if isinstance(x, bytes): x = …`, of nothing but the binding.
    pub(super) fn dropped_guard(&self, read: Expr, asked: Asked<'_>, statement: StatementId) -> Option<StatementId> {
        let project = self.project;
        let facts = project.facts(read.file);
        let StatementKind::Branch { condition: Some(condition), body, otherwise: false } =
            facts.statements[statement].kind
        else {
            return None;
        };
        let condition = Expr { file: read.file, id: condition };
        let inner = self.inner(read.file, statement, body);
        let renews = |it: StatementId| {
            let Asked::Binding(id) = asked else { return false };
            let definitions = &facts.bindings[id].definitions;
            let mut own = definitions.iter().filter(|definition| definition.statement == Some(it)).peekable();
            own.peek().is_some()
                && own.all(|it| it.value.is_some_and(|value| self.is_pure(Expr { file: read.file, id: value })))
        };
        let serves = inner.iter().all(|it| facts.statements[*it].kind == StatementKind::Throw || renews(*it));
        let turns_away = || self.asks_for_lack(condition) && self.turns_away(read, statement, body);
        let inside = project.node(condition).span.contains(project.node(read).span);
        (inside && self.is_about(condition, asked) && (serves || turns_away())).then_some(statement)
    }

    /// A check `if (x != null) { flow }` of nothing but the binding, with its condition: what it guards can stand without it.
    pub(super) fn opened_guard(&self, read: Expr, id: BindingId) -> Option<(StatementId, Expr)> {
        let project = self.project;
        let facts = project.facts(read.file);
        let statement = project.statement(read).filter(|_| facts.language.modules == ModuleStyle::Java)?;
        let StatementKind::Branch { condition: Some(condition), body, otherwise: false } =
            facts.statements[statement].kind
        else {
            return None;
        };
        let condition = Expr { file: read.file, id: condition };
        let top = project.bare(condition);
        let asks = match project.value(top) {
            Value::Operation { operator, .. } if OR.contains(&operator.as_str()) => false,
            Value::Operation { operator, .. } if AND.contains(&operator.as_str()) => {
                self.operands(top, operator).into_iter().all(|it| !self.asks_for_lack(it))
            }
            _ => !self.asks_for_lack(top),
        };
        let edits = self.change.edits.get(&read.file);
        let guards = edits.is_some_and(|it| it.iter().any(|it| body.contains(it.span)));
        let braced = body.of(project.file(read.file).text()).starts_with('{');
        let inside = project.node(condition).span.contains(project.node(read).span);
        let about = self.is_about(condition, Asked::Binding(id));
        (inside && asks && guards && braced && about && self.names_fit_outside(read.file, body))
            .then_some((statement, condition))
    }

    /// Whether the names of a block are none of the function around it.
    fn names_fit_outside(&self, file: FileId, body: Span) -> bool {
        let facts = self.project.facts(file);
        let names = |within: bool| {
            facts
                .bindings
                .iter()
                .filter(move |(_, it)| it.definitions.iter().any(|definition| body.contains(definition.span)) == within)
        };
        names(true).all(|(_, own)| names(false).all(|(_, it)| it.function != own.function || it.name != own.name))
    }

    /// Takes away the guards that asked only for what went.
    pub(super) fn open_guards(&mut self) -> Result<(), Declined> {
        for (file, statement) in self.change.opened.clone() {
            let data = &self.project.facts(file).statements[statement];
            if let StatementKind::Branch { body, .. } = data.kind {
                self.unwrap_block(file, statement, Span::new(data.span.start, body.end))?;
            }
        }
        Ok(())
    }

    /// The part of a condition that asks for nothing but the binding, with the operator that joins it to the others: of
    /// several that must all be there for the flow, or one of which is missing where the code turns away.
    pub(super) fn dropped_operand(&self, read: Expr, asked: Asked<'_>) -> Option<Location> {
        let project = self.project;
        let facts = project.facts(read.file);
        let statement = project.statement(read)?;
        let StatementKind::Branch { condition: Some(condition), body, .. } = facts.statements[statement].kind else {
            return None;
        };
        let condition = Expr { file: read.file, id: condition };
        if !project.node(condition).span.contains(project.node(read).span) {
            return None;
        }
        let top = project.bare(condition);
        let Value::Operation { operator, .. } = project.value(top) else { return None };
        let operands = self.operands(top, operator);
        let place = operands.iter().position(|it| project.node(*it).span.contains(project.node(read).span))?;
        let operand = *operands.get(place)?;
        let guards_flow = || {
            let edits = self.change.edits.get(&read.file);
            edits.is_some_and(|it| it.iter().any(|it| body.contains(it.span)))
        };
        let asks = match operator.as_str() {
            it if AND.contains(&it) => !self.asks_for_lack(operand) && guards_flow(),
            it if OR.contains(&it) => self.asks_for_lack(operand) && self.turns_away(read, statement, body),
            _ => false,
        };
        if !asks || !self.is_about(operand, asked) {
            return None;
        }
        let gone = |it: &Expr| self.change.removes(project, *it);
        let span = |it: &Expr| project.node(*it).span;
        let (before, after) = (operands.get(..place)?, operands.get(place + 1..)?);
        let joined = match before.iter().rfind(|it| !gone(it)) {
            Some(last) => Span::new(span(last).end, span(&operand).end),
            None => Span::new(span(&operand).start, span(after.iter().find(|it| !gone(it))?).start),
        };
        Some(at(read.file, joined))
    }

    /// The operands of one operator, however often it stands.
    fn operands(&self, expr: Expr, operator: &str) -> Vec<Expr> {
        match self.project.value(expr) {
            Value::Operation { operator: own, operands } if own == operator => {
                let inner = operands.iter().map(|id| Expr { file: expr.file, id: *id });
                inner.flat_map(|it| self.operands(it, operator)).collect()
            }
            _ => vec![expr],
        }
    }

    /// Whether a condition asks for nothing but one value, and does nothing besides.
    fn is_about(&self, condition: Expr, asked: Asked<'_>) -> bool {
        let span = self.project.node(condition).span;
        let facts = self.project.facts(condition.file);
        let is_asked = |id, other: BindingId| match asked {
            Asked::Binding(binding) => other == binding,
            Asked::Member(wanted) => {
                let parent = self.project.parent(Expr { file: condition.file, id });
                parent.is_some_and(|it| {
                    matches!(self.project.value(it), Value::Member { object, name, .. } if *object == id && name == wanted)
                })
            }
        };
        let alone = facts.values.iter().all(|(id, node)| match &node.value {
            Value::Name { binding: Some(other), .. } => !span.contains(node.span) || is_asked(id, *other),
            _ => true,
        });
        alone && self.is_pure(condition)
    }

    /// Whether a condition holds where the value is missing: `!x`, `not x`, `x == null`, `x is None`, `x === ''`.
    fn asks_for_lack(&self, condition: Expr) -> bool {
        let source = self.project.source(self.project.bare(condition)).trim();
        let negated = source.starts_with('!') && !source.starts_with("!!") || source.starts_with("not ");
        let empty = MISSING.iter().any(|it| source.ends_with(it));
        let equal =
            source.contains("==") && !source.contains("!=") || source.contains(" is ") && !source.contains(" is not ");
        negated || empty && equal
    }

    /// Whether all that a branch does is to say something and leave.
    fn turns_away(&self, read: Expr, statement: StatementId, body: Span) -> bool {
        let project = self.project;
        let facts = project.facts(read.file);
        let inner = self.inner(read.file, statement, body);
        let call = |span: Span| {
            let calls = facts.values.iter().filter(|(_, it)| span.contains(it.span));
            let mut calls = calls.filter(|(_, it)| matches!(it.value, Value::Call { .. }));
            calls.next().map(|(id, _)| Expr { file: read.file, id })
        };
        let leaves = |kind: &StatementKind, span: Span| match kind {
            StatementKind::Throw | StatementKind::Return => true,
            StatementKind::Plain => call(span).is_some_and(|it| is_leaving(project, it)),
            _ => false,
        };
        let says = |kind: &StatementKind, span: Span| {
            *kind == StatementKind::Plain && call(span).is_some_and(|it| is_logging(project, it))
        };
        let inner: Vec<_> = inner.iter().map(|it| &facts.statements[*it]).collect();
        inner.last().is_some_and(|it| leaves(&it.kind, it.span))
            && inner.iter().all(|it| leaves(&it.kind, it.span) || says(&it.kind, it.span))
    }

    /// The statements of a branch; a block around them is none of them.
    fn inner(&self, file: FileId, statement: StatementId, body: Span) -> Vec<StatementId> {
        let facts = self.project.facts(file);
        let below = |parent: StatementId| {
            let all = facts.statements.iter().filter(|(_, it)| it.parent == Some(parent) && body.contains(it.span));
            all.map(|(id, _)| id).collect::<Vec<_>>()
        };
        let direct = below(statement);
        match direct.as_slice() {
            [block]
                if facts.statements[*block].kind == StatementKind::Compound
                    && facts.statements[*block].span == body =>
            {
                below(*block)
            }
            _ => direct,
        }
    }
}
