//! Dead entries of configuration files: what only the flow read goes from the files that the code names.

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::facts::{BindingKind, Entry, EntryKey, ScopeKind, Value};
use crate::lang::ModuleStyle;
use crate::link::{Expr, ProjectFile};
use crate::text::{FileId, Location, Span};

use super::change::{Declined, at, words};
use super::dead::Sweep;
use super::removal::item_span;

/// Formats in which an entry has lines of its own.
const LINES: &[&str] = &["YAML", "TOML", "INI", "properties"];

/// Where the code names the keys of configuration: as members, elements and texts.
struct Names {
    by_name: BTreeMap<String, Vec<Expr>>,
}

impl Names {
    fn of(sweep: &Sweep<'_, '_>) -> Self {
        let mut by_name: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
        // The keys under which classes read their fields.
        let classes = sweep.project.files().flat_map(|(_, it)| it.facts.classes.iter().map(|it| it.1));
        let written: Vec<&(String, String)> = classes.flat_map(|it| &it.keys).collect();
        for (file, data) in sweep.project.files().filter(|(_, it)| it.facts.language.modules != ModuleStyle::Data) {
            for expr in sweep.project.exprs(file) {
                let name = match sweep.project.value(expr) {
                    Value::Member { name, .. } => Some(name.clone()),
                    Value::Text(_) => data.facts.literal_text(expr.id),
                    _ => None,
                };
                let Some(name) = name.filter(|it| !it.is_empty() && it.len() < 80) else { continue };
                if data.facts.language.id == "java" {
                    spring_keys(&name).into_iter().for_each(|it| by_name.entry(it).or_default().push(expr));
                }
                for (_, key) in written.iter().filter(|it| it.0 == name) {
                    by_name.entry(key.clone()).or_default().push(expr);
                }
                by_name.entry(name).or_default().push(expr);
            }
        }
        Self { by_name }
    }

    fn of_key(&self, key: &str) -> &[Expr] {
        self.by_name.get(key).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Sweep<'_, '_> {
    /// Removes entries of configuration files that lost their readers through the change and have no other.
    pub(super) fn settings(&mut self) -> Result<(), Declined> {
        let names = Names::of(self);
        self.given_settings(&names)?;
        for (file, data) in self.project.files().filter(|(_, it)| it.facts.language.modules == ModuleStyle::Data) {
            let json = data.facts.language.id == "json";
            // Dependencies go with the manifest they stand in.
            let manifest = self.project.manifests().iter().any(|it| it.source.path == data.path());
            let known = json || LINES.contains(&data.facts.language.name);
            // What the change edits there was found through code that reads it.
            let edited = self.change.edits.contains_key(&file);
            if !known || manifest || !(edited || self.is_named(&names, data) || self.names_code(file)) {
                continue;
            }
            let roots: Vec<Expr> =
                data.facts.exports.iter().filter_map(|it| it.value).map(|id| Expr { file, id }).collect();
            let mut gone: Vec<(String, Span, Option<String>)> = Vec::new();
            for root in roots {
                self.dead_entries(&names, root, &mut gone);
            }
            let lines: Vec<Span> = gone.iter().map(|(_, span, _)| lines_of(data, *span)).collect();
            for (key, span, instead) in &gone {
                let own = lines_of(data, *span);
                match instead {
                    Some(text) => {
                        self.change.replace(at(file, *span), text)?;
                        let above = Span::new(comments_above(data, own).start, own.start);
                        // What tells of metascopes tells nothing of scopes.
                        if !json && self.project.knowledge().endpoints.metascope.is_match(above.of(data.text())) {
                            self.change.delete(at(file, above))?;
                        }
                    }
                    None if json => self.change.delete(at(file, item_span(data, *span)))?,
                    None => self.change.delete(at(file, with_comments(data, own, &lines)))?,
                }
                let path = data.path();
                let what = if instead.is_some() { "became the scopes in" } else { "went from" };
                self.change.note(format!("`{key}` {what} {path}; look whether another program reads it there"));
            }
            self.change.unproved |= !gone.is_empty();
        }
        Ok(())
    }

    /// Removes what is put into the configuration of an application by keyword: `app.config.from_mapping(KEY=value)`.
    fn given_settings(&mut self, names: &Names) -> Result<(), Declined> {
        for (file, data) in self.project.files().filter(|(_, it)| it.facts.language.id == "python") {
            for (_, node) in data.facts.values.iter() {
                let Value::Call { callee, arguments, .. } = &node.value else { continue };
                let Value::Member { object, name, .. } = &data.facts.values[*callee].value else { continue };
                let config =
                    matches!(&data.facts.values[*object].value, Value::Member { name, .. } if name == "config");
                if !config || !matches!(name.as_str(), "from_mapping" | "update") {
                    continue;
                }
                for argument in arguments {
                    let Some(key) = &argument.name else { continue };
                    if self.is_unread(names, key, Some(at(file, argument.span)))
                        && self.is_pure(Expr { file, id: argument.value })
                    {
                        self.change.delete(at(file, item_span(data, argument.span)))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the code names the file, or Spring reads it by itself.
    fn is_named(&self, names: &Names, data: &ProjectFile) -> bool {
        let Some(own) = data.path().file_name() else { return false };
        if own.starts_with("application") && self.project.files().any(|(_, it)| it.facts.language.id == "java") {
            return true;
        }
        names.by_name.keys().any(|it| it == own || it.ends_with(&format!("/{own}")))
    }

    /// Whether a file says which file of the program is run, as a deployment does: it hands that its inputs.
    fn names_code(&self, file: FileId) -> bool {
        let data = self.project.file(file);
        let folder = data.path().parent().unwrap_or(Utf8Path::new(""));
        let texts = data.facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_)));
        texts.filter_map(|(id, _)| data.facts.literal_text(id)).any(|text| {
            let path = folder.join(text.trim_start_matches("./"));
            self.project.file_at(&path).is_some_and(|it| self.change.edits.contains_key(&it))
        })
    }

    /// Collects the entries of a record that nothing reads any more; gives whether all of them are such.
    fn dead_entries(&mut self, names: &Names, record: Expr, gone: &mut Vec<(String, Span, Option<String>)>) -> bool {
        let Value::Record(entries) = self.project.value(record) else { return false };
        let before = gone.len();
        let mut all = !entries.is_empty();
        for entry in entries {
            let EntryKey::Known { name, .. } = &entry.key else { return false };
            let value = Expr { file: record.file, id: entry.value };
            let inner = matches!(self.project.value(value), Value::Record(_));
            let start = gone.len();
            let dead = match inner {
                true => self.dead_entries(names, value, gone),
                false => {
                    // Options that went to a library as a whole were read by nothing that can be seen.
                    let at = at(record.file, entry.span);
                    let passed = self.change.lost_fields.contains(&at);
                    let unread = self.is_unread(names, name, None)
                        || passed && names.of_key(name).iter().all(|it| self.change.removes(self.project, *it));
                    unread && self.is_of_credential(self.project.file(record.file), entry, name)
                }
            };
            let instead = if dead && !inner { self.scopes_instead(record, entry) } else { None };
            all &= dead && instead.is_none();
            if dead {
                gone.truncate(start);
                gone.push((name.clone(), whole_entry(self.project.file(record.file), entry), instead));
            }
        }
        all && gone.len() > before
    }

    /// Whether an entry is of the JWT credential alone by its name or value, and named nowhere else: other programs and
    /// texts put together may read any other.
    fn is_of_credential(&self, data: &ProjectFile, entry: &Entry, key: &str) -> bool {
        let endpoints = &self.project.knowledge().endpoints;
        let own = entry.span.of(data.text());
        let named = self.project.knowledge().credentials.owns(key);
        let held = endpoints.technical_account.is_match(own) || endpoints.metascope.is_match(own);
        let elsewhere = words(data.text(), key) > words(own, key);
        let anchored = own.contains(": &") || own.contains(": *");
        let alone = data.facts.language.id == "json" || has_lines(data, whole_entry(data, entry));
        (named || held) && !elsewhere && !anchored && alone && !self.is_worded(key) && !self.is_bound(key)
    }

    /// Whether a text that stays holds a key among other words.
    pub(super) fn is_worded(&self, key: &str) -> bool {
        self.project.files().filter(|(_, it)| it.facts.language.modules != ModuleStyle::Data).any(|(file, data)| {
            let texts = data.facts.values.iter().filter(|(_, it)| matches!(it.value, Value::Text(_)));
            let mut kept = texts.filter(|(id, _)| !self.change.removes(self.project, Expr { file, id: *id }));
            kept.any(|(id, it)| {
                words(it.span.of(data.text()), key) > 0 && data.facts.literal_text(id).as_deref() != Some(key)
            })
        })
    }

    /// Whether a field or parameter that stays is named like a key.
    fn is_bound(&self, key: &str) -> bool {
        self.project.files().filter(|(_, it)| it.facts.language.modules != ModuleStyle::Data).any(|(file, data)| {
            let mut bindings = data.facts.bindings.iter().filter(|(_, it)| it.name == key);
            bindings.any(|(_, it)| {
                let field = matches!(data.facts.scopes[it.scope].kind, ScopeKind::Class(_));
                let parameter = matches!(it.kind, BindingKind::Parameter { .. });
                let stays = it.definitions.iter().any(|it| !self.change.removes_span(at(file, it.name_span)));
                stays && (field || parameter)
            })
        })
    }

    /// Whether a key was read by what goes, and by nothing that stays outside of `own`.
    fn is_unread(&self, names: &Names, key: &str, own: Option<Location>) -> bool {
        let outside =
            |it: &&Expr| own.is_none_or(|own| own.file != it.file || !own.span.contains(self.project.node(**it).span));
        let reads: Vec<&Expr> = names.of_key(key).iter().filter(outside).collect();
        let removed = |it: &&Expr| self.change.removes(self.project, **it);
        reads.iter().any(removed) && reads.iter().all(|it| removed(it) || self.is_store_key(**it))
    }
}

/// The keys that Spring binds to what code calls so: the last of `${a.b-c:default}`, and `b-c` for `bC`.
fn spring_keys(name: &str) -> Vec<String> {
    let placeholders = name.split("${").skip(1).filter_map(|it| it.split(['}', ':']).next());
    let mut res: Vec<String> = placeholders.filter_map(|it| it.rsplit('.').next()).map(str::to_owned).collect();
    let bare = name.strip_prefix("get").filter(|it| it.starts_with(|it: char| it.is_uppercase())).unwrap_or(name);
    let mut kebab = String::new();
    for character in bare.chars() {
        if character.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(character.to_lowercase());
    }
    res.extend((kebab != name && kebab.chars().all(|it| it.is_alphanumeric() || it == '-')).then_some(kebab));
    res
}

/// An entry to the end of its value: a list of lines has an end of its own only in brackets.
pub(super) fn whole_entry(data: &ProjectFile, entry: &Entry) -> Span {
    let text = data.text();
    let own = entry.span.of(text);
    let bracketed = own.trim_end().ends_with([']', '}', '"', '\'']);
    let inner = match &data.facts.values[entry.value].value {
        Value::List(items) if !bracketed => items.last().map(|it| data.facts.values[*it].span.end),
        _ => None,
    };
    Span::new(entry.span.start, inner.unwrap_or(entry.span.start + own.trim_end().len()))
}

/// The lines of an entry; the header of a section goes with it.
pub(super) fn lines_of(data: &ProjectFile, span: Span) -> Span {
    let first = data.lines.whole_lines(data.text(), Span::at(span.start));
    let last = data.lines.whole_lines(data.text(), Span::at(span.end.max(span.start + 1) - 1));
    first.cover(last)
}

/// Lines of an entry with the comments right above it.
fn comments_above(data: &ProjectFile, lines: Span) -> Span {
    let mut start = lines.start;
    while start > 0 {
        let above = data.lines.whole_lines(data.text(), Span::at(start - 1));
        if !above.of(data.text()).trim_start().starts_with(['#', ';', '!']) {
            break;
        }
        start = above.start;
    }
    // What stands at the very top speaks of the file.
    let whole = if start == 0 { lines.start } else { start };
    Span::new(whole, lines.end)
}

/// Lines that go with the comments that speak of them alone: nothing that stays follows before the next gap.
fn with_comments(data: &ProjectFile, lines: Span, gone: &[Span]) -> Span {
    let text = data.text();
    let next = |end: usize| text.get(end..).and_then(|it| it.split_inclusive('\n').next()).unwrap_or_default();
    let mut end = lines.end;
    while let Some(other) = gone.iter().find(|it| it.start == end && it.end > end) {
        end = other.end;
    }
    let whole = comments_above(data, lines);
    match next(end).trim().is_empty() {
        true => whole,
        false => lines,
    }
}

/// Whether the lines of an entry hold nothing else.
pub(super) fn has_lines(data: &ProjectFile, span: Span) -> bool {
    let lines = lines_of(data, span);
    let before = Span::new(lines.start, span.start).of(data.text());
    let after = Span::new(span.end, lines.end).of(data.text()).trim_start_matches(['"', '\'']).trim();
    before.trim().is_empty() && (after.is_empty() || after.starts_with(['#', ';']))
}
