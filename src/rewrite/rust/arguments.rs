//! Parameters that nothing reads any more, with what callers give for them.

use crate::text::{Location, Span};

use super::super::change::{Declined, at};
use super::index::{CallSite, Item, ItemKind};
use super::sweep::Sweep;

impl Sweep<'_, '_> {
    /// Removes a parameter that the change left without readers, at all callers too; where those are not known, or a trait
    /// demands it, it is marked as unused.
    pub(super) fn parameter(&mut self, item: &Item) -> Result<bool, Declined> {
        let ItemKind::Parameter { function, position, plain } = &item.kind else { return Ok(false) };
        let (Some(body), Some(owner)) = (self.body(*function), self.index.items.get(*function).cloned()) else {
            return Ok(false);
        };
        if self.removed(owner.whole.file, owner.name_at) || item.name.starts_with('_') {
            return Ok(false);
        }
        let file = item.whole.file;
        let counts = |_, it: &super::mention::Mention| !it.member && !it.pathed && !self.is_label(file, it.at);
        if !self.is_lost(item, &counts, Some(body)) {
            return Ok(false);
        }
        let ItemKind::Function { demanded, parameters, .. } = &owner.kind else { return Ok(false) };
        let calls = self.calls_of(&owner);
        let with_self = parameters.first().is_some_and(|it| is_receiver(it.of(self.project.file(file).text())));
        let places: Option<Vec<Location>> = calls
            .iter()
            .filter(|it| !self.removed(it.at.file, it.at.span))
            .map(|it| argument(it, *position, parameters.len(), with_self))
            .collect();
        let Some(places) = places.filter(|_| *plain && !demanded && self.only_called(&owner)) else {
            if *plain {
                self.change.reword(at(file, Span::at(item.name_at.start)), "_")?;
                self.change.replaced.push(at(file, item.name_at));
            }
            return Ok(*plain);
        };
        for place in places {
            self.entry(place)?;
        }
        self.open_to_others(&owner);
        self.entry(item.whole)
    }

    /// Methods of builders that do nothing any more but hand the builder on, with the links that call them.
    pub(super) fn idle_builders(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        for place in 0..self.index.items.len() {
            let Some(item) = self.index.items.get(place).cloned() else { continue };
            let ItemKind::Function { owner: Some(_), demanded: false, body, .. } = &item.kind else { continue };
            let text = self.project.file(item.whole.file).text();
            let tail = body.of(text).trim_end_matches(['}', ' ', '\n', '\r', '\t']);
            let open = body.start + 1;
            let before = Span::new(open, (body.start + tail.len().saturating_sub("self".len())).max(open));
            let idle = tail.ends_with("self") && !before.of(text).trim().is_empty();
            let gone = || self.is_gone(at(item.whole.file, before));
            if !idle || self.removed(item.whole.file, item.name_at) || !gone() {
                continue;
            }
            for call in self.calls_of(&item) {
                if let Some(dot) = self.dot_of(&call) {
                    self.change.delete(at(call.at.file, Span::new(dot, call.at.span.end)))?;
                }
            }
            progress |= self.whole(&item)?;
        }
        Ok(progress)
    }

    /// Whether everything in a region but white space goes.
    fn is_gone(&self, region: Location) -> bool {
        let text = self.project.file(region.file).text();
        let mut offset = region.span.start;
        region.span.of(text).split_inclusive('\n').all(|line| {
            let start = offset + (line.len() - line.trim_start().len());
            offset += line.len();
            line.trim().is_empty() || self.removed(region.file, Span::new(start, start + line.trim().len()))
        })
    }

    /// Where the link of a chain begins: at the white space before its dot.
    fn dot_of(&self, call: &CallSite) -> Option<usize> {
        let text = self.project.file(call.at.file).text();
        let source = call.at.span.of(text);
        let link = source.rfind(&format!(".{}(", call.name)).filter(|_| call.on)?;
        let before = source.get(..link)?;
        Some(call.at.span.start + before.trim_end().len())
    }

    /// The calls that may mean a function.
    pub(super) fn calls_of(&self, function: &Item) -> Vec<CallSite> {
        let ItemKind::Function { owner, .. } = &function.kind else { return Vec::new() };
        let named = self.index.calls.iter().filter(|it| it.name == function.name);
        let fits = |it: &&CallSite| match (owner, &it.of) {
            (Some(owner), Some(of)) => owner == of || it.on,
            (Some(_), None) => it.on,
            (None, _) => !it.on,
        };
        named.filter(fits).cloned().collect()
    }

    /// Whether every mention of a function is a call that is known, and no other function has its name.
    fn only_called(&self, function: &Item) -> bool {
        let ItemKind::Function { owner, .. } = &function.kind else { return false };
        let twins = self.index.items.iter().filter(|it| {
            let same = match &it.kind {
                ItemKind::Function { owner: other, .. } => {
                    other == owner
                        || (owner.is_some() == other.is_some() && self.is_method(function) && self.is_method(it))
                }
                _ => false,
            };
            it.name == function.name && same
        });
        let calls = self.calls_of(function);
        let known = self.named(&function.name, None).filter(|(_, it)| it.called).all(|(file, mention)| {
            self.is_definition(file, mention.at)
                || owner.is_some()
                || calls.iter().any(|it| it.at.file == file && it.at.span.contains(mention.at))
        });
        let handed = self.named(&function.name, None).any(|(file, it)| {
            // `map(T::f)`
            let inside = calls.iter().any(|call| call.at.file == file && call.at.span.contains(it.at));
            it.pathed && !it.called && !inside && !self.in_import(file, it.at)
        });
        twins.count() == 1 && known && !handed
    }

    /// Whether a function takes `self`.
    fn is_method(&self, function: &Item) -> bool {
        let ItemKind::Function { parameters, .. } = &function.kind else { return false };
        let text = self.project.file(function.whole.file).text();
        parameters.first().is_some_and(|it| is_receiver(it.of(text)))
    }
}

fn is_receiver(parameter: &str) -> bool {
    let bare = parameter.trim_start_matches(['&', ' ']).trim_start_matches("mut ");
    let bare = bare.split_once("self").map_or(bare, |(before, _)| before);
    parameter.contains("self") && (bare.trim().is_empty() || bare.starts_with('\'') || bare.trim() == "mut")
}

fn argument(call: &CallSite, position: usize, parameters: usize, with_self: bool) -> Option<Location> {
    let shift = usize::from(with_self && call.on);
    (call.arguments.len() + shift == parameters)
        .then(|| call.arguments.get(position.checked_sub(shift)?).map(|it| at(call.at.file, *it)))
        .flatten()
}
