//! Tables and arrays of TOML manifests.

use std::ops::Range;

use crate::text::Span;

use super::Dependency;
use super::python::requirement_name;

fn span(range: Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

/// The requirements of an array.
pub(super) fn array(acc: &mut Vec<Dependency>, item: Option<&toml_edit::Item>, section: &str) {
    let Some(items) = item.and_then(|it| it.as_array()) else { return };
    for value in items.iter() {
        if let (Some(text), Some(range)) = (value.as_str(), value.span()) {
            let name = requirement_name(text).to_owned();
            acc.push(Dependency { name, section: section.to_owned(), span: span(range) });
        }
    }
}

/// The keys of a table.
pub(super) fn table(acc: &mut Vec<Dependency>, item: Option<&toml_edit::Item>, section: &str) {
    let Some(items) = item.and_then(|it| it.as_table_like()) else { return };
    for (name, value) in items.iter() {
        let key = items.key(name).and_then(|it| it.span());
        if let (Some(key), Some(value)) = (key, value.span()) {
            let span = span(key).cover(span(value));
            acc.push(Dependency { name: name.to_owned(), section: section.to_owned(), span });
        }
    }
}

/// The libraries of a version catalog of Gradle.
pub(super) fn gradle_catalog(text: &str) -> Option<Vec<Dependency>> {
    let document = toml_edit::Document::parse(text.to_owned()).ok()?;
    let section = "libraries";
    let mut res = Vec::new();
    let libraries = document.as_table().get(section);
    table(&mut res, libraries, section);
    let items = libraries.and_then(|it| it.as_table_like());
    let coordinates = |alias: &str| {
        let item = items?.get(alias)?;
        if let Some(text) = item.as_str() {
            let mut parts = text.split(':');
            return Some(format!("{}:{}", parts.next()?, parts.next()?));
        }
        let entry = item.as_table_like()?;
        let part = |key: &str| entry.get(key).and_then(|it| it.as_str());
        let pair = || Some(format!("{}:{}", part("group")?, part("name")?));
        part("module").map(str::to_owned).or_else(pair)
    };
    res.retain_mut(|it| match coordinates(&it.name) {
        Some(name) => {
            it.name = name;
            true
        }
        None => false,
    });
    Some(res)
}

/// The tables of `Cargo.toml`.
pub(super) fn cargo(text: &str) -> Option<Vec<Dependency>> {
    let document = toml_edit::Document::parse(text.to_owned()).ok()?;
    let root = document.as_table();
    let mut res = Vec::new();
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    for section in sections {
        table(&mut res, root.get(section), section);
    }
    let workspace = root.get("workspace").and_then(|it| it.as_table_like());
    table(&mut res, workspace.and_then(|it| it.get("dependencies")), "workspace.dependencies");
    let targets = root.get("target").and_then(|it| it.as_table_like());
    for (_, target) in targets.iter().flat_map(|it| it.iter()) {
        let target = target.as_table_like();
        table(&mut res, target.and_then(|it| it.get("dependencies")), "target.dependencies");
    }
    Some(res)
}
