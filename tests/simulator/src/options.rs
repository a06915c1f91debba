//! What a simulation is started with.

use crate::latency::Latency;
use serde::{Deserialize, Serialize};

/// The national clouds of Microsoft 365; they differ in host names and in what exists there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cloud {
    /// Worldwide, GCC included.
    #[default]
    Global,
    /// US Government L4.
    GccHigh,
    /// US Government L5.
    Dod,
    /// China, operated by 21Vianet.
    China,
}

impl Cloud {
    /// Origin of Microsoft Graph, which is also the name of the resource in scopes.
    #[must_use]
    pub fn graph_resource(self) -> &'static str {
        match self {
            Self::Global => "https://graph.microsoft.com",
            Self::GccHigh => "https://graph.microsoft.us",
            Self::Dod => "https://dod-graph.microsoft.us",
            Self::China => "https://microsoftgraph.chinacloudapi.cn",
        }
    }

    /// Host name of the sign-in site.
    #[must_use]
    pub fn login_host(self) -> &'static str {
        match self {
            Self::Global => "login.microsoftonline.com",
            Self::GccHigh | Self::Dod => "login.microsoftonline.us",
            Self::China => "login.partner.microsoftonline.cn",
        }
    }
}

/// The tenant behind a simulation.
#[derive(Clone, Debug)]
pub struct TenantOptions {
    /// Everything generated follows from this number.
    pub seed: u64,
    /// Number of users; 3 (the people who can sign in) is the least.
    pub users: u64,
    /// Where the tenant lives.
    pub cloud: Cloud,
    /// Entra ID P1 or P2 is owned.
    pub premium: bool,
}

impl Default for TenantOptions {
    fn default() -> Self {
        Self { seed: 1, users: 100, cloud: Cloud::Global, premium: true }
    }
}

/// How [`Simulator::start`](crate::Simulator::start) behaves.
#[derive(Clone, Debug, Default)]
pub struct SimulatorOptions {
    /// The tenant.
    pub tenant: TenantOptions,
    /// Port of the sign-in site; 0 picks a free one.
    pub login_port: u16,
    /// Port of the Graph site; 0 picks a free one.
    pub graph_port: u16,
    /// Port of the control interface; 0 picks a free one.
    pub control_port: u16,
    /// Port of the report site; 0 picks a free one.
    pub reports_port: u16,
    /// Throttle as Microsoft's services do.
    pub quotas: bool,
    /// How long Graph and the report site take to answer; `None` is as fast as possible.
    pub latency: Option<Latency>,
    /// Largest page of any list; a client that asks for more gets this many without a word. `None` is Microsoft's own.
    pub largest_page: Option<u64>,
    /// Serve sign-in and Graph on one port, split by path.
    pub single_origin: bool,
    /// Name the sites `login`, `graph` and `reports` below this domain, in place of `localhost` and `127.0.0.1`. Whoever
    /// comes by these names resolves them to 127.0.0.1 by himself, as a proxy with a hosts file does.
    pub domain: Option<String>,
    /// Where the clock starts; `None` is the machine's time.
    pub now: Option<jiff::Timestamp>,
}

impl SimulatorOptions {
    /// A tenant of this size with everything else at its default.
    #[must_use]
    pub fn with_users(users: u64) -> Self {
        Self { tenant: TenantOptions { users, ..TenantOptions::default() }, ..Self::default() }
    }
}
