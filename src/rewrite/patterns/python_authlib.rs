//! Python: Authlib. A session holds id, secret and scope; `fetch_token` sends the grant and gives the parsed reply.
//!
//! Authlib defaults to HTTP Basic and joins lists of scopes with spaces; `client_secret_post` and one comma-separated
//! string give the request that Adobe documents (measured, see `fixtures/targets/python`).

use crate::facts::{BindingId, StatementId, StatementKind, Value};
use crate::flow::{FlowKind, field_read};
use crate::link::{Expr, member_key};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::outcome::Rung;
use super::super::removal::statement_span;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::super::{endpoint, lifetime, python_imports, reply, scope_source};
use super::python_client::{Flavor, Sender, sender};
use super::python_errors::{ERROR, adapt_handlers};
use super::python_guard::{Guard, guard, opens_with, step_out};
use super::python_session::once;
use super::{Pattern, by_library};

const PACKAGE: &str = "Authlib";
/// Arguments of a request that the new one has as a matter of course.
const IMPLIED: &[&str] = &[
    "url",
    "data",
    "params",
    "files",
    "json",
    "headers",
    "method",
    "fields",
    "body",
    "encode_multipart",
    "preload_content",
];
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
        if let FlowKind::Library(library) = site.flow.kind {
            return Err(by_library(library));
        }
        let sender = sender(site)?;
        let flavor = sender.flavor();
        let carried = carried(site, change, flavor)?;
        let guard = guard(site);
        refuse_unguarded_errors(site, guard.as_ref())?;
        adapt_handlers(site, change, flavor, guard.is_some())?;
        let scope = scope_source::scope_source(site, change)?;
        let (id, secret) = (site.needed("client_id")?.value, site.needed("client_secret")?.value);
        let portable = |expr: Expr| match &sender {
            Sender::New(_) => site.portable(expr),
            Sender::Instead(_, made) => site.portable_before(expr, made.place()),
        };
        let method = format!("token_endpoint_auth_method={}", site.style.quoted("client_secret_post"));
        let credentials = [portable(id)?, portable(secret)?, format!("scope={scope}"), method];
        change.kept.extend([id, secret]);
        let url = endpoint::url_source(site, change)?;
        let class = import(site, change, flavor, guard.is_some())?;
        let grant = format!("grant_type={}", site.style.quoted(&site.project.knowledge().endpoints.grant_type));
        let arguments: Vec<String> = [url, grant].into_iter().chain(carried).collect();
        let (opening, session) = match &sender {
            Sender::New(_) => {
                // A scope from configuration is read where the secret is, at the request.
                let once = once(site, &[id, secret]).filter(|_| scope.starts_with(['"', '\'']));
                let session = match &once {
                    Some(once) => once.name.clone(),
                    None => site.free_name(&["session", "oauth", "ims_session"]),
                };
                let inner: Vec<String> = credentials.iter().map(|it| format!("\t{it},")).collect();
                let opening = format!("{session} = {class}(\n{}\n)", inner.join("\n"));
                match once {
                    Some(once) => {
                        once.make(site, change, &opening)?;
                        (String::new(), session)
                    }
                    None => (opening, session),
                }
            }
            Sender::Instead(_, made) => {
                made.replace(site, change, &class, &credentials)?;
                change.kept.push(made.name);
                (String::new(), site.project.source(made.name).to_owned())
            }
        };
        let call = NewCall { opening, function: format!("{session}.fetch_token"), arguments, flavor };
        call.write(site, change, guard.as_ref())?;
        lifetime::convert(site, change)?;
        reply::adapt(site, change, &|it| guard.as_ref().is_some_and(|guard| guard.covers(site.project, it)))?;
        note_whole_reply(site, change, guard.is_some());
        change.needs.extend([(site.flow.request.file, PACKAGE), (site.flow.request.file, flavor.transport)]);
        Ok(())
    }
}

/// The arguments of the request that the new one takes too. All others must be such that nothing is lost with them.
fn carried(site: &Site<'_>, change: &mut Change, flavor: Flavor) -> Result<Vec<String>, Declined> {
    let anchor = site.flow.anchor;
    let mut res = Vec::new();
    let Value::Call { arguments, .. } = site.project.value(anchor) else { return Ok(res) };
    let package = match site.flow.kind {
        FlowKind::Request(Some(client)) => client.package.as_deref().unwrap_or(flavor.transport),
        _ => flavor.transport,
    };
    for argument in arguments {
        let Some(name) = argument.name.as_deref() else { continue };
        let value = Expr { file: anchor.file, id: argument.value };
        if CARRIED.contains(&name) {
            let number = matches!(site.project.value(value), Value::Literal(_));
            if package != flavor.transport && !number {
                return Err(Declined::because(format!("the request sets `{name}` as {package} has it")));
            }
            change.kept.push(value);
            res.push(format!("{name}={}", site.portable(value)?));
        } else if name == "headers" {
            site.refuse_headers(value)?;
        } else if !IMPLIED.contains(&name) {
            return Err(Declined::because(format!("the request sets `{name}`, which {PACKAGE} does not take")));
        }
    }
    Ok(res)
}

/// Code that looks itself whether the reply holds a token would never see one without: Authlib raises before.
fn refuse_unguarded_errors(site: &Site<'_>, guard: Option<&Guard>) -> Result<(), Declined> {
    let project = site.project;
    let bodies = site.flow.reply.bodies.iter().filter(|it| it.rest.is_empty());
    for reached in bodies.flat_map(|it| project.reach(it.expr)).filter(|it| it.path.is_empty()) {
        let expr = reached.expr;
        let Some(parent) = project.parent(expr) else { continue };
        if guard.is_some_and(|it| it.covers(project, parent)) {
            continue;
        }
        if matches!(project.value(parent), Value::Spread(_)) {
            return Err(Declined::because("the reply is spread, and would bring a field more"));
        }
        let asks = match project.value(parent) {
            Value::Operation { operator, .. } => operator.contains("in"),
            _ => field_read(project, expr, parent).is_some_and(|(whole, key)| match key.as_str() {
                "error" | "error_description" => true,
                "access_token" => member_key(project, whole).is_none() && guard.is_none(),
                _ => false,
            }),
        };
        if asks {
            let file = project.file(expr.file);
            let line = file.lines.line_column(file.text(), project.node(parent).span.start).line;
            let place = format!("{}:{line}", file.path());
            return Err(Declined::because(format!("a reply without a token is dealt with at {place}")));
        }
    }
    Ok(())
}

/// A reply that is returned as a whole has a field more now, and an error in it is raised where it was returned.
fn note_whole_reply(site: &Site<'_>, change: &mut Change, guarded: bool) {
    let project = site.project;
    let whole = site.flow.reply.bodies.iter().filter(|it| it.rest.is_empty()).flat_map(|it| project.reach(it.expr));
    let returned = whole.filter(|it| it.path.is_empty()).any(|it| {
        project.facts(it.expr.file).functions.iter().any(|(_, function)| function.returns.contains(&it.expr.id))
    });
    if returned {
        change.unproved = true;
        change.note("the whole reply is returned; it holds `expires_at` besides now");
        if !guarded && site.flow.reply.checks.is_empty() {
            change.note("a reply that names an error was returned like any other; it raises OAuthError now");
        }
    }
}

/// Imports the client class, and the error where it is named, and gives the name of the class.
fn import(site: &Site<'_>, change: &mut Change, flavor: Flavor, error: bool) -> Result<String, Declined> {
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let bound = |name: &str| facts.bindings.iter().find(|(_, it)| it.name == name);
    let imported = |name: &str| bound(name).is_some_and(|(id, _)| site.project.binds_module(file, id, "authlib"));
    let caught = error || change.edits.get(&file).is_some_and(|it| it.iter().any(|it| it.text.contains(ERROR)));
    let wanted = [(flavor.class, true), (ERROR, caught)];
    let missing: Vec<&str> = wanted.iter().filter(|(name, wanted)| *wanted && !imported(name)).map(|it| it.0).collect();
    if let Some(taken) = missing.iter().find(|it| bound(it).is_some()) {
        return Err(Declined::because(format!("the name {taken} is taken")));
    }
    if !missing.is_empty() {
        let line = format!("from {} import {}", flavor.module, missing.join(", "));
        python_imports::add(site.project, change, file, &line)?;
    }
    Ok(flavor.class.to_owned())
}

/// The new request.
struct NewCall {
    /// The statement that makes the client, with tabs for steps; empty where it is made already.
    opening: String,
    function: String,
    arguments: Vec<String>,
    flavor: Flavor,
}

impl NewCall {
    /// Puts the request in the place of the old one, guarded where the old one's reply was checked.
    fn write(&self, site: &Site<'_>, change: &mut Change, guard: Option<&Guard>) -> Result<(), Declined> {
        let file = site.flow.request.file;
        if let Some(with) = with_around(site) {
            return self.instead_of_with(site, change, with, guard);
        }
        if guard.is_none() && self.opening.is_empty() {
            return change.replace(site.project.location(site.flow.request), self.text(site, ""));
        }
        let statement = site.plain_statement()?;
        let base = indentation_at(site.file().text(), statement.start).to_owned();
        let newline = site.style.newline;
        let mut lead = String::new();
        if !self.opening.is_empty() {
            lead = format!("{}{newline}{base}", site.style.laid_out(&base, &self.opening));
        }
        let step = if guard.is_some_and(Guard::is_alone) { site.style.indent.as_str() } else { "" };
        if let Some(guard) = guard {
            let handler = guard.handler(site, change, &base, self.flavor)?;
            if guard.is_alone() {
                lead.push_str(&format!("try:{newline}{base}{step}"));
                change.insert(file, statement.end, handler)?;
            }
        }
        if !lead.is_empty() {
            change.insert(file, statement.start, lead)?;
        }
        change.replace(site.project.location(site.flow.request), self.text(site, step))
    }

    /// The call, `step` further in than the old one.
    fn text(&self, site: &Site<'_>, step: &str) -> String {
        let one_line = format!("{}({})", self.function, self.arguments.join(", "));
        let text = site.file().text();
        let start = site.project.node(site.flow.request).span.start;
        let column = start - Span::new(0, start).of(text).rfind('\n').map_or(0, |it| it + 1);
        if column + step.len() + one_line.len() <= 100 && !one_line.contains('\n') {
            return one_line;
        }
        let inner: Vec<String> = self.arguments.iter().map(|it| format!("\t{it},")).collect();
        let base = format!("{}{step}", indentation_at(text, start));
        site.style.laid_out(&base, &format!("{}(\n{}\n)", self.function, inner.join("\n")))
    }

    /// `with request as reply:` and its body become plain statements.
    fn instead_of_with(
        &self,
        site: &Site<'_>,
        change: &mut Change,
        with: StatementId,
        guard: Option<&Guard>,
    ) -> Result<(), Declined> {
        let text = site.file().text();
        let base = indentation_at(text, site.file().facts.statements[with].span.start).to_owned();
        let newline = site.style.newline;
        let mut opening = String::new();
        if !self.opening.is_empty() {
            opening = format!("{}{newline}{base}", site.style.laid_out(&base, &self.opening));
        }
        let alone = guard.is_some_and(Guard::is_alone);
        let step = if alone { site.style.indent.as_str() } else { "" };
        let wait = if self.flavor.awaited { "await " } else { "" };
        let call = format!("{wait}{}", self.text(site, step));
        let handler = guard.map(|it| it.handler(site, change, &base, self.flavor)).transpose()?;
        if alone {
            opening.push_str(&format!("try:{newline}{base}{step}"));
        }
        unwrap_with(site, change, with, &|name| {
            format!("{opening}{name} = {call}{}{newline}", handler.as_deref().unwrap_or_default())
        })
    }
}

/// The `with` statement whose context the request is: `with urlopen(request) as reply:`.
fn with_around(site: &Site<'_>) -> Option<StatementId> {
    let project = site.project;
    let statement = project.statement(site.flow.request)?;
    let data = &project.facts(site.flow.request.file).statements[statement];
    let bound = project.file(site.flow.request.file).bound_by(project.outermost(site.flow.request).id).len() == 1;
    (data.kind == StatementKind::Compound && bound && opens_with(data.span.of(site.file().text()))).then_some(statement)
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

/// `with request as reply:` becomes the lines that `header` makes of the name; its body moves one step out.
fn unwrap_with(
    site: &Site<'_>,
    change: &mut Change,
    with: StatementId,
    header: &dyn Fn(&str) -> String,
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
    change.replace(at(file, Span::new(statement.span.start, header_end)), header(name))?;
    step_out(site, change, Span::new(first.start, statement.span.end), extra)?;
    Ok(())
}
