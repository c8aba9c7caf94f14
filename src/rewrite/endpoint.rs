//! The address: the exchange's path becomes the token endpoint's, wherever it is written.

use crate::facts::Value;
use crate::flow::UrlCertainty;
use crate::link::Expr;
use crate::text::{Location, Span};

use super::change::{Change, Declined};
use super::site::Site;

/// The path of the token endpoint in place of the exchange's, in the text of a literal.
pub(super) fn renewed(site: &Site<'_>, literal: &str) -> Option<String> {
    let endpoints = &site.project.knowledge().endpoints;
    let found = endpoints.exchange_path.find(literal)?;
    let mut res = literal.to_owned();
    res.replace_range(found.range(), &endpoints.token_path);
    Some(res)
}

/// Edits the literals that hold the path.
pub(super) fn edit(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    if site.flow.url_certainty == UrlCertainty::Overridable {
        change.unproved = true;
        let path = &site.project.knowledge().endpoints.token_path;
        change.note(format!("the address can also be given from outside; put /{path} there too"));
    }
    for place in &site.flow.endpoint {
        if change.removes_span(*place) {
            continue;
        }
        let text = renewed(site, site.text_at(*place))
            .ok_or_else(|| Declined::because("the address is put together from several pieces of text"))?;
        change.reword(*place, text)?;
    }
    Ok(())
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
        [place] => inline_source(site, change, url, **place),
        _ => Err(Declined::because("the address is put together from several pieces of text")),
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
