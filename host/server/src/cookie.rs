//! The two cookies. Cookies are shared by all ports of a host, so the port is part of their names.

use axum::http::{HeaderMap, HeaderValue, header};

/// Which cookie.
#[derive(Clone, Copy)]
pub(crate) enum Cookie {
    /// The session: never sent along from another site.
    Session,
    /// One consent attempt: sent along when Microsoft's page sends the browser back, which comes from another site.
    Attempt,
}

impl Cookie {
    fn name(self, port: u16) -> String {
        match self {
            Self::Session => format!("beacon-session-{port}"),
            Self::Attempt => format!("beacon-attempt-{port}"),
        }
    }

    /// Its value in a request.
    pub(crate) fn read(self, headers: &HeaderMap, port: u16) -> Option<&str> {
        let name = self.name(port);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The header that sets it; an empty value removes it.
    pub(crate) fn set(self, value: &str, port: u16, seconds: i64, secure: bool) -> Option<HeaderValue> {
        let site = match self {
            Self::Session => "Strict",
            Self::Attempt => "Lax",
        };
        let secure = if secure { "; Secure" } else { "" };
        let age = if value.is_empty() { 0 } else { seconds };
        let name = self.name(port);
        format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite={site}{secure}").parse().ok()
    }
}
