use std::path::PathBuf;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ConnectionId, InvalidInput, RunId};

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It has begun and not ended. After a crash such a run is left over, to be resumed or given up.
    Running,
    /// Its package is complete.
    Complete,
    /// Its package says what is missing.
    Partial,
    /// Somebody has to consent (again).
    ConsentNeeded,
    /// The settings have to be put right.
    Settings,
    /// It ended without a package.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// The module broke its contract.
    ModuleFault,
}

impl RunState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Running,
        Self::Complete,
        Self::Partial,
        Self::ConsentNeeded,
        Self::Settings,
        Self::Failed,
        Self::Cancelled,
        Self::ModuleFault,
    ];

    /// The name, as stored and as scripts read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Complete => "complete",
            Self::Partial => "partial",
            Self::ConsentNeeded => "consent_needed",
            Self::Settings => "settings",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::ModuleFault => "module_fault",
        }
    }
}

impl FromStr for RunState {
    type Err = InvalidInput;

    fn from_str(name: &str) -> Result<Self, InvalidInput> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == name);
        found.ok_or_else(|| InvalidInput::new("run state", "must be a known one", name))
    }
}

/// One execution of a connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The connection it imports.
    pub connection: ConnectionId,
    /// When it began.
    pub started_at: Timestamp,
    /// The schedule it was due by, by the name it had then; a run that a person started has none.
    pub schedule_name: Option<String>,
    /// When it was due by that schedule.
    pub due_at: Option<Timestamp>,
    /// How it stands.
    pub state: RunState,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// The hash of the package's content.
    pub package_id: Option<String>,
    /// The folder of the package.
    pub package_dir: Option<PathBuf>,
    /// What it did, for people and scripts; the shape belongs to whoever writes it.
    pub summary: Option<Value>,
    /// Why it did not do all; the shape belongs to whoever writes it. Never credentials.
    pub error: Option<Value>,
    /// When its package was removed to make room.
    pub package_removed_at: Option<Timestamp>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutcome {
    /// Any state but [`RunState::Running`].
    pub state: RunState,
    /// When it ended.
    pub finished_at: Timestamp,
    /// See [`Run::package_id`].
    pub package_id: Option<String>,
    /// See [`Run::package_dir`].
    pub package_dir: Option<PathBuf>,
    /// See [`Run::summary`].
    pub summary: Option<Value>,
    /// See [`Run::error`].
    pub error: Option<Value>,
}
