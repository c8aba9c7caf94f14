//! The libraries that a Python request is moved to: what is imported from them, how the client is made, how the grant is
//! sent, and which error says that it was refused. Authlib and requests-oauthlib default to HTTP Basic and join lists of
//! scopes with spaces; the settings here give the request that Adobe documents (measured, see
//! `fixtures/targets/python`).

use super::super::site::Site;

/// A library as one kind of client uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    /// The distributions that the new code needs.
    pub(super) needs: &'static [&'static str],
    /// The modules and names that the request is made of; a module alone is imported whole.
    pub(super) imports: &'static [(&'static str, Option<&'static str>)],
    /// What makes the client, or sends the form where there is none.
    pub(super) function: &'static str,
    /// How the grant is sent.
    pub(super) form: Form,
    /// The distribution that carries the request.
    pub(super) transport: &'static str,
    /// The error by which the server's refusal is told, as code names it.
    pub(super) error: &'static str,
    /// Where that error comes from: the module, and the name where it is imported by itself.
    pub(super) error_import: (&'static str, Option<&'static str>),
    /// The error that the transport raises besides, for a server that failed.
    pub(super) failure: Option<&'static str>,
    /// The transport's error that a lost connection is a kind of too.
    pub(super) any_failure: &'static str,
    /// Whether its calls are awaited.
    pub(super) awaited: bool,
}

/// How a library takes the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A session holds id, secret and scope.
    Session,
    /// A session holds a client with id and scope; the secret is given with the request.
    ClientInSession,
    /// A plain request carries all of it.
    Post,
}

const AUTHLIB_REQUESTS: Target = Target {
    needs: &["Authlib", "requests"],
    imports: &[("authlib.integrations.requests_client", Some("OAuth2Session"))],
    function: "OAuth2Session",
    form: Form::Session,
    transport: "requests",
    error: "OAuthError",
    error_import: ("authlib.integrations.base_client", Some("OAuthError")),
    failure: Some("HTTPError"),
    any_failure: "RequestException",
    awaited: false,
};
const AUTHLIB_HTTPX: Target = Target {
    needs: &["Authlib", "httpx"],
    imports: &[("authlib.integrations.httpx_client", Some("OAuth2Client"))],
    function: "OAuth2Client",
    transport: "httpx",
    failure: Some("HTTPStatusError"),
    any_failure: "HTTPError",
    ..AUTHLIB_REQUESTS
};
const AUTHLIB_ASYNC: Target = Target {
    imports: &[("authlib.integrations.httpx_client", Some("AsyncOAuth2Client"))],
    function: "AsyncOAuth2Client",
    awaited: true,
    ..AUTHLIB_HTTPX
};
const REQUESTS_OAUTHLIB: Target = Target {
    needs: &["requests-oauthlib"],
    imports: &[("oauthlib.oauth2", Some("BackendApplicationClient")), ("requests_oauthlib", Some("OAuth2Session"))],
    function: "OAuth2Session",
    form: Form::ClientInSession,
    transport: "requests",
    error: "OAuth2Error",
    error_import: ("oauthlib.oauth2", Some("OAuth2Error")),
    // What a failed server answers is a reply without a token.
    failure: None,
    any_failure: "RequestException",
    awaited: false,
};
const REQUESTS: Target = Target {
    needs: &["requests"],
    imports: &[("requests", None)],
    function: "requests.post",
    form: Form::Post,
    transport: "requests",
    error: "requests.HTTPError",
    error_import: ("requests", None),
    failure: None,
    any_failure: "RequestException",
    awaited: false,
};
const HTTPX: Target = Target {
    needs: &["httpx"],
    imports: &[("httpx", None)],
    function: "httpx.post",
    transport: "httpx",
    error: "httpx.HTTPStatusError",
    error_import: ("httpx", None),
    any_failure: "HTTPError",
    ..REQUESTS
};

/// A library that a user can ask for, and the first one tried where nobody asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PythonRequest {
    /// Its name in reports and on the command line.
    pub(super) name: &'static str,
    /// What it is, for the command line.
    pub(super) about: &'static str,
    /// What it is for code whose client is requests or another one that waits.
    waiting: Target,
    /// What it is for httpx, where that differs.
    httpx: Option<Target>,
    /// What it is for code that awaits its requests.
    awaiting: Option<Target>,
}

/// Authlib.
pub(super) static AUTHLIB: PythonRequest = PythonRequest {
    name: "Authlib",
    about: "Python: Authlib's OAuth2Session, OAuth2Client or AsyncOAuth2Client",
    waiting: AUTHLIB_REQUESTS,
    httpx: Some(AUTHLIB_HTTPX),
    awaiting: Some(AUTHLIB_ASYNC),
};
/// requests-oauthlib.
pub(super) static OAUTHLIB: PythonRequest = PythonRequest {
    name: "requests-oauthlib",
    about: "Python: requests-oauthlib with oauthlib's BackendApplicationClient",
    waiting: REQUESTS_OAUTHLIB,
    httpx: None,
    awaiting: None,
};
/// requests alone.
pub(super) static PLAIN_REQUESTS: PythonRequest = PythonRequest {
    name: "requests",
    about: "Python: a form posted with requests",
    waiting: REQUESTS,
    httpx: None,
    awaiting: None,
};
/// httpx alone.
pub(super) static PLAIN_HTTPX: PythonRequest = PythonRequest {
    name: "httpx",
    about: "Python: a form posted with httpx",
    waiting: HTTPX,
    httpx: None,
    awaiting: None,
};

impl PythonRequest {
    /// The target for a client: the name of its distribution, and whether it is awaited.
    pub(super) fn target(&self, package: &str, awaited: bool) -> Option<Target> {
        match (awaited, &self.httpx) {
            (true, _) => self.awaiting,
            (false, Some(httpx)) if package == httpx.transport => Some(*httpx),
            (false, _) => Some(self.waiting),
        }
    }
}

/// What a request is made of, as source.
pub(super) struct Credentials {
    /// The client id.
    pub(super) id: String,
    /// The client secret.
    pub(super) secret: String,
    /// The scope.
    pub(super) scope: String,
}

impl Target {
    /// The arguments of the call that makes a client.
    pub(super) fn made_with(&self, site: &Site<'_>, of: &Credentials) -> Vec<String> {
        let Credentials { id, secret, scope } = of;
        match self.form {
            Form::Session => {
                let method = format!("token_endpoint_auth_method={}", site.style.quoted("client_secret_post"));
                vec![id.clone(), secret.clone(), format!("scope={scope}"), method]
            }
            Form::ClientInSession => {
                vec![format!("client=BackendApplicationClient(client_id={id}, scope={scope})")]
            }
            Form::Post => Vec::new(),
        }
    }

    /// The arguments of the call that sends the grant.
    pub(super) fn sent_with(&self, site: &Site<'_>, url: String, of: &Credentials) -> Vec<String> {
        let grant = site.style.quoted(&site.project.knowledge().endpoints.grant_type);
        match self.form {
            Form::Session => vec![url, format!("grant_type={grant}")],
            Form::ClientInSession => {
                vec![url, format!("client_secret={}", of.secret), "include_client_id=True".to_owned()]
            }
            Form::Post => {
                let fields = [
                    ("grant_type", &grant),
                    ("client_id", &of.id),
                    ("client_secret", &of.secret),
                    ("scope", &of.scope),
                ];
                let fields = fields.map(|(key, value)| format!("\t{}: {value},", site.style.quoted(key)));
                vec![url, format!("data={{\n{}\n}}", fields.join("\n"))]
            }
        }
    }
}
