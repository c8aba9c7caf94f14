//! Manifests: what the new code needs is added in the file's own order and style, what nothing imports any more goes.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{Dependency, Manifest, ManifestKind, manifest, manifest_language};
use crate::knowledge::{Package, same_distribution};
use crate::lang::ModuleStyle;
use crate::link::{ManifestFile, Project, ProjectFile};
use crate::text::{FileId, Span};

use super::asked_versions::{Raised, asked_together, is_of_jvm, raised};
use super::cargo_manifests;
use super::change::Need;
use super::gradle_catalogs;
use super::jvm_manifests;
use super::removal::item_span_in;
use super::style::indentation_at;
use super::version_style::Version;

/// The manifests that change, with their new text, and what could not be done.
#[derive(Debug, Default)]
pub(super) struct ManifestChanges {
    /// New texts by path.
    pub(super) texts: BTreeMap<Utf8PathBuf, String>,
    /// What a person has to add.
    pub(super) notes: Vec<String>,
}

impl ManifestChanges {
    fn note(&mut self, text: String) {
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    /// Whether a manifest lists a package, or does since another flow added it.
    fn has(&self, file: &ManifestFile, package: &str) -> bool {
        let added = || manifest(file.manifest.kind, self.texts.get(file.path())?);
        lists(&file.manifest, package) || added().is_some_and(|it| lists(&it, package))
    }
}

/// Works out the new manifests: `before` and `after` are the project without and with the change of the code.
pub(super) fn update(
    before: &Project,
    after: &Project,
    needs: &[(Utf8PathBuf, Need)],
    settings: &[(Utf8PathBuf, String)],
) -> ManifestChanges {
    let mut res = ManifestChanges::default();
    let (rust, others): (Vec<_>, Vec<_>) = needs.iter().cloned().partition(|it| is_rust(before, &it.0));
    for (path, need) in &others {
        let Some(file) = before.file_at(path) else { continue };
        let package = need.package.as_str();
        let language = before.file(file).facts.language.id;
        if let Some(least) = &need.least {
            raise(&mut res, before, before.file(file), need, least);
            continue;
        }
        let row = before.knowledge().package(language, package);
        let version = version_of(need, row);
        raise(&mut res, before, before.file(file), need, version.least);
        let mut listed = false;
        for group in governing((before, after), file, package) {
            for it in &group {
                let text = res.texts.get(it.path()).cloned().unwrap_or_else(|| it.source.text.clone());
                // What a catalog lists is asked for by the builds that want it.
                listed |= it.manifest.kind != ManifestKind::GradleCatalog && res.has(it, package);
                let clashes = |row: &&Package| row.clashes.iter().any(|other| lists(&it.manifest, other));
                let without = row.filter(clashes).and_then(|it| it.without.as_deref());
                let version = Version { without, ..version };
                let Some(text) = add(it.manifest.kind, &text, package, version).filter(|_| !res.has(it, package))
                else {
                    listed |= gradle_catalogs::add(before, &mut res.texts, it, package, version.least).is_some();
                    continue;
                };
                listed = true;
                let pinned = version.pinned.is_some_and(|it| text.contains(it));
                if let Some(python) = row.and_then(|it| it.python.as_ref()).filter(|_| pinned) {
                    let pin = version.pinned.unwrap_or_default();
                    res.note(format!("{}: {package} {pin} needs Python {python} or later", it.path()));
                }
                res.texts.insert(it.path().to_path_buf(), text);
            }
            if listed {
                break;
            }
        }
        // A package that was imported before is installed already.
        if !listed && !package_is_used(before, language, package) {
            res.note(format!("{path}: no manifest lists its dependencies; install {package}"));
        }
    }
    res.texts.extend(cargo_manifests::update(before, after, &rust));
    environment_templates(before, settings, &mut res);
    for file in before.manifests() {
        drop_unused(before, after, file, needs, &mut res);
        if file.manifest.kind == ManifestKind::Npm && res.texts.contains_key(file.path()) {
            res.note(format!("{}: install anew, so that the lock file follows it", file.path()));
        }
    }
    gradle_catalogs::follow(before, &mut res.texts);
    res
}

/// Whether a file is one of Rust, whose manifests are another module's.
fn is_rust(project: &Project, path: &Utf8Path) -> bool {
    project.file_at(path).is_some_and(|it| project.facts(it).language.modules == ModuleStyle::Rust)
}

/// The version to ask for, as the need says it or as it is known.
fn version_of<'v>(need: &'v Need, row: Option<&'v Package>) -> Version<'v> {
    Version {
        least: need.version.as_deref().or(row.and_then(|it| it.requirement.as_deref())).unwrap_or_default(),
        pinned: row.and_then(|it| it.version.as_deref()),
        without: None,
    }
}

/// Adds the variables that the new code reads to the templates of the environment.
fn environment_templates(before: &Project, settings: &[(Utf8PathBuf, String)], res: &mut ManifestChanges) {
    for (path, variable) in settings {
        let manifests = before.manifests_of(path, "environment");
        for it in manifests {
            if res.has(it, variable) {
                continue;
            }
            let text = res.texts.get(it.path()).cloned().unwrap_or_else(|| it.source.text.clone());
            let base = before.knowledge().endpoints.base_scopes.join(",");
            if let Some(text) =
                add(ManifestKind::Environment, &text, variable, Version { least: &base, pinned: None, without: None })
            {
                res.texts.insert(it.path().to_path_buf(), text);
            }
        }
    }
}

/// Raises the version of a package that a file's manifests list, or says that its series is too old. Builds of the JVM
/// are raised where the code used the package before, for which the version is chosen otherwise else.
fn raise(res: &mut ManifestChanges, before: &Project, file: &ProjectFile, need: &Need, least: &str) {
    let (package, language) = (need.package.as_str(), file.facts.language.id);
    for it in asked_together(before, &res.texts, file.path(), language, package) {
        let raises = it.kind == ManifestKind::Npm || is_of_jvm(it.kind) && need.least.is_some();
        if !raises {
            continue;
        }
        match raised(&it.text, least) {
            Raised::Enough => {}
            Raised::To(version) => {
                let source = before.manifests().iter().find(|own| own.path() == it.path);
                let Some(old) = res.texts.get(&it.path).or(source.map(|it| &it.source.text)) else { continue };
                let mut text = old.clone();
                text.replace_range(it.span.range(), &version);
                res.texts.insert(it.path, text);
            }
            Raised::Not => {
                res.note(format!("{}: it asks for {package} {}; the new code needs {least}", it.path, it.text));
            }
        }
    }
}

/// The manifests to which what a file needs can be added, in groups of which the first that takes it gets it: those that
/// list what the file imports, all of them; then, one by one, those that are not a list for something else, as of the
/// tools that build documentation.
fn governing<'p>((before, after): (&'p Project, &Project), file: FileId, package: &str) -> Vec<Vec<&'p ManifestFile>> {
    let project = before;
    let path = before.file(file).path();
    let language = before.facts(file).language.id;
    let mut manifests = before.manifests_of(path, language);
    // The plainest name is the one that is installed to run: requirements.txt before requirements-dev.txt.
    manifests.sort_by_key(|it| it.path().as_str().len());
    let modules = |it: &ManifestFile| -> Vec<String> {
        it.manifest.dependencies.iter().flat_map(|it| before.modules_of(language, &it.name)).collect()
    };
    let binds = |project: &Project, file: FileId, module: &str| {
        project.facts(file).bindings.iter().any(|(id, _)| project.binds_module(file, id, module))
    };
    // What brought the old request brings the new one: a package that the file imports no longer, or still needs.
    let brought = |it: &&ManifestFile| {
        let gone = |module: &String| {
            binds(before, file, module) && after.file_at(path).is_none_or(|file| !binds(after, file, module))
        };
        lists(&it.manifest, package) || modules(it).iter().any(gone)
    };
    // The manifest of a site or a workspace around a sample is not the sample's.
    let packages = if language == "javascript" { project.packages_of(file) } else { BTreeSet::new() };
    let foreign = |it: &&ManifestFile| {
        !packages.is_empty()
            && Some(it.folder()) != path.parent()
            && !it.manifest.dependencies.is_empty()
            && !modules(it).iter().any(|it| packages.contains(it))
    };
    let serves = |it: &&ManifestFile| {
        it.manifest.kind != ManifestKind::Requirements
            || it.manifest.dependencies.is_empty()
            || modules(it).iter().any(|module| {
                !project.uses_of_module(it.folder(), module).is_empty() || project.mentions().below(it.folder(), module)
            })
    };
    let mut res = vec![manifests.iter().copied().filter(|it| brought(it)).collect()];
    res.extend(manifests.iter().copied().filter(|it| serves(it) && !foreign(it)).map(|it| vec![it]));
    res
}

fn package_is_used(project: &Project, language: &str, package: &str) -> bool {
    let modules = project.modules_of(language, package);
    modules.iter().any(|it| !project.uses_of_module(Utf8Path::new(""), it).is_empty())
}

fn lists(manifest: &Manifest, package: &str) -> bool {
    manifest.dependencies.iter().any(|it| same_distribution(&it.name, package))
}

fn drop_unused(
    before: &Project,
    after: &Project,
    file: &ManifestFile,
    needs: &[(Utf8PathBuf, Need)],
    res: &mut ManifestChanges,
) {
    let language = manifest_language(file.manifest.kind);
    for dependency in &file.manifest.dependencies {
        if needs.iter().any(|(_, it)| same_distribution(&it.package, &dependency.name)) {
            continue;
        }
        let modules = before.modules_of(language, &dependency.name);
        let uses = |project: &Project| match file.manifest.kind {
            ManifestKind::Environment => project.reads_variable(file.folder(), &dependency.name),
            _ => modules.iter().any(|it| !project.uses_of_module(file.folder(), it).is_empty()),
        };
        let mentioned = modules.iter().any(|it| before.mentions().below(file.folder(), it));
        if !uses(before) || uses(after) || mentioned {
            continue;
        }
        let text = res.texts.get(file.path()).cloned().unwrap_or_else(|| file.source.text.clone());
        if let Some(text) = remove(file.manifest.kind, &text, &dependency.name) {
            res.texts.insert(file.path().to_path_buf(), text);
        }
    }
}

/// The manifest without a distribution.
fn remove(kind: ManifestKind, text: &str, name: &str) -> Option<String> {
    let found = manifest(kind, text)?.dependencies.into_iter().find(|it| same_distribution(&it.name, name))?;
    let span = match kind {
        ManifestKind::Requirements | ManifestKind::Environment => whole_line(text, found.span),
        ManifestKind::Pyproject if found.section.ends_with("dependencies") && !is_item(text, found.span) => {
            whole_line(text, found.span)
        }
        ManifestKind::Pipfile | ManifestKind::SetupCfg | ManifestKind::Conda => whole_line(text, found.span),
        ManifestKind::Npm | ManifestKind::Pyproject | ManifestKind::SetupPy => item_span_in(text, found.span),
        ManifestKind::GradleCatalog if gradle_catalogs::is_bundled(text, found.span) => return None,
        ManifestKind::Maven | ManifestKind::Gradle | ManifestKind::GradleCatalog => whole_line(text, found.span),
        // No code of theirs is rewritten.
        ManifestKind::Cargo
        | ManifestKind::Go
        | ManifestKind::NuGet
        | ManifestKind::Composer
        | ManifestKind::Bundler => return None,
    };
    let mut res = text.to_owned();
    res.replace_range(span.range(), "");
    match kind {
        ManifestKind::Npm => Some(without_empty_table(res, &found.section)),
        _ => Some(res),
    }
}

/// `package.json` without a table of dependencies that holds nothing any more, as npm leaves it.
fn without_empty_table(mut text: String, section: &str) -> String {
    let key = format!("\"{section}\"");
    let table = text.find(&key).and_then(|start| {
        let rest = text.get(start + key.len()..)?;
        let value =
            rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('{')?.trim_start().strip_prefix('}')?;
        Some(Span::new(start, text.len() - value.len()))
    });
    if let Some(table) = table {
        let span = item_span_in(&text, table);
        text.replace_range(span.range(), "");
    }
    text
}

/// Whether a dependency is a quoted item of a list rather than a key of a table.
fn is_item(text: &str, span: Span) -> bool {
    span.of(text).starts_with(['"', '\'']) && !span.of(text).contains('=')
        || span.of(text).starts_with(['"', '\'']) && span.of(text).matches(['"', '\'']).count() == 2
}

pub(super) fn whole_line(text: &str, span: Span) -> Span {
    let start = Span::new(0, span.start).of(text).rfind('\n').map_or(0, |it| it + 1);
    let end = text.get(span.end..).and_then(|it| it.find('\n')).map_or(text.len(), |it| span.end + it + 1);
    Span::new(start, end)
}

/// The manifest with a distribution more; none when it has no place for it.
fn add(kind: ManifestKind, text: &str, name: &str, version: Version<'_>) -> Option<String> {
    let parsed = manifest(kind, text)?;
    let least = version.least;
    match kind {
        ManifestKind::Npm => {
            // Declarations of types are needed where the compiler is.
            let developed = in_section(&parsed, "devDependencies");
            let typed = name.starts_with("@types/") && !developed.is_empty();
            let section = if typed { developed } else { in_section(&parsed, "dependencies") };
            let item = format!("\"{name}\": \"{least}\"");
            insert_among(text, &section, name, &item, ",").or_else(|| new_npm_table(text, &item))
        }
        ManifestKind::Environment => {
            let beside = parsed.dependencies.iter().rfind(|it| it.name.contains("SECRET"));
            let near: Vec<&Dependency> = beside.or(parsed.dependencies.last()).into_iter().collect();
            insert_line(text, &near, "", &format!("{name}={least}"))
        }
        ManifestKind::Requirements => {
            let all: Vec<&Dependency> = parsed.dependencies.iter().collect();
            insert_line(text, &all, name, &version.requirement(name, &written(text, &all)))
        }
        ManifestKind::Conda => {
            let all = in_section(&parsed, "");
            let last = all.last()?;
            let indent = indentation_at(text, last.span.start);
            let item = version.conda(&name.to_lowercase(), &written(text, &all));
            insert_line(text, &all, name, &format!("{indent}- {item}"))
        }
        ManifestKind::SetupCfg => {
            let all = in_section(&parsed, "install_requires");
            let indent = indentation_at(text, all.last()?.span.start);
            insert_line(text, &all, name, &format!("{indent}{}", version.requirement(name, &written(text, &all))))
        }
        ManifestKind::SetupPy => quoted_item(text, &in_section(&parsed, "install_requires"), name, version),
        ManifestKind::Pyproject => {
            let items = in_section(&parsed, "project.dependencies");
            if !items.is_empty() {
                return quoted_item(text, &items, name, version);
            }
            let table = in_section(&parsed, "tool.poetry.dependencies");
            let item = format!("{name} = \"{}\"", version.constraint(&written(text, &table)));
            insert_line(text, &table, name, &item).filter(|_| !table.is_empty())
        }
        ManifestKind::Pipfile => {
            let table = in_section(&parsed, "packages");
            let item = format!("{} = \"{}\"", name.to_lowercase(), version.constraint(&written(text, &table)));
            insert_line(text, &table, name, &item).filter(|_| !table.is_empty())
        }
        ManifestKind::Maven => jvm_manifests::add_to_pom(text, &parsed, name, least, version.without),
        ManifestKind::Gradle => jvm_manifests::add_to_gradle(text, &parsed, name, least, version.without),
        _ => None,
    }
}

fn written<'t>(text: &'t str, list: &[&Dependency]) -> Vec<&'t str> {
    list.iter().map(|it| it.span.of(text)).collect()
}

/// A quoted requirement among others.
fn quoted_item(text: &str, list: &[&Dependency], name: &str, version: Version<'_>) -> Option<String> {
    let quote = list.first()?.span.of(text).chars().next().unwrap_or('"');
    let bare: Vec<&str> = written(text, list).into_iter().map(|it| it.trim_matches(quote)).collect();
    insert_among(text, list, name, &format!("{quote}{}{quote}", version.requirement(name, &bare)), ",")
}

/// `package.json` with a table of dependencies, which it had none of.
fn new_npm_table(text: &str, item: &str) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let end = text.trim_end().strip_suffix('}')?.trim_end().len();
    let last_line = Span::new(0, end).of(text).lines().last()?;
    let indent = indentation_at(last_line, 0);
    let first = Span::new(0, end).of(text).lines().nth(1).map(|it| indentation_at(it, 0)).filter(|it| !it.is_empty());
    let step = first.unwrap_or(indent);
    let comma = if Span::new(0, end).of(text).ends_with('{') { "" } else { "," };
    let table = format!("{comma}{newline}{step}\"dependencies\": {{{newline}{step}{step}{item}{newline}{step}}}");
    let mut res = text.to_owned();
    res.insert_str(end, &table);
    Some(res)
}

fn in_section<'m>(manifest: &'m Manifest, section: &str) -> Vec<&'m Dependency> {
    manifest.dependencies.iter().filter(|it| it.section == section).collect()
}

/// The dependency before which a name sorts, if the list is sorted at all; an empty name sorts last.
pub(super) fn successor<'d>(list: &[&'d Dependency], name: &str) -> Option<&'d Dependency> {
    let lower: Vec<String> = list.iter().map(|it| it.name.to_lowercase()).filter(|it| it != "python").collect();
    if !lower.is_sorted() || name.is_empty() {
        return None;
    }
    list.iter().copied().find(|it| it.name.to_lowercase() > name.to_lowercase() && it.name != "python")
}

fn insert_among(text: &str, list: &[&Dependency], name: &str, item: &str, separator: &str) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let last = list.last()?;
    let near = successor(list, name).unwrap_or(last);
    let line_start = whole_line(text, near.span).start;
    let own_line = Span::new(line_start, near.span.start).of(text).trim().is_empty();
    let gap = match own_line {
        true => format!("{newline}{}", indentation_at(text, near.span.start)),
        false => " ".to_owned(),
    };
    let mut res = text.to_owned();
    match successor(list, name) {
        Some(next) => res.insert_str(next.span.start, &format!("{item}{separator}{gap}")),
        None => res.insert_str(last.span.end, &format!("{separator}{gap}{item}")),
    }
    Some(res)
}

fn insert_line(text: &str, list: &[&Dependency], name: &str, line: &str) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut res = text.to_owned();
    let offset = match (successor(list, name), list.last()) {
        (Some(next), _) => whole_line(text, next.span).start,
        (None, Some(last)) => whole_line(text, last.span).end,
        (None, None) => text.len(),
    };
    let before = Span::new(0, offset).of(text);
    let lead = if before.is_empty() || before.ends_with('\n') { "" } else { newline };
    res.insert_str(offset, &format!("{lead}{line}{newline}"));
    Some(res)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHLIB: Version<'_> = Version { least: ">=1.3.0", pinned: Some("1.6.12"), without: None };

    #[test]
    fn additions_keep_order_and_style() {
        let npm = "{\n  \"dependencies\": {\n    \"axios\": \"1\",\n    \"qs\": \"6\"\n  }\n}\n";
        let added =
            add(ManifestKind::Npm, npm, "passport-oauth2", Version { least: "^1.8.0", pinned: None, without: None })
                .unwrap();
        assert_eq!(added, npm.replace("\"qs\"", "\"passport-oauth2\": \"^1.8.0\",\n    \"qs\""));
        let lines = add(ManifestKind::Requirements, "requests==2.31.0", "Authlib", AUTHLIB).unwrap();
        assert_eq!(lines, "Authlib==1.6.12\nrequests==2.31.0");
        let project = "[project]\ndependencies = [\n    'httpx',\n]\n";
        let added = add(ManifestKind::Pyproject, project, "Authlib", AUTHLIB).unwrap();
        assert_eq!(added, "[project]\ndependencies = [\n    'Authlib',\n    'httpx',\n]\n");
        let poetry = "[tool.poetry.dependencies]\npython = \"^3.9\"\nrequests = \"^2\"\n";
        let added = add(ManifestKind::Pyproject, poetry, "Authlib", AUTHLIB).unwrap();
        assert_eq!(added, "[tool.poetry.dependencies]\npython = \"^3.9\"\nAuthlib = \"^1.3.0\"\nrequests = \"^2\"\n");
    }

    #[test]
    fn additions_to_the_other_manifests_of_python() {
        let added = |kind, text| add(kind, text, "Authlib", AUTHLIB).unwrap();
        let conda = "dependencies:\n  - requests=2.32.3\n  - pip:\n    - tabulate==0.9.0\n";
        assert_eq!(
            added(ManifestKind::Conda, conda),
            "dependencies:\n  - authlib=1.6.12\n  - requests=2.32.3\n  - pip:\n    - tabulate==0.9.0\n"
        );
        let cfg = "[options]\ninstall_requires =\n    requests>=2\n    zeep>=4\npackages = find:\n";
        assert_eq!(added(ManifestKind::SetupCfg, cfg), cfg.replace("    requests", "    Authlib>=1.3.0\n    requests"));
        let setup = "setup(packages=['a'], install_requires=['requests==2.32.3'])\n";
        assert_eq!(
            added(ManifestKind::SetupPy, setup),
            "setup(packages=['a'], install_requires=['Authlib==1.6.12', 'requests==2.32.3'])\n"
        );
        let pipfile = "[packages]\nrequests = \"==2.32.3\"\n";
        assert_eq!(
            added(ManifestKind::Pipfile, pipfile),
            "[packages]\nauthlib = \"==1.6.12\"\nrequests = \"==2.32.3\"\n"
        );
    }

    #[test]
    fn removals_leave_the_rest_alone() {
        let npm = "{ \"dependencies\": { \"axios\": \"1\", \"jsonwebtoken\": \"9\" } }";
        assert_eq!(
            remove(ManifestKind::Npm, npm, "jsonwebtoken").unwrap(),
            "{ \"dependencies\": { \"axios\": \"1\" } }"
        );
        assert_eq!(remove(ManifestKind::Requirements, "PyJWT==2\nrequests\n", "pyjwt").unwrap(), "requests\n");
        let poetry =
            "[tool.poetry.dependencies]\nPyJWT = {version = \"2\", extras = [\"crypto\"]}\nrequests = \"^2\"\n";
        assert_eq!(
            remove(ManifestKind::Pyproject, poetry, "PyJWT").unwrap(),
            "[tool.poetry.dependencies]\nrequests = \"^2\"\n"
        );
    }
}
