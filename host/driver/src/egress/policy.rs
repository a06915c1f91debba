//! Rules of the manifest, filled with the settings of one connection, applied to one hop at a time.

use crate::egress::{AddressRule, Route};
use beacon_contract::{EgressRule, Method, OriginPattern, Settings, Slot, SlotName};
use std::net::IpAddr;
use url::{Host, Url};

/// Everything a hop is checked against.
#[derive(Clone, Debug)]
pub struct EgressPolicy {
    rules: Vec<EgressRule>,
    slots: Vec<Slot>,
    settings: Settings,
    addresses: AddressRule,
    route: Route,
}

/// What the rule of a permitted request says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Sending it twice does no harm.
    pub repeatable: bool,
    /// Lane of the rule, if it has one.
    pub lane: Option<String>,
}

/// How a request came to its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The module named it.
    First,
    /// A server sent us there.
    Redirect,
}

/// Why a hop is not made. `code` is stable; the sentence names no query and no path, which may hold tokens.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    /// Not an absolute `https` address, or one with user information.
    #[error("only https addresses without user information are requested")]
    Scheme,
    /// No rule allows this method on this path of this origin.
    #[error("the manifest does not allow {method} on this path of {origin}")]
    Rule {
        /// Method.
        method: &'static str,
        /// Scheme, host and port.
        origin: String,
    },
    /// The host is an address, and the address rule forbids it.
    #[error("{address} is a private, loopback, link-local or reserved address")]
    Address {
        /// The address.
        address: IpAddr,
    },
    /// Behind a proxy the resolved address cannot be checked, so only full host names are requested.
    #[error("{host} is not a full host name, and behind a proxy only those are requested")]
    NotAName {
        /// The host.
        host: String,
    },
    /// The module wants a credential sent to an origin that its slot is not bound to.
    #[error("the credential {slot} may not be sent to {origin}")]
    Slot {
        /// The slot.
        slot: SlotName,
        /// Scheme, host and port.
        origin: String,
    },
    /// No such slot in the manifest.
    #[error("the manifest declares no credential {slot} that requests can carry")]
    UnknownSlot {
        /// The slot.
        slot: SlotName,
    },
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Scheme => "egress.scheme",
            Self::Rule { .. } => "egress.rule",
            Self::Address { .. } => "egress.address",
            Self::NotAName { .. } => "egress.not_a_name",
            Self::Slot { .. } => "egress.slot",
            Self::UnknownSlot { .. } => "egress.unknown_slot",
        }
    }
}

/// Scheme, host and port, as [`OriginPattern`] spells them.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

impl EgressPolicy {
    /// The policy of one connection.
    #[must_use]
    pub fn new(
        rules: Vec<EgressRule>,
        slots: Vec<Slot>,
        settings: Settings,
        addresses: AddressRule,
        route: Route,
    ) -> Self {
        Self { rules, slots, settings, addresses, route }
    }

    /// The rule for resolved addresses.
    #[must_use]
    pub fn addresses(&self) -> &AddressRule {
        &self.addresses
    }

    /// Whether a request of the module may be sent, and what its rule says about it.
    ///
    /// # Errors
    /// [`Refusal`] says which rule forbids it.
    pub fn check(&self, method: Method, url: &Url, hop: Hop) -> Result<Admission, Refusal> {
        self.check_target(url)?;
        let origin = origin(url);
        let rule = self
            .rules
            .iter()
            .filter(|rule| hop == Hop::Redirect || !rule.redirect_only)
            .find(|rule| {
                rule.method == method && rule.origin.matches(&origin, &self.settings) && rule.path.matches(url.path())
            })
            .ok_or(Refusal::Rule { method: method.name(), origin })?;
        Ok(Admission { repeatable: rule.repeatable || method == Method::Get, lane: rule.lane.clone() })
    }

    /// Whether the driver's own grants may talk to this endpoint: no rule of the manifest, but everything else.
    ///
    /// # Errors
    /// [`Refusal`] as for any request.
    pub fn check_endpoint(&self, url: &Url) -> Result<(), Refusal> {
        self.check_target(url)
    }

    fn check_target(&self, url: &Url) -> Result<(), Refusal> {
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Scheme);
        }
        let Some(host) = url.host() else { return Err(Refusal::Scheme) };
        let address = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        let name = url.host_str().unwrap_or_default();
        if !self.route.is_direct(&host) && (address.is_some() || !name.trim_end_matches('.').contains('.')) {
            return Err(Refusal::NotAName { host: name.to_owned() });
        }
        match address {
            Some(address) if !self.addresses.allows(address) => Err(Refusal::Address { address }),
            _ => Ok(()),
        }
    }

    /// Whether the credential of a slot may go to this address.
    ///
    /// # Errors
    /// [`Refusal::Slot`] or [`Refusal::UnknownSlot`].
    pub fn check_slot(&self, slot: &SlotName, url: &Url) -> Result<(), Refusal> {
        let declared = self
            .slots
            .iter()
            .find(|declared| declared.name == *slot)
            .ok_or_else(|| Refusal::UnknownSlot { slot: slot.clone() })?;
        let origin = origin(url);
        let bound = |pattern: &OriginPattern| pattern.exact_origin(&self.settings).is_some_and(|exact| exact == origin);
        if declared.origins.iter().any(bound) { Ok(()) } else { Err(Refusal::Slot { slot: slot.clone(), origin }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_contract::{PathPattern, SlotKind};

    fn policy(route: Route) -> EgressPolicy {
        let mut settings = Settings::default();
        settings.set("graph_root", "https://graph.test");
        let rule = |origin, path: &str, redirect_only| EgressRule {
            origin,
            method: Method::Get,
            path: PathPattern::new(path).expect("a pattern"),
            repeatable: false,
            redirect_only,
            lane: None,
        };
        let graph = OriginPattern::Setting("graph_root".parse().expect("a field"));
        let slot = Slot {
            name: "graph".parse().expect("a slot"),
            kind: SlotKind::Stored,
            origins: vec![graph.clone()],
            label: String::new(),
        };
        let rules = vec![
            rule(graph, "/v1.0/users", false),
            rule(OriginPattern::Suffix(".office.com".to_owned()), "/data/**", true),
            rule(OriginPattern::Exact("https://127.0.0.1".to_owned()), "/x", false),
        ];
        EgressPolicy::new(rules, vec![slot], settings, AddressRule::default(), route)
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("an address")
    }

    #[test]
    fn a_hop_needs_a_rule_a_name_and_a_public_address() {
        let policy = policy(Route::Direct);
        for (method, address, hop, code) in [
            (Method::Get, "https://graph.test/v1.0/users?$top=9", Hop::First, None),
            (Method::Post, "https://graph.test/v1.0/users", Hop::First, Some("egress.rule")),
            (Method::Get, "http://graph.test/v1.0/users", Hop::First, Some("egress.scheme")),
            (Method::Get, "https://a:b@graph.test/v1.0/users", Hop::First, Some("egress.scheme")),
            (Method::Get, "https://graph.test:8443/v1.0/users", Hop::First, Some("egress.rule")),
            (Method::Get, "https://graph.test.evil/v1.0/users", Hop::First, Some("egress.rule")),
            (Method::Get, "https://graph.test/v1.0/users/../me", Hop::First, Some("egress.rule")),
            (Method::Get, "https://reports.office.com/data/x", Hop::First, Some("egress.rule")),
            (Method::Get, "https://reports.office.com/data/x", Hop::Redirect, None),
            (Method::Get, "https://127.0.0.1/x", Hop::First, Some("egress.address")),
            (Method::Get, "https://0x7f.1/x", Hop::First, Some("egress.address")),
        ] {
            let refusal = policy.check(method, &url(address), hop).err().map(|refusal| refusal.code());
            assert_eq!(refusal, code, "{address}");
        }
    }

    #[test]
    fn behind_a_proxy_only_full_names() {
        let policy = policy(Route::Proxy { bypass: "localhost, 127.0.0.0/8".parse().expect("a list") });
        assert!(policy.check(Method::Get, &url("https://graph.test/v1.0/users"), Hop::First).is_ok());
        for (address, code) in [
            ("https://192.0.2.1/x", "egress.not_a_name"),
            ("https://intranet/x", "egress.not_a_name"),
            ("https://[::1]/x", "egress.not_a_name"),
            // What the proxy does not see is judged as without a proxy.
            ("https://127.0.0.1/x", "egress.address"),
            ("https://localhost/x", "egress.rule"),
        ] {
            let refusal = policy.check(Method::Get, &url(address), Hop::First).map_err(|refusal| refusal.code());
            assert_eq!(refusal, Err(code), "{address}");
        }
    }

    #[test]
    fn a_credential_stays_with_its_origin() {
        let policy = policy(Route::Direct);
        let slot = "graph".parse().expect("a slot");
        assert!(policy.check_slot(&slot, &url("https://graph.test/x")).is_ok());
        assert_eq!(
            policy.check_slot(&slot, &url("https://reports.office.com/")).map_err(|r| r.code()),
            Err("egress.slot")
        );
        let other = "other".parse().expect("a slot");
        assert_eq!(
            policy.check_slot(&other, &url("https://graph.test/")).map_err(|r| r.code()),
            Err("egress.unknown_slot")
        );
    }
}
