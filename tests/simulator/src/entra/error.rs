//! Refusals of the sign-in site: AADSTS numbers with the `error` words, statuses and texts seen on the wire.

use crate::clock::error_timestamp;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// A refusal before it is dressed with trace id, correlation id and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignInError {
    pub(crate) number: u32,
    pub(crate) error: &'static str,
    pub(crate) suberror: Option<&'static str>,
    pub(crate) status: StatusCode,
    pub(crate) text: String,
    /// JSON as a string, for example with the ids of the policies that blocked.
    pub(crate) claims: Option<String>,
}

/// What every refusal carries besides its reason.
pub(crate) struct Trace {
    pub(crate) trace_id: Uuid,
    pub(crate) correlation_id: Uuid,
    pub(crate) now: Timestamp,
    /// `https://host:port` of the request, for `error_uri`.
    pub(crate) origin: String,
}

impl SignInError {
    pub(crate) fn new(number: u32, error: &'static str, text: impl Into<String>) -> Self {
        let status = match error {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { number, error, suberror: None, status, text: text.into(), claims: None }
    }

    pub(crate) fn with_suberror(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::new(
            900_144,
            "invalid_request",
            format!("The request body must contain the following parameter: '{name}'."),
        )
    }

    pub(crate) fn malformed_grant() -> Self {
        Self::new(9_002_313, "invalid_grant", "Invalid request. Request is malformed or invalid.")
    }

    /// `AADSTS…: text Trace ID: … Correlation ID: … Timestamp: …`
    pub(crate) fn description(&self, trace: &Trace) -> String {
        format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}",
            self.number,
            self.text,
            trace.trace_id,
            trace.correlation_id,
            error_timestamp(trace.now)
        )
    }

    /// The JSON body of a token endpoint.
    pub(crate) fn body(&self, trace: &Trace) -> Value {
        let mut body = json!({
            "error": self.error,
            "error_description": self.description(trace),
            "error_codes": [self.number],
            "timestamp": error_timestamp(trace.now),
            "trace_id": trace.trace_id,
            "correlation_id": trace.correlation_id,
        });
        const WITHOUT_URI: [u32; 4] = [70_003, 700_038, 65_001, 70_016];
        if let Some(members) = body.as_object_mut() {
            if !WITHOUT_URI.contains(&self.number) {
                members.insert("error_uri".into(), format!("{}/error?code={}", trace.origin, self.number).into());
            }
            if let Some(suberror) = self.suberror {
                members.insert("suberror".into(), suberror.into());
            }
            if let Some(claims) = &self.claims {
                members.insert("claims".into(), claims.clone().into());
            }
        }
        body
    }

    pub(crate) fn response(&self, trace: &Trace) -> Response<Body> {
        let mut response = super::reply::json(self.status, &self.body(trace));
        let telemetry = format!("1,{},0,,", self.number);
        super::reply::set(&mut response, "x-ms-clitelem", &telemetry);
        super::reply::set(&mut response, "x-ms-request-id", &trace.trace_id.to_string());
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            super::reply::set(&mut response, header::RETRY_AFTER.as_str(), "1");
        }
        response
    }
}

/// A refusal by number alone, for faults that a test orders: the usual `error` word and a text of the usual kind.
pub(crate) fn by_number(number: u32) -> SignInError {
    let (error, text) = match number {
        50_126 => ("invalid_grant", "Error validating credentials due to invalid username or password."),
        50_034 => ("invalid_grant", "The user account does not exist in the directory."),
        50_053 => ("invalid_grant", "The account is locked because of too many sign-in attempts."),
        50_055 | 50_144 => ("invalid_grant", "The password is expired."),
        50_057 => ("invalid_grant", "The user account is disabled."),
        50_058 => ("login_required", "Session information is not sufficient for single-sign-on."),
        50_072 | 50_079 => ("interaction_required", "The user must enroll in multi-factor authentication."),
        50_074 | 50_076 | 50_078 => (
            "invalid_grant",
            "You must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
        ),
        50_131 | 53_000..=53_003 | 530_032 => {
            ("invalid_grant", "Access has been blocked by Conditional Access policies.")
        }
        50_173 => {
            ("invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed.")
        }
        50_105 => ("invalid_grant", "The signed in user is not assigned to a role for the application."),
        54_005 => {
            ("invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code.")
        }
        65_001 => ("invalid_grant", "The user or administrator has not consented to use the application."),
        65_004 => ("access_denied", "User declined to consent to access the app."),
        70_000 | 70_008 => ("invalid_grant", "The provided grant is expired or revoked."),
        70_043 => ("invalid_grant", "The refresh token has expired or is invalid due to sign-in frequency checks."),
        700_082 => ("invalid_grant", "The refresh token has expired due to inactivity."),
        700_084 => ("invalid_grant", "The refresh token was issued to a single page app and has expired."),
        700_016 | 700_011 | 70_001 | 7_000_112 | 700_038 => {
            ("unauthorized_client", "The application was not found or is disabled in the directory.")
        }
        700_027 | 700_030 => ("invalid_client", "The client assertion is not valid."),
        7_000_215 => ("invalid_client", "Invalid client secret provided."),
        7_000_218 => (
            "invalid_client",
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        ),
        7_000_222 => ("invalid_client", "The provided client secret keys are expired."),
        700_025 => (
            "invalid_client",
            "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        ),
        70_011 | 700_022 | 1_002_012 => {
            ("invalid_scope", "The provided value for the input parameter 'scope' is not valid.")
        }
        50_001 | 500_011 => ("invalid_resource", "The resource principal was not found in the tenant."),
        50_033 | 50_087 | 50_196 | 90_006 | 90_012 | 90_024 | 90_033 | 90_055 | 90_090 => {
            ("temporarily_unavailable", "A transient error has occurred. Please try again.")
        }
        90_093..=90_095 => ("access_denied", "An administrator's consent is required."),
        _ => ("invalid_request", "The request was refused."),
    };
    let refusal = SignInError::new(number, error, text);
    match number {
        50_173 => refusal.with_suberror("bad_token"),
        50_072 | 50_074 | 50_076 | 50_078 | 50_079 => refusal.with_suberror("basic_action"),
        53_000..=53_003 | 530_032 => {
            SignInError { claims: Some(policy_claims()), ..refusal.with_suberror("message_only") }
        }
        65_001 => refusal.with_suberror("consent_required"),
        70_043 => refusal.with_suberror("token_expired"),
        50_055 | 50_144 => refusal.with_suberror("user_password_expired"),
        _ => refusal,
    }
}

fn policy_claims() -> String {
    let policies = ["9f1c0e4b-4a4b-4c0e-8f49-5a1f0a3f6d11"];
    json!({"access_token": {"capolids": {"essential": true, "values": policies}}}).to_string()
}
