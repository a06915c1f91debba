//! Requests to the host. Every failure is a [`Problem`], so that screens have one thing to show.

use beacon_api::{Problem, ProblemKind, paths};
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;

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

fn marked(request: RequestBuilder) -> RequestBuilder {
    match CSRF.with_borrow(Clone::clone) {
        Some(csrf) => request.header(paths::CSRF_HEADER, &csrf),
        None => request,
    }
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

fn unreadable(status: u16) -> Problem {
    Problem {
        kind: ProblemKind::Defect,
        code: "page.unreadable".to_owned(),
        title: "The beacon answered something that this page does not understand.".to_owned(),
        advice: "Reload the page: it may be of another version.".to_owned(),
        detail: vec![format!("HTTP {status}")],
        fields: Vec::new(),
    }
}

/// Reads JSON.
pub(crate) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    read(Request::get(path).send().await).await
}

/// Sends JSON, gets JSON.
pub(crate) async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    let request = marked(Request::post(path)).json(body).map_err(|error| unreachable(&error))?;
    read(request.send().await).await
}

/// Sends nothing, gets JSON.
pub(crate) async fn post_empty<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    read(marked(Request::post(path)).send().await).await
}

/// Replaces by JSON, gets JSON.
pub(crate) async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Result<T, Problem> {
    let request = marked(Request::put(path)).json(body).map_err(|error| unreachable(&error))?;
    read(request.send().await).await
}

/// Removes, gets JSON.
pub(crate) async fn delete<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    read(marked(Request::delete(path)).send().await).await
}

async fn read<T: DeserializeOwned>(sent: Result<Response, gloo_net::Error>) -> Result<T, Problem> {
    let response = sent.map_err(|error| unreachable(&error))?;
    let status = response.status();
    let text = response.text().await.map_err(|error| unreachable(&error))?;
    if response.ok() {
        // Nothing to say is `null`, which reads as `()`.
        let text = if text.is_empty() { "null" } else { &text };
        return serde_json::from_str(text).map_err(|_| unreadable(status));
    }
    Err(serde_json::from_str(&text).unwrap_or_else(|_| unreadable(status)))
}
