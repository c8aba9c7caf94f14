//! Removes what nothing uses any more after a change: functions, types, constants, variables, and what hangs on them.

use crate::link::Project;
use crate::text::{FileId, Location, Span};

use super::super::change::{Change, Declined, at};
use super::super::removal::item_span;
use super::index::{Crate, Item, ItemKind};
use super::mention::Mention;
use super::uses;

/// How often the sweep starts over; each round removes something, so this only bounds hostile input.
const ROUNDS: usize = 60;

/// The sweep over a crate, for one change.
pub(super) struct Sweep<'p, 'c> {
    pub(super) project: &'p Project,
    pub(super) change: &'c mut Change,
    pub(super) index: Crate,
}

/// Removes everything of a crate that a change leaves without a use.
///
/// # Errors
/// When a file cannot be parsed, or two edits meet.
pub(in crate::rewrite) fn eliminate(project: &Project, change: &mut Change) -> Result<(), Declined> {
    let index = Crate::read(project);
    for file in change.edits.keys() {
        let path = project.file(*file).path();
        if project.mentions().is_shared(path) {
            return Err(Declined::because(format!(
                "the crate of {path} has more files than are read to tell what is used"
            )));
        }
        if index.file(*file).is_some_and(|it| !it.parsed) {
            return Err(Declined::because(format!("{path} cannot be parsed as Rust")));
        }
    }
    let mut sweep = Sweep { project, change, index };
    for _ in 0..ROUNDS {
        let mut progress = sweep.idle_builders()?;
        progress |= sweep.items()?;
        progress |= sweep.fields()?;
        progress |= sweep.variants()?;
        progress |= sweep.emptied()?;
        if !progress {
            break;
        }
    }
    sweep.modules()?;
    uses::tidy(&mut sweep)
}

/// Whether new code names something other than as a member.
fn speaks_of(text: &str, name: &str) -> bool {
    let part = |it: Option<char>| it.is_some_and(|it| it.is_alphanumeric() || it == '_');
    text.match_indices(name).any(|(start, _)| {
        let before = text.get(..start).and_then(|it| it.chars().next_back());
        let after = text.get(start + name.len()..).and_then(|it| it.chars().next());
        !part(before) && !part(after) && before != Some('.')
    })
}

impl Sweep<'_, '_> {
    /// Whether a place goes with the change.
    pub(super) fn removed(&self, file: FileId, span: Span) -> bool {
        let kept = |it: &crate::link::Expr| it.file == file && self.project.node(*it).span.contains(span);
        !self.change.kept.iter().any(kept) && self.change.removes_span(at(file, span))
    }

    /// The mentions of a name, in one file or in all.
    pub(super) fn named<'s>(
        &'s self,
        name: &'s str,
        file: Option<FileId>,
    ) -> impl Iterator<Item = (FileId, &'s Mention)> {
        let files = self.index.files.iter().filter(move |it| file.is_none_or(|only| only == it.file));
        files
            .flat_map(move |it| it.mentions.iter().map(|mention| (it.file, mention)))
            .filter(move |it| it.1.name == name)
    }

    /// Whether new code inside of a region holds a name; imports do not count.
    pub(super) fn says(&self, name: &str, region: Option<Location>) -> bool {
        self.change.edits.iter().filter(|(file, _)| region.is_none_or(|it| it.file == **file)).any(|(_, edits)| {
            edits.iter().any(|edit| {
                let inside = region.is_none_or(|it| it.span.contains(edit.span));
                inside && !edit.text.trim_start().starts_with("use ") && speaks_of(&edit.text, name)
            })
        })
    }

    /// Whether something lost mentions through the change and has none left, of those that count.
    pub(super) fn is_lost(
        &self,
        item: &Item,
        counts: &dyn Fn(FileId, &Mention) -> bool,
        region: Option<Location>,
    ) -> bool {
        let mut lost = false;
        for (file, mention) in self.named(&item.name, region.map(|it| it.file)) {
            let own = file == item.whole.file && item.whole.span.contains(mention.at);
            let outside = region.is_some_and(|it| !it.span.contains(mention.at));
            if own || outside || !counts(file, mention) {
                continue;
            }
            match self.removed(file, mention.at) {
                true => lost = true,
                false => return false,
            }
        }
        lost && !self.says(&item.name, region)
    }

    fn items(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        for place in 0..self.index.items.len() {
            let Some(item) = self.index.items.get(place).cloned() else { continue };
            if self.removed(item.whole.file, item.name_at) {
                continue;
            }
            progress |= match &item.kind {
                ItemKind::Function { demanded, .. } => {
                    let fixed = *demanded || item.name == "main";
                    !fixed && self.function_is_dead(&item) && self.whole(&item)?
                }
                ItemKind::Type => self.type_is_dead(&item) && self.dead_type(&item)?,
                ItemKind::Constant => {
                    self.is_lost(&item, &|file, it| !it.member && !self.in_import(file, it.at), None)
                        && self.whole(&item)?
                }
                ItemKind::Local { .. } => self.local(&item)?,
                ItemKind::Parameter { .. } => self.parameter(&item)?,
                ItemKind::Module | ItemKind::Field { .. } | ItemKind::Variant { .. } => false,
            };
        }
        Ok(progress)
    }

    fn function_is_dead(&self, item: &Item) -> bool {
        let ItemKind::Function { owner, .. } = &item.kind else { return false };
        let method = owner.is_some();
        // A field of the same name is no call, nor is a variable.
        let counts = |file: FileId, it: &Mention| {
            (!method || it.called || it.pathed) && !self.is_definition(file, it.at) && !self.in_import(file, it.at)
        };
        self.is_lost(item, &counts, None)
    }

    fn type_is_dead(&self, item: &Item) -> bool {
        let of = |file: FileId, span: Span| {
            self.index
                .impls
                .iter()
                .any(|it| it.of == item.name && it.whole.file == file && it.whole.span.contains(span))
        };
        self.is_lost(item, &|file, it| !it.member && !of(file, it.at) && !self.in_import(file, it.at), None)
    }

    /// Whether a name stands where something is defined under it.
    pub(super) fn is_definition(&self, file: FileId, span: Span) -> bool {
        self.index.items.iter().any(|it| it.whole.file == file && it.name_at == span)
    }

    fn dead_type(&mut self, item: &Item) -> Result<bool, Declined> {
        let impls: Vec<Location> = self.index.impls.iter().filter(|it| it.of == item.name).map(|it| it.whole).collect();
        for place in impls {
            self.lines(place)?;
        }
        self.whole(item)
    }

    /// Removes an item, saying so where users outside of the tree may name it.
    pub(super) fn whole(&mut self, item: &Item) -> Result<bool, Declined> {
        self.open_to_others(item);
        self.lines(item.whole)
    }

    /// Says that something public of a library goes.
    pub(super) fn open_to_others(&mut self, item: &Item) {
        let path = self.project.file(item.whole.file).path();
        let library = self.project.files().any(|(_, it)| {
            it.path().file_name() == Some("lib.rs") && it.path().parent().is_some_and(|folder| path.starts_with(folder))
        });
        if item.public && library {
            self.change.unproved = true;
            self.change.note(format!(
                "`{}` of {path} is public and goes; users outside of this tree must drop it too",
                item.name
            ));
        }
    }

    /// Removes whole lines with the comments that belong to them.
    pub(super) fn lines(&mut self, place: Location) -> Result<bool, Declined> {
        let data = self.project.file(place.file);
        let text = data.text();
        let lines = data.lines.whole_lines(text, place.span);
        let before = Span::new(lines.start, place.span.start).of(text);
        let after = Span::new(place.span.end, lines.end).of(text);
        let comment = after.trim_start().starts_with("//");
        let whole = match before.trim().is_empty() && (after.trim().is_empty() || comment) {
            true => Span::new(self.comments_above(place.file, lines), lines.end),
            false => {
                let space = after.len() - after.trim_start_matches([' ', '\t']).len();
                Span::new(place.span.start, place.span.end + space)
            }
        };
        if self.change.deletes(at(place.file, whole)) {
            return Ok(false);
        }
        self.change.delete(at(place.file, whole))?;
        Ok(true)
    }

    /// The start of the comments right above lines that go, where these speak of nothing that stays.
    fn comments_above(&self, file: FileId, lines: Span) -> usize {
        let text = self.project.file(file).text();
        let below = text.get(lines.end..).unwrap_or_default();
        let next = below.lines().next().unwrap_or_default().trim();
        let next_at = lines.end + (below.len() - below.trim_start().len());
        let gone = self.change.deletes(at(file, Span::new(next_at, next_at + 1)));
        let alone = next.is_empty() || next.starts_with(['}', ')']) || gone;
        let parameter = &self.project.knowledge().endpoints.exchange_parameter;
        let assertion = parameter.split('_').next().unwrap_or(parameter);
        let mut start = lines.start;
        loop {
            let above = Span::new(0, start).of(text);
            let Some(line) = above.lines().next_back().filter(|it| it.trim_start().starts_with("//")) else {
                return start;
            };
            // What follows may be meant too, unless the comment names what goes.
            if !alone && !line.to_lowercase().contains(assertion) {
                return start;
            }
            // What stands at the very top is about the file.
            let length = line.len() + 1;
            if line.trim_start().starts_with("//!") || start <= length {
                return start;
            }
            start -= length;
        }
    }

    /// Loops and branches whose every statement went.
    fn emptied(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let blocks = self.index.blocks.clone();
        for (inside, whole) in blocks {
            let gone = !inside.is_empty() && inside.iter().all(|it| self.removed(whole.file, *it));
            if gone && !self.removed(whole.file, whole.span) {
                progress |= self.lines(whole)?;
            }
        }
        let impls: Vec<_> = self.index.impls.iter().filter(|it| !it.members.is_empty()).cloned().collect();
        for it in impls {
            let gone = it.members.iter().all(|member| self.removed(it.whole.file, *member));
            if gone && !self.removed(it.whole.file, it.whole.span) {
                progress |= self.lines(it.whole)?;
            }
        }
        Ok(progress)
    }

    /// Declarations of modules whose file holds nothing any more.
    fn modules(&mut self) -> Result<(), Declined> {
        let modules: Vec<Item> = self.index.items.iter().filter(|it| it.kind == ItemKind::Module).cloned().collect();
        for module in modules {
            let here = self.project.file(module.whole.file).path();
            let folder = here.parent().unwrap_or(here);
            let stem = here.file_stem().unwrap_or_default();
            let inner = if matches!(stem, "main" | "lib" | "mod") { folder.to_path_buf() } else { folder.join(stem) };
            let paths = [inner.join(format!("{}.rs", module.name)), inner.join(&module.name).join("mod.rs")];
            let Some(file) = paths.iter().find_map(|it| self.project.file_at(it)) else { continue };
            let Some(source) = self.index.file(file) else { continue };
            let items = &source.syntax.items;
            let stays =
                |it: &&syn::Item| !matches!(it, syn::Item::Use(_)) && !self.removed(file, super::source::span(it));
            if items.is_empty() || items.iter().any(|it| stays(&it)) {
                continue;
            }
            self.lines(module.whole)?;
            let length = self.project.file(file).text().len();
            self.change.delete(at(file, Span::new(0, length)))?;
        }
        Ok(())
    }

    /// Removes an entry of a list in brackets.
    pub(super) fn entry(&mut self, place: Location) -> Result<bool, Declined> {
        if self.removed(place.file, place.span) {
            return Ok(false);
        }
        let whole = item_span(self.project.file(place.file), place.span);
        self.change.delete(at(place.file, whole))?;
        Ok(true)
    }
}
