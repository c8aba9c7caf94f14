//! Evaluation to text, with holes for what is not known.

use std::cell::Cell;

use crate::facts::{Piece, Value};
use crate::text::Location;

use super::bound::Bound;
use super::origin::Origin;
use super::project::{Expr, Project};

/// One text that an expression may evaluate to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextValue {
    /// Its parts, in order.
    pub parts: Vec<TextPart>,
}

/// A part of an evaluated text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPart {
    /// Characters, and the literal they stand in.
    Known {
        /// The characters.
        text: String,
        /// Where they stand in the source, unless they were computed.
        at: Option<Location>,
    },
    /// An expression that cannot be evaluated.
    Hole(Expr),
}

/// What stands for a hole in flattened text: U+FFFC, the object replacement character.
pub(super) const HOLE: char = '\u{FFFC}';
/// How many alternatives one expression may have.
pub(super) const WIDTH: usize = 16;
/// How deeply text is composed.
const DEPTH: usize = 12;
/// How many expressions are looked at for one answer.
const STEPS: usize = 600;

impl TextValue {
    /// Text that was worked out elsewhere.
    #[must_use]
    pub fn plain(text: String) -> Self {
        known(text, None)
    }

    /// The text with U+FFFC for each hole.
    #[must_use]
    pub fn flat(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                TextPart::Known { text, .. } => text.clone(),
                TextPart::Hole(_) => HOLE.to_string(),
            })
            .collect()
    }

    /// The whole text, if nothing in it is unknown.
    #[must_use]
    pub fn known(&self) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                TextPart::Known { text, .. } => Some(text.as_str()),
                TextPart::Hole(_) => None,
            })
            .collect()
    }

    fn append(&self, other: &Self) -> Self {
        Self { parts: self.parts.iter().chain(&other.parts).cloned().collect() }
    }
}

impl Project {
    /// The texts an expression may evaluate to; one hole when nothing is known.
    #[must_use]
    pub fn texts(&self, expr: Expr) -> Vec<TextValue> {
        self.texts_at(expr, Bound::new(DEPTH, &Cell::new(STEPS)))
    }

    /// The text of an expression that is a literal, directly or through a constant.
    #[must_use]
    pub fn known_text(&self, expr: Expr) -> Option<String> {
        match self.value(expr) {
            Value::Text(_) => self.facts(expr.file).literal_text(expr.id),
            Value::Literal(text) => Some(text.clone()),
            Value::Name { binding: Some(binding), .. } => {
                let facts = self.facts(expr.file);
                match facts.bindings[*binding].definitions.as_slice() {
                    [only] if only.path.is_empty() => facts.literal_text(only.value?),
                    _ => None,
                }
            }
            Value::Group(inner) => self.known_text(Expr { file: expr.file, id: *inner }),
            _ => None,
        }
    }

    pub(super) fn texts_at(&self, expr: Expr, bound: Bound<'_>) -> Vec<TextValue> {
        let hole = || vec![TextValue { parts: vec![TextPart::Hole(expr)] }];
        if bound.is_spent() {
            return hole();
        }
        let at = |id| Expr { file: expr.file, id };
        match self.value(expr) {
            Value::Text(pieces) => self.composed(expr, pieces, bound),
            Value::Literal(text) => vec![known(text.clone(), Some(self.location(expr)))],
            Value::Operation { operator, operands } if operator == "+" || operator.is_empty() => {
                let parts = operands.iter().map(|it| self.texts_at(at(*it), bound.deeper()));
                parts.fold(vec![TextValue::default()], |acc, next| product(&acc, &next))
            }
            Value::Operation { operator, operands } if operator == "%" => match operands.as_slice() {
                [format, given] => self.percent(at(*format), at(*given), bound),
                _ => hole(),
            },
            Value::Call { callee, .. } => match self.text_method(expr, at(*callee), bound) {
                Some(texts) => texts,
                None => self.through_origins(expr, bound).unwrap_or_else(hole),
            },
            _ => self.through_origins(expr, bound).unwrap_or_else(hole),
        }
    }

    fn through_origins(&self, expr: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let mut res = Vec::new();
        for origin in self.resolve(expr) {
            match origin {
                Origin::Value(value) if value != expr => {
                    let gathered = self.accumulated(expr, value, bound);
                    res.extend(gathered.unwrap_or_else(|| self.texts_at(value, bound.deeper())));
                }
                Origin::External(path) => {
                    let settings = self.settings_at(expr.file, &path);
                    res.extend(settings.into_iter().flat_map(|it| self.texts_at(it, bound.deeper())));
                    res.push(TextValue { parts: vec![TextPart::Hole(expr)] });
                }
                _ => res.push(TextValue { parts: vec![TextPart::Hole(expr)] }),
            }
        }
        res.dedup();
        res.truncate(WIDTH);
        (!res.is_empty()).then_some(res)
    }

    fn composed(&self, expr: Expr, pieces: &[Piece], bound: Bound<'_>) -> Vec<TextValue> {
        let mut acc = vec![TextValue::default()];
        for piece in pieces {
            let next = match piece {
                Piece::Literal { text, .. } if text.contains("${") && self.facts(expr.file).language.id == "java" => {
                    self.placeholders(expr, text, bound)
                }
                Piece::Literal { text, span } => {
                    vec![known(text.clone(), Some(Location { file: expr.file, span: *span }))]
                }
                Piece::Hole(inner) => self.texts_at(Expr { file: expr.file, id: *inner }, bound.deeper()),
            };
            acc = product(&acc, &next);
        }
        acc
    }
}

pub(super) fn known(text: String, at: Option<Location>) -> TextValue {
    TextValue { parts: vec![TextPart::Known { text, at }] }
}

pub(super) fn product(left: &[TextValue], right: &[TextValue]) -> Vec<TextValue> {
    let mut res: Vec<TextValue> =
        left.iter().flat_map(|one| right.iter().map(move |other| one.append(other))).collect();
    res.truncate(WIDTH);
    res
}
