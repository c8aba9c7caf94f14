//! Which files may import others, told from their text before anything is parsed.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::lang::{Language, ModuleStyle, language_of};
use crate::source::{NeedleSet, Needles};

/// What importers of one language write.
struct Texts<'p> {
    any: Needles,
    each: NeedleSet,
    /// The files meant by a text.
    meant: BTreeMap<String, Vec<&'p Utf8Path>>,
}

/// The search for those who import one of several files.
pub(super) struct Importers<'p> {
    by_language: BTreeMap<&'static str, Texts<'p>>,
    /// The classes of a folder, which name each other without an import.
    classes: BTreeMap<&'p Utf8Path, Vec<(&'p str, &'p Utf8Path)>>,
}

impl<'p> Importers<'p> {
    /// A search for the importers of files.
    pub(super) fn of(paths: &'p BTreeSet<Utf8PathBuf>) -> Self {
        let mut meant: BTreeMap<&'static str, BTreeMap<String, Vec<&'p Utf8Path>>> = BTreeMap::new();
        let mut classes: BTreeMap<&Utf8Path, Vec<(&str, &Utf8Path)>> = BTreeMap::new();
        for path in paths {
            let Some(language) = language_of(path.file_name().unwrap_or_default()) else { continue };
            for text in import_texts(language, path) {
                meant.entry(language.id).or_default().entry(text).or_default().push(path);
            }
            if let (ModuleStyle::Java, Some(folder), Some(stem)) = (language.modules, path.parent(), path.file_stem()) {
                classes.entry(folder).or_default().push((stem, path));
            }
        }
        let compiled = meant.into_iter().filter_map(|(id, meant)| {
            let any = Needles::new(meant.keys().cloned(), &[]).ok()?;
            let each = NeedleSet::new(meant.keys().cloned()).ok()?;
            Some((id, Texts { any, each, meant }))
        });
        Self { by_language: compiled.collect(), classes }
    }

    /// Those of the files that a file may import.
    pub(super) fn in_file(&self, path: &Utf8Path, bytes: &[u8]) -> BTreeSet<&'p Utf8Path> {
        let mut res = BTreeSet::new();
        let Some(language) = path.file_name().and_then(language_of) else { return res };
        let beside = path.parent().and_then(|it| self.classes.get(it));
        let texts = self.by_language.get(language.id).filter(|it| it.any.any_in(bytes));
        if beside.is_none() && texts.is_none() {
            return res;
        }
        let source = String::from_utf8_lossy(bytes);
        res.extend(beside.into_iter().flatten().filter(|it| source.contains(it.0)).map(|it| it.1));
        let Some(texts) = texts else { return res };
        let found = texts.each.found_in(bytes).into_iter().filter(|text| imports(language, &source, text));
        res.extend(found.filter_map(|text| texts.meant.get(text)).flatten());
        res
    }
}

/// How importers write the name of a file.
fn import_texts(language: &Language, path: &Utf8Path) -> Vec<String> {
    let folder = path.parent().and_then(Utf8Path::file_name);
    match (language.modules, path.file_stem()) {
        (_, None) => Vec::new(),
        (ModuleStyle::Java, Some(stem)) => {
            let package = folder.unwrap_or_default();
            vec![format!("{package}.{stem}"), format!("{package}.*")]
        }
        // Imported by the folder's name, or by dots alone.
        (_, Some("index" | "__init__" | "mod" | "lib")) => vec![folder.unwrap_or("./").to_owned()],
        (_, Some(stem)) => vec![stem.to_owned()],
    }
}

/// Whether a name stands where imports have names: at the end of a specifier in Node, in an import statement in Python.
fn imports(language: &Language, source: &str, name: &str) -> bool {
    match language.modules {
        ModuleStyle::Node => source.match_indices(name).any(|(at, _)| {
            let before = source.get(..at).and_then(|it| it.chars().next_back());
            let after = source.get(at + name.len()..).and_then(|it| it.chars().next());
            matches!(before, Some('/' | '\'' | '"' | '`' | '.' | '@'))
                && matches!(after, Some('\'' | '"' | '`' | '.' | '/'))
        }),
        ModuleStyle::Python => {
            let word = |line: &str| {
                line.split(|it: char| !(it.is_alphanumeric() || it == '_')).any(|it| it.eq_ignore_ascii_case(name))
            };
            let mut open = false;
            source.lines().any(|line| {
                let statement = open || line.contains("import");
                let goes_on = line.ends_with('\\') || !line.contains(')') && (open || line.contains('('));
                open = statement && goes_on;
                statement && word(line)
            })
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::LANGUAGES;

    #[test]
    fn names_count_where_imports_have_them() {
        let language = |name: &str| LANGUAGES.iter().copied().find(|it| it.id == name).unwrap();
        let node =
            ["import t from './token'", "require(\"../token.js\")", "require('./token/')", "import('@acme/token')"];
        for text in node {
            assert!(imports(language("javascript"), text, "token"), "{text}");
        }
        for text in ["const token = 1", "obj.token = 2", "'a token of'"] {
            assert!(!imports(language("javascript"), text, "token"), "{text}");
        }
        for text in [
            "from a.token import b",
            "import token",
            "from . import (\n    a,\n    token,\n)",
            "  import x.token as t",
            "from . import a, \\\n    token",
        ] {
            assert!(imports(language("python"), text, "token"), "{text}");
        }
        for text in ["token = 1", "from a import (b)\ntoken(1)", "import tokens"] {
            assert!(!imports(language("python"), text, "token"), "{text}");
        }
    }
}
