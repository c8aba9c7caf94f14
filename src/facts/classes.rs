//! Classes: their fields, methods and bases, and what languages make fields of.

use tree_sitter::Node;

use crate::lang::{Part, Role};
use crate::text::Span;

use super::extract::{Extractor, span};
use super::model::{BindingKind, Class, ClassId, Function, ScopeKind, StatementKind};
use super::names::NewName;
use super::value::{Value, ValueId};

impl<'t> Extractor<'t, '_> {
    /// A parameter that is a field too: the field is what the parameter is given.
    pub(super) fn property(&mut self, name: Node<'t>) {
        let class = self.facts.functions[self.function].class;
        if let Some(class) = class.filter(|_| self.roles.is(name, Role::Name)) {
            let text = self.source(name).to_owned();
            let value = self.value(name);
            self.facts.classes[class].fields.push((text, Some(value), span(name)));
        }
    }

    /// The class that a node defines, or goes on to define.
    fn class_of(&mut self, node: Node<'t>, name: Option<Node<'t>>) -> (ClassId, bool) {
        let text = name.map(|it| self.source(it).to_owned());
        let open = self.roles.has(node, Role::Class, Part::Open);
        let known = text.as_ref().and_then(|it| self.facts.scopes[self.scope].names.get(it)).copied();
        if let Some(BindingKind::Class(id)) = known.map(|it| self.facts.bindings[it].kind) {
            return (id, true);
        }
        let id = self.facts.classes.push(Class {
            name: text,
            span: span(node),
            binding: None,
            fields: Vec::new(),
            methods: Vec::new(),
            types: Vec::new(),
            keys: Vec::new(),
            bases: Vec::new(),
            open,
            scope: None,
        });
        (id, false)
    }

    /// A class: its name is bound outside, its fields and methods are read inside.
    pub(super) fn class(&mut self, node: Node<'t>) {
        let name = self.roles.part(node, Role::Class, Part::Name);
        let body = self.roles.part(node, Role::Class, Part::Body);
        let before = self.facts.values.len();
        let (id, known) = self.class_of(node, name);
        if let Some(name) = name.filter(|_| !known) {
            let definition = self.statement_definition(span(name), span(node), self.statement);
            let text = self.source(name).to_owned();
            let new = NewName { name: text, kind: BindingKind::Class(id), definition, hoisted: false };
            let binding = self.declare(new);
            self.facts.classes[id].binding = Some(binding);
            if let Some(statement) = self.statement
                && self.facts.statements[statement].kind != StatementKind::Export
            {
                self.facts.statements[statement].kind = StatementKind::Class(id);
            }
        }
        let mut cursor = node.walk();
        let skip = [name.map(|it| it.id()), body.map(|it| it.id())];
        let around: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in around.into_iter().filter(|it| !skip.contains(&Some(it.id()))) {
            self.walk(child);
        }
        for base in self.roles.parts(node, Role::Class, Part::Base) {
            let base = self.value_once(base, before);
            self.facts.classes[id].bases.push(base);
        }
        self.in_scope(ScopeKind::Class(id), |it| {
            it.facts.classes[id].scope = Some(it.scope);
            it.record_constructor(id, node);
            if let Some(body) = body {
                it.class_body(id, body);
            }
        });
    }

    /// The components of a record are the parameters of its constructor, and fields.
    fn record_constructor(&mut self, class: ClassId, node: Node<'t>) {
        let components = self.roles.parts(node, Role::Class, Part::Parameter);
        let Some(name) = self.facts.language.constructors.first().filter(|_| !components.is_empty()) else { return };
        let parent = self.function;
        let id = self.facts.functions.push(Function {
            name: Some((*name).to_owned()),
            span: span(node),
            parent: Some(parent),
            class: Some(class),
            binding: None,
            value: None,
            parameters: Vec::new(),
            returns: Vec::new(),
            throws: Vec::new(),
            is_async: false,
            body: span(node),
            statement: self.statement,
        });
        self.facts.classes[class].methods.push(((*name).to_owned(), id));
        self.function = id;
        self.in_scope(ScopeKind::Function, |it| {
            for component in components {
                it.parameter(id, component);
                let name = it.roles.part(component, Role::Default, Part::Target).unwrap_or(component);
                it.property(name);
                let declared = it.roles.part(component, Role::Default, Part::Type).map(|node| it.value_once(node, 0));
                if let Some(declared) = declared {
                    let text = it.source(name).to_owned();
                    it.facts.classes[class].types.push((text, declared));
                }
            }
        });
        self.function = parent;
    }

    /// The value of a field; what an enum constant is made of is joined, since a URL may be made of its parts.
    fn field_value(&mut self, member: Node<'t>) -> Option<ValueId> {
        let parts = self.roles.parts(member, Role::Field, Part::Value);
        let values: Vec<ValueId> = parts.into_iter().map(|it| self.value(it)).collect();
        match values.as_slice() {
            [] | [_] => values.first().copied(),
            _ => Some(self.put(member, Value::Operation { operator: "+".to_owned(), operands: values })),
        }
    }

    /// The key that an attribute in front of a field gives it: `#[serde(rename = "key")]`, `rename(serialize = "key")`.
    fn attached_key(&self, member: Node<'t>) -> Option<String> {
        let named = |text: &str| {
            let after = text.split("rename").skip(1).find(|it| !it.starts_with('_'))?;
            after.split('"').nth(1).map(str::to_owned)
        };
        self.attached(member).into_iter().find_map(named)
    }

    /// The case in which an attribute in front of a class has its fields written: `#[serde(rename_all = "camelCase")]`.
    fn attached_case(&self, class: Node<'t>) -> Option<&'t str> {
        let attributes = self.attached(class).into_iter();
        attributes.filter_map(|it| it.split_once("rename_all")).find_map(|it| it.1.split('"').nth(1))
    }

    /// What stands in front of an item and belongs to it.
    fn attached(&self, item: Node<'t>) -> Vec<&'t str> {
        let mut res = Vec::new();
        let mut before = item.prev_named_sibling();
        while let Some(node) = before {
            if self.roles.is(node, Role::Attached) {
                res.push(self.source(node));
            } else if !self.roles.is(node, Role::Comment) {
                break;
            }
            before = node.prev_named_sibling();
        }
        res
    }

    fn class_body(&mut self, id: ClassId, body: Node<'t>) {
        let scope = self.scope;
        let case = body.parent().and_then(|it| self.attached_case(it));
        let mut cursor = body.walk();
        let members: Vec<Node<'t>> = body.named_children(&mut cursor).collect();
        for member in members {
            if self.roles.is(member, Role::Field) {
                let name = self.roles.part(member, Role::Field, Part::Name).map(|it| self.source(it).to_owned());
                let value = self.field_value(member);
                let declared = self.roles.part(member, Role::Field, Part::Type).map(|it| self.value(it));
                if let Some(name) = name {
                    let cased = || case.map(|case| in_case(&name, case)).filter(|it| *it != name);
                    let key = self.attached_key(member).or_else(cased).map(|key| (name.clone(), key));
                    self.facts.classes[id].keys.extend(key);
                    self.facts.classes[id].types.extend(declared.map(|it| (name.clone(), it)));
                    self.facts.classes[id].fields.push((name, value, span(member)));
                }
            } else {
                self.walk(member);
            }
        }
        // In Python and Java the assignments of the body are the class's fields.
        let own: Vec<(String, Option<ValueId>, Span)> = self
            .facts
            .bindings
            .iter()
            .filter(|(_, it)| it.scope == scope && it.kind == BindingKind::Variable)
            .filter_map(|(_, it)| it.definitions.first().map(|first| (it.name.clone(), first.value, first.span)))
            .collect();
        self.facts.classes[id].fields.extend(own);
        let declared = self.facts.bindings.iter().filter(|(_, it)| it.scope == scope);
        let types: Vec<(String, ValueId)> = declared
            .filter_map(|(_, it)| it.definitions.first()?.declared.map(|declared| (it.name.clone(), declared)))
            .collect();
        self.facts.classes[id].types.extend(types);
    }
}

/// A name of small words in one of the cases that serde knows (https://serde.rs/container-attrs.html#rename_all).
fn in_case(name: &str, case: &str) -> String {
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    let words: Vec<&str> = name.split('_').filter(|it| !it.is_empty()).collect();
    match case {
        "camelCase" => {
            let rest = words.iter().skip(1).map(|it| capital(it));
            words.first().map(|it| (*it).to_owned()).into_iter().chain(rest).collect()
        }
        "PascalCase" => words.iter().map(|it| capital(it)).collect(),
        "SCREAMING_SNAKE_CASE" | "UPPERCASE" => name.to_uppercase(),
        "kebab-case" => words.join("-"),
        "SCREAMING-KEBAB-CASE" => words.join("-").to_uppercase(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_in_the_cases_of_serde() {
        assert_eq!(in_case("technical_account_id", "camelCase"), "technicalAccountId");
        assert_eq!(in_case("org_id", "PascalCase"), "OrgId");
        assert_eq!(in_case("org_id", "SCREAMING_SNAKE_CASE"), "ORG_ID");
        assert_eq!(in_case("org_id", "kebab-case"), "org-id");
        assert_eq!(in_case("org_id", "snake_case"), "org_id");
    }
}
