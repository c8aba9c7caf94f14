//! The server: one port for every host, told apart by the `Host` header.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use jsonwebtoken::{DecodingKey, EncodingKey, Header};
use rsa::rand_core::{OsRng, RngCore};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::exchange::{self, Refusal};
use super::record::{Endpoint, Form, Record};
use super::{CLIENT_ID, LIFETIME, World, token};

/// A running double; it stops when it is dropped.
pub(crate) struct Ims {
    /// Where it listens.
    pub(crate) port: u16,
    state: Shared,
    handle: Handle<SocketAddr>,
    _runtime: Runtime,
}

#[derive(Clone)]
struct Shared {
    key: DecodingKey,
    records: Arc<Mutex<Vec<Record>>>,
}

impl Ims {
    pub(crate) fn start(world: &World) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let state = Shared { key: world.verifying_key.clone(), records: Arc::default() };
        let app = Router::new().fallback(answer).with_state(state.clone());
        let (chain, key) = (world.server_chain.clone().into_bytes(), world.server_key.clone().into_bytes());
        let handle = Handle::new();
        let own = handle.clone();
        let address = runtime.block_on(async move {
            let tls = RustlsConfig::from_pem(chain, key).await.unwrap();
            let server = axum_server::bind_rustls(SocketAddr::from(([127, 0, 0, 1], 0)), tls).handle(own.clone());
            tokio::spawn(server.serve(app.into_make_service()));
            own.listening().await.unwrap()
        });
        Self { port: address.port(), state, handle, _runtime: runtime }
    }

    /// What it was asked so far.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.state.records.lock().unwrap().clone()
    }
}

impl Drop for Ims {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

fn endpoint(host: &str, path: &str) -> Endpoint {
    if host.ends_with(".adobe.io") {
        return Endpoint::Api;
    }
    match path {
        "/ims/exchange/jwt" | "/ims/exchange/jwt/" | "/ims/exchange/v1/jwt" | "/ims/exchange/v1/jwt/" => {
            Endpoint::Exchange
        }
        "/ims/token/v2" | "/ims/token/v2/" => Endpoint::Token(2),
        "/ims/token/v3" | "/ims/token/v3/" => Endpoint::Token(3),
        _ => Endpoint::Unknown,
    }
}

async fn answer(State(state): State<Shared>, request: Request) -> Response {
    let mut record = read(request).await;
    let records = || state.records.lock().unwrap();
    let (status, body) = match record.endpoint {
        Endpoint::Exchange => grant(&mut record, |it| exchange::check(it, &state.key), LIFETIME * 1000 + 999),
        Endpoint::Token(version) => grant(&mut record, |it| token::check(it, version), LIFETIME),
        Endpoint::Api => {
            let issued = records().iter().filter_map(|it| it.token.clone()).collect::<Vec<_>>();
            api(&record, &issued)
        }
        Endpoint::Unknown => (404, json!({"error": "not_found"})),
    };
    record.status = status;
    record.at = SystemTime::now();
    records().push(record);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body.to_string()).into_response()
}

fn grant(record: &mut Record, check: impl Fn(&Record) -> Result<(), Refusal>, expires_in: u64) -> (u16, Value) {
    if !record.line.starts_with("POST ") {
        return (405, json!({"error": "method_not_allowed"}));
    }
    match check(record) {
        Ok(()) => {
            let token = signed_token(expires_in);
            record.token = Some(token.clone());
            (200, json!({"token_type": "bearer", "access_token": token, "expires_in": expires_in}))
        }
        Err((status, error, description)) => (status, json!({"error": error, "error_description": description})),
    }
}

fn api(record: &Record, issued: &[String]) -> (u16, Value) {
    let bearer = record.authorization.as_deref().and_then(|it| it.strip_prefix("Bearer "));
    if !bearer.is_some_and(|it| issued.iter().any(|token| token == it)) {
        return (401, json!({"error_code": "401013", "message": "Oauth token is not valid"}));
    }
    if record.api_key.as_deref() != Some(CLIENT_ID) {
        return (403, json!({"error_code": "403000", "message": "Api Key is required"}));
    }
    let group = |name: &str, count: u32| json!({"groupName": name, "memberCount": count});
    let groups = [group("Editors", 12), group("Photographers", 7)];
    (200, json!({"lastPage": true, "result": "success", "groups": groups}))
}

async fn read(request: Request) -> Record {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let text = |name: &str| parts.headers.get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let host = text("host").or_else(|| parts.uri.host().map(str::to_owned)).unwrap_or_default();
    let (form, fields) = fields(&parts.headers, body).await;
    Record {
        endpoint: endpoint(host.split(':').next().unwrap_or_default(), parts.uri.path()),
        line: format!("{} {}", parts.method, parts.uri.path()),
        query: pairs(parts.uri.query().unwrap_or_default().as_bytes()),
        form,
        fields,
        authorization: text("authorization"),
        api_key: text("x-api-key"),
        status: 0,
        token: None,
        at: SystemTime::now(),
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

async fn fields(headers: &HeaderMap, body: Bytes) -> (Form, Vec<(String, String)>) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if body.is_empty() {
        return (Form::None, Vec::new());
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        return (Form::Urlencoded, pairs(&body));
    }
    let Ok(boundary) = multer::parse_boundary(kind) else { return (Form::Other, Vec::new()) };
    let stream = futures_once(body);
    let mut parts = multer::Multipart::new(stream, boundary);
    let mut res = Vec::new();
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        res.push((name, part.text().await.unwrap_or_default()));
    }
    (Form::Multipart, res)
}

/// A token that clients can look into, as those of IMS: it says when it was made and how many milliseconds it lives.
fn signed_token(expires_in: u64) -> String {
    let made = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
    let claims =
        json!({"id": format!("{:016x}", OsRng.next_u64()), "created_at": made, "expires_in": expires_in.to_string()});
    let key = EncodingKey::from_secret(&OsRng.next_u64().to_be_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap()
}

/// The body as the stream that the multipart reader wants.
fn futures_once(body: Bytes) -> axum::body::BodyDataStream {
    axum::body::Body::from(body).into_data_stream()
}
