//! Rust: what read the old reply reads the new one. The lifetime stays in milliseconds where code goes on to take it so.

use quote::ToTokens;

use crate::text::Span;

use super::super::change::Declined;
use super::super::rust::{Crate, ItemKind, span, type_name};
use super::super::site::Site;
use super::rust_exchange::{Exchange, expressions, variable};

/// The new reply in the terms of the code that reads it.
pub(super) struct Reply {
    /// The variable that holds the new reply.
    pub(super) name: String,
    /// What becomes of the reads.
    pub(super) reads: Reads,
}

/// What becomes of the reads of a reply.
pub(super) enum Reads {
    /// The reads of fields are written anew, and what was declared for them goes.
    Direct(Vec<(Span, String)>),
    /// The names that a pattern took out of the reply are declared one by one.
    TakenApart(Vec<String>),
    /// The parsed object is made of the new reply, in the place where it was parsed.
    Made {
        /// The place.
        at: Span,
        /// The object, with tabs for steps.
        text: String,
    },
}

/// A field of the struct that the reply was parsed into.
struct Field {
    name: String,
    key: String,
    kind: String,
}

impl Reply {
    /// Works out what becomes of the reads.
    ///
    /// # Errors
    /// When the parsed reply is of a type whose values cannot be made of the new one.
    pub(super) fn of(site: &Site<'_>, index: &Crate, exchange: &Exchange<'_>) -> Result<Self, Declined> {
        let statement = exchange.reading().ok_or_else(whole)?;
        let parsed = parsed_type(exchange, statement);
        let fields = parsed.as_ref().and_then(|it| struct_fields(site, index, &type_name(it)));
        if let (syn::Stmt::Local(local), Some(fields)) = (statement, &fields)
            && let Some(init) = local.init.as_ref().filter(|it| span(&*it.expr) == span(exchange.body.top))
            && init.diverge.is_none()
            && let Some(name) = variable(&local.pat)
            && let Some(reads) = direct(site, index, exchange, &name, fields)
        {
            return Ok(Self { name, reads: Reads::Direct(reads) });
        }
        let name = free_name(site, index, exchange);
        if let Some((at, text)) = fields.as_ref().and_then(|fields| only_field(exchange, statement, &name, fields)) {
            return Ok(Self { name, reads: Reads::Made { at, text } });
        }
        if let Some(lines) = fields.as_ref().and_then(|fields| taken_apart(exchange, statement, &name, fields)) {
            return Ok(Self { name, reads: Reads::TakenApart(lines) });
        }
        let text = match (&parsed, fields) {
            (Some(of), Some(fields)) => literal(of, &fields, &name)?,
            (Some(of), None) if type_name(of) == "Value" => json(index, site, &name),
            (None, None) if indexed(site, exchange, statement) => json(index, site, &name),
            _ => return Err(whole()),
        };
        let result = !exchange.body.ends_in_try() && !panics(exchange);
        let text = if result { format!("Ok({text})") } else { text };
        Ok(Self { name, reads: Reads::Made { at: span(exchange.body.top), text } })
    }
}

fn whole() -> Declined {
    Declined::because("the reply is used as a whole, and nothing known makes the same object")
}

fn panics(exchange: &Exchange<'_>) -> bool {
    exchange
        .body
        .methods()
        .last()
        .is_some_and(|it| matches!(it.method.to_string().as_str(), "unwrap" | "expect" | "unwrap_or_default"))
}

/// Whether what is parsed is read by keys: `reply["access_token"]`.
fn indexed(site: &Site<'_>, exchange: &Exchange<'_>, statement: &syn::Stmt) -> bool {
    let Some(name) = super::rust_oauth2::bound(statement) else { return false };
    let text = site.file().text();
    let end = exchange.statements.last().map_or(0, |it| span(it).end);
    let rest = Span::new(span(statement).end, end).of(text);
    rest.contains(&format!("{name}[\"access_token\"]"))
}

/// The type that the reply is parsed into, as far as the code says it.
fn parsed_type(exchange: &Exchange<'_>, statement: &syn::Stmt) -> Option<syn::Type> {
    let turbofish = exchange.body.decoder().and_then(|it| it.turbofish.as_ref());
    if let Some(syn::GenericArgument::Type(it)) = turbofish.and_then(|it| it.args.first()) {
        return Some(it.clone());
    }
    let returned = || match &exchange.signature.output {
        syn::ReturnType::Type(_, it) => first_argument(it),
        syn::ReturnType::Default => None,
    };
    match statement {
        syn::Stmt::Local(local) => match &local.pat {
            syn::Pat::Type(it) if !matches!(&*it.ty, syn::Type::Infer(_)) => Some((*it.ty).clone()),
            syn::Pat::Struct(it) => syn::parse2(it.path.to_token_stream()).ok(),
            _ => {
                // `let token = …; Ok(token)`
                let name = variable(&local.pat)?;
                let last = exchange.statements.last()?.to_token_stream().to_string().replace(' ', "");
                (last == format!("Ok({name})")).then(returned).flatten()
            }
        },
        // `Ok(….json()?)`, or the result itself, at the end.
        syn::Stmt::Expr(syn::Expr::Return(_), _) | syn::Stmt::Expr(_, None) => {
            let own = span(exchange.body.top);
            let all = expressions(statement);
            let around = all.into_iter().rev().find(|it| span(*it).contains(own) && span(*it) != own);
            let tail = match around {
                None => true,
                Some(syn::Expr::Return(_)) => true,
                Some(syn::Expr::Call(call)) => call.func.to_token_stream().to_string() == "Ok",
                Some(_) => false,
            };
            tail.then(returned).flatten()
        }
        _ => None,
    }
}

/// The first type that a type is given: `T` of `Result<T, E>`.
fn first_argument(of: &syn::Type) -> Option<syn::Type> {
    let syn::Type::Path(path) = of else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|it| match it {
        syn::GenericArgument::Type(it) => Some(it.clone()),
        _ => None,
    })
}

/// The fields of a struct of the crate.
fn struct_fields(site: &Site<'_>, index: &Crate, name: &str) -> Option<Vec<Field>> {
    let known = index.items.iter().any(|it| it.name == name && it.kind == ItemKind::Type);
    let fields: Vec<Field> = index
        .items
        .iter()
        .filter(|it| matches!(&it.kind, ItemKind::Field { of } if of == name))
        .map(|it| {
            let text = site.project.file(it.whole.file).text();
            let before = Span::new(it.whole.span.start, it.name_at.start).of(text);
            let renamed = before.split_once("rename").and_then(|it| it.1.split('"').nth(1));
            let kind = Span::new(it.name_at.end, it.whole.span.end).of(text).trim_start_matches([':', ' ']).trim();
            Field { name: it.name.clone(), key: renamed.unwrap_or(&it.name).to_owned(), kind: kind.to_owned() }
        })
        .collect();
    (known && !fields.is_empty()).then_some(fields)
}

fn milliseconds(name: &str, kind: &str) -> String {
    format!("{name}.expires_in().unwrap_or_default().as_millis() as {kind}")
}

/// The value of a field of the old reply.
fn value(field: &Field, name: &str) -> Option<String> {
    let (kind, optional) = match field.kind.strip_prefix("Option<").and_then(|it| it.strip_suffix('>')) {
        Some(inner) => (inner, true),
        None => (field.kind.as_str(), false),
    };
    let number = ["u64", "i64", "u32", "i32", "usize", "isize", "u128", "i128", "f64"].contains(&kind);
    let made = match field.key.as_str() {
        "access_token" if kind == "String" => format!("{name}.access_token().secret().clone()"),
        "token_type" if kind == "String" => "\"bearer\".to_owned()".to_owned(),
        "expires_in" if number => milliseconds(name, kind),
        _ if optional => return Some("None".to_owned()),
        _ => return None,
    };
    Some(if optional { format!("Some({made})") } else { made })
}

/// `….json::<Reply>()?.access_token`: the field alone.
fn only_field(exchange: &Exchange<'_>, statement: &syn::Stmt, name: &str, fields: &[Field]) -> Option<(Span, String)> {
    let own = span(exchange.body.top);
    let taken = expressions(statement).into_iter().find_map(|it| match it {
        syn::Expr::Field(field) if span(&*field.base) == own => Some(field),
        _ => None,
    })?;
    let member = taken.member.to_token_stream().to_string();
    let field = fields.iter().find(|it| it.name == member)?;
    Some((span(taken), value(field, name)?))
}

/// `let Reply { access_token, .. } = …`: declarations of the names.
fn taken_apart(exchange: &Exchange<'_>, statement: &syn::Stmt, name: &str, fields: &[Field]) -> Option<Vec<String>> {
    let syn::Stmt::Local(local) = statement else { return None };
    let syn::Pat::Struct(pattern) = &local.pat else { return None };
    local.init.as_ref().filter(|it| it.diverge.is_none() && span(&*it.expr) == span(exchange.body.top))?;
    let lines = pattern.fields.iter().map(|it| {
        let field = fields.iter().find(|field| it.member.to_token_stream().to_string() == field.name)?;
        let (bound, value) = (variable(&it.pat)?, value(field, name)?);
        Some(format!("let {bound} = {value};"))
    });
    lines.collect()
}

/// A literal of the struct.
fn literal(of: &syn::Type, fields: &[Field], name: &str) -> Result<String, Declined> {
    let mut path = of.to_token_stream().to_string().replace(' ', "");
    path.truncate(path.find('<').unwrap_or(path.len()));
    let mut res = format!("{path} {{\n");
    for field in fields {
        let value = value(field, name).ok_or_else(whole)?;
        res.push_str(&format!("\t{}: {value},\n", field.name));
    }
    res.push('}');
    Ok(res)
}

/// The object as JSON.
fn json(index: &Crate, site: &Site<'_>, name: &str) -> String {
    let file = index.file(site.flow.request.file);
    let imported =
        file.is_some_and(|it| super::super::rust::imported_from(&it.syntax, "serde_json").contains(&"json".to_owned()));
    let path = if imported { "json!" } else { "serde_json::json!" };
    let lifetime = milliseconds(name, "u64");
    format!("{path}({{\n\t\"access_token\": {name}.access_token().secret(),\n\t\"expires_in\": {lifetime},\n}})")
}

/// A name that nothing in the function has.
fn free_name(site: &Site<'_>, index: &Crate, exchange: &Exchange<'_>) -> String {
    let start = span(exchange.signature).start;
    let end = exchange.statements.last().map_or(start, |it| span(it).end);
    let own = index.file(site.flow.request.file).map(|it| it.mentions.as_slice()).unwrap_or_default();
    let taken =
        |name: &str| own.iter().any(|it| !it.member && it.name == name && Span::new(start, end).contains(it.at));
    let names = ["token", "granted", "ims_token", "new_token"];
    names.into_iter().find(|it| !taken(it)).unwrap_or("granted_token").to_owned()
}

/// The reads of a variable, where each only takes a field that the new reply has too.
fn direct(
    site: &Site<'_>,
    index: &Crate,
    exchange: &Exchange<'_>,
    name: &str,
    fields: &[Field],
) -> Option<Vec<(Span, String)>> {
    let text = site.file().text();
    let file = index.file(site.flow.request.file)?;
    let start = span(exchange.reading()?).end;
    let region = Span::new(start, exchange.statements.last().map_or(start, |it| span(it).end));
    let mut res = Vec::new();
    let own: Vec<_> = file.mentions.iter().filter(|it| region.contains(it.at)).collect();
    for mention in own.iter().filter(|it| it.name == name && !it.member && !it.pathed) {
        if mention.quoted {
            return None;
        }
        let taken = own.iter().find(|it| {
            it.member && it.at.start > mention.at.start && Span::new(mention.at.end, it.at.start).of(text).trim() == "."
        })?;
        let field = fields.iter().find(|it| it.name == taken.name)?;
        res.push(renewed(exchange, Span::new(mention.at.start, taken.at.end), name, field, text)?);
    }
    (!res.is_empty()).then_some(res)
}

/// What takes the place of one read.
fn renewed(exchange: &Exchange<'_>, read: Span, name: &str, field: &Field, text: &str) -> Option<(Span, String)> {
    let all: Vec<&syn::Expr> = exchange.statements.iter().flat_map(expressions).collect();
    let own = all.iter().rev().copied().find(|it| span(*it) == read);
    let parent = own.and_then(|own| {
        let around =
            all.iter().copied().filter(|it| span(*it).contains(read) && !std::ptr::eq(*it, own) && span(*it) != read);
        around.min_by_key(|it| span(*it).end - span(*it).start)
    });
    let after = text.get(read.end..).unwrap_or_default();
    match field.key.as_str() {
        "access_token" => {
            let secret = format!("{name}.access_token().secret()");
            Some(match parent {
                Some(syn::Expr::Reference(it)) => (span(it), secret),
                Some(syn::Expr::MethodCall(_)) | None if after.starts_with('.') || own.is_none() => (read, secret),
                _ => (read, format!("{secret}.clone()")),
            })
        }
        "token_type" => Some((read, "\"bearer\".to_owned()".to_owned())),
        "expires_in" => lifetime(read, name, field, (parent, &all)),
        _ => None,
    }
}

/// The call of a function of this name that takes nothing but an expression.
fn taker(around: &[&syn::Expr], argument: Span, name: &str) -> Option<Span> {
    around.iter().find_map(|it| match it {
        syn::Expr::Call(call) => {
            let path = call.func.to_token_stream().to_string().replace(' ', "");
            let only = call.args.len() == 1 && call.args.first().is_some_and(|it| span(it) == argument);
            (only && path.rsplit("::").next() == Some(name)).then(|| span(call))
        }
        _ => None,
    })
}

fn lifetime(
    read: Span,
    name: &str,
    field: &Field,
    (parent, around): (Option<&syn::Expr>, &[&syn::Expr]),
) -> Option<(Span, String)> {
    let kind = field.kind.as_str();
    let duration = format!("{name}.expires_in().unwrap_or_default()");
    let text = |expr: &syn::Expr| expr.to_token_stream().to_string().replace([' ', '_'], "");
    match parent {
        Some(syn::Expr::Binary(it))
            if matches!(it.op, syn::BinOp::Div(_)) && span(&*it.left) == read && text(&it.right) == "1000" =>
        {
            if let Some(call) = taker(around, span(it), "from_secs") {
                return Some((call, duration));
            }
            let cast = if kind == "u64" { String::new() } else { format!(" as {kind}") };
            Some((span(it), format!("{duration}.as_secs(){cast}")))
        }
        Some(syn::Expr::Call(call)) => {
            let path = call.func.to_token_stream().to_string().replace(' ', "");
            match path.rsplit("::").next() {
                Some("from_millis") => Some((span(call), duration)),
                Some("milliseconds") => {
                    let seconds = path.replace("milliseconds", "seconds");
                    Some((span(call), format!("{seconds}({duration}.as_secs() as i64)")))
                }
                _ => Some((read, milliseconds(name, kind))),
            }
        }
        Some(syn::Expr::MethodCall(it)) if span(&*it.receiver) == read => {
            Some((read, format!("({})", milliseconds(name, kind))))
        }
        Some(syn::Expr::Binary(_)) | None => Some((read, format!("({})", milliseconds(name, kind)))),
        Some(_) => Some((read, milliseconds(name, kind))),
    }
}
