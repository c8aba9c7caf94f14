//! Where flows start: requests to an exchange endpoint, and calls into libraries that exchange by themselves.

use crate::facts::{BindingKind, Value};
use crate::knowledge::{Client, path_matches};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Field, FieldForm, Origin, Project, TextPart, TextValue, chain_of};
use crate::text::Location;

use super::{Confidence, Flow, FlowKind, UrlCertainty, assertion, exempt, library, reply, scope};

/// Every flow of the project.
pub(super) fn flows(project: &Project) -> Vec<Flow<'_>> {
    let mut res = Vec::new();
    for (file, data) in project.files() {
        if data.facts.language.is_data() {
            continue;
        }
        if data.facts.language.is_lexical() {
            res.extend(library::lexical(project, file));
            continue;
        }
        let options = library::names_options(project, file);
        for call in project.exprs(file) {
            if matches!(project.value(call), Value::Call { .. })
                && let Some(flow) =
                    flow_at(project, call).or_else(|| options.then(|| library::of_options(project, call))?)
            {
                res.push(flow);
            }
        }
    }
    res.sort_by_key(|it: &Flow<'_>| project.location(it.anchor));
    // A wrapper of an unknown client around a known one is the same request.
    let inner: Vec<Expr> = res.iter().map(|it| it.anchor).collect();
    res.retain(|it| !inner.iter().any(|other| *other != it.anchor && chain_holds(project, *other, it.anchor)));
    // What a known client sends is built by calls that are named like requests too.
    let name = &project.knowledge().endpoints.exchange_parameter;
    let sent: Vec<(Vec<Location>, Option<Location>)> = res
        .iter()
        .filter(|it| matches!(it.kind, FlowKind::Request(Some(_))))
        .map(|it| (it.endpoint.clone(), it.parameter(name).map(|it| it.at)))
        .collect();
    res.retain(|it| {
        let own = it.parameter(name).map(|it| it.at);
        let shares = |(endpoint, parameter): &(Vec<Location>, Option<Location>)| {
            it.endpoint.iter().any(|at| endpoint.contains(at)) || (own.is_some() && own == *parameter)
        };
        !(matches!(it.kind, FlowKind::Request(None)) && sent.iter().any(shares))
    });
    res
}

/// Whether `outer` is a call chained to `inner`.
fn chain_holds(project: &Project, inner: Expr, outer: Expr) -> bool {
    chain_of(project, inner).iter().any(|(_, call)| *call == outer)
}

fn flow_at(project: &Project, call: Expr) -> Option<Flow<'_>> {
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    let fits =
        |row: &str, row_language: &str| row_language == language && paths.iter().any(|path| path_matches(row, path));
    let knowledge = project.knowledge();
    if let Some(row) = library::row_of(project, call, &paths) {
        return library::flow(project, call, row);
    }
    if knowledge.signers.iter().any(|row| fits(&row.call, &row.language))
        || knowledge.encoders.iter().any(|row| fits(row.call.trim_end_matches("()"), &row.language))
    {
        return None;
    }
    let client = knowledge.clients.iter().find(|row| fits(&row.call, &row.language));
    match client {
        Some(row) => request_flow(project, call, Some(row), url(project, call, row), body(project, call, row)),
        None => unknown_client_flow(project, call),
    }
}

/// The URL of a request. Where it may be in several places, or callers of a function around it give several, that of the
/// exchange counts.
fn url(project: &Project, call: Expr, row: &Client) -> Option<Expr> {
    let mut slots = row.url.iter().filter_map(|slot| project.slot(call, slot));
    let found = slots.find(|it| is_exchange(project, *it)).or_else(|| project.first_slot(call, &row.url));
    let given = row.url.iter().flat_map(|slot| project.slot_values(call, slot));
    match found.filter(|it| is_exchange(project, *it)) {
        Some(url) => Some(url),
        None => given.into_iter().find(|it| is_exchange(project, *it)).or(found),
    }
}

fn body(project: &Project, call: Expr, row: &Client) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for slot in &row.body {
        for value in project.slot_all(call, slot) {
            let parts = project.fields(value).into_iter();
            fields.extend(parts.map(|it| Field { value: content_of_part(project, it.value), ..it }));
        }
    }
    fields.extend(written(project, call, row));
    if row.declared {
        fields.extend(declared(project, call));
    }
    fields
}

/// What a part of a multipart body holds, where it is given with a file name: `(None, value)`.
fn content_of_part(project: &Project, value: Expr) -> Expr {
    match project.value(value) {
        Value::List(items) => match items.as_slice() {
            [name, content, ..] if project.source(Expr { file: value.file, id: *name }) == "None" => {
                Expr { file: value.file, id: *content }
            }
            _ => value,
        },
        _ => value,
    }
}

/// What callers give the parameters of the method that an annotation makes a request, under the names that their own
/// annotations say.
fn declared(project: &Project, annotation: Expr) -> Vec<Field> {
    let file = annotation.file;
    let facts = project.facts(file);
    let mut res = Vec::new();
    for function in project.file(file).returned_by(annotation.id) {
        let Some(site) = project.call_sites(file, *function).first() else { continue };
        for (_, binding) in facts.bindings.iter() {
            let BindingKind::Parameter { function: own, position } = binding.kind else { continue };
            let said = binding.definitions.iter().find_map(|it| it.default).filter(|_| own == *function);
            let Some(said) = said.map(|id| Expr { file, id }) else { continue };
            let named = ["value", "name"].iter().find_map(|it| project.named_argument(said, it));
            let key = project.argument(said, 0).or(named).and_then(|it| project.known_text(it));
            let value = project.argument_for(site, position, None);
            let span = facts.functions[own].parameters.get(position).map(|it| it.span);
            if let (Some(key), Some(value), Some(span)) = (key, value, span) {
                res.push(Field { key, value, at: Location { file, span }, form: FieldForm::Declared });
            }
        }
    }
    res
}

/// The fields of what the function around a request writes to it.
fn written(project: &Project, call: Expr, row: &Client) -> Vec<Field> {
    let function = project.function(call);
    let calls = project.exprs(call.file).filter(|it| !row.writes.is_empty() && project.function(*it) == function);
    let arguments = calls.filter_map(|it| {
        let Value::Call { callee, .. } = project.value(it) else { return None };
        match project.value(Expr { file: it.file, id: *callee }) {
            Value::Member { name, .. } if row.writes.contains(name) => project.argument(it, 0),
            _ => None,
        }
    });
    arguments.flat_map(|it| project.fields(it)).collect()
}

/// What methods that are chained to a request give it as its body.
fn chained_fields(project: &Project, call: Expr) -> Vec<Field> {
    const BODIES: &[&str] = &["form", "send_form", "body", "body_form", "multipart", "query"];
    if project.facts(call.file).language.modules != ModuleStyle::Rust {
        return Vec::new();
    }
    let chain = chain_of(project, call).into_iter().filter(|it| BODIES.contains(&it.0.as_str()));
    chain.filter_map(|it| project.argument(it.1, 0)).flat_map(|it| project.fields(it)).collect()
}

/// A call of something that is in no table, but is named like a request and is given a URL and a body.
fn unknown_client_flow(project: &Project, call: Expr) -> Option<Flow<'_>> {
    // What is made is not sent yet.
    let Value::Call { callee, arguments, new: false } = project.value(call) else { return None };
    let callee = Expr { file: call.file, id: *callee };
    let name = match project.value(callee) {
        Value::Name { name, .. } | Value::Member { name, .. } => name.to_lowercase(),
        _ => return None,
    };
    let known = project.resolve(callee).iter().any(|it| matches!(it, Origin::Function(..) | Origin::Class(..)));
    if known || !project.knowledge().verbs.iter().any(|verb| name.contains(verb.as_str())) {
        return None;
    }
    let parameter = &project.knowledge().endpoints.exchange_parameter;
    let arguments: Vec<Expr> = arguments.iter().map(|it| Expr { file: call.file, id: it.value }).collect();
    let url = arguments.iter().copied().find(|it| is_exchange(project, *it)).or_else(|| {
        let keyed = ["url", "uri", "path"].iter().find_map(|key| project.key_of(*arguments.first()?, key));
        keyed.filter(|it| is_exchange(project, *it))
    });
    let fields: Vec<Field> = arguments
        .iter()
        .flat_map(|it| {
            let nested = ["form", "data", "body", "params"].iter().filter_map(|key| project.key_of(*it, key));
            nested.chain([*it]).flat_map(|it| project.fields(it)).collect::<Vec<_>>()
        })
        .chain(chained_fields(project, call))
        .collect();
    let has_parameter = fields.iter().any(|it| it.key == *parameter);
    let first = arguments.first().copied();
    let secret = fields.iter().any(|it| it.key == "client_secret");
    (url.is_some() || (has_parameter && secret))
        .then(|| request_flow(project, call, None, url.or(first), fields))
        .flatten()
}

fn is_exchange(project: &Project, expr: Expr) -> bool {
    let pattern = &project.knowledge().endpoints.exchange_path;
    !matches!(project.value(expr), Value::Record(_) | Value::Function(_) | Value::List(_))
        && project.texts(expr).iter().any(|text| pattern.is_match(&text.flat()))
}

fn request_flow<'k>(
    project: &'k Project,
    call: Expr,
    client: Option<&'k Client>,
    url: Option<Expr>,
    mut parameters: Vec<Field>,
) -> Option<Flow<'k>> {
    let endpoints = &project.knowledge().endpoints;
    let texts = url.map(|it| project.texts(it)).unwrap_or_default();
    if let Some(url) = url {
        parameters.extend(project.fields(url));
    }
    dedup(&mut parameters);
    let matching: Vec<&TextValue> = texts.iter().filter(|it| endpoints.exchange_path.is_match(&it.flat())).collect();
    let jwt = parameters.iter().find(|it| it.key == endpoints.exchange_parameter).cloned();
    // A URL without any known path may be the exchange; one that is known to be something else is not.
    let open = texts.is_empty() || texts.iter().any(|it| !it.flat().contains("/ims/") && it.known().is_none());
    let secret = parameters.iter().any(|it| it.key == "client_secret");
    let assertion = jwt.as_ref().and_then(|field| assertion::of(project, field.value));
    let confidence = match (matching.is_empty(), &jwt) {
        (false, Some(_)) => Confidence::Certain,
        (false, None) => Confidence::Likely,
        (true, Some(_)) if open && (secret || assertion.as_ref().is_some_and(|it| it.is_adobe)) => Confidence::Likely,
        (true, Some(_)) if open => Confidence::Possible,
        (true, _) => return None,
    };
    let url_certainty = match (matching.len(), texts.len()) {
        (0, _) => UrlCertainty::Unknown,
        (some, all) if some < all && texts.iter().any(|it| it.flat().contains('/') && !matching.contains(&it)) => {
            UrlCertainty::Sometimes
        }
        (some, all) if some < all => UrlCertainty::Overridable,
        _ => UrlCertainty::Always,
    };
    let endpoint = endpoint_places(project, &matching);
    let request = client.map_or(call, |row| with_chain(project, call, row));
    let exempt = exempt::reason(project, &parameters, assertion.as_ref());
    let scopes = scope::of(project, assertion.as_ref());
    let unknown = scopes.metascopes.is_empty();
    let exempt = exempt.or_else(|| exempt::by_file(project, call.file).filter(|_| unknown));
    let exempt = exempt.or_else(|| exempt::by_surroundings(project, call.file).filter(|_| unknown));
    let reply = reply::of(project, client, call, request);
    Some(Flow {
        kind: FlowKind::Request(client),
        anchor: call,
        request,
        url,
        endpoint,
        url_certainty,
        parameters,
        parameter: None,
        assertion,
        beside: None,
        in_double: false,
        confidence,
        exempt,
        scopes,
        reply,
    })
}

fn dedup(fields: &mut Vec<Field>) {
    let mut seen: Vec<Field> = Vec::new();
    fields.retain(|field| {
        let new = !seen.iter().any(|it| it.key == field.key && it.at == field.at);
        if new {
            seen.push(field.clone());
        }
        new
    });
}

/// The call with the methods of its client that are chained to it.
fn with_chain(project: &Project, call: Expr, row: &Client) -> Expr {
    let mut res = call;
    for (method, link) in chain_of(project, call) {
        if !row.chain.contains(&method) {
            break;
        }
        res = link;
    }
    res
}

/// The literals that together hold the exchange's path.
fn endpoint_places(project: &Project, texts: &[&TextValue]) -> Vec<Location> {
    let pattern = &project.knowledge().endpoints.exchange_path;
    let mut res = Vec::new();
    for text in texts {
        let flat = text.flat();
        for found in pattern.find_iter(&flat) {
            let mut offset = 0;
            for part in &text.parts {
                let (length, at) = match part {
                    TextPart::Known { text, at } => (text.len(), *at),
                    TextPart::Hole(_) => ('\u{FFFC}'.len_utf8(), None),
                };
                let inside = offset < found.end() && found.start() < offset + length;
                if let Some(at) = at.filter(|_| inside)
                    && !res.contains(&at)
                {
                    res.push(at);
                }
                offset += length;
            }
        }
    }
    res
}
