//! What gives names a meaning: assignments, functions, parameters.

use tree_sitter::Node;

use crate::lang::{Part, Role};
use crate::text::Span;

use super::extract::{Extractor, span};
use super::model::{
    BindingKind, ClassId, Definition, DefinitionKind, Function, FunctionId, Parameter, Projection, ScopeKind,
    StatementKind, Store, StoreKey,
};
use super::names::NewName;
use super::value::{Value, ValueId};

/// What the names in a target are given.
#[derive(Clone)]
struct Given {
    kind: DefinitionKind,
    binding: BindingKind,
    value: Option<ValueId>,
    path: Vec<Projection>,
    default: Option<ValueId>,
    declared: Option<ValueId>,
    whole: Span,
    target: Option<Span>,
    declares: bool,
    hoisted: bool,
}

impl<'t> Extractor<'t, '_> {
    /// A declaration or assignment.
    pub(super) fn assign(&mut self, node: Node<'t>) {
        let has = |part| self.roles.has(node, Role::Assign, part);
        let declares = has(Part::Declare);
        let kind = match (has(Part::Element), declares) {
            (true, _) => DefinitionKind::Element,
            (false, true) => DefinitionKind::Declaration,
            (false, false) => DefinitionKind::Assignment,
        };
        let hoisted = has(Part::Hoisted);
        let value_node = self.roles.part(node, Role::Assign, Part::Value);
        let target = self.roles.part(node, Role::Assign, Part::Target);
        let mut value = value_node.map(|it| self.value(it));
        let annotation = self.roles.part(node, Role::Assign, Part::Annotation);
        if let (None, Some(annotation)) = (value, annotation) {
            value = Some(self.value_once(annotation, 0));
        }
        let type_node = self.roles.part(node, Role::Assign, Part::Type);
        let declared = type_node.map(|it| self.value(it));
        let given = Given {
            kind,
            binding: BindingKind::Variable,
            value,
            path: Vec::new(),
            default: None,
            declared,
            whole: span(node),
            target: None,
            declares,
            hoisted,
        };
        if let Some(target) = target {
            self.target(target, &given);
        }
        let mut cursor = node.walk();
        let rest: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        // A child may be the target or value itself, or only wrap it.
        let holds = |child: &Node<'t>, part: Option<Node<'t>>| part.is_some_and(|it| span(*child).contains(span(it)));
        let seen = [value_node, target, type_node];
        for child in rest.into_iter().filter(|child| !seen.iter().any(|it| holds(child, *it))) {
            self.walk(child);
        }
    }

    /// Declares a lone name that some statement binds without a value.
    pub(super) fn declare_bare(&mut self, node: Node<'t>) {
        let given = Given {
            kind: DefinitionKind::Statement,
            binding: BindingKind::Variable,
            value: None,
            path: Vec::new(),
            default: None,
            declared: None,
            whole: span(node),
            target: None,
            declares: true,
            hoisted: false,
        };
        self.target(node, &given);
    }

    fn target(&mut self, node: Node<'t>, given: &Given) {
        if self.roles.is(node, Role::RecordPattern) {
            self.record_pattern(node, given);
        } else if self.roles.is(node, Role::ListPattern) || self.roles.is(node, Role::List) {
            self.list_pattern(node, given);
        } else if self.roles.is(node, Role::Default) {
            let part = |part| self.roles.part(node, Role::Default, part);
            let (inner, annotation, declared) = (part(Part::Target), part(Part::Annotation), part(Part::Type));
            let default = part(Part::Value).or(annotation).map(|it| self.value(it));
            let declared = declared.map(|it| self.value(it)).or(given.declared);
            if let Some(inner) = inner {
                self.target(inner, &Given { default, declared, ..given.clone() });
            }
        } else if self.roles.is(node, Role::Rest) {
            if let Some(inner) = self.roles.part(node, Role::Rest, Part::Target) {
                let mut given = given.clone();
                given.path.push(Projection::Rest);
                self.target(inner, &given);
            }
        } else if self.roles.is(node, Role::Member) || self.roles.is(node, Role::Index) {
            self.store(node, given);
        } else if self.roles.is(node, Role::Name) {
            self.bind(node, given);
        } else {
            // An annotated parameter, a typed target: the first name is bound, the rest is read.
            self.wrapped_target(node, given);
        }
    }

    fn wrapped_target(&mut self, node: Node<'t>, given: &Given) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        let mut children = children.into_iter();
        if let Some(first) = children.next() {
            self.target(first, given);
        }
        for child in children {
            self.walk(child);
        }
    }

    fn record_pattern(&mut self, node: Node<'t>, given: &Given) {
        for entry in self.roles.parts(node, Role::RecordPattern, Part::Entry) {
            let mut inner = given.clone();
            inner.target = Some(span(entry));
            if self.roles.is(entry, Role::Pair) {
                let key = self.roles.part(entry, Role::Pair, Part::Key);
                let target = self.roles.part(entry, Role::Pair, Part::Value);
                let (Some(key), Some(target)) = (key, target) else { continue };
                inner.path.push(Projection::Key(self.quoted(key)));
                self.target(target, &inner);
            } else {
                let name = self.roles.part(entry, Role::Default, Part::Target).unwrap_or(entry);
                if !self.roles.is(entry, Role::Rest) {
                    inner.path.push(Projection::Key(self.source(name).to_owned()));
                }
                self.target(entry, &inner);
            }
        }
    }

    fn list_pattern(&mut self, node: Node<'t>, given: &Given) {
        let parts = match self.roles.is(node, Role::ListPattern) {
            true => self.roles.parts(node, Role::ListPattern, Part::Entry),
            false => self.roles.parts(node, Role::List, Part::Item),
        };
        for (position, entry) in parts.into_iter().enumerate() {
            let mut inner = given.clone();
            inner.path.push(Projection::Position(position));
            self.target(entry, &inner);
        }
    }

    fn bind(&mut self, node: Node<'t>, given: &Given) {
        let name = self.source(node).to_owned();
        let definition = Definition {
            kind: given.kind,
            value: given.value,
            path: given.path.clone(),
            default: given.default,
            declared: given.declared,
            name_span: span(node),
            target_span: given.target.unwrap_or(span(node)),
            span: given.whole,
            statement: self.statement,
        };
        if given.declares {
            self.declare(NewName { name, kind: given.binding, definition, hoisted: given.hoisted });
        } else {
            self.pending.assignments.push((name, self.scope, definition));
        }
    }

    fn store(&mut self, node: Node<'t>, given: &Given) {
        let target = self.value(node);
        let Some(value) = given.value else { return };
        let (object, key) = match &self.facts.values[target].value {
            Value::Member { object, name, .. } => (*object, StoreKey::Known(name.clone())),
            Value::Index { object, key } => {
                let known = self.facts.literal_text(*key);
                (*object, known.map_or(StoreKey::Computed(*key), StoreKey::Known))
            }
            _ => return,
        };
        self.facts.stores.push(Store {
            object,
            key,
            target,
            value,
            span: given.whole,
            statement: self.statement,
            function: self.function,
        });
    }

    /// A function of any kind: its name is bound outside, its parameters and body are read inside.
    pub(super) fn function(&mut self, node: Node<'t>) -> FunctionId {
        let name = self.roles.part(node, Role::Function, Part::Name);
        let parent = self.function;
        let around = self.scope;
        let class = self.class_of_scope();
        let body_node = self.roles.part(node, Role::Function, Part::Body);
        let value_node = self.roles.part(node, Role::Function, Part::Value);
        let constructor = self.roles.has(node, Role::Function, Part::Constructor);
        let id = self.facts.functions.push(Function {
            name: name.map(|it| self.function_name(it, constructor)),
            span: span(node),
            parent: Some(parent),
            class,
            binding: None,
            value: None,
            parameters: Vec::new(),
            returns: Vec::new(),
            throws: Vec::new(),
            is_async: self.roles.has(node, Role::Function, Part::Async),
            body: body_node.or(value_node).map_or(span(node), span),
            statement: self.statement,
        });
        let is_statement = self.roles.is(node, Role::Statement) || !self.in_expression(node);
        if let Some(name) = name
            && is_statement
            && !self.is_entry(node)
        {
            self.bind_function(id, node, (name, self.function_name(name, constructor)), class);
        }
        self.function = id;
        self.in_scope(ScopeKind::Function, |it| {
            for name in it.roles.parts(node, Role::Function, Part::Type) {
                it.type_parameter(name);
            }
            for declared in it.roles.parts(node, Role::Function, Part::Returns) {
                it.value_once(declared, 0);
            }
            for thrown in it.roles.parts(node, Role::Function, Part::Throws) {
                let thrown = it.value_once(thrown, 0);
                it.facts.functions[id].throws.push(thrown);
            }
            for parameter in it.roles.parts(node, Role::Function, Part::Parameter) {
                it.parameter(id, parameter);
            }
            if let Some(value) = value_node {
                let value = it.value(value);
                it.facts.functions[id].returns.push(value);
            }
            if let Some(body) = body_node {
                it.walk_children(body);
            }
            it.annotations_and_tail(id, node);
        });
        self.function = parent;
        self.scope = around;
        id
    }

    /// A name that a function gives to a type.
    fn type_parameter(&mut self, node: Node<'t>) {
        let definition = self.statement_definition(span(node), span(node), None);
        let name = self.source(node).to_owned();
        self.declare(NewName { name, kind: BindingKind::Variable, definition, hoisted: false });
    }

    /// The name of a function; a constructor that is named like its class gets the language's name for constructors.
    fn function_name(&self, name: Node<'t>, constructor: bool) -> String {
        let of_constructors = self.facts.language.constructors.first();
        of_constructors.filter(|_| constructor).map_or_else(|| self.source(name).to_owned(), |it| (*it).to_owned())
    }

    /// What annotations say of a function, which is what it gives where it has no body; and its last expression.
    fn annotations_and_tail(&mut self, id: FunctionId, node: Node<'t>) {
        let abstract_one = !self.roles.has(node, Role::Function, Part::Body);
        for annotation in self.roles.parts(node, Role::Function, Part::Annotation) {
            let value = self.value(annotation);
            if abstract_one {
                self.facts.functions[id].returns.push(value);
            }
        }
        if let Some(tail) = self.roles.part(node, Role::Function, Part::Tail)
            && self.is_value(tail)
        {
            let value = self.value_once(tail, 0);
            self.facts.functions[id].returns.push(value);
        }
    }

    fn bind_function(&mut self, id: FunctionId, node: Node<'t>, name: (Node<'t>, String), class: Option<ClassId>) {
        let (name, text) = name;
        if let Some(class) = class {
            self.facts.classes[class].methods.push((text, id));
            if let Some(statement) = self.statement {
                self.facts.statements[statement].kind = StatementKind::Function(id);
            }
            return;
        }
        let definition = self.statement_definition(span(name), span(node), self.statement);
        let binding = self.declare(NewName { name: text, kind: BindingKind::Function(id), definition, hoisted: false });
        self.facts.functions[id].binding = Some(binding);
        if let Some(statement) = self.statement
            && self.facts.statements[statement].kind != StatementKind::Export
        {
            self.facts.statements[statement].kind = StatementKind::Function(id);
        }
    }

    /// Whether a function node is an expression: the value of an assignment, an argument, an entry.
    fn in_expression(&self, node: Node<'t>) -> bool {
        match node.parent() {
            None => false,
            Some(parent) => {
                !self.roles.is(node, Role::Statement)
                    && !self.roles.is(parent, Role::Statement)
                    && !self.roles.is(parent, Role::Export)
            }
        }
    }

    fn is_entry(&self, node: Node<'t>) -> bool {
        node.parent().is_some_and(|parent| self.roles.is(parent, Role::Record))
    }

    fn class_of_scope(&self) -> Option<ClassId> {
        match self.facts.scopes[self.scope].kind {
            ScopeKind::Class(class) => Some(class),
            ScopeKind::Module | ScopeKind::Function | ScopeKind::Block => None,
        }
    }

    pub(super) fn parameter(&mut self, function: FunctionId, node: Node<'t>) {
        if self.roles.is(node, Role::Comment) {
            return;
        }
        let position = self.facts.functions[function].parameters.len();
        let annotation = self.roles.part(node, Role::Default, Part::Annotation);
        let default = self.roles.part(node, Role::Default, Part::Value).or(annotation);
        let named = self.roles.part(node, Role::Default, Part::Target).unwrap_or(node);
        let name = if self.roles.is(named, Role::Name) {
            Some(self.source(named).to_owned())
        } else {
            let mut cursor = named.walk();
            let first = named.named_children(&mut cursor).next();
            let pattern = self.roles.is(named, Role::RecordPattern) || self.roles.is(named, Role::ListPattern);
            first.filter(|it| !pattern && self.roles.is(*it, Role::Name)).map(|it| self.source(it).to_owned())
        };
        self.facts.functions[function].parameters.push(Parameter { span: span(node), name, default: None });
        let before = self.facts.values.len();
        self.target(
            node,
            &Given {
                kind: DefinitionKind::Parameter,
                binding: BindingKind::Parameter { function, position },
                value: None,
                path: Vec::new(),
                default: None,
                declared: None,
                whole: span(node),
                target: None,
                declares: true,
                hoisted: false,
            },
        );
        if self.roles.has(node, Role::Default, Part::Property) {
            self.property(named);
        }
        if let Some(default) = default {
            let made = self.facts.values.iter().skip(before).find(|(_, it)| it.span == span(default)).map(|(id, _)| id);
            if let Some(parameter) = self.facts.functions[function].parameters.last_mut() {
                parameter.default = made;
            }
        }
    }

    /// A statement that says names belong to an outer function or the module.
    pub(super) fn global(&mut self, node: Node<'t>) {
        for name in self.roles.parts(node, Role::Global, Part::Name) {
            let text = self.source(name).to_owned();
            self.pending.outer.insert((self.scope, text));
        }
    }
}
