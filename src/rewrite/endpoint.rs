//! The address: the exchange's path becomes the token endpoint's, wherever it is written.

use crate::facts::{EntryKey, FileFacts, StoreKey, Value, ValueId};
use crate::flow::UrlCertainty;
use crate::link::{Expr, Project, TextPart};
use crate::text::{FileId, Location, Span};

use super::change::{Change, Declined};
use super::site::Site;

/// The path of the token endpoint in place of the exchange's, in the text of a literal.
pub(super) fn renewed(site: &Site<'_>, literal: &str) -> Option<String> {
    let endpoints = &site.project.knowledge().endpoints;
    let Some(found) = endpoints.exchange_path.find(literal) else { return renewed_part(site, literal) };
    let mut res = literal.to_owned();
    res.replace_range(found.range(), &endpoints.token_path);
    Some(res)
}

/// A part of the path in a literal of its own: both paths have the same number of segments, unless a version is between.
fn renewed_part(site: &Site<'_>, literal: &str) -> Option<String> {
    let endpoints = &site.project.knowledge().endpoints;
    let kept: Vec<&str> = endpoints.token_path.split('/').collect();
    let mut known = false;
    let mut res: Vec<&str> = Vec::new();
    for segment in literal.split('/') {
        let versioned =
            segment.strip_prefix('v').is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
        if versioned {
            return None;
        }
        let renewed = endpoints.token_segments.iter().find(|(old, _)| old == segment);
        known |= renewed.is_some() || kept.contains(&segment);
        res.push(renewed.map_or(segment, |(_, new)| new));
    }
    known.then(|| res.join("/"))
}

/// Edits the literals that hold the path.
pub(super) fn edit(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    edit_besides(site, change, None)
}

/// As [`edit`], but for what stands in a place that is written anew.
fn edit_besides(site: &Site<'_>, change: &mut Change, own: Option<(FileId, Span)>) -> Result<(), Declined> {
    if site.flow.url_certainty == UrlCertainty::Overridable {
        change.unproved = true;
        let path = &site.project.knowledge().endpoints.token_path;
        change.note(format!("the address can also be given from outside; put /{path} there too"));
    }
    if site.flow.url_certainty == UrlCertainty::Sometimes {
        change.unproved = true;
        change.note("the request may go to other addresses too; look whether they want what it sends now");
    }
    for place in &site.flow.endpoint {
        let inside = own.is_some_and(|(file, span)| file == place.file && span.contains(place.span));
        if inside || change.removes_span(*place) {
            continue;
        }
        let text = renewed(site, site.text_at(*place))
            .ok_or_else(|| Declined::because("the address is put together from several pieces of text"))?;
        if is_shared(site, *place) {
            change.unproved = true;
            change
                .note("the address is a constant that other code reads too; look whether that code wants the new one");
        }
        change.reword(*place, text)?;
    }
    Ok(())
}

/// Whether the name that holds an address is read by anything but this request.
fn is_shared(site: &Site<'_>, place: Location) -> bool {
    let project = site.project;
    let request = site.flow.request;
    let function = project.function(request);
    let holds = |value: ValueId| {
        let node = &project.facts(place.file).values[value];
        node.span.contains(place.span) && matches!(node.value, Value::Text(_))
    };
    names_of(project.facts(place.file), &holds).iter().flat_map(|name| project.spelled(name)).any(|expr| {
        let own = expr.file == request.file && project.function(*expr) == function;
        let target = project.stores(expr.file).iter().any(|it| it.target == expr.id);
        let reads = || {
            let parts = project.texts(*expr).into_iter().flat_map(|it| it.parts);
            parts.into_iter().any(|part| matches!(part, TextPart::Known { at: Some(at), .. } if at == place))
        };
        !own && !target && !is_parameter_default(project, *expr) && reads()
    })
}

/// The names under which a value is kept: of bindings, of fields it is stored in, of record entries.
fn names_of(facts: &FileFacts, holds: &dyn Fn(ValueId) -> bool) -> Vec<String> {
    let bound = facts.bindings.iter().map(|(_, it)| it);
    let bound =
        bound.filter(|it| it.definitions.iter().any(|it| it.value.is_some_and(holds))).map(|it| it.name.clone());
    let stored = facts.stores.iter().filter(|it| holds(it.value)).filter_map(|it| match &it.key {
        StoreKey::Known(key) => Some(key.clone()),
        StoreKey::Computed(_) => None,
    });
    let entries = facts.values.iter().flat_map(|(_, it)| match &it.value {
        Value::Record(entries) => entries.as_slice(),
        _ => &[],
    });
    let entries = entries.filter(|it| holds(it.value)).filter_map(|it| match &it.key {
        EntryKey::Known { name, .. } => Some(name.clone()),
        _ => None,
    });
    bound.chain(stored).chain(entries).collect()
}

/// Whether an expression is the default of a parameter, which is how the request itself may get the address.
fn is_parameter_default(project: &Project, expr: Expr) -> bool {
    let facts = project.facts(expr.file);
    facts.functions.iter().any(|(_, it)| it.parameters.iter().any(|it| it.default == Some(expr.id)))
}

/// The source of the new URL, to be used at the request. What stands elsewhere is edited there.
pub(super) fn url_source(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    let url = site.flow.url.ok_or_else(|| Declined::because("the address of the request was not found"))?;
    let span = site.project.node(url).span;
    let inside = |it: &&Location| it.file == url.file && span.contains(it.span);
    let own: Vec<&Location> = site.flow.endpoint.iter().filter(inside).collect();
    match own.as_slice() {
        [] => {
            let source = site.portable(url)?;
            change.kept.push(url);
            edit(site, change)?;
            Ok(source)
        }
        [place] if site.project.knowledge().endpoints.exchange_path.is_match(site.text_at(**place)) => {
            inline_source(site, change, url, **place)
        }
        places => {
            site.portable(url)?;
            change.kept.push(url);
            let file = site.project.file(url.file);
            let mut source = span.of(file.text()).to_owned();
            for place in places.iter().rev() {
                let text = renewed(site, site.text_at(**place))
                    .ok_or_else(|| Declined::because("the address is put together from several pieces of text"))?;
                source.replace_range(place.span.start - span.start..place.span.end - span.start, &text);
            }
            // What of the path stands elsewhere is edited there.
            edit_besides(site, change, Some((url.file, span)))?;
            Ok(source)
        }
    }
}

/// The source of a URL expression that holds the path itself, cut where a query string begins.
fn inline_source(site: &Site<'_>, change: &mut Change, url: Expr, place: Location) -> Result<String, Declined> {
    let span = site.project.node(url).span;
    let endpoints = &site.project.knowledge().endpoints;
    let literal = site.text_at(place);
    let broken = || Declined::because("the address is put together from several pieces of text");
    let found = endpoints.exchange_path.find(literal).ok_or_else(broken)?;
    let head = Span::new(span.start, place.span.start + found.start()).of(site.project.file(url.file).text());
    let rest = literal.get(found.end()..).unwrap_or_default();
    if !rest.starts_with('?') {
        site.portable(url)?;
        change.kept.push(url);
        let tail = Span::new(place.span.start + found.end(), span.end).of(site.project.file(url.file).text());
        return Ok(format!("{head}{}{tail}", endpoints.token_path));
    }
    // Everything from the question mark on was parameters; the literal that holds it is closed there.
    let holder = holder(site, url, place).ok_or_else(broken)?;
    let node = site.project.node(holder);
    let quote = site.project.source(holder).chars().last().unwrap_or(site.style.quote);
    for id in node.value.children() {
        let child = Expr { file: holder.file, id };
        if site.project.node(child).span.end <= place.span.start {
            site.portable(child)?;
            change.kept.push(child);
        }
    }
    if holder != url {
        keep_before(site, change, url, place)?;
    }
    Ok(format!("{head}{}{quote}", endpoints.token_path))
}

/// The text expression that holds a literal piece.
fn holder(site: &Site<'_>, url: Expr, place: Location) -> Option<Expr> {
    let inside = site.project.exprs(url.file).filter(|expr| {
        matches!(site.project.value(*expr), Value::Text(_)) && site.project.node(*expr).span.contains(place.span)
    });
    inside.min_by_key(|expr| site.project.node(*expr).span.end - site.project.node(*expr).span.start)
}

/// Keeps the operands of a concatenation that stand before the path.
fn keep_before(site: &Site<'_>, change: &mut Change, url: Expr, place: Location) -> Result<(), Declined> {
    for id in site.project.value(url).children() {
        let child = Expr { file: url.file, id };
        let span = site.project.node(child).span;
        if span.end <= place.span.start {
            site.portable(child)?;
            change.kept.push(child);
        } else if span.contains(place.span) {
            return keep_before(site, change, child, place);
        }
    }
    Ok(())
}
