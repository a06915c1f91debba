//! What every request passes before anything is looked up: the right host name, the right origin, and on the way back
//! the headers that keep a browser from doing more than it should.

use crate::app::App;
use crate::problem::Refusal;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use beacon_api::{ProblemKind, paths};
use std::sync::Arc;
use tracing::debug;

/// No inline script or style, no foreign origin; compiling WebAssembly is what this page is for.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
                      manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The outermost layer.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with(paths::BASE);
    // A query may name people, and a path outside of the API may hold the secret of a link.
    let asked = is_api.then(|| (request.method().clone(), request.uri().path().to_owned()));
    let mut response = match admitted(&app, &request) {
        Ok(None) => next.run(request).await,
        Ok(Some(elsewhere)) => elsewhere,
        Err(refusal) => refusal.into_response(),
    };
    if let Some((method, path)) = asked {
        debug!(%method, path, status = response.status().as_u16(), "answered");
    }
    add_headers(response.headers_mut(), app.address.secure, is_api);
    response
}

/// `None` to go on, or the redirect to the one name under which the page is reached.
fn admitted(app: &App, request: &Request) -> Result<Option<Response>, Refusal> {
    let headers = request.headers();
    let host = request
        .uri()
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| headers.get(header::HOST).and_then(|host| host.to_str().ok()))
        .unwrap_or_default();
    if !host.eq_ignore_ascii_case(&app.address.authority()) {
        let reading = request.method() == Method::GET;
        if reading && app.address.is_loopback_literal(host) {
            // One origin: cookies and storage of 127.0.0.1 are not those of localhost.
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            let location = format!("{}{path}", app.address.origin());
            return Ok(Some((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response()));
        }
        let title = "This beacon is not reached under that host name.";
        let advice = format!("Open {} instead.", app.address.origin());
        let code = "request.host";
        return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, ProblemKind::Forbidden, code, title, &advice));
    }
    same_origin(app, request)?;
    Ok(None)
}

/// Requests of other sites are refused, whatever cookies they bring: any at the API, and all that could change
/// something. A person who follows a link to a page of ours, or comes back from Microsoft, is welcome.
fn same_origin(app: &App, request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let foreign_origin = text(&header::ORIGIN).is_some_and(|origin| origin != app.address.origin());
    let is_api = request.uri().path().starts_with(paths::BASE);
    let foreign_site = match text(&FETCH_SITE) {
        None | Some("same-origin") => false,
        Some("none") => !reading,
        Some(_) => is_api || !reading,
    };
    if foreign_origin || foreign_site {
        return Err(Refusal::forbidden(
            "request.origin",
            "Another site sent this request.",
            "Open the beacon's own page and do it there.",
        ));
    }
    Ok(())
}

fn add_headers(headers: &mut HeaderMap, secure: bool, is_api: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    // Popups keep their handle: the page has to notice when somebody closes the sign-in window.
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin-allow-popups");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)",
    );
    if secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if is_api {
        set(header::CACHE_CONTROL, "no-store");
    }
}
