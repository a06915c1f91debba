//! A host of a few lines, for the worker of the page alone: files under the page's policy, modules, and tasks whose
//! events were recorded.

use super::places;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::Html;
use axum::routing::{get, post};
use beacon_api::paths;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// The policy of the page, as strict as the worker allows.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'; report-uri /report";

/// Value that the host would give to a session.
pub(crate) const CSRF: &str = "csrf-of-the-test";

/// A page that shows nothing: scripts of the test start the worker.
const PAGE: &str = "<!doctype html><html lang=en><title>Worker</title><h1>Worker</h1></html>";

/// A site that is served until it is dropped.
pub(crate) struct Site {
    /// Where it is.
    pub(crate) origin: String,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Shared {
    pages: Mutex<BTreeMap<String, String>>,
    modules: Mutex<BTreeMap<String, Vec<u8>>>,
    tasks: Mutex<BTreeMap<String, Task>>,
    reports: Mutex<Vec<String>>,
}

#[derive(Default)]
struct Task {
    events: VecDeque<Vec<u8>>,
    wishes: Vec<Vec<u8>>,
}

impl Site {
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared::default());
        let routes = Router::new()
            .route("/", get(async || answer(StatusCode::OK, "text/html", PAGE)))
            .route("/page/{name}", get(page))
            .route("/{file}", get(file))
            .route("/report", post(report))
            .route(paths::MODULE, get(module))
            .route(paths::TASK_POLL, post(poll))
            .layer(DefaultBodyLimit::max(64 << 20))
            .with_state(Arc::clone(&shared));
        runtime.spawn(async { axum::serve(listener, routes).await.expect("it never ends by itself") });
        Self { origin, shared, _runtime: runtime }
    }

    /// Another page, without any policy; its address.
    pub(crate) fn page(&self, name: &str, html: &str) -> String {
        self.shared.pages.lock().expect("no other panic").insert(name.to_owned(), html.to_owned());
        format!("{}/page/{name}", self.origin)
    }

    /// Hands out these bytes as the module of this digest, right or wrong.
    pub(crate) fn module(&self, digest: &str, bytes: &[u8]) {
        self.shared.modules.lock().expect("no other panic").insert(digest.to_owned(), bytes.to_vec());
    }

    /// A task that hands out these events, poll by poll, and is over then.
    pub(crate) fn task(&self, id: &str, events: impl IntoIterator<Item = Vec<u8>>) {
        let task = Task { events: events.into_iter().collect(), wishes: Vec::new() };
        self.shared.tasks.lock().expect("no other panic").insert(id.to_owned(), task);
    }

    /// What the polls of a task brought so far; the first, which asks for the start, is always empty.
    pub(crate) fn wishes(&self, id: &str) -> Vec<Vec<u8>> {
        self.shared.tasks.lock().expect("no other panic").get(id).map(|task| task.wishes.clone()).unwrap_or_default()
    }

    /// What pages and workers did against the policy.
    pub(crate) fn reports(&self) -> Vec<String> {
        self.shared.reports.lock().expect("no other panic").clone()
    }
}

fn answer(status: StatusCode, kind: &str, body: impl Into<Body>) -> Response<Body> {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, kind);
    let response = response.header(header::CONTENT_SECURITY_POLICY, POLICY);
    response.body(body.into()).expect("a response")
}

fn nothing() -> Response<Body> {
    answer(StatusCode::NOT_FOUND, "text/plain", "")
}

async fn page(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Html<String> {
    Html(shared.pages.lock().expect("no other panic").get(&name).cloned().unwrap_or_default())
}

/// A file of the page. Only names that a build writes lead anywhere.
async fn file(Path(name): Path<String>) -> Response<Body> {
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        // Browsers ask for it by themselves.
        _ if name == "favicon.ico" => return answer(StatusCode::NO_CONTENT, "image/x-icon", ""),
        _ => return nothing(),
    };
    std::fs::read(places::page().join(name)).map_or_else(|_| nothing(), |bytes| answer(StatusCode::OK, kind, bytes))
}

async fn report(State(shared): State<Arc<Shared>>, body: String) -> StatusCode {
    shared.reports.lock().expect("no other panic").push(body);
    StatusCode::NO_CONTENT
}

async fn module(State(shared): State<Arc<Shared>>, Path(digest): Path<String>) -> Response<Body> {
    let found = shared.modules.lock().expect("no other panic").get(&digest).cloned();
    found.map_or_else(nothing, |bytes| answer(StatusCode::OK, "application/wasm", bytes))
}

async fn poll(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    wishes: Bytes,
) -> Response<Body> {
    if headers.get(paths::CSRF_HEADER).is_none_or(|value| value != CSRF) {
        return answer(StatusCode::FORBIDDEN, "text/plain", "");
    }
    let mut tasks = shared.tasks.lock().expect("no other panic");
    let Some(task) = tasks.get_mut(&id) else {
        let problem = r#"{"kind":"not_found","code":"task.gone","title":"The task is over.","advice":"Begin again."}"#;
        return answer(StatusCode::NOT_FOUND, "application/json", problem);
    };
    task.wishes.push(wishes.to_vec());
    match task.events.pop_front() {
        Some(events) => answer(StatusCode::OK, "application/octet-stream", events),
        None => answer(StatusCode::NO_CONTENT, "application/octet-stream", ""),
    }
}
