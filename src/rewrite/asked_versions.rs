//! Versions as manifests ask for them: where each is written, of which series it is, and how to ask for more within it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{ManifestKind, manifest, manifest_language};
use crate::knowledge::same_distribution;
use crate::link::{ManifestFile, Project};
use crate::text::Span;

/// The three numbers of a version.
pub(super) type Numbers = [u32; 3];

/// The version of a distribution that a manifest asks for.
#[derive(Debug)]
pub(super) struct Asked {
    /// The manifest in which the version is written.
    pub(super) path: Utf8PathBuf,
    /// What kind it is.
    pub(super) kind: ManifestKind,
    /// Where the version is written in its text.
    pub(super) span: Span,
    /// The version as it is written, with its operator.
    pub(super) text: String,
}

impl Asked {
    /// The version whose series is asked for; none for ranges, tags and addresses.
    pub(super) fn series(&self) -> Option<Numbers> {
        plain_numbers(self.text.trim_start_matches(['^', '~', '=', 'v', ' ']))
    }

    /// The first version that is named.
    pub(super) fn first(&self) -> Option<Numbers> {
        let start = self.text.find(|it: char| it.is_ascii_digit())?;
        let rest = self.text.get(start..)?;
        let end = rest.find(|it: char| !(it.is_ascii_digit() || it == '.')).unwrap_or(rest.len());
        Some(numbers_of(rest.get(..end)?))
    }
}

/// What the manifests ask for that decide which version of a distribution a file gets: those in the nearest folder around
/// it that list it, with what the builds around say of it; of the JVM, else those elsewhere in the tree. Texts that
/// changed already stand in `changed`.
pub(super) fn asked(
    project: &Project,
    changed: &BTreeMap<Utf8PathBuf, String>,
    path: &Utf8Path,
    language: &str,
    package: &str,
) -> Vec<Asked> {
    let text_of = |it: &ManifestFile| changed.get(it.path()).cloned().unwrap_or_else(|| it.source.text.clone());
    let read = |it: &ManifestFile| Text { path: it.path().to_path_buf(), kind: it.manifest.kind, text: text_of(it) };
    let lists = |it: &&ManifestFile| it.manifest.dependencies.iter().any(|it| same_distribution(&it.name, package));
    let fitting = project.manifests().iter().filter(|it| manifest_language(it.manifest.kind) == language);
    let listing: Vec<&ManifestFile> = fitting.filter(lists).collect();
    let around: Vec<&ManifestFile> = listing.iter().copied().filter(|it| path.starts_with(it.folder())).collect();
    let nearest = around.iter().map(|it| it.folder().as_str().len()).max();
    let deciding: Vec<&ManifestFile> = match nearest {
        Some(nearest) => around.into_iter().filter(|it| it.folder().as_str().len() == nearest).collect(),
        // A build of the JVM may get it through another of the tree, which hands on what it lists.
        None => listing.into_iter().filter(|it| is_of_jvm(it.manifest.kind)).collect(),
    };
    let mut res: Vec<Asked> = Vec::new();
    for own in deciding {
        // The builds around it, the nearest first, may say which version a property or a managed artifact has.
        let mut outer: Vec<&ManifestFile> =
            project.manifests().iter().filter(|it| own.path().starts_with(it.folder())).collect();
        outer.retain(|it| it.manifest.kind == own.manifest.kind && it.path() != own.path());
        outer.sort_by_key(|it| Reverse(it.folder().as_str().len()));
        let texts: Vec<Text> = std::iter::once(own).chain(outer).map(read).collect();
        let found = asked_in(&texts, package);
        res.extend(found.filter(|new| !res.iter().any(|it| it.path == new.path && it.span == new.span)));
    }
    res
}

/// As [`asked`], with the artifacts of the same group and version, which are released together; the last first, so that
/// a change of one leaves the places of those that follow.
pub(super) fn asked_together(
    project: &Project,
    changed: &BTreeMap<Utf8PathBuf, String>,
    path: &Utf8Path,
    language: &str,
    package: &str,
) -> Vec<Asked> {
    let mut res = asked(project, changed, path, language, package);
    if let Some((group, _)) = package.split_once(':') {
        let builds = project.manifests().iter().filter(|it| is_of_jvm(it.manifest.kind));
        let names = builds.flat_map(|it| &it.manifest.dependencies).map(|it| it.name.as_str());
        let beside = |it: &&str| *it != package && it.split_once(':').is_some_and(|it| it.0 == group);
        for other in names.filter(beside).collect::<BTreeSet<_>>() {
            for new in asked(project, changed, path, language, other) {
                let known = res.iter().any(|it| it.path == new.path && it.span == new.span);
                if !known && res.iter().any(|it| it.text == new.text) {
                    res.push(new);
                }
            }
        }
    }
    res.sort_by_key(|it| Reverse(it.span.start));
    res
}

/// Whether a manifest is a build of the JVM.
pub(super) fn is_of_jvm(kind: ManifestKind) -> bool {
    matches!(kind, ManifestKind::Maven | ManifestKind::Gradle)
}

/// A manifest as it is by now.
struct Text {
    path: Utf8PathBuf,
    kind: ManifestKind,
    text: String,
}

impl Text {
    fn asked(&self, span: Span) -> Asked {
        Asked { path: self.path.clone(), kind: self.kind, span, text: span.of(&self.text).to_owned() }
    }
}

/// What the first of several manifests asks for; the others are those around it.
fn asked_in(texts: &[Text], package: &str) -> Option<Asked> {
    let own = texts.first()?;
    let listed = manifest(own.kind, &own.text)?.dependencies;
    let entry = listed.iter().find(|it| same_distribution(&it.name, package))?.span;
    match own.kind {
        ManifestKind::Maven => {
            let artifact = format!("<artifactId>{}</artifactId>", package.rsplit(':').next().unwrap_or(package));
            // Where a build manages the version, it names the artifact again.
            let managed = texts.iter().flat_map(|it| {
                let places = it.text.match_indices(artifact.as_str()).map(|(start, _)| start);
                places.filter_map(move |start| Some((it, version_element(&it.text, entry_from(&it.text, start))?)))
            });
            let own_version = version_element(&own.text, entry).map(|it| (own, it));
            let (at, version) = own_version.into_iter().chain(managed).next()?;
            match version.of(&at.text).strip_prefix("${").and_then(|it| it.strip_suffix('}')) {
                Some(name) => texts.iter().find_map(|it| Some(it.asked(element(&it.text, name)?))),
                None => Some(at.asked(version)),
            }
        }
        ManifestKind::Gradle => {
            let line = entry.of(&own.text);
            let start = line.find(package)? + package.len();
            let rest = line.get(start..)?.strip_prefix(':')?;
            let end = rest.find(['"', '\'', ':', '@'])?;
            Some(own.asked(Span::new(entry.start + start + 1, entry.start + start + 1 + end)))
        }
        ManifestKind::Npm => {
            let text = entry.of(&own.text);
            let end = text.rfind('"')?;
            let start = text.get(..end)?.rfind('"')? + 1;
            Some(own.asked(Span::new(entry.start + start, entry.start + end)))
        }
        _ => {
            let text = entry.of(&own.text);
            let rest = text.get(package.len()..)?;
            let start = text.len() - rest.trim_start_matches([' ', '"', '\'', ']']).len();
            let end = text.trim_end_matches(['"', '\'', ',', ' ']).len();
            (start < end).then(|| own.asked(Span::new(entry.start + start, entry.start + end)))
        }
    }
}

/// The rest of a `<dependency>` from a place inside of it.
fn entry_from(text: &str, start: usize) -> Span {
    let end = text.get(start..).and_then(|it| it.find("</dependency>")).map_or(start, |it| start + it);
    Span::new(start, end)
}

/// The text of the `<version>` within a part of a POM.
fn version_element(text: &str, within: Span) -> Option<Span> {
    let found = element(within.of(text), "version")?;
    Some(Span::new(within.start + found.start, within.start + found.end))
}

/// The text of the first element of a name, without the space around it.
fn element(text: &str, name: &str) -> Option<Span> {
    let open = format!("<{name}>");
    let start = text.find(&open)? + open.len();
    let inner = text.get(start..)?.split('<').next()?;
    let lead = inner.len() - inner.trim_start().len();
    Some(Span::new(start + lead, start + lead + inner.trim().len()))
}

/// What becomes of a version that may be too little.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raised {
    /// It is enough, or cannot be told.
    Enough,
    /// The version that is.
    To(String),
    /// It is of another series, which raising would break.
    Not,
}

/// Raises `^1.2.0` to a version of the same series: the number changes, its operator stays.
pub(super) fn raised(asked: &str, least: &str) -> Raised {
    let number = asked.trim_start_matches(['^', '~', '=', 'v']);
    let least = least.trim_start_matches('^');
    let (Some(old), Some(new)) = (plain_numbers(number), plain_numbers(least)) else { return Raised::Enough };
    if old >= new {
        return Raised::Enough;
    }
    if old.first() != new.first() {
        return Raised::Not;
    }
    let operator = asked.strip_suffix(number).unwrap_or_default();
    Raised::To(format!("{operator}{least}"))
}

/// The numbers that a version begins with.
pub(super) fn numbers_of(version: &str) -> Numbers {
    let mut numbers = version.split('.').map_while(|it| it.parse().ok());
    std::array::from_fn(|_| numbers.next().unwrap_or(0))
}

/// The numbers of a plain version.
fn plain_numbers(version: &str) -> Option<Numbers> {
    let all = version.split('.').all(|it| it.parse::<u32>().is_ok());
    all.then(|| numbers_of(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_raised_within_their_series() {
        let to = |it: &str| Raised::To(it.to_owned());
        assert_eq!(raised("3.3.0", "3.4.0"), to("3.4.0"));
        assert_eq!(raised("^3.1", "^3.4.0"), to("^3.4.0"));
        assert_eq!(raised("~3.4.2", "3.4.0"), Raised::Enough);
        assert_eq!(raised("^2.2.0", "3.4.0"), Raised::Not);
        assert_eq!(raised("latest", "3.4.0"), Raised::Enough);
        assert_eq!(raised(">=2 <4", "3.4.0"), Raised::Enough);
    }

    #[track_caller]
    fn check(kind: ManifestKind, texts: &[&str], package: &str, expected: Option<(&str, usize)>) {
        let texts: Vec<Text> = texts
            .iter()
            .enumerate()
            .map(|(index, it)| Text { path: index.to_string().into(), kind, text: (*it).to_owned() })
            .collect();
        let found = asked_in(&texts, package).map(|it| (it.text, it.path));
        assert_eq!(found, expected.map(|(text, index)| (text.to_owned(), index.to_string().into())));
    }

    #[test]
    fn versions_are_found_where_they_are_written() {
        check(ManifestKind::Npm, &[r#"{"dependencies": {"@a/b": "^4.1.0"}}"#], "@a/b", Some(("^4.1.0", 0)));
        let own = |version: &str| {
            format!(
                "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId>{version}</dependency></dependencies></project>"
            )
        };
        check(ManifestKind::Maven, &[&own("<version> 3.0.0 </version>")], "a:b", Some(("3.0.0", 0)));
        let property = "<project><properties><b.version>3.1</b.version></properties></project>";
        check(ManifestKind::Maven, &[&own("<version>${b.version}</version>"), property], "a:b", Some(("3.1", 1)));
        let managing = own("<version>2.9</version>").replace("dependencies>", "dependencyManagement>");
        check(ManifestKind::Maven, &[&own(""), &managing], "a:b", Some(("2.9", 1)));
        check(ManifestKind::Maven, &[&own("")], "a:b", None);
        check(ManifestKind::Gradle, &["implementation 'a:b:3.0.0'\n"], "a:b", Some(("3.0.0", 0)));
        check(ManifestKind::Gradle, &["implementation(\"a:b\")\n"], "a:b", None);
        check(ManifestKind::Requirements, &["a-b==2.3.1\n"], "a-b", Some(("==2.3.1", 0)));
        check(ManifestKind::Requirements, &["a-b\n"], "a-b", None);
    }
}
