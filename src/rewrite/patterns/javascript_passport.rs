//! Node: PassportJS. The grant is sent through the OAuth2 client of a `passport-oauth2` strategy, by a function that is
//! written once per module and resolves to the parsed reply.
//!
//! What the library does on the wire, and why the function looks as it does, was measured (see `fixtures/targets/node`):
//! the constructor demands an authorization URL and a verify callback, errors of the server come as plain objects, and a
//! reply without a token comes without any error.

use minijinja::{Environment, context};

use crate::facts::Value;
use crate::flow::{Flow, FlowKind};
use crate::knowledge::Library;
use crate::link::{Expr, Project};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::outcome::Rung;
use super::super::site::Site;
use super::super::{endpoint, imports, lifetime, reply, scope_source};
use super::{Pattern, by_library};

const PACKAGE: &str = "passport-oauth2";
const TEMPLATE: &str = include_str!("templates/passport_helper.js.jinja");
/// Settings of a request that the new one has as a matter of course.
const IMPLIED: &[&str] = &[
    "method", "url", "uri", "data", "body", "params", "headers", "form", "formData", "qs", "json", "hostname", "host",
    "path", "port", "protocol",
];

pub(super) struct JavascriptPassport;

impl Pattern for JavascriptPassport {
    fn name(&self) -> &'static str {
        PACKAGE
    }

    fn about(&self) -> &'static str {
        "Node: passport-oauth2"
    }

    fn rung(&self) -> Rung {
        Rung::Library
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        let flow = site.flow;
        if site.file().facts.language.id != "javascript" {
            return Err(Declined::because("not JavaScript"));
        }
        let streamed = fits(site)?;
        let scope = scope_source::scope_source(site, change)?;
        let (url, id, secret) = match flow.kind {
            FlowKind::Library(_) => library_parts(site, change)?,
            FlowKind::Request(_) | FlowKind::Evidence => request_parts(site, change)?,
        };
        let function = helper(site, change)?;
        let replaced = streamed.unwrap_or(flow.request);
        let call = call_text(site, replaced, &function, &[url, id, secret, scope]);
        match streamed {
            Some(promise) => replace_promise(site, change, promise, &call)?,
            None => {
                change.replace(site.project.location(flow.request), call)?;
                lifetime::convert(site, change)?;
                reply::adapt(site, change, &|_| false)?;
            }
        }
        change.needs.push((flow.request.file, PACKAGE));
        Ok(())
    }
}

/// Whether the request is one whose every trait the new one can have; for streamed requests, the promise around it.
fn fits(site: &Site<'_>) -> Result<Option<Expr>, Declined> {
    let flow = site.flow;
    refuse_inspected_errors(site.project, flow)?;
    if let FlowKind::Library(_) = flow.kind {
        return Ok(None);
    }
    let client = site.replaceable_client()?;
    for slot in &client.options {
        let Some(options) = site.project.slot(flow.anchor, slot) else { continue };
        for field in site.project.fields(options) {
            if !IMPLIED.contains(&field.key.as_str())
                && client.body.iter().all(|it| it.key() != Some(field.key.as_str()))
            {
                let is_parameter = flow.parameters.iter().any(|it| it.at == field.at);
                if !is_parameter {
                    return Err(Declined::because(format!(
                        "the request sets `{}`, which {PACKAGE} does not take",
                        field.key
                    )));
                }
            }
            if field.key == "headers" {
                site.refuse_headers(field.value)?;
            }
        }
    }
    if client.streamed {
        return promise_around(site.project, flow).map(Some);
    }
    if let Some(callback) = &client.callback {
        let chained = crate::link::chain_of(site.project, flow.request).iter().any(|(name, _)| name == callback);
        if chained {
            return Err(Declined::because("the reply is handed to a callback"));
        }
    }
    Ok(None)
}

/// A handler that looks into the client's error object would find another one.
fn refuse_inspected_errors(project: &Project, flow: &Flow<'_>) -> Result<(), Declined> {
    let facts = project.facts(flow.request.file);
    let request = project.node(flow.request).span;
    for handler in &facts.handlers {
        let guards = handler.statement.is_some_and(|it| facts.statements[it].span.contains(request));
        if !guards {
            continue;
        }
        for (_, node) in facts.values.iter().filter(|(_, it)| handler.span.contains(it.span)) {
            let Value::Member { object, name, .. } = &node.value else { continue };
            let object = Expr { file: flow.request.file, id: *object };
            let caught = project.binding(object).is_some_and(|it| {
                facts.bindings[it].definitions.iter().any(|it| it.value.is_none() && handler.span.contains(it.span))
            });
            if caught && !matches!(name.as_str(), "message" | "stack" | "name" | "toString") {
                return Err(Declined::because(format!("a handler reads `.{name}` of the client's error")));
            }
        }
    }
    Ok(())
}

fn request_parts(site: &Site<'_>, change: &mut Change) -> Result<(String, String, String), Declined> {
    let id = site.needed("client_id")?.value;
    let secret = site.needed("client_secret")?.value;
    let (id_source, secret_source) = (site.portable(id)?, site.portable(secret)?);
    change.kept.extend([id, secret]);
    let url = match host_part(site) {
        Some(host) => split_url(site, change, host)?,
        None => endpoint::url_source(site, change)?,
    };
    Ok((url, id_source, secret_source))
}

/// The host of a request whose host and path are settings of their own.
fn host_part(site: &Site<'_>) -> Option<Expr> {
    let FlowKind::Request(Some(client)) = site.flow.kind else { return None };
    let options = client.options.first().and_then(|slot| site.project.slot(site.flow.anchor, slot))?;
    let fields = site.project.fields(options);
    let host = fields.iter().find(|it| it.key == "hostname" || it.key == "host")?;
    fields.iter().any(|it| it.key == "path").then_some(host.value)
}

fn split_url(site: &Site<'_>, change: &mut Change, host: Expr) -> Result<String, Declined> {
    let path = &site.project.knowledge().endpoints.token_path;
    match site.project.value(host) {
        Value::Text(_) => {
            let host = site.project.known_text(host).ok_or_else(|| Declined::because("the host is put together"))?;
            Ok(site.style.quoted(&format!("https://{host}/{path}")))
        }
        _ => {
            let source = site.portable(host)?;
            change.kept.push(host);
            Ok(format!("`https://${{{source}}}/{path}`"))
        }
    }
}

fn library_parts(site: &Site<'_>, change: &mut Change) -> Result<(String, String, String), Declined> {
    let FlowKind::Library(library) = site.flow.kind else { return Err(Declined::because("no library")) };
    let (Some(id), Some(secret)) = (&library.client_id, &library.client_secret) else {
        return Err(by_library(library));
    };
    let options = library.options.as_ref().and_then(|slot| site.project.slot(site.flow.anchor, slot));
    let options = options.ok_or_else(|| Declined::because("the options of the call were not found"))?;
    is_whole(site, library)?;
    // The rest of the options served the library alone.
    let stays = |key: &String| key == id || key == secret || Some(key) == library.host.as_ref();
    change.lost_fields.extend(site.flow.parameters.iter().filter(|it| !stays(&it.key)).map(|it| it.at));
    let (id, secret) = (option_source(site, change, options, id)?, option_source(site, change, options, secret)?);
    let endpoints = &site.project.knowledge().endpoints;
    let host = library.host.as_ref().and_then(|key| site.flow.parameter(key));
    let url = match host {
        None => site.style.quoted(&format!("{}/{}", endpoints.production, endpoints.token_path)),
        Some(field) => {
            let source = match &library.host {
                Some(key) => option_source(site, change, options, key)?,
                None => site.portable(field.value)?,
            };
            match site.project.known_text(field.value).filter(|_| source.starts_with(['\'', '"'])) {
                Some(text) => site.style.quoted(&format!("{}/{}", text.trim_end_matches('/'), endpoints.token_path)),
                None => format!("`${{{source}}}/{}`", endpoints.token_path),
            }
        }
    };
    Ok((url, id, secret))
}

/// Whether all of what the library needs is in sight, so that it can go as a whole.
fn is_whole(site: &Site<'_>, library: &Library) -> Result<(), Declined> {
    let (project, anchor) = (site.project, site.flow.anchor);
    if !library.key.is_empty() && library.key.iter().all(|key| site.flow.parameter(key).is_none()) {
        return Err(Declined::because("where the private key is put into the options cannot be seen"));
    }
    let Value::Call { callee, .. } = project.value(anchor) else { return Ok(()) };
    let callee = Expr { file: anchor.file, id: *callee };
    if let Some(binding) = project.binding(callee) {
        let definitions = &project.facts(anchor.file).bindings[binding].definitions;
        let dynamic = definitions.iter().any(|it| it.span.of(site.file().text()).contains("import("));
        if dynamic || !project.binds_module(anchor.file, binding, &library.package) {
            return Err(Declined::because("the library comes from elsewhere, by an argument or a dynamic import"));
        }
    }
    let host = library.host.as_ref().and_then(|key| site.flow.parameter(key));
    let optional = host.is_some_and(|it| {
        let source = project.source(it.value);
        source.contains("undefined") || source.contains("null")
    });
    match optional {
        true => Err(Declined::because("the server may be left undefined, where the library has a default")),
        false => Ok(()),
    }
}

/// The source of an option: its value where it is known at the call, else the member of the options that are passed.
fn option_source(site: &Site<'_>, change: &mut Change, options: Expr, key: &str) -> Result<String, Declined> {
    let passed = matches!(site.project.value(options), Value::Record(_));
    let field = site.flow.parameter(key);
    if let Some(field) = field
        && passed
    {
        let source = site.portable(field.value)?;
        change.kept.push(field.value);
        return Ok(source);
    }
    match site.project.value(options) {
        Value::Name { .. } | Value::Member { .. } => {
            change.kept.push(options);
            Ok(format!("{}.{key}", site.portable(options)?))
        }
        _ => Err(Declined::because(format!("the option `{key}` was not found"))),
    }
}

fn call_text(site: &Site<'_>, replaced: Expr, function: &str, arguments: &[String]) -> String {
    let one_line = format!("{function}({})", arguments.join(", "));
    let text = site.file().text();
    let start = site.project.node(replaced).span.start;
    let column = start - Span::new(0, start).of(text).rfind('\n').map_or(0, |it| it + 1);
    if column + one_line.len() <= 100 && !one_line.contains('\n') {
        return one_line;
    }
    let base = super::super::style::indentation_at(text, start);
    let inner: Vec<String> = arguments.iter().map(|it| format!("\t{it}")).collect();
    let comma = if site.style.trailing_comma { "," } else { "" };
    site.style.laid_out(base, &format!("{function}(\n{}{comma}\n)", inner.join(",\n")))
}

/// The function that sends the grant: the module's own if an earlier flow brought it, else a new one behind the imports.
fn helper(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let strategy =
        facts.bindings.iter().find(|(id, _)| site.project.binds_module(file, *id, PACKAGE)).map(|it| it.1.name.clone());
    if let Some(strategy) = &strategy {
        let existing = facts.functions.iter().map(|it| it.1).find(|it| {
            it.parent.is_some()
                && it.span.of(site.file().text()).contains(strategy)
                && it.span.of(site.file().text()).contains("getOAuthAccessToken")
        });
        if let Some(name) = existing.and_then(|it| it.name.clone()) {
            return Ok(name);
        }
    }
    let name = site.free_name(&["requestAccessToken", "requestImsToken", "requestClientCredentialsToken"]);
    let class = strategy.clone().unwrap_or_else(|| site.free_name(&["OAuth2Strategy", "PassportOAuth2Strategy"]));
    let style = &site.style;
    let text = Environment::new()
        .render_str(
            TEMPLATE,
            context! {
                name => name.as_str(),
                strategy => class.as_str(),
                s => style.semicolon,
                gap => style.name_gap,
                grant => style.quoted(&site.project.knowledge().endpoints.grant_type),
                empty => style.quoted(""),
                missing => style.quoted("no access_token in the reply"),
            },
        )
        .map_err(|error| Declined::because(format!("the template failed: {error}")))?;
    let imported = imports::top_imports(site.project, file);
    let end = imports::place(site.project, file, None);
    let line = match style.es_module {
        true => format!("import {class} from {}{}", style.quoted(PACKAGE), style.semicolon),
        false => format!("const {class} = require({}){}", style.quoted(PACKAGE), style.semicolon),
    };
    let newline = style.newline;
    let lead = if imported.is_empty() { String::new() } else { newline.to_owned() };
    let gap = match site.file().text().get(end..).is_some_and(|it| it.starts_with(['\n', '\r'])) {
        true => "",
        false => newline,
    };
    let line = if strategy.is_some() { String::new() } else { format!("{line}{newline}") };
    let lead = if strategy.is_none() && imported.is_empty() { newline.to_owned() } else { lead };
    change.insert_lines(file, end, format!("{line}{lead}{}{newline}{gap}", style.laid_out("", text.trim_end())))?;
    Ok(name)
}

/// The promise whose executor makes a streamed request and settles with its parsed body.
fn promise_around(project: &Project, flow: &Flow<'_>) -> Result<Expr, Declined> {
    let refuse = || Declined::because("the reply is streamed, and what becomes of it cannot be followed");
    let file = flow.request.file;
    let facts = project.facts(file);
    let functions: Vec<_> = facts.enclosing(project.function(flow.request)).collect();
    let executor = functions
        .iter()
        .filter_map(|id| facts.functions[*id].value)
        .map(|id| Expr { file, id })
        .find(|expr| project.parent(*expr).is_some_and(|it| project.callee_paths(it) == ["globalThis.Promise"]))
        .ok_or_else(refuse)?;
    project.parent(executor).ok_or_else(refuse)
}

/// Replaces a promise around a streamed request. What the executor resolves with must be the parsed body or a field of it.
fn replace_promise(site: &Site<'_>, change: &mut Change, promise: Expr, call: &str) -> Result<(), Declined> {
    let project = site.project;
    let file = promise.file;
    let facts = project.facts(file);
    let span = project.node(promise).span;
    let settled: Vec<Expr> = project
        .exprs(file)
        .filter(|expr| span.contains(project.node(*expr).span))
        .filter(|expr| match project.value(*expr) {
            Value::Call { callee, .. } => {
                let callee = Expr { file, id: *callee };
                project.binding(callee).is_some_and(|it| match facts.bindings[it].kind {
                    crate::facts::BindingKind::Parameter { function, position: 0 } => facts.functions[function]
                        .value
                        .is_some_and(|id| project.parent(Expr { file, id }) == Some(promise)),
                    _ => false,
                })
            }
            _ => false,
        })
        .collect();
    let [resolve] = settled.as_slice() else {
        return Err(Declined::because("the promise around the request resolves in several places"));
    };
    let value = project.argument(*resolve, 0).ok_or_else(|| Declined::because("the promise resolves with nothing"))?;
    let suffix = parsed_suffix(project, value, 0)
        .ok_or_else(|| Declined::because("what the promise resolves with is not the parsed body"))?;
    let text = match suffix.as_str() {
        "" => call.to_owned(),
        suffix => format!("{call}.then((reply) => reply{suffix})"),
    };
    change.replace(at(file, span), text)?;
    lifetime_of_promise(site, change, promise)
}

/// What is taken out of the parsed body: empty for the body, `.field` for a field; none for anything else.
fn parsed_suffix(project: &Project, value: Expr, depth: usize) -> Option<String> {
    if depth > 4 {
        return None;
    }
    match project.value(value) {
        Value::Call { .. } => {
            let parses = project.callee_paths(value).iter().any(|it| it == "globalThis.JSON.parse");
            parses.then(String::new)
        }
        Value::Member { object, name, .. } => {
            let head = parsed_suffix(project, Expr { file: value.file, id: *object }, depth + 1)?;
            Some(format!("{head}.{name}"))
        }
        Value::Name { binding: Some(binding), .. } => {
            let definitions = &project.facts(value.file).bindings[*binding].definitions;
            match definitions.as_slice() {
                [only] if only.path.is_empty() => {
                    parsed_suffix(project, Expr { file: value.file, id: only.value? }, depth + 1)
                }
                _ => None,
            }
        }
        Value::Group(inner) => parsed_suffix(project, Expr { file: value.file, id: *inner }, depth + 1),
        _ => None,
    }
}

/// Converts the consumers of the lifetime in what a replaced promise yields.
fn lifetime_of_promise(site: &Site<'_>, change: &mut Change, promise: Expr) -> Result<(), Declined> {
    let project = site.project;
    for reach in project.reach(promise) {
        let destructured = reach.path == [crate::facts::Projection::Key("expires_in".to_owned())];
        let read = project.parent(reach.expr).filter(|it| {
            reach.path.is_empty()
                && crate::link::member_key(project, *it)
                    .is_some_and(|(object, key)| object == reach.expr && key == "expires_in")
        });
        let used = if destructured { Some(reach.expr) } else { read };
        if let Some(used) = used {
            lifetime::convert_read(project, change, used)?;
        }
    }
    Ok(())
}
