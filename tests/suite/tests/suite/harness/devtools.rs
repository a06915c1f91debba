//! What only a developer of pages sees: the page's heap, and everything that went over the network.

use super::chromium::Browser;
use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command of chromedriver's own.
#[derive(Debug)]
enum Command {
    /// A JSON file of the page's JavaScript heap, made after a collection of garbage.
    HeapSnapshot,
    /// What the network did since it was last asked for.
    TakeNetworkLog,
    /// A command of the DevTools protocol that gives its result at once.
    Protocol(&'static str, Value),
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let command = match self {
            Self::HeapSnapshot => "chromium/heap_snapshot",
            Self::TakeNetworkLog => "se/log",
            Self::Protocol(..) => "goog/cdp/execute",
        };
        base.join(&format!("session/{}/{command}", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _request: &Url) -> (Method, Option<String>) {
        match self {
            Self::HeapSnapshot => (Method::GET, None),
            Self::TakeNetworkLog => (Method::POST, Some(json!({ "type": "performance" }).to_string())),
            Self::Protocol(name, parameters) => {
                (Method::POST, Some(json!({ "cmd": name, "params": parameters }).to_string()))
            }
        }
    }
}

/// Linear memory of the page's own program: its exports are what starting it a second time gives.
const MEMORY: &str = r#"
    const done = arguments[0];
    import("/page.js").then(async ({ default: start }) => {
        const bytes = new Uint8Array((await start()).memory.buffer);
        let text = "";
        for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
        done(btoa(text));
    }).catch((error) => done({ error: String(error) }));
"#;

/// Everything that the page keeps beyond its own life, or shows, hidden fields included.
const KEPT: &str = r#"
    const done = arguments[0];
    const entries = (storage) => Object.entries(storage).map(String);
    const fields = [...document.querySelectorAll("input, textarea")].map((field) => field.value);
    (async () => ({
        storage: [...entries(localStorage), ...entries(sessionStorage)],
        databases: (await indexedDB.databases()).map(({ name }) => name),
        caches: await caches.keys(),
        cookies: document.cookie,
        history: [location.href, JSON.stringify(history.state)],
        resources: performance.getEntries().map(({ name }) => name),
        page: document.documentElement.outerHTML,
        fields,
    }))().then(done, (error) => done({ error: String(error) }));
"#;

impl Browser {
    #[track_caller]
    fn command(&self, command: Command) -> Value {
        let what = format!("{command:?}");
        self.wait(self.session().issue_cmd(command)).unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// A command of the DevTools protocol.
    #[track_caller]
    pub(super) fn protocol(&self, name: &'static str, parameters: Value) -> Value {
        self.command(Command::Protocol(name, parameters))
    }

    /// The page's JavaScript heap.
    #[track_caller]
    pub(crate) fn heap(&self) -> Vec<u8> {
        self.command(Command::HeapSnapshot).to_string().into_bytes()
    }

    /// The memory of the page's program, which is no part of the heap of JavaScript.
    #[track_caller]
    pub(crate) fn memory(&self) -> Vec<u8> {
        let memory = self.script(MEMORY, &[]);
        let text = memory.as_str().unwrap_or_else(|| panic!("no memory: {memory}"));
        BASE64_STANDARD.decode(text).expect("base64")
    }

    /// What the page keeps and shows.
    #[track_caller]
    pub(crate) fn kept(&self) -> Vec<u8> {
        let kept = self.script(KEPT, &[]);
        assert!(kept["error"].is_null(), "{kept}");
        kept.to_string().into_bytes()
    }

    /// Everything that went over the network since this was last asked for: addresses, headers, and bodies both ways.
    /// The browser has to be a watched one.
    #[track_caller]
    pub(crate) fn network(&self) -> Vec<(String, Vec<u8>)> {
        let log = self.command(Command::TakeNetworkLog);
        let messages = log.as_array().into_iter().flatten().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            Some(message["message"].clone())
        });
        let mut record = Vec::new();
        for message in
            messages.filter(|message| message["method"].as_str().is_some_and(|name| name.starts_with("Network.")))
        {
            let address = message["params"]["request"]["url"].as_str().unwrap_or("an event").to_owned();
            record.push((address, message.to_string().into_bytes()));
            if message["method"] == "Network.loadingFinished" {
                record.extend(self.body(&message["params"]["requestId"]));
            }
        }
        record
    }

    /// The body of an answer, if the browser still has it.
    fn body(&self, request: &Value) -> Option<(String, Vec<u8>)> {
        let command = Command::Protocol("Network.getResponseBody", json!({ "requestId": request }));
        let answer = self.wait(self.session().issue_cmd(command)).ok()?;
        let body = answer["body"].as_str()?;
        let plain = || body.as_bytes().to_vec();
        let bytes = if answer["base64Encoded"] == true { BASE64_STANDARD.decode(body).ok()? } else { plain() };
        Some((format!("the body of request {request}"), bytes))
    }
}
