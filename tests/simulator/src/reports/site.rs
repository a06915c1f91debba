//! The site that report links lead to: no sign-in, no cross-origin access, and no patience with stray credentials.

use super::stream;
use crate::entra::reply::set;
use crate::exchange::{Exchange, takes_gzip};
use crate::faults::FaultKind;
use crate::world::World;
use axum::body::Body;
use axum::http::{Method, Response, StatusCode};
use serde_json::json;

/// Answers a request to the report site.
pub(crate) fn answer(world: &World, exchange: &Exchange, struck: &[FaultKind]) -> Response<Body> {
    let mut response = if exchange.headers.contains_key("authorization") {
        missing_credentials()
    } else if exchange.path() != "/data/v1.0/download" {
        refused(StatusCode::NOT_FOUND, "ResourceNotFound", "The specified resource does not exist.")
    } else if exchange.method != Method::GET {
        let text = "The resource doesn't support the specified HTTP verb.";
        refused(StatusCode::METHOD_NOT_ALLOWED, "UnsupportedHttpVerb", text)
    } else {
        download(world, exchange, struck.contains(&FaultKind::ExpiredDownload))
    };
    set(&mut response, "x-ms-request-id", &uuid::Uuid::new_v4().to_string());
    set(&mut response, "strict-transport-security", "max-age=31536000");
    response
}

fn download(world: &World, exchange: &Exchange, expired: bool) -> Response<Body> {
    let query = exchange.query();
    let Some(link) = query.get("token").and_then(|token| world.links.get(token)) else {
        return refused(StatusCode::NOT_FOUND, "BlobNotFound", "The specified blob does not exist.");
    };
    if expired || !link.is_valid(world.clock.now()) {
        let text = "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.";
        return refused(StatusCode::FORBIDDEN, "AuthenticationFailed", text);
    }
    let issue = world.issue_at(link.issued_at);
    let etag = issue.etag(link.call);
    let gzip = takes_gzip(exchange);
    let mut response = Response::new(stream::body(issue, link.call, gzip));
    set(&mut response, "content-type", "application/octet-stream");
    set(&mut response, "content-disposition", &format!("attachment; filename={}.csv", link.call.report.function()));
    set(&mut response, "etag", &etag);
    set(&mut response, "vary", "Accept-Encoding");
    if gzip {
        set(&mut response, "content-encoding", "gzip");
    }
    response
}

/// What a client met in 2023 whose library sent its token along.
fn missing_credentials() -> Response<Body> {
    let message = "The request carries credentials that are not meant for this address.";
    let body = json!({"error": {"code": "MissingCredentials", "message": message}});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    set(&mut response, "content-type", "application/json");
    response
}

/// A blob store's refusal.
fn refused(status: StatusCode, code: &str, message: &str) -> Response<Body> {
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    set(&mut response, "content-type", "application/xml");
    set(&mut response, "x-ms-error-code", code);
    response
}
