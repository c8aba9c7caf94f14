//! `/ims/exchange/jwt` as Adobe documented it: a form, multipart or query with the assertion.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use super::record::Record;
use super::{CLIENT_ID, CLIENT_SECRET, IMS_HOST, ORG_ID, TECHNICAL_ACCOUNT};

/// The longest life an assertion may have, in seconds.
const LONGEST: u64 = 86_400;
/// How far the clocks may differ, in seconds.
const SKEW: u64 = 30;

/// An error as IMS answers it: status, `error`, `error_description`.
pub(super) type Refusal = (u16, &'static str, &'static str);

/// Whether the exchange is granted.
pub(super) fn check(request: &Record, key: &DecodingKey) -> Result<(), Refusal> {
    if request.parameter("client_id") != Some(CLIENT_ID) {
        return Err((400, "invalid_client", "unknown client_id"));
    }
    if request.parameter("client_secret") != Some(CLIENT_SECRET) {
        return Err((401, "invalid_client", "invalid client_secret parameter"));
    }
    let token = request.parameter("jwt_token").ok_or((400, "invalid_token", "missing jwt_token"))?;
    let header = decode_header(token).map_err(|_| (400, "invalid_token", "JWT token is incorrectly formatted"))?;
    if header.alg != Algorithm::RS256 {
        return Err((400, "invalid_signature", "the signature is not RS256"));
    }
    let mut validation = Validation::new(Algorithm::RS256);
    // The claims are checked below, so that each has the error of its own.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let decoded = decode::<HashMap<String, Value>>(token, key, &validation);
    let claims = decoded.map_err(|_| (400, "invalid_signature", "no certificate matches the signature"))?.claims;
    check_claims(&claims)
}

fn check_claims(claims: &HashMap<String, Value>) -> Result<(), Refusal> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs());
    let exp = claims.get("exp").and_then(Value::as_u64);
    let exp = exp.ok_or((400, "invalid_token", "exp is not an integer"))?;
    if exp <= now || exp > now + LONGEST + SKEW {
        return Err((400, "invalid_token", "exp is past or too far ahead"));
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(ORG_ID) || text("sub") != Some(TECHNICAL_ACCOUNT) {
        return Err((400, "bad_request", "iss or sub is not that of the credential"));
    }
    let audience = format!("https://{IMS_HOST}/c/{CLIENT_ID}");
    if text("aud") != Some(audience.as_str()) {
        return Err((400, "invalid_client", "client_id does not match aud"));
    }
    let prefix = format!("https://{IMS_HOST}/s/");
    let granted = claims.iter().any(|(name, value)| name.starts_with(&prefix) && *value == Value::Bool(true));
    if granted { Ok(()) } else { Err((400, "invalid_scope", "no metascope is bound to the client")) }
}
