//! Answers of the sign-in site with the headers that real ones carry.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

/// Sets a header; a value that is no header value is left out.
pub(crate) fn set(response: &mut Response<Body>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}

fn with_type(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// A JSON answer that must not be stored.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = with_type(status, "application/json; charset=utf-8", body.to_string());
    for (name, value) in [
        ("cache-control", "no-store, no-cache"),
        ("pragma", "no-cache"),
        ("expires", "-1"),
        ("x-content-type-options", "nosniff"),
        ("p3p", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\""),
    ] {
        set(&mut response, name, value);
    }
    response
}

/// A document that anybody may read from anywhere: discovery, keys.
pub(crate) fn public_json(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = with_type(status, "application/json; charset=utf-8", body.to_string());
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, OPTIONS"),
        ("cache-control", "max-age=86400, private"),
    ] {
        set(&mut response, name, value);
    }
    response
}

/// A page for a person. No script may run on it.
pub(crate) fn html(status: StatusCode, body: String) -> Response<Body> {
    let mut response = with_type(status, "text/html; charset=utf-8", body);
    set(&mut response, "cache-control", "no-store, no-cache");
    set(
        &mut response,
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    );
    set(&mut response, "referrer-policy", "no-referrer");
    response
}

/// A redirect to the application.
pub(crate) fn found(location: &str) -> Response<Body> {
    let mut response = with_type(StatusCode::FOUND, "text/html; charset=utf-8", Body::empty());
    set(&mut response, header::LOCATION.as_str(), location);
    set(&mut response, "cache-control", "no-store, no-cache");
    response
}
