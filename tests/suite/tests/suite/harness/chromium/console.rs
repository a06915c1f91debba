//! What the browser complained about.

use super::Browser;
use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use url::{ParseError, Url};

/// The browser's log since it was last asked for; a command of chromedriver's own.
#[derive(Debug)]
struct TakeLog;

impl WebDriverCompatibleCommand for TakeLog {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _request: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(r#"{"type":"browser"}"#.to_owned()))
    }
}

impl Browser {
    /// Complaints since the last call that nobody expected, a line each.
    pub(crate) fn complaints(&self) -> Vec<String> {
        // A browser that is gone has made its test fail already.
        let Some(Ok(log)) = self.wait_briefly(self.session().issue_cmd(TakeLog)) else { return Vec::new() };
        let entries = log.as_array().into_iter().flatten().filter(|entry| entry["level"] == "SEVERE");
        let messages = entries.filter_map(|entry| entry["message"].as_str().map(str::to_owned));
        let expected = self.expected.borrow();
        messages.filter(|message| !expected.iter().any(|part| message.contains(part))).collect()
    }
}
