//! Between a plan and a patch: the edited text must parse, bind its names, use its imports, and be free of the flow.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use crate::facts::{self, BindingKind, Imported, Value};
use crate::flow::{self, Analysis};
use crate::lang::{Grammars, ModuleStyle};
use crate::link::{Project, ProjectFile};
use crate::rules::{self, Level};
use crate::source::SourceFile;

use super::change::{Change, Declined};
use super::notebook;
use super::removal::close_gaps;
use super::rust;

/// A file that a migration changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePatch {
    /// The path relative to the scanned root.
    pub path: Utf8PathBuf,
    /// Its text before.
    pub before: String,
    /// Its text afterwards; none when nothing is left of it.
    pub after: Option<String>,
}

/// Names that generated code takes from the runtime.
const RUNTIME_NAMES: &[&str] = &[
    "Date",
    "Error",
    "JSON",
    "Math",
    "Object",
    "Promise",
    "System",
    "URL",
    "URLSearchParams",
    "fetch",
    "import",
    "process",
    "require",
    "static",
    "str",
    "this",
    "type",
];

/// Carries out a change in memory. Gives the changed files, and the project with them.
pub(super) fn overlay(
    grammars: &Grammars,
    project: &Project,
    change: &Change,
) -> Result<(Vec<FilePatch>, Project), Declined> {
    let mut patches = Vec::new();
    let mut files = Vec::new();
    for (id, edits) in &change.edits {
        let file = project.file(*id);
        let mut edits = edits.clone();
        close_gaps(file.text(), &mut edits);
        let after = match &file.source.container {
            Some(_) => notebook::renewed(grammars, file, &edits)?,
            None => edits.apply(file.text()),
        };
        let new = project_file(grammars, file, &after)?;
        let emptied = holds_nothing(&new)
            && !file.facts.statements.is_empty()
            && file.facts.language.modules != ModuleStyle::Data;
        let after = (!emptied).then_some(after);
        patches.push(FilePatch { path: file.path().to_path_buf(), before: file.source.content().to_owned(), after });
        files.push(new);
    }
    Ok((patches, project.overlay(files)))
}

/// Whether nothing but directives such as `'use strict'` and documentation is left in a file.
fn holds_nothing(file: &ProjectFile) -> bool {
    let names = file.facts.bindings.iter().any(|(_, it)| !it.definitions.is_empty());
    let stores = !file.facts.stores.is_empty() || !file.facts.exports.is_empty();
    !names
        && !stores
        && file.facts.statements.iter().filter(|(_, it)| !it.span.of(file.text()).starts_with("package ")).all(
            |(id, _)| {
                let mut inside = file.facts.values.iter().filter(|(_, it)| it.statement == Some(id)).peekable();
                inside.peek().is_some() && inside.all(|(_, it)| matches!(it.value, Value::Text(_)))
            },
        )
}

/// The project with files as patches leave them.
pub(super) fn patched(grammars: &Grammars, project: &Project, patches: &[FilePatch]) -> Project {
    let changed = patches.iter().filter_map(|patch| {
        let file = project.file(project.file_at(&patch.path)?);
        // The text was read before, when the patch was verified.
        project_file(grammars, file, patch.after.as_deref().unwrap_or_default()).ok()
    });
    project.overlay(changed.collect())
}

fn project_file(grammars: &Grammars, file: &ProjectFile, text: &str) -> Result<ProjectFile, Declined> {
    let broken = |error: String| Declined::because(format!("the changed file cannot be read: {error}"));
    let source = SourceFile::of_language(file.path().to_path_buf(), file.source.on_disk.clone(), text.to_owned())
        .map_err(|note| broken(note.message))?;
    let facts =
        facts::read(grammars, file.facts.language, source.parsed()).map_err(|error| broken(error.to_string()))?;
    Ok(ProjectFile::new(source, facts))
}

/// Checks a change by its result.
pub(super) fn verify(
    before: &Project,
    after: &Project,
    known: &Analysis<'_>,
    patches: &[FilePatch],
) -> Result<(), Declined> {
    for patch in patches {
        let (Some(old), Some(new)) = (before.file_at(&patch.path), after.file_at(&patch.path)) else { continue };
        let (old, new) = (before.file(old), after.file(new));
        if !old.source.is_utf8 {
            return Err(Declined::because(format!("{} is not UTF-8", patch.path)));
        }
        if new.facts.errors.len() > old.facts.errors.len() {
            return Err(Declined::because(format!("the changed {} would not parse", patch.path)));
        }
        names_are_bound(old, new)?;
        imports_are_used(old, new)?;
    }
    imports_still_resolve(before, after, patches)?;
    let analysis = flow::analyze(after);
    if analysis.flows.len() >= known.flows.len() {
        return Err(Declined::because("the exchange would still be found after the change"));
    }
    let count = |project: &Project, analysis: &Analysis<'_>| -> Vec<(Utf8PathBuf, &'static str)> {
        let found = rules::check_from(project, analysis, Level::Error).into_iter();
        let found = found.filter(|it| it.level == Level::Error);
        found.map(|it| (it.path, it.rule.id)).collect()
    };
    let mut old = count(before, known);
    for found in count(after, &analysis) {
        match old.iter().position(|it| *it == found) {
            Some(place) => drop(old.swap_remove(place)),
            None => {
                return Err(Declined::because(format!("the change would bring a new {} into {}", found.1, found.0)));
            }
        }
    }
    Ok(())
}

/// Every name that is free in the new text was free in the old one, or belongs to the runtime.
fn names_are_bound(old: &ProjectFile, new: &ProjectFile) -> Result<(), Declined> {
    let mut before = free_names(old);
    before.extend(rust::variant_names(new));
    let unbound = free_names(new).into_iter().find(|it| !before.contains(it) && !RUNTIME_NAMES.contains(&it.as_str()));
    match unbound {
        Some(name) => Err(Declined::because(format!("the name `{name}` would not be known in {}", new.path()))),
        None => Ok(()),
    }
}

/// What other files import from a changed file is still there.
fn imports_still_resolve(before: &Project, after: &Project, patches: &[FilePatch]) -> Result<(), Declined> {
    for (_, file) in after.files() {
        for (_, import) in file.facts.imports.iter() {
            let target = after.modules().resolve(file.facts.language, file.path(), &import.module);
            let Some(patch) = patches.iter().find(|it| Some(&it.path) == target.as_ref()) else { continue };
            let (Some(old), Some(new)) = (before.file_at(&patch.path), after.file_at(&patch.path)) else { continue };
            for item in &import.items {
                let Imported::Name(name) = &item.imported else { continue };
                if offers(before.file(old), name) && !offers(after.file(new), name) {
                    let (user, path) = (file.path(), &patch.path);
                    return Err(Declined::because(format!("{user} still imports `{name}` from {path}")));
                }
            }
        }
    }
    Ok(())
}

/// Whether a file defines or exports a name at its top level.
fn offers(file: &ProjectFile, name: &str) -> bool {
    let facts = &file.facts;
    let top = facts.scopes.iter().next().is_some_and(|(_, scope)| scope.names.contains_key(name));
    facts.exports.iter().any(|it| it.name == name) || (facts.language.exports_everything && top)
}

fn free_names(file: &ProjectFile) -> BTreeSet<String> {
    let values = file.facts.values.iter();
    let rust = file.facts.language.modules == ModuleStyle::Rust;
    values
        .filter_map(|(_, it)| match &it.value {
            // What begins a path of Rust is a crate.
            Value::Name { binding: None, .. }
                if rust && file.text().get(it.span.end..).is_some_and(|it| it.starts_with("::")) =>
            {
                None
            }
            Value::Name { name, binding: None } => Some(name.clone()),
            _ => None,
        })
        .collect()
}

/// Every import that was used still is; so is every new one.
fn imports_are_used(old: &ProjectFile, new: &ProjectFile) -> Result<(), Declined> {
    let unused = |file: &ProjectFile| -> BTreeSet<String> {
        if file.facts.language.modules == ModuleStyle::Rust {
            return rust::unused_imports(file.text());
        }
        let bindings = file.facts.bindings.iter().map(|(_, it)| it);
        bindings
            .filter(|it| matches!(it.kind, BindingKind::Import { .. }) && it.reads.is_empty())
            .map(|it| it.name.clone())
            .collect()
    };
    let before = unused(old);
    match unused(new).into_iter().find(|it| !before.contains(it)) {
        Some(name) => Err(Declined::because(format!("the import `{name}` would be left unused in {}", new.path()))),
        None => Ok(()),
    }
}
