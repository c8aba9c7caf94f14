//! Slices and knowledge put together: the places where a JWT is exchanged, and what is left of them.

mod anchor;
mod assertion;
mod credential;
mod double;
mod evidence;
mod exempt;
mod library;
mod mention;
mod private_key;
mod reply;
mod scope;
mod stray;
mod token;
mod unit;
mod why;

pub use assertion::{Assertion, Metascope};
pub use credential::Credential;
pub use mention::mentions;
pub use private_key::PrivateKey;
pub use reply::{BodyUse, Reply, callback, decoded_class, field_read, parser};
pub use scope::Scopes;
pub use stray::{Stray, StrayKind};
pub use token::{TokenRequest, by_name as lifetimes_by_name};
pub use why::{EvidenceKind, Seen, seen};

use std::collections::BTreeSet;

use crate::knowledge::{Client, Library};
use crate::link::{Expr, Field, Project};
use crate::text::Location;

/// How sure a flow is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Only names speak for it.
    Possible,
    /// One decisive mark, with others around it.
    Likely,
    /// Endpoint and parameter, or a named library call.
    Certain,
}

/// What kind of call a flow is anchored at.
#[derive(Debug, Clone, Copy)]
pub enum FlowKind<'k> {
    /// A request made by hand, with the row of its client where it is known.
    Request(Option<&'k Client>),
    /// A call into a library that exchanges by itself.
    Library(&'k Library),
    /// Address and parameter in one place, though nothing that could be followed connects them.
    Evidence,
}

/// One exchange of a JWT for an access token, from key to token.
#[derive(Debug, Clone)]
pub struct Flow<'k> {
    /// What it is anchored at.
    pub kind: FlowKind<'k>,
    /// The call that starts the request.
    pub anchor: Expr,
    /// The expression that yields the reply: the anchor with the methods chained to it.
    pub request: Expr,
    /// The URL, or the server for a library call.
    pub url: Option<Expr>,
    /// The pieces of text that hold the exchange's path, wherever they are written.
    pub endpoint: Vec<Location>,
    /// Whether the URL has other values too, or only values that cannot be known.
    pub url_certainty: UrlCertainty,
    /// The parameters that are sent.
    pub parameters: Vec<Field>,
    /// Where the parameter that carries the JWT is named, where no field of `parameters` says so.
    pub parameter: Option<Location>,
    /// How the JWT is made, where it is.
    pub assertion: Option<Assertion>,
    /// The assertion that is signed beside it, where none could be followed to it.
    pub beside: Option<Assertion>,
    /// Whether it stands in a test that answers requests itself.
    pub in_double: bool,
    /// How sure all this is.
    pub confidence: Confidence,
    /// Why it must stay on JWT, if it must.
    pub exempt: Option<String>,
    /// The scopes that take the place of the metascopes.
    pub scopes: Scopes,
    /// How the reply is used.
    pub reply: Reply,
}

/// The scopes for a list of metascopes in configuration.
#[must_use]
pub fn scopes_of_list(project: &Project, metascopes: Expr) -> Scopes {
    scope::of_options(project, std::iter::once(metascopes))
}

/// What is known of a flow's URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlCertainty {
    /// Every value it can have is an exchange.
    Always,
    /// Every value seen is, but it may also be given from outside of the tree.
    Overridable,
    /// Some are, others are not: a function that serves several endpoints.
    Sometimes,
    /// It comes from outside of the tree.
    Unknown,
}

impl Flow<'_> {
    /// The parameter of a name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Field> {
        self.parameters.iter().find(|field| field.key == name)
    }
}

/// All flows of a project, and the parts of flows that belong to none.
#[derive(Debug, Clone)]
pub struct Analysis<'k> {
    /// The flows, in the order of files and places.
    pub flows: Vec<Flow<'k>>,
    /// Configuration of credentials that no flow accounts for.
    pub credentials: Vec<Credential>,
    /// Private keys that belong to flows and credentials.
    pub private_keys: Vec<PrivateKey>,
    /// Requests that ask for a token as the new flow does.
    pub token_requests: Vec<TokenRequest>,
    /// Where lifetimes in seconds are taken for milliseconds.
    pub misread_lifetimes: Vec<Location>,
    /// What is left over.
    pub strays: Vec<Stray>,
}

/// Finds all flows.
#[must_use]
pub fn analyze(project: &Project) -> Analysis<'_> {
    let mut flows = anchor::flows(project);
    evidence::complete(project, &mut flows);
    flows.retain(|it| !double::is_double(project, it));
    for flow in &mut flows {
        flow.in_double = double::in_double(project, flow);
    }
    for flow in &mut flows {
        scope::settle(project, flow);
    }
    flows.sort_by_key(|it| project.location(it.anchor));
    let credentials = credential::credentials(project, &flows);
    let strays = stray::strays(project, &flows, &credentials);
    let private_keys = private_key::private_keys(project, &flows, &credentials);
    let token_requests = token::requests(project, &flows);
    let reads = token_requests.iter().flat_map(|it| &it.lifetimes);
    let misread: BTreeSet<Location> =
        reads.flat_map(|it| unit::misread(project, *it)).map(|it| project.location(it)).collect();
    Analysis {
        flows,
        credentials,
        private_keys,
        token_requests,
        misread_lifetimes: misread.into_iter().collect(),
        strays,
    }
}
