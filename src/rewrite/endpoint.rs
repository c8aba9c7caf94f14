//! The address: the exchange's path becomes the token endpoint's, wherever it is written.

use crate::facts::{EntryKey, FileFacts, Piece, StoreKey, Value, ValueId};
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
    res.replace_range(found.range(), endpoints.token_path_for(found.as_str())?);
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
        let text = renewed(site, site.text_at(*place)).ok_or_else(|| not_renewed(site, *place))?;
        if is_shared(site, *place) {
            change.unproved = true;
            change
                .note("the address is a constant that other code reads too; look whether that code wants the new one");
        }
        change.reword(*place, text)?;
    }
    Ok(())
}

/// Why the text of an address does not become another.
fn not_renewed(site: &Site<'_>, place: Location) -> Declined {
    let endpoints = &site.project.knowledge().endpoints;
    match endpoints.exchange_path.find(site.text_at(place)) {
        Some(own) => Declined::because(format!(
            "which address takes client credentials in place of {} is not known; the configuration can say it",
            own.as_str()
        )),
        None => Declined::because("the address is put together from several pieces of text"),
    }
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

/// The source of the new URL, to be used at the request: without a query string, whose parameters go into the body. What
/// stands elsewhere is edited there.
pub(super) fn url_source(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    let url = site.flow.url.ok_or_else(|| Declined::because("the address of the request was not found"))?;
    source_of(site, change, url)
}

/// As [`url_source`], for another expression of the address.
pub(super) fn source_of(site: &Site<'_>, change: &mut Change, url: Expr) -> Result<String, Declined> {
    let whole = site.project.node(url).span;
    let head = match query(site.project, url) {
        None => {
            site.portable(url)?;
            change.kept.push(url);
            Head { span: whole, close: String::new() }
        }
        Some(query) => {
            let head = before(site, url, query)?;
            keep_before(site, change, url, head.span.end)?;
            head
        }
    };
    let mut source = head.span.of(site.project.file(url.file).text()).to_owned();
    let inside = |it: &&Location| it.file == url.file && head.span.contains(Span::at(it.span.start));
    let mut own: Vec<Location> = site.flow.endpoint.iter().filter(inside).copied().collect();
    own.sort();
    for place in own.iter().rev() {
        let (span, text) = renewed_at(site, *place).ok_or_else(|| not_renewed(site, *place))?;
        source.replace_range(span.start - head.span.start..span.end - head.span.start, &text);
    }
    // What of the path stands elsewhere is edited there.
    edit_besides(site, change, Some((url.file, whole)))?;
    Ok(source + &head.close)
}

/// The bytes of a literal that change, with their new text.
fn renewed_at(site: &Site<'_>, place: Location) -> Option<(Span, String)> {
    let literal = site.text_at(place);
    let endpoints = &site.project.knowledge().endpoints;
    match endpoints.exchange_path.find(literal) {
        Some(found) => {
            let start = place.span.start;
            let path = endpoints.token_path_for(found.as_str())?;
            Some((Span::new(start + found.start(), start + found.end()), path.to_owned()))
        }
        None => Some((place.span, renewed_part(site, literal)?)),
    }
}

/// The place of the question mark that begins the query string of a URL, with the text expression that holds it.
fn query(project: &Project, url: Expr) -> Option<(Expr, usize)> {
    let inner = |id: &ValueId| query(project, Expr { file: url.file, id: *id });
    match project.value(url) {
        Value::Text(pieces) => pieces.iter().find_map(|piece| match piece {
            Piece::Literal { span, .. } => {
                let offset = span.of(project.file(url.file).text()).find('?')?;
                Some((url, span.start + offset))
            }
            Piece::Hole(_) => None,
        }),
        Value::Operation { operands, .. } => operands.iter().find_map(inner),
        Value::Group(id) => inner(id),
        _ => None,
    }
}

/// What stays of a URL expression, and what closes a literal that is cut.
struct Head {
    span: Span,
    close: String,
}

/// What of a URL expression stands before its query string.
fn before(site: &Site<'_>, url: Expr, (holder, mark): (Expr, usize)) -> Result<Head, Declined> {
    let project = site.project;
    let text = project.file(url.file).text();
    let start = project.node(url).span.start;
    let Value::Text(pieces) = project.value(holder) else {
        return Err(Declined::because("the address is put together from several pieces of text"));
    };
    let earlier = pieces.iter().filter_map(|piece| match piece {
        Piece::Literal { span, .. } => (span.start < mark).then_some((*span, false)),
        Piece::Hole(id) => {
            let span = project.node(Expr { file: holder.file, id: *id }).span;
            (span.end <= mark).then_some((span, true))
        }
    });
    let earlier: Vec<(Span, bool)> = earlier.collect();
    match earlier.as_slice() {
        // The literal held nothing but the query string.
        [] => {
            let own = project.node(holder).span.start;
            let rest = Span::new(start, own).of(text).trim_end();
            let rest = rest.strip_suffix('+').map(str::trim_end).filter(|it| !it.is_empty());
            let rest = rest.ok_or_else(|| Declined::because("the address of the request was not found"))?;
            Ok(Head { span: Span::new(start, start + rest.len()), close: String::new() })
        }
        [(span, true)] if holder == url => Ok(Head { span: *span, close: String::new() }),
        _ => {
            let quote = project.source(holder).chars().last().unwrap_or(site.style.quote);
            Ok(Head { span: Span::new(start, mark), close: quote.to_string() })
        }
    }
}

/// Keeps what of a URL expression stands before an offset.
fn keep_before(site: &Site<'_>, change: &mut Change, url: Expr, end: usize) -> Result<(), Declined> {
    for id in site.project.value(url).children() {
        let child = Expr { file: url.file, id };
        let span = site.project.node(child).span;
        if span.end <= end {
            site.portable(child)?;
            change.kept.push(child);
        } else if span.start < end {
            keep_before(site, change, child, end)?;
        }
    }
    Ok(())
}
