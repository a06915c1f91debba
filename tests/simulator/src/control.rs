//! The control interface: JSON over plain HTTP on the loopback address, for tests in other languages and for people.

use crate::entra::{self, Decision, Policies};
use crate::faults::FaultRule;
use crate::identifiers::ClientId;
use crate::world::World;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::time::Duration;

const LARGEST_REQUEST: usize = 1 << 20;

/// A refusal of the control interface: status and sentence.
type Refusal = (StatusCode, String);

fn unknown(what: &str) -> Refusal {
    (StatusCode::NOT_FOUND, format!("{what} is unknown"))
}

#[derive(Deserialize)]
struct Advance {
    seconds: f64,
}

#[derive(Deserialize)]
struct SignIn {
    url: String,
    account: String,
    decision: Decision,
}

#[derive(Deserialize)]
struct Device {
    user_code: String,
    /// Absent: decline.
    account: Option<String>,
}

#[derive(Deserialize)]
struct AccountName {
    account: String,
}

#[derive(Deserialize)]
struct Certificate {
    pem: String,
}

#[derive(Deserialize)]
struct SecretLifetime {
    valid_seconds: u64,
}

#[derive(Deserialize)]
struct TokenErrors {
    number: u32,
    times: usize,
}

#[derive(Deserialize)]
struct RandomChanges {
    seed: u64,
    count: usize,
}

/// Answers a control request.
pub(crate) async fn answer(world: &World, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    // A web page can make a browser send requests here; those carry an origin, and a foreign name as host.
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let local = ["127.0.0.1", "localhost"].iter().any(|name| host.split(':').next() == Some(name));
    if !local || head.headers.contains_key(header::ORIGIN) {
        return reply(StatusCode::FORBIDDEN, &json!({"error": "only for programs on this machine"}));
    }
    let Ok(body) = axum::body::to_bytes(body, LARGEST_REQUEST).await else {
        return reply(StatusCode::PAYLOAD_TOO_LARGE, &json!({"error": "the request is too large"}));
    };
    match act(world, head.method.as_str(), head.uri.path(), &body) {
        Ok(value) => reply(StatusCode::OK, &value),
        Err((status, error)) => reply(status, &json!({"error": error})),
    }
}

fn reply(status: StatusCode, value: &Value) -> Response<Body> {
    entra::reply::json(status, value)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}

fn to_value(value: &impl serde::Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(value).map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

fn client(text: &str) -> Result<ClientId, Refusal> {
    uuid::Uuid::parse_str(text).map(ClientId).map_err(|_| unknown("the application"))
}

fn act(world: &World, method: &str, path: &str, body: &[u8]) -> Result<Value, Refusal> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (method, segments.as_slice()) {
        ("GET", []) => return Ok(describe(world)),
        ("GET", ["requests"]) => return to_value(&world.log.all()),
        ("GET", ["requests", "counts"]) => return to_value(&world.log.counts()),
        ("DELETE", ["requests"]) => world.log.clear(),
        ("GET", ["faults"]) => return to_value(&world.faults.rules()),
        ("POST", ["faults"]) => world.faults.add(read::<FaultRule>(body)?),
        ("DELETE", ["faults"]) => {
            world.faults.clear();
            world.entra().queued_errors.clear();
        }
        ("POST", ["token-errors"]) => {
            let ordered: TokenErrors = read(body)?;
            let refused = entra::by_number(ordered.number);
            world.entra().queued_errors.extend(std::iter::repeat_n(refused, ordered.times));
        }
        ("GET", ["clock"]) => return Ok(json!({"now": world.clock.now()})),
        ("POST", ["clock"]) => {
            let seconds = read::<Advance>(body)?.seconds;
            let by =
                Duration::try_from_secs_f64(seconds).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
            world.clock.advance(by);
            return Ok(json!({"now": world.clock.now()}));
        }
        ("POST", ["sign-in"]) => {
            let SignIn { url, account, decision } = read(body)?;
            return match entra::sign_in(world, &url, &account, decision) {
                Ok(redirect) => Ok(json!({"redirect": redirect})),
                Err(failed) => Err((StatusCode::CONFLICT, failed.to_string())),
            };
        }
        ("POST", ["device"]) => {
            let Device { user_code, account } = read(body)?;
            let mut state = world.entra();
            let account = match account {
                None => None,
                Some(name) => {
                    Some(state.account_named(&name).map(|account| account.id).ok_or_else(|| unknown("the account"))?)
                }
            };
            let now = world.clock.now();
            state
                .answer_device(&user_code, account, now)
                .map_err(|error| (StatusCode::NOT_FOUND, error.to_string()))?;
        }
        ("POST", ["sessions", "revoke"]) => {
            let AccountName { account } = read(body)?;
            let now = world.clock.now();
            world.entra().revoke_sessions(&account, now).ok_or_else(|| unknown("the account"))?;
        }
        ("PUT", ["policies"]) => world.entra().policies = read::<Policies>(body)?,
        ("POST", ["changes"]) => {
            let change = read(body)?;
            let changed = world.tenant.change(world.clock.now(), change);
            let position = changed.map_err(|error| (StatusCode::NOT_FOUND, error.to_string()))?;
            return Ok(json!({"position": position, "user_id": world.tenant.user_id(position)}));
        }
        ("POST", ["changes", "random"]) => {
            let RandomChanges { seed, count } = read(body)?;
            return to_value(&world.tenant.change_randomly(world.clock.now(), seed, count));
        }
        ("PUT", ["premium"]) => world.tenant.set_premium(read(body)?),
        ("PUT", ["concealed"]) => {
            let concealed = read(body)?;
            world.change_report_settings(|settings| settings.concealed = concealed);
        }
        ("PUT", ["reports"]) => {
            let state = read(body)?;
            world.change_report_settings(|settings| settings.state = state);
        }
        ("PUT", ["report-shape"]) => {
            let shape = read(body)?;
            world.change_report_settings(|settings| settings.shape = shape);
        }
        ("PUT", ["report-settings-form"]) => {
            let form = read(body)?;
            world.change_report_settings(|settings| settings.form = form);
        }
        ("PUT", ["quotas"]) => world.quotas.enable(read(body)?),
        ("PUT", ["latency"]) => world.latency.set(read(body)?),
        ("PUT", ["accounts", name, "roles"]) => {
            let wanted: Vec<String> = read(body)?;
            let known = |template: &String| {
                entra::role::ALL.into_iter().find(|known| known == template).ok_or_else(|| unknown("the role"))
            };
            let roles = wanted.iter().map(known).collect::<Result<_, Refusal>>()?;
            world.entra().set_roles(name, roles).ok_or_else(|| unknown("the account"))?;
        }
        ("GET", ["leaked-authorizations"]) => {
            return Ok(json!({"count": world.leaked_authorizations.load(Ordering::Relaxed)}));
        }
        ("GET", ["secrets"]) => return to_value(&world.secrets.all()),
        ("POST", ["applications", id, "certificates"]) => {
            let der = certificate(&read::<Certificate>(body)?.pem)?;
            let mut state = world.entra();
            let registration = state.registration_mut(client(id)?).ok_or_else(|| unknown("the application"))?;
            registration.certificates.push(der);
        }
        ("POST", ["applications", id, "secrets"]) => {
            let valid = Duration::from_secs(read::<SecretLifetime>(body)?.valid_seconds);
            let value = world.entra().add_secret(client(id)?, world.clock.now(), valid);
            return Ok(json!({"secret": value.ok_or_else(|| unknown("the application"))?}));
        }
        ("PUT", ["applications", id, "public-client-flows"]) => {
            let allowed: bool = read(body)?;
            let mut state = world.entra();
            let registration = state.registration_mut(client(id)?).ok_or_else(|| unknown("the application"))?;
            registration.allow_public_client_flows = allowed;
        }
        ("POST", ["applications", id, "consent"]) => world.entra().grant_everything(client(id)?),
        ("DELETE", ["applications", id, "consent"]) => world.entra().revoke_consent(client(id)?),
        _ => return Err(unknown("the address")),
    }
    Ok(json!({}))
}

/// The DER of the first certificate in a PEM text.
fn certificate(pem: &str) -> Result<Vec<u8>, Refusal> {
    let refused = || (StatusCode::BAD_REQUEST, "this is no PEM certificate".to_owned());
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----").ok_or_else(refused)?;
    let (encoded, _) = rest.split_once("-----END CERTIFICATE-----").ok_or_else(refused)?;
    let encoded: String = encoded.split_whitespace().collect();
    BASE64_STANDARD.decode(encoded).map_err(|_| refused())
}

/// Addresses, ids and demonstration credentials.
pub(crate) fn describe(world: &World) -> Value {
    let state = world.entra();
    let accounts: Vec<Value> = state
        .accounts
        .iter()
        .map(|account| {
            json!({
                "user_principal_name": account.user_principal_name,
                "password": account.password,
                "role": account.roles.first().map(|template| entra::role::name(template)),
            })
        })
        .collect();
    let own = state.registrations.iter().find(|known| known.own);
    json!({
        "login_origin": world.login_origin(),
        "graph_origin": format!("https://{}", world.graph_authority()),
        "report_origin": world.report_origin(),
        "control_origin": format!("http://127.0.0.1:{}", world.ports.control),
        "tenant_id": world.tenant.id(),
        "default_domain": world.tenant.default_domain(),
        "users": world.tenant.user_count(),
        "vendor_client_id": entra::VENDOR_CLIENT,
        "own_client_id": own.map(|own| own.client_id),
        "own_client_secret": own.and_then(|own| own.secrets.first()).map(|secret| secret.value.clone()),
        "accounts": accounts,
        "ca_pem": world.ca_pem,
    })
}
