//! Target patterns: one file per language and library.

mod in_place;
mod in_place_text;
mod java_guard;
mod java_made;
mod java_reply;
mod java_spring;
mod javascript_arguments;
mod javascript_callback;
mod javascript_guard;
mod javascript_refusal;
mod javascript_request;
mod javascript_streamed;
mod javascript_target;
mod javascript_token_function;
mod javascript_types;
mod python_call;
mod python_client;
mod python_errors;
mod python_guard;
mod python_handler;
mod python_once;
mod python_request;
mod python_target;
mod rust_client;
mod rust_exchange;
mod rust_failure;
mod rust_oauth2;
mod rust_reply;
mod sdk_credential;
mod sdk_options;

use crate::flow::Flow;
use crate::knowledge::Library;

use super::change::{Change, Declined};
use super::outcome::Rung;
use super::site::Site;
use javascript_request::JavascriptRequest;

/// A way to write the new request.
pub(super) trait Pattern: Sync {
    /// Its name in reports, and in lower case on the command line.
    fn name(&self) -> &'static str;
    /// What it is, for the command line.
    fn about(&self) -> &'static str;
    /// The step of the ladder it stands on.
    fn rung(&self) -> Rung;
    /// Whether it is about such flows at all.
    fn concerns(&self, _: &Flow<'_>) -> bool {
        true
    }
    /// Plans the change of one flow, dead code and manifests left aside.
    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined>;
}

/// When a pattern is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offered {
    /// Whatever is asked for: nothing else fits where it does.
    Always,
    /// When nothing else is asked for.
    First,
    /// When it is asked for.
    Asked,
    /// When all else does not fit, or it is asked for.
    Last,
}

/// A pattern and when it is tried, in which languages.
pub(super) struct Offer {
    pub(super) pattern: &'static dyn Pattern,
    pub(super) offered: Offered,
    /// The languages it writes; all where there are none.
    pub(super) languages: &'static [&'static str],
}

/// Why a library's call is left to a person; the steps say what it becomes.
fn by_library(library: &Library) -> Declined {
    Declined::because(format!("{} makes the exchange itself", library.package))
}

static PASSPORT: JavascriptRequest = JavascriptRequest { target: &javascript_target::PASSPORT };
static FETCH: JavascriptRequest = JavascriptRequest { target: &javascript_target::FETCH };
static OPENID_CLIENT: JavascriptRequest = JavascriptRequest { target: &javascript_target::OPENID_CLIENT };
static SIMPLE_OAUTH2: JavascriptRequest = JavascriptRequest { target: &javascript_target::SIMPLE_OAUTH2 };
static ADOBE_AUTH_TOKEN: JavascriptRequest = JavascriptRequest { target: &javascript_target::ADOBE_AUTH_TOKEN };
static AIO_LIB_IMS: JavascriptRequest = JavascriptRequest { target: &javascript_target::AIO_LIB_IMS };

const NODE: &[&str] = &["javascript"];
const PYTHON: &[&str] = &["python"];
const JAVA: &[&str] = &["java"];
const RUST: &[&str] = &["rust"];

/// All patterns, in the order in which they are tried.
pub(super) static PATTERNS: &[Offer] = &[
    Offer {
        pattern: &sdk_credential::SdkCredential,
        offered: Offered::Always,
        languages: &["javascript", "python", "java"],
    },
    Offer { pattern: &PASSPORT, offered: Offered::First, languages: NODE },
    Offer { pattern: &FETCH, offered: Offered::Asked, languages: NODE },
    Offer { pattern: &OPENID_CLIENT, offered: Offered::Asked, languages: NODE },
    Offer { pattern: &SIMPLE_OAUTH2, offered: Offered::Asked, languages: NODE },
    Offer { pattern: &ADOBE_AUTH_TOKEN, offered: Offered::Asked, languages: NODE },
    Offer { pattern: &AIO_LIB_IMS, offered: Offered::Asked, languages: NODE },
    Offer { pattern: &python_target::AUTHLIB, offered: Offered::First, languages: PYTHON },
    Offer { pattern: &python_target::OAUTHLIB, offered: Offered::Asked, languages: PYTHON },
    Offer { pattern: &python_target::PLAIN_REQUESTS, offered: Offered::Asked, languages: PYTHON },
    Offer { pattern: &python_target::PLAIN_HTTPX, offered: Offered::Asked, languages: PYTHON },
    Offer { pattern: &java_spring::SpringSecurity, offered: Offered::First, languages: JAVA },
    Offer { pattern: &rust_oauth2::OAuth2, offered: Offered::First, languages: RUST },
    Offer { pattern: &in_place::InPlace, offered: Offered::Last, languages: &[] },
];

/// The patterns to try for a language, best first, when these names are asked for. `library` is what is offered first.
pub(super) fn offers(language: &str, asked: &[String]) -> Vec<&'static dyn Pattern> {
    let fits = |it: &&Offer| it.languages.is_empty() || it.languages.contains(&language);
    let named = |it: &Offer| asked.iter().any(|name| it.pattern.name().eq_ignore_ascii_case(name));
    let by_name = PATTERNS.iter().filter(fits).any(&named);
    let tried = |it: &&Offer| match it.offered {
        Offered::Always | Offered::Last => true,
        Offered::First => !by_name || named(it) || asked.iter().any(|it| it == LIBRARY),
        Offered::Asked => named(it),
    };
    PATTERNS.iter().filter(fits).filter(tried).map(|it| it.pattern).collect()
}

/// The name by which the first pattern of each language is asked for.
const LIBRARY: &str = "library";

/// The names that can be asked for, each with what it is.
#[must_use]
pub fn pattern_names() -> Vec<(String, &'static str)> {
    let first =
        (LIBRARY.to_owned(), "The OAuth library of the language: passport-oauth2, Spring Security, Authlib, oauth2");
    let asked = PATTERNS.iter().filter(|it| it.offered != Offered::Always);
    [first].into_iter().chain(asked.map(|it| (it.pattern.name().to_lowercase(), it.pattern.about()))).collect()
}
