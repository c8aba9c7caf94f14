//! Evaluation to text, with holes for what is not known.

use std::cell::Cell;

use crate::facts::{Piece, Value};
use crate::knowledge::{Lookup, path_matches};
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
const HOLE: char = '\u{FFFC}';
/// How many alternatives one expression may have.
const WIDTH: usize = 8;
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

    fn texts_at(&self, expr: Expr, bound: Bound<'_>) -> Vec<TextValue> {
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
                Origin::Value(value) if value != expr => res.extend(self.texts_at(value, bound.deeper())),
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
                Piece::Literal { text, span } => {
                    vec![known(text.clone(), Some(Location { file: expr.file, span: *span }))]
                }
                Piece::Hole(inner) => self.texts_at(Expr { file: expr.file, id: *inner }, bound.deeper()),
            };
            acc = product(&acc, &next);
        }
        acc
    }

    /// `format % values`: each conversion takes the next value.
    fn percent(&self, format: Expr, given: Expr, bound: Bound<'_>) -> Vec<TextValue> {
        let values: Vec<Expr> = match self.value(given) {
            Value::List(items) => items.iter().map(|id| Expr { file: given.file, id: *id }).collect(),
            _ => vec![given],
        };
        self.filled(format, &values, bound, |text| text.split("%s").map(str::to_owned).collect())
    }

    /// Fills the gaps that `split` finds in a format text with values, in order.
    fn filled(
        &self,
        format: Expr,
        values: &[Expr],
        bound: Bound<'_>,
        split: fn(&str) -> Vec<String>,
    ) -> Vec<TextValue> {
        let mut res = Vec::new();
        for text in self.texts_at(format, bound.deeper()) {
            let mut acc = vec![TextValue::default()];
            let mut values = values.iter();
            for part in &text.parts {
                let TextPart::Known { text, at } = part else {
                    acc = product(&acc, &[TextValue { parts: vec![part.clone()] }]);
                    continue;
                };
                let pieces = split(text);
                let last = pieces.len().saturating_sub(1);
                for (place, piece) in pieces.into_iter().enumerate() {
                    acc = product(&acc, &[known(piece, *at)]);
                    if place < last {
                        let next = values.next().map(|it| self.texts_at(*it, bound.deeper()));
                        acc = product(&acc, &next.unwrap_or_else(|| vec![known(HOLE.to_string(), None)]));
                    }
                }
            }
            res.extend(acc);
        }
        res.truncate(WIDTH);
        res
    }

    /// Methods and functions whose result is text made of their arguments.
    fn text_method(&self, call: Expr, callee: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        if let Value::Member { object, name, .. } = self.value(callee) {
            let object = Expr { file: callee.file, id: *object };
            match name.as_str() {
                "format" => {
                    let Value::Call { arguments, .. } = self.value(call) else { return None };
                    let values: Vec<Expr> = arguments.iter().map(|it| Expr { file: call.file, id: it.value }).collect();
                    return Some(self.filled(object, &values, bound, split_braces));
                }
                "join" => return self.joined(call, object, bound),
                "concat" => {
                    let parts = std::iter::once(object).chain(self.argument(call, 0));
                    let parts = parts.map(|it| self.texts_at(it, bound.deeper()));
                    return Some(parts.fold(vec![TextValue::default()], |acc, next| product(&acc, &next)));
                }
                "toString" | "trim" | "strip" | "rstrip" | "decode" | "encode" | "href" => {
                    return Some(self.texts_at(object, bound.deeper()));
                }
                _ => {}
            }
        }
        self.known_call(call, bound)
    }

    /// Calls that the knowledge tables describe: look-ups, joins of URLs, conversions.
    fn known_call(&self, call: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let language = self.facts(call.file).language.id;
        let paths = self.callee_paths(call);
        let fits = |row: &str, row_language: &str| {
            row_language == language && paths.iter().any(|path| path_matches(row, path))
        };
        let knowledge = self.knowledge();
        if let Some(row) = knowledge.urls.iter().find(|row| fits(&row.call, &row.language)) {
            let parts = [&row.base, &row.path].into_iter().filter_map(|slot| self.slot(call, slot));
            let parts = parts.map(|it| self.texts_at(it, bound.deeper()));
            return Some(parts.fold(vec![TextValue::default()], |acc, next| product(&acc, &next)));
        }
        if knowledge.identities.iter().any(|row| fits(&row.call, &row.language)) {
            return self.argument(call, 0).map(|it| self.texts_at(it, bound.deeper()));
        }
        let row = knowledge.lookups.iter().find(|row| fits(&row.call, &row.language))?;
        let found = self.lookup_by_path(call, row);
        let mut res = match found {
            Some(origins) => self.texts_of_origins(&origins, bound),
            None => vec![TextValue { parts: vec![TextPart::Hole(call)] }],
        };
        let default = row.default.as_ref().and_then(|slot| self.slot(call, slot));
        res.extend(default.into_iter().flat_map(|it| self.texts_at(it, bound.deeper())));
        Some(res)
    }

    fn texts_of_origins(&self, origins: &[Origin], bound: Bound<'_>) -> Vec<TextValue> {
        let values = origins.iter().filter_map(|it| match it {
            Origin::Value(value) => Some(*value),
            _ => None,
        });
        values.flat_map(|it| self.texts_at(it, bound.deeper())).collect()
    }

    /// What `get(object, 'a.b')` finds, where the object is a record of the project.
    fn lookup_by_path(&self, call: Expr, row: &Lookup) -> Option<Vec<Origin>> {
        let object = self.slot(call, row.object.as_ref()?)?;
        let path = self.known_text(self.slot(call, row.path.as_ref()?)?)?;
        let mut origins = self.resolve(object);
        for key in path.split('.') {
            origins = origins
                .iter()
                .filter_map(|it| match it {
                    Origin::Value(value) => Some(self.resolve_member(*value, key)),
                    _ => None,
                })
                .flatten()
                .collect();
        }
        (!origins.is_empty()).then_some(origins)
    }

    /// `separator.join(list)` or `list.join(separator)`.
    fn joined(&self, call: Expr, object: Expr, bound: Bound<'_>) -> Option<Vec<TextValue>> {
        let argument = self.argument(call, 0)?;
        let list = |expr: Expr| {
            self.resolve(expr).into_iter().find_map(|origin| match origin {
                Origin::Value(value) => match self.value(value) {
                    Value::List(items) => {
                        Some(items.iter().map(|id| Expr { file: value.file, id: *id }).collect::<Vec<_>>())
                    }
                    _ => None,
                },
                _ => None,
            })
        };
        let (items, separator) = match (list(argument), list(object)) {
            (Some(items), _) => (items, self.known_text(object)?),
            (None, Some(items)) => (items, self.known_text(argument)?),
            (None, None) => return None,
        };
        let mut acc = vec![TextValue::default()];
        for (place, item) in items.into_iter().enumerate() {
            if place > 0 {
                acc = product(&acc, &[known(separator.clone(), None)]);
            }
            acc = product(&acc, &self.texts_at(item, bound.deeper()));
        }
        Some(acc)
    }
}

fn known(text: String, at: Option<Location>) -> TextValue {
    TextValue { parts: vec![TextPart::Known { text, at }] }
}

/// Splits at `{}`, `{0}`, `{name}` as `str.format` does.
fn split_braces(text: &str) -> Vec<String> {
    let mut res = Vec::new();
    let mut current = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, tail)) = after.split_once('}') else { break };
        current.push_str(before);
        res.push(std::mem::take(&mut current));
        rest = tail;
    }
    current.push_str(rest);
    res.push(current);
    res
}

fn product(left: &[TextValue], right: &[TextValue]) -> Vec<TextValue> {
    let mut res: Vec<TextValue> =
        left.iter().flat_map(|one| right.iter().map(move |other| one.append(other))).collect();
    res.truncate(WIDTH);
    res
}
