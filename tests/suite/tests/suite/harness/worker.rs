//! The page's worker, ordered about by a test in place of the page.

use super::chromium::Browser;
use super::site::{CSRF, Site};
use serde_json::{Value, json};

/// Starts the worker that the page keeps as `window.worker`, and lets it answer into `window.answers`.
const START: &str = r#"
    const [csrf, done] = arguments;
    window.answers = new Map();
    window.worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => {
        const waiting = answers.get(data.id);
        if (answers.delete(data.id)) waiting(data); else answers.set(data.id, data);
    };
    worker.onerror = (event) => console.error(`the worker broke: ${event.message}`);
    worker.postMessage({ kind: "session", csrf });
    done();
"#;

/// Posts an order.
const ORDER: &str = "const [order, done] = arguments; worker.postMessage(order); done();";

/// Waits for an answer.
const ANSWER: &str = r#"
    const [id, done] = arguments;
    const there = answers.get(id);
    if (answers.delete(id)) done(there); else answers.set(id, done);
"#;

/// A worker in the page that the browser shows.
pub(crate) struct Worker<'a> {
    browser: &'a Browser,
    csrf: String,
}

impl<'a> Worker<'a> {
    /// Opens the site's empty page and starts the worker.
    #[track_caller]
    pub(crate) fn start(browser: &'a Browser, site: &Site) -> Self {
        browser.open(&format!("{}/", site.origin));
        Self::here(browser, CSRF)
    }

    /// Starts the worker in the page that is open, with what the host gave to its session.
    #[track_caller]
    pub(crate) fn here(browser: &'a Browser, csrf: &str) -> Self {
        let worker = Self { browser, csrf: csrf.to_owned() };
        worker.start_again();
        worker
    }

    /// Starts another worker, as the page does after it ended one.
    #[track_caller]
    pub(crate) fn start_again(&self) {
        self.browser.script(START, &[json!(self.csrf)]);
    }

    /// Ends the worker, whatever it is doing.
    #[track_caller]
    pub(crate) fn terminate(&self) {
        self.browser.script("worker.terminate(); arguments[0]();", &[]);
    }

    /// Posts an order without waiting for its answer.
    #[track_caller]
    pub(crate) fn post(&self, order: Value) {
        self.browser.script(ORDER, &[order]);
    }

    /// Posts an order and waits for its answer.
    #[track_caller]
    pub(crate) fn ask(&self, order: Value) -> Value {
        let id = order["id"].clone();
        self.post(order);
        self.answer(id)
    }

    /// Waits for the answer to an order that was posted.
    #[track_caller]
    pub(crate) fn answer(&self, id: impl Into<Value>) -> Value {
        self.browser.script(ANSWER, &[id.into()])
    }

    /// Runs a task of the host to its end.
    #[track_caller]
    pub(crate) fn drive(&self, id: u32, digest: &str, task: &str) -> Value {
        self.ask(json!({ "kind": "drive", "id": id, "digest": digest, "task": task }))
    }

    /// What is wrong with these settings.
    #[track_caller]
    pub(crate) fn check(&self, id: u32, digest: &str, settings: &Value, configured: &[&str]) -> Value {
        let settings = settings.to_string();
        self.ask(json!({
            "kind": "check", "id": id, "digest": digest, "settings": settings, "configured": configured,
        }))
    }
}
