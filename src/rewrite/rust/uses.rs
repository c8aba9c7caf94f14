//! `use` items: names that nothing in the file mentions any more go, and what is left is written anew.

use std::collections::BTreeSet;

use syn::UseTree;
use syn::visit::{self, Visit};

use crate::text::{FileId, Span};

use super::super::change::{Declined, at};
use super::source::span;
use super::sweep::Sweep;

/// One name that a `use` brings.
#[derive(Debug, Clone)]
struct Leaf {
    /// Its whole path, with dots.
    path: String,
    /// The name it goes by in the file; `*` for all names.
    name: String,
}

struct Uses<'a>(Vec<&'a syn::ItemUse>);

impl<'a> Visit<'a> for Uses<'a> {
    fn visit_item_use(&mut self, it: &'a syn::ItemUse) {
        self.0.push(it);
        visit::visit_item_use(self, it);
    }
}

fn leaves(tree: &UseTree, prefix: &str, acc: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(it) => leaves(&it.tree, &format!("{prefix}{}.", it.ident), acc),
        UseTree::Name(it) if it.ident == "self" => {
            let path = prefix.trim_end_matches('.').to_owned();
            let name = path.rsplit('.').next().unwrap_or_default().to_owned();
            acc.push(Leaf { path, name });
        }
        UseTree::Name(it) => acc.push(Leaf { path: format!("{prefix}{}", it.ident), name: it.ident.to_string() }),
        UseTree::Rename(it) => acc.push(Leaf { path: format!("{prefix}{}", it.ident), name: it.rename.to_string() }),
        UseTree::Glob(_) => acc.push(Leaf { path: format!("{prefix}*"), name: "*".to_owned() }),
        UseTree::Group(it) => it.items.iter().for_each(|it| leaves(it, prefix, acc)),
    }
}

/// The names that a file imports.
pub(in crate::rewrite) fn imports(file: &syn::File) -> Vec<String> {
    let mut uses = Uses(Vec::new());
    uses.visit_file(file);
    let mut all = Vec::new();
    uses.0.iter().for_each(|it| leaves(&it.tree, "", &mut all));
    all.into_iter().map(|it| it.name).collect()
}

/// The names that a file imports and nowhere mentions; not those that it hands on, or only imports for their methods.
pub(in crate::rewrite) fn unused_imports(text: &str) -> BTreeSet<String> {
    let Ok(file) = syn::parse_file(text) else { return BTreeSet::new() };
    let mut uses = Uses(Vec::new());
    uses.visit_file(&file);
    let private = uses.0.iter().filter(|it| matches!(it.vis, syn::Visibility::Inherited));
    let mut all = Vec::new();
    private.for_each(|it| leaves(&it.tree, "", &mut all));
    let places: Vec<Span> = uses.0.iter().map(|it| span(*it)).collect();
    let mentions = super::mention::mentions_of(quote::ToTokens::to_token_stream(&file));
    let used = |name: &str| {
        let mut named = mentions.iter().filter(|it| it.name == name && !it.member);
        named.any(|it| !places.iter().any(|place| place.contains(it.at)))
    };
    all.into_iter().map(|it| it.name).filter(|it| it != "_" && it != "*" && !used(it)).collect()
}

/// The names that a file imports from a crate.
pub(in crate::rewrite) fn imported_from(file: &syn::File, name: &str) -> Vec<String> {
    let mut uses = Uses(Vec::new());
    uses.visit_file(file);
    let mut all = Vec::new();
    uses.0.iter().for_each(|it| leaves(&it.tree, "", &mut all));
    let prefix = format!("{name}.");
    all.into_iter().filter(|it| it.path.starts_with(&prefix)).map(|it| it.name).collect()
}

/// Writes the `use` items of all files that changed without what nothing mentions any more.
pub(super) fn tidy(sweep: &mut Sweep<'_, '_>) -> Result<(), Declined> {
    let files: Vec<FileId> = sweep.index.files.iter().map(|it| it.file).collect();
    files.into_iter().try_for_each(|file| tidy_file(sweep, file))
}

fn tidy_file(sweep: &mut Sweep<'_, '_>, file: FileId) -> Result<(), Declined> {
    let Some(source) = sweep.index.file(file) else { return Ok(()) };
    let mut uses = Uses(Vec::new());
    uses.visit_file(&source.syntax);
    let uses: Vec<syn::ItemUse> = uses.0.into_iter().cloned().collect();
    for item in &uses {
        let whole = span(item);
        if sweep.removed(file, whole) {
            continue;
        }
        let mut all = Vec::new();
        leaves(&item.tree, "", &mut all);
        let dead: Vec<String> = all.iter().filter(|it| is_dead(sweep, file, it)).map(|it| it.path.clone()).collect();
        if dead.is_empty() {
            continue;
        }
        let replacements: Vec<String> = all
            .iter()
            .filter(|it| it.name == "*" && dead.contains(&it.path))
            .flat_map(|it| behind_glob(sweep, file, &it.path))
            .collect();
        for path in replacements {
            let line = format!("use {};\n", path.replace('.', "::"));
            let end = sweep.project.file(file).lines.whole_lines(sweep.project.file(file).text(), whole).end;
            sweep.change.insert_lines(file, end, line)?;
        }
        match without(&item.tree, "", &dead) {
            None => drop(sweep.lines(at(file, whole))?),
            Some(tree) => {
                let old = span(&item.tree);
                let text = written(sweep, file, old, &tree);
                sweep.change.reword(at(file, old), text)?;
            }
        }
    }
    Ok(())
}

/// Whether a name lost its mentions; a trait, which need not be mentioned, the calls of its methods.
fn is_dead(sweep: &Sweep<'_, '_>, file: FileId, leaf: &Leaf) -> bool {
    if leaf.name == "_" {
        return false;
    }
    let crate_name = leaf.path.split('.').next().unwrap_or_default();
    if leaf.name == "*" {
        return sweep.is_unmentioned_crate(crate_name, file);
    }
    if names_what_went(sweep, leaf) {
        return true;
    }
    let counted = |it: &super::mention::Mention| !it.member && !sweep.in_import(file, it.at);
    let mut mentions = sweep.named(&leaf.name, Some(file)).filter(|it| counted(it.1)).peekable();
    if mentions.peek().is_some() {
        return mentions.all(|(file, it)| sweep.removed(file, it.at))
            && !sweep.says(&leaf.name, Some(whole(sweep, file)));
    }
    let Some(row) = sweep.project.knowledge().traits.iter().find(|it| it.call == leaf.path) else {
        return sweep.is_unmentioned_crate(crate_name, file);
    };
    let mut lost = false;
    for method in &row.methods {
        for (_, it) in sweep.named(method, Some(file)).filter(|it| it.1.member && it.1.called) {
            match sweep.removed(file, it.at) {
                true => lost = true,
                false => return false,
            }
        }
        if sweep.says(method, Some(whole(sweep, file))) {
            return false;
        }
    }
    lost
}

/// Whether a path of the crate leads to something that goes.
fn names_what_went(sweep: &Sweep<'_, '_>, leaf: &Leaf) -> bool {
    let name = leaf.path.rsplit('.').next().unwrap_or_default();
    let mut known = sweep.index.items.iter().filter(|it| it.name == name && is_importable(&it.kind)).peekable();
    let own = ["crate", "self", "super"].iter().any(|it| leaf.path.split('.').next() == Some(it))
        || sweep.index.items.iter().any(|it| {
            it.kind == super::index::ItemKind::Module && leaf.path.split('.').next() == Some(it.name.as_str())
        });
    own && known.peek().is_some() && known.all(|it| sweep.removed(it.whole.file, it.name_at))
}

fn is_importable(kind: &super::index::ItemKind) -> bool {
    use super::index::ItemKind;
    match kind {
        ItemKind::Function { owner, .. } => owner.is_none(),
        ItemKind::Type | ItemKind::Constant | ItemKind::Module => true,
        ItemKind::Field { .. } | ItemKind::Variant { .. } | ItemKind::Local { .. } | ItemKind::Parameter { .. } => {
            false
        }
    }
}

fn whole(sweep: &Sweep<'_, '_>, file: FileId) -> crate::text::Location {
    at(file, Span::new(0, sweep.project.file(file).text().len()))
}

/// The names that a glob brought and that the file still mentions, by where they come from.
fn behind_glob(sweep: &Sweep<'_, '_>, file: FileId, path: &str) -> Vec<String> {
    let prefix = path.trim_end_matches('*').trim_end_matches('.');
    let rows = sweep.project.knowledge().preludes.iter().filter(|it| it.path == prefix);
    let lives = |name: &str| {
        let mut named = sweep.named(name, Some(file)).filter(|it| !it.1.member && !it.1.pathed);
        named.any(|(file, it)| !sweep.removed(file, it.at))
    };
    let mut res: Vec<String> =
        rows.flat_map(|it| &it.names).filter(|it| it.rsplit('.').next().is_some_and(lives)).cloned().collect();
    res.sort();
    res
}

impl Sweep<'_, '_> {
    /// Whether a library is one that signs, and nothing in a file that stays mentions it or what comes from it.
    fn is_unmentioned_crate(&self, name: &str, file: FileId) -> bool {
        let signs = self
            .project
            .knowledge()
            .signers
            .iter()
            .any(|it| it.language == "rust" && it.call.split('.').next() == Some(name));
        let Some(source) = self.index.file(file).filter(|_| signs) else { return false };
        let imported = imported_from(&source.syntax, name);
        let stays = |it: &&super::mention::Mention| {
            (it.name == name || imported.contains(&it.name))
                && !it.member
                && !self.removed(file, it.at)
                && !self.in_import(file, it.at)
        };
        let touched = source.mentions.iter().any(|it| self.removed(file, it.at));
        touched && !source.mentions.iter().any(|it| stays(&it))
    }

    /// Whether a name stands in a `use` that hands nothing on.
    pub(super) fn in_import(&self, file: FileId, span: Span) -> bool {
        self.index.file(file).is_some_and(|it| it.uses.iter().any(|it| it.contains(span)))
    }
}

/// A tree without some of its paths.
fn without(tree: &UseTree, prefix: &str, dead: &[String]) -> Option<String> {
    let gone = |path: String| dead.contains(&path);
    match tree {
        UseTree::Path(it) => {
            let inner = without(&it.tree, &format!("{prefix}{}.", it.ident), dead)?;
            // `a::{self}` with nothing else is `a`.
            match inner.as_str() {
                "self" => Some(it.ident.to_string()),
                _ => Some(format!("{}::{inner}", it.ident)),
            }
        }
        UseTree::Name(it) if it.ident == "self" => {
            (!gone(prefix.trim_end_matches('.').to_owned())).then(|| "self".to_owned())
        }
        UseTree::Name(it) => (!gone(format!("{prefix}{}", it.ident))).then(|| it.ident.to_string()),
        UseTree::Rename(it) => {
            (!gone(format!("{prefix}{}", it.ident))).then(|| format!("{} as {}", it.ident, it.rename))
        }
        UseTree::Glob(_) => (!gone(format!("{prefix}*"))).then(|| "*".to_owned()),
        UseTree::Group(it) => {
            let parts: Vec<String> = it.items.iter().filter_map(|it| without(it, prefix, dead)).collect();
            match parts.as_slice() {
                [] => None,
                [only] => Some(only.clone()),
                _ => Some(format!("{{{}}}", parts.join(", "))),
            }
        }
    }
}

/// The longest line that is written where the file keeps none longer.
const WIDTH: usize = 100;

/// A tree as the file writes trees: over several lines where it was and one would be too long.
fn written(sweep: &Sweep<'_, '_>, file: FileId, old: Span, tree: &str) -> String {
    let text = sweep.project.file(file).text();
    let lines = text.get(..old.start).and_then(|it| it.rsplit('\n').next()).unwrap_or_default();
    if !old.of(text).contains('\n') || lines.len() + tree.len() < WIDTH {
        return tree.to_owned();
    }
    let Some((head, inner)) = tree.split_once('{') else { return tree.to_owned() };
    let Some(inner) = inner.strip_suffix('}').filter(|it| !it.contains('{')) else { return tree.to_owned() };
    format!("{head}{{\n    {},\n}}", inner.replace(", ", ",\n    "))
}
