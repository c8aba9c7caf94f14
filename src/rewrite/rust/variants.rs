//! Variants of enums that nothing makes any more, and those that hold the error of a library that goes.

use crate::text::Location;

use super::super::change::Declined;
use super::super::change::at;
use super::super::removal::member_span;
use super::index::{Item, ItemKind};
use super::sweep::Sweep;

impl Sweep<'_, '_> {
    /// Removes the variants that nothing makes any more, with the arms that match them.
    pub(super) fn variants(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let gone = self.gone_crates();
        let holds = |sweep: &Self, place: Location| {
            let mentions = sweep.index.file(place.file).map(|it| it.mentions.as_slice()).unwrap_or_default();
            mentions.iter().any(|it| {
                place.span.contains(it.at) && gone.contains(&it.name) && !it.member && !sweep.removed(place.file, it.at)
            })
        };
        let impls: Vec<_> = self.index.impls.iter().filter(|it| it.of_trait.is_some()).cloned().collect();
        for it in impls {
            if !self.removed(it.whole.file, it.whole.span) && holds(self, it.head) {
                progress |= self.lines(it.whole)?;
            }
        }
        let variants: Vec<Item> =
            self.index.items.iter().filter(|it| matches!(it.kind, ItemKind::Variant { .. })).cloned().collect();
        for variant in variants {
            let ItemKind::Variant { derived, .. } = &variant.kind else { continue };
            if self.removed(variant.whole.file, variant.name_at) {
                continue;
            }
            let foreign = holds(self, variant.whole);
            if !foreign && (*derived || !self.is_unmade(&variant)) {
                continue;
            }
            self.arms_of(&variant)?;
            self.open_to_others(&variant);
            let data = self.project.file(variant.whole.file);
            let own = at(variant.whole.file, member_span(data, variant.whole.span));
            self.change.delete(own)?;
            progress = true;
        }
        Ok(progress)
    }

    /// Whether a variant was made before the change and nowhere is after it.
    fn is_unmade(&self, variant: &Item) -> bool {
        let matches = |file, span| self.index.patterns.iter().any(|it| it.file == file && it.span.contains(span));
        self.is_lost(variant, &|file, it| !it.member && !matches(file, it.at), None)
    }

    /// Removes the arms that match nothing but a variant.
    fn arms_of(&mut self, variant: &Item) -> Result<(), Declined> {
        let arms: Vec<Location> = self
            .index
            .arms
            .iter()
            .filter(|arm| {
                let named = self.named(&variant.name, Some(arm.whole.file));
                let mut inside = named.filter(|(_, it)| arm.pattern.contains(it.at) && it.pathed);
                inside.next().is_some()
            })
            .map(|it| it.whole)
            .collect();
        for arm in arms {
            let data = self.project.file(arm.file);
            let span = member_span(data, arm.span);
            self.change.delete(at(arm.file, span))?;
        }
        Ok(())
    }

    /// The libraries that sign, where the change leaves them no use but in types of errors.
    fn gone_crates(&self) -> Vec<String> {
        let signers = self.project.knowledge().signers.iter().filter(|it| it.language == "rust");
        let names = signers.filter_map(|it| it.call.split('.').next());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names.retain(|name| self.is_gone_crate(name));
        names
    }

    /// Whether a library was called before the change and is not any more.
    fn is_gone_crate(&self, name: &str) -> bool {
        let mut lost = false;
        for file in &self.index.files {
            let imported = super::uses::imported_from(&file.syntax, name);
            for mention in &file.mentions {
                let own = (mention.name == *name || imported.contains(&mention.name)) && !mention.member;
                if !own || self.in_import(file.file, mention.at) {
                    continue;
                }
                if self.removed(file.file, mention.at) {
                    lost = true;
                } else if !self.in_error(file.file, mention.at) {
                    return false;
                }
            }
        }
        lost
    }

    /// Whether a name stands in a variant of an enum, or in the conversion into one.
    fn in_error(&self, file: crate::text::FileId, span: crate::text::Span) -> bool {
        let variant = self.index.items.iter().any(|it| {
            matches!(it.kind, ItemKind::Variant { .. }) && it.whole.file == file && it.whole.span.contains(span)
        });
        let conversion =
            self.index.impls.iter().any(|it| {
                it.of_trait.as_deref() == Some("From") && it.whole.file == file && it.whole.span.contains(span)
            });
        variant || conversion
    }
}
