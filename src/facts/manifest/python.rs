//! Manifests of Python: requirements, pyproject, Pipfile, setup.cfg, setup.py, conda.

use super::Dependency;
use super::toml::{array, table};
use crate::text::Span;

/// The distribution name at the start of a PEP 508 requirement.
#[must_use]
pub fn requirement_name(requirement: &str) -> &str {
    let requirement = requirement.trim_start();
    let end = requirement.find(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.')));
    requirement.get(..end.unwrap_or(requirement.len())).unwrap_or_default()
}

/// One requirement a line.
pub(super) fn requirements(text: &str) -> Vec<Dependency> {
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

/// PEP 621 and Poetry.
pub(super) fn pyproject(text: &str) -> Option<Vec<Dependency>> {
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

/// The tables of a Pipfile.
pub(super) fn pipfile(text: &str) -> Option<Vec<Dependency>> {
    let document = toml_edit::Document::parse(text.to_owned()).ok()?;
    let mut res = Vec::new();
    for section in ["packages", "dev-packages"] {
        table(&mut res, document.as_table().get(section), section);
    }
    Some(res)
}

/// The indented requirements below the options of `setup.cfg` that hold them.
pub(super) fn setup_cfg(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    let mut inside = false;
    let mut extras = false;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let bare = content.trim_start();
        if bare.len() == content.len() {
            extras = if bare.starts_with('[') { bare == "[options.extras_require]" } else { extras };
            inside = extras && !bare.starts_with('[') || bare.starts_with("install_requires");
        } else if inside && !bare.starts_with('#') {
            let at = Span::new(start + content.len() - bare.len(), start + content.len());
            let section = if extras { "extras_require" } else { "install_requires" };
            res.push(Dependency { name: requirement_name(bare).to_owned(), section: section.to_owned(), span: at });
        }
        start += line.len();
    }
    res
}

/// The string literals of `setup.py` that stand in lists and begin like requirements.
pub(super) fn setup_py(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.split('#').next().unwrap_or_default();
        let mut rest = code;
        while let Some((open, quote)) = rest.char_indices().find(|(_, it)| matches!(it, '"' | '\'')) {
            let from = code.len() - rest.len() + open + 1;
            let Some(length) = code.get(from..).and_then(|it| it.find(quote)) else { break };
            let inner = code.get(from..from + length).unwrap_or_default();
            let before = code.get(..from - 1).unwrap_or_default().trim_end();
            let name = requirement_name(inner);
            let listed = before.is_empty() || before.ends_with(['[', ',', '(']);
            if listed && !name.is_empty() {
                let span = Span::new(start + from - 1, start + from + length + 1);
                let section = list_name(text.get(..span.start).unwrap_or_default()).to_owned();
                res.push(Dependency { name: name.to_owned(), section, span });
            }
            rest = code.get(from + length + 1..).unwrap_or_default();
        }
        start += line.len();
    }
    res
}

/// The name that the innermost open list before the end of a text is given to.
fn list_name(before: &str) -> &str {
    let mut depth = 0_usize;
    let open = before.char_indices().rev().find(|(_, it)| match it {
        ']' | ')' | '}' => {
            depth += 1;
            false
        }
        '[' | '(' | '{' if depth > 0 => {
            depth -= 1;
            false
        }
        '[' | '(' | '{' => true,
        _ => false,
    });
    let head = before.get(..open.map_or(0, |it| it.0)).unwrap_or_default().trim_end();
    let head = head.trim_end_matches(['=', ':']).trim_end().trim_end_matches(['"', '\'']);
    let start = head.rfind(|it: char| !(it.is_alphanumeric() || it == '_')).map_or(0, |it| it + 1);
    head.get(start..).unwrap_or_default()
}

/// The items of a conda environment; those for pip are in a section of their own.
pub(super) fn conda(text: &str) -> Vec<Dependency> {
    let mut res = Vec::new();
    let mut start = 0;
    let mut pip: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let bare = content.trim_start();
        let indent = content.len() - bare.len();
        if pip.is_some_and(|it| indent <= it) {
            pip = None;
        }
        if bare == "- pip:" {
            pip = Some(indent);
        }
        if let Some(item) = bare.strip_prefix("- ").filter(|it| !it.trim_end().ends_with(':')) {
            let at = Span::new(start + content.len() - bare.len(), start + content.len());
            let name = requirement_name(item.trim().trim_matches(['"', '\''])).to_owned();
            let section = if pip.is_some() { "pip" } else { "" };
            res.push(Dependency { name, section: section.to_owned(), span: at });
        }
        start += line.len();
    }
    res
}
