//! Requests that ask IMS for a token with client credentials: what the flow becomes, with mistakes of its own.

use crate::facts::{BindingKind, FunctionId, Projection, Value};
use crate::knowledge::{Client, path_matches};
use crate::link::{Expr, Field, Project, member_key};
use crate::text::FileId;

use super::{Flow, reply};

/// A request for a token.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// The call that sends it.
    pub anchor: Expr,
    /// The client secrets that are part of the URL.
    pub secrets_in_url: Vec<Field>,
    /// The reads of the lifetime.
    pub lifetimes: Vec<Expr>,
    /// Whether each API call asks for a token of its own.
    pub uncached: bool,
}

/// Every request for a token.
pub(super) fn requests(project: &Project, flows: &[Flow<'_>]) -> Vec<TokenRequest> {
    let mut res = Vec::new();
    for (file, data) in project.files() {
        if data.facts.language.is_data() || data.facts.language.is_lexical() {
            continue;
        }
        for call in project.exprs(file) {
            let Some(row) = client_of(project, call) else { continue };
            let Some(url) = project.first_slot(call, &row.url) else { continue };
            let pattern = &project.knowledge().endpoints.token_pattern;
            if !project.texts(url).iter().any(|it| pattern.is_match(&it.flat())) {
                continue;
            }
            let parameters = parameters(project, call, row);
            let client_credentials = parameters.iter().chain(&project.fields(url)).any(|it| grants(project, it));
            if !client_credentials {
                continue;
            }
            res.push(TokenRequest {
                anchor: call,
                secrets_in_url: secrets_in_url(project, call, row, url),
                lifetimes: lifetimes(project, call, row, flows),
                uncached: is_uncached(project, call),
            });
        }
    }
    res
}

fn client_of(project: &Project, call: Expr) -> Option<&Client> {
    let Value::Call { .. } = project.value(call) else { return None };
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    let mut rows = project.knowledge().clients.iter().filter(|it| it.language == language);
    rows.find(|row| paths.iter().any(|path| path_matches(&row.call, path)))
}

fn parameters(project: &Project, call: Expr, row: &Client) -> Vec<Field> {
    let values = row.body.iter().filter_map(|slot| project.slot(call, slot));
    let mut res: Vec<Field> = values.flat_map(|it| project.fields(it)).collect();
    // What is encoded in a way that cannot be followed stands in the same function.
    let function = project.function(call);
    let texts = project.exprs(call.file).filter(|it| project.function(*it) == function);
    let grant = &project.knowledge().endpoints.grant_type;
    let spelled = texts.filter(|it| project.known_text(*it).is_some_and(|it| it.contains(grant.as_str())));
    res.extend(spelled.map(|value| Field {
        key: "grant_type".to_owned(),
        value,
        at: project.location(value),
        form: crate::link::FieldForm::Text,
    }));
    res
}

fn grants(project: &Project, field: &Field) -> bool {
    let grant = &project.knowledge().endpoints.grant_type;
    field.key.ends_with("grant_type") && project.texts(field.value).iter().any(|it| it.flat().contains(grant.as_str()))
}

/// The client secrets in the text of the URL, in its search parameters, or in an argument that becomes a query.
fn secrets_in_url(project: &Project, call: Expr, row: &Client, url: Expr) -> Vec<Field> {
    let queries = &project.knowledge().queries;
    let slots = row.body.iter().filter(|it| it.names().iter().any(|name| queries.iter().any(|it| it == name)));
    let values = slots.filter_map(|slot| project.slot(call, slot));
    let mut res: Vec<Field> = values.flat_map(|it| project.fields(it)).collect();
    res.extend(project.fields(url));
    res.retain(|it| it.key == "client_secret" || it.key.ends_with("&client_secret"));
    res
}

/// The reads of the lifetime: those of the reply, and by name where the reply is read into an object of a class.
fn lifetimes(project: &Project, call: Expr, row: &Client, flows: &[Flow<'_>]) -> Vec<Expr> {
    let mut res = reply::of(project, Some(row), call, call).lifetimes;
    let around = project.files_around(call.file);
    // Beside an exchange the same name may mean milliseconds.
    if flows.iter().all(|it| !around.contains(&it.anchor.file)) {
        res.extend(around.iter().flat_map(|file| by_name(project, *file)));
    }
    res.sort();
    res.dedup();
    res
}

/// The fields of classes around a file that are written under a key which `fits`, whatever their name.
fn renamed_fields<'p>(project: &'p Project, file: FileId, fits: &dyn Fn(&str) -> bool) -> Vec<&'p str> {
    let around = project.files_around(file);
    let classes = around.iter().flat_map(|it| project.facts(*it).classes.iter().map(|it| it.1));
    let keys = classes.flat_map(|it| &it.keys).filter(|it| fits(&it.1));
    keys.map(|it| it.0.as_str()).collect()
}

/// The reads of a lifetime in a file, by the names that code gives it.
#[must_use]
pub fn by_name(project: &Project, file: FileId) -> Vec<Expr> {
    let names = &project.knowledge().lifetimes.fields;
    let plain = |name: &str| -> String {
        name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let renamed = renamed_fields(project, file, &|key| names.contains(&plain(key)));
    let is_name = |name: &str| names.contains(&plain(name)) || renamed.contains(&name);
    let mut res = Vec::new();
    for expr in project.exprs(file) {
        if let Some((_, name)) = member_key(project, expr) {
            let call = project.parent(expr).filter(|it| project.is_callee(*it, expr));
            let stored = project.stores(file).iter().any(|it| it.target == expr.id);
            if is_name(&name) && !stored {
                res.push(call.unwrap_or(expr));
            } else if name == "get" {
                let key = call.and_then(|it| project.known_text(project.argument(it, 0)?));
                res.extend(call.filter(|_| key.is_some_and(|it| is_name(&it))));
            }
        }
    }
    let facts = project.facts(file);
    for (_, binding) in facts.bindings.iter() {
        // A field that the methods of its class name without the object; what hands it out is followed by its own name.
        let field = facts.classes.iter().any(|(_, it)| it.open && it.scope == Some(binding.scope));
        // `@JsonProperty("expires_in") long millis`
        let text = project.file(file).text();
        let declarations = binding.definitions.iter().filter(|it| it.declared.is_some()).filter_map(|it| it.statement);
        let said = declarations.into_iter().any(|it| facts.statements[it].span.of(text).contains("\"expires_in\""));
        let keeps = |function: FunctionId| facts.functions[function].name.as_deref().is_some_and(is_name);
        if field && (said || is_name(&binding.name)) && binding.kind == BindingKind::Variable {
            let reads = binding.reads.iter().map(|read| Expr { file, id: *read });
            let stored =
                |it: &Expr| project.stores(file).iter().any(|store| store.target == it.id || store.object == it.id);
            res.extend(reads.filter(|it| !keeps(project.function(*it)) && !stored(it)));
        }
        let taken = |it: &Projection| matches!(it, Projection::Key(key) if is_name(key));
        if binding.definitions.iter().any(|it| it.path.last().is_some_and(taken)) {
            res.extend(binding.reads.iter().map(|id| Expr { file, id: *id }));
        }
    }
    res
}

/// Whether nothing keeps the token, and functions that send requests ask for one each time.
fn is_uncached(project: &Project, call: Expr) -> bool {
    let function = project.function(call);
    if function.index() == 0 || keeps(project, call.file, function) {
        return false;
    }
    let mut wave = vec![(call.file, function)];
    for _ in 0..LEVELS {
        let sites: Vec<Expr> =
            wave.iter().flat_map(|(file, it)| project.call_sites(*file, *it)).map(|it| it.call).collect();
        let sites: Vec<Expr> = sites.into_iter().filter(|it| project.function(*it).index() > 0).collect();
        if sites.iter().any(|it| keeps(project, it.file, project.function(*it))) {
            return false;
        }
        let sends = |site: &&Expr| {
            let function = project.function(**site);
            let name = project.facts(site.file).functions[function].name.clone().unwrap_or_default();
            let other = |it: &Expr| {
                project.function(*it) == function && *it != **site && *it != call && sends_request(project, *it)
            };
            name != "main" && project.exprs(site.file).any(|it| other(&it))
        };
        if sites.iter().any(|it| sends(&it)) {
            return true;
        }
        wave = sites.iter().map(|it| (it.file, project.function(*it))).collect();
    }
    false
}

/// How many functions up API requests are looked for.
const LEVELS: usize = 3;

fn sends_request(project: &Project, call: Expr) -> bool {
    if client_of(project, call).is_some() {
        return true;
    }
    let Value::Call { callee, new: false, .. } = project.value(call) else { return false };
    match project.value(Expr { file: call.file, id: *callee }) {
        Value::Member { name, .. } | Value::Name { name, .. } => {
            project.knowledge().methods.iter().any(|it| it == name)
                && project
                    .argument(call, 0)
                    .is_some_and(|it| project.texts(it).iter().any(|it| it.flat().contains('/')))
        }
        _ => false,
    }
}

/// Whether a function puts something where it outlives the call, or its file speaks of a cache.
fn keeps(project: &Project, file: FileId, function: FunctionId) -> bool {
    let facts = project.facts(file);
    let text = project.file(file).text().to_lowercase();
    if project.knowledge().lifetimes.caches.iter().any(|it| text.contains(it.as_str())) {
        return true;
    }
    let own = facts.functions[function].span;
    let stores = facts.stores.iter().any(|it| {
        let own_object = project.own_class(Expr { file, id: it.object }).is_some();
        it.function == function && (own_object || !matches!(facts.values[it.object].value, Value::Name { binding: Some(id), .. } if facts.bindings[id].function == function))
    });
    let outer = facts
        .bindings
        .iter()
        .any(|(_, it)| it.function != function && it.definitions.iter().skip(1).any(|it| own.contains(it.span)));
    stores || outer
}
