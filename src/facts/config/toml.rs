//! TOML as a document.

use toml_edit::{Item, TableLike, Value};

use crate::text::Span;

use super::super::document::Document;

/// The document of a TOML file; none when its syntax is broken.
pub(super) fn document(text: &str) -> Option<Document> {
    let parsed = toml_edit::Document::parse(text.to_owned()).ok()?;
    Some(table(parsed.as_table(), Span::new(0, text.len())))
}

fn table(items: &dyn TableLike, whole: Span) -> Document {
    let mut entries = Vec::new();
    for (name, item) in items.iter() {
        let key = items.key(name).and_then(|it| it.span());
        let at = key.or_else(|| item.span()).map_or(whole, |it| Span::new(it.start, it.end));
        entries.extend(self::item(item, at).map(|inner| (name.to_owned(), at, inner)));
    }
    Document::Record(entries, whole)
}

fn item(item: &Item, at: Span) -> Option<Document> {
    let span = item.span().map_or(at, |it| Span::new(it.start, it.end));
    match item {
        Item::Value(it) => Some(value(it, at)),
        Item::Table(it) => Some(table(it, span)),
        Item::ArrayOfTables(tables) => Some(Document::List(tables.iter().map(|it| table(it, span)).collect(), span)),
        Item::None => None,
    }
}

fn value(value: &Value, at: Span) -> Document {
    let span = value.span().map_or(at, |it| Span::new(it.start, it.end));
    match value {
        Value::String(it) => Document::Text(it.value().clone(), span),
        Value::Array(items) => Document::List(items.iter().map(|it| self::value(it, span)).collect(), span),
        Value::InlineTable(it) => table(it, span),
        other => Document::Text(other.to_string().trim().to_owned(), span),
    }
}
