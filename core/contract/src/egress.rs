//! Egress rules: which requests a module may wish for at all. The driver checks them, on every hop.

use crate::{FieldId, Settings};
use serde::{Deserialize, Deserializer, Serialize};

/// HTTP methods of the contract. Everything a connector reads is a GET; POST exists for queries that are too long
/// for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Sends a query, and only where a rule says so.
    Post,
}

impl Method {
    /// The method as HTTP writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// Which origin a rule or a slot means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginPattern {
    /// Exactly this origin, for example `https://graph.microsoft.com`.
    Exact(String),
    /// The origin of the address in this setting: a host that the operator chose or typed.
    Setting(FieldId),
    /// Any `https` host on port 443 that ends in this suffix; it starts with a dot, for example `.office.com`.
    Suffix(String),
}

impl OriginPattern {
    /// The exact origin that this pattern means under `settings`, in the spelling of [`origin_of`]; `None` for a
    /// suffix, an empty setting or an address that is not `https`.
    #[must_use]
    pub fn exact_origin(&self, settings: &Settings) -> Option<String> {
        match self {
            Self::Exact(origin) => origin_of(origin),
            Self::Setting(field) => origin_of(settings.text(field.as_str())?),
            Self::Suffix(_) => None,
        }
    }

    /// Whether `origin` (as written by [`origin_of`]) is meant under `settings`.
    #[must_use]
    pub fn matches(&self, origin: &str, settings: &Settings) -> bool {
        match self {
            Self::Suffix(suffix) => origin.strip_prefix("https://").is_some_and(|host| {
                suffix.starts_with('.') && suffix.len() > 1 && host.ends_with(suffix.as_str()) && !host.contains(':')
            }),
            exact => exact.exact_origin(settings).is_some_and(|expected| expected == origin),
        }
    }
}

/// Scheme, host and port of an `https` address: lower case, port only if it is not 443. `None` for anything else:
/// another scheme, user information, an empty or odd host. Deliberately stricter than the URL standard.
#[must_use]
pub(crate) fn origin_of(address: &str) -> Option<String> {
    let rest =
        address.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://")).and_then(|_| address.get(8..))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, port_of(port)?),
        _ => (authority, 443),
    };
    let name = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let literal = name.len() != host.len();
    let fits = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.') || (literal && c == ':'));
    let host = host.to_ascii_lowercase();
    fits.then(|| if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") })
}

/// A port in decimal digits; the standard parser would take a sign as well.
pub(crate) fn port_of(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// A path with wildcards: `*` stands for exactly one segment, a last `**` for one or more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct PathPattern(String);

impl PathPattern {
    /// A pattern; it must start with a slash, and `**` may only be its last segment.
    ///
    /// # Errors
    /// The pattern itself, if it breaks these rules.
    pub fn new(pattern: impl Into<String>) -> Result<Self, String> {
        let pattern = pattern.into();
        let segments: Vec<_> = pattern.split('/').collect();
        let double_inside = segments.iter().rev().skip(1).any(|segment| *segment == "**");
        if pattern.starts_with('/') && !double_inside && pattern.len() <= 300 {
            Ok(Self(pattern))
        } else {
            Err(pattern)
        }
    }

    /// Whether a path fits. A path with an empty, `.` or `..` segment, a backslash, or a percent sign never fits:
    /// two readers may disagree about what it means.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        if path.contains(['\\', '%']) || path.split('/').skip(1).any(|segment| matches!(segment, "" | "." | "..")) {
            return false;
        }
        let mut segments = path.split('/');
        for expected in self.0.split('/') {
            let Some(segment) = segments.next() else { return false };
            match expected {
                "**" => return !segment.is_empty(),
                "*" if !segment.is_empty() => {}
                _ if expected == segment => {}
                _ => return false,
            }
        }
        segments.next().is_none()
    }
}

impl<'de> Deserialize<'de> for PathPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?)
            .map_err(|pattern| serde::de::Error::custom(format!("not a path pattern: {pattern:?}")))
    }
}

/// One thing that a module may ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EgressRule {
    /// Where.
    pub origin: OriginPattern,
    /// How.
    pub method: Method,
    /// What.
    pub path: PathPattern,
    /// Whether sending it twice does no harm. True for every GET; a POST says so here.
    #[serde(default)]
    pub repeatable: bool,
    /// Whether the request may only be reached through a redirect, as a report's download is.
    #[serde(default)]
    pub redirect_only: bool,
    /// Lane of these requests; without one, all requests of an origin share a lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_exact() {
        for (address, origin) in [
            ("https://Graph.Microsoft.com/v1.0", Some("https://graph.microsoft.com")),
            ("https://localhost:8443", Some("https://localhost:8443")),
            ("https://a:443/x", Some("https://a")),
            ("https://[::1]:8443/x", Some("https://[::1]:8443")),
            ("http://a/", None),
            ("https://a@b/", None),
            ("https://a\\b/", None),
            ("https:///x", None),
            ("https://a:99999/", None),
            ("https://a:+443/", None),
            ("https://a:/", None),
        ] {
            assert_eq!(origin_of(address).as_deref(), origin, "{address}");
        }
    }

    #[test]
    fn a_suffix_never_matches_a_look_alike() {
        let suffix = OriginPattern::Suffix(".office.com".to_owned());
        let settings = Settings::default();
        for (origin, expected) in [
            ("https://reports.office.com", true),
            ("https://office.com", false),
            ("https://eviloffice.com", false),
            ("https://reports.office.com:8443", false),
            ("https://reports.office.com.evil.org", false),
        ] {
            assert_eq!(suffix.matches(origin, &settings), expected, "{origin}");
        }
    }

    #[test]
    fn paths_with_two_readings_never_fit() {
        let users = PathPattern::new("/v1.0/users/*").expect("a pattern");
        let reports = PathPattern::new("/v1.0/reports/**").expect("a pattern");
        for (pattern, path, expected) in [
            (&users, "/v1.0/users/a", true),
            (&users, "/v1.0/users/a/b", false),
            (&users, "/v1.0/users/", false),
            (&users, "/v1.0/users/..", false),
            (&users, "/v1.0/users/a%2fb", false),
            (&users, "/v1.0/users/a\\b", false),
            (&users, "/v1.0//users/a", false),
            (&reports, "/v1.0/reports/x(period='D7')", true),
            (&reports, "/v1.0/reports/", false),
            (&reports, "/v1.0/reports/../users", false),
        ] {
            assert_eq!(pattern.matches(path), expected, "{path}");
        }
    }
}
