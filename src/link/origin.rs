//! Where a value comes from: through names, members, calls, parameters and files, to what cannot be followed further.

use crate::facts::{
    BindingId, BindingKind, ClassId, Definition, DefinitionKind, EntryKey, FunctionId, Imported, Projection, StoreKey,
    Value,
};
use crate::text::FileId;

use super::project::{Expr, Project};

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

struct Resolver<'p> {
    project: &'p Project,
    fuel: usize,
    budget: usize,
    seen: Vec<Expr>,
}

fn put(acc: &mut Vec<Origin>, origin: Origin) {
    if acc.len() < WIDTH && !acc.contains(&origin) {
        acc.push(origin);
    }
}

impl Resolver<'_> {
    fn expr(&mut self, acc: &mut Vec<Origin>, expr: Expr) {
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
                Some(binding) => self.binding(acc, expr.file, *binding),
                None => self.unbound(acc, expr, name),
            },
            Value::Member { object, name, .. } => self.member(acc, at(*object), name),
            Value::Index { object, key } => match self.project.known_text(at(*key)) {
                Some(key) => self.member(acc, at(*object), &key),
                None => put(acc, Origin::Value(expr)),
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

    fn unbound(&mut self, acc: &mut Vec<Origin>, expr: Expr, name: &str) {
        let facts = self.project.facts(expr.file);
        if facts.language.this == Some(name)
            && let Some(class) = facts.class_around(self.project.function(expr))
        {
            put(acc, Origin::Instance(expr.file, class));
            return;
        }
        put(acc, Origin::External(format!("{}{name}", facts.language.globals)));
    }

    fn binding(&mut self, acc: &mut Vec<Origin>, file: FileId, id: BindingId) {
        // Imports can go around in a circle without any expression between them.
        if self.fuel == 0 || self.budget == 0 {
            return;
        }
        self.fuel -= 1;
        self.budget -= 1;
        self.definitions(acc, file, id);
        self.fuel += 1;
    }

    fn definitions(&mut self, acc: &mut Vec<Origin>, file: FileId, id: BindingId) {
        let facts = self.project.facts(file);
        let binding = &facts.bindings[id];
        match binding.kind {
            BindingKind::Function(function) => put(acc, Origin::Function(file, function)),
            BindingKind::Class(class) => put(acc, Origin::Class(file, class)),
            BindingKind::Import { import, item } => self.imported(acc, file, import, item),
            BindingKind::Parameter { function, position } => {
                let own_object = position == 0 && facts.language.this.is_none();
                match facts.functions[function].class {
                    Some(class) if own_object => put(acc, Origin::Instance(file, class)),
                    _ => self.parameter(acc, file, id, function, position),
                }
            }
            BindingKind::Variable => {}
        }
        for definition in &binding.definitions {
            if definition.kind == DefinitionKind::Element {
                continue;
            }
            if let Some(value) = definition.value {
                self.projected(acc, Expr { file, id: value }, &definition.path);
            }
            if let Some(default) = definition.default {
                self.expr(acc, Expr { file, id: default });
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
    fn module(&mut self, acc: &mut Vec<Origin>, from: FileId, module: &str) {
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
        for origin in &callees {
            match origin {
                Origin::Class(file, class) => put(acc, Origin::Instance(*file, *class)),
                Origin::External(path) if self.is_require(call, path) => {
                    if let Some(module) = self.project.argument(call, 0).and_then(|it| self.project.known_text(it)) {
                        self.module(acc, call.file, &module);
                    }
                }
                _ => {}
            }
        }
        if !self.returned(acc, &callees) && !callees.iter().any(|it| matches!(it, Origin::Class(..))) {
            let required = callees.iter().any(|it| matches!(it, Origin::External(path) if self.is_require(call, path)));
            if !required {
                put(acc, Origin::Value(call));
            }
        }
    }

    fn is_require(&self, call: Expr, path: &str) -> bool {
        self.project.facts(call.file).language.require.contains(&path)
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
        // Where all callers leave it out, the default is what it is.
        let defaulted = facts.bindings[id].definitions.iter().any(|it| it.default.is_some());
        let left_out = defaulted && !project.call_sites(file, function).is_empty();
        if acc.len() == before && !left_out {
            put(acc, Origin::Parameter(file, id));
        }
    }

    fn member(&mut self, acc: &mut Vec<Origin>, object: Expr, name: &str) {
        let before = acc.len();
        self.stored(acc, object, name);
        let mut objects = Vec::new();
        self.expr(&mut objects, object);
        for origin in &objects {
            self.member_of(acc, origin, name);
        }
        if acc.len() == before {
            // A member of something that is known only by where it comes from, such as a parameter.
            for origin in objects {
                if matches!(origin, Origin::Parameter(..)) {
                    put(acc, origin);
                }
            }
        }
    }

    /// Values given to the member of a name by assignments elsewhere in the file.
    fn stored(&mut self, acc: &mut Vec<Origin>, object: Expr, name: &str) {
        let Some(binding) = self.project.binding(object) else { return };
        for store in self.project.stores(object.file) {
            let target = Expr { file: object.file, id: store.object };
            if matches!(&store.key, StoreKey::Known(key) if key == name)
                && self.project.binding(target) == Some(binding)
            {
                self.expr(acc, Expr { file: object.file, id: store.value });
            }
        }
    }

    fn member_of(&mut self, acc: &mut Vec<Origin>, origin: &Origin, name: &str) {
        match origin {
            Origin::Value(value) => self.member_of_value(acc, *value, name),
            Origin::External(path) => self.member_of_external(acc, path, name),
            Origin::Module(file) => self.exported(acc, *file, name),
            Origin::Class(file, class) | Origin::Instance(file, class) => {
                self.member_of_class(acc, *file, *class, name)
            }
            Origin::Function(..) | Origin::Parameter(..) => {}
        }
    }

    fn member_of_value(&mut self, acc: &mut Vec<Origin>, value: Expr, name: &str) {
        let at = |id| Expr { file: value.file, id };
        match self.project.value(value) {
            Value::Record(entries) => {
                for entry in entries.iter().rev() {
                    match &entry.key {
                        EntryKey::Known { name: key, .. } if key == name => {
                            self.expr(acc, at(entry.value));
                            return;
                        }
                        EntryKey::Spread => self.member(acc, at(entry.value), name),
                        _ => {}
                    }
                }
            }
            Value::Call { callee, .. } => {
                let mut callees = Vec::new();
                self.expr(&mut callees, at(*callee));
                for path in self.project.paths_of(&callees) {
                    put(acc, Origin::External(format!("{path}().{name}")));
                }
            }
            _ => {}
        }
    }

    fn member_of_external(&mut self, acc: &mut Vec<Origin>, path: &str, name: &str) {
        let full = format!("{path}.{name}");
        // `import a.b` binds `a`; what is reached through it may be a file of the project.
        let module = self.project.files().map(|(id, _)| id).next().and_then(|any| {
            let file = self.project.file(any);
            let found = self.project.modules.resolve(file.facts.language, file.path(), &full)?;
            self.project.file_at(&found)
        });
        match module {
            Some(file) => put(acc, Origin::Module(file)),
            None => put(acc, Origin::External(full)),
        }
    }

    fn exported(&mut self, acc: &mut Vec<Origin>, file: FileId, name: &str) {
        let facts = self.project.facts(file);
        for export in facts.exports.iter().filter(|it| it.name == name) {
            if let Some(value) = export.value {
                self.expr(acc, Expr { file, id: value });
            }
            if let Some(binding) = export.binding {
                self.binding(acc, file, binding);
            }
            if let Some((module, original)) = &export.from {
                let mut inner = Vec::new();
                self.module(&mut inner, file, module);
                for origin in inner {
                    self.member_of(acc, &origin, original);
                }
            }
        }
        for value in self.project.commonjs_member(file, name) {
            self.expr(acc, value);
        }
        if facts.language.exports_everything {
            match facts.scopes.iter().next().and_then(|(_, scope)| scope.names.get(name)) {
                Some(binding) => self.binding(acc, file, *binding),
                None => self.submodule(acc, file, name),
            }
        }
    }

    fn submodule(&mut self, acc: &mut Vec<Origin>, file: FileId, name: &str) {
        let own = self.project.file(file);
        let found = self.project.modules.resolve(own.facts.language, own.path(), &format!(".{name}"));
        if let Some(file) = found.and_then(|path| self.project.file_at(&path)) {
            put(acc, Origin::Module(file));
        }
    }

    fn member_of_class(&mut self, acc: &mut Vec<Origin>, file: FileId, class: ClassId, name: &str) {
        let facts = self.project.facts(file);
        let data = &facts.classes[class];
        if let Some((_, method)) = data.methods.iter().find(|it| it.0 == name) {
            put(acc, Origin::Function(file, *method));
        }
        for (_, value, _) in data.fields.iter().filter(|it| it.0 == name) {
            if let Some(value) = value {
                self.expr(acc, Expr { file, id: *value });
            }
        }
        for store in self.project.field_stores(file, class, name) {
            self.expr(acc, Expr { file, id: store });
        }
    }
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
