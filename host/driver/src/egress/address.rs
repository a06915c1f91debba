//! The address rule: which resolved addresses a request may connect to.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Decides about one resolved address. Public addresses are fine; everything else needs the operator's grant.
#[derive(Clone, Debug, Default)]
pub struct AddressRule {
    granted: Vec<IpNet>,
}

impl AddressRule {
    /// Public addresses, and those in `granted` (`--allow-address`).
    #[must_use]
    pub fn new(granted: Vec<IpNet>) -> Self {
        Self { granted }
    }

    /// Whether a connection to this address may be made.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = canonical(address);
        self.granted.iter().any(|range| range.contains(&address)) || is_public(address)
    }
}

/// The IPv4 address inside an IPv4-mapped one: both reach the same machine, so both get the same answer.
fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// IANA's registry of special-purpose IPv4 addresses, without the ranges that are globally reachable.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Only global unicast (2000::/3), without the ranges that embed or document other addresses: 6to4 and Teredo would
/// carry a private IPv4 address past the rule above, NAT64 (64:ff9b::/96) lies outside 2000::/3 anyway.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let documentation = (first == 0x2001 && second == 0x0db8) || first == 0x3fff;
    let embeds = first == 0x2002 || (first == 0x2001 && second < 0x0200);
    global && !documentation && !embeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_without_a_grant() {
        let rule = AddressRule::default();
        for (address, expected) in [
            ("20.190.128.1", true),
            ("2603:1026::1", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("64:ff9b::a00:1", false),
            ("2002:7f00:1::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(rule.allows(address.parse().expect("an address")), expected, "{address}");
        }
    }

    #[test]
    fn a_grant_opens_its_range_and_nothing_else() {
        let rule = AddressRule::new(vec!["127.0.0.0/8".parse().expect("a range")]);
        assert!(rule.allows("127.0.0.1".parse().expect("an address")));
        assert!(rule.allows("::ffff:127.0.0.1".parse().expect("an address")));
        assert!(!rule.allows("10.0.0.1".parse().expect("an address")));
        assert!(!rule.allows("::1".parse().expect("an address")));
    }
}
