//! Fields written as text: `client_id=${id}&jwt_token=${jwt}`, in a literal, a sum, a format, or by the program's own function
//! that writes one of them.

use std::cell::Cell;

use crate::facts::{Piece, Value};
use crate::knowledge::FormatStyle;
use crate::text::{Location, Span};

use super::bound::Bound;
use super::origin::Origin;
use super::project::{Expr, Project};
use super::record::{DEPTH, Field, FieldForm, STEPS};
use super::text_calls::{split_braces, split_percent};

/// How deeply functions that write a part of the text are looked into.
const CALLS: usize = 3;

/// A piece of a text, in the order in which it is written.
struct Run {
    kind: RunKind,
    /// Whether a call put it where it is.
    composed: bool,
}

enum RunKind {
    /// Characters, and where they stand.
    Known(String, Location),
    /// An expression.
    Hole(Expr),
}

/// What cuts a template at its gaps.
type Split = fn(&str) -> Vec<String>;

/// What a function that writes a part of the text was given: its parameters and the arguments of one call.
type Given<'g> = &'g dyn Fn(&Project, Expr) -> Option<Expr>;

impl Project {
    /// Fields written as text, also after the `?` of a URL.
    pub(super) fn query_text(&self, acc: &mut Vec<Field>, expr: Expr) {
        let mut run = Vec::new();
        self.text_run(&mut run, expr, false, &|_, _| None, CALLS);
        // The key that is being written, as it is spread over literals.
        let mut key: Vec<(String, Location)> = Vec::new();
        let mut encoded = false;
        for Run { kind, composed } in run {
            match kind {
                RunKind::Known(text, at) => {
                    // What follows the question mark as a whole is a record that was made a text.
                    encoded = text.ends_with('?');
                    let tail = text.rsplit(['&', '?']).next().unwrap_or_default();
                    if tail.len() < text.len() {
                        key.clear();
                    }
                    let start = at.span.end.saturating_sub(tail.len()).max(at.span.start);
                    let place = Location { file: at.file, span: Span::new(start, at.span.end) };
                    key.extend((!tail.is_empty()).then(|| (tail.to_owned(), place)));
                }
                RunKind::Hole(value) => {
                    let written: String = key.iter().map(|it| it.0.as_str()).collect();
                    let name = written.trim_start().strip_suffix('=').filter(|it| !it.is_empty() && !it.contains('='));
                    if let (Some(name), Some((_, start))) = (name, key.first()) {
                        let (form, span) = match composed || key.len() > 1 {
                            true => (FieldForm::Composed, start.span),
                            false => (FieldForm::Text, start.span.cover(self.node(value).span)),
                        };
                        let at = Location { file: start.file, span };
                        acc.push(Field { key: name.to_owned(), value, at, form });
                    } else if written.is_empty()
                        && encoded
                        && matches!(self.value(value), Value::Call { .. } | Value::Name { .. })
                    {
                        self.fields_at(acc, value, Bound::new(DEPTH, &Cell::new(STEPS)));
                    }
                    key.clear();
                }
            }
        }
    }

    /// The pieces of a text expression in order.
    fn text_run(&self, acc: &mut Vec<Run>, expr: Expr, composed: bool, given: Given<'_>, calls: usize) {
        let at = |id| Expr { file: expr.file, id };
        match self.value(expr) {
            Value::Text(pieces) => {
                for piece in pieces {
                    let kind = match piece {
                        Piece::Literal { text, span } => {
                            RunKind::Known(text.clone(), Location { file: expr.file, span: *span })
                        }
                        Piece::Hole(value) => RunKind::Hole(at(*value)),
                    };
                    acc.push(Run { kind, composed });
                }
            }
            Value::Operation { operator, operands } if operator == "+" || operator.is_empty() => {
                operands.iter().for_each(|it| self.text_run(acc, at(*it), composed, given, calls));
            }
            Value::Group(inner) => self.text_run(acc, at(*inner), composed, given, calls),
            Value::Call { .. } => self.run_of_call(acc, expr, composed, given, calls),
            _ => match given(self, expr) {
                // The caller's argument stands in no text of the function.
                Some(argument) => self.text_run(acc, argument, true, &|_, _| None, calls),
                None if let Some((made, added)) = self.gathered(expr).filter(|_| calls > 0) => {
                    self.text_run(acc, made, true, given, calls - 1);
                    added.into_iter().flatten().for_each(|it| self.text_run(acc, it, true, given, calls - 1));
                }
                None => acc.push(Run { kind: RunKind::Hole(expr), composed }),
            },
        }
    }

    fn run_of_call(&self, acc: &mut Vec<Run>, call: Expr, composed: bool, given: Given<'_>, calls: usize) {
        let Value::Call { callee, arguments, .. } = self.value(call) else { return };
        let at = |id| Expr { file: call.file, id };
        if let Value::Member { object, name, .. } = self.value(at(*callee))
            && name == "append"
        {
            // `body.append("key=").append(value)`
            self.text_run(acc, at(*object), composed, given, calls);
            self.argument(call, 0).into_iter().for_each(|it| self.text_run(acc, it, composed, given, calls));
            return;
        }
        if self.is_accumulator(call) {
            // It may be given its beginning.
            self.argument(call, 0).into_iter().for_each(|it| self.text_run(acc, it, composed, given, calls));
            return;
        }
        if let Some((template, values, split)) = self.template(call) {
            let mut pieces = Vec::new();
            self.text_run(&mut pieces, template, true, given, calls);
            let mut values = values.into_iter();
            for piece in pieces {
                let RunKind::Known(text, place) = &piece.kind else {
                    acc.push(piece);
                    continue;
                };
                let parts = split(text);
                let last = parts.len().saturating_sub(1);
                for (position, part) in parts.into_iter().enumerate() {
                    acc.push(Run { kind: RunKind::Known(part, *place), composed: true });
                    if let Some(value) = values.next().filter(|_| position < last) {
                        self.text_run(acc, value, true, given, calls);
                    }
                }
            }
            return;
        }
        if let Some((separator, items)) = self.separated(call) {
            for (position, item) in items.into_iter().enumerate() {
                if position > 0 {
                    self.text_run(acc, separator, true, given, calls);
                }
                self.text_run(acc, item, true, given, calls);
            }
            return;
        }
        if let Some(written) = self.written_by(call).filter(|_| calls > 0) {
            let arguments: Vec<Expr> = arguments.iter().map(|it| at(it.value)).collect();
            let own = |project: &Project, expr: Expr| {
                let argument = arguments.get(project.own_parameter(expr)?).copied()?;
                Some(given(project, argument).unwrap_or(argument))
            };
            self.text_run(acc, written, true, &own, calls - 1);
            return;
        }
        // What only encodes a parameter holds what the parameter holds.
        let encoded = self.argument(call, 0).and_then(|it| given(self, self.bare(it)));
        match encoded {
            Some(argument) => acc.push(Run { kind: RunKind::Hole(argument), composed: true }),
            None => acc.push(Run { kind: RunKind::Hole(call), composed }),
        }
    }

    /// The call that made the object which gathers text under a name, and what was added to it.
    pub(super) fn gathered(&self, name: Expr) -> Option<(Expr, Vec<Option<Expr>>)> {
        matches!(self.value(name), Value::Name { binding: Some(_), .. }).then_some(())?;
        let origins = self.resolve(name);
        let [Origin::Value(made)] = origins.as_slice() else { return None };
        Some((*made, self.added_texts(name, *made)?))
    }

    /// Whether a call puts a text together that may hold fields.
    pub(super) fn is_composed(&self, call: Expr) -> bool {
        self.template(call).is_some() || self.separated(call).is_some()
    }

    /// `"a=%s".formatted(a)`, `String.format("a=%s", a)`, `format!("a={}", a)`: the template, what fills it, and what finds
    /// its gaps.
    fn template(&self, call: Expr) -> Option<(Expr, Vec<Expr>, Split)> {
        let Value::Call { callee, arguments, .. } = self.value(call) else { return None };
        let values: Vec<Expr> = arguments.iter().map(|it| Expr { file: call.file, id: it.value }).collect();
        if let Value::Member { object, name, .. } = self.value(Expr { file: call.file, id: *callee })
            && name == "formatted"
        {
            return Some((Expr { file: call.file, id: *object }, values, split_percent));
        }
        let split = match self.is_format(call, FormatStyle::Percent) {
            true => split_percent,
            false => self.is_format(call, FormatStyle::Braces).then_some(split_braces)?,
        };
        let (first, rest) = values.split_first()?;
        Some((*first, rest.to_vec(), split))
    }

    /// `String.join("&", a, b)`: the separator and what it stands between.
    fn separated(&self, call: Expr) -> Option<(Expr, Vec<Expr>)> {
        let Value::Call { arguments, .. } = self.value(call) else { return None };
        self.is_format(call, FormatStyle::Separated).then_some(())?;
        let values: Vec<Expr> = arguments.iter().map(|it| Expr { file: call.file, id: it.value }).collect();
        let (first, rest) = values.split_first()?;
        Some((*first, rest.to_vec()))
    }

    /// What the only function that a call may mean returns, where it returns a sum with its parameters in it.
    fn written_by(&self, call: Expr) -> Option<Expr> {
        let Value::Call { callee, .. } = self.value(call) else { return None };
        let origins = self.resolve(Expr { file: call.file, id: *callee });
        let [Origin::Function(file, function)] = origins.as_slice() else { return None };
        let [only] = self.facts(*file).functions[*function].returns.as_slice() else { return None };
        let returned = self.bare(Expr { file: *file, id: *only });
        let sum = match self.value(returned) {
            Value::Operation { operator, .. } => operator == "+",
            Value::Text(pieces) => pieces.len() > 1,
            Value::Call { .. } => self.is_composed(returned),
            _ => false,
        };
        sum.then_some(returned)
    }

    /// The position of the parameter that a name is.
    fn own_parameter(&self, name: Expr) -> Option<usize> {
        match self.facts(name.file).bindings[self.binding(name)?].kind {
            crate::facts::BindingKind::Parameter { position, .. } => Some(position),
            _ => None,
        }
    }
}
