//! Many connections at once.

use crate::ConnectionHold;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What is to be done with many connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum BulkAction {
    /// *Execute Now*: imports them, as many side by side as may be.
    Execute,
    /// Lets them follow a schedule.
    Schedule {
        /// Its id; `None` is *Not scheduled*.
        schedule: Option<String>,
    },
    /// Gives them labels, and takes others from them.
    Labels {
        /// Labels that come.
        add: Vec<String>,
        /// Labels that go.
        remove: Vec<String>,
    },
    /// Holds them, or lets them go.
    Hold {
        /// How.
        hold: ConnectionHold,
    },
}

/// An order for many connections.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkOrder {
    /// Their ids.
    pub connections: BTreeSet<String>,
    /// What is to be done.
    pub order: BulkAction,
}

/// What came of it. What changes connections changes all of them, or the order is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkDone {
    /// How many connections it was done with.
    pub done: u64,
    /// Names of those that cannot be imported now: disabled, or under way already.
    pub left_out: Vec<String>,
}
