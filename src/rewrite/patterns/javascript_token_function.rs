//! The function that sends the grant through the OAuth2 client of a `passport-oauth2` strategy, written once per module: as
//! a promise or with a callback, as the code around it needs, with types where the language has them.
//!
//! What the library does on the wire, and why the function looks as it does, was measured (see `fixtures/targets/node`):
//! the constructor demands an authorization URL and a verify callback, errors of the server come as plain objects, and a
//! reply without a token comes without any error.

use minijinja::{Environment, context};

use crate::facts::Imported;

use super::super::change::{Change, Declined};
use super::super::imports;
use super::super::site::Site;
use super::javascript_types::other_reads;

/// The distribution that offers the strategy, which is the module's name too.
pub(super) const PACKAGE: &str = "passport-oauth2";
/// The distribution that declares its types.
const TYPES: &str = "@types/passport-oauth2";
/// What makes an error with a code of one that the library gives.
const CODED: &str = "_createOAuthError";
const TEMPLATE: &str = include_str!("templates/passport_token_function.jinja");

/// How the function hands over the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// By a promise.
    Promise,
    /// By a promise of a type that the caller names.
    PromiseOf(String),
    /// By a callback `(error, reply)`.
    Callback,
}

/// What callers read of the error that the function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Its message, which holds the status and what IMS answered.
    Message,
    /// Its `status` besides.
    Status,
    /// IMS's `error` as its `code`, and `error_description` as its message.
    Code,
}

/// The name of the function: the module's own if an earlier flow brought it, else a new one behind the imports.
pub(super) fn token_function(
    site: &Site<'_>,
    change: &mut Change,
    delivery: &Delivery,
    says: Says,
) -> Result<String, Declined> {
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let strategy =
        facts.bindings.iter().find(|(id, _)| site.project.binds_module(file, *id, PACKAGE)).map(|it| it.1.name.clone());
    if let Some(name) = strategy.as_ref().and_then(|it| existing(site, it, delivery, says)) {
        return Ok(name);
    }
    let typed = facts.language.typed;
    if typed && says == Says::Code {
        return Err(Declined::because(
            "a handler reads the code of the error, which the library's types do not declare",
        ));
    }
    change.needs.push((file, PACKAGE));
    if typed {
        change.needs.push((file, TYPES));
    }
    let name = site.free_name(&["requestAccessToken", "requestImsToken", "requestClientCredentialsToken"]);
    let class = strategy.clone().unwrap_or_else(|| site.free_name(&["OAuth2Strategy", "PassportOAuth2Strategy"]));
    let style = &site.style;
    let text = Environment::new()
        .render_str(
            TEMPLATE,
            context! {
                name => name.as_str(),
                strategy => class.as_str(),
                typed,
                others => other_reads(site),
                generic => matches!(delivery, Delivery::PromiseOf(_)),
                callback => *delivery == Delivery::Callback,
                status => says == Says::Status,
                coded => says == Says::Code,
                s => style.semicolon,
                c => if style.trailing_comma { "," } else { "" },
                gap => style.name_gap,
                grant => style.quoted(&site.project.knowledge().endpoints.grant_type),
                empty => style.quoted(""),
                refused => style.quoted("Token request failed"),
                missing => style.quoted("no access_token in the reply"),
            },
        )
        .map_err(|error| Declined::because(format!("the template failed: {error}")))?;
    let line = strategy.is_none().then(|| import_line(site, &class));
    put(site, change, line, text.trim_end())?;
    Ok(name)
}

/// Writes the function behind the imports, with an import if it needs one.
fn put(site: &Site<'_>, change: &mut Change, line: Option<String>, text: &str) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let style = &site.style;
    let newline = style.newline;
    let first = imports::top_imports(site.project, file).is_empty();
    let end = imports::place(site.project, file, None);
    let lead = if first && line.is_some() { "" } else { newline };
    let gap = match site.file().text().get(end..).is_some_and(|it| it.starts_with(['\n', '\r'])) {
        true => "",
        false => newline,
    };
    let line = line.map(|it| it + newline).unwrap_or_default();
    change.insert_lines(file, end, format!("{line}{lead}{}{newline}{gap}", style.laid_out("", text)))
}

/// The line that imports the strategy as the file imports packages.
///
/// The module is the strategy itself, which TypeScript imports as a default only where `esModuleInterop` is on. A file that
/// takes whole modules may be without; the strategy is a member of itself too.
fn import_line(site: &Site<'_>, class: &str) -> String {
    let facts = &site.file().facts;
    let (package, end) = (site.style.quoted(PACKAGE), site.style.semicolon);
    let packages = || facts.imports.iter().filter(|(_, it)| !it.module.starts_with('.')).flat_map(|(_, it)| &it.items);
    let default = packages().any(|it| matches!(it.imported, Imported::Default));
    let assigned = facts.imports.iter().any(|(_, it)| it.span.of(site.file().text()).contains("= require("));
    let namespace = packages().any(|it| matches!(it.imported, Imported::Namespace));
    if !site.style.es_module {
        format!("const {class} = require({package}){end}")
    } else if facts.language.typed && assigned {
        format!("import {class} = require({package}){end}")
    } else if facts.language.typed && namespace && !default {
        format!("import {{ Strategy as {class} }} from {package}{end}")
    } else {
        format!("import {class} from {package}{end}")
    }
}

/// The function of an earlier flow that delivers the reply in the same way.
fn existing(site: &Site<'_>, strategy: &str, delivery: &Delivery, says: Says) -> Option<String> {
    let facts = &site.file().facts;
    let text = |it: &crate::facts::Function| it.span.of(site.file().text()).to_owned();
    let serves = |it: &&crate::facts::Function| {
        let text = text(it);
        let head = text.split(')').next().unwrap_or_default().to_owned();
        let fits = match delivery {
            Delivery::Promise => !head.contains("callback"),
            Delivery::PromiseOf(_) => head.contains("<Reply"),
            Delivery::Callback => head.contains("callback"),
        };
        let fits = fits
            && match says {
                Says::Message => !text.contains(CODED),
                Says::Status => text.contains("{ status:"),
                Says::Code => text.contains(CODED),
            };
        it.parent.is_some() && text.contains(strategy) && text.contains("getOAuthAccessToken") && fits
    };
    facts.functions.iter().map(|it| it.1).find(serves)?.name.clone()
}
