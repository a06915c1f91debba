//! The setup page in a real browser, of a beacon that serves.

use super::chromium::Browser;
use super::served::{PASSWORD, Served, eventually};
use super::worker::Worker;
use serde_json::{Value, json};

/// Speaks to the API from within the page, as its own scripts do.
const CALL: &str = r#"
    const [method, path, body, csrf, done] = arguments;
    const headers = { "x-beacon-csrf": csrf };
    if (body !== null) headers["content-type"] = "application/json";
    fetch(path, { method, headers, body: body === null ? undefined : JSON.stringify(body) }).then(
        async (response) => done({ status: response.status, body: await response.text() }),
        (error) => done({ status: 0, body: String(error) }),
    );
"#;

/// A browser at the page of a beacon.
pub(crate) struct SetupPage<'s> {
    pub(crate) browser: Browser,
    served: &'s Served<'s>,
}

impl<'s> SetupPage<'s> {
    /// A browser that has not been there yet.
    pub(crate) fn of(served: &'s Served<'s>) -> Self {
        Self { browser: Browser::start(), served }
    }

    /// As [`SetupPage::first_start`], in a browser of the caller's.
    #[track_caller]
    pub(crate) fn first_start_in(served: &'s Served<'s>, browser: Browser) -> Self {
        Self { browser, served }.started()
    }

    /// The first start: opens the one-time link and sets the administrator's password.
    #[track_caller]
    pub(crate) fn first_start(served: &'s Served<'s>) -> Self {
        Self::of(served).started()
    }

    #[track_caller]
    fn started(self) -> Self {
        self.browser.open(self.served.link.as_deref().expect("nobody has a password yet"));
        self.browser.fill("#password", PASSWORD);
        self.browser.fill("#again", PASSWORD);
        self.browser.click("button[type=submit]");
        self.browser.shows("nav.side", "Inventory Systems");
        self
    }

    /// Opens a path of the page.
    #[track_caller]
    pub(crate) fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.served.address));
    }

    /// Loads the page anew, as its reader would.
    #[track_caller]
    pub(crate) fn reload(&self) {
        self.browser.wait(self.browser.session().refresh()).expect("the page loads again");
    }

    /// Goes back by the browser's own button.
    #[track_caller]
    pub(crate) fn back(&self) {
        self.browser.wait(self.browser.session().back()).expect("there was a page before");
    }

    /// What the host gave to this session for requests that change something.
    #[track_caller]
    fn csrf(&self) -> String {
        let answered = self.browser.script(CALL, &[json!("GET"), json!("/api/v1/session"), Value::Null, json!("")]);
        let session: Value = serde_json::from_str(answered["body"].as_str().expect("a body")).expect("JSON");
        session["csrf"].as_str().unwrap_or_else(|| panic!("nobody is signed in: {session}")).to_owned()
    }

    /// Sends a request that must succeed; its answer, `null` if there is none.
    #[track_caller]
    pub(crate) fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let answered = self.browser.script(CALL, &[json!(method), json!(path), body, json!(self.csrf())]);
        let status = answered["status"].as_u64().expect("a status");
        let text = answered["body"].as_str().expect("a body");
        assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(text).expect("JSON") }
    }

    /// Waits until a resource is as wanted.
    #[track_caller]
    pub(crate) fn reads_until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        eventually(path, || Some(self.call("GET", path, Value::Null)).filter(|value| wanted(value)))
    }

    /// The worker of the page, signed in as the page is.
    #[track_caller]
    pub(crate) fn worker(&self) -> Worker<'_> {
        Worker::here(&self.browser, &self.csrf())
    }
}
