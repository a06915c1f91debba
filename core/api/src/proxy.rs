//! Proxies: of a connection, of a destination, and the default of the beacon.

use crate::SecretText;
use serde::{Deserialize, Serialize};

/// *Proxy Settings*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProxyDraft {
    /// `https://host:port`, `http://host:port` or `host:port`.
    pub server: String,
    /// User name.
    #[serde(default)]
    pub username: Option<String>,
    /// Password; `None` leaves the stored one.
    #[serde(default)]
    pub password: Option<SecretText>,
    /// Hosts that it is not used for; `None` leaves the stored list. A destination is one host, and has none.
    #[serde(default)]
    pub bypass: Option<String>,
}

/// A proxy of its own, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProxyFacts {
    /// Its address.
    pub server: String,
    /// User name.
    pub username: Option<String>,
    /// Whether a password is stored.
    pub password_stored: bool,
    /// Hosts that it is not used for.
    pub bypass: String,
}

/// The default proxy of the beacon, without its password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DefaultProxyFacts {
    /// Its address.
    pub server: String,
    /// User name.
    pub username: Option<String>,
    /// Whether a password is stored.
    pub password_stored: bool,
    /// Hosts that it is not used for.
    pub bypass: String,
    /// Names of the connections that go through it.
    pub connections: Vec<String>,
    /// Names of the destinations that are reached through it.
    pub destinations: Vec<String>,
}
