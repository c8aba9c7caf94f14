//! Entries of a configuration record that become others for OAuth: their text turns, becomes a list, or is joined by one
//! more.

use crate::facts::Entry;
use crate::flow;
use crate::knowledge::AddedOption;
use crate::link::{Expr, Project};
use crate::text::Span;

use super::change::{Change, Declined, at};
use super::config_forms::{Found, PLACEHOLDER, entries, entry_of, is_json};
use super::dead_settings::{lines_of, whole_entry};
use super::style::indentation_at;

/// Changes the entries that stay.
pub(super) fn renew(project: &Project, found: &Found<'_>, change: &mut Change) -> Result<(), Declined> {
    let form = found.form;
    holds_no_secret(project, found)?;
    for (key, (_, new)) in &form.turned {
        if let Some(entry) = entry_of(project, found.record, key) {
            reword(project, found, entry, new, change)?;
        }
    }
    for (key, renamed) in &form.listed {
        if let Some(entry) = entry_of(project, found.record, key) {
            let text = project.source(Expr { file: found.file, id: entry.value });
            change.replace(at(found.file, entry.span), format!("\"{renamed}\": [{text}]"))?;
        }
    }
    if let Some((key, renamed)) = &form.scope_list
        && let Some(entry) = entry_of(project, found.record, key)
    {
        let list = scope_list(project, Expr { file: found.file, id: entry.value });
        change.replace(at(found.file, entry.span), format!("\"{renamed}\": {list}"))?;
    }
    if let Some(added) = &form.added {
        add(project, found, added, change)?;
    }
    match &form.raised {
        Some(least) => raise(project, found, least, change),
        None => Ok(()),
    }
}

/// A secret that is written out would be shown by the diff; a person moves it, to where it belongs too.
fn holds_no_secret(project: &Project, found: &Found<'_>) -> Result<(), Declined> {
    // Where no secret changes, what goes are names and paths.
    if found.form.listed.is_empty() {
        return Ok(());
    }
    let keys = found.form.listed.keys().chain(&found.form.drop);
    for entry in keys.filter_map(|it| entry_of(project, found.record, it)) {
        let text = project.known_text(Expr { file: found.file, id: entry.value }).unwrap_or_default();
        let named = text.is_empty() || text.starts_with(['$', '<', '{']);
        let path = text.len() < 200 && !text.contains('\n') && [".key", ".pem"].iter().any(|it| text.ends_with(it));
        if !named && !path {
            let path = project.file(found.file).path();
            return Err(Declined::because(format!("{path} holds a secret")));
        }
    }
    Ok(())
}

/// Gives an entry another text, in the quotes it has.
fn reword(
    project: &Project,
    found: &Found<'_>,
    entry: &Entry,
    text: &str,
    change: &mut Change,
) -> Result<(), Declined> {
    let value = Expr { file: found.file, id: entry.value };
    let source = project.source(value);
    let quote = source.chars().next().filter(|it| matches!(it, '"' | '\'')).map(String::from).unwrap_or_default();
    change.replace(at(found.file, project.node(value).span), format!("{quote}{text}{quote}"))
}

/// The scopes for a list of metascopes, laid out as that is.
fn scope_list(project: &Project, metascopes: Expr) -> String {
    let scopes = flow::scopes_of_list(project, metascopes);
    let known = match scopes.known.is_empty() || !scopes.undocumented.is_empty() {
        true => vec![PLACEHOLDER.to_owned()],
        false => scopes.known,
    };
    let items: Vec<String> = known.iter().map(|it| format!("\"{it}\"")).collect();
    let data = project.file(metascopes.file);
    let span = project.node(metascopes).span;
    let source = span.of(data.text());
    let first_line = source.lines().nth(1);
    match first_line {
        Some(line) => {
            let newline = if source.contains("\r\n") { "\r\n" } else { "\n" };
            let (inner, outer) = (indentation_at(line, 0), indentation_at(data.text(), span.start));
            let items = items.join(&format!(",{newline}{inner}"));
            format!("[{newline}{inner}{items}{newline}{outer}]")
        }
        None => format!("[{}]", items.join(", ")),
    }
}

/// Adds the entry that has to be there, beside the one it is named like.
fn add(project: &Project, found: &Found<'_>, added: &AddedOption, change: &mut Change) -> Result<(), Declined> {
    if entry_of(project, found.record, &added.key).is_some() {
        return Ok(());
    }
    let data = project.file(found.file);
    let Some(beside) = entry_of(project, found.record, &added.beside) else {
        return Err(Declined::because(format!("{} has no {}", data.path(), added.beside)));
    };
    let whole = whole_entry(data, beside);
    let source = whole.of(data.text());
    let newline = if data.text().contains("\r\n") { "\r\n" } else { "\n" };
    let indent = indentation_at(data.text(), whole.start);
    if is_json(data) {
        let text = format!("\"{}\": \"{}\"", added.key, added.variable);
        return change.insert(found.file, beside.span.end, format!(",{newline}{indent}{text}"));
    }
    let (key, value) = source.split_once(':').unwrap_or((source, ""));
    let key = renamed(key, added).unwrap_or_else(|| added.key.clone());
    let value = renamed(value.trim(), added).unwrap_or_else(|| added.variable.clone());
    let end = lines_of(data, whole).end;
    let first = entries(project, found.record).first().map_or(whole.start, |it| it.span.start);
    let indent = if first == whole.start { " ".repeat(column(data.text(), first)) } else { indent.to_owned() };
    let (lead, tail) =
        if data.text().get(..end).is_some_and(|it| it.ends_with('\n')) { ("", newline) } else { (newline, "") };
    change.insert(found.file, end, format!("{lead}{indent}{key}: {value}{tail}"))
}

fn column(text: &str, offset: usize) -> usize {
    let before = Span::new(0, offset).of(text);
    before.len() - before.rfind('\n').map_or(0, |it| it + 1)
}

/// A name of the other, made one of its own: `TECHNICALACCID_STAGE` becomes `TECHNICALACCEMAIL_STAGE`.
fn renamed(text: &str, added: &AddedOption) -> Option<String> {
    added.ends.iter().find_map(|(old, new)| {
        let ends = |it: &usize| {
            text.get(it + old.len()..).and_then(|it| it.chars().next()).is_none_or(|it| !it.is_alphanumeric())
        };
        let start = text.rmatch_indices(old.as_str()).map(|it| it.0).find(ends)?;
        let mut res = text.to_owned();
        res.replace_range(start..start + old.len(), new);
        Some(res)
    })
}

/// Raises the version of what is used, where its first number is below the least.
fn raise(project: &Project, found: &Found<'_>, least: &str, change: &mut Change) -> Result<(), Declined> {
    let Some((key, _)) = &found.form.around else { return Ok(()) };
    let Some(entry) = entry_of(project, found.around, key) else { return Ok(()) };
    let value = Expr { file: found.file, id: entry.value };
    let source = project.source(value).trim_matches(['"', '\'']);
    let Some((name, version)) = source.split_once('@') else { return Ok(()) };
    let first = |it: &str| it.trim_start_matches('v').split('.').next().and_then(|it| it.parse::<u32>().ok());
    match (first(version), first(least)) {
        (Some(old), Some(new)) if old < new => reword(project, found, entry, &format!("{name}@{least}"), change),
        _ => Ok(()),
    }
}
