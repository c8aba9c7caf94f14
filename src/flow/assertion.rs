//! How the JWT of a flow is made: the signing call, its claims, its key.

use std::collections::{BTreeSet, HashSet};

use crate::facts::{BindingKind, Value};
use crate::knowledge::{Signer, path_matches};
use crate::link::{Expr, Field, Origin, Project, TextValue, member_key};
use crate::text::Location;

/// The making of a JWT.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The signing call.
    pub sign: Expr,
    /// What is passed as claims.
    pub claims: Option<Expr>,
    /// The claims that are known.
    pub fields: Vec<Field>,
    /// What is passed as key.
    pub key: Option<Expr>,
    /// Where the key comes from, as far as it can be followed.
    pub key_source: Option<Location>,
    /// The metascopes among the claims.
    pub metascopes: Vec<Metascope>,
    /// Whether there are metascope claims whose name is not known.
    pub dynamic_metascopes: bool,
    /// Whether something in the claims says that this is Adobe's assertion.
    pub is_adobe: bool,
}

/// A metascope that the code asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metascope {
    /// Its bare name.
    pub name: String,
    /// Where it is written.
    pub at: Location,
}

/// How many expressions are looked at for one assertion.
const WIDTH: usize = 500;

/// The assertion whose JWT an expression evaluates to.
pub(super) fn of(project: &Project, jwt: Expr) -> Option<Assertion> {
    let (sign, row) = signing_call(project, jwt, &mut HashSet::new())?;
    Some(at_signer(project, sign, row))
}

/// The assertion that a signing call makes.
pub(super) fn at_signer(project: &Project, sign: Expr, row: &Signer) -> Assertion {
    let claims = project.first_slot(sign, &row.claims);
    let is_algorithm = |it: &Expr| {
        row.algorithm.as_ref().is_some_and(|name| project.source(*it).rsplit('.').next() == Some(name.as_str()))
    };
    let key = row.key.iter().filter_map(|slot| project.slot(sign, slot)).find(|it| !is_algorithm(it));
    let mut fields = claims.map(|it| project.fields(it)).unwrap_or_default();
    fields.extend(claims.filter(|_| row.chain).map(|it| project.fields_added(it)).unwrap_or_default());
    if let Some(options) = project.first_slot(sign, &row.options) {
        fields.extend(project.fields(options));
    }
    let mut res = Assertion {
        sign,
        claims,
        key,
        key_source: key.map(|it| key_source(project, it)),
        metascopes: Vec::new(),
        dynamic_metascopes: false,
        is_adobe: false,
        fields,
    };
    read_claims(project, &mut res);
    res
}

/// The row of the signer that a call is, if it is one.
pub(super) fn signer_of(project: &Project, call: Expr) -> Option<&Signer> {
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    project.knowledge().signers.iter().find(|row| {
        row.language == language
            && paths.iter().any(|path| path_matches(&row.call.replace("()", ""), path) || path_matches(&row.call, path))
    })
}

fn signing_call<'p>(project: &'p Project, expr: Expr, seen: &mut HashSet<Expr>) -> Option<(Expr, &'p Signer)> {
    if seen.len() > WIDTH || !seen.insert(expr) {
        return None;
    }
    for origin in project.resolve(expr) {
        let found = match origin {
            Origin::Value(value) => in_value(project, value, seen),
            Origin::Parameter(file, binding) => callback_result(project, file, binding),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn in_value<'p>(project: &'p Project, value: Expr, seen: &mut HashSet<Expr>) -> Option<(Expr, &'p Signer)> {
    if matches!(project.value(value), Value::Call { .. })
        && let Some(row) = signer_of(project, value)
    {
        return Some((value, row));
    }
    let children = match project.value(value) {
        Value::Record(_) | Value::Function(_) => Vec::new(),
        other => other.children(),
    };
    children.into_iter().find_map(|id| {
        let child = Expr { file: value.file, id };
        match project.value(child) {
            // The object of a method: `sign(…).decode()`, `new SignJWT(…).sign()`.
            Value::Member { object, .. } => signing_call(project, Expr { file: value.file, id: *object }, seen),
            _ => signing_call(project, child, seen),
        }
    })
}

/// `sign(claims, key, (error, token) => …)`: the parameter of a callback that a signer is given.
fn callback_result(
    project: &Project,
    file: crate::text::FileId,
    binding: crate::facts::BindingId,
) -> Option<(Expr, &Signer)> {
    let facts = project.facts(file);
    let BindingKind::Parameter { function, .. } = facts.bindings[binding].kind else { return None };
    let value = facts.functions[function].value?;
    let call = project.parent(Expr { file, id: value })?;
    signer_of(project, call).map(|row| (call, row))
}

/// Where a key comes from: the read of a file, an environment look-up, or the expression itself.
fn key_source(project: &Project, key: Expr) -> Location {
    let inner = match project.value(key) {
        Value::Record(_) => project.key_of(key, "key").unwrap_or(key),
        _ => key,
    };
    let origin = project.resolve(inner).into_iter().find_map(|origin| match origin {
        Origin::Value(value) => Some(project.location(value)),
        _ => None,
    });
    origin.unwrap_or_else(|| project.location(inner))
}

fn read_claims(project: &Project, res: &mut Assertion) {
    let endpoints = &project.knowledge().endpoints;
    // A claim that is false asks for nothing.
    let refused = |it: &&Field| matches!(project.value(it.value), Value::Literal(text) if text == "false");
    let asked: Vec<&Field> = res.fields.iter().filter(|it| !refused(it)).collect();
    let mut seen: Vec<(String, Location)> = asked.iter().map(|it| (it.key.clone(), it.at)).collect();
    for field in &res.fields {
        let texts = project.texts(field.value);
        seen.extend(texts.iter().map(|it| (it.flat(), project.location(field.value))));
    }
    // Claims parsed out of JSON text, or built by code that is only partly understood.
    if let Some(claims) = res.claims {
        seen.extend(texts_under(project, claims, &mut HashSet::new()).into_iter().map(|(text, at)| (text.flat(), at)));
    }
    for (text, at) in seen {
        for found in endpoints.metascope.captures_iter(&text) {
            let Some(name) = found.name("metascope").map(|it| it.as_str().to_owned()) else { continue };
            res.is_adobe = true;
            if !res.metascopes.iter().any(|it| it.name == name) {
                res.metascopes.push(Metascope { name, at });
            }
        }
        if text.contains("/s/\u{FFFC}") {
            res.dynamic_metascopes = true;
            res.is_adobe = true;
        }
        res.is_adobe |= endpoints.audience.is_match(&text)
            || endpoints.host.is_match(&text)
            || endpoints.organization.is_match(&text)
            || endpoints.technical_account.is_match(&text);
    }
    if let Some(claims) = res.claims.filter(|_| res.metascopes.is_empty()) {
        res.metascopes = configured(project, claims);
    }
}

/// The metascopes that configuration beside the code holds under the keys that the claims are made of.
fn configured(project: &Project, claims: Expr) -> Vec<Metascope> {
    let endpoints = &project.knowledge().endpoints;
    // Claims are put together in the functions around.
    let mut files: Vec<Expr> = vec![claims];
    files.extend(project.resolve(claims).into_iter().filter_map(|it| match it {
        Origin::Value(value) => Some(value),
        _ => None,
    }));
    let functions: BTreeSet<_> = files.iter().map(|it| (it.file, project.function(*it))).collect();
    let mut res: Vec<Metascope> = Vec::new();
    for (file, function) in functions {
        let inside = project
            .exprs(file)
            .filter(|it| project.facts(file).enclosing(project.function(*it)).any(|it| it == function));
        let keys = inside.filter_map(|it| Some(member_key(project, it)?.1)).filter(|key| {
            let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
            plain.to_ascii_lowercase().contains("metascope")
        });
        for value in keys.flat_map(|key| project.settings(file, &key)) {
            let Some(name) = project.known_text(value) else { continue };
            let bare = endpoints.metascope.captures_iter(&name).next();
            let bare = bare.and_then(|it| it.name("metascope").map(|it| it.as_str().to_owned())).unwrap_or(name);
            let known = project.knowledge().scopes_of(&bare).is_some();
            if known && !res.iter().any(|it| it.name == bare) {
                res.push(Metascope { name: bare, at: project.location(value) });
            }
        }
    }
    res.sort_by_key(|it| it.at);
    res
}

/// The texts in the expressions that an expression is made of.
fn texts_under(project: &Project, expr: Expr, seen: &mut HashSet<Expr>) -> Vec<(TextValue, Location)> {
    let mut res = Vec::new();
    if seen.len() > WIDTH || !seen.insert(expr) {
        return res;
    }
    for origin in project.resolve(expr) {
        let Origin::Value(value) = origin else { continue };
        if let Value::Text(_) = project.value(value) {
            res.extend(project.texts(value).into_iter().map(|it| (it, project.location(value))));
        }
        if let Value::Record(_) = project.value(value) {
            let keys = project.fields(value).into_iter().map(|it| (TextValue::plain(it.key), it.at));
            res.extend(keys);
        }
        for id in project.value(value).children() {
            let child = Expr { file: value.file, id };
            // What a method is called on is part of its result.
            let part = match project.value(child) {
                Value::Member { object, .. } => Expr { file: value.file, id: *object },
                _ => child,
            };
            res.extend(texts_under(project, part, seen));
        }
    }
    res
}
