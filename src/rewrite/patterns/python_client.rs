//! Which of Authlib's clients sends the request, and whether it takes the place of a client object that the program made
//! for the token alone.

use crate::facts::{BindingId, Definition, Value};
use crate::knowledge::Client;
use crate::link::{Expr, Project};

use super::super::change::{Change, Declined};
use super::super::site::Site;
use super::super::style::indentation_at;

/// One of Authlib's clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flavor {
    /// The module it is imported from.
    pub(super) module: &'static str,
    /// Its class.
    pub(super) class: &'static str,
    /// The distribution that sends its requests.
    pub(super) transport: &'static str,
    /// The error by which that distribution tells of a failed server.
    pub(super) failure: &'static str,
    /// Whether its calls are awaited.
    pub(super) awaited: bool,
}

const REQUESTS: Flavor = Flavor {
    module: "authlib.integrations.requests_client",
    class: "OAuth2Session",
    transport: "requests",
    failure: "HTTPError",
    awaited: false,
};
const HTTPX: Flavor = Flavor {
    module: "authlib.integrations.httpx_client",
    class: "OAuth2Client",
    transport: "httpx",
    failure: "HTTPStatusError",
    awaited: false,
};
const ASYNC: Flavor = Flavor { class: "AsyncOAuth2Client", awaited: true, ..HTTPX };

/// What can be done to a client object without it sending anything else.
const SETTINGS: &[&str] =
    &["headers", "mount", "verify", "proxies", "cert", "trust_env", "close", "aclose", "adapters"];

/// How the new request is sent.
pub(super) enum Sender {
    /// By a client that is made for it.
    New(Flavor),
    /// By a client in the place of one that the program made for the token alone.
    Instead(Flavor, Made),
}

/// A client object that a program makes.
pub(super) struct Made {
    /// The call that makes it.
    call: Expr,
    /// Its name, where the request uses it.
    pub(super) name: Expr,
}

impl Sender {
    pub(super) fn flavor(&self) -> Flavor {
        match self {
            Self::New(flavor) | Self::Instead(flavor, _) => *flavor,
        }
    }
}

/// Chooses the sender for a request whose client is the program's own choice.
pub(super) fn sender(site: &Site<'_>) -> Result<Sender, Declined> {
    let client = site.own_client()?;
    let package = client.package.as_deref().unwrap_or_default();
    if !client.shared {
        return Ok(Sender::New(if package == HTTPX.transport { HTTPX } else { REQUESTS }));
    }
    let keep = || Declined::because("the HTTP client object carries settings that must stay");
    let (name, binding, definition) = object(site).ok_or_else(keep)?;
    let call = made(site, &definition).ok_or_else(keep)?;
    let Value::Call { arguments, .. } = site.project.value(call) else { return Err(keep()) };
    let flavor = flavor_of(client, package);
    if only_for_token(site, binding) && (arguments.is_empty() || package == flavor.transport) {
        let function = site.project.function(call) == site.project.function(site.flow.request);
        if function && matches!(package, "requests" | "httpx" | "aiohttp") {
            return Ok(Sender::Instead(flavor, Made { call, name }));
        }
    }
    // A client without any settings has none to lose.
    match arguments.is_empty() && !flavor.awaited && package != REQUESTS.transport && is_untouched(site, binding) {
        true => Ok(Sender::New(flavor)),
        false => Err(keep()),
    }
}

fn flavor_of(client: &Client, package: &str) -> Flavor {
    match package {
        "aiohttp" => ASYNC,
        "httpx" if client.call.contains("Async") => ASYNC,
        "httpx" => HTTPX,
        _ => REQUESTS,
    }
}

/// The client object of the request: the name it goes by, and what defines it.
fn object(site: &Site<'_>) -> Option<(Expr, BindingId, Definition)> {
    let anchor = site.flow.anchor;
    let Value::Call { callee, .. } = site.project.value(anchor) else { return None };
    let Value::Member { object, .. } = site.project.value(Expr { file: anchor.file, id: *callee }) else { return None };
    let name = Expr { file: anchor.file, id: *object };
    let binding = site.project.binding(name)?;
    match site.project.facts(anchor.file).bindings[binding].definitions.as_slice() {
        [only] if only.path.is_empty() => Some((name, binding, only.clone())),
        _ => None,
    }
}

fn made(site: &Site<'_>, definition: &Definition) -> Option<Expr> {
    let call = site.project.bare(Expr { file: site.flow.anchor.file, id: definition.value? });
    matches!(site.project.value(call), Value::Call { .. }).then_some(call)
}

/// The members that a program takes of a client object, the request aside; none where it is passed on.
fn members<'p>(site: &Site<'p>, binding: BindingId) -> Option<Vec<&'p str>> {
    let file = site.flow.anchor.file;
    let project: &'p Project = site.project;
    let request = project.node(site.flow.anchor).span;
    let reads = project.facts(file).bindings[binding].reads.iter().map(|id| Expr { file, id: *id });
    let others = reads.filter(|it| !request.contains(project.node(*it).span));
    others
        .map(|it| match project.parent(it).map(|it| project.value(it)) {
            Some(Value::Member { object, name, .. }) if *object == it.id => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn only_for_token(site: &Site<'_>, binding: BindingId) -> bool {
    members(site, binding).is_some_and(|it| it.iter().all(|it| SETTINGS.contains(it)))
}

fn is_untouched(site: &Site<'_>, binding: BindingId) -> bool {
    members(site, binding).is_some_and(|it| it.iter().all(|it| !SETTINGS.contains(it) || it.contains("close")))
}

impl Made {
    /// Where the client is made.
    pub(super) fn place(&self) -> Expr {
        self.call
    }

    /// Makes one of Authlib's clients instead, with the same settings.
    pub(super) fn replace(
        &self,
        site: &Site<'_>,
        change: &mut Change,
        class: &str,
        credentials: &[String],
    ) -> Result<(), Declined> {
        let project = site.project;
        let Value::Call { arguments, .. } = project.value(self.call) else { return Ok(()) };
        let mut all: Vec<String> = credentials.to_vec();
        for argument in arguments {
            let span = argument.span;
            change.kept.push(Expr { file: self.call.file, id: argument.value });
            all.push(span.of(site.file().text()).to_owned());
        }
        let inner: Vec<String> = all.iter().map(|it| format!("\t{it},")).collect();
        let start = project.node(self.call).span.start;
        let text = format!("{class}(\n{}\n)", inner.join("\n"));
        let base = indentation_at(site.file().text(), start).to_owned();
        change.replace(project.location(self.call), site.style.laid_out(&base, &text))
    }
}
