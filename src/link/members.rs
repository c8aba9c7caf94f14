//! Members: what `a.b` comes from, by what `a` comes from.

use crate::facts::{ClassId, EntryKey, StoreKey, Value};
use crate::lang::ModuleStyle;
use crate::text::FileId;

use super::origin::{Origin, Resolver, put};
use super::project::{Expr, ProjectFile};

impl Resolver<'_> {
    pub(super) fn member(&mut self, acc: &mut Vec<Origin>, object: Expr, name: &str) {
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

    pub(super) fn member_of(&mut self, acc: &mut Vec<Origin>, origin: &Origin, name: &str) {
        match origin {
            Origin::Value(value) => self.member_of_value(acc, *value, name),
            Origin::External(path) => self.member_of_external(acc, path, name),
            Origin::Module(file) => self.exported(acc, *file, name),
            Origin::Class(file, class) => self.member_of_class(acc, *file, *class, name),
            Origin::Instance(file, class) => {
                self.member_of_class(acc, *file, *class, name);
                self.overridden(acc, *file, *class, name);
                self.given_in_literals(acc, *file, *class, name);
            }
            Origin::Function(..) | Origin::Parameter(..) => {}
        }
    }

    /// What the literals of a struct of Rust give a field: `T { name: value }`, `Self { name }`.
    fn given_in_literals(&mut self, acc: &mut Vec<Origin>, file: FileId, class: ClassId, name: &str) {
        let project = self.project;
        let facts = project.facts(file);
        let Some(own) = facts.language.own_class.filter(|_| facts.language.modules == ModuleStyle::Rust) else {
            return;
        };
        let Some(class_name) = facts.classes[class].name.as_deref() else { return };
        let spelled = project.spelled(class_name).iter().chain(project.spelled(own)).copied();
        let literals: Vec<Expr> = spelled
            .filter_map(|it| {
                let call = project.parent(it).filter(|call| project.is_callee(*call, it))?;
                let Value::Call { arguments, new: true, .. } = project.value(call) else { return None };
                let mut callee = Vec::new();
                self.expr(&mut callee, it);
                let fits = callee.contains(&Origin::Class(file, class));
                arguments.first().filter(|_| fits).map(|only| Expr { file: it.file, id: only.value })
            })
            .collect();
        for record in literals {
            self.member_of_value(acc, record, name);
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
                for path in self.paths(&callees) {
                    put(acc, Origin::External(format!("{path}().{name}")));
                }
            }
            _ => {}
        }
    }

    /// The API paths of origins, worked out within the same bounds as what asks for them.
    pub(super) fn paths(&mut self, origins: &[Origin]) -> Vec<String> {
        let mut res = Vec::new();
        for origin in origins {
            match origin {
                Origin::External(path) => res.push(path.clone()),
                Origin::Value(value) if self.enter() => {
                    if let Value::Call { callee, .. } = self.project.value(*value) {
                        let mut callees = Vec::new();
                        self.expr(&mut callees, Expr { file: value.file, id: *callee });
                        let paths = self.paths(&callees);
                        res.extend(paths.into_iter().map(|path| format!("{path}()")));
                    }
                    self.leave();
                }
                _ => {}
            }
        }
        res
    }

    fn member_of_external(&mut self, acc: &mut Vec<Origin>, path: &str, name: &str) {
        let full = format!("{path}.{name}");
        // `import a.b` binds `a`; what is reached through it may be a file of the project.
        let style = |file: &ProjectFile| file.facts.language.modules;
        let module = self.project.files().find(|it| style(it.1) == ModuleStyle::Python).and_then(|(_, file)| {
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
        for (module, _) in facts.exports.iter().filter(|it| it.name == "*").filter_map(|it| it.from.as_ref()) {
            if !self.enter() {
                return;
            }
            let mut inner = Vec::new();
            self.module(&mut inner, file, module);
            // What a package passes on of itself cannot be told from what it has not.
            for origin in inner.iter().filter(|it| matches!(it, Origin::Module(_))) {
                self.member_of(acc, origin, name);
            }
            self.leave();
        }
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
        let before = acc.len();
        self.own_member(acc, file, class, name);
        if acc.len() == before && self.enter() {
            for (file, base) in self.project.base_classes(file, class).to_vec() {
                self.member_of_class(acc, file, base, name);
            }
            self.leave();
        }
    }

    /// What the classes that extend a class have under a name: an object of it may be one of theirs.
    fn overridden(&mut self, acc: &mut Vec<Origin>, file: FileId, class: ClassId, name: &str) {
        if !self.enter() {
            return;
        }
        for (file, class) in self.project.subclasses(file, class).to_vec() {
            self.own_member(acc, file, class, name);
            self.overridden(acc, file, class, name);
        }
        self.leave();
    }

    fn own_member(&mut self, acc: &mut Vec<Origin>, file: FileId, class: ClassId, name: &str) {
        let facts = self.project.facts(file);
        let data = &facts.classes[class];
        for (_, method) in data.methods.iter().filter(|it| it.0 == name) {
            put(acc, Origin::Function(file, *method));
        }
        let before = acc.len();
        for (_, value, _) in data.fields.iter().filter(|it| it.0 == name) {
            if let Some(value) = value {
                self.expr(acc, Expr { file, id: *value });
            }
        }
        for store in self.project.field_stores(file, class, name) {
            self.expr(acc, Expr { file, id: store });
        }
        let scope = data.scope.filter(|_| data.open);
        if let Some(binding) = scope.and_then(|it| facts.scopes[it].names.get(name)) {
            self.binding(acc, file, *binding);
        }
        if acc.len() == before {
            for (_, declared) in data.types.iter().filter(|it| it.0 == name) {
                let mut found = Vec::new();
                self.typed(&mut found, Expr { file, id: *declared });
                found.into_iter().for_each(|it| put(acc, it));
            }
        }
    }

    /// The objects that `super` stands for.
    pub(super) fn bases(&mut self, acc: &mut Vec<Origin>, file: FileId, class: ClassId) {
        for id in &self.project.facts(file).classes[class].bases {
            let mut found = Vec::new();
            self.expr(&mut found, Expr { file, id: *id });
            for origin in found {
                match origin {
                    Origin::Class(file, class) => put(acc, Origin::Instance(file, class)),
                    Origin::External(path) => put(acc, Origin::External(format!("{path}()"))),
                    _ => {}
                }
            }
        }
    }
}
