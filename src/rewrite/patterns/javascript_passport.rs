//! Node: PassportJS. The grant is sent through the OAuth2 client of a `passport-oauth2` strategy, by a function that is
//! written once per module (see `javascript_token_function`).

use crate::facts::Value;
use crate::flow::{Flow, FlowKind, callback};
use crate::knowledge::Library;
use crate::link::{Expr, Origin, Project};
use crate::text::Span;

use super::super::change::{Change, Declined};
use super::super::outcome::Rung;
use super::super::scope_source::NODE_ENVIRONMENT;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::super::{endpoint, lifetime, reply, scope_source};
use super::javascript_callback::{hand_to_callback, is_asked};
use super::javascript_guard::guards;
use super::javascript_refusal::refuse_own_answers;
use super::javascript_streamed::{promise_around, replace_promise};
use super::javascript_token_function::{Delivery, PACKAGE, Says, token_function};
use super::javascript_types::{named_reply, untype_response};
use super::{Pattern, by_library};

/// Settings of a request that the new one has as a matter of course.
const IMPLIED: &[&str] = &[
    "method",
    "url",
    "uri",
    "data",
    "body",
    "params",
    "headers",
    "form",
    "formData",
    "qs",
    "json",
    "hostname",
    "host",
    "path",
    "port",
    "protocol",
    "responseType",
    "throwHttpErrors",
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
        let form = form(site)?;
        let scope = scope_source::scope_source(site, change)?;
        let (url, id, secret) = match flow.kind {
            FlowKind::Library(_) => library_parts(site, change)?,
            FlowKind::Request(_) | FlowKind::Evidence => request_parts(site, change)?,
        };
        let guards = guards(site);
        refuse_own_answers(site, &|it| guards.hold(site, it))?;
        let delivery = match form {
            Form::HandedOver(_) => Delivery::Callback,
            Form::Yielded | Form::Streamed(_) => match named_reply(site, &|it| guards.hold(site, it)) {
                Some(named) => {
                    let inside = |it: &Expr| named.contains(site.project.node(*it).span);
                    change.kept.extend(site.project.exprs(flow.request.file).filter(inside));
                    Delivery::PromiseOf(named.of(site.file().text()).to_owned())
                }
                None => Delivery::Promise,
            },
        };
        let says = match &guards.thrown {
            Some(thrown) if thrown.contains("error.status") => Says::Status,
            // The libraries' errors have IMS's `error` as their code too.
            None if !read_of_errors(site.project, flow).is_empty() => Says::Code,
            _ => Says::Message,
        };
        let function = token_function(site, change, &delivery, says)?;
        let function = match delivery {
            Delivery::PromiseOf(reply) => format!("{function}<{reply}>"),
            Delivery::Promise | Delivery::Callback => function,
        };
        let arguments = [url, id, secret, scope];
        match form {
            Form::Streamed(promise) => {
                let call = call_text(site, promise, &function, &arguments);
                replace_promise(site, change, promise, &call)
            }
            Form::HandedOver(given) => {
                hand_to_callback(site, change, given, &format!("{function}({}, ", arguments.join(", ")))?;
                lifetime::convert(site, change)?;
                reply::adapt(site, change, &|it| is_asked(site, given, it))?;
                lifetime::own_expiry(site, change)
            }
            Form::Yielded => {
                let mut call = call_text(site, flow.request, &function, &arguments);
                if let Some(thrown) = &guards.thrown {
                    call.push_str(&rethrown(site, thrown));
                }
                change.replace(site.project.location(flow.request), call)?;
                guards.remove(site, change)?;
                lifetime::convert(site, change)?;
                untype_response(site, change)?;
                reply::adapt(site, change, &|it| guards.covers(it))?;
                lifetime::own_expiry(site, change)
            }
        }
    }
}

/// How the program gets the reply of the request.
#[derive(Clone, Copy)]
enum Form {
    /// The request yields it, or a promise of it.
    Yielded,
    /// It comes in pieces, inside of this promise.
    Streamed(Expr),
    /// It is handed to this function.
    HandedOver(Expr),
}

/// How the reply comes, for a request whose every trait the new one can have.
fn form(site: &Site<'_>) -> Result<Form, Declined> {
    let flow = site.flow;
    let read = read_of_errors(site.project, flow);
    let kept = |it: &&String| !(matches!(flow.kind, FlowKind::Library(_)) && it.as_str() == "code");
    if let Some(name) = read.iter().find(kept) {
        return Err(Declined::because(format!("a handler reads `.{name}` of the client's error")));
    }
    if let FlowKind::Library(_) = flow.kind {
        return Ok(Form::Yielded);
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
        return promise_around(site.project, flow).map(Form::Streamed);
    }
    let given = client.callback.as_ref().and_then(|it| callback(site.project, it, flow.anchor));
    Ok(given.map_or(Form::Yielded, Form::HandedOver))
}

/// What handlers around the request read of the client's error, beyond what every error has: they would find another one.
fn read_of_errors(project: &Project, flow: &Flow<'_>) -> Vec<String> {
    let facts = project.facts(flow.request.file);
    let request = project.node(flow.request).span;
    let mut res = Vec::new();
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
                res.push(name.clone());
            }
        }
    }
    res
}

fn request_parts(site: &Site<'_>, change: &mut Change) -> Result<(String, String, String), Declined> {
    let id = site.needed("client_id")?.value;
    let secret = site.needed("client_secret")?.value;
    let (id_source, secret_source) = (site.portable(id)?, site.portable(secret)?);
    change.kept.extend([id, secret]);
    let url = match host_part(site) {
        Some(host) => split_url(site, change, host)?,
        None => {
            let source = endpoint::url_source(site, change)?;
            // The library takes the address as text.
            if is_url_object(site) { format!("{source}.href") } else { source }
        }
    };
    Ok((url, given(site, id_source), given(site, secret_source)))
}

/// A setting that TypeScript may take to be undefined, with text for that case.
fn given(site: &Site<'_>, source: String) -> String {
    let plain = source.strip_prefix(NODE_ENVIRONMENT).is_some_and(|it| {
        it.starts_with(['.', '[']) && it.chars().all(|it| it.is_alphanumeric() || "_.[]'\"".contains(it))
    });
    match site.file().facts.language.typed && plain {
        true => format!("{source} ?? {}", site.style.quoted("")),
        false => source,
    }
}

/// Whether the address is given as a `URL`.
fn is_url_object(site: &Site<'_>) -> bool {
    let project = site.project;
    let origins = site.flow.url.map(|it| project.resolve(it)).unwrap_or_default();
    origins.iter().any(|it| match it {
        Origin::Value(made) => {
            matches!(project.value(*made), Value::Call { new: true, .. })
                && project.callee_paths(*made).iter().any(|it| matches!(it.as_str(), "globalThis.URL" | "url.URL"))
        }
        _ => false,
    })
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

/// A handler that throws the program's own error where the server refused.
fn rethrown(site: &Site<'_>, thrown: &str) -> String {
    let base = indentation_at(site.file().text(), site.project.node(site.flow.request).span.start);
    let end = site.style.semicolon;
    let text = match thrown.contains("error.status") {
        true => format!(".catch((error) => {{\n\tif (error.status) throw {thrown}{end}\n\tthrow error{end}\n}})"),
        false => format!(".catch((error) => {{\n\tthrow {thrown}{end}\n}})"),
    };
    site.style.laid_out(base, &text)
}

fn call_text(site: &Site<'_>, replaced: Expr, function: &str, arguments: &[String]) -> String {
    let one_line = format!("{function}({})", arguments.join(", "));
    let text = site.file().text();
    let start = site.project.node(replaced).span.start;
    let column = start - Span::new(0, start).of(text).rfind('\n').map_or(0, |it| it + 1);
    if column + one_line.len() <= 100 && !one_line.contains('\n') {
        return one_line;
    }
    let base = indentation_at(text, start);
    let inner: Vec<String> = arguments.iter().map(|it| format!("\t{it}")).collect();
    let comma = if site.style.trailing_comma { "," } else { "" };
    site.style.laid_out(base, &format!("{function}(\n{}{comma}\n)", inner.join(",\n")))
}
