//! Requests to the host. Every failure is a [`Problem`], so that screens have one thing to show.

use beacon_api::{Problem, ProblemKind, paths};
use gloo_net::http::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

thread_local! {
    /// The session's mark; a page has one thread.
    static CSRF: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Remembers the mark that every changing request has to carry.
pub(crate) fn remember(csrf: Option<String>) {
    CSRF.with_borrow_mut(|known| *known = csrf);
}

/// The mark, for the worker.
pub(crate) fn csrf() -> String {
    CSRF.with_borrow(|known| known.clone().unwrap_or_default())
}

fn unreachable(error: &gloo_net::Error) -> Problem {
    Problem {
        kind: ProblemKind::Retry,
        code: "page.unreachable".to_owned(),
        title: "The beacon does not answer.".to_owned(),
        advice: "Check that it is running, then try again.".to_owned(),
        detail: vec![error.to_string()],
        fields: Vec::new(),
    }
}

fn unreadable(why: &str) -> Problem {
    Problem {
        kind: ProblemKind::Defect,
        code: "page.unreadable".to_owned(),
        title: "The beacon answered something that this page does not understand.".to_owned(),
        advice: "Reload the page: it may be of another version.".to_owned(),
        detail: vec![why.to_owned()],
        fields: Vec::new(),
    }
}

/// Reads JSON.
pub(crate) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    parsed(&exchanged(Method::GET, path, None).await?)
}

/// Sends JSON, gets JSON.
pub(crate) async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    parsed(&exchanged(Method::POST, path, Some(written(body)?)).await?)
}

/// Sends nothing, gets JSON.
pub(crate) async fn post_empty<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    parsed(&exchanged(Method::POST, path, None).await?)
}

/// Replaces by JSON, gets JSON.
pub(crate) async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    parsed(&exchanged(Method::PUT, path, Some(written(body)?)).await?)
}

/// Removes, gets JSON.
pub(crate) async fn delete<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    parsed(&exchanged(Method::DELETE, path, None).await?)
}

fn written(body: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(body).map_err(|error| unreachable(&error.into()))
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    // Nothing to say is `null`, which reads as `()`.
    let text = if text.is_empty() { "null" } else { text };
    serde_json::from_str(text).map_err(|error| unreadable(&error.to_string()))
}

/// One exchange, apart from the types of what is said: otherwise each of them brings its own copy of all this into the
/// page.
fn exchanged(
    method: Method,
    path: &str,
    body: Option<String>,
) -> Pin<Box<dyn Future<Output = Result<String, Problem>>>> {
    let mut request = RequestBuilder::new(path);
    if method != Method::GET
        && let Some(csrf) = CSRF.with_borrow(Clone::clone)
    {
        request = request.header(paths::CSRF_HEADER, &csrf);
    }
    let request = request.method(method);
    let request = match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request.build(),
    };
    Box::pin(async move {
        let request = request.map_err(|error| unreachable(&error))?;
        let response = request.send().await.map_err(|error| unreachable(&error))?;
        let text = response.text().await.map_err(|error| unreachable(&error))?;
        if response.ok() {
            return Ok(text);
        }
        Err(serde_json::from_str(&text).unwrap_or_else(|_| unreadable(&format!("HTTP {}", response.status()))))
    })
}
