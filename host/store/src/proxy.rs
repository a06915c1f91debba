use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Host;

use crate::InvalidInput;

const FIELD: &str = "proxy server";

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProxyScheme {
    /// Plainly; what is tunnelled through it is still TLS.
    Http,
    /// Inside TLS.
    Https,
}

impl ProxyScheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The address of a proxy: `https://host:port`, `http://host:port` or `address:port`, which means `http`. The port is
/// always given, an IPv6 address stands in brackets, and there is nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProxyServer {
    /// `None` where it was typed as `address:port`.
    scheme: Option<ProxyScheme>,
    host: Host,
    port: u16,
}

/// The proxy of a connection. Its password is a secret and lies with the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxySettings {
    /// The proxy.
    pub server: ProxyServer,
    /// The user name for a proxy that asks for one.
    pub username: Option<String>,
}

impl ProxyServer {
    /// How it is spoken to.
    #[must_use]
    pub fn scheme(&self) -> ProxyScheme {
        self.scheme.unwrap_or(ProxyScheme::Http)
    }

    /// Its host: a lower-case name, or an address.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// It as an address with a scheme, `http://host:port` or `https://host:port`. With `proxy+` before it, this is the
    /// origin that the vault binds the proxy's password to.
    #[must_use]
    pub fn to_url(&self) -> String {
        format!("{}://{}:{}", self.scheme().as_str(), self.host, self.port)
    }
}

impl FromStr for ProxyServer {
    type Err = InvalidInput;

    fn from_str(text: &str) -> Result<Self, InvalidInput> {
        let refuse = |rule| Err(InvalidInput::new(FIELD, rule, &without_user(text)));
        let (scheme, rest) = match text.split_once("://") {
            None => (None, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (Some(ProxyScheme::Http), rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (Some(ProxyScheme::Https), rest),
            Some(_) => return refuse("must be https://host:port, http://host:port or address:port"),
        };
        if rest.contains('@') {
            return refuse("must not contain a user name or password; they have fields of their own");
        }
        if rest.contains(['/', '?', '#', '\\']) {
            return refuse("must end after the port");
        }
        let Some((host, port)) = rest.rsplit_once(':').filter(|(host, _)| !host.is_empty()) else {
            return refuse("must be https://host:port, http://host:port or address:port");
        };
        let all_digits = port.bytes().all(|byte| byte.is_ascii_digit());
        let Some(port) = port.parse().ok().filter(|port| all_digits && *port != 0) else {
            return refuse("must have a port from 1 to 65535");
        };
        if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) {
            return refuse("must have an IPv6 address in brackets");
        }
        // The parser would decode percent signs and drop spaces at the ends, as browsers do.
        match Host::parse(host) {
            Ok(parsed) if !host.contains(|c: char| c == '%' || c.is_whitespace()) => {
                Ok(Self { scheme, host: parsed, port })
            }
            _ => refuse("must have a valid host name or address"),
        }
    }
}

/// The text without what stands before an `@`, where people put passwords.
fn without_user(text: &str) -> String {
    let Some((user, host)) = text.rsplit_once('@') else { return text.to_owned() };
    match user.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://…@{host}"),
        None => format!("…@{host}"),
    }
}

impl TryFrom<String> for ProxyServer {
    type Error = InvalidInput;

    fn try_from(text: String) -> Result<Self, InvalidInput> {
        text.parse()
    }
}

impl From<ProxyServer> for String {
    fn from(server: ProxyServer) -> Self {
        server.to_string()
    }
}

/// The form in which it was typed.
impl fmt::Display for ProxyServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(formatter, "{}://", scheme.as_str())?;
        }
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ProxyServer;

    fn parse(text: &str) -> Result<ProxyServer, super::InvalidInput> {
        text.parse()
    }

    #[test]
    fn the_three_forms() {
        let cases = [
            ("https://proxy.local:8443", "https://proxy.local:8443", "https://proxy.local:8443"),
            ("http://Proxy.Local:3128", "http://proxy.local:3128", "http://proxy.local:3128"),
            ("HTTP://proxy:80", "http://proxy:80", "http://proxy:80"),
            ("proxy.local:3128", "proxy.local:3128", "http://proxy.local:3128"),
            ("10.0.0.1:3128", "10.0.0.1:3128", "http://10.0.0.1:3128"),
            ("[2001:DB8::1]:3128", "[2001:db8::1]:3128", "http://[2001:db8::1]:3128"),
            ("https://[::1]:65535", "https://[::1]:65535", "https://[::1]:65535"),
            ("bücher.example:1", "xn--bcher-kva.example:1", "http://xn--bcher-kva.example:1"),
        ];
        for (text, shown, url) in cases {
            let server = parse(text).unwrap();
            assert_eq!((server.to_string().as_str(), server.to_url().as_str()), (shown, url), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_its_rule() {
        let forms = "must be https://host:port, http://host:port or address:port";
        let port = "must have a port from 1 to 65535";
        let end = "must end after the port";
        let host = "must have a valid host name or address";
        let brackets = "must have an IPv6 address in brackets";
        let user = "must not contain a user name or password; they have fields of their own";
        let cases = [
            ("", forms),
            ("proxy.local", forms),
            ("https://proxy.local", forms),
            (":3128", forms),
            ("socks5://proxy:1080", forms),
            ("ftp://proxy:21", forms),
            ("proxy:", port),
            ("proxy:0", port),
            ("proxy:65536", port),
            ("proxy:+80", port),
            ("proxy:80 ", port),
            ("proxy:http", port),
            ("http://proxy:80/", end),
            ("http://proxy:80/path", end),
            ("proxy:80?x", end),
            ("proxy:80#x", end),
            ("http://user@proxy:80", user),
            ("user:secret@proxy:80", user),
            ("2001:db8::1:3128", brackets),
            ("[2001:db8::1:3128", brackets),
            ("[::g]:80", host),
            ("pro xy:80", host),
            (" proxy:80", host),
            ("pro%78y:80", host),
            ("300.1.1.1:80", host),
        ];
        for (text, rule) in cases {
            assert_eq!(parse(text).map_err(|error| error.rule), Err(rule), "{text:?}");
        }
    }

    #[test]
    fn a_refusal_repeats_no_password() {
        for (text, shown) in [
            ("http://ada:pa@ss://@proxy:80", "http://…@proxy:80"),
            ("ada:secret@proxy:80", "…@proxy:80"),
            ("socks5://ada:secret@proxy:80", "socks5://…@proxy:80"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!((error.field, error.value.as_str()), ("proxy server", shown));
        }
        assert_eq!(
            parse("proxy:99999").unwrap_err().to_string(),
            "proxy server must have a port from 1 to 65535, got \"proxy:99999\""
        );
    }

    proptest! {
        #[test]
        fn what_is_shown_parses_to_the_same(text in "(https?://)?([a-z0-9.-]{1,12}|\\[[0-9a-f:]{2,12}\\]):[0-9]{1,5}") {
            if let Ok(server) = parse(&text) {
                prop_assert_eq!(parse(&server.to_string()), Ok(server.clone()));
                let origin: Result<beacon_vault::Origin, _> = format!("proxy+{}", server.to_url()).parse();
                prop_assert!(origin.is_ok());
            }
        }
    }
}
