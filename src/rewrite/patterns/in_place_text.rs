//! In place: bodies that are written as text.

use crate::facts::Value;
use crate::lang::ModuleStyle;
use crate::link::{Expr, Field};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::removal::item_span_in;
use super::super::site::Site;

/// `jwt_token=${jwt}` in a text body.
pub(super) fn text_field(site: &Site<'_>, change: &mut Change, jwt: &Field, scope: &str) -> Result<(), Declined> {
    let file = site.project.file(jwt.at.file);
    let literal = scope.trim_matches(['\'', '"']);
    let is_literal = literal.len() + 2 == scope.len();
    // Scopes are words and commas, which a form may hold as they are.
    let is_joined = file.facts.language.modules == ModuleStyle::Java;
    if !is_literal && !is_joined {
        return Err(Declined::because("the scope would have to be encoded into the text of the body"));
    }
    let grant = &site.project.knowledge().endpoints.grant_type;
    let written = if is_literal { literal.replace(',', "%2C") } else { String::new() };
    let plain = format!("grant_type={grant}&scope={written}");
    let value = site.project.node(jwt.value).span;
    let after = file.text().get(value.end..).unwrap_or_default();
    // In a template the hole's closing brace goes too.
    if after.starts_with('}') {
        return change.replace(at(jwt.at.file, Span::new(jwt.at.span.start, value.end + 1)), plain);
    }
    // In a concatenation the literal is closed where the value followed.
    let operand = std::iter::successors(Some(jwt.value), |it| site.project.parent(*it))
        .find(|it| site.project.parent(*it).is_some_and(|it| is_concatenation(site, it)))
        .ok_or_else(|| Declined::because("how the body names the JWT is not known"))?;
    let operand = site.project.node(operand).span;
    let between = Span::new(jwt.at.span.start, operand.start).of(file.text()).trim_end();
    let quote = between.strip_suffix('+').and_then(|it| it.trim_end().chars().last());
    match quote.filter(|it| matches!(it, '"' | '\'')) {
        Some(quote) => {
            let whole = Span::new(jwt.at.span.start, operand.end);
            let scope = if is_literal { String::new() } else { format!(" + {scope}") };
            change.replace(at(jwt.at.file, whole), format!("{plain}{quote}{scope}"))
        }
        None => Err(Declined::because("the body is put together by concatenation")),
    }
}

fn is_concatenation(site: &Site<'_>, expr: Expr) -> bool {
    matches!(site.project.value(expr), Value::Operation { operator, .. } if operator == "+")
}

/// What stands for a value in a format, where values are taken in order.
const GAPS: &[&str] = &["%s", "{}"];

/// `format("…&jwt_token=%s", id, secret, jwt)`: the grant and the scope are written into the template, and the JWT is no
/// argument any more.
pub(super) fn composed_field(site: &Site<'_>, change: &mut Change, jwt: &Field, scope: &str) -> Result<(), Declined> {
    let unknown = || Declined::because("a call puts the body together as text");
    let project = site.project;
    let literal = scope.trim_matches(['\'', '"']);
    if literal.len() + 2 != scope.len() {
        return Err(Declined::because("the scope would have to be encoded into the text of the body"));
    }
    let value = project.outermost(jwt.value);
    let call = project.parent(value).ok_or_else(unknown)?;
    let Value::Call { arguments, .. } = project.value(call) else { return Err(unknown()) };
    let given = arguments.iter().find(|it| it.value == value.id).ok_or_else(unknown)?;
    let text = project.file(call.file).text();
    let key = format!("{}=", project.knowledge().endpoints.exchange_parameter);
    let literals = arguments
        .iter()
        .map(|it| it.value)
        .filter(|id| matches!(project.value(Expr { file: call.file, id: *id }), Value::Text(_)));
    let mut spans = literals.map(|id| project.node(Expr { file: call.file, id }).span);
    let template_at = spans.find(|it| it.of(text).contains(&key)).ok_or_else(unknown)?;
    let template = template_at.of(text);
    let start = template.find(&key).ok_or_else(unknown)?;
    let rest = template.get(start + key.len()..).unwrap_or_default();
    let gap = GAPS.iter().find(|it| rest.starts_with(**it)).ok_or_else(unknown)?;
    let grant = &project.knowledge().endpoints.grant_type;
    let new = format!("grant_type={grant}&scope={}", literal.replace(',', "%2C"));
    let encoded = if *gap == "%s" { new.replace('%', "%%") } else { new };
    let from = template_at.start + start;
    change.reword(at(call.file, Span::new(from, from + key.len() + gap.len())), encoded)?;
    // The tokens of a macro are not told apart, so that a question mark behind a value is none of it.
    let after = text.get(given.span.end..).unwrap_or_default();
    let tail = after
        .find([',', ')'])
        .filter(|it| after.get(..*it).is_some_and(|it| it.trim_matches(['?', ' ', '\n']).is_empty()));
    let whole = Span::new(
        given.span.start,
        given.span.end + tail.map_or(0, |it| after.get(..it).unwrap_or_default().trim_end().len()),
    );
    change.delete(at(call.file, item_span_in(text, whole)))
}
