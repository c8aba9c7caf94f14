//! Where a value comes from: through names, members, calls, parameters and files, to what cannot be followed further.

use crate::facts::{
    BindingId, BindingKind, ClassId, Definition, DefinitionKind, FunctionId, Imported, Projection, ScopeKind, Value,
};
use crate::lang::ModuleStyle;
use crate::text::FileId;

use super::project::{Expr, Project};
use super::reaching::reaches;

/// What the API paths of classes begin with that stand in files of the tree which were not read.
pub const UNREAD: &str = "unread.";

/// The end of the way back from an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An expression that is a value of its own: text, record, list, call of something external.
    Value(Expr),
    /// A function of the project.
    Function(FileId, FunctionId),
    /// A class of the project.
    Class(FileId, ClassId),
    /// An object of a class of the project.
    Instance(FileId, ClassId),
    /// A file of the project, as a module.
    Module(FileId),
    /// Something from outside, by its API path: `axios.post`, `globalThis.fetch`, `os.environ`.
    External(String),
    /// A parameter that no call seen gives a value.
    Parameter(FileId, BindingId),
}

/// How many steps back are followed. Deeper chains exist only in hostile or generated code.
const FUEL: usize = 40;
/// How many expressions are looked at for one answer, so that code which gives names many values costs no more.
const BUDGET: usize = 800;
/// How many origins one expression may have before the rest is given up.
const WIDTH: usize = 16;

impl Project {
    /// Everything an expression may come from, in source order, without duplicates.
    #[must_use]
    pub fn resolve(&self, expr: Expr) -> Vec<Origin> {
        let found = self.resolve_once(expr, || {
            let mut acc = Vec::new();
            Resolver { project: self, fuel: FUEL, budget: BUDGET, seen: Vec::new() }.expr(&mut acc, expr);
            acc
        });
        found.to_vec()
    }

    /// Everything a member of an expression may come from.
    #[must_use]
    pub fn resolve_member(&self, object: Expr, name: &str) -> Vec<Origin> {
        let mut acc = Vec::new();
        Resolver { project: self, fuel: FUEL, budget: BUDGET, seen: Vec::new() }.member(&mut acc, object, name);
        acc
    }
}

pub(super) struct Resolver<'p> {
    pub(super) project: &'p Project,
    fuel: usize,
    budget: usize,
    seen: Vec<Expr>,
}

pub(super) fn put(acc: &mut Vec<Origin>, origin: Origin) {
    if acc.len() < WIDTH && !acc.contains(&origin) {
        acc.push(origin);
    }
}

impl Resolver<'_> {
    /// Takes a step that no expression stands for; false when there are none left.
    pub(super) fn enter(&mut self) -> bool {
        let may = self.fuel > 0 && self.budget > 0;
        if may {
            self.fuel -= 1;
            self.budget -= 1;
        }
        may
    }

    /// Comes back from a step.
    pub(super) fn leave(&mut self) {
        self.fuel += 1;
    }

    pub(super) fn expr(&mut self, acc: &mut Vec<Origin>, expr: Expr) {
        if self.fuel == 0 || self.budget == 0 || self.seen.contains(&expr) {
            return;
        }
        self.budget -= 1;
        self.fuel -= 1;
        self.seen.push(expr);
        self.follow(acc, expr);
        self.seen.pop();
        self.fuel += 1;
    }

    fn follow(&mut self, acc: &mut Vec<Origin>, expr: Expr) {
        let at = |id| Expr { file: expr.file, id };
        match self.project.value(expr) {
            Value::Await(inner) | Value::Group(inner) => self.expr(acc, at(*inner)),
            Value::Name { name, binding } => match binding {
                Some(binding) if self.enter() => {
                    self.definitions(acc, expr.file, *binding, &|it| reaches(self.project, expr, *binding, it));
                    self.leave();
                }
                Some(_) => {}
                None => self.unbound(acc, expr, name),
            },
            Value::Choice { options, .. } => options.iter().for_each(|option| self.expr(acc, at(*option))),
            Value::Member { object, name, .. } => self.member(acc, at(*object), name),
            Value::Index { object, key } => match self.project.known_text(at(*key)) {
                Some(key) => self.member(acc, at(*object), &key),
                None => self.element_somewhere(acc, expr, at(*object)),
            },
            Value::Call { callee, .. } => self.call(acc, expr, at(*callee)),
            Value::Operation { operator, operands } if matches!(operator.as_str(), "||" | "??" | "or") => {
                for operand in operands {
                    self.expr(acc, at(*operand));
                }
            }
            Value::Function(function) => put(acc, Origin::Function(expr.file, *function)),
            _ => put(acc, Origin::Value(expr)),
        }
    }

    /// An element at a place that is not known: any of the list or record.
    fn element_somewhere(&mut self, acc: &mut Vec<Origin>, expr: Expr, object: Expr) {
        let mut elements = self.elements(object);
        elements.extend(self.entry_values(object));
        let before = acc.len();
        elements.into_iter().for_each(|it| self.expr(acc, it));
        if acc.len() == before {
            put(acc, Origin::Value(expr));
        }
    }

    fn unbound(&mut self, acc: &mut Vec<Origin>, expr: Expr, name: &str) {
        let facts = self.project.facts(expr.file);
        let language = facts.language;
        let around = facts.class_around(self.project.function(expr));
        if let Some(class) = around {
            if language.this == Some(name) {
                put(acc, Origin::Instance(expr.file, class));
                return;
            }
            if language.own_class == Some(name) {
                put(acc, Origin::Class(expr.file, class));
                return;
            }
            if name == "super" && language.modules != ModuleStyle::Rust {
                self.bases(acc, expr.file, class);
                return;
            }
        }
        if !self.member_around(acc, expr, name) && !self.brought(acc, expr.file, name) {
            // In Java only classes need no package; a small letter starts the name of one.
            let package = language.modules == ModuleStyle::Java && name.starts_with(char::is_lowercase);
            let globals = match package {
                true => "",
                false if self.is_unread(expr.file, name) => UNREAD,
                false => language.globals,
            };
            put(acc, Origin::External(format!("{globals}{name}")));
        }
    }

    /// Whether a name means a class of the tree whose file was not read, since nothing of a flow can be in it.
    fn is_unread(&self, file: FileId, name: &str) -> bool {
        let data = self.project.file(file);
        data.facts.language.modules == ModuleStyle::Java
            && self.project.modules.resolve(data.facts.language, data.path(), name).is_some()
    }

    /// A name that means a member of a class around, its own or inherited.
    fn member_around(&mut self, acc: &mut Vec<Origin>, expr: Expr, name: &str) -> bool {
        let facts = self.project.facts(expr.file);
        let before = acc.len();
        for class in facts.enclosing(self.project.function(expr)).filter_map(|it| facts.functions[it].class) {
            if facts.classes[class].open {
                self.member_of(acc, &Origin::Instance(expr.file, class), name);
            }
            if acc.len() > before {
                return true;
            }
        }
        false
    }

    /// A name that no statement of the file declares, but a wildcard import, the package or the crate brings.
    fn brought(&mut self, acc: &mut Vec<Origin>, file: FileId, name: &str) -> bool {
        let facts = self.project.facts(file);
        let before = acc.len();
        let wildcards: Vec<&String> = facts.imports.iter().flat_map(|(_, it)| &it.wildcards).collect();
        for module in &wildcards {
            let mut found = Vec::new();
            self.path(&mut found, file, &format!("{module}.{name}"));
            found.retain(|it| !matches!(it, Origin::External(_)));
            found.into_iter().for_each(|it| put(acc, it));
        }
        if acc.len() == before && matches!(facts.language.modules, ModuleStyle::Java | ModuleStyle::Rust) {
            let mut found = Vec::new();
            self.path(&mut found, file, name);
            found.retain(|it| !matches!(it, Origin::External(_)));
            found.into_iter().for_each(|it| put(acc, it));
        }
        if acc.len() == before && matches!(facts.language.modules, ModuleStyle::Java | ModuleStyle::Rust) {
            // Which of several packages a class is from cannot be told without them; any may be meant.
            let types = name.starts_with(char::is_uppercase);
            let packages = wildcards.iter().filter(|_| types);
            packages.for_each(|it| put(acc, Origin::External(format!("{it}.{name}"))));
            if acc.len() > before && facts.language.modules == ModuleStyle::Java {
                put(acc, Origin::External(format!("{}{name}", facts.language.globals)));
            }
        }
        acc.len() > before
    }

    /// What a dotted path stands for: a file of the project and what is in it, or something external.
    pub(super) fn path(&mut self, acc: &mut Vec<Origin>, from: FileId, full: &str) {
        let project = self.project;
        let file = project.file(from);
        let segments: Vec<&str> = full.split('.').collect();
        for length in (1..=segments.len()).rev() {
            let (prefix, rest) = segments.split_at(length);
            let found = project.modules.resolve(file.facts.language, file.path(), &prefix.join("."));
            let Some(target) = found.and_then(|path| project.file_at(&path)) else { continue };
            let mut current = vec![Origin::Module(target)];
            if file.facts.language.modules == ModuleStyle::Java {
                current = self.members_of(&current, prefix.last().copied().unwrap_or_default());
            }
            for name in rest {
                current = self.members_of(&current, name);
            }
            current.into_iter().for_each(|it| put(acc, it));
            return;
        }
        put(acc, Origin::External(full.to_owned()));
    }

    fn members_of(&mut self, origins: &[Origin], name: &str) -> Vec<Origin> {
        let mut res = Vec::new();
        for origin in origins {
            self.member_of(&mut res, origin, name);
        }
        res
    }

    pub(super) fn binding(&mut self, acc: &mut Vec<Origin>, file: FileId, id: BindingId) {
        // Imports can go around in a circle without any expression between them.
        if self.enter() {
            self.definitions(acc, file, id, &|_| true);
            self.leave();
        }
    }

    fn definitions(&mut self, acc: &mut Vec<Origin>, file: FileId, id: BindingId, seen: &dyn Fn(&Definition) -> bool) {
        let facts = self.project.facts(file);
        let binding = &facts.bindings[id];
        match binding.kind {
            BindingKind::Function(function) => put(acc, Origin::Function(file, function)),
            BindingKind::Class(class) => put(acc, Origin::Class(file, class)),
            BindingKind::Import { import, item } => self.imported(acc, file, import, item),
            BindingKind::Parameter { function, position } => {
                let own_object = position == 0 && facts.language.this.is_none();
                match facts.functions[function].class {
                    Some(class) if own_object && facts.language.own_class == Some(binding.name.as_str()) => {
                        put(acc, Origin::Class(file, class));
                    }
                    Some(class) if own_object => put(acc, Origin::Instance(file, class)),
                    _ => self.parameter(acc, file, id, function, position),
                }
            }
            BindingKind::Variable => {}
        }
        for definition in binding.definitions.iter().filter(|it| seen(it)) {
            if definition.kind == DefinitionKind::Element {
                let elements = definition.value.map(|id| self.elements(Expr { file, id })).unwrap_or_default();
                elements.into_iter().for_each(|it| self.projected(acc, it, &definition.path));
                continue;
            }
            if let Some(value) = definition.value {
                self.projected(acc, Expr { file, id: value }, &definition.path);
            }
            if let Some(default) = definition.default {
                self.expr(acc, Expr { file, id: default });
            }
        }
        if let ScopeKind::Class(class) = facts.scopes[binding.scope].kind
            && facts.classes[class].open
        {
            for store in self.project.field_stores(file, class, &binding.name) {
                self.expr(acc, Expr { file, id: store });
            }
        }
        for declared in binding.definitions.iter().filter_map(|it| it.declared) {
            self.typed(acc, Expr { file, id: declared });
        }
    }

    /// An object of a declared type, where nothing more is known of it.
    pub(super) fn typed(&mut self, acc: &mut Vec<Origin>, declared: Expr) {
        let project = self.project;
        let unknown = |it: &Origin| match it {
            Origin::Parameter(..) | Origin::External(_) => true,
            Origin::Value(value) => matches!(project.value(*value), Value::Call { .. }),
            _ => false,
        };
        if !acc.iter().all(unknown) {
            return;
        }
        // `Optional<T>` and its like: the first name is the type.
        let name = match project.value(declared) {
            Value::Opaque(inside) => inside.first().map(|id| Expr { file: declared.file, id: *id }),
            _ => Some(declared),
        };
        let mut types = Vec::new();
        if let Some(name) = name {
            self.expr(&mut types, name);
        }
        let globals = project.facts(declared.file).language.globals;
        for origin in types {
            match origin {
                Origin::Class(file, class) => put(acc, Origin::Instance(file, class)),
                Origin::External(path) if globals.is_empty() || !path.starts_with(globals) => {
                    put(acc, Origin::External(format!("{path}()")));
                }
                _ => {}
            }
        }
    }

    fn projected(&mut self, acc: &mut Vec<Origin>, value: Expr, path: &[Projection]) {
        let Some((last, before)) = path.split_last() else {
            self.expr(acc, value);
            return;
        };
        let Projection::Key(key) = last else { return };
        if before.is_empty() {
            self.member(acc, value, key);
            return;
        }
        let mut inner = Vec::new();
        self.projected(&mut inner, value, before);
        for origin in inner {
            self.member_of(acc, &origin, key);
        }
    }

    fn imported(&mut self, acc: &mut Vec<Origin>, file: FileId, import: crate::facts::ImportId, item: usize) {
        let facts = self.project.facts(file);
        let statement = &facts.imports[import];
        let Some(item) = statement.items.get(item) else { return };
        match &item.imported {
            Imported::Module { full, .. }
                if matches!(facts.language.modules, ModuleStyle::Java | ModuleStyle::Rust) =>
            {
                self.path(acc, file, full);
            }
            Imported::Module { bound, .. } => self.module(acc, file, bound),
            Imported::Namespace => self.module(acc, file, &statement.module),
            Imported::Default => {
                let mut inner = Vec::new();
                self.module(&mut inner, file, &statement.module);
                for origin in inner {
                    match origin {
                        Origin::Module(_) => self.member_of(acc, &origin, "default"),
                        other => put(acc, other),
                    }
                }
            }
            Imported::Name(name) => {
                let mut inner = Vec::new();
                self.module(&mut inner, file, &statement.module);
                for origin in inner {
                    self.member_of(acc, &origin, name);
                }
            }
        }
    }

    /// What a module specifier stands for: a file, the value a CommonJS file exports, or something external.
    pub(super) fn module(&mut self, acc: &mut Vec<Origin>, from: FileId, module: &str) {
        let project = self.project;
        let file = project.file(from);
        let path = project.modules.resolve(file.facts.language, file.path(), module);
        let Some(target) = path.as_deref().and_then(|path| project.file_at(path)) else {
            if path.is_none() || !module.starts_with('.') {
                put(acc, Origin::External(module.to_owned()));
            }
            return;
        };
        match project.commonjs_value(target) {
            Some(value) => self.expr(acc, value),
            None => put(acc, Origin::Module(target)),
        }
    }

    fn call(&mut self, acc: &mut Vec<Origin>, call: Expr, callee: Expr) {
        if let Value::Member { object: _, name, .. } = self.project.value(callee)
            && name == "then"
            && let Some(callback) = self.project.argument(call, 0)
        {
            let mut inner = Vec::new();
            self.expr(&mut inner, callback);
            if self.returned(acc, &inner) {
                return;
            }
        }
        let mut callees = Vec::new();
        self.expr(&mut callees, callee);
        let required = self.required(acc, call, &callees);
        for origin in &callees {
            if let Origin::Class(file, class) = origin {
                put(acc, Origin::Instance(*file, *class));
            }
        }
        if self.accessed(acc, call, callee) || self.copied(acc, call, callee) || self.passed_on(acc, call, &callees) {
            return;
        }
        // `T { a: b }` is an object, and the record that it is made of.
        let literal = self.project.facts(call.file).language.modules == ModuleStyle::Rust
            && matches!(self.project.value(call), Value::Call { new: true, .. });
        let known = !literal && callees.iter().any(|it| matches!(it, Origin::Class(..)));
        if !self.returned(acc, &callees) && !known && !required {
            put(acc, Origin::Value(call));
        }
    }

    /// What a call gives that imports a module by name; false when it is no such call.
    fn required(&mut self, acc: &mut Vec<Origin>, call: Expr, callees: &[Origin]) -> bool {
        let requires = self.project.facts(call.file).language.require;
        if requires.is_empty() || !self.paths(callees).iter().any(|path| requires.contains(&path.as_str())) {
            return false;
        }
        let module = self.project.argument(call, 0).and_then(|it| self.project.known_text(it));
        if let Some(module) = module {
            self.module(acc, call.file, &module);
        }
        true
    }

    /// `object.name()` and `object.getName()` of a field that no method of that name hides.
    fn accessed(&mut self, acc: &mut Vec<Origin>, call: Expr, callee: Expr) -> bool {
        if self.project.facts(call.file).language.modules != ModuleStyle::Java {
            return false;
        }
        let Value::Member { object, name, .. } = self.project.value(callee) else { return false };
        if self.project.argument(call, 0).is_some() {
            return false;
        }
        let bare = ["get", "is"].iter().find_map(|it| name.strip_prefix(it)).filter(|it| !it.is_empty());
        let field = bare.map_or_else(|| name.clone(), decapitalized);
        let mut objects = Vec::new();
        self.expr(&mut objects, Expr { file: callee.file, id: *object });
        let before = acc.len();
        for origin in &objects {
            match origin {
                Origin::Instance(file, class) => {
                    let methods = &self.project.facts(*file).classes[*class].methods;
                    if methods.iter().all(|it| it.0 != *name) {
                        self.member_of(acc, origin, &field);
                    }
                }
                // The value of an enum constant is its first argument.
                Origin::Value(text)
                    if matches!(self.project.value(*text), Value::Text(_) | Value::Operation { .. })
                        && !OF_STRINGS.contains(&name.as_str()) =>
                {
                    put(acc, origin.clone());
                }
                _ => {}
            }
        }
        acc.len() > before
    }

    /// Follows what functions return; false when none of the origins is a function.
    fn returned(&mut self, acc: &mut Vec<Origin>, callees: &[Origin]) -> bool {
        let mut any = false;
        for origin in callees {
            let Origin::Function(file, function) = origin else { continue };
            any = true;
            for value in &self.project.facts(*file).functions[*function].returns {
                self.expr(acc, Expr { file: *file, id: *value });
            }
        }
        any
    }

    fn parameter(&mut self, acc: &mut Vec<Origin>, file: FileId, id: BindingId, function: FunctionId, position: usize) {
        let project = self.project;
        let facts = project.facts(file);
        let parameter = facts.functions[function].parameters.get(position);
        let path = facts.bindings[id].definitions.first().map(|it: &Definition| it.path.clone()).unwrap_or_default();
        let before = acc.len();
        for site in project.call_sites(file, function) {
            let name = parameter.and_then(|it| it.name.as_deref());
            if let Some(argument) = project.argument_for(site, position, name) {
                self.projected(acc, argument, &path);
            }
        }
        if acc.len() == before && position < 2 {
            self.given_each(file, function, position).into_iter().for_each(|it| self.projected(acc, it, &path));
        }
        // Where all callers leave it out, the default is what it is.
        let defaulted = facts.bindings[id].definitions.iter().any(|it| it.default.is_some());
        let left_out = defaulted && !project.call_sites(file, function).is_empty();
        if acc.len() == before && !left_out {
            put(acc, Origin::Parameter(file, id));
        }
    }
}

/// The methods without arguments that strings themselves have.
const OF_STRINGS: &[&str] =
    &["toString", "trim", "strip", "toLowerCase", "toUpperCase", "getBytes", "length", "isEmpty", "isBlank"];

fn decapitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The key by which a member or element expression accesses its object, if it is known.
#[must_use]
pub fn member_key(project: &Project, expr: Expr) -> Option<(Expr, String)> {
    match project.value(expr) {
        Value::Member { object, name, .. } => Some((Expr { file: expr.file, id: *object }, name.clone())),
        Value::Index { object, key } => {
            let key = project.known_text(Expr { file: expr.file, id: *key })?;
            Some((Expr { file: expr.file, id: *object }, key))
        }
        _ => None,
    }
}
