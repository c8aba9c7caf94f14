//! Configuration files as what code reads of them: values by their keys.

use std::collections::HashMap;

use camino::Utf8Path;

use crate::facts::{EntryKey, Value};
use crate::knowledge::Lookup;
use crate::lang::ModuleStyle;
use crate::text::FileId;

use super::project::{Expr, Project};

/// The values of all configuration files, by key.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    /// By whole path and by last part, both without case and punctuation, as relaxed binding compares them.
    by_key: HashMap<String, Vec<Expr>>,
    /// The modules of settings, which code reaches through a framework.
    pub(super) modules: Vec<FileId>,
}

/// How deeply a file is read for keys.
const DEPTH: usize = 12;

impl Settings {
    /// Reads the keys of all files that are data.
    pub(super) fn collect(project: &Project) -> Self {
        let mut res = Self::default();
        for (file, data) in project.files().filter(|(_, it)| it.facts.language.is_data()) {
            for root in data.facts.exports.iter().filter_map(|it| it.value) {
                res.add(project, Expr { file, id: root }, "", 0);
            }
        }
        for (file, _) in project.files().filter(|(_, it)| it.facts.language.id == "python") {
            res.add_module(project, file);
        }
        res
    }

    /// The constants of a module of settings, and what is put into the configuration of an application by keyword.
    fn add_module(&mut self, project: &Project, file: FileId) {
        let data = project.file(file);
        let path = data.path();
        let folder = path.parent().and_then(Utf8Path::file_name);
        let stem = path.file_stem().unwrap_or_default();
        let of_settings = |name: &str| name.starts_with("settings") || name.starts_with("config");
        let constant = |name: &str| name.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
        if of_settings(stem) || folder.is_some_and(of_settings) {
            self.modules.push(file);
            for (_, binding) in data.facts.bindings.iter().filter(|(_, it)| constant(&it.name)) {
                let [only] = binding.definitions.as_slice() else { continue };
                let value = only.value.filter(|_| only.path.is_empty());
                value.into_iter().for_each(|id| self.add(project, Expr { file, id }, &format!(".{}", binding.name), 0));
            }
        }
        for (_, node) in data.facts.values.iter() {
            let Value::Call { callee, arguments, .. } = &node.value else { continue };
            let Value::Member { object, name, .. } = &data.facts.values[*callee].value else { continue };
            let config = matches!(&data.facts.values[*object].value, Value::Member { name, .. } if name == "config");
            if config && matches!(name.as_str(), "from_mapping" | "update") {
                for (key, value) in arguments.iter().filter_map(|it| Some((it.name.as_ref()?, it.value))) {
                    self.add(project, Expr { file, id: value }, &format!(".{key}"), 0);
                }
            }
        }
    }

    fn add(&mut self, project: &Project, value: Expr, path: &str, depth: usize) {
        match project.value(value) {
            Value::Record(entries) if depth < DEPTH => {
                for entry in entries {
                    let EntryKey::Known { name, .. } = &entry.key else { continue };
                    let inner = Expr { file: value.file, id: entry.value };
                    self.add(project, inner, &format!("{path}.{name}"), depth + 1);
                }
            }
            Value::List(items) if depth < DEPTH => {
                for id in items {
                    self.add(project, Expr { file: value.file, id: *id }, path, depth + 1);
                }
            }
            _ => {
                let last = path.rsplit('.').next().unwrap_or_default();
                let mut keys = vec![plain(path), plain(last)];
                keys.dedup();
                for key in keys {
                    self.by_key.entry(key).or_default().push(value);
                }
            }
        }
    }
}

/// A key without case and punctuation.
fn plain(key: &str) -> String {
    key.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Project {
    /// The values under a key in the configuration files nearest to a file.
    #[must_use]
    pub fn settings(&self, from: FileId, key: &str) -> Vec<Expr> {
        let found = self.settings.by_key.get(&plain(key)).map(Vec::as_slice).unwrap_or_default();
        let path = self.file(from).path();
        let shared = |it: &Expr| shared(self.file(it.file).path(), path);
        let nearest = found.iter().map(shared).max();
        found.iter().filter(|it| Some(shared(it)) == nearest).copied().collect()
    }

    /// The key that a look-up asks for: its arguments, or what stands in `${…}`; with the default after a colon.
    pub(super) fn setting_key(&self, call: Expr, row: &Lookup) -> Option<(String, Option<String>)> {
        let parts: Option<Vec<String>> =
            row.keys.iter().map(|slot| self.slot(call, slot).and_then(|it| self.known_text(it))).collect();
        let key = parts.filter(|it| !it.is_empty())?.join(".");
        let Some(inner) = key.strip_prefix("${").and_then(|it| it.strip_suffix('}')) else { return Some((key, None)) };
        Some(match inner.split_once(':') {
            Some((key, default)) => (key.to_owned(), Some(default.to_owned())),
            None => (inner.to_owned(), None),
        })
    }

    /// Whether a setting is text; in a module of settings it may be put together.
    fn is_text(&self, setting: Expr) -> bool {
        match self.facts(setting.file).language.modules {
            ModuleStyle::Data => self.known_text(setting).is_some_and(|it| !it.is_empty()),
            // It is evaluated by who asks, who knows how deep that may go.
            _ => matches!(self.value(setting), Value::Text(_) | Value::Operation { .. }),
        }
    }

    /// The values that an API path such as `os.environ.X` has in the configuration files of the project.
    pub(super) fn settings_at(&self, from: FileId, path: &str) -> Vec<Expr> {
        let language = self.facts(from).language.id;
        let rows = self.knowledge().settings.iter().filter(|it| it.language == language);
        let key = rows.filter_map(|it| path.strip_prefix(it.prefix.as_str())).find(|it| !it.contains('('));
        let found = key.map(|it| self.settings(from, it)).unwrap_or_default();
        found.into_iter().filter(|it| self.is_text(*it)).collect()
    }
}

/// How many folders two paths have in common.
fn shared(one: &Utf8Path, other: &Utf8Path) -> usize {
    one.components().zip(other.components()).take_while(|(one, other)| one == other).count()
}
