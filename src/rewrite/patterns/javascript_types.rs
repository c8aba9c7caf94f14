//! What TypeScript says of the reply: the types that named the old response have to fit the new one.

use crate::facts::{Projection, Value};
use crate::link::{Expr, chain_of, member_key};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::site::Site;

/// Where a program names the type of the reply as it sends the request: `post<T>(…)`, `.json<T>()`, `AxiosResponse<T>`,
/// `expr as T`. What `refused` names tells of a refusal instead.
pub(super) fn named_reply(site: &Site<'_>, refused: &dyn Fn(Expr) -> bool) -> Option<Span> {
    if !site.file().facts.language.typed {
        return None;
    }
    let (project, flow, text) = (site.project, site.flow, site.file().text());
    let chained = chain_of(project, flow.anchor).into_iter().map(|it| it.1);
    let inside = |it: &Expr| project.node(flow.request).span.contains(project.node(*it).span);
    let calls = std::iter::once(flow.anchor).chain(chained).filter(inside);
    let mut named = calls.filter_map(|call| {
        let Value::Call { callee, .. } = project.value(call) else { return None };
        let callee = project.node(Expr { file: call.file, id: *callee }).span;
        argument(text, Span::new(callee.end, project.node(call).span.end))
    });
    let bodies = flow.reply.bodies.iter().filter(|it| !refused(it.expr));
    let cast = || bodies.clone().find_map(|it| cast(site, it.expr));
    let declared = || response_types(site).into_iter().find_map(|it| argument(text, inner(text, it)));
    named.next_back().or_else(cast).or_else(declared)
}

/// The type that the body is said to have: `expr as T`, brackets and waits in and around it included.
fn cast(site: &Site<'_>, body: Expr) -> Option<Span> {
    let (project, text) = (site.project, site.file().text());
    let around = std::iter::successors(Some(body), |it| {
        project.parent(*it).filter(|it| matches!(project.value(*it), Value::Group(_) | Value::Await(_)))
    });
    let span = project.node(body).span;
    let inside = project.exprs(body.file).filter(|it| span.contains(project.node(*it).span));
    let mut groups = inside.chain(around).filter_map(|it| match project.value(it) {
        Value::Group(inner) => Some((it, Expr { file: it.file, id: *inner })),
        _ => None,
    });
    groups.find_map(|(group, inner)| {
        let behind = Span::new(project.node(inner).span.end, project.node(group).span.end);
        let rest = behind.of(text).trim_start().strip_prefix("as ")?.trim_start();
        Some(Span::new(behind.end - rest.len(), behind.end - (rest.len() - rest.trim_end().len())))
    })
}

/// What a program reads of the reply besides what the token endpoint always answers.
pub(super) fn other_reads(site: &Site<'_>) -> Vec<String> {
    let project = site.project;
    let whole = site.flow.reply.bodies.iter().filter(|it| it.rest.is_empty()).flat_map(|it| project.reach(it.expr));
    let mut res: Vec<String> = Vec::new();
    for reach in whole {
        let key = match reach.path.as_slice() {
            [Projection::Key(key)] => Some(key.clone()),
            [] => project.parent(reach.expr).and_then(|it| member_key(project, it)).and_then(|(object, key)| {
                (object == reach.expr && project.file(reach.expr.file).facts.language.typed).then_some(key)
            }),
            _ => None,
        };
        let known = ["access_token", "token_type", "expires_in", "then", "catch", "finally"];
        if let Some(key) = key.filter(|it| !known.contains(&it.as_str()) && !res.contains(it)) {
            res.push(key);
        }
    }
    res
}

/// What stands behind the name of a type.
fn inner(text: &str, declared: Span) -> Span {
    let start = declared.of(text).find('<').map_or(declared.end, |it| declared.start + it);
    Span::new(start, declared.end)
}

/// What stands between the angle brackets that begin a span.
fn argument(text: &str, span: Span) -> Option<Span> {
    let mut depth = 0_i32;
    for (place, sign) in span.of(text).char_indices() {
        match sign {
            '<' => depth += 1,
            // An arrow is no bracket.
            '>' if span.of(text).get(..place).is_some_and(|it| it.ends_with('=')) => {}
            '>' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let inside = Span::new(span.start + place.min(1), span.start + place);
            return (!inside.of(text).trim().is_empty()).then_some(inside);
        }
    }
    None
}

/// Where the names that hold the response say its type.
fn response_types(site: &Site<'_>) -> Vec<Span> {
    let project = site.project;
    let file = site.flow.request.file;
    let facts = project.facts(file);
    let holder = project.outermost(site.flow.request);
    let awaited = project.parent(holder).filter(|it| matches!(project.value(*it), Value::Await(_)));
    let value = awaited.map_or(holder, |it| project.outermost(it));
    let bound = project.file(file).bound_by(value.id).iter();
    let declared = bound.filter_map(|(binding, place)| {
        let definition = facts.bindings[*binding].definitions.get(*place)?;
        Some(facts.values[definition.declared?].span)
    });
    declared.collect()
}

/// Removes the type of names that held the response and hold its body now.
pub(super) fn untype_response(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    let file = site.flow.request.file;
    // A body that came as it is keeps its type.
    if site.flow.reply.bodies.iter().any(|it| it.expr == it.response) {
        return Ok(());
    }
    for declared in response_types(site) {
        let before = Span::new(0, declared.start).of(site.file().text());
        let start = before.trim_end().strip_suffix(':').map_or(declared.start, |it| it.trim_end().len());
        change.delete(at(file, Span::new(start, declared.end)))?;
    }
    Ok(())
}
