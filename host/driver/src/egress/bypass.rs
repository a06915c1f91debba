//! Hosts that are reached without the proxy.

use ipnet::IpNet;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::Host;

/// A list of hosts that are reached directly: names (`graph.example.com`), everything below a name (`.example.com`),
/// addresses and ranges of addresses (`10.0.0.0/8`), separated by commas or spaces.
///
/// Addresses and ranges are compared with hosts that are addresses themselves: behind a proxy names are often not
/// resolvable here, so no name is resolved to find out whether it may go without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bypass(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Name(String),
    /// Without its leading dot.
    Below(String),
    Range(IpNet),
}

/// A text that is no bypass list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{entry:?} is no host name, .domain, address or range of addresses")]
pub struct InvalidBypass {
    /// The part that cannot be read, at most its first 100 characters.
    pub entry: String,
}

impl Bypass {
    /// Whether nothing is reached without the proxy.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this host is reached directly.
    #[must_use]
    pub fn covers<S: AsRef<str>>(&self, host: &Host<S>) -> bool {
        match host {
            Host::Domain(name) => {
                let name = name.as_ref().trim_end_matches('.');
                self.0.iter().any(|entry| match entry {
                    Entry::Name(known) => known.eq_ignore_ascii_case(name),
                    Entry::Below(domain) => is_below(name, domain),
                    Entry::Range(_) => false,
                })
            }
            Host::Ipv4(address) => self.covers_address(IpAddr::V4(*address)),
            Host::Ipv6(address) => self.covers_address(IpAddr::V6(*address)),
        }
    }

    fn covers_address(&self, address: IpAddr) -> bool {
        self.0.iter().any(|entry| matches!(entry, Entry::Range(range) if range.contains(&address)))
    }
}

fn is_below(name: &str, domain: &str) -> bool {
    let cut = name.len().checked_sub(domain.len());
    let split = cut.and_then(|cut| name.split_at_checked(cut));
    split.is_some_and(|(front, end)| front.len() > 1 && front.ends_with('.') && end.eq_ignore_ascii_case(domain))
}

impl FromStr for Bypass {
    type Err = InvalidBypass;

    fn from_str(text: &str) -> Result<Self, InvalidBypass> {
        let parts = text.split([',', ' ', '\t', '\n']).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Entry {
    type Err = InvalidBypass;

    fn from_str(text: &str) -> Result<Self, InvalidBypass> {
        let refuse = || InvalidBypass { entry: text.chars().take(100).collect() };
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(range) = bare.parse::<IpNet>() {
            return Ok(Self::Range(range));
        }
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self::Range(address.into()));
        }
        let (below, name) = match text.strip_prefix('.') {
            Some(domain) => (true, domain),
            None => (false, text),
        };
        // The parser would decode percent signs, as browsers do, and a port would belong to nothing here.
        let plain = name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '.' | '_'));
        match Host::parse(name) {
            Ok(Host::Domain(name)) if plain => {
                let name = name.trim_end_matches('.').to_owned();
                Ok(if below { Self::Below(name) } else { Self::Name(name) })
            }
            _ => Err(refuse()),
        }
    }
}

/// The form that [`Bypass::from_str`] reads.
impl fmt::Display for Bypass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, entry) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(", ")?;
            }
            match entry {
                Entry::Name(name) => formatter.write_str(name)?,
                Entry::Below(domain) => write!(formatter, ".{domain}")?,
                Entry::Range(range) if range.prefix_len() == range.max_prefix_len() => {
                    write!(formatter, "{}", range.addr())?;
                }
                Entry::Range(range) => write!(formatter, "{range}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_domains_addresses_and_ranges() {
        let bypass: Bypass =
            "graph.example.com, .Intern.example  10.0.0.0/8,192.0.2.7 [2001:db8::1]".parse().expect("a list");
        for (host, expected) in [
            ("graph.example.com", true),
            ("GRAPH.example.com.", true),
            ("x.graph.example.com", false),
            ("example.com", false),
            ("a.intern.example", true),
            ("a.b.intern.example", true),
            ("intern.example", false),
            ("evilintern.example", false),
            ("10.1.2.3", true),
            ("11.1.2.3", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("[2001:db8::1]", true),
            ("[2001:db8::2]", false),
        ] {
            assert_eq!(bypass.covers(&Host::parse(host).expect("a host")), expected, "{host}");
        }
        assert_eq!(bypass.to_string(), "graph.example.com, .intern.example, 10.0.0.0/8, 192.0.2.7, 2001:db8::1");
        let nothing: Bypass = " , ".parse().expect("an empty list");
        assert!(nothing.is_empty() && !nothing.covers(&Host::parse("a.example").expect("a host")));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["https://a.example", "a.example:443", "*.example.com", "*", ".", "10.0.0.0/40", "a/b", "a%2eb"] {
            assert_eq!(text.parse::<Bypass>(), Err(InvalidBypass { entry: text.to_owned() }), "{text}");
        }
        assert_eq!("a.example,x y:z".parse::<Bypass>(), Err(InvalidBypass { entry: "y:z".to_owned() }));
    }

    proptest! {
        #[test]
        fn what_is_shown_parses_to_the_same(text in "[a-z0-9.:/ ,*-]{0,40}") {
            if let Ok(bypass) = text.parse::<Bypass>() {
                prop_assert_eq!(bypass.to_string().parse(), Ok(bypass));
            }
        }
    }
}
