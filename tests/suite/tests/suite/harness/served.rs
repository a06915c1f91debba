//! A beacon that serves, and somebody who speaks to its API as the page does.

use super::{Finished, Running, Scene};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

/// The password that tests set.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// How long something may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A beacon that serves the data folder of a scene.
pub(crate) struct Served<'s> {
    pub(crate) scene: &'s Scene,
    running: Option<Running>,
    /// Where it is reached.
    pub(crate) address: String,
    /// The one-time link of the first start.
    pub(crate) link: Option<String>,
    answers: Cell<usize>,
}

impl<'s> Served<'s> {
    /// Starts it on a free port.
    pub(crate) fn start(scene: &'s Scene) -> Self {
        Self::start_with(scene, &[])
    }

    /// The same with further arguments.
    pub(crate) fn start_with(scene: &'s Scene, more: &[&str]) -> Self {
        let ready = scene.input("ready.json", "");
        std::fs::remove_file(&ready).expect("the file was just made");
        let file = ready.display().to_string();
        let running = scene.start(&[&["serve", "--port", "0", "--ready-file", &file], more].concat());
        let told: Value = eventually("the beacon serves", || serde_json::from_slice(&std::fs::read(&ready).ok()?).ok());
        let text = |name: &str| told[name].as_str().map(str::to_owned);
        Self {
            scene,
            running: Some(running),
            address: text("address").expect("an address"),
            link: text("link"),
            answers: Cell::new(0),
        }
    }

    /// Somebody who is not signed in.
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        Visitor {
            served: self,
            client: client.expect("a client"),
            cookies: RefCell::default(),
            csrf: RefCell::default(),
        }
    }

    /// The secret of a one-time link.
    pub(crate) fn token(link: &str) -> &str {
        link.split_once("#token=").expect("a one-time link").1
    }

    /// The administrator, signed in by the link of the first start.
    pub(crate) fn administrator(&self) -> Visitor<'_> {
        let visitor = self.visitor();
        let token = Self::token(self.link.as_deref().expect("nobody has a password yet"));
        let body = serde_json::json!({ "token": token, "password": PASSWORD });
        visitor.sign_in("/api/v1/session/link", &body);
        visitor
    }

    /// The administrator, who set a password before.
    pub(crate) fn administrator_again(&self) -> Visitor<'_> {
        let visitor = self.visitor();
        let body = serde_json::json!({ "account": "administrator", "password": PASSWORD });
        visitor.sign_in("/api/v1/session/sign-in", &body);
        visitor
    }

    /// Somebody who may only read.
    pub(crate) fn reader(&self, administrator: &Visitor<'_>) -> Visitor<'_> {
        let account = serde_json::json!({ "name": "reader", "role": "reader", "password": PASSWORD });
        administrator.sends(Method::POST, "/api/v1/accounts", Some(&account)).is(StatusCode::NO_CONTENT);
        let visitor = self.visitor();
        let body = serde_json::json!({ "account": "reader", "password": PASSWORD });
        visitor.sign_in("/api/v1/session/sign-in", &body);
        visitor
    }

    /// Waits until it says something on its error output.
    #[track_caller]
    pub(crate) fn waits_to_say(&self, text: &str) {
        let running = self.running.as_ref().expect("it runs");
        eventually(text, || running.has_said(text).then_some(()));
    }

    /// Ends it by force, as a crash would.
    pub(crate) fn kill(&mut self) {
        if let Some(running) = self.running.take() {
            self.scene.remember(running.kill());
        }
    }

    /// Ends it as Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn end(&mut self) -> Option<Finished> {
        let running = self.running.take()?;
        running.interrupt();
        Some(self.scene.remember(running.wait()))
    }

    /// Everything that was answered is searched for secrets at the end.
    fn keep(&self, body: &[u8]) {
        let folder = self.scene.written("answers");
        std::fs::create_dir_all(&folder).expect("a folder");
        let number = self.answers.get();
        self.answers.set(number + 1);
        std::fs::write(folder.join(format!("{number}")), body).expect("a file");
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Looks until there is something.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    eventually_or(|| what.to_owned(), look)
}

/// The same; what was waited for is told when it did not come.
#[track_caller]
pub(crate) fn eventually_or<T>(what: impl Fn() -> String, look: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {}", what());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Somebody with cookies of their own.
pub(crate) struct Visitor<'s> {
    served: &'s Served<'s>,
    client: reqwest::Client,
    cookies: RefCell<Vec<(String, String)>>,
    csrf: RefCell<Option<String>>,
}

/// What was answered.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Visitor<'_> {
    fn sign_in(&self, path: &str, body: &Value) {
        let session = self.sends(Method::POST, path, Some(body)).is(StatusCode::OK).json();
        *self.csrf.borrow_mut() = session["csrf"].as_str().map(str::to_owned);
    }

    /// Sends a request as the page would.
    pub(crate) fn sends(&self, method: Method, path: &str, body: Option<&Value>) -> Answered {
        self.sends_with(method, path, body, &[])
    }

    /// The same with headers added, or taken away where the value is empty.
    pub(crate) fn sends_with(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answered {
        let mut all = HeaderMap::new();
        let mut set = |name: &str, value: &str| {
            let name: HeaderName = name.parse().expect("a header's name");
            if value.is_empty() {
                all.remove(&name);
            } else {
                all.insert(name, HeaderValue::from_str(value).expect("a header's value"));
            }
        };
        let cookies: Vec<_> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        set("cookie", &cookies.join("; "));
        if method != Method::GET {
            set("origin", &self.served.address);
            set("x-beacon-csrf", self.csrf.borrow().as_deref().unwrap_or_default());
        }
        let body = body.map(|body| serde_json::to_vec(body).expect("JSON"));
        if body.is_some() {
            set("content-type", "application/json");
        }
        headers.iter().for_each(|(name, value)| set(name, value));
        let request = self.client.request(method, format!("{}{path}", self.served.address)).headers(all);
        let request = match body {
            Some(body) => request.body(body),
            None => request,
        };
        self.answer_to(request)
    }

    /// Sends any body.
    pub(crate) fn sends_raw(&self, path: &str, content_type: &str, body: Vec<u8>) -> Answered {
        let csrf = self.csrf.borrow().clone().unwrap_or_default();
        let cookies: Vec<_> = self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.post(format!("{}{path}", self.served.address)).header("x-beacon-csrf", csrf);
        self.answer_to(request.header("cookie", cookies.join("; ")).header("content-type", content_type).body(body))
    }

    fn answer_to(&self, request: reqwest::RequestBuilder) -> Answered {
        let (status, headers, body) = self.served.scene.tenant.wait(async {
            let response = request.send().await.expect("an answer");
            let (status, headers) = (response.status(), response.headers().clone());
            (status, headers, response.bytes().await.expect("a body").to_vec())
        });
        for line in headers.get_all("set-cookie") {
            let pair = line.to_str().expect("text").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie");
            let mut cookies = self.cookies.borrow_mut();
            cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        self.served.keep(&body);
        Answered { status, headers, body }
    }

    /// Reads JSON.
    #[track_caller]
    pub(crate) fn reads(&self, path: &str) -> Value {
        self.sends(Method::GET, path, None).is(StatusCode::OK).json()
    }

    /// Waits until a resource is as wanted.
    #[track_caller]
    pub(crate) fn reads_until(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let last = RefCell::new(Value::Null);
        let look = || {
            let value = self.reads(path);
            last.replace(value.clone());
            Some(value).filter(|value| wanted(value))
        };
        eventually_or(|| format!("{path}: {}", last.borrow()), look)
    }

    /// Starts a task and waits until it stands still.
    #[track_caller]
    pub(crate) fn task(&self, connection: &str, order: &Value) -> Value {
        let path = format!("/api/v1/connections/{connection}/tasks");
        let task = self.sends(Method::POST, &path, Some(order)).is(StatusCode::OK).json();
        let path = format!("/api/v1/tasks/{}", task["id"].as_str().expect("an id"));
        self.reads_until(&path, |state| state["phase"] != "working")
    }
}

impl Answered {
    #[track_caller]
    pub(crate) fn is(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    /// The stable code of a refusal.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().expect("a refusal has a code").to_owned()
    }
}
