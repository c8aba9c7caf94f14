//! Node: the request becomes a call of a function that sends the grant through the library that is asked for, PassportJS
//! where none is; the function is written once per module (see `javascript_target`, `javascript_token_function`).

use crate::facts::Value;
use crate::flow::{Flow, FlowKind, callback};
use crate::link::{Expr, Project};
use crate::text::Span;

use super::super::change::{Change, Declined};
use super::super::outcome::Rung;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::super::{lifetime, reply, scope_source};
use super::Pattern;
use super::javascript_arguments::{Arguments, arguments};
use super::javascript_callback::{hand_to_callback, is_asked};
use super::javascript_guard::guards;
use super::javascript_refusal::refuse_own_answers;
use super::javascript_streamed::{promise_around, replace_promise};
use super::javascript_target::NodeTarget;
use super::javascript_token_function::{Delivery, Says, TokenFunction};
use super::javascript_types::{named_reply, untype_response};

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

/// The pattern of one target.
pub(super) struct JavascriptRequest {
    pub(super) target: &'static NodeTarget,
}

impl Pattern for JavascriptRequest {
    fn name(&self) -> &'static str {
        self.target.name
    }

    fn about(&self) -> &'static str {
        self.target.about
    }

    fn rung(&self) -> Rung {
        Rung::Library
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        let flow = site.flow;
        let form = form(site, self.target)?;
        let scope = scope_source::scope_source(site, change)?;
        let Arguments { sources: arguments, server } = arguments(site, change, self.target, &scope)?;
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
        let wanted = TokenFunction { target: self.target, delivery: &delivery, says, server };
        let function = wanted.name(site, change)?;
        let function = match delivery {
            Delivery::PromiseOf(reply) => format!("{function}<{reply}>"),
            Delivery::Promise | Delivery::Callback => function,
        };
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
fn form(site: &Site<'_>, target: &NodeTarget) -> Result<Form, Declined> {
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
                        "the request sets `{}`, which {} does not take",
                        field.key, target.name
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
