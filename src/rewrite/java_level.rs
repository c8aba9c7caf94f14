//! What a build says of the release of Java that a file is compiled for, and of the Spring that it uses.

use std::sync::LazyLock;

use regex::Regex;

use crate::link::Project;
use crate::text::FileId;

/// What a build says of the release: properties and elements of Maven, settings of Gradle.
static RELEASE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        <(?:maven\.compiler\.(?:release|target|source)|java\.version|jdk\.version|release|target|source)>\s*(?:1\.)?(\d+)\s*<
        | (?:source|target)Compatibility\s*=?\s*(?:JavaVersion\.VERSION_)?['"]?(?:1[._])?(\d+)
        | JavaLanguageVersion\.of\(\s*(\d+)
        | options\.release\s*=\s*(\d+)
        "#,
    )
    .ok()
});

/// The release, where a manifest in the folders above says it.
pub(super) fn level(project: &Project, file: FileId) -> Option<u32> {
    let path = project.file(file).path();
    let manifests = project.manifests().iter().filter(|it| path.starts_with(it.folder()));
    let mut texts: Vec<(usize, &str)> =
        manifests.map(|it| (it.folder().as_str().len(), it.source.text.as_str())).collect();
    texts.sort();
    let found = |text: &str| {
        let captures = RELEASE.as_ref()?.captures(text)?;
        captures.iter().skip(1).flatten().next()?.as_str().parse::<u32>().ok()
    };
    texts.iter().rev().find_map(|(_, text)| found(text))
}

/// The series of a library, as `(6, 1)`.
pub(super) type Series = (u32, u32);

/// The Spring that a build uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spring {
    /// Spring Boot chooses the versions of its parts; its own series, where it is said.
    Boot(Option<Series>),
    /// The framework alone.
    Framework(Series),
    /// None.
    Absent,
}

static BOOT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        spring-boot-(?:starter-parent|dependencies)</artifactId>\s*<version>\s*(\S+?)\s*<
        | org\.springframework\.boot['"]\)?\s*version\s*\(?['"]([^'"]+)
        "#,
    )
    .ok()
});

/// The parts of the framework that tell its version.
const FRAMEWORK: &[&str] = &["spring-web", "spring-core", "spring-context", "spring-webflux", "spring-webmvc"];

/// The Spring of the build around a file.
pub(super) fn spring(project: &Project, file: FileId) -> Spring {
    let path = project.file(file).path();
    let manifests = project.manifests_of(path, "java");
    for manifest in &manifests {
        let text = manifest.source.text.as_str();
        if text.contains("spring-boot-") || text.contains("org.springframework.boot") {
            let found = BOOT.as_ref().and_then(|it| it.captures(text));
            let version = found.as_ref().and_then(|it| it.iter().skip(1).flatten().next());
            return Spring::Boot(version.and_then(|it| series(text, it.as_str())));
        }
        let parts = manifest.manifest.dependencies.iter().filter(|it| {
            let part = it.name.strip_prefix("org.springframework:");
            part.is_some_and(|it| FRAMEWORK.contains(&it))
        });
        let version = parts.filter_map(|it| series(text, version_of(it.span.of(text))?)).next();
        if let Some(version) = version {
            return Spring::Framework(version);
        }
    }
    Spring::Absent
}

/// The version in an entry of a POM or a Gradle build.
fn version_of(entry: &str) -> Option<&str> {
    match entry.split_once("<version>") {
        Some((_, after)) => after.split('<').next().map(str::trim),
        None => entry.rsplit(':').next().map(|it| it.trim_matches(|it: char| !it.is_ascii_alphanumeric())),
    }
}

/// The series of a version, which may be a property of the same manifest.
fn series(manifest: &str, version: &str) -> Option<Series> {
    let property = version.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let version = match property {
        Some(name) => manifest.split_once(&format!("<{name}>"))?.1.split('<').next()?.trim(),
        None => version,
    };
    let mut numbers = version.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next().and_then(|it| it.parse().ok()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version_of("<dependency><version> 6.0.23 </version></dependency>"), Some("6.0.23"));
        assert_eq!(version_of("implementation 'org.springframework:spring-web:5.3.39'"), Some("5.3.39"));
        assert_eq!(series("<a.version>6.1.2</a.version>", "${a.version}"), Some((6, 1)));
        assert_eq!(series("", "6.0.23"), Some((6, 0)));
        let boot = BOOT.as_ref().unwrap();
        assert_eq!(
            boot.captures("id 'org.springframework.boot' version '3.2.5'").unwrap().get(2).unwrap().as_str(),
            "3.2.5"
        );
    }
}
