//! Evaluation to records: entries, keys added later, encoders, query text.

use std::cell::Cell;

use crate::facts::{BindingKind, EntryKey, Projection, StoreKey, Value};
use crate::knowledge::{Entries, path_matches};
use crate::lang::ModuleStyle;
use crate::text::Location;

use super::bound::Bound;
use super::elements::method_of;
use super::origin::{Origin, member_key};
use super::project::{Expr, Project};

/// One field of a record, wherever it was put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Expr,
    /// What puts it there.
    pub at: Location,
    /// How it is written.
    pub form: FieldForm,
}

/// How a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldForm {
    /// An entry of a record literal.
    Entry,
    /// A keyword argument.
    Keyword,
    /// An assignment to a member or element; `at` is the assignment.
    Store,
    /// A call such as `form.append(key, value)`; `at` is the call.
    Append,
    /// An item `[key, value]` of a list.
    Item,
    /// A part of a text such as `key=${value}&`; `at` is from the key to the end of the value.
    Text,
    /// A part of a text that calls put together, as formats do; `at` is the key.
    Composed,
    /// A parameter of a method that declares a request; `at` is the parameter.
    Declared,
}

/// How many fields one record may have before the rest is given up.
const WIDTH: usize = 300;
/// How deeply records are composed.
pub(super) const DEPTH: usize = 8;
/// How many expressions are looked at for one answer.
pub(super) const STEPS: usize = 600;

impl Project {
    /// The fields of what an expression evaluates to, in the order they were found.
    #[must_use]
    pub fn fields(&self, expr: Expr) -> Vec<Field> {
        let mut acc = Vec::new();
        self.fields_at(&mut acc, expr, Bound::new(DEPTH, &Cell::new(STEPS)));
        acc
    }

    /// The fields that are added to a value under the names it is bound to.
    #[must_use]
    pub fn fields_added(&self, value: Expr) -> Vec<Field> {
        let mut acc = Vec::new();
        self.added_where_bound(&mut acc, value, value, Bound::new(DEPTH, &Cell::new(STEPS)));
        acc
    }

    pub(super) fn fields_at(&self, acc: &mut Vec<Field>, expr: Expr, bound: Bound<'_>) {
        if bound.is_spent() || acc.len() > WIDTH {
            return;
        }
        let at = |id| Expr { file: expr.file, id };
        match self.value(expr) {
            Value::Await(inner) | Value::Group(inner) => self.fields_at(acc, at(*inner), bound.deeper()),
            Value::Record(_) => self.entries(acc, expr, bound),
            Value::List(items) => {
                for item in items {
                    self.item(acc, at(*item));
                }
            }
            // Python joins dictionaries with it.
            Value::Operation { operator, operands } if operator == "|" => {
                operands.iter().for_each(|id| self.fields_at(acc, at(*id), bound.deeper()));
            }
            Value::Text(_) | Value::Operation { .. } => self.query_text(acc, expr),
            Value::Call { .. } => self.encoded(acc, expr, bound),
            Value::Member { .. } | Value::Index { .. } => self.resolved(acc, expr, bound),
            Value::Name { .. } if self.gathered(expr).is_some() => self.query_text(acc, expr),
            Value::Name { .. } => {
                self.rest_keywords(acc, expr);
                self.resolved(acc, expr, bound);
                self.added(acc, expr, bound);
            }
            _ => {}
        }
    }

    /// The keywords that callers give to a parameter which takes the rest of them.
    fn rest_keywords(&self, acc: &mut Vec<Field>, name: Expr) {
        let Some(binding) = self.binding(name) else { return };
        let data = &self.facts(name.file).bindings[binding];
        let BindingKind::Parameter { function, .. } = data.kind else { return };
        let takes_rest = data.definitions.iter().any(|it| it.path.as_slice() == [Projection::Rest]);
        let sites = self.call_sites(name.file, function).iter().filter(|_| takes_rest);
        sites.for_each(|site| self.keywords(acc, site.call));
    }

    fn resolved(&self, acc: &mut Vec<Field>, expr: Expr, bound: Bound<'_>) {
        for origin in self.resolve(expr) {
            if let Origin::Value(value) = origin
                && value != expr
            {
                self.fields_at(acc, value, bound.deeper());
                self.added_where_bound(acc, value, expr, bound);
            }
        }
    }

    /// A record reached through a parameter or field may have been completed under the name it had before.
    fn added_where_bound(&self, acc: &mut Vec<Field>, value: Expr, seen: Expr, bound: Bound<'_>) {
        let own = self.binding(seen).map(|binding| (seen.file, binding));
        for (binding, _) in self.file(value.file).bound_by(value.id) {
            if own == Some((value.file, *binding)) {
                continue;
            }
            let facts = self.facts(value.file);
            if let Some(read) = facts.bindings[*binding].reads.first() {
                self.added(acc, Expr { file: value.file, id: *read }, bound);
            }
        }
    }

    fn entries(&self, acc: &mut Vec<Field>, record: Expr, bound: Bound<'_>) {
        let Value::Record(entries) = self.value(record) else { return };
        for entry in entries {
            let value = Expr { file: record.file, id: entry.value };
            let keys = match &entry.key {
                EntryKey::Known { name, .. } => vec![name.clone()],
                EntryKey::Computed(key) => self.key_texts(Expr { file: record.file, id: *key }),
                EntryKey::Spread => {
                    self.fields_at(acc, value, bound.deeper());
                    Vec::new()
                }
            };
            let at = Location { file: record.file, span: entry.span };
            acc.extend(keys.into_iter().map(|key| Field { key, value, at, form: FieldForm::Entry }));
        }
    }

    fn item(&self, acc: &mut Vec<Field>, item: Expr) {
        let (key, value) = match self.value(item) {
            Value::List(pair) => match pair.as_slice() {
                [key, value] => (Expr { file: item.file, id: *key }, Expr { file: item.file, id: *value }),
                _ => return,
            },
            Value::Call { .. } if self.is_row(item, &self.knowledge().pairs) => {
                let (Some(key), Some(value)) = (self.argument(item, 0), self.argument(item, 1)) else { return };
                (key, value)
            }
            _ => return,
        };
        let at = self.location(item);
        let keys = self.key_texts(key).into_iter();
        acc.extend(keys.map(|key| Field { key, value, at, form: FieldForm::Item }));
    }

    /// The text of a key, where it is known as a whole.
    fn key_text(&self, key: Expr) -> Option<String> {
        self.known_text(key).or_else(|| self.texts(key).first().and_then(super::text::TextValue::known))
    }

    /// The texts that a computed key may be, as when it is made of a loop variable.
    fn key_texts(&self, key: Expr) -> Vec<String> {
        self.texts(key).iter().map(super::text::TextValue::flat).collect()
    }

    /// Whether a call is one that a table names.
    fn is_row(&self, call: Expr, rows: &[Entries]) -> bool {
        let language = self.facts(call.file).language.id;
        let paths = self.callee_paths(call);
        let mut fitting = rows.iter().filter(|row| row.language == language);
        fitting.any(|row| paths.iter().any(|path| path_matches(&row.call, path)))
    }

    /// `of(key, value, key, value)`
    fn by_turns(&self, acc: &mut Vec<Field>, call: Expr) {
        let Value::Call { arguments, .. } = self.value(call) else { return };
        for turn in arguments.chunks(2) {
            let [key, value] = turn else { continue };
            let at = Location { file: call.file, span: key.span.cover(value.span) };
            let Some(key) = self.key_text(Expr { file: call.file, id: key.value }) else { continue };
            acc.push(Field { key, value: Expr { file: call.file, id: value.value }, at, form: FieldForm::Item });
        }
    }

    /// The entries that the methods of a builder put in, and those of the records they are given.
    fn linked(&self, acc: &mut Vec<Field>, call: Expr, bound: Bound<'_>) {
        let language = self.facts(call.file).language.id;
        let methods: Vec<&String> =
            self.knowledge().builders.iter().filter(|it| it.language == language).flat_map(|it| &it.methods).collect();
        for (_, link) in self.links(call).into_iter().rev().filter(|it| methods.contains(&&it.0)) {
            match (self.argument(link, 0), self.argument(link, 1)) {
                (Some(key), Some(value)) => {
                    let Some(key) = self.key_text(key) else { continue };
                    acc.push(Field { key, value, at: self.location(link), form: FieldForm::Append });
                }
                (Some(only), None) => {
                    self.item(acc, only);
                    self.fields_at(acc, only, bound.deeper());
                }
                _ => {}
            }
        }
    }

    fn encoded(&self, acc: &mut Vec<Field>, call: Expr, bound: Bound<'_>) {
        let language = self.facts(call.file).language.id;
        let paths = self.api_paths(call);
        let called: Vec<&str> = paths.iter().filter_map(|it| it.strip_suffix("()")).collect();
        let fits = |row: &str| {
            let row = row.strip_suffix("()").unwrap_or(row);
            called.iter().any(|path| path_matches(row, path))
        };
        let encoder = self.knowledge().encoders.iter().find(|row| row.language == language && fits(&row.call));
        let inner = encoder.and_then(|row| self.slot(call, &row.field));
        if let Some(inner) = inner {
            self.fields_at(acc, inner, bound.deeper());
        }
        if encoder.is_some() {
            self.keywords(acc, call);
            return;
        }
        if self.is_row(call, &self.knowledge().records) {
            self.by_turns(acc, call);
            return;
        }
        if self.is_row(call, &self.knowledge().pairs) {
            self.item(acc, call);
            return;
        }
        let identity = self.knowledge().identities.iter().any(|row| row.language == language && fits(&row.call));
        if identity && let Some(inner) = self.argument(call, 0) {
            self.fields_at(acc, inner, bound.deeper());
            return;
        }
        if self.is_row(call, &self.knowledge().items) {
            let Value::Call { arguments, .. } = self.value(call) else { return };
            arguments.iter().for_each(|it| self.item(acc, Expr { file: call.file, id: it.value }));
            return;
        }
        if self.is_composed(call) {
            self.query_text(acc, call);
            return;
        }
        let before = acc.len();
        self.made_of_elements(acc, call, bound);
        self.linked(acc, call, bound);
        if acc.len() > before {
            return;
        }
        if self.struct_literal(acc, call, bound) {
            return;
        }
        if let Value::Call { callee, .. } = self.value(call)
            && let Value::Member { object, .. } = self.value(Expr { file: call.file, id: *callee })
        {
            // `urlencode(data).encode()`, `params.toString()`: text of the same record.
            self.fields_at(acc, Expr { file: call.file, id: *object }, bound.deeper());
        }
        self.resolved(acc, call, bound);
    }

    /// `T { a: b }` of Rust: a record with a type, which may write its fields under other keys.
    fn struct_literal(&self, acc: &mut Vec<Field>, call: Expr, bound: Bound<'_>) -> bool {
        let Value::Call { arguments, new: true, .. } = self.value(call) else { return false };
        let rust = self.facts(call.file).language.modules == ModuleStyle::Rust;
        let ([only], true) = (arguments.as_slice(), rust) else { return false };
        let before = acc.len();
        self.fields_at(acc, Expr { file: call.file, id: only.value }, bound.deeper());
        let keys = self.written_keys(call);
        for field in acc.iter_mut().skip(before) {
            if let Some((_, key)) = keys.iter().find(|it| it.0 == field.key) {
                field.key.clone_from(key);
            }
        }
        true
    }

    /// The keys of fields of the type that a call makes, where they differ from the names.
    fn written_keys(&self, call: Expr) -> &[(String, String)] {
        let Value::Call { callee, .. } = self.value(call) else { return &[] };
        let made = self.resolve(Expr { file: call.file, id: *callee }).into_iter().find_map(|it| match it {
            Origin::Class(file, class) => Some((file, class)),
            _ => None,
        });
        made.map_or(&[], |(file, class)| self.facts(file).classes[class].keys.as_slice())
    }

    /// `names.map((it) => [key, value])`, `names.reduce((all, it) => ({ ...all, [key]: value }), start)`
    fn made_of_elements(&self, acc: &mut Vec<Field>, call: Expr, bound: Bound<'_>) {
        let Some((_, name)) = method_of(self, call) else { return };
        let language = self.facts(call.file).language.id;
        let mut rows = self.knowledge().each.iter().filter(|it| it.language == language);
        let folds = rows.clone().any(|it| it.folds.contains(&name));
        if !folds && !rows.any(|it| it.methods.contains(&name)) {
            return;
        }
        if folds && let Some(start) = self.argument(call, 1) {
            self.fields_at(acc, start, bound.deeper());
        }
        let Some(Value::Function(function)) = self.argument(call, 0).map(|it| self.value(it)) else { return };
        for id in &self.facts(call.file).functions[*function].returns {
            let made = self.bare(Expr { file: call.file, id: *id });
            match self.value(made) {
                Value::List(_) => self.item(acc, made),
                _ => self.fields_at(acc, made, bound.deeper()),
            }
        }
    }

    fn keywords(&self, acc: &mut Vec<Field>, call: Expr) {
        let Value::Call { arguments, .. } = self.value(call) else { return };
        for argument in arguments {
            let Some(key) = argument.name.clone() else { continue };
            let value = Expr { file: call.file, id: argument.value };
            let at = Location { file: call.file, span: argument.span };
            acc.push(Field { key, value, at, form: FieldForm::Keyword });
        }
    }

    /// Fields added to a name after it got its value: stores, builder methods, updates.
    fn added(&self, acc: &mut Vec<Field>, name: Expr, bound: Bound<'_>) {
        let Some(binding) = self.binding(name) else { return };
        let file = name.file;
        for store in self.stores(file) {
            if self.binding(Expr { file, id: store.object }) != Some(binding) {
                continue;
            }
            let keys = match &store.key {
                StoreKey::Known(key) => vec![key.clone()],
                StoreKey::Computed(key) => self.key_texts(Expr { file, id: *key }),
            };
            let (at, value) = (Location { file, span: store.span }, Expr { file, id: store.value });
            acc.extend(keys.into_iter().map(|key| Field { key, value, at, form: FieldForm::Store }));
        }
        let reads = self.facts(file).bindings[binding].reads.clone();
        for read in reads {
            self.built(acc, Expr { file, id: read }, bound);
        }
    }

    fn built(&self, acc: &mut Vec<Field>, read: Expr, bound: Bound<'_>) {
        let Some(member) = self.parent(read) else { return };
        let Some((object, mut method)) = member_key(self, member) else { return };
        let (mut member, object) = (member, object);
        if method == "searchParams" {
            // `url.searchParams.set(key, value)`
            let Some(outer) = self.parent(member) else { return };
            let Some((_, name)) = member_key(self, outer) else { return };
            (member, method) = (outer, name);
        }
        let Some(call) = self.parent(member) else { return };
        if object != read || !self.is_callee(call, member) {
            return;
        }
        let language = self.facts(read.file).language.id;
        let builders = self.knowledge().builders.iter().filter(|row| row.language == language);
        if builders.flat_map(|row| &row.methods).any(|it| *it == method) {
            let (Some(key), value) = (self.argument(call, 0), self.argument(call, 1)) else { return };
            let Some(value) = value else {
                self.item(acc, key);
                return;
            };
            let keys = self.key_texts(key).into_iter();
            acc.extend(keys.map(|key| Field { key, value, at: self.location(call), form: FieldForm::Append }));
        } else if method == "update"
            && let Some(other) = self.argument(call, 0)
        {
            self.fields_at(acc, other, bound.deeper());
            self.keywords(acc, call);
        }
    }
}
