//! The files of the page. They are in the program, compressed; a browser gets them as they are.

#![expect(clippy::disallowed_types, reason = "unpacks nothing but the files that the build put in")]

use crate::app::App;
use crate::callback;
use aws_lc_rs::digest::{Context, SHA256, digest};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use beacon_api::paths;
use beacon_operations::doctor::PageFiles;
use flate2::read::GzDecoder;
use std::io::{self, Read as _};
use std::sync::Arc;

struct Asset {
    name: &'static str,
    brotli: &'static [u8],
    gzip: &'static [u8],
}

static ASSETS: &[Asset] = &include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The page itself; every address that is no file leads to it, and it finds its way from there.
const INDEX: &str = "index.html";

/// What is answered where the program was built without its page.
const NO_PAGE: &str = "This beacon was built without its page: run `cargo xtask page` and build it again. \
                       The API is there.";

/// Everything that is not the API.
pub(crate) async fn serve(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return crate::problem::Refusal::not_found("route").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if path == paths::CALLBACK || callback::is_answer(request.uri().query()) {
        return callback::take(State(app), request).await;
    }
    let name = path.trim_start_matches('/');
    if let Some(asset) = find(name) {
        return answer(asset, request.headers(), StatusCode::OK);
    }
    // A missing file must not be taken for a page: a script that is HTML helps nobody.
    if name.rsplit('/').next().is_some_and(|last| last.contains('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match find(INDEX) {
        Some(asset) => answer(asset, request.headers(), StatusCode::OK),
        None => (StatusCode::NOT_FOUND, NO_PAGE).into_response(),
    }
}

/// One of the plain pages, whatever the browser accepts.
pub(crate) fn page(name: &str, status: StatusCode) -> Response {
    find(name).map_or_else(|| (status, NO_PAGE).into_response(), |asset| answer(asset, &HeaderMap::new(), status))
}

/// How the page's files are, each unpacked to see that it is whole.
#[must_use]
pub fn page_files() -> PageFiles {
    let mut all = Context::new(&SHA256);
    let mut broken = Vec::new();
    for asset in ASSETS {
        all.update(asset.name.as_bytes());
        match plain(asset) {
            Ok(bytes) => all.update(digest(&SHA256, &bytes).as_ref()),
            Err(_) => broken.push(asset.name.to_owned()),
        }
    }
    let sha256 = all.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    PageFiles { count: ASSETS.len(), sha256, broken }
}

/// A file without its packing, which ends with a checksum.
fn plain(asset: &Asset) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    GzDecoder::new(asset.gzip).read_to_end(&mut plain)?;
    Ok(plain)
}

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

fn answer(asset: &'static Asset, headers: &HeaderMap, status: StatusCode) -> Response {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let packed = [("br", asset.brotli), ("gzip", asset.gzip)];
    let mut response = match packed.into_iter().find(|(encoding, _)| accepts(accepted, encoding)) {
        Some((encoding, bytes)) => {
            let mut response = bytes.into_response();
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            response
        }
        None => match plain(asset) {
            Ok(plain) => plain.into_response(),
            Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(asset.name)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // A new beacon has a new page: asking each time is cheap on the way to the same machine.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Whether an `Accept-Encoding` names the encoding, and not by a weight of zero (RFC 9110 section 12.5.3).
fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !parts.any(|part| part.strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0_f32)))
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json" | "webmanifest") => "application/json",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
