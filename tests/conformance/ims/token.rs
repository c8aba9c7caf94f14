//! `/ims/token/v2` and `/ims/token/v3`: the client credentials grant, as a form.

use super::exchange::Refusal;
use super::record::{Form, Record};
use super::{CLIENT_ID, CLIENT_SECRET};

/// The scopes that Adobe's APIs know; any other is refused as IMS refuses it.
const SCOPES: &[&str] = &[
    "openid",
    "AdobeID",
    "session",
    "read_organizations",
    "adobeio_api",
    "user_management_sdk",
    "event_receiver",
    "event_receiver_api",
    "asset_compute",
    "read_client_secret",
    "manage_client_secrets",
    "read_pc.dma_aem_ams",
    "additional_info.job_function",
    "additional_info.projectedProductContext",
    "additional_info.roles",
];

/// Whether the token is granted.
pub(super) fn check(request: &Record, version: u8) -> Result<(), Refusal> {
    // Adobe's own aio-lib-ims sends multipart to the older version.
    let form = matches!((request.form, version), (Form::Urlencoded, _) | (Form::Multipart, 2));
    // aio-lib-java sends the client ID in the query.
    if !form || request.query.iter().any(|it| it.0 != "client_id") {
        return Err((400, "invalid_request", "the parameters are not a form"));
    }
    if request.parameter("grant_type") != Some("client_credentials") {
        return Err((400, "unsupported_grant_type", "only client_credentials is supported here"));
    }
    if request.parameter("client_id") != Some(CLIENT_ID) {
        return Err((400, "invalid_client", "invalid client_id parameter"));
    }
    if request.parameter("client_secret") != Some(CLIENT_SECRET) {
        return Err((400, "invalid_client", "invalid client_secret parameter"));
    }
    let scope = request.parameter("scope").unwrap_or_default();
    let known = scope.split(',').all(|it| SCOPES.contains(&it));
    if known { Ok(()) } else { Err((400, "invalid_scope", "unknown scope")) }
}
