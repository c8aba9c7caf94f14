//! Scopes: what each name means, resolved after the walk so that hoisting works.

use std::collections::HashSet;

use super::extract::Extractor;
use super::model::{
    Binding, BindingId, BindingKind, Definition, DefinitionKind, Export, ScopeId, ScopeKind, StatementId,
};
use super::value::{Value, ValueId};
use crate::lang::ModuleStyle;
use crate::text::Span;

/// What can only be resolved when every declaration has been seen.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Name expressions that read.
    pub(super) reads: Vec<ValueId>,
    /// Assignments to names declared elsewhere.
    pub(super) assignments: Vec<(String, ScopeId, Definition)>,
    /// Names that a function declares to be the module's or an outer function's.
    pub(super) outer: HashSet<(ScopeId, String)>,
    /// Ranges of bindings made inside an export, with the scope whose names they must be.
    pub(super) exported: Vec<(usize, usize, ScopeId, Span)>,
    /// Exports by name: index in `exports`, local name, scope.
    pub(super) export_names: Vec<(usize, String, ScopeId)>,
}

/// A name to be declared.
pub(super) struct NewName {
    pub(super) name: String,
    pub(super) kind: BindingKind,
    pub(super) definition: Definition,
    pub(super) hoisted: bool,
}

impl Extractor<'_, '_> {
    /// Declares a name in the scope it belongs to, or adds a definition to the binding it already has there.
    pub(super) fn declare(&mut self, new: NewName) -> BindingId {
        let scope = self.home(&new.name, new.hoisted);
        if let Some(existing) = self.facts.scopes[scope].names.get(&new.name).copied() {
            let binding = &mut self.facts.bindings[existing];
            binding.definitions.push(new.definition);
            if new.kind != BindingKind::Variable {
                binding.kind = new.kind;
            }
            return existing;
        }
        let binding = Binding {
            name: new.name.clone(),
            scope,
            function: self.facts.scopes[scope].function,
            kind: new.kind,
            definitions: vec![new.definition],
            reads: Vec::new(),
        };
        let id = self.facts.bindings.push(binding);
        self.facts.scopes[scope].names.insert(new.name, id);
        id
    }

    /// The scope a declaration of `name` at the current place belongs to.
    fn home(&self, name: &str, hoisted: bool) -> ScopeId {
        let mut scope = self.scope;
        if hoisted {
            while self.facts.scopes[scope].kind == ScopeKind::Block {
                match self.facts.scopes[scope].parent {
                    Some(parent) => scope = parent,
                    None => break,
                }
            }
        }
        if self.pending.outer.contains(&(scope, name.to_owned())) {
            let mut outer = self.facts.scopes[scope].parent;
            while let Some(candidate) = outer {
                let data = &self.facts.scopes[candidate];
                if data.names.contains_key(name) || data.parent.is_none() {
                    return candidate;
                }
                outer = data.parent;
            }
        }
        scope
    }

    /// The definition of a name by a statement of its own: an import, a function, a class.
    pub(super) fn statement_definition(&self, name: Span, span: Span, statement: Option<StatementId>) -> Definition {
        Definition {
            kind: DefinitionKind::Statement,
            value: None,
            path: Vec::new(),
            default: None,
            declared: None,
            name_span: name,
            target_span: span,
            span,
            statement,
        }
    }

    /// Binds every name expression and assignment, and every export by name.
    pub(super) fn resolve_names(&mut self) {
        for (name, scope, definition) in std::mem::take(&mut self.pending.assignments) {
            match self.look_up(&name, scope) {
                Some(binding) => self.facts.bindings[binding].definitions.push(definition),
                None => {
                    self.scope = super::arena::Id::new(0);
                    self.declare(NewName { name, kind: BindingKind::Variable, definition, hoisted: false });
                }
            }
        }
        for id in std::mem::take(&mut self.pending.reads) {
            let scope = self.facts.values[id].scope;
            let Value::Name { name, .. } = &self.facts.values[id].value else { continue };
            let name = name.clone();
            // `name::item`: what is a path begins with no variable.
            let path = self.facts.language.modules == ModuleStyle::Rust
                && self.text.get(self.facts.values[id].span.end..).is_some_and(|it| it.starts_with("::"));
            let Some(found) = self.look_up_where(&name, scope, path) else { continue };
            if let Value::Name { binding, .. } = &mut self.facts.values[id].value {
                *binding = Some(found);
            }
            self.facts.bindings[found].reads.push(id);
        }
        self.resolve_exports();
    }

    fn resolve_exports(&mut self) {
        for (place, name, scope) in std::mem::take(&mut self.pending.export_names) {
            let binding = self.look_up(&name, scope);
            if let Some(export) = self.facts.exports.get_mut(place) {
                export.binding = binding;
            }
        }
        for (first, last, scope, span) in std::mem::take(&mut self.pending.exported) {
            let named: Vec<(BindingId, String)> = self
                .facts
                .bindings
                .iter()
                .filter(|(id, it)| (first..last).contains(&id.index()) && it.scope == scope)
                .map(|(id, it)| (id, it.name.clone()))
                .collect();
            for (binding, name) in named {
                let export = Export { name, value: None, binding: Some(binding), from: None, span };
                self.facts.exports.push(export);
            }
        }
    }

    /// The binding that a name means in a scope. Names of a class body are seen only directly in it.
    fn look_up(&self, name: &str, from: ScopeId) -> Option<BindingId> {
        self.look_up_where(name, from, false)
    }

    /// As [`Self::look_up`]; with `path`, what is no variable or parameter.
    fn look_up_where(&self, name: &str, from: ScopeId, path: bool) -> Option<BindingId> {
        let fits = |id: BindingId| {
            let kind = self.facts.bindings[id].kind;
            !path || !matches!(kind, BindingKind::Variable | BindingKind::Parameter { .. })
        };
        let mut scope = Some(from);
        while let Some(id) = scope {
            let data = &self.facts.scopes[id];
            let visible = match data.kind {
                ScopeKind::Class(class) => id == from || self.facts.classes[class].open,
                ScopeKind::Module | ScopeKind::Function | ScopeKind::Block => true,
            };
            if visible && let Some(binding) = data.names.get(name).filter(|it| fits(**it)) {
                return Some(*binding);
            }
            scope = data.parent;
        }
        None
    }
}
