//! Rust: the HTTP client that sends the new request: the program's own where the `oauth2` crate takes it, else a new one.

use quote::ToTokens;

use crate::flow::{FlowKind, UrlCertainty};
use crate::text::Span;

use super::super::change::Declined;
use super::super::rust::{Crate, ItemKind, span};
use super::super::site::Site;
use super::rust_exchange::{Exchange, Link, expressions};

/// A client for the new request.
pub(super) struct HttpClient {
    /// What is handed to the request.
    pub(super) source: String,
    /// Whether its answer is waited for.
    pub(super) is_async: bool,
    /// The features of the crate that it needs.
    pub(super) features: Vec<&'static str>,
    /// Whether the crate's default features are not wanted, since the program brings the client.
    pub(super) bare: bool,
    /// The type of the error of a request.
    pub(super) error: &'static str,
}

const OWN_REQWEST: &str = "oauth2::basic::BasicRequestTokenError<oauth2::HttpClientError<reqwest::Error>>";
const NEW_REQWEST: &str = "oauth2::basic::BasicRequestTokenError<oauth2::HttpClientError<oauth2::reqwest::Error>>";
const OWN_UREQ: &str = "oauth2::basic::BasicRequestTokenError<oauth2::HttpClientError<ureq::Error>>";

/// The series of each client that version 5 of the crate takes (its `Cargo.toml`).
const SERIES: &[(&str, &str)] = &[("reqwest", "0.12"), ("ureq", "2")];
/// What gives a client settings that a new one would not have.
const SETTINGS: &[&str] = &[
    "proxy",
    "Proxy",
    "add_root_certificate",
    "danger_accept_invalid_certs",
    "identity",
    "middleware",
    "ClientBuilder",
    "AgentBuilder",
];

/// Chooses the client.
pub(super) fn client(site: &Site<'_>, index: &Crate, exchange: &Exchange<'_>) -> Result<HttpClient, Declined> {
    if !matches!(site.flow.url_certainty, UrlCertainty::Always | UrlCertainty::Overridable) {
        return Err(Declined::because("the address is not known to be always the exchange"));
    }
    if let FlowKind::Request(Some(row)) = site.flow.kind
        && row.in_place
    {
        return Err(Declined::because("requests of this HTTP client are changed in place"));
    }
    refuse_settings(site, exchange)?;
    let waits = exchange.chains.iter().flat_map(|it| &it.links).any(|it| matches!(it, Link::Await));
    let is_async = exchange.signature.asyncness.is_some() && waits;
    let anchor = site.project.node(site.flow.anchor).span;
    let statement = exchange.statements.get(exchange.sends);
    let call = statement.and_then(|it| expressions(it).into_iter().rev().find(|it| span(*it) == anchor));
    let library = library(site);
    let taken = SERIES
        .iter()
        .any(|(name, series)| *name == library && version(site, name).is_some_and(|it| is_of(&it, series)));
    let receiver = match call {
        Some(syn::Expr::MethodCall(it)) => Some(&*it.receiver),
        _ => None,
    };
    match (library.as_str(), taken, receiver) {
        ("reqwest", true, Some(receiver)) => Ok(HttpClient {
            source: borrowed(site, index, exchange, receiver),
            is_async,
            features: vec![if is_async { "reqwest" } else { "reqwest-blocking" }],
            bare: true,
            error: OWN_REQWEST,
        }),
        ("ureq", true, receiver) if !is_async => Ok(HttpClient {
            source: receiver.map_or_else(|| "&ureq::agent()".to_owned(), |it| borrowed(site, index, exchange, it)),
            is_async,
            features: vec!["ureq"],
            bare: true,
            error: OWN_UREQ,
        }),
        _ => {
            let made = receiver.is_none_or(|it| matches!(it, syn::Expr::Call(_)));
            if !made && has_settings(index) {
                return Err(Declined::because("the HTTP client object carries settings that must stay"));
            }
            let source =
                if is_async { "&oauth2::reqwest::Client::new()" } else { "&oauth2::reqwest::blocking::Client::new()" };
            let features = if is_async { Vec::new() } else { vec!["reqwest-blocking"] };
            Ok(HttpClient { source: source.to_owned(), is_async, features, bare: false, error: NEW_REQWEST })
        }
    }
}

/// Methods of a request that give it something the new one would not have.
const OF_REQUEST: &[&str] = &["timeout", "basic_auth", "version", "bearer_auth", "proxy", "middleware"];

fn refuse_settings(site: &Site<'_>, exchange: &Exchange<'_>) -> Result<(), Declined> {
    for call in exchange.chains.iter().flat_map(super::rust_exchange::Chain::methods) {
        let name = call.method.to_string();
        if OF_REQUEST.contains(&name.as_str()) {
            return Err(Declined::because("the request carries settings that must stay"));
        }
        if matches!(name.as_str(), "header" | "set") {
            let header = call.args.first().map(|it| span(it).of(site.file().text()).to_lowercase()).unwrap_or_default();
            if !["content-type", "content_type", "cache-control", "cache_control", "accept"]
                .iter()
                .any(|it| header.contains(it))
            {
                return Err(Declined::because(format!("the request carries the header {header}")));
            }
        }
    }
    Ok(())
}

fn has_settings(index: &Crate) -> bool {
    index.files.iter().flat_map(|it| &it.mentions).any(|it| SETTINGS.contains(&it.name.as_str()))
}

/// The crate that the request is sent with.
fn library(site: &Site<'_>) -> String {
    if let FlowKind::Request(Some(row)) = site.flow.kind {
        let name: String = row.call.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        return name;
    }
    let listed = SERIES.iter().find(|it| version(site, it.0).is_some());
    listed.map(|it| it.0.to_owned()).unwrap_or_default()
}

/// The version that the manifests of a file ask for.
fn version(site: &Site<'_>, name: &str) -> Option<String> {
    let manifests = site.project.manifests().iter().filter(|it| it.path().file_name() == Some("Cargo.toml"));
    let own = site.project.manifests_of(site.file().path(), "rust");
    let all = own.into_iter().chain(manifests);
    let entries = all.flat_map(|it| it.manifest.dependencies.iter().map(move |dependency| (it, dependency)));
    entries.filter(|it| it.1.name == name).find_map(|(file, entry)| {
        let text = entry.span.of(&file.source.text);
        let quoted = text.split('"').skip(1).step_by(2);
        quoted
            .map(|it| it.trim_start_matches(['^', '=', '~', '>', ' ']))
            .find(|it| it.starts_with(|it: char| it.is_ascii_digit()))
            .map(str::to_owned)
    })
}

fn is_of(version: &str, series: &str) -> bool {
    version == series || version.strip_prefix(series).is_some_and(|rest| rest.starts_with('.'))
}

/// The program's own client as a reference.
fn borrowed(site: &Site<'_>, index: &Crate, exchange: &Exchange<'_>, receiver: &syn::Expr) -> String {
    let text = site.file().text();
    let source = span(receiver).of(text).split_whitespace().collect::<String>();
    match receiver {
        syn::Expr::Reference(_) => source,
        syn::Expr::Path(path) => {
            let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
            let input = exchange.signature.inputs.iter().find_map(|it| match it {
                syn::FnArg::Typed(it) if super::rust_exchange::variable(&it.pat).as_deref() == Some(name.as_str()) => {
                    Some(&*it.ty)
                }
                _ => None,
            });
            if matches!(input, Some(syn::Type::Reference(_))) {
                return source;
            }
            let static_type = index.items.iter().find(|it| it.kind == ItemKind::Constant && it.name == name);
            let declared = static_type.map(|it| it.whole.span.of(site.project.file(it.whole.file).text()));
            let lazy = declared.map_or_else(
                || name.starts_with(char::is_uppercase),
                |it| it.split('=').next().is_some_and(|it| it.contains("Lazy")),
            );
            if lazy { format!("&*{source}") } else { format!("&{source}") }
        }
        syn::Expr::Field(field) => {
            let name = field.member.to_token_stream().to_string();
            let held = index.items.iter().filter(|it| matches!(it.kind, ItemKind::Field { .. }) && it.name == name);
            let mut types = held.map(|it| {
                let text = site.project.file(it.whole.file).text();
                Span::new(it.name_at.end, it.whole.span.end).of(text).trim_start_matches([':', ' ']).starts_with('&')
            });
            let reference = types.next().unwrap_or(false);
            if reference { source } else { format!("&{source}") }
        }
        _ => format!("&{source}"),
    }
}
