//! `Cargo.toml`: dependencies that the new code needs, and those that nothing names any more, in tables of a package or of a
//! workspace from which packages inherit.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{Dependency, ManifestKind, manifest};
use crate::link::{ManifestFile, Project};
use crate::text::{FileId, Span};

use super::change::Need;
use super::manifests::{successor, whole_line};
use super::rust::names_crate;

/// The table of what a package is built with.
const TABLE: &str = "dependencies";
/// The table of what packages inherit.
const SHARED: &str = "workspace.dependencies";

/// The new texts of the `Cargo.toml` files that change.
pub(super) fn update(
    before: &Project,
    after: &Project,
    needs: &[(Utf8PathBuf, Need)],
) -> BTreeMap<Utf8PathBuf, String> {
    let mut res = BTreeMap::new();
    for (path, need) in needs {
        let Some(file) = governing(before, path) else { continue };
        let row = before.knowledge().package("rust", &need.package);
        let version = row.and_then(|it| it.requirement.as_deref()).unwrap_or("*");
        add(before, &mut res, file, need, version);
    }
    let manifests: Vec<&ManifestFile> =
        before.manifests().iter().filter(|it| it.manifest.kind == ManifestKind::Cargo).collect();
    for file in &manifests {
        for dependency in file.manifest.dependencies.iter().filter(|it| it.section == TABLE) {
            let name = dependency.name.replace('-', "_");
            if is_named(before, file.folder(), &name) && !is_named(after, file.folder(), &name) {
                remove(&mut res, file, dependency);
            }
        }
    }
    // What no package of a workspace inherits any more.
    for file in &manifests {
        for dependency in file.manifest.dependencies.iter().filter(|it| it.section == SHARED) {
            let inherits = |text: &str| {
                manifest(ManifestKind::Cargo, text).is_some_and(|it| {
                    it.dependencies.iter().any(|it| it.name == dependency.name && it.section != SHARED)
                })
            };
            let new = |it: &ManifestFile| res.get(it.path()).cloned().unwrap_or_else(|| it.source.text.clone());
            let was = manifests.iter().any(|it| inherits(&it.source.text));
            if was && !manifests.iter().any(|it| inherits(&new(it))) {
                remove(&mut res, file, dependency);
            }
        }
    }
    res
}

/// The manifest of the package that a file belongs to.
fn governing<'p>(project: &'p Project, path: &Utf8Path) -> Option<&'p ManifestFile> {
    let all = project.manifests().iter().filter(|it| it.manifest.kind == ManifestKind::Cargo);
    let around = all.filter(|it| path.starts_with(it.folder()) || it.folder().as_str().is_empty());
    around.max_by_key(|it| it.folder().as_str().len())
}

fn add(project: &Project, res: &mut BTreeMap<Utf8PathBuf, String>, file: &ManifestFile, need: &Need, version: &str) {
    let text = res.get(file.path()).cloned().unwrap_or_else(|| file.source.text.clone());
    let Some(parsed) = manifest(ManifestKind::Cargo, &text) else { return };
    if parsed.dependencies.iter().any(|it| it.name == need.package) {
        return;
    }
    let shared = project.manifests().iter().find(|it| {
        it.manifest.kind == ManifestKind::Cargo && it.manifest.dependencies.iter().any(|it| it.section == SHARED)
    });
    let inherits = parsed.dependencies.iter().any(|it| {
        let entry = it.span.of(&text);
        entry.contains("workspace = true") || entry.contains("workspace=true")
    }) || text.contains(".workspace = true");
    let features: Vec<String> = need.features.iter().map(|it| format!("\"{it}\"")).collect();
    let mut parts = vec![format!("version = \"{version}\"")];
    if need.bare {
        parts.push("default-features = false".to_owned());
    }
    if !features.is_empty() {
        parts.push(format!("features = [{}]", features.join(", ")));
    }
    let value = match parts.as_slice() {
        [_] => format!("\"{version}\""),
        _ => format!("{{ {} }}", parts.join(", ")),
    };
    match shared.filter(|_| inherits) {
        Some(root) => {
            let own = res.get(root.path()).cloned().unwrap_or_else(|| root.source.text.clone());
            if let Some(new) = inserted(&own, SHARED, &need.package, &format!("{} = {value}", need.package)) {
                res.insert(root.path().to_path_buf(), new);
            }
            let text = res.get(file.path()).cloned().unwrap_or_else(|| file.source.text.clone());
            let dotted = text.contains(".workspace = true");
            let line = match dotted {
                true => format!("{}.workspace = true", need.package),
                false => format!("{} = {{ workspace = true }}", need.package),
            };
            if let Some(new) = inserted(&text, TABLE, &need.package, &line) {
                res.insert(file.path().to_path_buf(), new);
            }
        }
        None => {
            if let Some(new) = inserted(&text, TABLE, &need.package, &format!("{} = {value}", need.package)) {
                res.insert(file.path().to_path_buf(), new);
            }
        }
    }
}

/// A line among those of a table, where it sorts.
fn inserted(text: &str, section: &str, name: &str, line: &str) -> Option<String> {
    let parsed = manifest(ManifestKind::Cargo, text)?;
    let list: Vec<&Dependency> = parsed.dependencies.iter().filter(|it| it.section == section).collect();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut res = text.to_owned();
    let offset = match (successor(&list, name), list.last()) {
        (Some(next), _) => whole_line(text, next.span).start,
        (None, Some(last)) => whole_line(text, last.span).end,
        (None, None) => {
            let header = text.find(&format!("[{section}]"))?;
            whole_line(text, Span::at(header)).end
        }
    };
    let before = Span::new(0, offset).of(text);
    let lead = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
    res.insert_str(offset, &format!("{lead}{line}{newline}"));
    Some(res)
}

fn remove(res: &mut BTreeMap<Utf8PathBuf, String>, file: &ManifestFile, dependency: &Dependency) {
    let text = res.get(file.path()).cloned().unwrap_or_else(|| file.source.text.clone());
    let Some(parsed) = manifest(ManifestKind::Cargo, &text) else { return };
    let found = parsed.dependencies.iter().find(|it| it.name == dependency.name && it.section == dependency.section);
    let Some(found) = found else { return };
    let mut new = text.clone();
    new.replace_range(whole_line(&text, found.span).range(), "");
    res.insert(file.path().to_path_buf(), new);
}

/// Whether code below a folder names a crate.
fn is_named(project: &Project, folder: &Utf8Path, name: &str) -> bool {
    let files: Vec<FileId> = project
        .files()
        .filter(|(_, it)| it.facts.language.id == "rust" && it.path().starts_with(folder))
        .map(|it| it.0)
        .collect();
    files.into_iter().any(|it| names_crate(project.file(it).text(), name)) || project.mentions().below(folder, name)
}
