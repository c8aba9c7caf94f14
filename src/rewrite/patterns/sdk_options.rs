//! The record of options that a library is given, for OAuth: entries go, become lists, are renamed, and one comes.

use crate::facts::{Entry, EntryKey, Value};
use crate::knowledge::{AddedOption, Library, OptionsChange};
use crate::link::{Expr, Origin};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::removal::item_span;
use super::super::scope_source;
use super::super::site::Site;
use super::super::style::indentation_at;

/// How long a list on one line may be.
const LINE: usize = 90;

/// Changes the record.
pub(super) fn renew(
    site: &Site<'_>,
    change: &mut Change,
    library: &Library,
    options: &OptionsChange,
) -> Result<(), Declined> {
    let project = site.project;
    let record = record_of(site, library)?;
    let Value::Record(entries) = project.value(record) else { return Ok(()) };
    let data = project.file(record.file);
    let scopes = options_key(library)?;
    let mut asked = false;
    for entry in entries {
        let EntryKey::Known { name, span } = &entry.key else {
            return Err(Declined::because("some of the options are spliced in or have computed names"));
        };
        if options.drop.contains(name) {
            change.delete(at(record.file, item_span(data, entry.span)))?;
        } else if let Some(key) = options.listed.get(name) {
            list(site, change, (record, entry, *span), key)?;
        } else if name == scopes {
            asked = true;
            let list = scope_list(site, change, Expr { file: record.file, id: entry.value })?;
            change.replace(at(record.file, entry.span), format!("{}: {list}", options.scopes))?;
        } else if let Some(text) = options.set.get(name) {
            change.replace(at(record.file, project.node(Expr { file: record.file, id: entry.value }).span), text)?;
        }
    }
    match asked {
        true => add(site, change, record, &options.added),
        false => Err(Declined::because("the metascopes are not among the options that are seen here")),
    }
}

fn options_key(library: &Library) -> Result<&str, Declined> {
    library.metascopes.as_deref().ok_or_else(|| Declined::because("the option of the metascopes is not known"))
}

/// The record itself, which must serve this call alone.
fn record_of(site: &Site<'_>, library: &Library) -> Result<Expr, Declined> {
    let project = site.project;
    let unknown = || Declined::because("the options are put together elsewhere");
    let passed = library.options.as_ref().and_then(|slot| project.slot(site.flow.anchor, slot)).ok_or_else(unknown)?;
    if matches!(project.value(passed), Value::Record(_)) {
        return Ok(passed);
    }
    let shared = project.binding(passed).is_none_or(|it| project.facts(passed.file).bindings[it].reads.len() > 1);
    if shared {
        return Err(Declined::because("the options are used for more than this call"));
    }
    match project.resolve(passed).as_slice() {
        [Origin::Value(record)] if record.file == passed.file && matches!(project.value(*record), Value::Record(_)) => {
            Ok(*record)
        }
        _ => Err(unknown()),
    }
}

/// Makes the value of an entry the only item of a list.
fn list(
    site: &Site<'_>,
    change: &mut Change,
    (record, entry, key): (Expr, &Entry, Span),
    renamed: &str,
) -> Result<(), Declined> {
    let value = site.project.node(Expr { file: record.file, id: entry.value }).span;
    if value == key {
        change.insert(record.file, key.start, format!("{renamed}: ["))?;
        return change.insert(record.file, key.end, "]");
    }
    change.reword(at(record.file, key), renamed)?;
    change.insert(record.file, value.start, "[")?;
    change.insert(record.file, value.end, "]")
}

/// The scopes as a list, over several lines where the metascopes were.
fn scope_list(site: &Site<'_>, change: &mut Change, metascopes: Expr) -> Result<String, Declined> {
    let source = scope_source::scope_source(site, change)?;
    let text = source.trim_matches(['"', '\'']);
    if text.len() + 2 != source.len() {
        return Ok(format!("{source}.split({})", site.style.quoted(",")));
    }
    let items: Vec<String> = text.split(',').map(|it| site.style.quoted(it)).collect();
    let span = site.project.node(metascopes).span;
    let file = site.project.file(metascopes.file);
    let one_line = format!("[{}]", items.join(", "));
    let old = span.of(file.text());
    if !old.contains('\n') && one_line.len() <= LINE {
        return Ok(one_line);
    }
    let comma = if old.trim_end_matches(']').trim_end().ends_with(',') || site.style.trailing_comma { "," } else { "" };
    let text = format!("[\n\t{}{comma}\n]", items.join(",\n\t"));
    Ok(site.style.laid_out(indentation_at(file.text(), span.start), &text))
}

/// Adds the entry that has to be there.
fn add(site: &Site<'_>, change: &mut Change, record: Expr, added: &AddedOption) -> Result<(), Declined> {
    let project = site.project;
    let Value::Record(entries) = project.value(record) else { return Ok(()) };
    let named =
        |wanted: &str| entries.iter().find(|it| matches!(&it.key, EntryKey::Known { name, .. } if name == wanted));
    if named(&added.key).is_some() {
        return Ok(());
    }
    let Some(beside) = named(&added.beside) else {
        return Err(Declined::because(format!("the options hold no {}", added.beside)));
    };
    let value = Expr { file: record.file, id: beside.value };
    let source = match near(site, value, added) {
        Some(source) => source,
        None => {
            change.settings.push((record.file, added.variable.clone()));
            scope_source::environment(site, change, &added.variable)?
        }
    };
    change.unproved = true;
    change.note(format!("set {source} to the {} of the credential's page in the Developer Console", added.key));
    let file = project.file(record.file);
    let own_line =
        file.text().get(..beside.span.start).is_some_and(|it| it.trim_end_matches([' ', '\t']).ends_with('\n'));
    let gap = match own_line {
        true => format!("{}{}", site.style.newline, indentation_at(file.text(), beside.span.start)),
        false => " ".to_owned(),
    };
    change.insert(record.file, beside.span.end, format!(",{gap}{}: {source}", added.key))
}

/// The value of the new entry, where that of the other is a member whose name tells what its own is called.
fn near(site: &Site<'_>, value: Expr, added: &AddedOption) -> Option<String> {
    let source = site.project.source(value);
    let name = match site.project.value(value) {
        Value::Member { name, .. } => name,
        _ => return None,
    };
    let (old, new) = added.ends.iter().find(|(old, _)| name.ends_with(old.as_str()))?;
    let head = source.strip_suffix(old.as_str())?;
    Some(format!("{head}{new}"))
}
