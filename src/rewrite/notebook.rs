//! Edits of a notebook's program carried into its file: only the source of changed cells is written anew, every other byte
//! stays what it was.

use crate::facts::{self, EntryKey, FileFacts, Value, ValueId};
use crate::lang::{Grammars, language_of};
use crate::link::ProjectFile;
use crate::text::{Edits, Span};

use super::change::Declined;
use super::removal::item_span_in;

/// The file of a notebook after edits of its program. Cells of which nothing is left go.
pub(super) fn renewed(grammars: &Grammars, file: &ProjectFile, edits: &Edits) -> Result<String, Declined> {
    let broken = || Declined::because("the cells of the notebook were not found in its file");
    let raw = file.source.content();
    let json = language_of("notebook.json").ok_or_else(broken)?;
    let document = facts::read(grammars, json, raw).map_err(|error| Declined::because(error.to_string()))?;
    let cells = cells(&document).ok_or_else(broken)?;
    let mut changes: Vec<(Span, String)> = Vec::new();
    for (index, (start, number)) in file.source.cells.iter().enumerate() {
        let end = file.source.cells.get(index + 1).map_or(file.text().len(), |it| it.0);
        let own = Span::new(*start, end);
        let old = own.of(file.text());
        let Some(new) = renewed_cell(old, own, index == 0, edits)? else { continue };
        let cell = cells.get(number - 1).copied().ok_or_else(broken)?;
        if new.trim().is_empty() {
            changes.push((item_span_in(raw, document.values[cell].span), String::new()));
            continue;
        }
        let source = entry(&document, cell, "source").ok_or_else(broken)?;
        changes.push((document.values[source].span, written(raw, &document, source, &new)));
    }
    changes.sort_by_key(|it| it.0.start);
    let mut res = raw.to_owned();
    for (span, text) in changes.iter().rev() {
        res.replace_range(span.range(), text);
    }
    Ok(res)
}

fn entry(document: &FileFacts, record: ValueId, key: &str) -> Option<ValueId> {
    let Value::Record(entries) = &document.values[record].value else { return None };
    let named = |it: &&facts::Entry| matches!(&it.key, EntryKey::Known { name, .. } if name == key);
    entries.iter().find(named).map(|it| it.value)
}

fn cells(document: &FileFacts) -> Option<&[ValueId]> {
    let root = document.values.iter().map(|(id, _)| id).find(|id| entry(document, *id, "cells").is_some())?;
    match &document.values[entry(document, root, "cells")?].value {
        Value::List(cells) => Some(cells),
        _ => None,
    }
}

/// The program of a cell after the edits that lie in it; none when there are none. Lines that are put between two cells
/// belong to the one before, which holds what they were put behind.
fn renewed_cell(old: &str, own: Span, first: bool, edits: &Edits) -> Result<Option<String>, Declined> {
    let mut res = Edits::new();
    for edit in edits.iter() {
        let span = edit.span;
        let shifted = |span: Span| Span::new(span.start - own.start, span.end - own.start);
        if span.is_empty() {
            let behind = span.start == own.start && !first;
            let inside = own.start <= span.start && (span.start < own.end || edit.stays && span.start == own.end);
            match (inside, edit.stays) {
                (true, true) if !behind => res.insert_lines(span.start - own.start, edit.text.clone())?,
                (true, false) => res.insert(span.start - own.start, edit.text.clone())?,
                _ => {}
            }
        } else if edit.text.is_empty() {
            let clipped = Span::new(span.start.max(own.start), span.end.min(own.end).max(own.start));
            if clipped.start < clipped.end {
                res.delete(shifted(clipped))?;
            }
        } else if own.contains(span) {
            res.replace(shifted(span), edit.text.clone())?;
        } else if own.overlaps(span) {
            return Err(Declined::because("the change reaches over several cells"));
        }
    }
    if res.is_empty() {
        return Ok(None);
    }
    let mut new = res.apply(old);
    if !old.starts_with('\n') {
        new = new.trim_start_matches('\n').to_owned();
    }
    if !old.ends_with("\n\n") {
        let kept = new.trim_end_matches('\n').len();
        new.truncate(kept);
        new.push('\n');
    }
    Ok(Some(new))
}

/// The source of a cell as its file writes it: as one text, or as a list of lines in the layout it has, of which those
/// that stay are written as they were.
fn written(raw: &str, document: &FileFacts, source: ValueId, new: &str) -> String {
    let span = document.values[source].span;
    let text = |id: ValueId| -> (String, &str) {
        let literal = document.values[id].span.of(raw);
        (serde_json::from_str(literal).unwrap_or_default(), literal)
    };
    let quoted = |text: &str| quoted(text, raw.is_ascii());
    let Value::List(items) = &document.values[source].value else {
        return quoted(if text(source).0.ends_with('\n') { new } else { new.trim_end_matches('\n') });
    };
    let texts: Vec<(String, &str)> = items.iter().map(|id| text(*id)).collect();
    let ended = texts.last().is_some_and(|it| it.0.ends_with('\n'));
    let new = if ended { new } else { new.trim_end_matches('\n') };
    let lines = new.split_inclusive('\n').map(|line| {
        let known = texts.iter().find(|it| it.0 == line);
        known.map_or_else(|| quoted(line), |it| it.1.to_owned())
    });
    let lines: Vec<String> = lines.collect();
    let Some((first, last)) = items.first().zip(items.last()) else { return format!("[{}]", lines.join(", ")) };
    let (first, last) = (document.values[*first].span, document.values[*last].span);
    let head = Span::new(span.start, first.start).of(raw);
    let tail = Span::new(last.end, span.end).of(raw);
    let gap = head.trim_start_matches('[');
    format!("{head}{}{tail}", lines.join(&format!(",{gap}")))
}

/// A text as JSON, in a file that is ASCII with everything else escaped.
fn quoted(text: &str, ascii: bool) -> String {
    let plain = serde_json::Value::from(text).to_string();
    if !ascii {
        return plain;
    }
    let mut units = [0_u16; 2];
    let escaped = plain.chars().map(|it| match it.is_ascii() {
        true => it.to_string(),
        false => it.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    });
    escaped.collect()
}
