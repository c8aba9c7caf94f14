//! What a Node request is moved to: the library, how a module imports it, and the function that sends the grant through
//! it, written once per module (see `javascript_token_function`).
//!
//! What the libraries do on the wire was measured (see `fixtures/targets/node`). PassportJS: the constructor demands an
//! authorization URL and a verify callback, errors of the server come as plain objects, and a reply without a token comes
//! without any error. simple-oauth2 sends a scope that is text as it is, and the secret in a header unless told.

/// A way to send the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeTarget {
    /// Its name in reports and on the command line.
    pub(super) name: &'static str,
    /// What it is, for the command line.
    pub(super) about: &'static str,
    /// The library; none for what the runtime brings.
    pub(super) library: Option<NodeLibrary>,
    /// What the function is given.
    pub(super) parameters: &'static [Parameter],
    /// Whether its body awaits; else it makes a promise, or calls back, by itself.
    pub(super) asynchronous: bool,
    /// The body of the function, a template.
    pub(super) body: &'static str,
    /// What the text of that function holds whatever it is called.
    pub(super) mark: &'static str,
    /// What it holds besides where its errors have IMS's `error` as their code; none where the library hides that.
    pub(super) coded: Option<&'static str>,
}

/// What the function is given, by the name of its parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameter {
    /// The address of the token endpoint. A library that has its own is told which of Adobe's servers is meant.
    Endpoint,
    /// The client's ID.
    ClientId,
    /// The client's secret.
    ClientSecret,
    /// The organization, which the assertion names as its issuer.
    Organization,
    /// All scopes as one text, joined by commas.
    Scope,
}

impl Parameter {
    /// The name of the parameter.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Endpoint => "tokenURL",
            Self::ClientId => "clientID",
            Self::ClientSecret => "clientSecret",
            Self::Organization => "orgID",
            Self::Scope => "scope",
        }
    }
}

/// A distribution, which is the module's name too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NodeLibrary {
    /// The distribution that offers it.
    pub(super) package: &'static str,
    /// Where its types are declared.
    pub(super) types: Types,
    /// What a module takes from it.
    pub(super) import: Taken,
    /// Whether it is an ES module, which a CommonJS file can import only while it runs.
    pub(super) es_module: bool,
    /// The names it may get in the module, best first.
    pub(super) names: &'static [&'static str],
}

/// Where the types of a library are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Types {
    /// By itself.
    Own,
    /// By another distribution.
    From(&'static str),
    /// Nowhere.
    Missing,
}

/// What a module takes from a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// The module, which is a class and has itself as this member.
    Class(&'static str),
    /// One member.
    Member(&'static str),
    /// All of it.
    Namespace,
}

const TO_ENDPOINT: &[Parameter] =
    &[Parameter::Endpoint, Parameter::ClientId, Parameter::ClientSecret, Parameter::Scope];

/// PassportJS, which Adobe names for Node: the OAuth2 client of a strategy.
pub(super) const PASSPORT: NodeTarget = NodeTarget {
    name: "passport-oauth2",
    about: "Node: passport-oauth2",
    library: Some(NodeLibrary {
        package: "passport-oauth2",
        types: Types::From("@types/passport-oauth2"),
        import: Taken::Class("Strategy"),
        es_module: false,
        names: &["OAuth2Strategy", "PassportOAuth2Strategy"],
    }),
    parameters: TO_ENDPOINT,
    asynchronous: false,
    body: include_str!("templates/passport_token.jinja"),
    mark: "getOAuthAccessToken",
    coded: Some("_createOAuthError"),
};

/// The runtime's own `fetch`, since Node 18.
pub(super) const FETCH: NodeTarget = NodeTarget {
    name: "fetch",
    about: "Node: a plain form, posted with the runtime's fetch (Node 18 or later)",
    library: None,
    parameters: TO_ENDPOINT,
    asynchronous: true,
    body: include_str!("templates/fetch_token.jinja"),
    mark: "client_secret: clientSecret",
    coded: Some("code: refusal.error"),
};

/// openid-client, the certified client.
pub(super) const OPENID_CLIENT: NodeTarget = NodeTarget {
    name: "openid-client",
    about: "Node: openid-client 6",
    library: Some(NodeLibrary {
        package: "openid-client",
        types: Types::Own,
        import: Taken::Namespace,
        es_module: true,
        names: &["openid", "openidClient"],
    }),
    parameters: TO_ENDPOINT,
    asynchronous: true,
    body: include_str!("templates/openid_client_token.jinja"),
    mark: "clientCredentialsGrant",
    coded: Some("code: error.error"),
};

/// simple-oauth2.
pub(super) const SIMPLE_OAUTH2: NodeTarget = NodeTarget {
    name: "simple-oauth2",
    about: "Node: simple-oauth2",
    library: Some(NodeLibrary {
        package: "simple-oauth2",
        types: Types::From("@types/simple-oauth2"),
        import: Taken::Member("ClientCredentials"),
        es_module: false,
        names: &["ClientCredentials", "ClientCredentialsGrant"],
    }),
    parameters: TO_ENDPOINT,
    asynchronous: true,
    body: include_str!("templates/simple_oauth2_token.jinja"),
    mark: "client.getToken",
    coded: Some("code: refusal.error"),
};

/// Adobe's successor of its JWT library. It has its own endpoint, and says of an error only the reply as text.
pub(super) const ADOBE_AUTH_TOKEN: NodeTarget = NodeTarget {
    name: "adobe-auth-token",
    about: "Node: @adobe/auth-token (Node 18 or later)",
    library: Some(NodeLibrary {
        package: "@adobe/auth-token",
        types: Types::Missing,
        import: Taken::Member("auth"),
        es_module: true,
        names: &["auth", "adobeAuth"],
    }),
    parameters: &[Parameter::ClientId, Parameter::ClientSecret, Parameter::Scope],
    asynchronous: true,
    body: include_str!("templates/adobe_auth_token.jinja"),
    mark: "clientId: clientID, clientSecret, scope",
    coded: None,
};

/// Adobe's library for App Builder. It has its own endpoint, and wants the organization too.
pub(super) const AIO_LIB_IMS: NodeTarget = NodeTarget {
    name: "aio-lib-ims",
    about: "Node: @adobe/aio-lib-ims",
    library: Some(NodeLibrary {
        package: "@adobe/aio-lib-ims",
        types: Types::Missing,
        import: Taken::Member("Ims"),
        es_module: false,
        names: &["Ims", "AdobeIms"],
    }),
    parameters: &[Parameter::ClientId, Parameter::ClientSecret, Parameter::Organization, Parameter::Scope],
    asynchronous: true,
    body: include_str!("templates/aio_lib_ims_token.jinja"),
    mark: "getAccessTokenByClientCredentials",
    coded: None,
};
