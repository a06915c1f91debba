//! Carrying faults out: instead of an answer, or on the way of an answer to the client.

use super::rule::{FaultBody, FaultKind, RetryAfter};
use crate::clock::http_date;
use crate::entra;
use crate::exchange::Exchange;
use crate::graph::GraphError;
use crate::request_log::Site;
use crate::world::World;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream::{self, StreamExt as _};
use std::io::Write as _;
use std::time::Duration;

const CHUNK: usize = 64 * 1024;
/// What a page begins with; a reader that goes by the first bytes is not warned.
const BAIT: &[u8] = b"{\"value\":[";

#[expect(clippy::disallowed_methods, reason = "a date that the client compares with the machine's time")]
fn machine_time_in(seconds: u64) -> jiff::Timestamp {
    let now = jiff::Timestamp::now();
    now.saturating_add(jiff::SignedDuration::from_secs(seconds as i64)).unwrap_or(now)
}

/// The answer that a fault gives in place of the real one.
pub(crate) fn before(fault: &FaultKind, world: &World, exchange: &Exchange) -> Option<Response<Body>> {
    match fault {
        FaultKind::Status { status, retry_after, body } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let mut response = refusing(status, *body, world, exchange);
            let retry_after = retry_after.map(|retry_after| match retry_after {
                RetryAfter::Seconds(seconds) => seconds.to_string(),
                RetryAfter::Fraction(seconds) => seconds.to_string(),
                // The client compares with the machine's time, so this is no simulated one.
                RetryAfter::Date(seconds) => http_date(machine_time_in(seconds)),
            });
            if let Some(value) = retry_after.and_then(|value| HeaderValue::try_from(value).ok()) {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            Some(response)
        }
        FaultKind::GraphError { status, code, message } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Some(GraphError::new(status, code.clone(), message).into_response(world, exchange))
        }
        FaultKind::Redirect { to } => Some(entra::reply::found(to)),
        FaultKind::ExpiredToken => {
            let message = "Lifetime validation failed, the token is expired.";
            Some(GraphError::unauthenticated(message).into_response(world, exchange))
        }
        FaultKind::ClaimsChallenge => {
            let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1635527790"}}}"#;
            let challenge = format!(
                "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/authorize\", client_id=\"{}\", error=\"insufficient_claims\", claims=\"{}\"",
                world.login_origin(),
                entra::scope::GRAPH_APP_ID,
                BASE64_STANDARD.encode(claims)
            );
            let message = "Continuous access evaluation resulted in claims challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
            let mut response = GraphError::unauthenticated(message).into_response(world, exchange);
            entra::reply::set(&mut response, "www-authenticate", &challenge);
            Some(response)
        }
        FaultKind::OversizedBody { bytes } => {
            let blank = Bytes::from(vec![b' '; CHUNK]);
            let chunks = usize::try_from(*bytes).unwrap_or(usize::MAX) / CHUNK;
            let filling = stream::iter(std::iter::repeat_n(blank, chunks));
            let parts = stream::iter([Bytes::from_static(BAIT)]).chain(filling).map(Ok::<_, std::io::Error>);
            Some(json_response(Body::from_stream(parts)))
        }
        FaultKind::GzipBomb { bytes } => {
            let mut response = json_response(Body::from(bomb(*bytes)));
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            Some(response)
        }
        FaultKind::DirectoryChange { change } => {
            // Who is already gone cannot go again; the request goes on as if nothing had been ordered.
            let _ = world.tenant.change(world.clock.now(), change.clone());
            None
        }
        FaultKind::SignInError { number } if exchange.site == Site::Login => {
            world.entra().queued_errors.push_back(entra::by_number(*number));
            None
        }
        _ => None,
    }
}

fn json_response(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn refusing(status: StatusCode, body: FaultBody, world: &World, exchange: &Exchange) -> Response<Body> {
    let mut response = match body {
        FaultBody::Json => {
            let (code, message) = match status {
                StatusCode::TOO_MANY_REQUESTS => ("TooManyRequests", "Please retry again later."),
                StatusCode::SERVICE_UNAVAILABLE => ("ServiceNotAvailable", "The service is temporarily unavailable."),
                StatusCode::INTERNAL_SERVER_ERROR => ("InternalServerError", "An internal server error occurred."),
                _ => ("UnknownError", ""),
            };
            GraphError::new(status, code, message).into_response(world, exchange)
        }
        FaultBody::Html => {
            let text = "<html><head><title>Gateway</title></head><body><h1>Our services aren't available right now</h1></body></html>";
            entra::reply::html(status, text.to_owned())
        }
        FaultBody::Empty => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = status;
            response
        }
    };
    if status == StatusCode::TOO_MANY_REQUESTS {
        entra::reply::set(&mut response, "x-ms-throttle-information", "ResourceUnitLimitExceeded");
    }
    response
}

/// Compressed blanks after a promising start.
fn bomb(bytes: u64) -> Vec<u8> {
    let blank = vec![b' '; CHUNK];
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail; a shorter bomb would still be one.
    let _ = encoder.write_all(BAIT);
    for _ in 0..bytes / CHUNK as u64 {
        let _ = encoder.write_all(&blank);
    }
    encoder.finish().unwrap_or_default()
}

/// Spoils a finished answer.
pub(crate) async fn after(fault: &FaultKind, response: Response<Body>) -> Response<Body> {
    let spoils = matches!(
        fault,
        FaultKind::CutBody | FaultKind::SlowBody { .. } | FaultKind::InvalidJson | FaultKind::WrongContentLength
    );
    if !spoils {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return Response::from_parts(head, Body::empty());
    };
    let half = body.slice(..body.len() / 2);
    let body = match fault {
        FaultKind::CutBody => {
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "cut on purpose");
            // The first half must have left before the cut, or the client would never see a beginning.
            let cut = stream::once(async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(broken)
            });
            Body::from_stream(stream::iter([Ok(half)]).chain(cut))
        }
        FaultKind::WrongContentLength => {
            head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len() + 1_000));
            Body::from_stream(stream::iter([Ok::<_, std::io::Error>(body)]))
        }
        FaultKind::SlowBody { milliseconds } => {
            let pause = Duration::from_millis(milliseconds / 10);
            let part = body.len().div_ceil(10).max(1);
            let parts: Vec<Bytes> =
                (0..body.len()).step_by(part).map(|start| body.slice(start..body.len().min(start + part))).collect();
            Body::from_stream(stream::iter(parts).then(move |part| async move {
                tokio::time::sleep(pause).await;
                Ok::<_, std::io::Error>(part)
            }))
        }
        _ => {
            // Half of a compressed body would be a broken stream, which is another fault.
            head.headers.remove(header::CONTENT_LENGTH);
            let packed = head.headers.remove(header::CONTENT_ENCODING).is_some();
            Body::from(if packed { Bytes::from_static(BAIT) } else { half })
        }
    };
    Response::from_parts(head, body)
}
