//! Manifests: which distributions a package asks for, and where each is written.

use std::ops::Range;

use crate::text::Span;

/// The kind of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    /// `package.json`.
    Npm,
    /// `requirements*.txt`.
    Requirements,
    /// `pyproject.toml`.
    Pyproject,
    /// A template of environment variables, such as `.env.example`; its entries are variables.
    Environment,
}

/// One distribution that a manifest asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The distribution.
    pub name: String,
    /// The table or list it stands in, such as `dependencies` or `tool.poetry.dependencies`.
    pub section: String,
    /// Where it is written: the pair, list item or line.
    pub span: Span,
}

/// A parsed manifest.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// What it is.
    pub kind: ManifestKind,
    /// The name of the package itself, where the manifest is one of npm.
    pub name: Option<String>,
    /// What it asks for, in the order it is written.
    pub dependencies: Vec<Dependency>,
}

/// The kind of manifest a file name stands for.
#[must_use]
pub fn manifest_kind(file_name: &str) -> Option<ManifestKind> {
    match file_name {
        "package.json" => Some(ManifestKind::Npm),
        "pyproject.toml" => Some(ManifestKind::Pyproject),
        name if name.starts_with("requirements") && name.ends_with(".txt") => Some(ManifestKind::Requirements),
        ".env.example" | ".env.sample" | ".env.template" | ".env.dist" | "env.example" | "example.env" => {
            Some(ManifestKind::Environment)
        }
        _ => None,
    }
}

/// The language whose packages a manifest lists.
#[must_use]
pub fn manifest_language(kind: ManifestKind) -> &'static str {
    match kind {
        ManifestKind::Npm => "javascript",
        ManifestKind::Requirements | ManifestKind::Pyproject => "python",
        ManifestKind::Environment => "environment",
    }
}

/// Reads a manifest; none when its syntax is broken.
#[must_use]
pub fn manifest(kind: ManifestKind, text: &str) -> Option<Manifest> {
    let dependencies = match kind {
        ManifestKind::Npm => npm(text)?,
        ManifestKind::Requirements => requirements(text),
        ManifestKind::Pyproject => pyproject(text)?,
        ManifestKind::Environment => variables(text),
    };
    let name = match kind {
        ManifestKind::Npm => {
            let document = serde_json::from_str::<serde_json::Value>(text).ok()?;
            document.get("name").and_then(serde_json::Value::as_str).map(str::to_owned)
        }
        _ => None,
    };
    Some(Manifest { kind, name, dependencies })
}

/// The distribution name at the start of a PEP 508 requirement.
#[must_use]
pub fn requirement_name(requirement: &str) -> &str {
    let requirement = requirement.trim_start();
    let end = requirement.find(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.')));
    requirement.get(..end.unwrap_or(requirement.len())).unwrap_or_default()
}

fn requirements(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let name = requirement_name(content);
        // `-r other.txt` and other options are no requirements.
        if !name.is_empty() && !name.starts_with('-') {
            let span = Span::new(start, start + content.len());
            res.push(Dependency { name: name.to_owned(), section: String::new(), span });
        }
        start += line.len();
    }
    res
}

/// The variables of an environment template, one a line.
fn variables(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let name = content.split('=').next().unwrap_or_default().trim().trim_start_matches("export ");
        let is_name = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
        if is_name && content.contains('=') {
            let span = Span::new(start, start + content.len());
            res.push(Dependency { name: name.to_owned(), section: String::new(), span });
        }
        start += line.len();
    }
    res
}

fn pyproject(text: &str) -> Option<Vec<Dependency>> {
    let document = toml_edit::Document::parse(text.to_owned()).ok()?;
    let root = document.as_table();
    let mut res = Vec::new();
    if let Some(project) = root.get("project").and_then(|it| it.as_table_like()) {
        array(&mut res, project.get("dependencies"), "project.dependencies");
        if let Some(optional) = project.get("optional-dependencies").and_then(|it| it.as_table_like()) {
            for (group, items) in optional.iter() {
                array(&mut res, Some(items), &format!("project.optional-dependencies.{group}"));
            }
        }
    }
    let poetry = root.get("tool").and_then(|it| it.as_table_like()?.get("poetry")?.as_table_like());
    if let Some(poetry) = poetry {
        table(&mut res, poetry.get("dependencies"), "tool.poetry.dependencies");
        if let Some(groups) = poetry.get("group").and_then(|it| it.as_table_like()) {
            for (group, items) in groups.iter() {
                let inner = items.as_table_like().and_then(|it| it.get("dependencies"));
                table(&mut res, inner, &format!("tool.poetry.group.{group}.dependencies"));
            }
        }
    }
    Some(res)
}

fn span(range: Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

fn array(acc: &mut Vec<Dependency>, item: Option<&toml_edit::Item>, section: &str) {
    let Some(items) = item.and_then(|it| it.as_array()) else { return };
    for value in items.iter() {
        if let (Some(text), Some(range)) = (value.as_str(), value.span()) {
            let name = requirement_name(text).to_owned();
            acc.push(Dependency { name, section: section.to_owned(), span: span(range) });
        }
    }
}

fn table(acc: &mut Vec<Dependency>, item: Option<&toml_edit::Item>, section: &str) {
    let Some(items) = item.and_then(|it| it.as_table_like()) else { return };
    for (name, value) in items.iter() {
        let key = items.key(name).and_then(|it| it.span());
        if let (Some(key), Some(value)) = (key, value.span()) {
            let span = span(key).cover(span(value));
            acc.push(Dependency { name: name.to_owned(), section: section.to_owned(), span });
        }
    }
}

/// The tables of `package.json` that ask for packages.
const NPM_SECTIONS: &[&str] = &["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// Reads `package.json` by its layout alone, so that spans are exact: a scan of keys at the second level.
fn npm(text: &str) -> Option<Vec<Dependency>> {
    serde_json::from_str::<serde_json::Value>(text).ok()?;
    let mut res = Vec::new();
    let mut depth = 0_usize;
    let mut section: Option<String> = None;
    let mut last_key: Option<(String, usize)> = None;
    let mut rest = text.char_indices().peekable();
    while let Some((offset, char)) = rest.next() {
        match char {
            '"' => {
                let mut escaped = false;
                let end = rest.by_ref().find(|(_, it)| {
                    let closes = *it == '"' && !escaped;
                    escaped = *it == '\\' && !escaped;
                    closes
                });
                let end = end.map_or(text.len(), |(end, _)| end);
                let content = Span::new(offset + 1, end).of(text).to_owned();
                let is_key = text.get(end + 1..).is_some_and(|it| it.trim_start().starts_with(':'));
                if is_key {
                    last_key = Some((content, offset));
                } else if depth == 2
                    && let (Some(section), Some((name, start))) = (&section, last_key.take())
                {
                    let span = Span::new(start, end + 1);
                    res.push(Dependency { name, section: section.clone(), span });
                }
            }
            '{' | '[' => {
                depth += 1;
                if depth == 2 {
                    let key = last_key.take().map(|it| it.0);
                    section = key.filter(|it| char == '{' && NPM_SECTIONS.contains(&it.as_str()));
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if depth < 2 {
                    section = None;
                }
            }
            _ => {}
        }
    }
    Some(res)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: ManifestKind, text: &str, expected: &[(&str, &str, &str)]) {
        let found = manifest(kind, text).unwrap().dependencies;
        let found: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.section.as_str(), it.span.of(text))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn npm_tables() {
        check(
            ManifestKind::Npm,
            r#"{ "name": "x", "scripts": {"a": "b"}, "dependencies": { "axios": "^1", "@a/b": "2" } }"#,
            &[("axios", "dependencies", r#""axios": "^1""#), ("@a/b", "dependencies", r#""@a/b": "2""#)],
        );
        assert!(manifest(ManifestKind::Npm, "{ trailing, }").is_none());
    }

    #[test]
    fn requirement_lines() {
        check(
            ManifestKind::Requirements,
            "# tools\nPyJWT[crypto]==2.8\n-r other.txt\nrequests\n",
            &[("PyJWT", "", "PyJWT[crypto]==2.8"), ("requests", "", "requests")],
        );
    }

    #[test]
    fn pyproject_tables() {
        check(
            ManifestKind::Pyproject,
            "[project]\ndependencies = [\"PyJWT>=2\", 'requests']\n[tool.poetry.dependencies]\nhttpx = \"^0.27\"\n",
            &[
                ("PyJWT", "project.dependencies", "\"PyJWT>=2\""),
                ("requests", "project.dependencies", "'requests'"),
                ("httpx", "tool.poetry.dependencies", "httpx = \"^0.27\""),
            ],
        );
    }
}
