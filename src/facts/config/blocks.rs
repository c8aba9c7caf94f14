//! Formats of nested blocks with a setting a line: Terraform, and the relaxed JSON of `.aio`.

use crate::text::Span;

use super::super::document::Document;
use super::lines::{lines, pair};
use super::yaml;

type Entries = Vec<(String, Span, Document)>;

/// What is open while lines come in.
enum Open {
    Block(String, Span, Entries),
    List(String, Span, Vec<Document>),
}

/// The document of a file; strict JSON is read as such.
pub(super) fn document(text: &str) -> Document {
    if text.trim_start().starts_with('{')
        && let Some(found @ Document::Record(..)) = yaml::document(text)
    {
        return found;
    }
    let mut stack: Vec<Open> = Vec::new();
    let mut root: Entries = Vec::new();
    for (start, line) in lines(text) {
        let bare = line.trim().trim_end_matches(',');
        if bare.is_empty() || bare.starts_with(['#', '/', '*']) {
            continue;
        }
        let opens = |sign: char| bare.strip_suffix(sign).map(str::trim_end);
        if let Some(head) = opens('{').or_else(|| opens('[')) {
            let (name, at) = heading(head, line, start);
            stack.push(match bare.ends_with('{') {
                true => Open::Block(name, at, Vec::new()),
                false => Open::List(name, at, Vec::new()),
            });
        } else if matches!(bare, "}" | "]" | "})" | "])") {
            close(&mut stack, &mut root);
        } else if let Some(Open::List(_, _, items)) = stack.last_mut() {
            let text = bare.trim_matches(['"', '\'']);
            let at = start + line.find(text).unwrap_or_default();
            items.push(Document::Text(text.to_owned(), Span::new(at, at + text.len())));
        } else if let Some(found) = setting(line, start) {
            match stack.last_mut() {
                Some(Open::Block(_, _, entries)) => entries.push(found),
                _ => root.push(found),
            }
        }
    }
    while !stack.is_empty() {
        close(&mut stack, &mut root);
    }
    Document::Record(root, Span::new(0, text.len()))
}

/// A setting with `=` or, where there is none, `:`; a list on one line is a list.
fn setting(line: &str, start: usize) -> Option<(String, Span, Document)> {
    let colon = line.find(": ").filter(|it| line.find('=').is_none_or(|equals| *it < equals));
    let (name, at, value) = pair(line.trim_end_matches(','), start, colon.or_else(|| line.find('='))?)?;
    let Document::Text(text, span) = &value else { return Some((name, at, value)) };
    let Some(inner) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) else {
        return Some((name, at, value));
    };
    let items = inner.split(',').map(|it| it.trim().trim_matches(['"', '\''])).filter(|it| !it.is_empty());
    let items = items.map(|it| Document::Text(it.to_owned(), *span)).collect();
    Some((name, at, Document::List(items, *span)))
}

/// The name of a block: its last label, or what stands before it.
fn heading(head: &str, line: &str, start: usize) -> (String, Span) {
    let head = head.trim_end_matches(['=', ':', ' ', '(']);
    let name = head.split_whitespace().last().unwrap_or_default().trim_matches(['"', '\'']);
    let at = start + line.len() - line.trim_start().len();
    (name.to_owned(), Span::new(at, at + head.len().max(1)))
}

fn close(stack: &mut Vec<Open>, root: &mut Entries) {
    let Some(open) = stack.pop() else { return };
    let (name, at, value) = match open {
        Open::Block(name, at, entries) => {
            let span = entries.last().map_or(at, |it| at.cover(it.2.span()));
            (name, at, Document::Record(entries, span))
        }
        Open::List(name, at, items) => {
            let span = items.last().map_or(at, |it| at.cover(it.span()));
            (name, at, Document::List(items, span))
        }
    };
    match (stack.last_mut(), name.is_empty(), value) {
        // The brackets around a whole file.
        (_, true, Document::Record(entries, _)) => root.extend(entries),
        (Some(Open::Block(_, _, entries)), _, value) => entries.push((name, at, value)),
        (Some(Open::List(_, _, items)), _, value) => items.push(value),
        (None, _, value) => root.push((name, at, value)),
    }
}
