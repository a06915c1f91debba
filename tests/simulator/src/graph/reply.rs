//! Successful answers of Graph: headers, compression.

use crate::entra::reply::set;
use crate::exchange::{Exchange, takes_gzip};
use crate::json::JsonWriter;
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use uuid::Uuid;

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
/// Below this size compression costs more than it saves.
const SMALLEST_COMPRESSED: usize = 512;
const EXPOSED: &str = "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, ReadWriteConsistencyToken, Retry-After, SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, X-Planner-Operationid, x-ms-permissions-recommendations";

/// `@odata.context` of this host.
pub(super) fn context(exchange: &Exchange, what: &str) -> String {
    format!("{}/v1.0/$metadata#{what}", exchange.origin())
}

pub(super) fn json(writer: JsonWriter) -> Response<Body> {
    let mut response = Response::new(Body::from(writer.into_bytes()));
    set(&mut response, "content-type", JSON);
    response
}

pub(super) fn text(body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    set(&mut response, "content-type", "text/plain");
    response
}

/// Adds what every answer of Graph carries.
pub(super) fn finish(exchange: &Exchange, response: &mut Response<Body>) {
    let request_id = match response.headers().get("request-id").and_then(|id| id.to_str().ok()) {
        Some(id) => id.to_owned(),
        None => Uuid::new_v4().to_string(),
    };
    let client_request_id =
        exchange.header("client-request-id").filter(|id| Uuid::parse_str(id).is_ok()).unwrap_or(&request_id);
    for (name, value) in [
        ("request-id", request_id.as_str()),
        ("client-request-id", client_request_id),
        ("cache-control", "no-cache"),
        ("odata-version", "4.0"),
        ("strict-transport-security", "max-age=31536000"),
        (
            "x-ms-ags-diagnostic",
            r#"{"ServerInfo":{"DataCenter":"Simulated","Slice":"E","Ring":"5","ScaleUnit":"003","RoleInstance":"SIMPEPF00000001"}}"#,
        ),
    ] {
        set(response, name, value);
    }
    if exchange.header("origin").is_some() {
        set(response, "access-control-allow-origin", "*");
        set(response, "access-control-expose-headers", EXPOSED);
    }
}

/// Compresses the body if the client takes gzip.
pub(super) async fn compressed(exchange: &Exchange, response: Response<Body>) -> Response<Body> {
    let (mut head, body) = response.into_parts();
    head.headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let accepted = takes_gzip(exchange);
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(head, Body::empty());
    };
    if !accepted || body.len() < SMALLEST_COMPRESSED {
        return Response::from_parts(head, Body::from(body));
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 8), Compression::fast());
    match encoder.write_all(&body).and_then(|()| encoder.finish()) {
        Ok(packed) => {
            head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Response::from_parts(head, Body::from(packed))
        }
        Err(_) => Response::from_parts(head, Body::from(body)),
    }
}
