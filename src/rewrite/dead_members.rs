//! Dead code that is not a plain name: parameters, methods, fields, statements that hold nothing any more.

use crate::facts::{
    BindingId, BindingKind, ClassId, Entry, EntryKey, FunctionId, Projection, StatementId, StatementKind, StoreKey,
    Value,
};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Origin, Project, ProjectFile, member_key};
use crate::text::{FileId, Span};

use super::change::{Declined, at};
use super::dead::Sweep;
use super::removal::{item_span, member_span};

impl Sweep<'_, '_> {
    /// Removes a parameter, or its entry in a destructured one, together with what callers pass for it.
    pub(super) fn parameter(
        &mut self,
        file: FileId,
        id: BindingId,
        function: FunctionId,
        position: usize,
    ) -> Result<bool, Declined> {
        let data = self.project.file(file);
        let Some(definition) = data.facts.bindings[id].definitions.first().cloned() else { return Ok(false) };
        if self.change.removes_span(at(file, definition.name_span)) {
            return Ok(false);
        }
        let sites = self.project.call_sites(file, function).to_vec();
        let receiver = data.facts.language.this.is_none() && data.facts.functions[function].class.is_some();
        if receiver && position == 0 {
            return Ok(false);
        }
        let siblings =
            data.facts.bindings.iter().flat_map(|(_, it)| &it.definitions).filter(|it| it.span == definition.span);
        let fixed = |it: &Projection| matches!(it, Projection::Position(_) | Projection::Rest);
        if siblings.into_iter().any(|it| it.path.iter().any(fixed)) || has_bare_star(data, function) {
            return Ok(false);
        }
        if !definition.path.is_empty() {
            self.change.delete(at(file, item_span(data, definition.target_span)))?;
            return Ok(true);
        }
        let bound = sites.is_empty() && self.is_bound_from_settings(file, function);
        let known = !sites.is_empty() && self.all_calls_are_known(file, function);
        if self.is_shared(file) || !(bound || known) {
            return Ok(false);
        }
        let Some(arguments) = self.arguments_of(file, function, position) else { return Ok(false) };
        for (file, span) in arguments {
            let span = item_span(self.project.file(file), span);
            self.change.delete(at(file, span))?;
        }
        let span = data.facts.functions[function].parameters.get(position).map_or(definition.span, |it| it.span);
        self.change.delete(at(file, item_span(data, span)))?;
        if self.is_open_to_others(file, function) {
            self.change.unproved = true;
            self.change.note(format!(
                "`{}` lost the parameter `{}`; callers outside of this tree must drop it too",
                data.facts.functions[function].name.as_deref().unwrap_or("the function"),
                data.facts.bindings[id].name
            ));
        }
        Ok(true)
    }

    /// Whether a framework alone calls a constructor, with what stands in configuration under the names of its parameters.
    fn is_bound_from_settings(&self, file: FileId, function: FunctionId) -> bool {
        let data = self.project.file(file);
        let Some(class) = data.facts.functions[function].class else { return false };
        let head = data.facts.classes[class].span.of(data.text()).split('{').next().unwrap_or_default();
        let before = Span::new(0, data.facts.classes[class].span.start).of(data.text()).trim_end();
        head.contains("@ConfigurationProperties")
            || before.lines().last().is_some_and(|it| it.trim_start().starts_with("@ConfigurationProperties"))
    }

    /// Whether code outside of the tree can call a function: it is exported, or public by its name.
    fn is_open_to_others(&self, file: FileId, function: FunctionId) -> bool {
        let facts = self.project.facts(file);
        let data = &facts.functions[function];
        let exported = data.binding.is_some() && facts.exports.iter().any(|it| it.binding == data.binding);
        let top = data.parent.is_none_or(|it| facts.functions[it].parent.is_none());
        let owner = data.class.and_then(|it| facts.classes[it].name.as_deref());
        let name = owner.or(data.name.as_deref()).unwrap_or("_");
        exported || (facts.language.exports_everything && top && !name.starts_with('_'))
    }

    /// What callers pass for a parameter; none when a call cannot do without it.
    fn arguments_of(&self, file: FileId, function: FunctionId, position: usize) -> Option<Vec<(FileId, Span)>> {
        let parameter = self.project.facts(file).functions[function].parameters.get(position);
        let name = parameter.and_then(|it| it.name.clone());
        let mut res = Vec::new();
        for site in self.project.call_sites(file, function) {
            if self.change.removes(self.project, site.call) {
                continue;
            }
            let Value::Call { arguments, .. } = self.project.value(site.call) else { return None };
            let value = |id| self.project.value(Expr { file: site.call.file, id });
            if arguments.iter().any(|it| matches!(value(it.value), Value::Spread(_))) {
                return None;
            }
            let Some(passed) = self.project.argument_for(site, position, name.as_deref()) else {
                // A call that leaves out what has no default goes through a decorator that fills it in.
                let demanded = parameter.is_some_and(|it| it.default.is_none())
                    && self.project.facts(file).language.this.is_none();
                if demanded {
                    return None;
                }
                continue;
            };
            if !self.is_pure(passed) {
                return None;
            }
            let span = arguments.iter().find(|it| it.value == passed.id).map(|it| it.span);
            res.extend(span.map(|span| (site.call.file, span)));
        }
        Some(res)
    }

    /// Whether a function is only ever called, never handed around as a value.
    fn all_calls_are_known(&self, file: FileId, function: FunctionId) -> bool {
        let facts = self.project.facts(file);
        let data = &facts.functions[function];
        let calls = |expr: Expr| self.project.parent(expr).is_some_and(|call| self.project.is_callee(call, expr));
        match data.binding {
            Some(binding) => facts.bindings[binding].reads.iter().all(|id| {
                let read = Expr { file, id: *id };
                calls(read)
                    || self.project.parent(read).is_some_and(|it| matches!(self.project.value(it), Value::Record(_)))
            }),
            None => {
                data.class.is_some_and(|class| self.is_only_called(file, class))
                    || data.value.is_some_and(|id| !self.project.file(file).bound_by(id).is_empty())
            }
        }
    }

    /// Whether a class is only ever constructed, asked for a member, or named as a type: not extended, nor handed around.
    fn is_only_called(&self, file: FileId, class: ClassId) -> bool {
        let Some(name) = &self.project.facts(file).classes[class].name else { return false };
        self.project.spelled(name).iter().all(|expr| {
            let plain = match self.project.parent(*expr) {
                Some(parent) => {
                    self.project.is_callee(parent, *expr)
                        || matches!(self.project.value(parent), Value::Member { object, .. } if *object == expr.id)
                }
                None => self.is_type(*expr),
            };
            plain || self.is_own_literal(*expr) || !self.project.resolve(*expr).contains(&Origin::Class(file, class))
        })
    }

    /// Whether a name stands in a class literal of which only what it is called, or what lies beside it, is asked, as loggers
    /// and resources are.
    fn is_own_literal(&self, expr: Expr) -> bool {
        let data = self.project.file(expr.file);
        let span = self.project.node(expr).span;
        let before = Span::new(0, span.start).of(data.text());
        let after = data.text().get(span.end..).unwrap_or_default();
        let logs = ["getLogger(", "getLog("].iter().any(|it| before.ends_with(it));
        data.facts.language.modules == ModuleStyle::Java
            && after.strip_prefix(".class").is_some_and(|rest| logs || rest.starts_with(".get"))
    }

    /// Whether an expression is the declared type of a name, or stands in the head of a function as what it returns.
    fn is_type(&self, expr: Expr) -> bool {
        let facts = self.project.facts(expr.file);
        let declared = |it: &crate::facts::Binding| it.definitions.iter().any(|it| it.declared == Some(expr.id));
        let default = facts.functions.iter().any(|(_, it)| it.parameters.iter().any(|it| it.default == Some(expr.id)));
        let head = self.project.statement(expr).is_some_and(|it| match facts.statements[it].kind {
            StatementKind::Function(function) => !facts.functions[function].body.contains(self.project.node(expr).span),
            _ => false,
        });
        facts.bindings.iter().any(|(_, it)| declared(it)) || (head && !default)
    }

    /// Methods that only the flow called.
    pub(super) fn methods(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let owned: Vec<_> = self.project.files().filter(|it| !self.is_shared(it.0)).collect();
        for (file, data) in owned {
            for (class, it) in data.facts.classes.iter() {
                for (name, method) in &it.methods {
                    let span = data.facts.functions[*method].span;
                    if self.change.removes_span(at(file, span)) || !self.method_is_dead(file, class, name, *method) {
                        continue;
                    }
                    if let Some(statement) = data.facts.functions[*method].statement {
                        self.statement(file, statement)?;
                        progress = true;
                    }
                }
            }
        }
        Ok(progress)
    }

    fn method_is_dead(&self, file: FileId, class: ClassId, name: &str, method: FunctionId) -> bool {
        let project = self.project;
        let extended = !self.is_only_called(file, class);
        let named = || members_named(project, name).chain(bare_names(project, name));
        if !named().any(|it| self.change.removes(project, it)) {
            return false;
        }
        let uses: Vec<Expr> =
            named().filter(|expr| project.resolve(*expr).contains(&Origin::Function(file, method))).collect();
        // A member of that name on an object we cannot follow may be this method.
        let doubtful = members_named(project, name).any(|expr| {
            !uses.contains(&expr)
                && !self.change.removes(project, expr)
                && member_key(project, expr).is_some_and(|(object, _)| {
                    project.resolve(object).iter().any(|it| match it {
                        Origin::Parameter(..) => true,
                        Origin::Instance(..) => extended,
                        _ => false,
                    })
                })
        });
        uses.iter().any(|it| self.change.removes(project, *it))
            && uses.iter().all(|it| self.change.removes(project, *it))
            && !doubtful
    }

    /// Fields of the current object that only the flow read.
    pub(super) fn fields(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let owned: Vec<_> = self.project.files().filter(|it| !self.is_shared(it.0)).collect();
        for (file, data) in owned {
            let stored: Vec<(ClassId, String)> = data
                .facts
                .stores
                .iter()
                .filter_map(|store| match &store.key {
                    StoreKey::Known(key) => {
                        Some((self.project.own_class(Expr { file, id: store.object })?, key.clone()))
                    }
                    StoreKey::Computed(_) => None,
                })
                .chain(data.facts.classes.iter().flat_map(|(id, it)| it.fields.iter().map(move |f| (id, f.0.clone()))))
                .collect();
            for (class, key) in stored {
                if self.field_is_dead(file, class, &key) {
                    progress |= self.remove_field(file, class, &key)?;
                }
            }
        }
        Ok(progress)
    }

    pub(super) fn field_is_dead(&self, file: FileId, class: ClassId, key: &str) -> bool {
        let project = self.project;
        if self.is_shape(file, class) {
            return self.is_unspelled(file, class, key);
        }
        let touched = |it: Expr| self.change.removes(project, it);
        if !members_named(project, key).any(touched) && !self.bare_reads(file, class, key).into_iter().any(touched) {
            return false;
        }
        let extended = !self.is_only_called(file, class);
        let mut lost = false;
        for read in self.bare_reads(file, class, key) {
            match self.change.removes(project, read) {
                true => lost = true,
                false => return false,
            }
        }
        for expr in members_named(project, key) {
            let Some((object, _)) = member_key(project, expr) else { continue };
            let own = project.own_class(object) == Some(class) && expr.file == file;
            let origins = project.resolve(object);
            // An object we cannot follow may be one of these.
            // The declared type tells what a parameter is.
            let typed = matches!(project.facts(expr.file).language.modules, ModuleStyle::Java | ModuleStyle::Rust)
                && origins.iter().any(|it| matches!(it, Origin::Instance(..)));
            let doubtful = origins.is_empty()
                || !typed
                    && origins.iter().any(|it| match it {
                        Origin::Parameter(..) => true,
                        Origin::Value(value) => matches!(project.value(*value), Value::Call { .. }),
                        _ => false,
                    });
            let owner = file;
            let related = extended
                && origins.iter().any(|it| match it {
                    Origin::Instance(file, other) if typed => {
                        project.subclasses(owner, class).contains(&(*file, *other))
                    }
                    Origin::Instance(..) => true,
                    _ => false,
                });
            // Statics and members of an enum are read of the class itself.
            let known = [Origin::Instance(file, class), Origin::Class(file, class)];
            let instance = own || doubtful || related || origins.iter().any(|it| known.contains(it));
            if !instance || project.stores(file).iter().any(|it| expr.file == file && it.target == expr.id) {
                continue;
            }
            match self.change.removes(project, expr) {
                true => lost = true,
                false => return false,
            }
        }
        lost
    }

    /// Whether a class only says what objects look like, as an interface does: any object may be one of it.
    fn is_shape(&self, file: FileId, class: ClassId) -> bool {
        let data = self.project.file(file);
        let head = data.facts.classes[class].span.of(data.text());
        data.facts.language.typed && (head.starts_with("interface ") || head.starts_with("type "))
    }

    /// Whether a name lost uses through the change and has none left, as a member, a key, or taken out of an object.
    fn is_unspelled(&self, file: FileId, class: ClassId, key: &str) -> bool {
        let project = self.project;
        let mut lost = members_named(project, key).any(|it| self.change.removes(project, it));
        if members_named(project, key).any(|it| !self.change.removes(project, it)) || self.change.says(key) {
            return false;
        }
        let own = project.facts(file).classes[class].span;
        let taken_key = Projection::Key(key.to_owned());
        for (other, data) in project.files() {
            let definitions = data.facts.bindings.iter().flat_map(|(_, it)| &it.definitions);
            for taken in definitions.filter(|it| it.path.contains(&taken_key)) {
                match self.change.removes_span(at(other, taken.name_span)) {
                    true => lost = true,
                    false => return false,
                }
            }
            for record in project.exprs(other) {
                let Value::Record(entries) = project.value(record) else { continue };
                let known = |it: &&Entry| matches!(&it.key, EntryKey::Known { name, .. } if name == key);
                for entry in entries.iter().filter(known) {
                    let within = other == file && own.contains(entry.span);
                    match self.change.removes_span(at(other, entry.span)) || self.change.removes(project, record) {
                        true => lost = true,
                        false if within => {}
                        false => return false,
                    }
                }
            }
        }
        lost
    }

    fn remove_field(&mut self, file: FileId, class: ClassId, key: &str) -> Result<bool, Declined> {
        let mut progress = false;
        let mut kept = false;
        let data = self.project.file(file);
        for store in &data.facts.stores {
            let own = self.project.own_class(Expr { file, id: store.object }) == Some(class);
            let named = matches!(&store.key, StoreKey::Known(it) if it == key);
            let gone = self.change.removes_span(at(file, store.span));
            if !own || !named || gone {
                continue;
            }
            match store.statement {
                Some(statement) if self.stands_alone(file, store) && self.is_pure(Expr { file, id: store.value }) => {
                    self.statement(file, statement)?;
                    progress = true;
                }
                _ => kept = true,
            }
        }
        if kept {
            // What stays is still given to it.
            return Ok(progress);
        }
        // Where the object is a parameter, fields of the class body may be parameters of a generated constructor.
        let own_fields = data.facts.language.this.is_some();
        if let Some(id) = self.field_binding(file, class, key) {
            for definition in data.facts.bindings[id].definitions.clone() {
                progress |= self.definition(file, id, &definition)?;
            }
            return Ok(progress);
        }
        let component = self.record_component(file, class, key);
        if let Some((binding, function, position)) = component {
            return Ok(self.parameter(file, binding, function, position)? || progress);
        }
        for (name, _, span) in &data.facts.classes[class].fields {
            if own_fields && name == key && !self.change.removes_span(at(file, *span)) {
                self.change.delete(at(file, member_span(data, *span)))?;
                progress = true;
            }
        }
        Ok(progress)
    }

    /// The binding of a field, where code inside the class names fields bare.
    fn field_binding(&self, file: FileId, class: ClassId, key: &str) -> Option<BindingId> {
        let facts = self.project.facts(file);
        let data = &facts.classes[class];
        let scope = data.scope.filter(|_| data.open)?;
        facts.scopes[scope].names.get(key).copied().filter(|it| facts.bindings[*it].kind == BindingKind::Variable)
    }

    /// Where code inside the class reads a field by its bare name.
    fn bare_reads(&self, file: FileId, class: ClassId, key: &str) -> Vec<Expr> {
        let binding = self.field_binding(file, class, key);
        let reads = binding.map(|it| self.project.facts(file).bindings[it].reads.as_slice()).unwrap_or_default();
        reads.iter().map(|id| Expr { file, id: *id }).collect()
    }

    /// The parameter that a component of a record is, with the constructor that the record's head is.
    fn record_component(&self, file: FileId, class: ClassId, key: &str) -> Option<(BindingId, FunctionId, usize)> {
        let data = self.project.file(file);
        let class = &data.facts.classes[class];
        let mut own = class.methods.iter().map(|(_, function)| *function);
        let head = own.find(|it| data.facts.functions[*it].span == class.span)?;
        let bindings = data.facts.bindings.iter();
        bindings.into_iter().find_map(|(id, it)| match it.kind {
            BindingKind::Parameter { function, position } if function == head && it.name == key => {
                Some((id, function, position))
            }
            _ => None,
        })
    }

    /// Whether an assignment gives a value to nothing else: `self.a, self.b = x, y` gives two.
    pub(super) fn stands_alone(&self, file: FileId, store: &crate::facts::Store) -> bool {
        let facts = self.project.facts(file);
        let stores = facts.stores.iter().filter(|it| it.statement == store.statement).count();
        let definitions = facts.bindings.iter().flat_map(|(_, it)| &it.definitions);
        let defined = definitions.into_iter().any(|it| it.span == store.span);
        stores == 1 && !defined
    }

    /// Bodies of Python of which nothing is left get a statement that does nothing.
    pub(super) fn emptied_bodies(&mut self) -> Result<(), Declined> {
        let edited: Vec<FileId> = self.change.edits.keys().copied().collect();
        for file in edited {
            let data = self.project.file(file);
            if data.facts.language.id != "python" {
                continue;
            }
            let statements = &data.facts.statements;
            let gone = |span| self.change.removes_span(at(file, span));
            let mut empty: Vec<Span> = Vec::new();
            let begun = |start| self.change.replaced.iter().any(|it| it.file == file && it.span.start == start);
            let headed = |start| !self.change.deletes(at(file, Span::new(start, start + 1))) && !begun(start);
            for (parent, outer) in statements.iter().filter(|(_, it)| !gone(it.span) && headed(it.span.start)) {
                let inner = statements.iter().filter(|(_, it)| it.parent == Some(parent));
                let mut blocks: Vec<Span> = inner.map(|(_, it)| it.block).collect();
                blocks.dedup();
                for block in blocks.into_iter().filter(|it| *it != outer.block) {
                    let own: Vec<Span> = statements
                        .iter()
                        .filter(|(_, it)| it.parent == Some(parent) && it.block == block)
                        .map(|(_, it)| it.span)
                        .collect();
                    let deleted = own.iter().all(|it| self.change.deletes(at(file, *it)));
                    empty.extend(own.first().copied().filter(|_| deleted && !self.is_rewritten(file, block)));
                }
            }
            let newline = if data.text().contains("\r\n") { "\r\n" } else { "\n" };
            for first in empty {
                let start = data.lines.whole_lines(data.text(), first).start;
                let indent = Span::new(start, first.start).of(data.text());
                if indent.trim().is_empty() {
                    self.change.insert_lines(file, start, format!("{indent}pass{newline}"))?;
                }
            }
        }
        Ok(())
    }

    /// Whether new text stands in or right before a block.
    fn is_rewritten(&self, file: FileId, block: Span) -> bool {
        let edits = self.change.edits.get(&file).into_iter().flat_map(crate::text::Edits::iter);
        edits.into_iter().any(|it| !it.text.is_empty() && it.span.end + 1 >= block.start && it.span.start <= block.end)
    }

    /// Loops, branches, tries and withs whose whole inside went.
    pub(super) fn compounds(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        for (file, data) in self.project.files() {
            if !self.change.edits.contains_key(&file) {
                continue;
            }
            for (id, statement) in data.facts.statements.iter() {
                // The braces of a branch are part of it.
                let braces = statement.parent.is_some() && statement.span.of(data.text()).starts_with('{');
                let kinds = matches!(
                    statement.kind,
                    StatementKind::Compound | StatementKind::Guarded | StatementKind::Branch { .. }
                );
                let holds = kinds && !braces;
                if holds && !self.change.deletes(at(file, statement.span)) && self.is_hollow(file, id) {
                    self.statement(file, id)?;
                    progress = true;
                }
            }
        }
        Ok(progress)
    }

    fn is_hollow(&self, file: FileId, id: StatementId) -> bool {
        let facts = self.project.facts(file);
        // What begins with new text has something to do.
        let start = facts.statements[id].span.start;
        if self.change.replaced.iter().any(|it| it.file == file && it.span.start == start) {
            return false;
        }
        let handled = |span| facts.handlers.iter().any(|it| it.statement == Some(id) && it.span.contains(span));
        let mut inner = facts.statements.iter().filter(|(_, it)| it.parent == Some(id) && !handled(it.span)).peekable();
        let text = self.project.file(file).text();
        let hollow = |inner: StatementId, span: Span| {
            self.change.deletes(at(file, span)) || (span.of(text).starts_with('{') && self.is_hollow(file, inner))
        };
        if inner.peek().is_none() || !inner.all(|(inner, it)| hollow(inner, it.span)) {
            return false;
        }
        let header = facts.values.iter().filter(|(_, it)| it.statement == Some(id) && it.parent.is_none());
        header.into_iter().all(|(value, _)| self.is_pure(Expr { file, id: value }))
    }
}

/// Whether a Python function has parameters that only go by keyword, behind a star that may not stand alone.
fn has_bare_star(file: &ProjectFile, function: FunctionId) -> bool {
    let data = &file.facts.functions[function];
    let head = Span::new(data.span.start, data.body.start).of(file.text());
    file.facts.language.this.is_none()
        && head.split(',').any(|it| it.trim().trim_start_matches('(') == "*" || it.trim().ends_with("(*"))
}

/// The names without an object that mean a member of a class around them.
fn bare_names<'p>(project: &'p Project, name: &'p str) -> impl Iterator<Item = Expr> + 'p {
    let unbound = |it: &Expr| matches!(project.value(*it), Value::Name { binding: None, .. });
    project.spelled(name).iter().copied().filter(unbound)
}

fn members_named<'p>(project: &'p Project, name: &'p str) -> impl Iterator<Item = Expr> + 'p {
    project.spelled(name).iter().copied().filter(|expr| matches!(project.value(*expr), Value::Member { .. }))
}
