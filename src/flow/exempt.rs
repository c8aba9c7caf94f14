//! AEM service credentials, which use the same endpoint and must stay on JWT.

use std::collections::HashSet;

use crate::facts::{EntryKey, Piece, Projection, Value};
use crate::link::{Expr, Field, Project};
use crate::text::FileId;

use super::{Assertion, Scopes};

/// How many expressions are looked at for one field.
const WIDTH: usize = 200;

/// Why a flow with these parameters and this assertion is exempt, if it is.
pub(super) fn reason(project: &Project, parameters: &[Field], assertion: Option<&Assertion>) -> Option<String> {
    let exemptions = &project.knowledge().exemptions;
    let metascope = assertion
        .iter()
        .flat_map(|it| &it.metascopes)
        .find(|it| exemptions.metascopes.contains(&it.name))
        .map(|it| format!("metascope {} is AEM's", it.name));
    if metascope.is_some() {
        return metascope;
    }
    // Metascopes of the other console speak louder than names.
    let others =
        assertion.is_some_and(|it| it.metascopes.iter().any(|it| project.knowledge().scopes_of(&it.name).is_some()));
    let fields = parameters.iter().chain(assertion.iter().flat_map(|it| &it.fields));
    for field in fields {
        for text in project.texts(field.value) {
            if exemptions.client_id.is_match(&text.flat()) {
                return Some("the client id is one of AEM's".to_owned());
            }
        }
        for expr in trail(project, field.value, &mut HashSet::new()) {
            let plain = plain_path(project.source(expr));
            let named = |member: &&String| {
                plain.match_indices(member.as_str()).any(|(at, _)| {
                    !plain.get(at + member.len()..).is_some_and(|it| it.starts_with(|it: char| it.is_alphanumeric()))
                })
            };
            if let Some(member) = exemptions.members.iter().filter(|_| !others).find(named) {
                return Some(format!("`{member}` is the layout of AEM service credentials"));
            }
        }
    }
    None
}

/// Why everything in a file is exempt, where its own text says so and nothing speaks for the other console.
pub(super) fn by_file(project: &Project, file: FileId) -> Option<String> {
    let exemptions = &project.knowledge().exemptions;
    let text = project.file(file).text();
    let found = exemptions.metascopes.iter().find(|it| text.contains(it.as_str()))?;
    let others = project.knowledge().scopes.iter().any(|it| text.contains(it.metascope.as_str()));
    (!others).then(|| format!("metascope {found} is AEM's"))
}

/// Why a flow whose metascopes are not known is exempt: the files around it read the layout of AEM's credential file.
pub(super) fn by_surroundings(project: &Project, file: FileId) -> Option<String> {
    let around = project.files_around(file);
    let texts: Vec<&str> = around.iter().map(|it| project.file(*it).text()).collect();
    let others = |text: &str| project.knowledge().scopes.iter().any(|it| text.contains(it.metascope.as_str()));
    if texts.iter().any(|it| others(it)) {
        return None;
    }
    let members = &project.knowledge().exemptions.members;
    let named: Vec<HashSet<&str>> = around.iter().map(|it| names(project, *it)).collect();
    let member = members.iter().find(|it| named.iter().any(|named| it.split('.').all(|part| named.contains(part))))?;
    Some(format!("`{member}` is the layout of AEM service credentials"))
}

/// What the code of a file names: variables, members, keys and texts; never its comments.
fn names(project: &Project, file: FileId) -> HashSet<&str> {
    let facts = project.facts(file);
    let mut res = HashSet::new();
    for (_, node) in facts.values.iter() {
        match &node.value {
            Value::Name { name, .. } => res.extend(name.split('.')),
            Value::Member { name, .. } => res.extend([name.as_str()]),
            Value::Record(entries) => res.extend(entries.iter().filter_map(|it| match &it.key {
                EntryKey::Known { name, .. } => Some(name.as_str()),
                EntryKey::Computed(_) | EntryKey::Spread => None,
            })),
            Value::Text(pieces) => {
                if let [Piece::Literal { text, .. }] = pieces.as_slice() {
                    res.insert(text);
                }
            }
            _ => {}
        }
    }
    for (_, binding) in facts.bindings.iter() {
        res.insert(&binding.name);
        res.extend(binding.definitions.iter().flat_map(|it| &it.path).filter_map(|it| match it {
            Projection::Key(key) => Some(key.as_str()),
            _ => None,
        }));
    }
    res
}

/// Why the metascopes of a library call make it exempt, if they do.
pub(super) fn metascopes(project: &Project, scopes: &Scopes) -> Option<String> {
    let own = &project.knowledge().exemptions.metascopes;
    let found = scopes.metascopes.iter().find(|it| own.contains(&it.name))?;
    Some(format!("metascope {} is AEM's", found.name))
}

/// An expression and the expressions its names were defined by.
fn trail(project: &Project, expr: Expr, seen: &mut HashSet<Expr>) -> Vec<Expr> {
    if seen.len() > WIDTH || !seen.insert(expr) {
        return Vec::new();
    }
    let mut res = vec![expr];
    if let Some(binding) = project.binding(expr) {
        let definitions = &project.facts(expr.file).bindings[binding].definitions;
        for id in definitions.iter().filter_map(|it| it.value) {
            res.extend(trail(project, Expr { file: expr.file, id }, seen));
        }
    }
    let children = match project.value(expr) {
        Value::Record(_) | Value::Function(_) => Vec::new(),
        other => other.children(),
    };
    for id in children {
        res.extend(trail(project, Expr { file: expr.file, id }, seen));
    }
    res
}

/// `a["b"]?.c` as `a.b.c`.
fn plain_path(source: &str) -> String {
    source.replace("?.", ".").replace(['"', '\'', ']'], "").replace('[', ".")
}
