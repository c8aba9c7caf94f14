//! Rust: the request becomes one of the `oauth2` crate, with the secret in the body and the scope as one text with commas
//! in it, which gives the request that Adobe documents (measured, see `fixtures/targets/rust`).

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::flow::FlowKind;
use crate::link::Expr;
use crate::text::Span;

use super::super::change::{Change, Declined, Need, at};
use super::super::endpoint;
use super::super::outcome::Rung;
use super::super::rust::{Crate, span};
use super::super::scope_source;
use super::super::site::Site;
use super::super::style::indentation_at;
use super::rust_client::{HttpClient, client};
use super::rust_exchange::{Exchange, variable};
use super::rust_failure::failure;
use super::rust_reply::{Reads, Reply};
use super::{Pattern, by_library};

/// The pattern.
pub(super) struct OAuth2;

/// What the new code needs.
const PACKAGE: &str = "oauth2";

impl Pattern for OAuth2 {
    fn name(&self) -> &'static str {
        "oauth2"
    }

    fn about(&self) -> &'static str {
        "Rust: the oauth2 crate"
    }

    fn rung(&self) -> Rung {
        Rung::Library
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        if let FlowKind::Library(library) = site.flow.kind {
            return Err(by_library(library));
        }
        let index = Crate::read(site.project);
        let file = site.flow.request.file;
        let source = index.file(file).ok_or_else(|| Declined::because("the file of the request was not read"))?;
        let exchange = Exchange::find(&source.syntax, site.project.node(site.flow.anchor).span)?;
        let reply = Reply::of(site, &index, &exchange)?;
        let http = client(site, &index, &exchange)?;
        let failure = failure(site, change, &index, &exchange, http.error)?;
        let scope = scope_source::scope_source(site, change)?;
        let (id, secret) = (site.needed("client_id")?.value, site.needed("client_secret")?.value);
        let (id, secret) = (owned(site, change, id)?, owned(site, change, secret)?);
        let url = site.flow.url.ok_or_else(|| Declined::because("the address of the request was not found"))?;
        let url = as_owned(&endpoint::source_of(site, change, url)?);
        let parts = Parts { id, secret, url, address: failure.address, scope, request: failure.request };
        let asked = asked(site, &index, &parts, &http)?;
        write(site, change, &exchange, &reply, &asked)?;
        import(site, change, &index)?;
        change.replaced.push(site.project.location(site.flow.anchor));
        let mut need = Need::from(PACKAGE);
        need.features = http.features.iter().map(|it| (*it).to_owned()).collect();
        need.bare = http.bare;
        change.needs.push((file, need));
        Ok(())
    }
}

/// What the new request is made of, as source.
struct Parts {
    id: String,
    secret: String,
    url: String,
    address: String,
    scope: String,
    request: String,
}

/// A parameter as an owned text.
fn owned(site: &Site<'_>, change: &mut Change, value: Expr) -> Result<String, Declined> {
    let whole = site.project.outermost(value);
    site.portable(whole)?;
    change.kept.push(whole);
    // The tokens of a macro are not told apart, so that a question mark behind a value is none of it.
    let text = site.project.file(whole.file).text();
    let after = text.get(site.project.node(whole).span.end..).unwrap_or_default();
    let asked = if after.starts_with('?') { "?" } else { "" };
    Ok(as_owned(&format!("{}{asked}", site.project.source(whole))))
}

/// The source of an expression of text as one that owns its text.
fn as_owned(source: &str) -> String {
    let mut bare = source.trim();
    while let Some(inner) = bare.strip_prefix('&') {
        bare = inner.trim_start();
    }
    for suffix in [".as_str()", ".as_ref()"] {
        bare = bare.strip_suffix(suffix).map_or(bare, str::trim_end);
    }
    let owns = bare.ends_with('?')
        || bare.starts_with("format!")
        || [".clone()", ".to_owned()", ".to_string()", ".into()"].iter().any(|it| bare.ends_with(it));
    if owns { bare.to_owned() } else { format!("{bare}.to_owned()") }
}

fn tokens(source: &str) -> Result<TokenStream, Declined> {
    source.parse().map_err(|_| Declined::because("a part of the request is no expression by itself"))
}

/// The names of the library that new code uses.
const NAMES: &[&str] = &["AuthType", "ClientId", "ClientSecret", "Scope", "TokenUrl"];

/// The new request, without what holds its result.
fn asked(site: &Site<'_>, index: &Crate, parts: &Parts, http: &HttpClient) -> Result<String, Declined> {
    let path = |name: &str| -> TokenStream {
        let ident = format_ident!("{name}");
        if is_taken(site, index, name) { quote!(oauth2::#ident) } else { quote!(#ident) }
    };
    let (auth, client_id, secret, scope, url) =
        (path("AuthType"), path("ClientId"), path("ClientSecret"), path("Scope"), path("TokenUrl"));
    let (id, given, at) = (tokens(&parts.id)?, tokens(&parts.secret)?, tokens(&parts.url)?);
    let (address, literal, tail, given_http) =
        (tokens(&parts.address)?, tokens(&parts.scope)?, tokens(&parts.request)?, tokens(&http.source)?);
    let sent = if http.is_async { quote!(.request_async(#given_http).await) } else { quote!(.request(#given_http)) };
    let expression = quote! {
        BasicClient::new(#client_id::new(#id))
            .set_client_secret(#secret::new(#given))
            .set_token_uri(#url::new(#at)#address)
            .set_auth_type(#auth::RequestBody)
            .exchange_client_credentials()
            .add_scope(#scope::new(#literal.to_owned()))
            #sent #tail
    };
    printed(expression)
}

/// An expression as it is printed in a `let`, from its first character on, with tabs for steps.
fn printed(expression: TokenStream) -> Result<String, Declined> {
    let wrapped = quote!(async fn asked() { let token = #expression; });
    let file: syn::File =
        syn::parse2(wrapped).map_err(|error| Declined::because(format!("the new request does not parse: {error}")))?;
    let text = prettyplease::unparse(&file);
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let body = lines.iter().take(lines.len().saturating_sub(1));
    let outdented: Vec<String> = body
        .map(|line| {
            let line = line.strip_prefix("    ").unwrap_or(line);
            let inner = line.trim_start_matches(' ');
            format!("{}{inner}", "\t".repeat((line.len() - inner.len()) / 4))
        })
        .collect();
    let statement = outdented.join("\n");
    let inner = statement.strip_prefix("let token = ").and_then(|it| it.strip_suffix(';'));
    let inner = inner.ok_or_else(|| Declined::because("the new request could not be printed"))?;
    Ok(inner.replace("\t.add_scope(", "\t// One scope, since Adobe separates scopes by commas.\n\t.add_scope("))
}

/// Whether a name means something else in the file already.
fn is_taken(site: &Site<'_>, index: &Crate, name: &str) -> bool {
    let file = site.flow.request.file;
    let defined = index.items.iter().any(|it| it.whole.file == file && it.name == name);
    let imported =
        index.file(file).is_some_and(|it| super::super::rust::imports(&it.syntax).contains(&name.to_owned()));
    defined || imported
}

/// Puts the new request where the reply was parsed, and takes away what led there.
fn write(
    site: &Site<'_>,
    change: &mut Change,
    exchange: &Exchange<'_>,
    reply: &Reply,
    asked: &str,
) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let text = site.file().text();
    let statement = exchange.reading().ok_or_else(|| Declined::because("where the reply is parsed is not known"))?;
    let whole = span(statement);
    let base = indentation_at(text, whole.start).to_owned();
    let line = site.file().lines.whole_lines(text, Span::at(whole.start)).start;
    if !Span::new(line, whole.start).of(text).trim().is_empty() {
        return Err(Declined::because("the statement does not begin its line"));
    }
    let new = site.style.laid_out(&base, &format!("let {} = {asked};", reply.name));
    match &reply.reads {
        Reads::Direct(reads) => {
            // The whole declaration gives way to the new one.
            change.replace(at(file, whole), new)?;
            for (place, text) in reads {
                change.replace(at(file, *place), text.clone())?;
            }
        }
        Reads::TakenApart(lines) => {
            let lines: String = lines.iter().map(|it| format!("{}{base}{it}", site.style.newline)).collect();
            change.replace(at(file, whole), new + &lines)?;
        }
        Reads::Made { at: place, text: made } => {
            change.insert_lines(file, line, format!("{base}{new}{}", site.style.newline))?;
            let inner = indentation_at(text, place.start).to_owned();
            change.replace(at(file, *place), site.style.laid_out(&inner, made))?;
        }
    }
    for guard in &exchange.guards {
        remove(site, change, guard.whole)?;
    }
    for passed in exchange.passed.iter().filter(|it| **it != whole) {
        remove(site, change, *passed)?;
    }
    Ok(())
}

fn remove(site: &Site<'_>, change: &mut Change, place: Span) -> Result<(), Declined> {
    let lines = site.file().lines.whole_lines(site.file().text(), place);
    change.delete(at(site.flow.request.file, lines))
}

/// Brings the names of the library into the file, where its `use` items sort them.
fn import(site: &Site<'_>, change: &mut Change, index: &Crate) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let source = index.file(file).ok_or_else(|| Declined::because("the file of the request was not read"))?;
    if source
        .syntax
        .items
        .iter()
        .any(|it| matches!(it, syn::Item::Use(it) if it.to_token_stream().to_string().starts_with("use oauth2")))
    {
        return Ok(());
    }
    let mut names: Vec<String> =
        NAMES.iter().filter(|it| !is_taken(site, index, it)).map(|it| (*it).to_owned()).collect();
    names.push("TokenResponse as _".to_owned());
    names.sort();
    let newline = site.style.newline;
    let lines = format!("use oauth2::basic::BasicClient;{newline}use oauth2::{{{}}};{newline}", names.join(", "));
    let text = site.file().text();
    let uses: Vec<(Span, String)> = source
        .syntax
        .items
        .iter()
        .filter_map(|it| match it {
            syn::Item::Use(item) => Some((span(item), item.tree.to_token_stream().to_string().replace(' ', ""))),
            _ => None,
        })
        .collect();
    let local = |path: &str| ["crate", "super", "self", "std", "core", "alloc"].iter().any(|it| path.starts_with(it));
    let outer: Vec<&(Span, String)> = uses.iter().filter(|it| !local(&it.1)).collect();
    let whole = |place: Span| site.file().lines.whole_lines(text, place);
    let offset = match outer.iter().find(|it| it.1.as_str() > "oauth2") {
        Some((place, _)) => whole(*place).start,
        None => match outer.last().map(|it| it.0).or_else(|| uses.last().map(|it| it.0)) {
            Some(place) => whole(place).end,
            None => source.syntax.items.first().map_or(0, |it| whole(span(it)).start),
        },
    };
    let apart = outer.is_empty() && !uses.is_empty();
    let lines = if apart { format!("{newline}{lines}") } else { lines };
    change.insert_lines(file, offset, lines)
}

/// The variable that a statement binds, if it is one.
pub(super) fn bound(statement: &syn::Stmt) -> Option<String> {
    match statement {
        syn::Stmt::Local(local) => variable(&local.pat),
        _ => None,
    }
}
