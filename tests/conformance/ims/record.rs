//! What a double was asked, for the assertions.

use std::time::SystemTime;

/// Which part of the double a request went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// The exchange of a JWT, in any of its path variants.
    Exchange,
    /// The token endpoint, with its version.
    Token(u8),
    /// An API that wants the bearer token.
    Api,
    /// Anything else.
    Unknown,
}

/// How the parameters of a request were sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Not in a body.
    None,
    /// `application/x-www-form-urlencoded`.
    Urlencoded,
    /// `multipart/form-data`.
    Multipart,
    /// Some other body.
    Other,
}

/// One request and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The part it went to.
    pub(crate) endpoint: Endpoint,
    /// Method and path.
    pub(crate) line: String,
    /// The parameters of the query string.
    pub(crate) query: Vec<(String, String)>,
    /// How the body was encoded.
    pub(crate) form: Form,
    /// The parameters of the body.
    pub(crate) fields: Vec<(String, String)>,
    /// The `Authorization` header.
    pub(crate) authorization: Option<String>,
    /// The `x-api-key` header.
    pub(crate) api_key: Option<String>,
    /// The status it was answered with.
    pub(crate) status: u16,
    /// The token that the answer holds.
    pub(crate) token: Option<String>,
    /// When it was answered.
    pub(crate) at: SystemTime,
}

impl Record {
    /// The value of a parameter, wherever it was sent.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let all = self.fields.iter().chain(&self.query);
        all.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
