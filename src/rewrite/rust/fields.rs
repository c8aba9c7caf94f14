//! Fields that nothing reads any more, with what they are given.

use crate::text::{FileId, Location, Span};

use super::super::change::{Declined, at};
use super::super::removal::member_span;
use super::index::{Feed, FieldUse, Item, ItemKind};
use super::mention::Mention;
use super::sweep::Sweep;

impl Sweep<'_, '_> {
    /// Removes the fields that the change left without readers.
    pub(super) fn fields(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let fields: Vec<Item> =
            self.index.items.iter().filter(|it| matches!(it.kind, ItemKind::Field { .. })).cloned().collect();
        for field in fields {
            if self.removed(field.whole.file, field.name_at) || !self.field_is_dead(&field) {
                continue;
            }
            let ItemKind::Field { of } = &field.kind else { continue };
            let uses: Vec<Location> = self.uses_of(of, &field.name).map(|it| it.at).collect();
            for place in uses {
                self.entry(place)?;
            }
            let stores: Vec<Feed> = self.stores_of(of, &field.name).cloned().collect();
            for store in
                stores.iter().filter(|it| !self.removed(it.whole.file, it.whole.span)).cloned().collect::<Vec<_>>()
            {
                self.lines(store.whole)?;
            }
            self.open_to_others(&field);
            let data = self.project.file(field.whole.file);
            let own = at(field.whole.file, member_span(data, field.whole.span));
            self.change.delete(own)?;
            progress = true;
        }
        Ok(progress)
    }

    fn uses_of<'s>(&'s self, of: &'s str, name: &'s str) -> impl Iterator<Item = &'s FieldUse> {
        self.index.field_uses.iter().filter(move |it| it.name == name && it.of == of)
    }

    /// The assignments to a field of a struct. One whose object is not known counts only where no other struct has a
    /// field of this name, for it goes with the field.
    fn stores_of<'s>(&'s self, of: &'s str, name: &'s str) -> impl Iterator<Item = &'s Feed> {
        let twin = |it: &Item| it.name == name && matches!(&it.kind, ItemKind::Field { of: other } if other != of);
        let unique = !self.index.items.iter().any(twin);
        self.index.feeds.iter().filter(move |it| {
            it.field.as_ref().is_some_and(|(field, span)| {
                field == name
                    && self.structs_of(it.whole.file, *span).map_or(unique, |all| all.iter().all(|it| it == of))
            })
        })
    }

    fn field_is_dead(&self, field: &Item) -> bool {
        let ItemKind::Field { of } = &field.kind else { return false };
        let stored = |file: FileId, span: Span| {
            self.stores_of(of, &field.name)
                .any(|it| it.whole.file == file && it.field.as_ref().is_some_and(|it| it.1 == span))
        };
        let mut lost = false;
        for (file, mention) in self.named(&field.name, None) {
            let read = self.reads_field(file, mention, of);
            if !read || stored(file, mention.at) {
                continue;
            }
            match self.removed(file, mention.at) {
                true => lost = true,
                false => return false,
            }
        }
        let new = self.change.edits.values().flat_map(crate::text::Edits::iter);
        lost && !new.into_iter().any(|it| takes(&it.text, &field.name))
    }

    /// Whether a mention may read a field of a struct of this name.
    fn reads_field(&self, file: FileId, mention: &Mention, of: &str) -> bool {
        if mention.member {
            return !mention.called && !self.is_of_another(file, mention, of);
        }
        self.uses_of(of, &mention.name).any(|it| !it.made && it.at.file == file && it.at.span.contains(mention.at))
    }

    /// Whether the object of a member is known to be of another struct than this.
    fn is_of_another(&self, file: FileId, mention: &Mention, of: &str) -> bool {
        self.structs_of(file, mention.at).is_some_and(|all| all.iter().all(|it| it != of))
    }

    /// The structs that the object of a member, known by the span of its name, may be of; `None` if not all are known.
    fn structs_of(&self, file: FileId, member: Span) -> Option<Vec<String>> {
        use crate::facts::Value;
        use crate::link::{Expr, Origin};
        let project = self.project;
        let object = project.exprs(file).find_map(|it| match project.value(it) {
            Value::Member { object, name_span, .. } if *name_span == member => Some(Expr { file, id: *object }),
            _ => None,
        })?;
        if let Some(own) = project.own_class(object).and_then(|it| project.facts(file).classes[it].name.clone()) {
            return Some(vec![own]);
        }
        let origins = project.resolve(object);
        let name = |it: &Origin| match it {
            Origin::Instance(file, class) => project.facts(*file).classes[*class].name.clone(),
            _ => None,
        };
        let names: Option<Vec<String>> = origins.iter().map(name).collect();
        names.filter(|it| !it.is_empty())
    }
}

/// Whether new code takes a field of this name of something.
fn takes(text: &str, name: &str) -> bool {
    text.match_indices(&format!(".{name}")).any(|(start, found)| {
        let after = text.get(start + found.len()..).and_then(|it| it.chars().next());
        !after.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == '(')
    })
}
