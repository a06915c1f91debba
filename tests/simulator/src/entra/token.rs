//! The token endpoint: order of checks first, then the grants.

use super::error::{SignInError, Trace};
use super::reply;
use super::state::{NEIGHBOUR_DOMAIN, State};
use crate::exchange::{Exchange, Parameters};
use crate::identifiers::TenantId;
use crate::world::World;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

/// What the tenant segment of a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authority {
    Tenant(TenantId),
    Organizations,
    Common,
    Consumers,
}

impl State {
    /// Reads a tenant segment: id, verified domain, or one of the three words.
    pub(super) fn authority(&self, segment: &str) -> Result<Authority, SignInError> {
        let lower = segment.to_ascii_lowercase();
        match lower.as_str() {
            "organizations" => return Ok(Authority::Organizations),
            "common" => return Ok(Authority::Common),
            "consumers" => return Ok(Authority::Consumers),
            NEIGHBOUR_DOMAIN => return Ok(Authority::Tenant(self.neighbour)),
            _ => {}
        }
        if self.domains.contains(&lower) {
            return Ok(Authority::Tenant(self.tenant));
        }
        match Uuid::parse_str(segment).map(TenantId) {
            Ok(id) if id == self.tenant || id == self.neighbour => Ok(Authority::Tenant(id)),
            _ => {
                let text = format!(
                    "Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
                );
                Err(SignInError::new(90_002, "invalid_request", text))
            }
        }
    }
}

/// A token request, decoded.
pub(super) struct TokenCall<'a> {
    pub(super) world: &'a World,
    pub(super) form: Parameters,
    pub(super) authority: Authority,
    pub(super) now: Timestamp,
    /// `Origin` of a browser's cross-origin call.
    pub(super) browser_origin: Option<String>,
    /// `https://host:port` of the request.
    pub(super) origin: String,
}

impl TokenCall<'_> {
    /// A parameter that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, SignInError> {
        self.form.get(name).ok_or_else(|| SignInError::missing_parameter(name))
    }

    /// Whether an assertion was made for this token endpoint, under the name of the request or of the real cloud.
    pub(super) fn is_own_audience(&self, audience: &str) -> bool {
        let login = format!("https://{}", self.world.tenant.cloud().login_host());
        let hosts = [self.origin.as_str(), login.as_str()];
        hosts.iter().filter_map(|host| audience.strip_prefix(host)).any(|path| {
            path.ends_with("/oauth2/v2.0/token") || path.ends_with("/v2.0") || path.ends_with("/oauth2/token")
        })
    }
}

/// Ids and time for the answer to a request.
pub(super) fn trace(world: &World, exchange: &Exchange) -> Trace {
    let query = exchange.query();
    let named = exchange.header("client-request-id").or_else(|| query.get("client-request-id"));
    let mut state = world.entra();
    Trace {
        trace_id: state.dice.guid(),
        correlation_id: named.and_then(|id| Uuid::parse_str(id).ok()).unwrap_or_else(|| state.dice.guid()),
        now: world.clock.now(),
        origin: exchange.origin(),
    }
}

/// Form parameters, with client id and secret from `Authorization: Basic` where they came that way.
fn parameters(exchange: &Exchange) -> Parameters {
    let mut form = exchange.form();
    let basic = exchange.header("authorization").and_then(|value| value.strip_prefix("Basic "));
    let decoded = basic.and_then(|value| String::from_utf8(BASE64_STANDARD.decode(value).ok()?).ok());
    if let Some((id, secret)) = decoded.as_deref().and_then(|pair| pair.split_once(':')) {
        let decode = |text: &str| {
            let encoded = format!("v={text}");
            Parameters::parse(encoded.as_bytes()).get("v").unwrap_or_default().to_owned()
        };
        form.insert("client_id", decode(id));
        form.insert("client_secret", decode(secret));
    }
    form
}

/// `grant_type` in a form that may be logged.
pub(crate) fn grant_name(exchange: &Exchange) -> Option<String> {
    exchange.path().ends_with("/oauth2/v2.0/token").then(|| exchange.form().get("grant_type").map(str::to_owned))?
}

/// Answers `POST /{tenant}/oauth2/v2.0/token`.
pub(super) fn answer(world: &World, exchange: &Exchange, tenant: &str) -> Response<Body> {
    let trace = trace(world, exchange);
    let result = call(world, exchange, tenant);
    let spa_origin = result.as_ref().ok().and_then(|answer| answer.allowed_origin.clone());
    let mut response = match result {
        Ok(answer) => {
            let mut response = reply::json(StatusCode::OK, &answer.body);
            reply::set(&mut response, "x-ms-clitelem", "1,0,0,,");
            reply::set(&mut response, "x-ms-request-id", &trace.trace_id.to_string());
            response
        }
        Err(refusal) => refusal.response(&trace),
    };
    reply::set(&mut response, "x-ms-ests-server", "2.1.0.0 - SIM ProdSlices");
    reply::set(&mut response, "strict-transport-security", "max-age=31536000; includeSubDomains");
    reply::set(&mut response, "client-request-id", &trace.correlation_id.to_string());
    if let Some(origin) = spa_origin {
        reply::set(&mut response, "access-control-allow-origin", &origin);
        reply::set(&mut response, "access-control-allow-credentials", "true");
    }
    response
}

/// A successful token answer.
pub(super) struct TokenAnswer {
    pub(super) body: Value,
    /// Set for a single-page application.
    pub(super) allowed_origin: Option<String>,
}

fn call(world: &World, exchange: &Exchange, tenant: &str) -> Result<TokenAnswer, SignInError> {
    let mut state = world.entra();
    if let Some(ordered) = state.queued_errors.pop_front() {
        return Err(ordered);
    }
    let call = TokenCall {
        world,
        form: parameters(exchange),
        authority: state.authority(tenant)?,
        now: world.clock.now(),
        browser_origin: exchange.header("origin").map(str::to_owned),
        origin: exchange.origin(),
    };
    match call.required("grant_type")? {
        "authorization_code" => state.redeem_code(&call),
        "refresh_token" => state.refresh(&call),
        "client_credentials" => state.client_credentials(&call),
        // msal-node sends the bare word instead of the URN.
        "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => state.poll_device(&call),
        "password" => state.password(&call),
        other => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            Err(SignInError::new(70_003, "unsupported_grant_type", text))
        }
    }
}
