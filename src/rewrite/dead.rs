//! Dead code: what only served the flow goes with it, through names, imports, functions and files.

use crate::facts::{
    Binding, BindingId, BindingKind, Definition, DefinitionKind, Projection, ScopeKind, StatementId, StatementKind,
    Value,
};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Origin, Project, member_key, reaches};
use crate::text::{FileId, Location};

use super::change::{Change, Declined, at};
use super::dead_guards::Asked;
use super::purity::{is_logging, is_pure_besides};
use super::removal::{item_span, statement_span};
use super::rust;

/// The sweep over a project, for one change.
pub(super) struct Sweep<'p, 'c> {
    pub(super) project: &'p Project,
    pub(super) change: &'c mut Change,
}

/// How often the sweep starts over; each round removes something, so this only bounds hostile input.
const ROUNDS: usize = 60;

/// Removes everything that a change leaves without a use.
pub(super) fn eliminate(project: &Project, change: &mut Change) -> Result<(), Declined> {
    if change.edits.keys().any(|it| project.facts(*it).language.modules == ModuleStyle::Rust) {
        rust::eliminate(project, change)?;
        let mut sweep = Sweep { project, change };
        return sweep.settings();
    }
    let mut sweep = Sweep { project, change };
    for _ in 0..ROUNDS {
        let mut progress = sweep.bindings()?;
        progress |= sweep.hidden_definitions()?;
        progress |= sweep.objects()?;
        progress |= sweep.methods()?;
        progress |= sweep.fields()?;
        progress |= sweep.generated_fields()?;
        progress |= sweep.records()?;
        progress |= sweep.record_stores()?;
        progress |= sweep.compounds()?;
        progress |= sweep.passed_on()?;
        progress |= sweep.asked_inputs()?;
        if !progress && !sweep.waits()? && !sweep.exceptions()? {
            break;
        }
    }
    sweep.open_guards()?;
    sweep.settings()?;
    sweep.comments()?;
    sweep.documentation()?;
    sweep.emptied_bodies()?;
    sweep.note_leftovers();
    Ok(())
}

impl Sweep<'_, '_> {
    /// Removes the comments above statements that went, where what follows went later.
    fn comments(&mut self) -> Result<(), Declined> {
        let edited: Vec<FileId> = self.change.edits.keys().copied().collect();
        for file in edited {
            let data = self.project.file(file);
            for (id, statement) in data.facts.statements.iter() {
                if !self.change.deletes(at(file, statement.span)) {
                    continue;
                }
                let change = &*self.change;
                let whole = statement_span(data, id, &|it| change.deletes(Location { file, span: it }));
                self.change.delete(at(file, whole))?;
            }
        }
        Ok(())
    }

    /// Whether an expression can go without losing an effect; what the change removes anyway does not count.
    pub(super) fn is_pure(&self, expr: Expr) -> bool {
        is_pure_besides(self.project, expr, &|it| self.change.removes(self.project, it))
    }

    fn bindings(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        for (file, data) in self.project.files() {
            for (id, _) in data.facts.bindings.iter() {
                if self.is_gone(file, id) || self.is_field(file, id) || !self.is_dead(file, id) {
                    continue;
                }
                progress |= self.remove_binding(file, id)?;
            }
        }
        Ok(progress)
    }

    /// Whether a binding is a field that code outside of the class's scope may name too, through an object.
    pub(super) fn is_field(&self, file: FileId, id: BindingId) -> bool {
        let facts = self.project.facts(file);
        let binding = &facts.bindings[id];
        let scope = facts.scopes[binding.scope].kind;
        binding.kind == BindingKind::Variable && matches!(scope, ScopeKind::Class(class) if facts.classes[class].open)
    }

    /// Values that a name is given and that nothing sees any more, where the name has others that are read.
    pub(super) fn hidden_definitions(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let edited: Vec<FileId> = self.change.edits.keys().copied().collect();
        for file in edited {
            let data = self.project.file(file);
            for (id, binding) in data.facts.bindings.iter() {
                if binding.kind != BindingKind::Variable || binding.definitions.len() < 2 {
                    continue;
                }
                for definition in &binding.definitions {
                    let seen = |read: &Expr| reaches(self.project, *read, id, definition);
                    let reads = binding.reads.iter().map(|id| Expr { file, id: *id });
                    let seeing: Vec<Expr> = reads.filter(seen).collect();
                    let unread = !seeing.is_empty() && seeing.iter().all(|it| self.change.removes(self.project, *it));
                    let plain = definition.path.is_empty() && definition.value.is_some();
                    if unread && plain && !self.change.removes_span(at(file, definition.name_span)) {
                        progress |= self.definition(file, id, definition)?;
                    }
                }
            }
        }
        Ok(progress)
    }

    /// Whether every place that defines a binding is removed already.
    pub(super) fn is_gone(&self, file: FileId, id: BindingId) -> bool {
        let definitions = &self.project.facts(file).bindings[id].definitions;
        definitions.iter().all(|it| self.change.removes_span(at(file, it.name_span)))
    }

    /// Whether a binding lost its uses through the change, and has none left.
    pub(super) fn is_dead(&self, file: FileId, id: BindingId) -> bool {
        let binding = &self.project.facts(file).bindings[id];
        let own: Vec<Expr> = binding.reads.iter().map(|id| Expr { file, id: *id }).collect();
        let touched =
            own.iter().chain(self.project.spelled(&binding.name)).any(|it| self.change.removes(self.project, *it));
        if !touched && binding.kind == BindingKind::Variable && binding.scope.index() > 0 {
            return false;
        }
        if binding.scope.index() == 0 && self.is_reached_by_text(file, binding) {
            return false;
        }
        // A class that the new code names is in use; elsewhere new code brings its own names.
        let java = self.project.facts(file).language.modules == ModuleStyle::Java;
        if java && matches!(binding.kind, BindingKind::Import { .. }) && self.change.says_in(file, &binding.name) {
            return false;
        }
        let exported: Vec<Expr> = own.iter().copied().filter(|it| self.is_export_read(*it)).collect();
        let public = !exported.is_empty() || self.is_public(file, id);
        let abroad = if public { self.reads_abroad(file, id) } else { Vec::new() };
        let uses: Vec<Expr> = own.iter().chain(&abroad).copied().filter(|it| !exported.contains(it)).collect();
        let lost = uses.iter().any(|it| self.change.removes(self.project, *it));
        // What other files may import stays unless one of them did and does no longer.
        let shared = self.is_shared(file);
        let wanted = public && (shared || abroad.is_empty() && !self.project.facts(file).language.exports_everything);
        let gone = |it: &Expr| self.change.removes(self.project, *it);
        lost && !wanted
            && uses
                .iter()
                .all(|it| gone(it) || self.is_droppable(*it, id) || it.file == file && self.feeds_itself(*it, binding))
    }

    /// Whether a read only serves to give the same name another value, as in `token = token.decode()`.
    fn feeds_itself(&self, read: Expr, binding: &Binding) -> bool {
        let span = self.project.node(read).span;
        binding.definitions.iter().filter_map(|it| it.value).any(|id| {
            let value = Expr { file: read.file, id };
            self.project.node(value).span.contains(span) && self.is_pure(value)
        })
    }

    /// Whether code looks names up by text where a text that stays is this one, or takes the import of another module from
    /// its module.
    fn is_reached_by_text(&self, file: FileId, binding: &Binding) -> bool {
        let project = self.project;
        if project.facts(file).language.id != "python" {
            return false;
        }
        let looks_up = |name: &str| project.spelled(name).iter().any(|it| it.file == file);
        let named = || {
            project.exprs(file).any(|it| {
                matches!(project.value(it), Value::Text(_))
                    && !self.change.removes(project, it)
                    && project.facts(file).literal_text(it.id).as_deref() == Some(binding.name.as_str())
            })
        };
        let taken = || {
            project.spelled(&binding.name).iter().filter(|it| it.file != file).any(|it| match project.value(*it) {
                Value::Member { object, .. } if !self.change.removes(project, *it) => {
                    project.resolve(Expr { file: it.file, id: *object }).contains(&Origin::Module(file))
                }
                _ => false,
            })
        };
        (["globals", "vars"].iter().any(|it| looks_up(it)) && named())
            || (matches!(binding.kind, BindingKind::Import { .. }) && taken())
    }

    /// Whether files that were not read import a file.
    pub(super) fn is_shared(&self, file: FileId) -> bool {
        self.project.mentions().is_shared(self.project.file(file).path())
    }

    /// Whether other files can name a binding.
    fn is_public(&self, file: FileId, id: BindingId) -> bool {
        let facts = self.project.facts(file);
        let top = facts.bindings[id].scope.index() == 0;
        let imported = matches!(facts.bindings[id].kind, BindingKind::Import { .. });
        facts.exports.iter().any(|it| it.binding == Some(id)) || (facts.language.exports_everything && top && !imported)
    }

    /// The expressions in other files that mean a binding.
    fn reads_abroad(&self, file: FileId, id: BindingId) -> Vec<Expr> {
        let binding = &self.project.facts(file).bindings[id];
        let values: Vec<Expr> =
            binding.definitions.iter().filter_map(|it| it.value).map(|id| Expr { file, id }).collect();
        // A module of settings is read through the framework's settings object.
        let prefixes: Vec<&str> = self
            .project
            .knowledge()
            .settings
            .iter()
            .filter(|it| it.language == self.project.facts(file).language.id)
            .map(|it| it.prefix.as_str())
            .collect();
        let through_framework = |expr: Expr| {
            matches!(self.project.value(expr), Value::Member { .. } | Value::Index { .. })
                && self
                    .project
                    .api_paths(expr)
                    .iter()
                    .any(|path| prefixes.iter().any(|it| path.strip_prefix(it) == Some(binding.name.as_str())))
        };
        let means = |expr: Expr| {
            through_framework(expr)
                || self.project.resolve(expr).iter().any(|origin| match (origin, binding.kind) {
                    (Origin::Function(of, function), BindingKind::Function(own)) => *of == file && *function == own,
                    (Origin::Class(of, class), BindingKind::Class(own)) => *of == file && *class == own,
                    (Origin::Function(of, function), _) => {
                        let value = self.project.facts(*of).functions[*function].value;
                        *of == file && value.is_some_and(|id| values.contains(&Expr { file, id }))
                    }
                    (Origin::Value(value), _) => {
                        values.iter().any(|it| self.project.resolve(*it).contains(&Origin::Value(*value)))
                    }
                    _ => false,
                })
        };
        let mut spellings = vec![binding.name.clone()];
        spellings.extend(self.aliases(file, &binding.name));
        let spelled = spellings.iter().flat_map(|it| self.project.spelled(it)).copied();
        spelled
            .filter(|expr| expr.file != file)
            .filter(|expr| match self.project.value(*expr) {
                Value::Name { name, .. } => *name == binding.name || self.imports_as(*expr, &binding.name),
                _ => true,
            })
            .filter(|expr| means(*expr))
            .collect()
    }

    /// The names that other files give to something of this name when they import it from `file`.
    fn aliases(&self, file: FileId, original: &str) -> Vec<String> {
        let importers = |other: &FileId| *other != file && self.project.imports(*other).contains(&file);
        let others = self.project.files().filter(|(other, _)| importers(other));
        others
            .flat_map(|(_, it)| it.facts.bindings.iter().map(|(_, it)| it))
            .filter(|it| it.name != original && it.scope.index() == 0)
            .map(|it| it.name.clone())
            .collect()
    }

    /// Whether a name is an import of `original` under another name.
    fn imports_as(&self, expr: Expr, original: &str) -> bool {
        let Some(id) = self.project.binding(expr) else { return false };
        let facts = self.project.facts(expr.file);
        match facts.bindings[id].kind {
            BindingKind::Import { import, item } => {
                let item = facts.imports[import].items.get(item);
                item.is_some_and(|it| match &it.imported {
                    crate::facts::Imported::Name(name) => name == original,
                    crate::facts::Imported::Default => true,
                    _ => false,
                })
            }
            _ => facts.bindings[id].definitions.iter().any(|it| {
                let key = Projection::Key(original.to_owned());
                it.path.last() == Some(&key) || it.path.is_empty()
            }),
        }
    }

    /// Whether a use goes together with its binding: a store into it, a builder call on it, a log line.
    pub(super) fn is_droppable(&self, read: Expr, id: BindingId) -> bool {
        self.dropped_statement(read, id).is_some()
            || self.opened_guard(read, id).is_some()
            || self.dropped_operand(read, Asked::Binding(id)).is_some()
    }

    /// The statement that goes together with a binding because it only feeds or logs it.
    pub(super) fn dropped_statement(&self, read: Expr, id: BindingId) -> Option<StatementId> {
        let project = self.project;
        let facts = project.facts(read.file);
        let statement = project.statement(read)?;
        if facts.statements[statement].kind != StatementKind::Plain {
            return self.dropped_guard(read, Asked::Binding(id), statement);
        }
        let store = facts.stores.iter().find(|it| it.object == read.id);
        if let Some(store) = store {
            let alone = self.is_made_here(read.file, id) && self.is_pure(Expr { file: read.file, id: store.value });
            return alone.then_some(statement);
        }
        let top = std::iter::successors(Some(read), |it| project.parent(*it)).last()?;
        let call = project.bare(top);
        let Value::Call { callee, arguments, .. } = project.value(call) else { return None };
        let bound = !project.file(call.file).bound_by(top.id).is_empty();
        let stored = facts.stores.iter().any(|it| it.value == top.id);
        if bound || stored || facts.functions.iter().any(|(_, it)| it.returns.contains(&top.id)) {
            return None;
        }
        let pure = arguments.iter().all(|it| self.is_pure(Expr { file: read.file, id: it.value }));
        let callee_span = project.node(Expr { file: call.file, id: *callee }).span;
        if is_logging(project, call) {
            // What logs is used; what is logged is only looked at.
            let logged = !callee_span.contains(project.node(read).span);
            let secret = self.change.jwt_names.contains(&(read.file, id));
            return (pure && logged && secret).then_some(statement);
        }
        let (object, _) = member_key(project, Expr { file: call.file, id: *callee })?;
        (object == read && pure && self.is_made_here(read.file, id) && self.is_pure(call)).then_some(statement)
    }

    /// Whether a name holds what was made for it, so that what is put into it is seen by nobody else: not imported, handed
    /// in, or part of something.
    fn is_made_here(&self, file: FileId, id: BindingId) -> bool {
        let binding = &self.project.facts(file).bindings[id];
        let shares = |it: &Definition| {
            it.value.is_some_and(|id| {
                let bare = self.project.bare(Expr { file, id });
                matches!(self.project.value(bare), Value::Name { .. } | Value::Member { .. } | Value::Index { .. })
            })
        };
        binding.kind == BindingKind::Variable && !binding.definitions.iter().any(shares)
    }

    fn remove_binding(&mut self, file: FileId, id: BindingId) -> Result<bool, Declined> {
        let binding = self.project.facts(file).bindings[id].clone();
        let mut progress = false;
        match binding.kind {
            BindingKind::Parameter { function, position } => {
                progress |= self.parameter(file, id, function, position)?
            }
            _ => {
                for definition in &binding.definitions {
                    progress |= self.definition(file, id, definition)?;
                }
            }
        }
        if !progress {
            return Ok(false);
        }
        for read in &binding.reads {
            let read = Expr { file, id: *read };
            if let Some(statement) = self.dropped_statement(read, id) {
                self.statement(file, statement)?;
            } else if let Some((statement, condition)) = self.opened_guard(read, id) {
                self.change.opened.insert((file, statement));
                self.change.replaced.push(self.project.location(condition));
            } else if let Some(operand) = self.dropped_operand(read, Asked::Binding(id)) {
                self.change.delete(operand)?;
            } else if self.is_export_read(read) {
                self.export(read)?;
            }
        }
        self.listed(file, id)?;
        Ok(true)
    }

    pub(super) fn definition(
        &mut self,
        file: FileId,
        id: BindingId,
        definition: &Definition,
    ) -> Result<bool, Declined> {
        let data = self.project.file(file);
        if self.change.removes_span(at(file, definition.name_span)) {
            return Ok(false);
        }
        let Some(statement) = definition.statement else { return Ok(false) };
        if definition.kind == DefinitionKind::Statement {
            return self.named_statement(file, id, definition, statement);
        }
        if data.facts.statements[statement].kind != StatementKind::Plain
            && data.facts.statements[statement].kind != StatementKind::Export
        {
            return Ok(false);
        }
        let siblings: Vec<(BindingId, Definition)> = data
            .facts
            .bindings
            .iter()
            .flat_map(|(other, it)| it.definitions.iter().map(move |definition| (other, definition.clone())))
            .filter(|(_, it)| it.span == definition.span && it.kind == definition.kind)
            .collect();
        let dead = |it: &(BindingId, Definition)| {
            it.0 == id || self.change.removes_span(at(file, it.1.name_span)) || self.is_dead(file, it.0)
        };
        if !definition.path.is_empty() && !siblings.iter().all(dead) {
            // Positions shift and a rest grows when one of them goes.
            let fixed = |it: &Projection| matches!(it, Projection::Position(_) | Projection::Rest);
            if siblings.iter().any(|(_, it)| it.path.iter().any(fixed)) {
                return Ok(false);
            }
            self.change.delete(at(file, item_span(data, definition.target_span)))?;
            return Ok(true);
        }
        let field = self.is_field(file, id);
        let quiet = |it: Expr| field && self.is_quiet(it);
        let pure = definition.value.is_none_or(|value| {
            let value = Expr { file, id: value };
            self.is_pure(value) || self.value_is_gone(file, value.id) || quiet(value)
        });
        if !pure {
            return Ok(false);
        }
        let declarators = data
            .facts
            .bindings
            .iter()
            .flat_map(|(_, it)| &it.definitions)
            .filter(|it| it.statement == Some(statement) && it.kind == definition.kind)
            .any(|it| it.span != definition.span && !self.change.removes_span(at(file, it.name_span)));
        match declarators {
            true => self.change.delete(at(file, item_span(data, definition.span)))?,
            false => self.statement(file, statement)?,
        }
        Ok(true)
    }

    /// Whether a value is replaced anyway, so that what it did does not count.
    fn value_is_gone(&self, file: FileId, id: crate::facts::ValueId) -> bool {
        self.change.removes(self.project, Expr { file, id })
    }

    /// An import, function or class.
    fn named_statement(
        &mut self,
        file: FileId,
        id: BindingId,
        definition: &Definition,
        statement: StatementId,
    ) -> Result<bool, Declined> {
        let data = self.project.file(file);
        match data.facts.bindings[id].kind {
            BindingKind::Import { import, .. } => {
                let items = &data.facts.imports[import].items;
                let all = items.iter().all(|it| {
                    it.binding == id || self.change.removes_span(at(file, it.span)) || self.is_dead(file, it.binding)
                });
                match all {
                    true => self.statement(file, statement)?,
                    false => self.change.delete(at(file, item_span(data, definition.span)))?,
                }
                Ok(true)
            }
            BindingKind::Function(_) | BindingKind::Class(_) => {
                self.statement(file, statement)?;
                Ok(true)
            }
            BindingKind::Variable | BindingKind::Parameter { .. } => Ok(false),
        }
    }

    /// Removes a statement with its lines and comments.
    pub(super) fn statement(&mut self, file: FileId, id: StatementId) -> Result<(), Declined> {
        let data = self.project.file(file);
        let span = data.facts.statements[id].span;
        if self.change.deletes(at(file, span)) {
            return Ok(());
        }
        let change = &*self.change;
        let whole = statement_span(data, id, &|it| change.deletes(Location { file, span: it }));
        self.change.delete(at(file, whole))
    }
}
