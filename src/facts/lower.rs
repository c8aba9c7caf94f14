//! Expressions: from captured nodes to [`Value`]s.

use tree_sitter::Node;

use crate::lang::{Part, Role};
use crate::text::Span;

use super::extract::{DEPTH, Extractor, span};
use super::unescape::unescape;
use super::value::{Argument, Entry, EntryKey, Piece, Value, ValueId};

/// The roles that make a node a value.
const VALUE_ROLES: &[Role] = &[
    Role::String,
    Role::Literal,
    Role::Operation,
    Role::Choice,
    Role::Record,
    Role::List,
    Role::Member,
    Role::Index,
    Role::Call,
    Role::Await,
    Role::Group,
    Role::Spread,
    Role::Function,
    Role::Name,
];

impl<'t> Extractor<'t, '_> {
    /// Whether a node is an expression that the queries describe.
    pub(super) fn is_value(&self, node: Node<'t>) -> bool {
        VALUE_ROLES.iter().any(|role| self.roles.is(node, *role))
    }

    /// The value of a node; opaque, with the values inside it, where the queries do not describe it.
    pub(super) fn value(&mut self, node: Node<'t>) -> ValueId {
        if self.depth >= DEPTH {
            self.facts.too_deep = true;
            return self.put(node, Value::Opaque(Vec::new()));
        }
        self.depth += 1;
        let res = self.described(node);
        self.depth -= 1;
        res
    }

    fn described(&mut self, node: Node<'t>) -> ValueId {
        let Some(role) = VALUE_ROLES.iter().copied().find(|role| self.roles.is(node, *role)) else {
            return self.opaque(node);
        };
        let value = match role {
            Role::String => self.text(node),
            Role::Literal => Value::Literal(self.source(node).to_owned()),
            Role::Operation => self.operation(node),
            Role::Choice => self.choice(node),
            Role::Record => self.record(node),
            Role::List => self.comprehended(node, |it| Value::List(it.values(node, Role::List, Part::Item))),
            Role::Member => return self.member(node),
            Role::Index => return self.index(node),
            Role::Call => match self.awaited_callee(node) {
                Some(inner) => return inner,
                None => self.call(node),
            },
            Role::Await => self.wrapped(node, Role::Await, Value::Await),
            Role::Group => self.wrapped(node, Role::Group, Value::Group),
            Role::Spread => self.wrapped(node, Role::Spread, Value::Spread),
            Role::Function => return self.function_value(node),
            _ => return self.name(node),
        };
        self.put(node, value)
    }

    fn opaque(&mut self, node: Node<'t>) -> ValueId {
        let mut inside = Vec::new();
        if self.roles.is(node, Role::Scope) {
            self.in_scope(super::model::ScopeKind::Block, |it| it.gather_declared(node, &mut inside));
        } else if self.roles.is(node, Role::Assign) {
            self.assign(node);
        } else {
            self.gather(node, &mut inside);
        }
        self.put(node, Value::Opaque(inside))
    }

    /// Comprehensions use their names before they declare them, so the declaring clauses are read first.
    fn gather_declared(&mut self, node: Node<'t>, acc: &mut Vec<ValueId>) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let (declaring, others): (Vec<_>, Vec<_>) =
            children.into_iter().partition(|child| self.roles.is(*child, Role::Assign));
        for child in declaring {
            self.walk(child);
        }
        for child in others {
            self.gather_one(child, acc);
        }
    }

    /// Collects the values among the children of a node.
    pub(super) fn gather(&mut self, node: Node<'t>, acc: &mut Vec<ValueId>) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in children {
            self.gather_one(child, acc);
        }
    }

    fn gather_one(&mut self, child: Node<'t>, acc: &mut Vec<ValueId>) {
        let special = [Role::Comment, Role::Statement, Role::Assign, Role::Class, Role::Scope];
        if self.is_value(child) {
            acc.push(self.value(child));
        } else if self.roles.is(child, Role::Pair) {
            let parts = [Part::Key, Part::Value].map(|part| self.roles.part(child, Role::Pair, part));
            for part in parts.into_iter().flatten() {
                acc.push(self.value(part));
            }
        } else if special.iter().any(|role| self.roles.is(child, *role)) {
            self.walk(child);
        } else if self.depth < DEPTH {
            self.depth += 1;
            self.gather(child, acc);
            self.depth -= 1;
        } else {
            self.facts.too_deep = true;
        }
    }

    fn values(&mut self, node: Node<'t>, role: Role, part: Part) -> Vec<ValueId> {
        let parts = self.roles.parts(node, role, part);
        parts.into_iter().filter(|it| !self.roles.is(*it, Role::Comment)).map(|it| self.value(it)).collect()
    }

    fn wrapped(&mut self, node: Node<'t>, role: Role, wrap: fn(ValueId) -> Value) -> Value {
        let inner = self.roles.part(node, role, Part::Value).map(|it| self.value(it));
        self.types(node, role);
        inner.map_or_else(|| Value::Opaque(Vec::new()), wrap)
    }

    /// The types that an expression names are read there, but are no part of its value.
    fn types(&mut self, node: Node<'t>, role: Role) {
        for part in self.roles.parts(node, role, Part::Type) {
            self.value(part);
        }
    }

    fn text(&mut self, node: Node<'t>) -> Value {
        let mut parts: Vec<(Node<'t>, bool)> =
            self.roles.parts(node, Role::String, Part::Piece).into_iter().map(|it| (it, false)).collect();
        parts.extend(self.roles.parts(node, Role::String, Part::Hole).into_iter().map(|it| (it, true)));
        parts.sort_by_key(|it| it.0.start_byte());
        let raw = self.source(node).chars().take_while(|it| it.is_alphabetic()).any(|it| matches!(it, 'r' | 'R'));
        let mut pieces: Vec<Piece> = Vec::new();
        for (part, is_hole) in parts {
            if is_hole {
                pieces.push(Piece::Hole(self.value(part)));
                continue;
            }
            let source = self.source(part);
            let decoded = if raw { source.to_owned() } else { unescape(source) };
            // Adjacent pieces, which grammars split at escapes, become one.
            match pieces.last_mut() {
                Some(Piece::Literal { text, span: last }) if last.end == part.start_byte() => {
                    text.push_str(&decoded);
                    last.end = part.end_byte();
                }
                _ => pieces.push(Piece::Literal { text: decoded, span: span(part) }),
            }
        }
        Value::Text(pieces)
    }

    fn operation(&mut self, node: Node<'t>) -> Value {
        let operators = self.roles.parts(node, Role::Operation, Part::Operator);
        let operator = operators.first().map(|it| self.source(*it).to_owned()).unwrap_or_default();
        Value::Operation { operator, operands: self.values(node, Role::Operation, Part::Operand) }
    }

    fn choice(&mut self, node: Node<'t>) -> Value {
        let condition = self.roles.part(node, Role::Choice, Part::Condition).map(|it| self.value(it));
        Value::Choice { condition, options: self.values(node, Role::Choice, Part::Option) }
    }

    fn record(&mut self, node: Node<'t>) -> Value {
        self.comprehended(node, |it| {
            let parts = it.roles.parts(node, Role::Record, Part::Entry);
            Value::Record(parts.into_iter().filter_map(|part| it.entry(part)).collect())
        })
    }

    /// A list or record, which may be a comprehension: one whose items are made of names that it declares itself.
    fn comprehended(&mut self, node: Node<'t>, lower: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.roles.is(node, Role::Scope) {
            return lower(self);
        }
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let items = [(Role::List, Part::Item), (Role::Record, Part::Entry)];
        let items: Vec<usize> =
            items.iter().flat_map(|(role, part)| self.roles.parts(node, *role, *part)).map(|it| it.id()).collect();
        let (declaring, others): (Vec<_>, Vec<_>) =
            children.into_iter().partition(|child| self.roles.is(*child, Role::Assign));
        let mut res = None;
        self.in_scope(super::model::ScopeKind::Block, |it| {
            declaring.into_iter().for_each(|child| it.walk(child));
            res = Some(lower(it));
            let mut conditions = Vec::new();
            let others = others.into_iter().filter(|child| !items.contains(&child.id()));
            others.for_each(|child| it.gather_one(child, &mut conditions));
        });
        res.unwrap_or(Value::Opaque(Vec::new()))
    }

    fn entry(&mut self, node: Node<'t>) -> Option<Entry> {
        let whole = span(node);
        if self.roles.is(node, Role::Comment) {
            return None;
        }
        if self.roles.is(node, Role::Pair) {
            let key = self.roles.part(node, Role::Pair, Part::Key)?;
            let value = self.roles.part(node, Role::Pair, Part::Value)?;
            let key = self.entry_key(key);
            return Some(Entry { key, value: self.value(value), span: whole });
        }
        if self.roles.is(node, Role::Spread) {
            let inner = self.roles.part(node, Role::Spread, Part::Value)?;
            return Some(Entry { key: EntryKey::Spread, value: self.value(inner), span: whole });
        }
        if self.roles.is(node, Role::Function) {
            let name = self.roles.part(node, Role::Function, Part::Name)?;
            let key = EntryKey::Known { name: self.source(name).to_owned(), span: span(name) };
            return Some(Entry { key, value: self.value(node), span: whole });
        }
        let key = EntryKey::Known { name: self.source(node).to_owned(), span: whole };
        Some(Entry { key, value: self.value(node), span: whole })
    }

    fn entry_key(&mut self, node: Node<'t>) -> EntryKey {
        if self.roles.is(node, Role::String) {
            let id = self.value(node);
            return match self.facts.literal_text(id) {
                Some(name) => EntryKey::Known { name, span: span(node) },
                None => EntryKey::Computed(id),
            };
        }
        let source = self.source(node);
        if let Some(inner) = source.strip_prefix('[') {
            let mut inside = Vec::new();
            self.gather(node, &mut inside);
            return match inside.first() {
                Some(value) => EntryKey::Computed(*value),
                None => EntryKey::Known { name: inner.trim_end_matches(']').to_owned(), span: span(node) },
            };
        }
        // In Python a bare key is an expression; in JavaScript it is a name of its own node kind, which no query calls one.
        if self.is_value(node) {
            return EntryKey::Computed(self.value(node));
        }
        EntryKey::Known { name: source.to_owned(), span: span(node) }
    }

    fn member(&mut self, node: Node<'t>) -> ValueId {
        let object = self.roles.part(node, Role::Member, Part::Object);
        let name = self.roles.part(node, Role::Member, Part::Name);
        let (Some(object), Some(name)) = (object, name) else { return self.put(node, Value::Opaque(Vec::new())) };
        let object = self.value(object);
        self.put(node, Value::Member { object, name: self.source(name).to_owned(), name_span: span(name) })
    }

    fn index(&mut self, node: Node<'t>) -> ValueId {
        let object = self.roles.part(node, Role::Index, Part::Object);
        let key = self.roles.part(node, Role::Index, Part::Key);
        let (Some(object), Some(key)) = (object, key) else { return self.put(node, Value::Opaque(Vec::new())) };
        let object = self.value(object);
        let key = self.value(key);
        // `dict[str, Any]`: what else stands in the brackets is read too.
        for other in self.roles.parts(node, Role::Index, Part::Key).into_iter().skip(1) {
            self.value(other);
        }
        self.put(node, Value::Index { object, key })
    }

    /// `await f<T>(x)`, which the grammar of TypeScript reads as a call of `await f`: a wait for the call.
    fn awaited_callee(&mut self, node: Node<'t>) -> Option<ValueId> {
        let awaited = self.roles.part(node, Role::Call, Part::Callee).filter(|it| self.roles.is(*it, Role::Await))?;
        let inner = self.roles.part(awaited, Role::Await, Part::Value)?;
        let whole = Span::new(span(inner).start, span(node).end);
        let call = match self.call(node) {
            Value::Call { callee, arguments, new } => match self.facts.values[callee].value {
                Value::Await(inner) => Value::Call { callee: inner, arguments, new },
                _ => Value::Call { callee, arguments, new },
            },
            other => other,
        };
        let call = self.put_at(whole, call);
        Some(self.put(node, Value::Await(call)))
    }

    fn call(&mut self, node: Node<'t>) -> Value {
        let callee_node = self.roles.part(node, Role::Call, Part::Callee);
        let Some(callee) = callee_node.map(|it| self.value(it)).or_else(|| self.named_callee(node)) else {
            return Value::Opaque(Vec::new());
        };
        let mut arguments = Vec::new();
        if let Some(tokens) = self.roles.part(node, Role::Call, Part::Tokens) {
            let values = self.token_groups(tokens);
            arguments.extend(values.into_iter().map(|(value, span)| Argument { name: None, value, span }));
        }
        for part in self.roles.parts(node, Role::Call, Part::Argument) {
            if self.roles.is(part, Role::Comment) {
                self.walk(part);
                continue;
            }
            let whole = span(part);
            let (name, value) = match self.roles.part(part, Role::Argument, Part::Value) {
                Some(value) => {
                    let name = self.roles.part(part, Role::Argument, Part::Name);
                    (name.map(|it| self.source(it).to_owned()), value)
                }
                None => (None, part),
            };
            arguments.push(Argument { name, value: self.value(value), span: whole });
        }
        if let Some(callee_node) = callee_node.filter(|_| arguments.is_empty()) {
            // A tagged template, or a generator expression as the only argument.
            let mut cursor = node.walk();
            let types = self.roles.parts(node, Role::Call, Part::Type);
            let own = |it: &Node<'t>| it.id() != callee_node.id() && !types.contains(it);
            let rest: Vec<Node<'t>> = node.named_children(&mut cursor).filter(own).collect();
            for child in rest.into_iter().filter(|it| it.named_child_count() > 0) {
                let value = self.value(child);
                arguments.push(Argument { name: None, value, span: span(child) });
            }
        }
        self.types(node, Role::Call);
        Value::Call { callee, arguments, new: self.roles.has(node, Role::Call, Part::New) }
    }

    /// `a.f` or `f` of a call whose grammar has no node for what is called.
    fn named_callee(&mut self, node: Node<'t>) -> Option<ValueId> {
        let name = self.roles.part(node, Role::Call, Part::Name)?;
        let Some(object) = self.roles.part(node, Role::Call, Part::Object) else { return Some(self.value(name)) };
        let whole = span(object).cover(span(name));
        let object = self.value(object);
        let member = Value::Member { object, name: self.source(name).to_owned(), name_span: span(name) };
        Some(self.put_at(whole, member))
    }

    /// The arguments of a macro, whose tokens no grammar reads: what stands between commas.
    fn token_groups(&mut self, tokens: Node<'t>) -> Vec<(ValueId, Span)> {
        let mut cursor = tokens.walk();
        let mut groups: Vec<Vec<(Node<'t>, bool)>> = vec![Vec::new()];
        let mut joined = false;
        for child in tokens.children(&mut cursor) {
            match (child.is_named(), self.source(child)) {
                (false, ",") => groups.push(Vec::new()),
                (false, sign) => joined = matches!(sign, "." | "::"),
                (true, _) if !self.roles.is(child, Role::Comment) => {
                    if let Some(group) = groups.last_mut() {
                        group.push((child, joined));
                    }
                    joined = false;
                }
                _ => {}
            }
        }
        let filled = groups.into_iter().filter(|it| !it.is_empty());
        filled.filter_map(|group| self.token_group(&group)).collect()
    }

    /// One argument of a macro: a value, a path of names, or such side by side. Each node comes with whether a dot or two
    /// colons join it to the one before.
    fn token_group(&mut self, group: &[(Node<'t>, bool)]) -> Option<(ValueId, Span)> {
        let whole = group.iter().map(|it| span(it.0)).reduce(Span::cover)?;
        let mut parts: Vec<ValueId> = Vec::new();
        for (node, joined) in group {
            let name = node.kind() == "identifier";
            match parts.pop() {
                Some(object) if *joined && name => {
                    let at = self.facts.values[object].span.cover(span(*node));
                    let member = Value::Member { object, name: self.source(*node).to_owned(), name_span: span(*node) };
                    let member = self.put_at(at, member);
                    parts.push(member);
                }
                other => {
                    parts.extend(other);
                    let value = self.token(*node);
                    parts.push(value);
                }
            }
        }
        match parts.as_slice() {
            [only] => Some((*only, whole)),
            _ => Some((self.put_at(whole, Value::Opaque(parts)), whole)),
        }
    }

    fn token(&mut self, node: Node<'t>) -> ValueId {
        if node.kind() != "token_tree" || self.depth >= DEPTH {
            return self.value(node);
        }
        self.depth += 1;
        let items = self.token_groups(node).into_iter().map(|it| it.0).collect();
        self.depth -= 1;
        self.put(node, Value::List(items))
    }

    fn name(&mut self, node: Node<'t>) -> ValueId {
        let source = self.source(node);
        let mut segments = source.split('.');
        let first = segments.next().unwrap_or_default();
        let start = node.start_byte();
        let mut end = start + first.len();
        let name = Value::Name { name: first.trim().to_owned(), binding: None };
        let mut id = self.put_at(Span::new(start, end), name);
        self.pending.reads.push(id);
        // A qualified name is one node in some grammars.
        for segment in segments {
            let at = Span::new(end + 1, end + 1 + segment.len());
            end = at.end;
            let member = Value::Member { object: id, name: segment.trim().to_owned(), name_span: at };
            id = self.put_at(Span::new(start, end), member);
        }
        id
    }

    /// The value of a node that may have been visited already.
    pub(super) fn value_once(&mut self, node: Node<'t>, since: usize) -> ValueId {
        let known = self.facts.values.iter().skip(since).find(|(_, it)| it.span == span(node)).map(|(id, _)| id);
        known.unwrap_or_else(|| self.value(node))
    }

    fn function_value(&mut self, node: Node<'t>) -> ValueId {
        let id = self.function(node);
        let value = self.put(node, Value::Function(id));
        self.facts.functions[id].value = Some(value);
        value
    }
}
