//! Which client sends the new request, and whether it takes the place of a client object that the program made for the
//! token alone.

use crate::facts::{BindingId, Definition, Value};
use crate::link::{Expr, Project};

use super::super::change::{Change, Declined};
use super::super::site::Site;
use super::super::style::indentation_at;
use super::python_target::{Form, PythonRequest, Target};

/// What can be done to a client object without it sending anything else.
const SETTINGS: &[&str] =
    &["headers", "mount", "verify", "proxies", "cert", "trust_env", "close", "aclose", "adapters"];

/// How the new request is sent.
pub(super) enum Sender {
    /// By a client that is made for it.
    New(Target),
    /// By a client in the place of one that the program made for the token alone.
    Instead(Target, Made),
}

/// A client object that a program makes.
pub(super) struct Made {
    /// The call that makes it.
    call: Expr,
    /// Its name, where the request uses it.
    pub(super) name: Expr,
}

impl Sender {
    pub(super) fn target(&self) -> Target {
        match self {
            Self::New(target) | Self::Instead(target, _) => *target,
        }
    }
}

/// Chooses the sender for a request whose client is the program's own choice.
pub(super) fn sender(site: &Site<'_>, request: &PythonRequest) -> Result<Sender, Declined> {
    let client = site.own_client()?;
    let package = client.package.as_deref().unwrap_or_default();
    let awaited = package == "aiohttp" || (package == "httpx" && client.call.contains("Async"));
    let target = request
        .target(package, awaited)
        .ok_or_else(|| Declined::because(format!("the request is awaited, and {} is not", request.name)))?;
    if target.form == Form::Post && package == target.transport {
        return Err(Declined::because(format!("the request is one of {package} already")));
    }
    if !client.shared {
        return Ok(Sender::New(target));
    }
    let keep = || Declined::because("the HTTP client object carries settings that must stay");
    let (name, binding, definition) = object(site).ok_or_else(keep)?;
    let call = made(site, &definition).ok_or_else(keep)?;
    let Value::Call { arguments, .. } = site.project.value(call) else { return Err(keep()) };
    let replaces = target.form != Form::Post && (arguments.is_empty() || package == target.transport);
    if replaces && only_for_token(site, binding) {
        let function = site.project.function(call) == site.project.function(site.flow.request);
        if function && matches!(package, "requests" | "httpx" | "aiohttp") {
            return Ok(Sender::Instead(target, Made { call, name }));
        }
    }
    // A client without any settings has none to lose; one of requests may get some from whoever holds it.
    match arguments.is_empty() && !target.awaited && package != "requests" && is_untouched(site, binding) {
        true => Ok(Sender::New(target)),
        false => Err(keep()),
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

    /// Makes the new client instead, with the same settings.
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
