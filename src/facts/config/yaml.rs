//! YAML as a document.

use saphyr_parser::{Event, Parser};

use crate::text::Span;

use super::super::document::Document;

/// What is open while events come in.
enum Open {
    List(Vec<Document>, usize),
    /// A record, and the key that waits for its value.
    Record(Vec<(String, Span, Document)>, Option<(String, Span)>, usize),
}

/// How deeply a file may be nested.
const DEPTH: usize = 200;

/// The document of a YAML file, or the list of its documents; none when its syntax is broken.
pub(super) fn document(text: &str) -> Option<Document> {
    let offsets = Offsets::new(text);
    let mut stack: Vec<Open> = Vec::new();
    let mut roots: Vec<Document> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, place) = event.ok()?;
        let span = Span::new(offsets.of(place.start.index()), offsets.of(place.end.index()));
        let done = match event {
            Event::Scalar(value, ..) => Some(scalar(&value, span, text)),
            Event::Alias(_) => Some(Document::Text(String::new(), span)),
            Event::SequenceStart(..) => {
                stack.push(Open::List(Vec::new(), span.start));
                None
            }
            Event::MappingStart(..) => {
                stack.push(Open::Record(Vec::new(), None, span.start));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => stack.pop().map(|it| it.close(span.end)),
            _ => None,
        };
        if stack.len() > DEPTH {
            return None;
        }
        if let Some(done) = done {
            match stack.last_mut() {
                Some(open) => open.take(done),
                None => roots.push(done),
            }
        }
    }
    match roots.len() {
        1 => roots.pop(),
        _ => Some(Document::List(roots, Span::new(0, text.len()))),
    }
}

impl Open {
    fn take(&mut self, document: Document) {
        match self {
            Self::List(items, _) => items.push(document),
            Self::Record(entries, waiting, _) => match (waiting.take(), document) {
                (Some((name, at)), value) => entries.push((name, at, value)),
                (None, Document::Text(name, at)) => *waiting = Some((name, at)),
                (None, _) => {}
            },
        }
    }

    fn close(self, end: usize) -> Document {
        match self {
            Self::List(items, start) => Document::List(items, Span::new(start, end.max(start))),
            Self::Record(entries, _, start) => Document::Record(entries, Span::new(start, end.max(start))),
        }
    }
}

/// A scalar, placed without its quotes.
fn scalar(value: &str, span: Span, text: &str) -> Document {
    let source = span.of(text);
    let quoted = source.len() >= 2 && source.starts_with(['"', '\'']) && source.ends_with(['"', '\'']);
    let inner = if quoted { Span::new(span.start + 1, span.end - 1) } else { span };
    Document::Text(value.to_owned(), inner)
}

/// From character to byte offsets; only where they differ is there anything to look up.
struct Offsets {
    bytes: Option<Vec<usize>>,
    length: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = (!text.is_ascii()).then(|| text.char_indices().map(|it| it.0).collect());
        Self { bytes, length: text.len() }
    }

    fn of(&self, character: usize) -> usize {
        match &self.bytes {
            Some(bytes) => bytes.get(character).copied().unwrap_or(self.length),
            None => character.min(self.length),
        }
    }
}
