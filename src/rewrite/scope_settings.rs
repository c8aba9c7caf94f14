//! The scopes in the program's own configuration: they take the place of the metascopes that nothing reads any more.

use crate::facts::{Entry, EntryKey, Value};
use crate::flow;
use crate::link::{Expr, Origin, Project, member_key};
use crate::text::Span;

use super::dead::Sweep;

/// The records that a look-up of a secret reads, with the key it reads there.
pub(super) fn records_with(project: &Project, read: Expr) -> Vec<(Expr, String)> {
    match project.value(read) {
        Value::Member { .. } | Value::Index { .. } => {
            let Some((object, key)) = member_key(project, read) else { return Vec::new() };
            let records = project.resolve(object).into_iter().filter_map(|it| match it {
                Origin::Value(value) if matches!(project.value(value), Value::Record(_)) => Some((value, key.clone())),
                _ => None,
            });
            records.collect()
        }
        Value::Call { arguments, .. } => {
            let keys = arguments.iter().filter_map(|it| project.known_text(Expr { file: read.file, id: it.value }));
            let values: Vec<Expr> = keys.flat_map(|it| project.settings(read.file, &it)).collect();
            values.into_iter().filter_map(|it| record_around(project, it)).collect()
        }
        _ => Vec::new(),
    }
}

/// The record that a value is an entry of, and its key.
fn record_around(project: &Project, value: Expr) -> Option<(Expr, String)> {
    project.exprs(value.file).find_map(|record| {
        let Value::Record(entries) = project.value(record) else { return None };
        let entry = entries.iter().find(|it| it.value == value.id)?;
        match &entry.key {
            EntryKey::Known { name, .. } => Some((record, name.clone())),
            _ => None,
        }
    })
}

impl Sweep<'_, '_> {
    /// The entry of scopes that takes the place of one of metascopes, where the new code reads it there.
    pub(super) fn scopes_instead(&mut self, record: Expr, entry: &Entry) -> Option<String> {
        let project = self.project;
        let EntryKey::Known { name, span } = &entry.key else { return None };
        let setting = self.change.scope_settings.iter().find(|it| it.record == record)?.clone();
        let text = project.file(record.file).text();
        let endpoints = &project.knowledge().endpoints;
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let of_metascopes = plain.to_ascii_lowercase().contains("metascope");
        let Value::Record(entries) = project.value(record) else { return None };
        let is_there = |it: &Entry| matches!(&it.key, EntryKey::Known { name, .. } if *name == setting.key);
        if entries.iter().any(is_there) || !of_metascopes && !endpoints.metascope.is_match(entry.span.of(text)) {
            return None;
        }
        let value = Expr { file: record.file, id: entry.value };
        let scopes = flow::scopes_of_list(project, value);
        let known = !scopes.known.is_empty() && scopes.undocumented.is_empty() && scopes.unofficial.is_empty();
        if known {
            self.change.notes.retain(|it| *it != setting.note);
        }
        let scopes = if scopes.known.is_empty() { &endpoints.base_scopes } else { &scopes.known }.join(",");
        let old = project.node(value).span;
        let lead = Span::new(entry.span.start, span.start).of(text);
        let between = text.get(span.end..old.start).filter(|it| !it.contains('\n')).unwrap_or(": ");
        let key = span.of(text);
        let quoted = |it: &str| it.chars().find(|it| matches!(it, '"' | '\''));
        let code = !project.facts(record.file).language.is_data();
        let quote = quoted(old.of(text)).or(quoted(key)).or(code.then_some('"')).map(String::from).unwrap_or_default();
        Some(format!("{lead}{}{between}{quote}{scopes}{quote}", key.replace(name.as_str(), &setting.key)))
    }
}
