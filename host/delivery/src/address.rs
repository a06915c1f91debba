//! Where uploads go.

use beacon_driver::AddressRule;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use url::{Host, Url};

/// The address below which each package gets a folder of its own, by the rules of [`server_address`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadAddress(Url);

/// A text that is no [`UploadAddress`]. It does not repeat the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an upload address {rule}")]
pub struct InvalidAddress {
    /// The rule that was broken, as the end of a sentence.
    pub rule: &'static str,
}

impl UploadAddress {
    /// The address with its path, which ends with a slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The one place that a credential may go to, as `https://host:port`; `None` for plain `http`, which gets none.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let (host, port) = (self.0.host_str()?, self.0.port_or_known_default()?);
        self.is_secure().then(|| format!("https://{host}:{port}"))
    }

    /// Whether what is sent there is encrypted.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the address rule lets it be connected to, as far as the text tells: a name is looked at when it is
    /// resolved.
    pub(crate) fn is_permitted(&self, rule: &AddressRule) -> bool {
        is_permitted(&self.0, rule)
    }

    /// The address of something below: each part becomes one segment of the path, whatever is in it.
    pub(crate) fn below(&self, parts: &[&str]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    /// The folder of a package, with the slash at its end that a collection has (RFC 4918, section 5.2).
    pub(crate) fn folder(&self, name: &str) -> Url {
        self.below(&[name, ""])
    }
}

/// The address of a server that something is sent to. Always `https`; plain `http` only to an address of this very
/// machine, written as a number, because a name could lead elsewhere.
///
/// # Errors
/// The rule that was broken, as the end of a sentence. It does not repeat the text, which may hold a password.
pub fn server_address(text: &str) -> Result<Url, &'static str> {
    let Ok(url) = Url::parse(text) else { return Err("must begin with https:// and name a host") };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password: give them by their own arguments");
    }
    match url.scheme() {
        "https" => {}
        "http" if literal(&url).is_some_and(|address| address.is_loopback()) => {}
        _ => return Err("must begin with https://; http:// only goes to this machine, as in http://127.0.0.1:8080"),
    }
    if url.host_str().is_none_or(str::is_empty) { Err("must name a host") } else { Ok(url) }
}

/// Whether the address rule lets a server be connected to, as far as its address tells: a name is looked at when it is
/// resolved.
#[must_use]
pub fn is_permitted(url: &Url, rule: &AddressRule) -> bool {
    literal(url).is_none_or(|address| rule.allows(address))
}

fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

impl FromStr for UploadAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let mut url = server_address(text).map_err(|rule| InvalidAddress { rule })?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidAddress { rule: "must end after the path" });
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for UploadAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::UploadAddress;
    use beacon_driver::AddressRule;

    fn address(text: &str) -> UploadAddress {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_ends_with_a_slash_and_has_an_origin() {
        let found = address("HTTPS://Files.Example.com/beacon");
        assert_eq!(found.as_str(), "https://files.example.com/beacon/");
        assert_eq!(found.origin().as_deref(), Some("https://files.example.com:443"));
        assert_eq!(address("https://files.example.com").as_str(), "https://files.example.com/");
        assert_eq!(address("http://127.0.0.1:8080/in").origin(), None);
    }

    #[test]
    fn what_could_betray_a_package_or_a_password_is_refused() {
        for text in [
            "files.example.com/beacon",
            "http://files.example.com/",
            "http://localhost/",
            "http://10.0.0.1/",
            "ftp://files.example.com/",
            "https://user@files.example.com/",
            "https://user:password@files.example.com/",
            "https://files.example.com/?token=1",
            "https://files.example.com/#part",
            "https://",
        ] {
            assert!(text.parse::<UploadAddress>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_stays_one_segment() {
        let base = address("https://files.example.com/a");
        assert_eq!(base.below(&["2026-01-01", "users.parquet"]).path(), "/a/2026-01-01/users.parquet");
        assert_eq!(base.below(&["../b", "c/d"]).path(), "/a/..%2Fb/c%2Fd");
        assert_eq!(base.folder("x").path(), "/a/x/");
    }

    #[test]
    fn an_address_in_numbers_is_held_against_the_rule() {
        let granted = AddressRule::new(vec!["127.0.0.0/8".parse().unwrap()]);
        for (text, without, with) in [
            ("https://127.0.0.1/", false, true),
            ("http://127.0.0.1/", false, true),
            ("https://10.0.0.1/", false, false),
            ("https://[::1]/", false, false),
            ("https://files.example.com/", true, true),
        ] {
            assert_eq!(address(text).is_permitted(&AddressRule::default()), without, "{text}");
            assert_eq!(address(text).is_permitted(&granted), with, "{text}");
        }
    }
}
