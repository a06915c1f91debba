//! How much is owed to each destination.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::column::{Json, Text, Time};
use crate::{DestinationId, Store, StoreError};

/// What is owed to a destination, and what it got.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeliveryCounts {
    /// Packages that wait.
    pub waiting: u64,
    /// Of these, how many were tried and failed.
    pub failed: u64,
    /// Packages that arrived.
    pub delivered: u64,
    /// When the run of the oldest package that waits began.
    pub oldest_waiting: Option<Timestamp>,
    /// When one is tried next: in the past if it is now.
    pub next_attempt_at: Option<Timestamp>,
    /// Why the oldest of those that failed did not arrive; the shape belongs to whoever writes it.
    pub oldest_error: Option<Value>,
}

impl Store {
    /// What is owed to each destination; one that was never owed anything is left out.
    ///
    /// # Errors
    /// Those of reading.
    pub fn delivery_counts(&self) -> Result<BTreeMap<DestinationId, DeliveryCounts>, StoreError> {
        let sql = "SELECT destination_id, \
                   count(*) FILTER (WHERE state = 'waiting') AS waiting, \
                   count(*) FILTER (WHERE state = 'waiting' AND deliveries.last_error IS NOT NULL) AS failed, \
                   count(*) FILTER (WHERE state = 'delivered') AS delivered, \
                   min(started_at) FILTER (WHERE state = 'waiting') AS oldest, \
                   min(max(next_attempt_at, coalesce(retry_at, ''))) FILTER (WHERE state = 'waiting') AS next, \
                   (SELECT last_error FROM deliveries AS failed WHERE failed.destination_id = destinations.id \
                    AND failed.state = 'waiting' AND failed.last_error IS NOT NULL ORDER BY started_at LIMIT 1) AS error \
                   FROM deliveries JOIN destinations ON destinations.id = destination_id GROUP BY destination_id";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                let counts = DeliveryCounts {
                    waiting: row.get("waiting")?,
                    failed: row.get("failed")?,
                    delivered: row.get("delivered")?,
                    oldest_waiting: row.get::<_, Option<Time>>("oldest")?.map(|time| time.0),
                    next_attempt_at: row.get::<_, Option<Time>>("next")?.map(|time| time.0),
                    oldest_error: row.get::<_, Option<Json<_>>>("error")?.map(|json| json.0),
                };
                Ok((row.get::<_, Text<_>>("destination_id")?.0, counts))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
