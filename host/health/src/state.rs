use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How a connection stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
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

/// A text that names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no state of a connection")]
pub struct UnknownState(String);

impl State {
    /// All states, the worst first.
    pub const ALL: [Self; 7] = [
        Self::NeedsConsent,
        Self::Failing,
        Self::Degraded,
        Self::NeverRan,
        Self::Healthy,
        Self::Paused,
        Self::Disabled,
    ];

    /// The name, as stored and as scripts read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsConsent => "needs_consent",
            Self::Failing => "failing",
            Self::Degraded => "degraded",
            Self::NeverRan => "never_ran",
            Self::Healthy => "healthy",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NeedsConsent => "needs consent",
            Self::Failing => "failing",
            Self::Degraded => "degraded",
            Self::NeverRan => "never ran",
            Self::Healthy => "healthy",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }

    /// Whether a person keeps it from running by itself.
    #[must_use]
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Paused | Self::Disabled)
    }

    /// Whether somebody has to do something.
    #[must_use]
    pub const fn needs_somebody(self) -> bool {
        matches!(self, Self::NeedsConsent | Self::Failing | Self::Degraded)
    }
}

impl FromStr for State {
    type Err = UnknownState;

    fn from_str(name: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.as_str() == name).ok_or_else(|| UnknownState(name.to_owned()))
    }
}
