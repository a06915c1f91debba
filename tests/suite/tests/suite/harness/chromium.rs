//! A real browser: Chromium, driven through its WebDriver, with a profile of its own that is gone afterwards.
//!
//! Whatever the browser complains about (errors of scripts, refused addresses, broken rules of the page's policy) fails
//! the test that did not expect it. A test that fails leaves a picture in `target/browser`.

mod actions;
mod axe;
mod console;
mod downloads;
mod driver;
mod surroundings;

use super::places;
use driver::Driver;
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::future::Future;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// How long a page may take for anything on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a browser may take for its last words, once its test has failed: a page that loops gives none.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A window that shows what a small laptop shows.
const WINDOW: &str = "--window-size=1280,900";

/// What keeps Chromium from doing more than it is told, also for root and without a screen.
const ARGUMENTS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // The simulated tenant signs its own certificates.
    "--ignore-certificate-errors",
];

/// One browser of one test.
pub(crate) struct Browser {
    session: Option<Client>,
    runtime: Runtime,
    /// Parts of complaints that the test is about.
    expected: RefCell<Vec<String>>,
    // Ended, then removed.
    _driver: Driver,
    profile: TempDir,
}

impl Browser {
    /// Starts the browser with an empty page.
    pub(crate) fn start() -> Self {
        Self::launch(&json!({ "browser": "ALL" }))
    }

    /// The same, and everything that goes over the network is recorded.
    pub(crate) fn watched() -> Self {
        Self::launch(&json!({ "browser": "ALL", "performance": "ALL" }))
    }

    fn launch(logs: &Value) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let driver = Driver::start();
        let profile = TempDir::new().expect("a temporary folder");
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<_> = ARGUMENTS.into_iter().chain([WINDOW, folder.as_str()]).collect();
        let downloads = downloads::folder(profile.path());
        let preferences = json!({ "download.default_directory": downloads, "download.prompt_for_download": false });
        let capabilities = Map::from_iter([
            ("browserName".to_owned(), json!("chrome")),
            ("acceptInsecureCerts".to_owned(), json!(true)),
            ("goog:chromeOptions".to_owned(), json!({ "args": arguments, "prefs": preferences })),
            ("goog:loggingPrefs".to_owned(), logs.clone()),
        ]);
        let session = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            let session = builder.capabilities(capabilities).connect(&driver.address()).await;
            let session = session.expect("a browser starts");
            let timeouts = TimeoutConfiguration::new(Some(PATIENCE), Some(PATIENCE), None);
            session.update_timeouts(timeouts).await.expect("timeouts");
            session
        });
        Self { session: Some(session), runtime, expected: RefCell::default(), _driver: driver, profile }
    }

    /// The session, for everything that has no word of its own here.
    pub(crate) fn session(&self) -> &Client {
        self.session.as_ref().expect("it ends when the browser is dropped")
    }

    fn profile(&self) -> &Path {
        self.profile.path()
    }

    /// Waits for something that the session was asked for.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// The same for last words; `None` if they do not come.
    fn wait_briefly<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let patience = if std::thread::panicking() { LAST_WORDS } else { PATIENCE };
        self.wait(async { timeout(patience, future).await }).ok()
    }

    /// Lets the browser complain with these words: the test is about them.
    pub(crate) fn expect_complaint(&self, part: &str) {
        self.expected.borrow_mut().push(part.to_owned());
    }

    /// Keeps a picture of the page in `target/screens`, for people to look at.
    pub(crate) fn picture(&self, name: &str) {
        let folder = places::target().join("screens");
        std::fs::create_dir_all(&folder).expect("a folder");
        let picture = self.wait(self.session().screenshot()).expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("a file");
    }

    #[expect(clippy::print_stderr, reason = "the test runner shows it beside the panic")]
    fn keep_picture(&self, complaints: &[String]) {
        eprintln!("The browser complained about: {complaints:#?}");
        let folder = places::target().join("browser");
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("test").replace("::", ".");
        let path = folder.join(format!("{name}.png"));
        // Best effort: the test has failed already, perhaps because the browser is gone.
        if let Some(Ok(picture)) = self.wait_briefly(self.session().screenshot())
            && std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, picture)).is_ok()
        {
            eprintln!("The page as it was: {}", path.display());
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let unexpected = self.complaints();
        if std::thread::panicking() {
            self.keep_picture(&unexpected);
        }
        if let Some(session) = self.session.take() {
            // The driver is ended in any case, and with it the browser.
            let _ = self.runtime.block_on(async { timeout(LAST_WORDS, session.close()).await });
        }
        if !std::thread::panicking() {
            assert_eq!(unexpected, Vec::<String>::new(), "the browser complained");
        }
    }
}
