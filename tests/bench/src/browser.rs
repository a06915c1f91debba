//! A real Chromium at the page of a beacon, and what it measures there.

use crate::meter::Running;
use anyhow::{Context as _, Result};
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// How long anything may take before a measurement is given up.
const PATIENCE: Duration = Duration::from_secs(120);

/// Milliseconds since the navigation began until an element is there: `[selector]`.
pub(crate) const THERE: &str = r#"
    const [selector, done] = arguments;
    const look = () => document.querySelector(selector) ? done(performance.now()) : requestAnimationFrame(look);
    look();
"#;

/// Types into the search field as one paste; milliseconds until the rows that were found are seen: `[text]`. The text
/// must find fewer rows than there are.
pub(crate) const SEARCH: &str = r#"
    const [text, done] = arguments;
    const field = document.querySelector("input[type=search]");
    const grid = document.querySelector("[role=grid]");
    const before = grid.getAttribute("aria-rowcount");
    const shown = () => [...grid.querySelectorAll(".body [role=row]")].every((row) => row.textContent !== "");
    const found = () => grid.getAttribute("aria-rowcount") !== before && grid.ariaBusy === "false" && shown();
    const begun = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const look = () => found() ? done(performance.now() - begun) : requestAnimationFrame(look);
    requestAnimationFrame(look);
"#;

/// Scrolls the table for a while; the time of each frame in milliseconds: `[pixels a frame, frames]`.
pub(crate) const SCROLL: &str = r#"
    const [step, frames, done] = arguments;
    const grid = document.querySelector("[role=grid]");
    const times = [];
    let last = performance.now();
    const frame = () => {
        const now = performance.now();
        times.push(now - last);
        last = now;
        if (times.length > frames) return done(times.slice(1));
        grid.scrollTop += step;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
"#;

/// One browser with a profile of its own.
pub(crate) struct Chromium {
    session: Client,
    runtime: Runtime,
    // Ended, then removed.
    _driver: Running,
    _profile: TempDir,
}

impl Chromium {
    pub(crate) fn start() -> Result<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver does not start: run `cargo xtask setup`")?;
        let output = process.stdout.take().context("chromedriver has an output")?;
        let driver = Running(process);
        let listens =
            |line: String| line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse::<u16>().ok();
        let port = BufReader::new(output).lines().map_while(Result::ok).find_map(listens);
        let port = port.context("chromedriver does not say where it listens")?;
        let profile = tempfile::tempdir()?;
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1440,900", &folder];
        let capabilities = Map::from_iter([
            ("browserName".to_owned(), json!("chrome")),
            ("goog:chromeOptions".to_owned(), json!({ "args": arguments })),
        ]);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let session = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let session = builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await?;
            session.update_timeouts(TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None)).await?;
            anyhow::Ok(session)
        })?;
        Ok(Self { session, runtime, _driver: driver, _profile: profile })
    }

    pub(crate) fn open(&self, address: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.session.goto(address))?)
    }

    /// Fills a field that is there.
    pub(crate) fn fill(&self, selector: &str, text: &str) -> Result<()> {
        Ok(self.runtime.block_on(async { self.session.find(Locator::Css(selector)).await?.send_keys(text).await })?)
    }

    pub(crate) fn click(&self, selector: &str) -> Result<()> {
        Ok(self.runtime.block_on(async { self.session.find(Locator::Css(selector)).await?.click().await })?)
    }

    /// Runs one of the scripts above.
    pub(crate) fn measure(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        Ok(self.runtime.block_on(self.session.execute_async(script, arguments.to_vec()))?)
    }

    /// The same where one number is measured.
    pub(crate) fn milliseconds(&self, script: &str, arguments: &[Value]) -> Result<f64> {
        self.measure(script, arguments)?.as_f64().context("a number is measured")
    }
}
