//! Handlers of the error that a refused credential was: they wait for the one that it is now too.

use std::collections::BTreeSet;

use crate::facts::Value;
use crate::flow::FlowKind;
use crate::link::{Expr, Origin, Project};
use crate::text::{FileId, Span};

use super::super::change::{Change, Declined};
use super::super::python_imports;
use super::super::site::Site;
use super::python_target::{Form, Target};

/// Handlers that see every error.
const BROAD: &[&str] = &["Exception", "BaseException"];
/// Errors that come of taking a token out of a reply that holds none.
const MISSING_FIELD: &[&str] = &["KeyError", "LookupError"];
/// Built-in errors that those of HTTP clients are kinds of.
const OF_CLIENTS: &[&str] = &["OSError", "IOError"];
/// Built-in errors that a refused credential never was.
const UNRELATED: &[&str] = &[
    "ValueError",
    "TypeError",
    "AttributeError",
    "IndexError",
    "KeyboardInterrupt",
    "JSONDecodeError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "TimeoutError",
    "ImportError",
    "ModuleNotFoundError",
    "FileNotFoundError",
    "PermissionError",
    "NotImplementedError",
    "RuntimeError",
    "AssertionError",
    "StopIteration",
    "SystemExit",
    "ArithmeticError",
    "ZeroDivisionError",
    "UnicodeError",
    "UnicodeDecodeError",
    "EOFError",
    "NameError",
    "CancelledError",
];

/// How a program learned so far that its credential was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// By an error of its client.
    ByClient,
    /// By a reply that lacks the token.
    ByMissingField,
    /// By a check of its own, which becomes a handler.
    Checked,
}

/// Whether the request itself raises when it is refused, as urllib's does.
fn raises_itself(site: &Site<'_>) -> bool {
    matches!(site.flow.kind, FlowKind::Request(Some(client)) if client.package.is_none() && !client.refusals.is_empty())
}

/// How many places up the calls are looked at.
const PLACES: usize = 50;

/// Makes the handlers around the places where a refusal came out, and around the calls that lead there, see the error
/// that the new request raises.
pub(super) fn adapt_handlers(
    site: &Site<'_>,
    change: &mut Change,
    target: Target,
    guarded: bool,
) -> Result<(), Declined> {
    let reply = &site.flow.reply;
    let refused = match () {
        // The check goes on raising, or returning, what it did.
        () if guarded => Refused::Checked,
        () if !reply.checks.is_empty() || raises_itself(site) => Refused::ByClient,
        () => Refused::ByMissingField,
    };
    let mut places: Vec<Expr> = reply.checks.iter().chain(&reply.tokens).copied().collect();
    let same_client = matches!(site.flow.kind, FlowKind::Request(Some(client))
        if client.package.as_deref() == Some(target.transport));
    if !same_client || places.is_empty() {
        places.push(site.flow.request);
    }
    places.extend(reply.bodies.iter().map(|it| it.expr).filter(|_| reply.checks.is_empty()));
    let mut done: BTreeSet<(FileId, Span)> = BTreeSet::new();
    let mut guarded: Vec<(FileId, Span)> = Vec::new();
    let mut raising = vec![site.flow.request];
    let mut next = 0;
    while let Some(place) = places.get(next).copied() {
        next += 1;
        refuse_other_mentions(site, place, refused)?;
        guarded.extend(adapt_around(site, change, place, (target, refused), &mut done)?);
        let function = site.project.function(place);
        for call in site.project.call_sites(place.file, function) {
            raising.push(call.call);
            if !places.contains(&call.call) && places.len() < PLACES {
                places.push(call.call);
            }
        }
    }
    let project = site.project;
    let sees = |(file, span): &(FileId, Span)| {
        raising.iter().any(|it| it.file == *file && span.contains(project.node(*it).span))
    };
    match guarded.iter().find(|it| !sees(it)) {
        Some((file, span)) => {
            let data = project.file(*file);
            let line = data.lines.line_column(data.text(), span.start).line;
            Err(Declined::because(format!("the handler at {}:{line} waits behind the request", data.path())))
        }
        None => Ok(()),
    }
}

/// Widens the handlers around a place; gives what each of them guards.
fn adapt_around(
    site: &Site<'_>,
    change: &mut Change,
    place: Expr,
    (target, refused): (Target, Refused),
    done: &mut BTreeSet<(FileId, Span)>,
) -> Result<Vec<(FileId, Span)>, Declined> {
    let project = site.project;
    let facts = project.facts(place.file);
    let span = project.node(place).span;
    let mut guarded = Vec::new();
    for handler in &facts.handlers {
        let Some(statement) = handler.statement else { continue };
        let guards = facts.statements[statement].span.contains(span) && !handler.span.contains(span);
        let Some(filter) = handler.filter.filter(|_| guards) else { continue };
        let filter = Expr { file: place.file, id: filter };
        let Some(waits) = waits_for_refusal(site, filter, target, refused)? else { continue };
        if !done.insert((place.file, handler.span)) {
            continue;
        }
        guarded.push((place.file, facts.statements[statement].span));
        refuse_inspection(project, place.file, handler.span)?;
        let source = project.source(filter);
        let caught = source.split(" as ").next().unwrap_or(source);
        let start = project.node(filter).span.start;
        let caught = caught.trim_end();
        let any_failure = format!("{}.{}", target.transport, target.any_failure);
        let errors = match waits {
            Waits::Refusal => target.error.to_owned(),
            // The error of a refusal is one of those already.
            Waits::AnyFailure if target.form == Form::Post => any_failure,
            Waits::AnyFailure => format!("{}, {any_failure}", target.error),
        };
        if let Some(inside) = caught.strip_suffix(')').filter(|_| caught.starts_with('(')) {
            let end = start + inside.trim_end().trim_end_matches(',').len();
            change.insert(place.file, end, format!(", {errors}"))?;
        } else {
            change.insert(place.file, start, "(")?;
            change.insert(place.file, start + caught.len(), format!(", {errors})"))?;
        }
        let mut wanted = Vec::new();
        if place.file != site.flow.request.file {
            wanted.push(target.error_import);
        }
        if waits == Waits::AnyFailure {
            wanted.push((target.transport, None));
        }
        wanted.dedup();
        python_imports::require(project, change, place.file, &wanted)?;
    }
    Ok(guarded)
}

/// What a handler has to wait for besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Waits {
    /// The error of a refused credential.
    Refusal,
    /// Any error of the new request's client: it waited for any of the old one's, and they are of another distribution.
    AnyFailure,
}

/// Whether a handler waits for what a refused credential was so far, and so has to wait for what it is now.
fn waits_for_refusal(
    site: &Site<'_>,
    filter: Expr,
    target: Target,
    refused: Refused,
) -> Result<Option<Waits>, Declined> {
    let project = site.project;
    let source = project.source(filter);
    let caught = source.split(" as ").next().unwrap_or_default().trim().trim_matches(['(', ')']);
    let client = match site.flow.kind {
        FlowKind::Request(client) => client,
        FlowKind::Library(_) | FlowKind::Evidence => None,
    };
    let span = project.node(filter).span;
    let named = |name: &str| {
        project.exprs(filter.file).find(|it| span.contains(project.node(*it).span) && project.source(*it) == name)
    };
    let package = client.and_then(|it| it.package.as_deref()).unwrap_or_default();
    let same_client = package == target.transport;
    let refusals = client.map(|it| it.refusals.as_slice()).unwrap_or_default();
    let mut res = None;
    for name in caught.split(',').map(str::trim).filter(|it| !it.is_empty()) {
        let last = name.rsplit('.').next().unwrap_or(name);
        let path = named(name).map(|it| project.api_paths(it)).unwrap_or_default();
        let own = named(name).is_some_and(|it| project.resolve(it).iter().any(|it| matches!(it, Origin::Class(..))));
        if BROAD.contains(&last) || [name, last].contains(&target.error) {
            return Ok(None);
        }
        if own {
            continue;
        }
        let general = OF_CLIENTS.contains(&last);
        let of_client = general || refusals.iter().any(|it| it == last);
        if MISSING_FIELD.contains(&last) || of_client {
            // The errors of requests are of the general kind too.
            let broad = refusals.iter().skip(1).any(|it| it == last) || (general && target.transport != "requests");
            let any_failure = of_client && broad && !same_client;
            let waits = match refused {
                Refused::ByClient => of_client,
                Refused::ByMissingField => !of_client,
                Refused::Checked => false,
            };
            let now = any_failure.then_some(Waits::AnyFailure).or(waits.then_some(Waits::Refusal));
            res = res.max(now);
        } else if !package.is_empty() && path.iter().any(|it| it.starts_with(package)) {
            // The same client raises the same errors on the way.
            if !same_client {
                return Err(Declined::because(format!(
                    "a handler waits for {name}, which the new request does not raise"
                )));
            }
        } else if !UNRELATED.contains(&last) {
            return Err(Declined::because(format!("a handler waits for {name}, which the new request does not raise")));
        }
    }
    Ok(res)
}

/// Declines a handler that does more with the client's error than show it: the new one has other members.
fn refuse_inspection(project: &Project, file: FileId, handler: Span) -> Result<(), Declined> {
    let facts = project.facts(file);
    let caught = |expr: Expr| {
        project
            .binding(expr)
            .is_some_and(|it| facts.bindings[it].definitions.iter().any(|it| handler.contains(it.name_span)))
    };
    for (id, node) in facts.values.iter().filter(|(_, it)| handler.contains(it.span)) {
        let expr = Expr { file, id };
        match &node.value {
            Value::Member { object, name, .. } if caught(Expr { file, id: *object }) => {
                return Err(Declined::because(format!("a handler reads `.{name}` of the client's error")));
            }
            Value::Call { callee, arguments, .. } => {
                let own = project.resolve(Expr { file, id: *callee });
                let own = own.iter().any(|it| matches!(it, Origin::Function(..)));
                if own && arguments.iter().any(|it| caught(Expr { file, id: it.value })) {
                    let call = project.source(expr);
                    return Err(Declined::because(format!("a handler hands the client's error on: {call}")));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Declines where the error of a refusal is named otherwise than in a handler, as to `isinstance` or a retry decorator.
fn refuse_other_mentions(site: &Site<'_>, place: Expr, refused: Refused) -> Result<(), Declined> {
    let project = site.project;
    let client = match site.flow.kind {
        FlowKind::Request(client) => client,
        FlowKind::Library(_) | FlowKind::Evidence => None,
    };
    let refusals: Vec<&str> = match refused {
        Refused::ByClient => {
            client.iter().flat_map(|it| &it.refusals).map(String::as_str).chain(OF_CLIENTS.iter().copied()).collect()
        }
        Refused::ByMissingField => MISSING_FIELD.to_vec(),
        Refused::Checked => return Ok(()),
    };
    let facts = project.facts(place.file);
    let filters: Vec<Span> = facts.handlers.iter().filter_map(|it| it.filter).map(|it| facts.values[it].span).collect();
    for name in refusals {
        for expr in project.spelled(name).iter().filter(|it| it.file == place.file) {
            let span = project.node(*expr).span;
            let given = project.parent(*expr).filter(|it| !project.is_callee(*it, *expr));
            let given = given.is_some_and(|it| matches!(project.value(it), Value::Call { .. } | Value::List(_)));
            if given && !filters.iter().any(|it| it.contains(span)) {
                return Err(Declined::because(format!("{name} is waited for by more than a handler")));
            }
        }
    }
    Ok(())
}
