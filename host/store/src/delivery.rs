use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ConnectionId, DestinationId, InvalidInput, RunId, RunState};

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The package is on its way, or will be.
    Waiting,
    /// It is there, which was confirmed.
    Delivered,
    /// A person said that it will not be sent.
    GivenUp,
}

impl DeliveryState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::GivenUp];

    /// The name, as stored and as scripts read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
        }
    }
}

impl FromStr for DeliveryState {
    type Err = InvalidInput;

    fn from_str(name: &str) -> Result<Self, InvalidInput> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == name);
        found.ok_or_else(|| InvalidInput::new("delivery state", "must be a known one", name))
    }
}

/// One package on its way to one destination.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// The run that left the package.
    pub run: RunId,
    /// Where it goes.
    pub destination: DestinationId,
    /// The name of that place.
    pub destination_name: String,
    /// The connection that was imported.
    pub connection: ConnectionId,
    /// Its name; `None` once it was removed.
    pub connection_name: Option<String>,
    /// Where the package lies.
    pub package_dir: PathBuf,
    /// When its run began.
    pub started_at: Timestamp,
    /// How it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed; the shape belongs to whoever writes it. Gone once it arrived.
    pub last_error: Option<Value>,
    /// Not before this moment it is tried again; `None` if it does not wait.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was confirmed or given up.
    pub settled_at: Option<Timestamp>,
}

/// Whose trouble a failed attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureScope {
    /// Every package would meet it: the whole destination waits.
    Destination,
    /// This package alone waits.
    Package,
}

/// A package that lies here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPackage {
    /// The run that left it.
    pub run: RunId,
    /// Whether it is complete.
    pub state: RunState,
    /// When its run began.
    pub started_at: Timestamp,
    /// Its folder.
    pub folder: PathBuf,
    /// Whether a destination still waits for it.
    pub awaited: bool,
}
