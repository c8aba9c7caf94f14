//! Python: the request becomes one of a library that knows the grant, or a plain form. A session's `fetch_token` gives the
//! parsed reply.

use crate::facts::Value;
use crate::flow::{FlowKind, field_read};
use crate::link::{Expr, Origin, member_key};

use super::super::change::{Change, Declined};
use super::super::outcome::Rung;
use super::super::site::Site;
use super::super::{endpoint, lifetime, python_imports, reply, scope_source};
use super::python_call::NewCall;
use super::python_client::{Sender, sender};
use super::python_errors::adapt_handlers;
use super::python_guard::{Guard, guard};
use super::python_once::once;
use super::python_target::{Credentials, Form, PythonRequest, Target};
use super::{Pattern, by_library};

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
/// Arguments that the new call takes as well.
const CARRIED: &[&str] = &["timeout", "verify", "proxies", "cert"];

impl Pattern for PythonRequest {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
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
        let sender = sender(site, self)?;
        let target = sender.target();
        let carried = carried(site, change, target)?;
        let guard = guard(site);
        refuse_unguarded_errors(site, guard.as_ref())?;
        adapt_handlers(site, change, target, guard.is_some())?;
        let scope = scope_source::scope_source(site, change)?;
        let (id, secret) = (site.needed("client_id")?.value, site.needed("client_secret")?.value);
        let portable = |expr: Expr| match &sender {
            Sender::New(_) => site.portable(expr),
            Sender::Instead(_, made) => site.portable_before(expr, made.place()),
        };
        let credentials = Credentials { id: portable(id)?, secret: portable(secret)?, scope };
        change.kept.extend([id, secret]);
        let url = endpoint::url_source(site, change)?;
        import(site, change, target, guard.is_some())?;
        let arguments: Vec<String> = target.sent_with(site, url, &credentials).into_iter().chain(carried).collect();
        let call = match (&sender, target.form) {
            (_, Form::Post) => posted(site, target, &arguments),
            (Sender::New(_), _) => in_session(site, change, target, &credentials, arguments)?,
            (Sender::Instead(_, made), _) => {
                made.replace(site, change, target.function, &target.made_with(site, &credentials))?;
                change.kept.push(made.name);
                let session = site.project.source(made.name);
                NewCall { function: format!("{session}.fetch_token"), arguments, ..NewCall::default() }
            }
        };
        call.write(site, change, target, guard.as_ref())?;
        lifetime::convert(site, change)?;
        lifetime::own_expiry(site, change)?;
        reply::adapt(site, change, &|it| guard.as_ref().is_some_and(|guard| guard.covers(site.project, it)))?;
        note_whole_reply(site, change, target, guard.is_some());
        change.needs.extend(target.needs.iter().map(|it| (site.flow.request.file, (*it).into())));
        Ok(())
    }
}

/// A session that is made for the request, or once where the token is kept.
fn in_session(
    site: &Site<'_>,
    change: &mut Change,
    target: Target,
    credentials: &Credentials,
    arguments: Vec<String>,
) -> Result<NewCall, Declined> {
    let given: Vec<Expr> =
        ["client_id", "client_secret"].iter().filter_map(|it| site.flow.parameter(it)).map(|it| it.value).collect();
    // A scope from configuration is read where the secret is, at the request.
    let once = once(site, &given).filter(|_| credentials.scope.starts_with(['"', '\'']));
    let session = match &once {
        Some(once) => once.name.clone(),
        None => site.free_name(&["session", "oauth", "ims_session"]),
    };
    let inner: Vec<String> = target.made_with(site, credentials).iter().map(|it| format!("\t{it},")).collect();
    let mut opening = format!("{session} = {}(\n{}\n)", target.function, inner.join("\n"));
    if let Some(once) = once {
        once.make(site, change, &opening)?;
        opening.clear();
    }
    Ok(NewCall { opening, function: format!("{session}.fetch_token"), arguments, ..NewCall::default() })
}

/// A plain form: its response is looked at, and gives the body.
fn posted(site: &Site<'_>, target: Target, arguments: &[String]) -> NewCall {
    let response = site.free_name(&["response", "token_response", "ims_response"]);
    let inner: Vec<String> = arguments.iter().map(|it| format!("\t{},", it.replace('\n', "\n\t"))).collect();
    let sent = format!("{response} = {}(\n{}\n)", target.function, inner.join("\n"));
    let attempted = format!("{sent}\n{response}.raise_for_status()");
    NewCall { attempted, function: format!("{response}.json"), ..NewCall::default() }
}

/// The arguments of the request that the new one takes too. All others must be such that nothing is lost with them.
fn carried(site: &Site<'_>, change: &mut Change, target: Target) -> Result<Vec<String>, Declined> {
    let anchor = site.flow.anchor;
    let mut res = Vec::new();
    let Value::Call { arguments, .. } = site.project.value(anchor) else { return Ok(res) };
    let package = match site.flow.kind {
        FlowKind::Request(Some(client)) => client.package.as_deref().unwrap_or(target.transport),
        _ => target.transport,
    };
    for argument in arguments {
        let Some(name) = argument.name.as_deref() else { continue };
        let value = Expr { file: anchor.file, id: argument.value };
        if CARRIED.contains(&name) {
            let literal =
                |it: &Origin| matches!(it, Origin::Value(it) if matches!(site.project.value(*it), Value::Literal(_)));
            let number = site.project.resolve(value).iter().all(literal);
            if package != target.transport && !number {
                return Err(Declined::because(format!("the request sets `{name}` as {package} has it")));
            }
            change.kept.push(value);
            res.push(format!("{name}={}", site.portable(value)?));
        } else if name == "headers" {
            site.refuse_headers(value)?;
        } else if !IMPLIED.contains(&name) {
            return Err(Declined::because(format!("the request sets `{name}`, which the new one does not take")));
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

/// A session's reply that is returned as a whole has a field more now, and an error in it is raised where it was returned.
fn note_whole_reply(site: &Site<'_>, change: &mut Change, target: Target, guarded: bool) {
    let project = site.project;
    let whole = site.flow.reply.bodies.iter().filter(|it| it.rest.is_empty()).flat_map(|it| project.reach(it.expr));
    let returned = whole.filter(|it| it.path.is_empty()).any(|it| {
        project.facts(it.expr.file).functions.iter().any(|(_, function)| function.returns.contains(&it.expr.id))
    });
    if !returned {
        return;
    }
    change.unproved = true;
    if target.form != Form::Post {
        change.note("the whole reply is returned; it holds `expires_at` besides now");
    }
    if !guarded && site.flow.reply.checks.is_empty() {
        change.note(format!("a reply that names an error was returned like any other; it raises {} now", target.error));
    }
}

/// Imports what the request is made of, and the error where it is named.
fn import(site: &Site<'_>, change: &mut Change, target: Target, error: bool) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let caught = error || change.edits.get(&file).is_some_and(|it| it.iter().any(|it| it.text.contains(target.error)));
    let mut wanted: Vec<(&str, Option<&str>)> = target.imports.to_vec();
    if caught {
        // One line brings both where the client's module offers the error too.
        let module = match (target.form, target.imports) {
            (Form::Session, [(module, _)]) => module,
            _ => target.error_import.0,
        };
        wanted.push((module, target.error_import.1));
    }
    wanted.dedup();
    python_imports::require(site.project, change, file, &wanted)
}
