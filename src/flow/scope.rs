//! From metascopes to the scopes of the new credential.

use crate::facts::Value;
use crate::link::{Expr, Origin, Project, TextValue};

use super::{Assertion, Flow, FlowKind, Metascope};

/// What is known about the scopes a flow needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    /// The metascopes that the code asks for.
    pub metascopes: Vec<Metascope>,
    /// The scopes that grant the same, base scopes first; empty when no metascope is known.
    pub known: Vec<String>,
    /// The metascopes for which no scope is documented.
    pub undocumented: Vec<String>,
    /// The metascopes whose scopes rest on code or agreement rather than on Adobe's word.
    pub unofficial: Vec<String>,
    /// Whether some metascopes come from outside of the code.
    pub dynamic: bool,
}

/// The scopes for the claims of an assertion.
pub(super) fn of(project: &Project, assertion: Option<&Assertion>) -> Scopes {
    match assertion {
        Some(assertion) if assertion.metascopes.is_empty() => {
            from_metascopes(project, spelled_near(project, assertion.sign), true)
        }
        Some(assertion) => from_metascopes(project, assertion.metascopes.clone(), assertion.dynamic_metascopes),
        None => Scopes { dynamic: true, ..Scopes::default() },
    }
}

/// The metascopes that code around the signing spells out, where how they get there is not followed, as through a builder:
/// their names mean nothing else.
fn spelled_near(project: &Project, sign: Expr) -> Vec<Metascope> {
    let mut res: Vec<Metascope> = Vec::new();
    for file in project.files_around(sign.file).iter() {
        let given = |it: &Expr| match project.parent(*it).map(|it| project.value(it)) {
            Some(Value::List(_)) => true,
            Some(Value::Call { arguments, .. }) => arguments.iter().any(|argument| argument.value == it.id),
            _ => false,
        };
        let texts = project.exprs(*file).filter(|it| matches!(project.value(*it), Value::Text(_)) && given(it));
        for expr in texts.filter(|_| !project.facts(*file).language.is_data()) {
            let Some(name) = project.facts(*file).literal_text(expr.id) else { continue };
            let known = project.knowledge().scopes_of(&name).is_some();
            if known && !res.iter().any(|it| it.name == name) {
                res.push(Metascope { name, at: project.location(expr) });
            }
        }
    }
    res
}

/// The scopes for options that hold metascopes, each one text, several joined by commas, or a list.
pub(super) fn of_options(project: &Project, options: impl Iterator<Item = Expr>) -> Scopes {
    let mut metascopes = Vec::new();
    let mut dynamic = false;
    for option in options {
        collect(project, option, &mut metascopes, &mut dynamic, 0);
    }
    from_metascopes(project, metascopes, dynamic)
}

fn collect(project: &Project, expr: Expr, acc: &mut Vec<Metascope>, dynamic: &mut bool, depth: usize) {
    // A list of lists is none of metascopes.
    if depth > 2 {
        return;
    }
    for origin in project.resolve(expr) {
        let Origin::Value(value) = origin else {
            *dynamic = true;
            continue;
        };
        if let Value::List(items) = project.value(value) {
            for id in items {
                collect(project, Expr { file: value.file, id: *id }, acc, dynamic, depth + 1);
            }
            continue;
        }
        for text in project.texts(value) {
            let Some(text) = text.known() else {
                *dynamic = true;
                continue;
            };
            for name in text.split(',').map(|it| it.trim().rsplit('/').next().unwrap_or_default()) {
                if !name.is_empty() && !acc.iter().any(|it| it.name == name) {
                    acc.push(Metascope { name: name.to_owned(), at: project.location(value) });
                }
            }
        }
    }
}

/// The scopes that metascopes became.
pub(super) fn from_metascopes(project: &Project, metascopes: Vec<Metascope>, dynamic: bool) -> Scopes {
    let mut res = named(project, metascopes.iter().map(|it| it.name.as_str()));
    res.dynamic = dynamic || metascopes.is_empty();
    res.metascopes = metascopes;
    res
}

/// The scopes for metascopes that a library asks for by itself, which stand nowhere in the code.
pub(super) fn implied(project: &Project, metascopes: &[String]) -> Scopes {
    named(project, metascopes.iter().map(String::as_str))
}

fn named<'m>(project: &Project, metascopes: impl Iterator<Item = &'m str>) -> Scopes {
    let knowledge = project.knowledge();
    let mut res = Scopes::default();
    for metascope in metascopes {
        let Some(row) = knowledge.scopes_of(metascope) else {
            res.undocumented.push(metascope.to_owned());
            continue;
        };
        if row.evidence != "official" {
            res.unofficial.push(metascope.to_owned());
        }
        for scope in &row.scopes {
            if !res.known.contains(scope) {
                res.known.push(scope.clone());
            }
        }
    }
    res
}

/// Gives a flow the scopes that the user's configuration knows of its credential, which count more than what its metascopes
/// tell.
pub(super) fn settle(project: &Project, flow: &mut Flow<'_>) {
    let own = &project.knowledge().credential_scopes;
    if own.is_empty() {
        return;
    }
    let key = match flow.kind {
        FlowKind::Library(row) => row.client_id.as_deref().unwrap_or("client_id"),
        FlowKind::Request(_) | FlowKind::Evidence => "client_id",
    };
    let Some(id) = flow.parameter(key).map(|it| it.value) else { return };
    let texts = project.texts(id);
    // A setting is known by the name under which it is looked up.
    let looked_up: Vec<String> = project
        .resolve(id)
        .into_iter()
        .filter_map(|origin| match origin {
            Origin::Value(value) => Some(project.source(value).to_owned()),
            Origin::External(path) => Some(path),
            _ => None,
        })
        .collect();
    let named = |name: &str| {
        let mut known = texts.iter().filter_map(TextValue::known);
        known.any(|it| it == name) || looked_up.iter().any(|it| words(it).any(|it| it == name))
    };
    if let Some(row) = own.iter().find(|it| named(&it.client_id)) {
        let metascopes = std::mem::take(&mut flow.scopes.metascopes);
        flow.scopes = Scopes { metascopes, known: row.scopes.clone(), ..Scopes::default() };
    }
}

/// The words of code, as names are written.
fn words(source: &str) -> impl Iterator<Item = &str> {
    source.split(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '-' | '.'))).flat_map(|it| {
        // `process.env.NAME` names the setting with its last part, `get("a.b")` with all of it.
        [it, it.rsplit('.').next().unwrap_or_default()]
    })
}
