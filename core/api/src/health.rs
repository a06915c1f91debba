//! How connections stand, and what to do.

use serde::{Deserialize, Serialize};

/// How a connection stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Somebody has to consent, for the first time or again.
    NeedsConsent,
    /// The last run left no package.
    Failing,
    /// It works, and something about it needs a look before it stops working.
    Degraded,
    /// Nothing has run yet, or not since somebody consented.
    NeverRan,
    /// The last run was complete, and nothing else is wrong.
    Healthy,
    /// A person stopped its schedule for a while.
    Paused,
    /// A person took it out of use.
    Disabled,
}

/// Where the next step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HealthAction {
    /// Nothing has to be done.
    None,
    /// Sign in and consent.
    Consent,
    /// Change the connection.
    Edit,
    /// Look at the last run.
    LookAtRun,
    /// Import it.
    Execute,
    /// Look at its schedule.
    Schedule,
    /// Look at the destinations.
    Delivery,
    /// Let it run again.
    Resume,
}

/// How one connection stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectionHealth {
    /// Its id.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// What people sort it by, in order.
    pub labels: Vec<String>,
    /// The state.
    pub state: Health,
    /// Since when, RFC 3339.
    pub since: String,
    /// Stable code of the cause.
    pub code: String,
    /// The cause: one sentence.
    pub title: String,
    /// The next step, in words; empty if there is none.
    pub next_step: String,
    /// Where that is done.
    pub action: HealthAction,
    /// The run that the next step is about.
    pub run: Option<String>,
}

/// How often a state occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthCount {
    /// The state.
    pub state: Health,
    /// How many connections are in it.
    pub count: u64,
}

/// How all connections stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthReport {
    /// How often each state occurs, the worst first; states without a connection are left out.
    pub counts: Vec<HealthCount>,
    /// The connections, the worst first, then by name.
    pub connections: Vec<ConnectionHealth>,
}

/// How a person holds a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionHold {
    /// Not at all: its schedule starts it.
    None,
    /// Its schedule does not start it; a person can.
    Paused,
    /// Nothing starts it.
    Disabled,
}

/// Holds a connection, or lets it go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HoldChoice {
    /// How.
    pub hold: ConnectionHold,
}
