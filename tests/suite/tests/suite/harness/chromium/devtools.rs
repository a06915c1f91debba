//! What a page cannot ask of its browser, and a person can: another zone, a small screen, paper.

use super::Browser;
use axum::http::Method;
use fantoccini::wd::{PrintConfiguration, WebDriverCompatibleCommand};
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command of the browser's own protocol.
#[derive(Debug)]
struct Command {
    name: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _request: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({ "cmd": self.name, "params": self.parameters }).to_string()))
    }
}

impl Browser {
    #[track_caller]
    fn command(&self, name: &'static str, parameters: Value) {
        let command = Command { name, parameters };
        self.wait(self.session().issue_cmd(command)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// Moves the browser to a time zone, for pages that are opened from now on.
    #[track_caller]
    pub(crate) fn in_zone(&self, zone: &str) {
        self.command("Emulation.setTimezoneOverride", json!({ "timezoneId": zone }));
    }

    /// Shows the page on a screen of this size.
    #[track_caller]
    pub(crate) fn on_screen(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size);
    }

    /// Prints the page as its reader would; the pages of paper.
    #[track_caller]
    pub(crate) fn prints(&self) -> usize {
        let paper = self.wait(self.session().print(PrintConfiguration::default())).expect("a print");
        let pages = memchr::memmem::find_iter(&paper, b"/Type /Page\n").count();
        assert!(pages > 0, "no page is found in {} bytes", paper.len());
        pages
    }
}
