//! Where a syslog server is.

use std::fmt::{Display, Formatter, Result as FormatResult};
use std::path::PathBuf;
use std::str::FromStr;
use url::Url;

/// A syslog server, or the system's own socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyslogAddress {
    /// Datagrams; what is lost on the way nobody notices.
    Udp {
        /// Name or address.
        host: String,
        /// Port; 514 if nobody says otherwise.
        port: u16,
    },
    /// A stream in the clear.
    Tcp {
        /// Name or address.
        host: String,
        /// Port; 601 if nobody says otherwise.
        port: u16,
    },
    /// A stream whose server proves who it is.
    Tls {
        /// Name or address; the certificate must be for it.
        host: String,
        /// Port; 6514 if nobody says otherwise.
        port: u16,
    },
    /// A socket of this machine, such as `/dev/log`.
    Socket(PathBuf),
}

/// It is no address of a syslog server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be udp://HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH")]
pub struct InvalidSyslogAddress;

impl FromStr for SyslogAddress {
    type Err = InvalidSyslogAddress;

    fn from_str(text: &str) -> Result<Self, InvalidSyslogAddress> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            return if path.is_absolute() { Ok(Self::Socket(path)) } else { Err(InvalidSyslogAddress) };
        }
        let url: Url = text.parse().map_err(|_| InvalidSyslogAddress)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(InvalidSyslogAddress)?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        if !is_plain {
            return Err(InvalidSyslogAddress);
        }
        // As a name is resolved: without the brackets of an IPv6 address.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = |usual| url.port().unwrap_or(usual);
        match url.scheme() {
            "udp" => Ok(Self::Udp { host, port: port(514) }),
            "tcp" => Ok(Self::Tcp { host, port: port(601) }),
            "tls" => Ok(Self::Tls { host, port: port(6514) }),
            _ => Err(InvalidSyslogAddress),
        }
    }
}

impl Display for SyslogAddress {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> FormatResult {
        let at = |host: &str, port: u16| {
            if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
        };
        match self {
            Self::Udp { host, port } => write!(formatter, "udp://{}", at(host, *port)),
            Self::Tcp { host, port } => write!(formatter, "tcp://{}", at(host, *port)),
            Self::Tls { host, port } => write!(formatter, "tls://{}", at(host, *port)),
            Self::Socket(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SyslogAddress;

    #[test]
    fn addresses_are_read_and_written() {
        let cases = [
            ("udp://log.example.com", "udp://log.example.com:514"),
            ("tcp://10.0.0.7:1514", "tcp://10.0.0.7:1514"),
            ("tcp://log", "tcp://log:601"),
            ("tls://log.example.com/", "tls://log.example.com:6514"),
            ("tls://[2001:db8::1]:99", "tls://[2001:db8::1]:99"),
            ("unix:/dev/log", "unix:/dev/log"),
            ("unix:///run/log", "unix:/run/log"),
        ];
        for (text, expected) in cases {
            let address: SyslogAddress = text.parse().unwrap();
            assert_eq!(address.to_string(), expected);
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        for text in
            ["", "log.example.com", "http://log", "udp://", "tls://a:b@log", "tcp://log/x", "tcp://log?x=1", "unix:log"]
        {
            assert!(text.parse::<SyslogAddress>().is_err(), "{text}");
        }
    }
}
