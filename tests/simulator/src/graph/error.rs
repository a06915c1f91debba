//! Graph's error object and its usual texts.

use crate::clock::zoneless_timestamp;
use crate::entra::reply::set;
use crate::exchange::Exchange;
use crate::quotas::Throttled;
use crate::world::World;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;
use std::borrow::Cow;
use uuid::Uuid;

/// A refusal of Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    /// Headers that only this refusal has.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl GraphError {
    pub(crate) fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), headers: Vec::new() }
    }

    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    pub(crate) fn insufficient_privileges() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    /// Reports and their settings hide the real error as a JSON string in the message of another one.
    pub(crate) fn reports_forbidden() -> Self {
        let inner = json!({"error": {"code": "S2SUnauthorized", "message": "Invalid permission."}});
        Self::new(StatusCode::FORBIDDEN, "UnknownError", inner.to_string())
    }

    pub(crate) fn throttled(throttled: Throttled) -> Self {
        let mut refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Please retry again later.");
        refusal.headers.push(("retry-after", throttled.retry_after_seconds.to_string()));
        refusal
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(crate) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    pub(crate) fn unknown_segment(segment: &str) -> Self {
        Self::bad_request(format!("Resource not found for the segment '{segment}'."))
    }

    pub(crate) fn not_found(id: &str) -> Self {
        let message =
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    pub(crate) fn expired_page_token() -> Self {
        let message = "The specified page token value has expired and can no longer be included in your request.";
        Self::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
    }

    /// The answer, with the ids that a support case would name.
    pub(crate) fn into_response(self, world: &World, exchange: &Exchange) -> Response<Body> {
        let request_id = Uuid::new_v4();
        let client_request_id = exchange.header("client-request-id").and_then(|id| Uuid::parse_str(id).ok());
        let client_request_id = client_request_id.unwrap_or(request_id);
        let mut inner = json!({
            "date": zoneless_timestamp(world.clock.now()), "request-id": request_id, "client-request-id": client_request_id,
        });
        if let (StatusCode::TOO_MANY_REQUESTS, Some(members)) = (self.status, inner.as_object_mut()) {
            members.insert("code".into(), "429".into());
            members.insert("message".into(), "Please retry after".into());
            members.insert("status".into(), "429".into());
        }
        let body = json!({"error": {"code": self.code, "message": self.message, "innerError": inner}});
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        set(&mut response, "content-type", "application/json");
        for (name, value) in &self.headers {
            set(&mut response, name, value);
        }
        set(&mut response, "request-id", &request_id.to_string());
        set(&mut response, "client-request-id", &client_request_id.to_string());
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"";
            set(&mut response, "www-authenticate", challenge);
        }
        response
    }
}
