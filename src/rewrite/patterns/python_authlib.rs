//! Python: Authlib. A session holds id, secret and scope; `fetch_token` sends the grant and gives the parsed reply.
//!
//! Authlib defaults to HTTP Basic and joins lists of scopes with spaces; `client_secret_post` and one comma-separated
//! string give the request that Adobe documents (measured, see `fixtures/targets/python`).

use crate::facts::{BindingId, StatementId, StatementKind, Value};
use crate::flow::FlowKind;
use crate::link::{Expr, Project};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::outcome::Rung;
use super::super::removal::statement_span;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::super::{endpoint, imports, lifetime, reply, scope_source};
use super::{Pattern, by_library};

const PACKAGE: &str = "Authlib";
/// Arguments of a request that the new one has as a matter of course.
const IMPLIED: &[&str] = &["url", "data", "params", "files", "json", "headers", "method"];
/// Arguments that `fetch_token` passes on.
const CARRIED: &[&str] = &["timeout", "verify", "proxies", "cert"];

pub(super) struct PythonAuthlib;

impl Pattern for PythonAuthlib {
    fn name(&self) -> &'static str {
        PACKAGE
    }

    fn rung(&self) -> Rung {
        Rung::Library
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        if site.file().facts.language.id != "python" {
            return Err(Declined::because("not Python"));
        }
        let carried = fits(site, change)?;
        let scope = scope_source::scope_source(site, change)?;
        let (id, secret) = (site.needed("client_id")?.value, site.needed("client_secret")?.value);
        let (id_source, secret_source) = (site.portable(id)?, site.portable(secret)?);
        change.kept.extend([id, secret]);
        let url = endpoint::url_source(site, change)?;
        let flow = site.flow;
        let session = site.free_name(&["session", "oauth", "ims_session"]);
        let class = import(site, change)?;
        let opening = session_text(site, &session, &class, &[id_source, secret_source, scope]);
        let mut arguments =
            vec![url, format!("grant_type={}", site.style.quoted(&site.project.knowledge().endpoints.grant_type))];
        arguments.extend(carried);
        let call = call_text(site, &format!("{session}.fetch_token"), &arguments);
        match with_around(site) {
            Some(with) => unwrap_with(site, change, with, &opening, &call)?,
            None => {
                let statement = site.plain_statement()?;
                let base = indentation_at(site.file().text(), statement.start).to_owned();
                let opening = site.style.laid_out(&base, &opening);
                change.insert(flow.request.file, statement.start, format!("{opening}{}{base}", site.style.newline))?;
                change.replace(site.project.location(flow.request), call)?;
            }
        }
        lifetime::convert(site, change)?;
        reply::adapt(site, change)?;
        change.needs.extend([(flow.request.file, PACKAGE), (flow.request.file, "requests")]);
        Ok(())
    }
}

/// Whether the request is one whose every trait the new one can have; gives the arguments to carry over.
fn fits(site: &Site<'_>, change: &mut Change) -> Result<Vec<String>, Declined> {
    let flow = site.flow;
    if let FlowKind::Library(library) = flow.kind {
        return Err(by_library(library));
    }
    site.replaceable_client()?;
    refuse_handlers(site)?;
    let mut carried = Vec::new();
    let Value::Call { arguments, .. } = site.project.value(flow.anchor) else { return Ok(carried) };
    for argument in arguments {
        let Some(name) = argument.name.as_deref() else { continue };
        let value = Expr { file: flow.anchor.file, id: argument.value };
        if CARRIED.contains(&name) {
            change.kept.push(value);
            carried.push(format!("{name}={}", site.portable(value)?));
        } else if name == "headers" {
            site.refuse_headers(value)?;
        } else if !IMPLIED.contains(&name) {
            return Err(Declined::because(format!("the request sets `{name}`, which {PACKAGE} does not take")));
        }
    }
    Ok(carried)
}

/// A handler of certain exceptions would not see those that Authlib raises: around the request, where the reply is read,
/// or around a call that leads to either.
fn refuse_handlers(site: &Site<'_>) -> Result<(), Declined> {
    let mut places: Vec<Expr> = vec![site.flow.request];
    places.extend(site.flow.reply.bodies.iter().map(|it| it.expr));
    let mut next = 0;
    while let Some(place) = places.get(next).copied() {
        next += 1;
        refuse_handlers_around(site.project, place)?;
        let function = site.project.function(place);
        for call in site.project.call_sites(place.file, function) {
            if !places.contains(&call.call) && places.len() < 50 {
                places.push(call.call);
            }
        }
    }
    Ok(())
}

fn refuse_handlers_around(project: &Project, place: Expr) -> Result<(), Declined> {
    let facts = project.facts(place.file);
    let span = project.node(place).span;
    for handler in &facts.handlers {
        let Some(statement) = handler.statement else { continue };
        let guards = facts.statements[statement].span.contains(span) && !handler.span.contains(span);
        let Some(filter) = handler.filter.filter(|_| guards) else { continue };
        let caught = project.source(Expr { file: place.file, id: filter });
        let broad = caught.split([' ', ',', '(']).any(|it| matches!(it, "Exception" | "BaseException"));
        if !broad {
            return Err(Declined::because(format!("a handler waits for {caught}, which {PACKAGE} does not raise")));
        }
    }
    Ok(())
}

/// Imports the session class, and gives its name.
fn import(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let existing = facts
        .bindings
        .iter()
        .find(|(id, it)| it.name.contains("OAuth2Session") && site.project.binds_module(file, *id, "authlib"));
    if let Some((_, binding)) = existing {
        return Ok(binding.name.clone());
    }
    let name = "OAuth2Session";
    if facts.bindings.iter().any(|(_, it)| it.name == name) {
        return Err(Declined::because(format!("the name {name} is taken")));
    }
    let offset = place_of_import(site);
    change.insert_lines(
        file,
        offset,
        format!("from authlib.integrations.requests_client import {name}{}", site.style.newline),
    )?;
    Ok(name.to_owned())
}

/// Among the imports of other distributions: the group that holds the client's or the signer's import.
fn place_of_import(site: &Site<'_>) -> usize {
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let text = site.file().text();
    let third = |module: &str| {
        let top = module.split('.').next().unwrap_or_default();
        let client = match site.flow.kind {
            FlowKind::Request(Some(client)) => client.package.as_deref(),
            _ => None,
        };
        let signs = site
            .project
            .knowledge()
            .signers
            .iter()
            .any(|it| it.call.split('.').next() == Some(top) && it.language == "python");
        Some(top) == client || signs
    };
    let mut group: Vec<(Span, bool, String)> = Vec::new();
    for (_, import) in facts.imports.iter() {
        let modules: Vec<&str> = match import.module.is_empty() {
            true => import
                .items
                .iter()
                .filter_map(|it| match &it.imported {
                    crate::facts::Imported::Module { full, .. } => Some(full.as_str()),
                    _ => None,
                })
                .collect(),
            false => vec![import.module.as_str()],
        };
        if modules.iter().any(|it| third(it)) {
            group.push((import.span, !import.module.is_empty(), modules.join(",")));
        }
    }
    // `import x` before `from x import y`, as isort has it.
    let later = group.iter().find(|(_, from, module)| *from && module.as_str() > "authlib");
    if let Some((span, ..)) = later {
        return site.file().lines.whole_lines(text, *span).start;
    }
    imports::place(site.project, file, group.last().map(|it| it.0))
}

fn session_text(site: &Site<'_>, session: &str, class: &str, parts: &[String]) -> String {
    let [id, secret, scope] = parts else { return String::new() };
    let method = site.style.quoted("client_secret_post");
    format!("{session} = {class}(\n\t{id},\n\t{secret},\n\tscope={scope},\n\ttoken_endpoint_auth_method={method},\n)")
}

fn call_text(site: &Site<'_>, function: &str, arguments: &[String]) -> String {
    let one_line = format!("{function}({})", arguments.join(", "));
    let text = site.file().text();
    let start = site.project.node(site.flow.request).span.start;
    let column = start - Span::new(0, start).of(text).rfind('\n').map_or(0, |it| it + 1);
    if column + one_line.len() <= 100 && !one_line.contains('\n') {
        return one_line;
    }
    let inner: Vec<String> = arguments.iter().map(|it| format!("\t{it},")).collect();
    site.style.laid_out(indentation_at(text, start), &format!("{function}(\n{}\n)", inner.join("\n")))
}

/// The `with` statement whose context the request is: `with urlopen(request) as reply:`.
fn with_around(site: &Site<'_>) -> Option<StatementId> {
    let project = site.project;
    let statement = project.statement(site.flow.request)?;
    let data = &project.facts(site.flow.request.file).statements[statement];
    let bound = project.file(site.flow.request.file).bound_by(project.outermost(site.flow.request).id).len() == 1;
    (data.kind == StatementKind::Compound && bound && data.span.of(site.file().text()).starts_with("with"))
        .then_some(statement)
}

/// The target of the statement that parses the reply, when the with statement's name serves nothing else.
fn parsed_only<'p>(site: &Site<'p>, with: StatementId, binding: BindingId) -> Option<(&'p str, StatementId)> {
    let data = site.file();
    let [body] = site.flow.reply.bodies.as_slice() else { return None };
    let (parsed, place) = data.bound_by(body.expr.id).first().copied()?;
    let definition = data.facts.bindings[parsed].definitions.get(place)?;
    let statement = definition.statement?;
    let alone = data.facts.bindings[binding].reads.len() == 1 && definition.path.is_empty();
    let inside = data.facts.statements[statement].parent == Some(with);
    (alone && inside).then(|| (definition.name_span.of(data.text()), statement))
}

/// `with request as reply:` and its body become plain statements.
fn unwrap_with(
    site: &Site<'_>,
    change: &mut Change,
    with: StatementId,
    opening: &str,
    call: &str,
) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let data = site.file();
    let text = data.text();
    let statement = &data.facts.statements[with];
    let (binding, place) = data
        .bound_by(site.project.outermost(site.flow.request).id)
        .first()
        .copied()
        .ok_or_else(|| Declined::because("the with statement names nothing"))?;
    let definition = data.facts.bindings[binding]
        .definitions
        .get(place)
        .ok_or_else(|| Declined::because("the with statement names nothing"))?;
    let inner: Vec<Span> =
        data.facts.statements.iter().filter(|(_, it)| it.parent == Some(with)).map(|(_, it)| it.span).collect();
    let first = inner.first().copied().ok_or_else(|| Declined::because("the with statement is empty"))?;
    let base = indentation_at(text, statement.span.start).to_owned();
    let body_indent = indentation_at(text, first.start).to_owned();
    let extra = body_indent
        .strip_prefix(base.as_str())
        .map(str::len)
        .filter(|it| *it > 0)
        .ok_or_else(|| Declined::because("the with statement is on one line"))?;
    let name = match parsed_only(site, with, binding) {
        Some((pattern, statement)) => {
            let span = statement_span(data, statement, &|it| it == data.facts.statements[statement].span);
            change.delete(at(file, span))?;
            pattern
        }
        None => definition.name_span.of(text),
    };
    let header_end = data.lines.whole_lines(text, first).start;
    let opening = site.style.laid_out(&base, opening);
    let newline = site.style.newline;
    let line = format!("{opening}{newline}{base}{name} = {call}{newline}");
    change.replace(at(file, Span::new(statement.span.start, header_end)), line)?;
    let mut offset = header_end;
    while offset < statement.span.end {
        let line = data.lines.whole_lines(text, Span::at(offset));
        if line.of(text).starts_with(body_indent.as_str()) {
            change.delete(at(file, Span::new(line.start, line.start + extra)))?;
        }
        offset = line.end.max(offset + 1);
    }
    Ok(())
}
