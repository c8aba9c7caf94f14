//! The names by which a tree's own packages are imported: from `package.json`, `Cargo.toml` and `tsconfig.json`.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{EntryKey, FileFacts, Value, ValueId, read};
use crate::lang::{Grammars, language_of};
use crate::link::Packages;
use crate::source::{Candidate, read_bytes, source_file};

/// Reads the manifests that name packages.
pub(super) fn packages(grammars: &Grammars, candidates: &BTreeMap<Utf8PathBuf, Candidate>) -> Packages {
    let mut res = Packages::default();
    for (path, candidate) in candidates {
        let folder = path.parent().unwrap_or(Utf8Path::new("")).to_path_buf();
        let name = path.file_name().unwrap_or_default();
        let is_config = name.starts_with("tsconfig") || name.starts_with("jsconfig");
        if !(matches!(name, "package.json" | "Cargo.toml") || is_config && name.ends_with(".json")) {
            continue;
        }
        let Some(facts) = facts(grammars, name, candidate) else { continue };
        if is_config {
            aliases(&mut res, &facts, &folder);
        } else {
            let keys: &[&str] = if name == "Cargo.toml" { &["package", "name"] } else { &["name"] };
            let package = at(&facts, keys).and_then(|it| facts.literal_text(it));
            res.folders.extend(package.map(|it| (it, folder)));
        }
    }
    res
}

fn facts(grammars: &Grammars, name: &str, candidate: &Candidate) -> Option<FileFacts> {
    let source = source_file(candidate, read_bytes(candidate).ok()?).ok()?;
    read(grammars, language_of(name)?, &source.text).ok()
}

/// The value below a path of keys.
fn at(facts: &FileFacts, keys: &[&str]) -> Option<ValueId> {
    let root = facts.exports.iter().find_map(|it| it.value)?;
    keys.iter()
        .try_fold(root, |current, key| entries(facts, current).into_iter().find(|it| it.0 == *key).map(|it| it.1))
}

fn entries(facts: &FileFacts, value: ValueId) -> Vec<(String, ValueId)> {
    let Value::Record(entries) = &facts.values[value].value else { return Vec::new() };
    let known = entries.iter().filter_map(|it| match &it.key {
        EntryKey::Known { name, .. } => Some((name.clone(), it.value)),
        _ => None,
    });
    known.collect()
}

/// `compilerOptions.paths`: `"@app/*": ["src/*"]`.
fn aliases(acc: &mut Packages, facts: &FileFacts, folder: &Utf8Path) {
    let base = at(facts, &["compilerOptions", "baseUrl"]).and_then(|it| facts.literal_text(it));
    let base = folder.join(base.unwrap_or_default().trim_start_matches("./"));
    let Some(paths) = at(facts, &["compilerOptions", "paths"]) else { return };
    for (pattern, targets) in entries(facts, paths) {
        let Value::List(targets) = &facts.values[targets].value else { continue };
        for target in targets.iter().filter_map(|it| facts.literal_text(*it)) {
            let target = base.join(target.trim_start_matches("./").trim_end_matches('*'));
            acc.aliases.push((folder.to_path_buf(), pattern.trim_end_matches('*').to_owned(), target));
        }
    }
}
