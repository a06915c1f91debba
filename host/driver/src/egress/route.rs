//! How requests leave this machine.

use crate::egress::Bypass;
use url::Host;

/// The way out: it decides for each host whether its resolved address can be checked.
#[derive(Clone, Debug, Default)]
pub enum Route {
    /// Straight to the host.
    #[default]
    Direct,
    /// Through a proxy, which resolves names by itself.
    Proxy {
        /// Hosts that are reached directly all the same.
        bypass: Bypass,
    },
}

impl Route {
    /// Whether this host is reached without a proxy, so that the address rule applies to what it resolves to.
    #[must_use]
    pub fn is_direct<S: AsRef<str>>(&self, host: &Host<S>) -> bool {
        match self {
            Self::Direct => true,
            Self::Proxy { bypass } => bypass.covers(host),
        }
    }
}
