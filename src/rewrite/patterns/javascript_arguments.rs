//! What the function that sends the grant is given, taken from the old request or from the options of a library's call.

use crate::facts::Value;
use crate::flow::FlowKind;
use crate::knowledge::Library;
use crate::link::{Expr, Origin};

use super::super::change::{Change, Declined};
use super::super::endpoint;
use super::super::scope_source::NODE_ENVIRONMENT;
use super::super::site::Site;
use super::by_library;
use super::javascript_target::{NodeTarget, Parameter};

/// What a call of the function needs.
pub(super) struct Arguments {
    /// The sources of its arguments, in order.
    pub(super) sources: Vec<String>,
    /// Which of Adobe's servers a library with an endpoint of its own has to ask.
    pub(super) server: Server,
}

/// One of Adobe's servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    Production,
    Stage,
}

/// The arguments of the function, in the order in which the target wants them.
pub(super) fn arguments(
    site: &Site<'_>,
    change: &mut Change,
    target: &NodeTarget,
    scope: &str,
) -> Result<Arguments, Declined> {
    let wants = |it: Parameter| target.parameters.contains(&it);
    let passed = match site.flow.kind {
        FlowKind::Library(library) => Some(options(site, library)?),
        FlowKind::Request(_) | FlowKind::Evidence => None,
    };
    let server = if wants(Parameter::Endpoint) { Server::Production } else { server(site, target)? };
    let mut sources = Vec::new();
    for parameter in target.parameters {
        sources.push(match (parameter, &passed) {
            (Parameter::Endpoint, Some(options)) => options.endpoint(site, change)?,
            (Parameter::Endpoint, None) => request_endpoint(site, change)?,
            (Parameter::ClientId, Some(options)) => option_source(site, change, options.record, options.id)?,
            (Parameter::ClientId, None) => sent(site, change, "client_id")?,
            (Parameter::ClientSecret, Some(options)) => option_source(site, change, options.record, options.secret)?,
            (Parameter::ClientSecret, None) => sent(site, change, "client_secret")?,
            (Parameter::Organization, Some(options)) => {
                let key = options.library.organization.as_ref().ok_or_else(|| by_library(options.library))?;
                option_source(site, change, options.record, key)?
            }
            (Parameter::Organization, None) => issuer(site, change)?,
            (Parameter::Scope, _) => scope.to_owned(),
        });
    }
    if let Some(options) = passed {
        // The rest of the options served the library alone.
        let stays = |key: &String| {
            let organization = wants(Parameter::Organization) && Some(key) == options.library.organization.as_ref();
            let host = wants(Parameter::Endpoint) && Some(key) == options.library.host.as_ref();
            key == options.id || key == options.secret || organization || host
        };
        change.lost_fields.extend(site.flow.parameters.iter().filter(|it| !stays(&it.key)).map(|it| it.at));
    }
    Ok(Arguments { sources, server })
}

/// A parameter that the old request sends.
fn sent(site: &Site<'_>, change: &mut Change, name: &str) -> Result<String, Declined> {
    let value = site.needed(name)?.value;
    let source = site.portable(value)?;
    change.kept.push(value);
    Ok(given(site, source))
}

/// The organization, which the assertion names as its issuer.
fn issuer(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    let assertion = site.flow.assertion.as_ref().or(site.flow.beside.as_ref());
    let found = assertion.and_then(|it| it.fields.iter().find(|it| matches!(it.key.as_str(), "iss" | "issuer")));
    let value = found.ok_or_else(|| Declined::because("the organization was not found in the assertion"))?.value;
    let source = site.portable(value)?;
    change.kept.push(value);
    Ok(given(site, source))
}

/// Which server the old request asks, where that is one of Adobe's and known.
fn server(site: &Site<'_>, target: &NodeTarget) -> Result<Server, Declined> {
    let (project, endpoints) = (site.project, &site.project.knowledge().endpoints);
    let asked = match site.flow.kind {
        FlowKind::Library(library) => match library.host.as_ref().and_then(|key| site.flow.parameter(key)) {
            Some(field) => field.value,
            None => return Ok(Server::Production),
        },
        FlowKind::Request(_) | FlowKind::Evidence => host_part(site).or(site.flow.url).unwrap_or(site.flow.anchor),
    };
    let bare = |it: &str| it.trim_start_matches("https://").to_owned();
    let (production, stage) = (bare(&endpoints.production), bare(&endpoints.stage));
    let mut servers = project.texts(asked).into_iter().map(|it| {
        let address = bare(&it.known()?);
        let host = address.split(['/', ':', '?']).next()?;
        match host {
            it if it == production => Some(Server::Production),
            it if it == stage => Some(Server::Stage),
            _ => None,
        }
    });
    let unknown = || Declined::because(format!("{} asks Adobe's own server, and this may be another", target.name));
    let first = servers.next().flatten().ok_or_else(unknown)?;
    match servers.all(|it| it == Some(first)) {
        true => Ok(first),
        false => Err(unknown()),
    }
}

/// The address that the old request goes to, with the token endpoint's path.
fn request_endpoint(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    match host_part(site) {
        Some(host) => split_url(site, change, host),
        None => {
            let source = endpoint::url_source(site, change)?;
            // The library takes the address as text.
            Ok(if is_url_object(site) { format!("{source}.href") } else { source })
        }
    }
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

/// The options of a library's call.
struct Options<'k> {
    library: &'k Library,
    record: Expr,
    id: &'k str,
    secret: &'k str,
}

fn options<'k>(site: &Site<'_>, library: &'k Library) -> Result<Options<'k>, Declined> {
    let (Some(id), Some(secret)) = (&library.client_id, &library.client_secret) else {
        return Err(by_library(library));
    };
    let record = library.options.as_ref().and_then(|slot| site.project.slot(site.flow.anchor, slot));
    let record = record.ok_or_else(|| Declined::because("the options of the call were not found"))?;
    is_whole(site, library)?;
    Ok(Options { library, record, id, secret })
}

impl Options<'_> {
    /// The address, from the server that the library is told.
    fn endpoint(&self, site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
        let endpoints = &site.project.knowledge().endpoints;
        let host = self.library.host.as_ref().and_then(|key| Some((key, site.flow.parameter(key)?)));
        let Some((key, field)) = host else {
            return Ok(site.style.quoted(&format!("{}/{}", endpoints.production, endpoints.token_path)));
        };
        let source = option_source(site, change, self.record, key)?;
        Ok(match site.project.known_text(field.value).filter(|_| source.starts_with(['\'', '"'])) {
            Some(text) => site.style.quoted(&format!("{}/{}", text.trim_end_matches('/'), endpoints.token_path)),
            None => format!("`${{{source}}}/{}`", endpoints.token_path),
        })
    }
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
