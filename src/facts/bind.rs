//! Everything that gives names a meaning: assignments, functions, classes, imports.

use tree_sitter::Node;

use crate::lang::{Part, Role};
use crate::text::Span;

use super::extract::{Extractor, span};
use super::model::{
    BindingKind, Class, ClassId, Definition, DefinitionKind, Function, FunctionId, Import, ImportItem, Imported,
    Parameter, Projection, ScopeKind, StatementKind, Store, StoreKey,
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

    fn parameter(&mut self, function: FunctionId, node: Node<'t>) {
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

    /// A parameter that is a field too: the field is what the parameter is given.
    fn property(&mut self, name: Node<'t>) {
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

    fn class_body(&mut self, id: ClassId, body: Node<'t>) {
        let scope = self.scope;
        let mut cursor = body.walk();
        let members: Vec<Node<'t>> = body.named_children(&mut cursor).collect();
        for member in members {
            if self.roles.is(member, Role::Field) {
                let name = self.roles.part(member, Role::Field, Part::Name).map(|it| self.source(it).to_owned());
                let value = self.field_value(member);
                let declared = self.roles.part(member, Role::Field, Part::Type).map(|it| self.value(it));
                if let Some(name) = name {
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

    /// An import statement.
    pub(super) fn import(&mut self, node: Node<'t>) {
        let module = self.roles.part(node, Role::Import, Part::Module).map(|it| self.quoted(it)).unwrap_or_default();
        let wildcards = match self.roles.has(node, Role::Import, Part::All) {
            true => vec![module.clone()],
            false => Vec::new(),
        };
        let id = self.facts.imports.push(Import {
            module,
            span: span(node),
            items: Vec::new(),
            wildcards,
            statement: self.statement,
        });
        if let Some(statement) = self.statement {
            self.facts.statements[statement].kind = StatementKind::Import(id);
        }
        if self.roles.is(node, Role::ImportItem) {
            self.import_path(id, node, "self.");
        } else {
            self.import_items(id, node, "");
        }
    }

    /// A path written with `.` or `::`, with dots.
    fn dotted(&self, node: Node<'t>) -> String {
        self.source(node).split_whitespace().collect::<String>().replace("::", ".")
    }

    /// An item that is given by its whole path.
    fn import_path(&mut self, import: super::model::ImportId, node: Node<'t>, prefix: &str) {
        let Some(path) = self.roles.part(node, Role::ImportItem, Part::Path) else { return };
        let own = self.dotted(path);
        // `use a::{self}` is `a` itself.
        let full = if own == "self" { prefix.trim_end_matches('.').to_owned() } else { format!("{prefix}{own}") };
        let last = full.rsplit('.').next().unwrap_or_default().to_owned();
        let alias = self.roles.part(node, Role::ImportItem, Part::Alias);
        let name = alias.map_or(last, |it| self.source(it).to_owned());
        let item = self.facts.imports[import].items.len();
        let definition = self.statement_definition(span(alias.unwrap_or(path)), span(node), self.statement);
        let kind = BindingKind::Import { import, item };
        let binding = self.declare(NewName { name, kind, definition, hoisted: false });
        let imported = Imported::Module { bound: full.clone(), full };
        self.facts.imports[import].items.push(ImportItem { imported, binding, span: span(node) });
    }

    fn import_items(&mut self, import: super::model::ImportId, node: Node<'t>, prefix: &str) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in children {
            if let Some(path) = self.roles.part(child, Role::ImportGroup, Part::Prefix) {
                let prefix = format!("{prefix}{}.", self.dotted(path));
                match self.roles.has(child, Role::ImportGroup, Part::All) {
                    true => self.facts.imports[import].wildcards.push(prefix.trim_end_matches('.').to_owned()),
                    false => self.import_items(import, child, &prefix),
                }
                continue;
            }
            if !self.roles.is(child, Role::ImportItem) {
                self.import_items(import, child, prefix);
                continue;
            }
            if self.roles.has(child, Role::ImportItem, Part::Path) {
                self.import_path(import, child, prefix);
                continue;
            }
            let part = |part| self.roles.part(child, Role::ImportItem, part);
            let alias = part(Part::Alias);
            let (imported, local) = if let Some(node) = part(Part::Default) {
                (Imported::Default, node)
            } else if let Some(node) = part(Part::Name) {
                (Imported::Name(self.source(node).to_owned()), alias.unwrap_or(node))
            } else if let Some(node) = part(Part::Namespace) {
                let full = self.source(node).to_owned();
                match (self.facts.imports[import].module.is_empty(), alias) {
                    (false, _) => (Imported::Namespace, node),
                    (true, Some(alias)) => (Imported::Module { bound: full.clone(), full }, alias),
                    (true, None) => {
                        let bound = full.split('.').next().unwrap_or_default().to_owned();
                        (Imported::Module { full, bound }, node)
                    }
                }
            } else {
                continue;
            };
            let name = match &imported {
                Imported::Module { bound, .. } if alias.is_none() => bound.clone(),
                _ => self.source(local).to_owned(),
            };
            let item = self.facts.imports[import].items.len();
            let definition = self.statement_definition(span(local), span(child), self.statement);
            let kind = BindingKind::Import { import, item };
            let binding = self.declare(NewName { name, kind, definition, hoisted: false });
            self.facts.imports[import].items.push(ImportItem { imported, binding, span: span(child) });
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
