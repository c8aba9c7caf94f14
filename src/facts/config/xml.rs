//! XML as a document: elements and attributes are keys.

use roxmltree::{Node, ParsingOptions};

use crate::text::Span;

use super::super::document::Document;

fn parse(text: &str) -> Option<roxmltree::Document<'_>> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    roxmltree::Document::parse_with_options(text, options).ok()
}

/// The document of an XML file; empty when its syntax is broken.
pub(super) fn document(text: &str) -> Document {
    match parse(text) {
        Some(parsed) => Document::Record(vec![entry(parsed.root_element(), 0)], Span::new(0, text.len())),
        None => Document::Record(Vec::new(), Span::new(0, 0)),
    }
}

/// The comments of an XML file.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let spans = |it: &roxmltree::Document<'_>| {
        it.descendants().filter(Node::is_comment).map(|it| Span::new(it.range().start, it.range().end)).collect()
    };
    parse(text).as_ref().map(spans).unwrap_or_default()
}

/// How deeply elements are read.
const DEPTH: usize = 100;

fn entry(node: Node<'_, '_>, depth: usize) -> (String, Span, Document) {
    let range = node.range();
    let name = node.tag_name().name().to_owned();
    let at = Span::new(range.start + 1, range.start + 1 + name.len());
    let mut entries: Vec<(String, Span, Document)> = Vec::new();
    for attribute in node.attributes() {
        let (key, value) = (attribute.range(), attribute.range_value());
        let text = Document::Text(attribute.value().to_owned(), Span::new(value.start, value.end));
        entries.push((attribute.name().to_owned(), Span::new(key.start, value.start.saturating_sub(2)), text));
    }
    for child in node.children().filter(|it| it.is_element() && depth < DEPTH) {
        entries.push(entry(child, depth + 1));
    }
    let text = node.children().find(Node::is_text).filter(|_| entries.is_empty());
    let inner = match text {
        Some(text) => {
            let raw = text.text().unwrap_or_default();
            let lead = raw.len() - raw.trim_start().len();
            let start = text.range().start + lead;
            let trimmed = raw.trim().to_owned();
            let end = (start + trimmed.len()).min(text.range().end.max(start));
            Document::Text(trimmed, Span::new(start, end))
        }
        None => Document::Record(entries, Span::new(range.start, range.end)),
    };
    (name, at, inner)
}
