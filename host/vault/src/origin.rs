use std::fmt;
use std::str::FromStr;

use url::Url;

/// Marks an origin that is a proxy, so that a proxy's password and a target's secret can never
/// stand for each other.
const PROXY_PREFIX: &str = "proxy+";

/// One exact place a secret may be sent to: `https://host:port`, or `proxy+https://host:port` and
/// `proxy+http://host:port` for the password of a proxy.
///
/// The host is lower-case (international names in their ASCII form), the port always written out.
/// Plain `http` is allowed for a proxy only, because the original product allows such proxies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(String);

impl Origin {
    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let refuse = |rule| Err(InvalidOrigin { rule });
        let (prefix, address) = match text.strip_prefix(PROXY_PREFIX) {
            Some(address) => (PROXY_PREFIX, address),
            None => ("", text),
        };
        // The parser forgives these and normalises them away; an exact origin has no room for
        // forgiveness.
        if address.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
            return refuse("must not contain spaces, control characters or backslashes");
        }
        let Ok(url) = Url::parse(address) else {
            return refuse("must be an absolute address");
        };
        match url.scheme() {
            "https" => {}
            "http" if prefix == PROXY_PREFIX => {}
            _ => return refuse("must begin with https://"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("must not contain a user name or password");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return refuse("must end after the port");
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return refuse("must name a host");
        };
        Ok(Self(format!("{prefix}{}://{host}:{port}", url.scheme())))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A text that is not an [`Origin`]. It does not repeat the text, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an origin {rule}")]
pub struct InvalidOrigin {
    /// The rule that was broken, as the end of a sentence.
    pub rule: &'static str,
}

#[cfg(test)]
mod tests {
    use super::Origin;

    fn check(text: &str, expected: Result<&str, &str>) {
        let found = text.parse::<Origin>();
        assert_eq!(found.as_ref().map(Origin::as_str).map_err(|error| error.rule), expected, "{text}");
    }

    #[test]
    fn origins_are_canonical() {
        check("https://login.microsoftonline.com", Ok("https://login.microsoftonline.com:443"));
        check("HTTPS://Graph.Microsoft.com:443/", Ok("https://graph.microsoft.com:443"));
        check("https://[::1]:8443", Ok("https://[::1]:8443"));
        check("https://bücher.example", Ok("https://xn--bcher-kva.example:443"));
        check("proxy+http://proxy.local:3128", Ok("proxy+http://proxy.local:3128"));
        check("proxy+http://proxy.local", Ok("proxy+http://proxy.local:80"));
    }

    #[test]
    fn anything_but_an_origin_is_refused() {
        check("http://graph.microsoft.com", Err("must begin with https://"));
        check("proxy+ftp://proxy.local", Err("must begin with https://"));
        check("graph.microsoft.com", Err("must be an absolute address"));
        check("https://", Err("must be an absolute address"));
        check("https://user@host", Err("must not contain a user name or password"));
        check("https://:secret@host", Err("must not contain a user name or password"));
        check("https://host/v1.0", Err("must end after the port"));
        check("https://host?", Err("must end after the port"));
        check("https://host#", Err("must end after the port"));
        check("https://ho\tst", Err("must not contain spaces, control characters or backslashes"));
        check("https:\\\\host", Err("must not contain spaces, control characters or backslashes"));
    }
}
