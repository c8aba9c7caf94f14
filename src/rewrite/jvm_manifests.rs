//! Manifests of the JVM: a dependency more in a POM or a Gradle build, written as the others are.

use crate::facts::{Dependency, Manifest};
use crate::text::Span;

use super::manifests::{successor, whole_line};
use super::style::indentation_at;

/// A POM with a `<dependency>` more; an empty version is left to the build.
pub(super) fn add_to_pom(
    text: &str,
    manifest: &Manifest,
    name: &str,
    version: &str,
    without: Option<&str>,
) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (group, artifact) = name.split_once(':')?;
    let listed: Vec<&Dependency> = manifest.dependencies.iter().collect();
    let last = listed.last()?;
    let near = successor(&listed, name).unwrap_or(last);
    let base = indentation_at(text, near.span.start);
    let inner = near.span.of(text).split('\n').nth(1).map(|it| indentation_at(it, 0).to_owned());
    let element = match inner {
        Some(inner) => {
            let mut lines = vec![
                format!("{base}<dependency>"),
                format!("{inner}<groupId>{group}</groupId>"),
                format!("{inner}<artifactId>{artifact}</artifactId>"),
            ];
            lines.extend((!version.is_empty()).then(|| format!("{inner}<version>{version}</version>")));
            if let Some((group, artifact)) = without.and_then(|it| it.split_once(':')) {
                let step = inner.strip_prefix(base).unwrap_or("  ");
                lines.extend([
                    format!("{inner}<exclusions>"),
                    format!("{inner}{step}<exclusion>"),
                    format!("{inner}{step}{step}<groupId>{group}</groupId>"),
                    format!("{inner}{step}{step}<artifactId>{artifact}</artifactId>"),
                    format!("{inner}{step}</exclusion>"),
                    format!("{inner}</exclusions>"),
                ]);
            }
            lines.push(format!("{base}</dependency>"));
            lines.join(newline)
        }
        None => {
            let version = if version.is_empty() { String::new() } else { format!("<version>{version}</version>") };
            format!(
                "{base}<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>{version}</dependency>"
            )
        }
    };
    Some(with_line(text, &listed, name, &element, newline))
}

/// A Gradle build with an `implementation` more.
pub(super) fn add_to_gradle(
    text: &str,
    manifest: &Manifest,
    name: &str,
    version: &str,
    without: Option<&str>,
) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let plain = |it: &&Dependency| {
        let line = it.span.of(text);
        line.starts_with("implementation") || line.starts_with("api") || line.starts_with("compile")
    };
    let listed: Vec<&Dependency> = manifest.dependencies.iter().filter(plain).collect();
    let near = listed.last()?;
    let line = near.span.of(text);
    let base = indentation_at(text, near.span.start);
    let word: String = line.chars().take_while(|it| it.is_alphanumeric()).collect();
    let quote = line.chars().find(|it| matches!(it, '"' | '\'')).unwrap_or('"');
    let coordinates = if version.is_empty() { name.to_owned() } else { format!("{name}:{version}") };
    let item = match (line.contains('('), without.and_then(|it| it.split_once(':'))) {
        (true, None) => format!("{base}{word}({quote}{coordinates}{quote})"),
        (false, None) => format!("{base}{word} {quote}{coordinates}{quote}"),
        (_, Some((group, artifact))) => {
            let kotlin = quote == '"' && line.contains('(');
            let sign = if kotlin { " =" } else { ":" };
            let excluded = format!("group{sign} {quote}{group}{quote}, module{sign} {quote}{artifact}{quote}");
            let excluded = if kotlin { format!("exclude({excluded})") } else { format!("exclude {excluded}") };
            format!("{base}{word}({quote}{coordinates}{quote}) {{{newline}{base}{base}{excluded}{newline}{base}}}")
        }
    };
    Some(with_line(text, &listed, name, &item, newline))
}

/// The text with whole lines more, where the name sorts, else behind the last dependency.
fn with_line(text: &str, listed: &[&Dependency], name: &str, lines: &str, newline: &str) -> String {
    let offset = match (successor(listed, name), listed.last()) {
        (Some(next), _) => whole_line(text, Span::at(next.span.start)).start,
        (None, Some(last)) => whole_line(text, Span::at(last.span.end)).end,
        (None, None) => text.len(),
    };
    let mut res = text.to_owned();
    res.insert_str(offset, &format!("{lines}{newline}"));
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{ManifestKind, manifest};

    #[test]
    fn dependencies_are_written_as_the_others_are() {
        let pom = "<project>\n  <dependencies>\n    <dependency>\n      <groupId>b</groupId>\n      <artifactId>c</artifactId>\n    </dependency>\n  </dependencies>\n</project>\n";
        let parsed = manifest(ManifestKind::Maven, pom).unwrap();
        let added = add_to_pom(pom, &parsed, "a:x", "1", None).unwrap();
        let element = "    <dependency>\n      <groupId>a</groupId>\n      <artifactId>x</artifactId>\n      <version>1</version>\n    </dependency>\n";
        assert_eq!(added, pom.replacen("    <dependency>", &format!("{element}    <dependency>"), 1));
        let excluding = add_to_pom(pom, &parsed, "a:x", "1", Some("g:l")).unwrap();
        assert!(excluding.contains("      <exclusions>\n        <exclusion>\n          <groupId>g</groupId>\n"));
        let gradle = "dependencies {\n    implementation 'b:c:1'\n    testImplementation 'd:e:1'\n}\n";
        let parsed = manifest(ManifestKind::Gradle, gradle).unwrap();
        let added = add_to_gradle(gradle, &parsed, "x:y", "2", None).unwrap();
        assert_eq!(added, gradle.replace("    test", "    implementation 'x:y:2'\n    test"));
    }
}
