use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where the next step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing has to be done.
    None,
    /// Sign in and consent.
    Consent,
    /// Change the connection: a setting, a secret.
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

/// A text that names no action.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no next step")]
pub struct UnknownAction(String);

impl Action {
    /// All actions.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Consent,
        Self::Edit,
        Self::LookAtRun,
        Self::Execute,
        Self::Schedule,
        Self::Delivery,
        Self::Resume,
    ];

    /// The name, as stored and as scripts read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Consent => "consent",
            Self::Edit => "edit",
            Self::LookAtRun => "look_at_run",
            Self::Execute => "execute",
            Self::Schedule => "schedule",
            Self::Delivery => "delivery",
            Self::Resume => "resume",
        }
    }
}

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(name: &str) -> Result<Self, UnknownAction> {
        Self::ALL.into_iter().find(|action| action.as_str() == name).ok_or_else(|| UnknownAction(name.to_owned()))
    }
}
