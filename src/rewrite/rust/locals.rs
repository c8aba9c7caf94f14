//! Variables that nothing reads any more.

use crate::facts::Value;
use crate::link::Expr;
use crate::text::{Location, Span};

use super::super::change::{Declined, at};
use super::super::purity::is_pure_besides;
use super::index::{Feed, Item, ItemKind};
use super::sweep::Sweep;

impl Sweep<'_, '_> {
    /// Removes a variable that the change left without readers, with what only changes it.
    pub(super) fn local(&mut self, item: &Item) -> Result<bool, Declined> {
        let ItemKind::Local { scope, pattern, entry } = &item.kind else { return Ok(false) };
        let file = item.whole.file;
        // What stands in its own declaration means another variable of that name, or a field.
        let region = at(file, Span::new(item.whole.span.end, scope.end));
        let feeds: Vec<Feed> = self
            .index
            .feeds
            .iter()
            .filter(|it| {
                it.whole.file == file
                    && it.name == item.name
                    && it.field.is_none()
                    && region.span.contains(it.whole.span)
            })
            .cloned()
            .collect();
        // What logs the JWT, its claims or its key has nothing to log any more.
        let logs: Vec<Location> = self.logs_of(item, region);
        let feeding =
            |span: Span| feeds.iter().any(|it| it.name_at == span) || logs.iter().any(|it| it.span.contains(span));
        let counts = |_, it: &super::mention::Mention| {
            !it.member
                && !it.pathed
                && !feeding(it.at)
                && !self.is_definition(file, it.at)
                && !self.is_label(file, it.at)
        };
        if !self.is_lost(item, &counts, Some(region)) {
            return Ok(false);
        }
        if self.says(&item.name, Some(at(file, *scope))) {
            return Ok(false);
        }
        let siblings = self.index.items.iter().filter(|it| {
            matches!(&it.kind, ItemKind::Local { pattern: other, .. } if other == pattern) && it.whole.file == file
        });
        let others = siblings.filter(|it| it.name_at != item.name_at && !self.removed(file, it.name_at));
        if others.count() > 0 {
            return match entry {
                Some(entry) => self.entry(at(file, *entry)),
                None => Ok(false),
            };
        }
        if !self.init_is_pure(item) {
            self.change.unproved = true;
            let path = self.project.file(file).path();
            self.change.note(format!("`{}` in {path} is no longer used; remove it by hand", item.name));
            return Ok(false);
        }
        for place in feeds.iter().map(|it| it.whole).chain(logs) {
            if !self.removed(file, place.span) {
                self.lines(place)?;
            }
        }
        self.lines(item.whole)
    }

    /// The statements that only log a variable, where it holds the JWT or what made it.
    fn logs_of(&self, item: &Item, region: Location) -> Vec<Location> {
        let file = item.whole.file;
        let bindings = self.project.facts(file).bindings.iter();
        let mut own = bindings.filter(|(_, it)| it.definitions.iter().any(|it| it.name_span == item.name_at));
        let secret = own.any(|(id, _)| self.change.jwt_names.contains(&(file, id)));
        let macros = self.index.macros.iter().filter(|(name, it)| {
            secret
                && it.file == file
                && region.span.contains(it.span)
                && self.project.knowledge().log_macros.contains(name)
                && self.named(&item.name, Some(file)).any(|(_, mention)| it.span.contains(mention.at))
        });
        macros.map(|it| it.1).collect()
    }

    /// Whether a name is the key in front of a value: `name: value`.
    pub(super) fn is_label(&self, file: crate::text::FileId, span: Span) -> bool {
        self.index
            .field_uses
            .iter()
            .any(|it| it.at.file == file && it.at.span.start == span.start && it.at.span.end > span.end)
    }

    /// Whether what a variable is given can go without losing an effect.
    fn init_is_pure(&self, item: &Item) -> bool {
        let file = item.whole.file;
        let facts = self.project.facts(file);
        let value = facts
            .bindings
            .iter()
            .flat_map(|(_, it)| &it.definitions)
            .find_map(|it| (it.name_span == item.name_at).then_some(it.value).flatten());
        let gone = |expr: Expr| self.removed(expr.file, self.project.node(expr).span);
        match value {
            Some(id) => is_pure_besides(self.project, Expr { file, id }, &gone),
            // What the facts do not know: as pure as the calls in it.
            None => {
                let inside = |expr: &Expr| item.whole.span.contains(self.project.node(*expr).span);
                let mut calls = self.project.exprs(file).filter(inside);
                calls.all(|it| {
                    !matches!(self.project.value(it), Value::Call { .. }) || is_pure_besides(self.project, it, &gone)
                })
            }
        }
    }

    /// The region of a function's block.
    pub(super) fn body(&self, function: usize) -> Option<Location> {
        let item = self.index.items.get(function)?;
        match &item.kind {
            ItemKind::Function { body, .. } => Some(at(item.whole.file, *body)),
            _ => None,
        }
    }
}
