//! Answers of the driver.

use beacon_contract::{Failed, Granted, Refused};

/// A whole response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status. Never a redirect that was followed, never a 401 that a refresh cured.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without transfer and content coding.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// What can answer a wish.
#[derive(Debug)]
pub(crate) enum Reply {
    Response(Response),
    Failed(Failed),
    Granted(Granted),
    Refused(Refused),
}
