//! Configuration files of tools that exchange a JWT by themselves: what was of the JWT goes, what OAuth needs comes.

use crate::facts::{Entry, EntryKey, Value};
use crate::flow::{self, FlowKind};
use crate::knowledge::ConfigForm;
use crate::lang::ModuleStyle;
use crate::link::{Expr, Project, ProjectFile};
use crate::text::{FileId, Span};

use super::change::{Change, Declined, at};
use super::config_entries;
use super::dead_settings::{has_lines, lines_of, whole_entry};
use super::removal::item_span;

/// How deeply records are looked for.
const DEPTH: usize = 12;
/// What stands for scopes that are not known.
pub(super) const PLACEHOLDER: &str = "<scopes>";

/// A file that has one of the forms.
pub(super) struct Found<'p> {
    pub(super) form: &'p ConfigForm,
    pub(super) file: FileId,
    root: Expr,
    /// The record around the one with the credential; itself where there is none.
    pub(super) around: Expr,
    /// The record with the credential.
    pub(super) record: Expr,
}

/// The forms that records of a file have.
pub(super) fn forms_of(project: &Project, file: FileId) -> Vec<Found<'_>> {
    let facts = project.facts(file);
    let Some(root) = facts.exports.iter().find_map(|it| it.value).map(|id| Expr { file, id }) else {
        return Vec::new();
    };
    let forms = project.knowledge().config_forms.iter().filter(|it| it.format == facts.language.name);
    forms
        .flat_map(|form| {
            let places = match form.anywhere || form.around.is_some() {
                true => records(project, root, 0),
                false => vec![root],
            };
            places.into_iter().filter_map(move |around| found_at(project, form, root, around))
        })
        .collect()
}

/// All records of a document.
fn records(project: &Project, value: Expr, depth: usize) -> Vec<Expr> {
    if depth > DEPTH {
        return Vec::new();
    }
    let inner = |id| records(project, Expr { file: value.file, id }, depth + 1);
    match project.value(value) {
        Value::Record(entries) => std::iter::once(value).chain(entries.iter().flat_map(|it| inner(it.value))).collect(),
        Value::List(items) => items.iter().flat_map(|it| inner(*it)).collect(),
        _ => Vec::new(),
    }
}

fn found_at<'p>(project: &'p Project, form: &'p ConfigForm, root: Expr, around: Expr) -> Option<Found<'p>> {
    let file = around.file;
    if let Some((key, text)) = &form.around {
        let value = Expr { file, id: entry_of(project, around, key)?.value };
        project.known_text(value).filter(|it| it.starts_with(text))?;
    }
    let record = match &form.within {
        Some(key) => Expr { file, id: entry_of(project, around, key)?.value },
        None => around,
    };
    let has = |key: &String| entry_of(project, record, key).is_some();
    let says = |(key, (old, _)): (&String, &(String, String))| {
        let mut entry = entry_of(project, record, key).into_iter();
        entry.all(|it| project.known_text(Expr { file, id: it.value }).is_some_and(|it| it == *old))
    };
    let fits =
        form.all.iter().all(has) && (form.any.is_empty() || form.any.iter().any(has)) && form.turned.iter().all(says);
    fits.then_some(Found { form, file, root, around, record })
}

/// A key without case and punctuation.
fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

pub(super) fn entries(project: &Project, record: Expr) -> &[Entry] {
    match project.value(record) {
        Value::Record(entries) => entries,
        _ => &[],
    }
}

pub(super) fn entry_of<'p>(project: &'p Project, record: Expr, key: &str) -> Option<&'p Entry> {
    entries(project, record)
        .iter()
        .find(|it| matches!(&it.key, EntryKey::Known { name, .. } if plain(name) == plain(key)))
}

/// The files that have a form and are read by no code of the project, each with the change that makes it one of OAuth.
pub(super) fn unread(project: &Project) -> Vec<(Change, String)> {
    let analysis = flow::analyze(project);
    let named: Vec<String> = analysis
        .flows
        .iter()
        .filter(|it| matches!(it.kind, FlowKind::Library(_)))
        .flat_map(|it| &it.parameters)
        .filter_map(|it| project.known_text(it.value))
        .collect();
    let mut res = Vec::new();
    for (file, data) in project.files().filter(|(_, it)| it.facts.language.modules == ModuleStyle::Data) {
        let found = forms_of(project, file);
        let Some(form) = found.first().map(|it| it.form) else { continue };
        let name = data.path().file_name().unwrap_or_default();
        let mut code = project.files().filter(|(_, it)| it.facts.language.modules != ModuleStyle::Data);
        let read = named.iter().any(|it| it.ends_with(name)) || code.any(|(_, it)| it.text().contains(name));
        let mut change = Change::default();
        if !read && found.iter().all(|it| edit(project, it, PLACEHOLDER, &mut change).is_ok()) {
            res.push((change, format!("{}: moved to OAuth for {}; {}", data.path(), form.name, form.note)));
        }
    }
    res
}

/// Makes a file one of OAuth.
pub(super) fn edit(project: &Project, found: &Found<'_>, scopes: &str, change: &mut Change) -> Result<(), Declined> {
    let form = found.form;
    let data = project.file(found.file);
    let metascopes = &project.knowledge().endpoints.metascope;
    let goes = |it: &&Entry| match &it.key {
        EntryKey::Known { name, .. } => {
            let is = |key: &String| plain(key) == plain(name);
            let held = || metascopes.is_match(it.span.of(data.text()));
            form.drop.iter().any(is) || form.metascope.as_ref().is_some_and(is) && held()
        }
        _ => false,
    };
    let gone: Vec<&Entry> = entries(project, found.record).iter().filter(goes).collect();
    let wanted = form.scopes.as_ref().filter(|key| entry_of(project, found.record, key).is_none());
    let mut renewed = wanted.map(|key| format!("\"{key}\": \"{scopes}\""));
    for entry in gone {
        match renewed.take().filter(|_| is_json(data)) {
            Some(text) => change.replace(at(found.file, entry.span), text)?,
            None => remove(data, found.file, entry, change)?,
        }
    }
    remove_endpoints(project, found, found.root, change)?;
    for (key, text) in &form.set {
        set(project, found, key, text, change)?;
    }
    config_entries::renew(project, found, change)
}

pub(super) fn is_json(data: &ProjectFile) -> bool {
    data.facts.language.id == "json"
}

fn remove(data: &ProjectFile, file: FileId, entry: &Entry, change: &mut Change) -> Result<(), Declined> {
    if is_json(data) {
        return change.delete(at(file, item_span(data, entry.span)));
    }
    let whole = whole_entry(data, entry);
    match has_lines(data, whole) {
        true => change.delete(at(file, lines_of(data, whole))),
        false => Err(Declined::because("a setting has no lines of its own")),
    }
}

/// Removes the addresses of the exchange, for which the tool has a default.
fn remove_endpoints(project: &Project, found: &Found<'_>, record: Expr, change: &mut Change) -> Result<(), Declined> {
    let data = project.file(found.file);
    for entry in entries(project, record) {
        let EntryKey::Known { name, .. } = &entry.key else { continue };
        let value = Expr { file: found.file, id: entry.value };
        let old = project.known_text(value).is_some_and(|it| project.knowledge().endpoints.exchange_path.is_match(&it));
        if old && found.form.endpoints.iter().any(|it| plain(it) == plain(name)) {
            remove(data, found.file, entry, change)?;
        }
        remove_endpoints(project, found, value, change)?;
    }
    Ok(())
}

/// Gives a key of the document a text.
fn set(project: &Project, found: &Found<'_>, key: &str, text: &str, change: &mut Change) -> Result<(), Declined> {
    let data = project.file(found.file);
    if let Some(entry) = entry_of(project, found.root, key) {
        let value = project.node(Expr { file: found.file, id: entry.value }).span;
        return change.replace(at(found.file, value), text);
    }
    let newline = if data.text().contains("\r\n") { "\r\n" } else { "\n" };
    let end = Span::at(data.text().len());
    let gap = if data.text().ends_with('\n') { "" } else { newline };
    change.insert(found.file, end.start, format!("{gap}{newline}{key}: {text}{newline}"))
}
