//! Version catalogs of Gradle: `gradle/libs.versions.toml` names each library by an alias, and builds ask for the alias as
//! `libs.the.alias` (https://docs.gradle.org/current/userguide/version_catalogs.html).

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::facts::{Dependency, ManifestKind, manifest};
use crate::link::{ManifestFile, Project};
use crate::text::Span;

use super::change::words;
use super::manifests::{successor, whole_line};
use super::style::indentation_at;

/// The texts of manifests that changed, by path.
type Texts = BTreeMap<Utf8PathBuf, String>;

fn text_of<'t>(texts: &'t Texts, file: &'t ManifestFile) -> &'t str {
    texts.get(file.path()).map_or(file.source.text.as_str(), String::as_str)
}

/// The catalogs of a project.
fn catalogs(project: &Project) -> impl Iterator<Item = &ManifestFile> {
    project.manifests().iter().filter(|it| it.manifest.kind == ManifestKind::GradleCatalog)
}

/// The builds that a catalog serves.
fn builds<'p>(project: &'p Project, catalog: &'p ManifestFile) -> impl Iterator<Item = &'p ManifestFile> {
    let gradle = project.manifests().iter().filter(|it| it.manifest.kind == ManifestKind::Gradle);
    gradle.filter(|it| it.path().starts_with(catalog.folder()))
}

/// How builds ask for an alias.
fn accessor(alias: &str) -> String {
    format!("libs.{}", alias.replace(['-', '_'], "."))
}

/// The alias of an entry of a catalog: the key that it begins with.
fn alias_of<'t>(entry: &Dependency, text: &'t str) -> &'t str {
    entry.span.of(text).split(['=', ' ']).next().unwrap_or_default().trim_matches('"')
}

/// Adds a library to the catalog that a build takes its libraries from, and asks for it in the build; none where the build
/// takes none from a catalog.
pub(super) fn add(project: &Project, texts: &mut Texts, build: &ManifestFile, name: &str, version: &str) -> Option<()> {
    let catalog = catalogs(project).find(|it| build.path().starts_with(it.folder()))?;
    let build_text = text_of(texts, build).to_owned();
    let line = build_text.lines().rfind(|it| {
        let bare = it.trim_start();
        bare.contains("libs.") && (bare.starts_with("implementation") || bare.starts_with("api"))
    })?;
    let start = build_text.find(line)?;
    let catalog_text = text_of(texts, catalog).to_owned();
    let parsed = manifest(ManifestKind::GradleCatalog, &catalog_text)?;
    let alias = match parsed.dependencies.iter().find(|it| it.name == name) {
        Some(known) => alias_of(known, &catalog_text).to_owned(),
        None => {
            let alias = name.rsplit(':').next()?.to_owned();
            let version = if version.is_empty() { String::new() } else { format!(", version = \"{version}\"") };
            let entry = format!("{alias} = {{ module = \"{name}\"{version} }}");
            texts
                .insert(catalog.path().to_path_buf(), with_entry(&catalog_text, &parsed.dependencies, &alias, &entry)?);
            alias
        }
    };
    if build_text.lines().any(|it| asks_for(it, &accessor(&alias))) {
        return Some(());
    }
    let base = indentation_at(&build_text, start);
    let word: String = line.trim_start().chars().take_while(|it| it.is_alphanumeric()).collect();
    let asked = match line.contains('(') {
        true => format!("{base}{word}({})", accessor(&alias)),
        false => format!("{base}{word} {}", accessor(&alias)),
    };
    let newline = if build_text.contains("\r\n") { "\r\n" } else { "\n" };
    let end = whole_line(&build_text, Span::new(start, start + line.len())).end;
    let mut new = build_text.clone();
    new.insert_str(end, &format!("{asked}{newline}"));
    texts.insert(build.path().to_path_buf(), new);
    Some(())
}

/// The catalog with an entry more, where its alias sorts.
fn with_entry(text: &str, libraries: &[Dependency], alias: &str, entry: &str) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let by_alias: Vec<Dependency> =
        libraries.iter().map(|it| Dependency { name: alias_of(it, text).to_owned(), ..it.clone() }).collect();
    let listed: Vec<&Dependency> = by_alias.iter().collect();
    let offset = match (successor(&listed, alias), listed.last()) {
        (Some(next), _) => whole_line(text, next.span).start,
        (None, Some(last)) => whole_line(text, last.span).end,
        (None, None) => return None,
    };
    let mut res = text.to_owned();
    res.insert_str(offset, &format!("{entry}{newline}"));
    Some(res)
}

/// Takes what went from the catalogs out of the builds that ask for it, and versions that no entry refers to any more out
/// of the catalogs. An entry that a bundle names stays.
pub(super) fn follow(project: &Project, texts: &mut Texts) {
    for catalog in catalogs(project) {
        let before = &catalog.source.text;
        let Some(mut after) = texts.get(catalog.path()).cloned() else { continue };
        let left = manifest(ManifestKind::GradleCatalog, &after).map(|it| it.dependencies).unwrap_or_default();
        let gone = catalog.manifest.dependencies.iter().filter(|it| !left.iter().any(|other| other.name == it.name));
        for entry in gone {
            let asked = accessor(alias_of(entry, before));
            for build in builds(project, catalog) {
                let text = text_of(texts, build).to_owned();
                let kept: String = text.split_inclusive('\n').filter(|line| !asks_for(line, &asked)).collect();
                if kept != text {
                    texts.insert(build.path().to_path_buf(), kept);
                }
            }
            if let Some(version) = referred(entry.span.of(before)) {
                after = without_version(&after, version);
            }
        }
        texts.insert(catalog.path().to_path_buf(), after);
    }
}

/// Whether a line of a build asks for an alias, and not for a longer one.
fn asks_for(line: &str, accessor: &str) -> bool {
    line.match_indices(accessor).any(|(start, found)| {
        let after = line.get(start + found.len()..).and_then(|it| it.chars().next());
        !after.is_some_and(|it| it.is_alphanumeric() || matches!(it, '.' | '_'))
    })
}

/// The name in `version.ref = "name"`.
fn referred(entry: &str) -> Option<&str> {
    entry.split_once("version.ref")?.1.split('"').nth(1)
}

/// A catalog without a version that nothing but its own line names.
fn without_version(text: &str, name: &str) -> String {
    if words(text, name) != 1 {
        return text.to_owned();
    }
    let own = |line: &&str| line.split('=').next().is_some_and(|it| it.trim() == name);
    text.split_inclusive('\n').filter(|it| !own(it)).collect()
}

/// Whether a bundle of a catalog names an alias.
pub(super) fn is_bundled(text: &str, entry: Span) -> bool {
    let alias = entry.of(text).split(['=', ' ']).next().unwrap_or_default().trim_matches('"');
    text.split_once("[bundles]").is_some_and(|it| it.1.contains(&format!("\"{alias}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_asked_for_as_a_whole() {
        assert_eq!(accessor("jjwt-api"), "libs.jjwt.api");
        assert!(asks_for("    implementation(libs.jjwt.api)\n", "libs.jjwt.api"));
        assert!(!asks_for("    implementation(libs.jjwt.api.extra)\n", "libs.jjwt.api"));
        assert_eq!(referred("jjwt-api = { module = \"a:b\", version.ref = \"jjwt\" }"), Some("jjwt"));
        assert_eq!(
            without_version("[versions]\njjwt = \"1\"\nspring = \"6\"\n", "jjwt"),
            "[versions]\nspring = \"6\"\n"
        );
    }
}
