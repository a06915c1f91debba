//! What the page hears without asking. No personal data: only ids and counts.

use crate::{RunPhase, TableProgress};
use serde::{Deserialize, Serialize};

/// One server-sent event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Happened {
    /// A run went on.
    Run {
        /// Its id.
        run: String,
        /// Its connection.
        connection: String,
        /// What it is at.
        phase: RunPhase,
        /// By table.
        progress: Vec<TableProgress>,
        /// Until when the service asked for a pause, RFC 3339.
        throttled_until: Option<String>,
    },
    /// A task went on: ask for its state.
    Task {
        /// Its id.
        task: String,
    },
    /// A connection was added, changed or removed.
    Connections,
    /// A schedule was added, changed or removed, or one of its times came.
    Schedules,
    /// A destination was added, changed or removed, or something was sent to one.
    Destinations,
    /// Something happened to an invitation to consent.
    Consents,
    /// There is new data for the page.
    Data {
        /// Of this connection.
        connection: String,
    },
}
