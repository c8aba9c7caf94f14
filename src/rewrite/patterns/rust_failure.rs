//! Rust: what becomes of a refused or failed token request, in the terms of the function that asks for it.

use quote::ToTokens;

use crate::text::{Location, Span};

use super::super::change::{Change, Declined, at};
use super::super::rust::{Crate, ItemKind, span, type_name};
use super::super::site::Site;
use super::rust_exchange::{Exchange, Link};

/// What is written behind the new request.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    /// Behind the request: `?`, `.map_err(…)?`.
    pub(super) request: String,
    /// Behind what makes the address.
    pub(super) address: String,
}

/// What the error of a function is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ErrorKind {
    /// A box, which any error and any text becomes by itself.
    Boxed,
    /// A type of a library that any error becomes by itself, with the macro that makes one of a text.
    Any(&'static str),
    /// A text.
    Text,
    /// An enum of the crate.
    Enum(String),
}

/// The libraries whose error any other becomes, most telling first, with the macro that makes one of a text.
const MAKERS: &[(&str, &str)] =
    &[("anyhow", "anyhow::anyhow!"), ("color_eyre", "color_eyre::eyre::eyre!"), ("eyre", "eyre::eyre!")];

const VALID: &str = ".expect(\"the address of the token endpoint is valid\")";

/// What is written behind the new request. `error` is the type of its error.
pub(super) fn failure(
    site: &Site<'_>,
    change: &mut Change,
    index: &Crate,
    exchange: &Exchange<'_>,
    error: &str,
) -> Result<Failure, Declined> {
    let adapters = adapters(exchange);
    if let Some(panics) = adapters.iter().find(|it| matches!(it.method.to_string().as_str(), "expect" | "unwrap")) {
        let text = source(site, panics);
        return Ok(Failure { request: text.clone(), address: text });
    }
    let kind = error_kind(site, index, exchange)?;
    let message = guard_message(exchange)?;
    match kind {
        ErrorKind::Boxed | ErrorKind::Any(_) => {
            let context = adapters.iter().find(|it| it.method != "map_err").map(|it| source(site, it));
            let mapped = adapters.iter().find(|it| it.method == "map_err" && is_plain(it)).map(|it| source(site, it));
            let made = if let ErrorKind::Any(made) = kind { made } else { "format!" };
            let told = message.map(|it| format!(".map_err(|error| {made}(\"{it}{{error}}\"))"));
            let adapter = context.or(mapped).or(told).unwrap_or_default();
            Ok(Failure { request: format!("{adapter}?"), address: "?".to_owned() })
        }
        ErrorKind::Text => {
            let mapped = adapters.iter().find(|it| it.method == "map_err" && is_plain(it)).map(|it| source(site, it));
            let told = message.map(|it| format!(".map_err(|error| format!(\"{it}{{error}}\"))"));
            let adapter = told.or(mapped).unwrap_or_else(|| ".map_err(|error| error.to_string())".to_owned());
            Ok(Failure { request: format!("{adapter}?"), address: ".map_err(|error| error.to_string())?".to_owned() })
        }
        ErrorKind::Enum(name) => {
            if !exchange.guards.is_empty() {
                return Err(Declined::because("what the code makes of a refusal is more than to turn away"));
            }
            let adapter = in_enum(site, change, index, exchange, (&name, error))?;
            Ok(Failure { request: format!("{adapter}?"), address: VALID.to_owned() })
        }
    }
}

/// The methods of the old chains that say what becomes of an error.
fn adapters<'a>(exchange: &Exchange<'a>) -> Vec<&'a syn::ExprMethodCall> {
    const NAMES: &[&str] = &["map_err", "context", "with_context", "wrap_err", "wrap_err_with", "expect", "unwrap"];
    let links = exchange.chains.iter().chain([&exchange.body]).flat_map(|it| &it.links);
    let methods = links.filter_map(|it| match it {
        Link::Method(call) if NAMES.contains(&call.method.to_string().as_str()) => Some(*call),
        _ => None,
    });
    methods.collect()
}

/// Whether a conversion of an error only writes the error down, whichever it is.
fn is_plain(call: &syn::ExprMethodCall) -> bool {
    let Some(syn::Expr::Closure(closure)) = call.args.first() else { return false };
    let tokens = closure.body.to_token_stream().to_string();
    let typed = closure.inputs.iter().any(|it| matches!(it, syn::Pat::Type(_)));
    !typed && !tokens.contains("match") && !tokens.contains("status") && !tokens.contains("return")
}

/// The source of `.method(arguments)`.
fn source(site: &Site<'_>, call: &syn::ExprMethodCall) -> String {
    let start = span(&call.dot_token).start;
    let text = Span::new(start, span(call).end).of(site.file().text());
    text.to_owned()
}

/// What a check said of a refusal before the first thing that it took of the reply; none where there is no check.
fn guard_message(exchange: &Exchange<'_>) -> Result<Option<String>, Declined> {
    let Some(guard) = exchange.guards.first() else { return Ok(None) };
    let more = || Declined::because("what the code makes of a refusal is more than a message");
    if exchange.guards.len() > 1 {
        return Err(more());
    }
    let last = guard.body.stmts.last().ok_or_else(more)?;
    let text = last.to_token_stream().to_string();
    // `Err(format!("…").into())`, `bail!("…")`: one literal, nothing made by hand.
    let made = ["format !", "bail !", "anyhow !"].iter().any(|it| text.contains(it));
    let literal = text.split('"').nth(1).filter(|_| made && text.matches('"').count() >= 2).ok_or_else(more)?;
    let first = literal.split('{').next().unwrap_or_default();
    let head = first.trim_end_matches(['(', '[']);
    Ok(Some(if head.is_empty() || head.ends_with(' ') { head.to_owned() } else { format!("{head} ") }))
}

/// The type that a function returns on failure.
fn error_kind(site: &Site<'_>, index: &Crate, exchange: &Exchange<'_>) -> Result<ErrorKind, Declined> {
    let none = || Declined::because("the function around the request does not return a result");
    let syn::ReturnType::Type(_, returned) = &exchange.signature.output else { return Err(none()) };
    let error = error_type(site, index, returned, 0).ok_or_else(none)?;
    let text: String = error.split_whitespace().collect();
    if ["dynError", "dynstd::error::Error", "dyn::std::error::Error"].iter().any(|it| text.contains(it)) {
        return Ok(ErrorKind::Boxed);
    }
    if let Some((_, made)) = MAKERS.iter().find(|(library, _)| text.contains(library)) {
        return Ok(ErrorKind::Any(made));
    }
    if matches!(text.as_str(), "String" | "std::string::String") {
        return Ok(ErrorKind::Text);
    }
    let name = text.rsplit("::").next().unwrap_or_default().split('<').next().unwrap_or_default().to_owned();
    let known = index.items.iter().any(|it| matches!(&it.kind, ItemKind::Variant { of, .. } if *of == name));
    match known {
        true => Ok(ErrorKind::Enum(name)),
        false => Err(Declined::because(format!("what `{name}` is made of is not known"))),
    }
}

/// How many aliases one behind the other are looked up.
const ALIASES: usize = 4;

/// The error of a result type, through the aliases of the crate.
fn error_type(site: &Site<'_>, index: &Crate, returned: &syn::Type, depth: usize) -> Option<String> {
    let syn::Type::Path(path) = returned else { return None };
    let last = path.path.segments.last()?;
    if depth > ALIASES {
        return None;
    }
    if let syn::PathArguments::AngleBracketed(arguments) = &last.arguments {
        let types: Vec<&syn::Type> = arguments
            .args
            .iter()
            .filter_map(|it| match it {
                syn::GenericArgument::Type(it) => Some(it),
                _ => None,
            })
            .collect();
        if let [_, error] = types.as_slice() {
            return alias(index, &type_name(error))
                .and_then(|(_, to)| error_of_alias(site, index, &to, depth))
                .or_else(|| Some(error.to_token_stream().to_string()));
        }
    }
    let whole = path.path.to_token_stream().to_string().replace(' ', "");
    if let Some((library, _)) = MAKERS.iter().find(|(library, _)| whole.starts_with(&format!("{library}::"))) {
        return Some((*library).to_owned());
    }
    let name = last.ident.to_string();
    // An imported alias of a library stands for the library's own error.
    let source = index.file(site.flow.request.file)?;
    for (library, _) in MAKERS {
        if super::super::rust::imported_from(&source.syntax, library).contains(&name) {
            return Some((*library).to_owned());
        }
    }
    let (generics, to) = alias(index, &name)?;
    if let Some(default) = generics {
        let bare = type_name(&default);
        return alias(index, &bare)
            .and_then(|(_, to)| error_of_alias(site, index, &to, depth))
            .or_else(|| Some(default.to_token_stream().to_string()));
    }
    error_type(site, index, &to, depth + 1)
}

/// An alias of an error itself.
fn error_of_alias(site: &Site<'_>, index: &Crate, to: &syn::Type, depth: usize) -> Option<String> {
    match to {
        syn::Type::Path(_) => error_type(site, index, to, depth + 1).or_else(|| Some(to.to_token_stream().to_string())),
        other => Some(other.to_token_stream().to_string()),
    }
}

/// What an alias of the crate stands for, with the default of its last parameter.
fn alias(index: &Crate, name: &str) -> Option<(Option<syn::Type>, syn::Type)> {
    let items = index.files.iter().flat_map(|it| &it.syntax.items);
    items.into_iter().find_map(|it| match it {
        syn::Item::Type(it) if it.ident == name => {
            let default = it.generics.type_params().last().and_then(|it| it.default.clone()).map(|it| it.1);
            Some((default, (*it.ty).clone()))
        }
        _ => None,
    })
}

/// How the error of the request becomes one of an enum of the crate: by the variant that the old request's errors became,
/// else by the one that told of a JWT that could not be signed.
fn in_enum(
    site: &Site<'_>,
    change: &mut Change,
    index: &Crate,
    exchange: &Exchange<'_>,
    (name, error): (&str, &str),
) -> Result<String, Declined> {
    let unfit = || Declined::because(format!("no variant of `{name}` fits the errors of the new request"));
    if derives(index, name, &["Clone", "PartialEq", "Serialize"]) {
        return Err(unfit());
    }
    let mut mapped: Vec<String> = adapters(exchange)
        .iter()
        .filter(|it| it.method == "map_err")
        .map(|it| it.args.first().map(|it| it.to_token_stream().to_string().replace(' ', "")).unwrap_or_default())
        .collect();
    mapped.dedup();
    let signers: Vec<&str> = site
        .project
        .knowledge()
        .signers
        .iter()
        .filter(|it| it.language == "rust")
        .filter_map(|it| it.call.split('.').next())
        .collect();
    if let [only] = mapped.as_slice()
        && let Some(variant) = only.strip_prefix(&format!("{name}::"))
    {
        let held = own_variant(site, index, exchange, (name, variant)).ok_or_else(unfit)?;
        change.reword(held, error)?;
        change.replaced.push(held);
        return Ok(format!(".map_err({only})"));
    }
    if !mapped.is_empty() {
        return Err(unfit());
    }
    let (variant, held) = variant_type(index, name, &|_| true, Some(&signers)).ok_or_else(unfit)?;
    let converts = index.impls.iter().any(|it| {
        it.of == name && it.of_trait.as_deref() == Some("From") && {
            let head = it.head.span.of(site.project.file(it.head.file).text());
            signers.iter().any(|it| head.contains(it))
        }
    });
    let renamed = retell(site, change, index, (name, &variant), held, error)?;
    let derived = {
        let text = site.project.file(held.file).text();
        let before = Span::new(0, held.span.start).of(text);
        before.trim_end().ends_with("#[from]")
    };
    Ok(if derived || converts { String::new() } else { format!(".map_err({name}::{renamed})") })
}

/// The place of the type of a variant that nothing but this exchange makes.
fn own_variant(
    site: &Site<'_>,
    index: &Crate,
    exchange: &Exchange<'_>,
    (name, variant): (&str, &str),
) -> Option<Location> {
    let (_, held) = variant_type(index, name, &|it| it == variant, None)?;
    let flow: Vec<Span> = exchange.chains.iter().chain([&exchange.body]).map(|it| span(it.top)).collect();
    let own = |file, place: Span| file == site.flow.request.file && flow.iter().any(|it| it.contains(place));
    let mut mentions = index.files.iter().flat_map(|file| file.mentions.iter().map(|it| (file.file, it)));
    let elsewhere = mentions.any(|(file, it)| {
        let declared = index.items.iter().any(|item| item.whole.file == file && item.name_at == it.at);
        it.name == variant && it.pathed && !declared && !own(file, it.at)
    });
    (!elsewhere).then_some(held)
}

fn derives(index: &Crate, name: &str, traits: &[&str]) -> bool {
    let items = index.files.iter().flat_map(|it| &it.syntax.items);
    items.into_iter().any(|it| match it {
        syn::Item::Enum(it) if it.ident == name => it.attrs.iter().any(|it| {
            let text = it.to_token_stream().to_string();
            text.contains("derive") && traits.iter().any(|it| text.contains(it))
        }),
        _ => false,
    })
}

/// The variant of an enum that holds nothing but one error, with the place of its type; where `signers` are given, one that
/// holds the error of a library that signs.
fn variant_type(
    index: &Crate,
    name: &str,
    wanted: &dyn Fn(&str) -> bool,
    signers: Option<&[&str]>,
) -> Option<(String, Location)> {
    for file in &index.files {
        for item in &file.syntax.items {
            let syn::Item::Enum(it) = item else { continue };
            if it.ident != name {
                continue;
            }
            for variant in &it.variants {
                let syn::Fields::Unnamed(fields) = &variant.fields else { continue };
                let mut fields = fields.unnamed.iter();
                let (Some(field), None) = (fields.next(), fields.next()) else { continue };
                let text = field.ty.to_token_stream().to_string().replace(' ', "");
                let signs = signers.is_none_or(|all| {
                    all.iter().any(|it| {
                        let imported = super::super::rust::imported_from(&file.syntax, it);
                        text.starts_with(&format!("{it}::")) || imported.iter().any(|it| text.starts_with(it.as_str()))
                    })
                });
                if wanted(&variant.ident.to_string()) && signs {
                    return Some((variant.ident.to_string(), at(file.file, span(&field.ty))));
                }
            }
        }
    }
    None
}

/// The name of the variant that tells of a failed token request.
const VARIANT: &str = "OAuth";

/// Makes the variant that told of signing tell of the token request: its name, its type, what it says.
fn retell(
    site: &Site<'_>,
    change: &mut Change,
    index: &Crate,
    (name, variant): (&str, &str),
    held: Location,
    error: &str,
) -> Result<&'static str, Declined> {
    let taken = |wanted: &str| {
        index.items.iter().any(|it| matches!(&it.kind, ItemKind::Variant { of, .. } if of == name) && it.name == wanted)
    };
    let renamed = if taken(VARIANT) { "OAuthToken" } else { VARIANT };
    if taken(renamed) {
        return Err(Declined::because(format!("`{name}` has a variant `{renamed}` already")));
    }
    let place = index
        .items
        .iter()
        .find(|it| matches!(&it.kind, ItemKind::Variant { of, .. } if of == name) && it.name == variant)
        .ok_or_else(|| Declined::because("the enum of errors was not found"))?;
    change.reword(held, error)?;
    change.replaced.push(held);
    let own = place.whole.span;
    let message = Span::new(own.start, place.name_at.start);
    retell_literal(site, change, at(place.whole.file, message))?;
    rename(change, at(place.whole.file, place.name_at), renamed)?;
    // Conversions into it, and arms that say what it says.
    for file in &index.files {
        for mention in file.mentions.iter().filter(|it| it.name == variant && it.pathed) {
            let arm = index.arms.iter().find(|it| it.whole.file == file.file && it.pattern.contains(mention.at));
            if let Some(arm) = arm {
                retell_literal(site, change, arm.whole)?;
            }
            let conversion = index.impls.iter().find(|it| {
                it.of == name
                    && it.of_trait.as_deref() == Some("From")
                    && it.whole.file == file.file
                    && it.whole.span.contains(mention.at)
            });
            if arm.is_some() || conversion.is_some() {
                rename(change, at(file.file, mention.at), renamed)?;
            }
            if let Some(conversion) = conversion {
                for spelled in [conversion.head.span, conversion.whole.span] {
                    retype(site, change, index, at(file.file, spelled), error)?;
                }
            }
        }
    }
    Ok(renamed)
}

fn rename(change: &mut Change, place: Location, to: &str) -> Result<(), Declined> {
    change.reword(place, to)?;
    change.replaced.push(place);
    Ok(())
}

/// Puts the new error in the place of the signing library's in the head and the parameters of a conversion.
fn retype(site: &Site<'_>, change: &mut Change, index: &Crate, place: Location, error: &str) -> Result<(), Declined> {
    struct Types(Vec<Span>, Vec<String>);
    impl<'a> syn::visit::Visit<'a> for Types {
        fn visit_type(&mut self, it: &'a syn::Type) {
            let text = it.to_token_stream().to_string().replace(' ', "");
            if self.1.iter().any(|name| text == *name || text.starts_with(&format!("{name}::"))) {
                self.0.push(span(it));
                return;
            }
            syn::visit::visit_type(self, it);
        }
    }
    let Some(file) = index.file(place.file) else { return Ok(()) };
    let signers = site.project.knowledge().signers.iter().filter(|it| it.language == "rust");
    let names: Vec<String> = signers.filter_map(|it| it.call.split('.').next()).map(str::to_owned).collect();
    let imported = names.iter().flat_map(|it| super::super::rust::imported_from(&file.syntax, it)).collect::<Vec<_>>();
    let mut types = Types(Vec::new(), names.into_iter().chain(imported).collect());
    syn::visit::Visit::visit_file(&mut types, &file.syntax);
    for found in types.0.into_iter().filter(|it| place.span.contains(*it)) {
        rename(change, at(place.file, found), error)?;
    }
    Ok(())
}

/// The words of a message that speak of signing speak of the token request.
fn retell_literal(site: &Site<'_>, change: &mut Change, place: Location) -> Result<(), Declined> {
    let text = site.text_at(place);
    let Some(open) = text.find('"') else { return Ok(()) };
    let Some(length) = text.get(open + 1..).and_then(|it| it.find('"')) else { return Ok(()) };
    let literal = text.get(open + 1..open + 1 + length).unwrap_or_default();
    let gap = literal.find('{').and_then(|start| literal.get(start..));
    let new = match gap {
        Some(gap) => format!("token request: {gap}"),
        None => "the token request failed".to_owned(),
    };
    let start = place.span.start + open + 1;
    change.reword(at(place.file, Span::new(start, start + length)), new)
}
