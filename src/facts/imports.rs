//! Imports: which names a statement brings, from where.

use tree_sitter::Node;

use crate::lang::{Part, Role};

use super::extract::{Extractor, span};
use super::model::{BindingKind, Import, ImportId, ImportItem, Imported, StatementKind};
use super::names::NewName;

impl<'t> Extractor<'t, '_> {
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
    fn import_path(&mut self, import: ImportId, node: Node<'t>, prefix: &str) {
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

    fn import_items(&mut self, import: ImportId, node: Node<'t>, prefix: &str) {
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
}
