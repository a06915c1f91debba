//! The outbox: which package is owed to which destination. A row is there from the transaction that ends a run until
//! long after it was delivered, so that nothing is lost or sent twice, whenever the process dies.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension, Row};
use serde_json::Value;

use crate::column::{Json, Text, Time};
use crate::delivery::{Delivery, DeliveryState, FailureScope};
use crate::{DestinationId, RunId, RunState, Store, StoreError};

const SELECT: &str = "SELECT run_id, destination_id, destinations.name AS destination_name, deliveries.connection_id, \
                      connections.name AS connection_name, package_dir, started_at, state, attempts, \
                      deliveries.last_error AS last_error, max(next_attempt_at, coalesce(retry_at, '')) AS next, \
                      settled_at FROM deliveries JOIN destinations ON destinations.id = destination_id \
                      LEFT JOIN connections ON connections.id = deliveries.connection_id";

impl Store {
    /// The newest deliveries, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of reading.
    pub fn deliveries(&self, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let sql = format!("{SELECT} ORDER BY started_at DESC, deliveries.rowid DESC LIMIT ?1");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([limit], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The deliveries to one destination, at most `limit`: those that wait, then those that are settled, each newest
    /// first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn deliveries_to(&self, destination: DestinationId, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE destination_id = ?1 ORDER BY state <> 'waiting', started_at DESC, deliveries.rowid DESC \
             LIMIT ?2"
        );
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map((Text(destination), limit), from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The deliveries of one run, by destination.
    ///
    /// # Errors
    /// Those of reading.
    pub fn deliveries_of(&self, run: RunId) -> Result<Vec<Delivery>, StoreError> {
        let sql = format!("{SELECT} WHERE run_id = ?1 ORDER BY destinations.name_key");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([Text(run)], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// What waits, oldest first; for one destination or for all.
    ///
    /// # Errors
    /// Those of reading.
    pub fn waiting_deliveries(&self, destination: Option<DestinationId>) -> Result<Vec<Delivery>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE state = 'waiting' AND (?1 IS NULL OR destination_id = ?1) ORDER BY started_at, run_id"
        );
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([destination.map(Text)], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The oldest that waits for a destination, of those behind another one. With `due_by`, only what may be tried then.
    /// Going from one to the next reads each row once.
    ///
    /// # Errors
    /// Those of reading.
    pub fn next_delivery(
        &self,
        destination: DestinationId,
        due_by: Option<Timestamp>,
        behind: Option<&Delivery>,
    ) -> Result<Option<Delivery>, StoreError> {
        let behind = behind.map(|last| (Time(last.started_at), Text(last.run))).unzip();
        self.read(|database| {
            let values = (Text(destination), due_by.map(Time), behind.0, behind.1);
            Ok(database.query_row(&next_sql(), values, from_row).optional()?)
        })
    }

    /// The destinations that something waits for, by name, and when there is something to do for each: a moment that is
    /// past if it is now. One look at an index of what waits.
    ///
    /// # Errors
    /// Those of reading.
    pub fn next_deliveries(&self) -> Result<Vec<(DestinationId, Timestamp)>, StoreError> {
        let sql = "SELECT destination_id, min(max(next_attempt_at, coalesce(retry_at, ''))) FROM deliveries \
                   JOIN destinations ON destinations.id = destination_id WHERE state = 'waiting' \
                   GROUP BY destination_id ORDER BY name_key";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, Text<_>>(0)?.0, row.get::<_, Time>(1)?.0)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes that a package is where it should be. The destination works then: whatever waits for it may be tried.
    ///
    /// # Errors
    /// Those of writing. A destination that was removed meanwhile is none.
    pub fn delivery_arrived(
        &mut self,
        run: RunId,
        destination: DestinationId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute(
                "UPDATE deliveries SET state = 'delivered', attempts = attempts + 1, failures = 0, last_error = NULL, \
                 settled_at = ?3 WHERE run_id = ?1 AND destination_id = ?2",
                (Text(run), Text(destination), Time(now)),
            )?;
            database.execute(
                "UPDATE destinations SET failures = 0, retry_at = NULL, last_error = NULL, delivered_at = ?2 \
                 WHERE id = ?1",
                (Text(destination), Time(now)),
            )?;
            Ok(())
        })
    }

    /// Notes that an attempt failed. `retry_at` says when to try again after so many failures in a row.
    ///
    /// # Errors
    /// Those of writing. A destination that was removed meanwhile is none.
    pub fn delivery_failed(
        &mut self,
        run: RunId,
        destination: DestinationId,
        error: &Value,
        scope: FailureScope,
        retry_at: &dyn Fn(u32) -> Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute(
                "UPDATE deliveries SET attempts = attempts + 1, last_error = ?3 \
                 WHERE run_id = ?1 AND destination_id = ?2 AND state = 'waiting'",
                (Text(run), Text(destination), Json(error)),
            )?;
            match scope {
                FailureScope::Destination => {
                    let failures = "SELECT failures FROM destinations WHERE id = ?1";
                    let failures: Option<u32> =
                        database.query_row(failures, [Text(destination)], |row| row.get(0)).optional()?;
                    let failures = failures.unwrap_or(0).saturating_add(1);
                    database.execute(
                        "UPDATE destinations SET failures = ?2, retry_at = ?3, last_error = ?4 WHERE id = ?1",
                        (Text(destination), failures, Time(retry_at(failures)), Json(error)),
                    )?;
                }
                FailureScope::Package => {
                    let failures = "SELECT failures FROM deliveries WHERE run_id = ?1 AND destination_id = ?2";
                    let key = (Text(run), Text(destination));
                    let failures: Option<u32> = database.query_row(failures, key, |row| row.get(0)).optional()?;
                    let failures = failures.unwrap_or(0).saturating_add(1);
                    database.execute(
                        "UPDATE deliveries SET failures = ?3, next_attempt_at = ?4 \
                         WHERE run_id = ?1 AND destination_id = ?2",
                        (Text(run), Text(destination), failures, Time(retry_at(failures))),
                    )?;
                }
            }
            Ok(())
        })
    }

    /// Gives up a delivery that waits; tells whether there was one.
    ///
    /// # Errors
    /// Those of writing.
    pub fn give_up_delivery(
        &mut self,
        run: RunId,
        destination: DestinationId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(|database| {
            let given_up = database.execute(
                "UPDATE deliveries SET state = 'given_up', settled_at = ?3 \
                 WHERE run_id = ?1 AND destination_id = ?2 AND state = 'waiting'",
                (Text(run), Text(destination), Time(now)),
            )?;
            Ok(given_up > 0)
        })
    }
}

fn next_sql() -> String {
    format!(
        "{SELECT} WHERE state = 'waiting' AND destination_id = ?1 AND (?2 IS NULL OR next <= ?2) \
         AND (started_at, run_id) > (coalesce(?3, ''), coalesce(?4, '')) ORDER BY started_at, run_id LIMIT 1"
    )
}

/// Owes the package of a run that has just ended to every destination that wants it. Those are tried at once, even if
/// they failed a moment ago.
pub(crate) fn queue(database: &Database, run: RunId) -> Result<(), StoreError> {
    let queued = database.execute(
        "INSERT OR IGNORE INTO deliveries (run_id, destination_id, connection_id, package_dir, started_at, state, \
         next_attempt_at) \
         SELECT runs.id, destinations.id, runs.connection_id, runs.package_dir, runs.started_at, 'waiting', \
         runs.finished_at FROM runs, destinations WHERE runs.id = ?1 AND runs.package_id IS NOT NULL \
         AND runs.package_dir IS NOT NULL AND (runs.state = ?2 OR (runs.state = ?3 AND NOT only_complete)) \
         ORDER BY destinations.name_key",
        (Text(run), RunState::Complete.as_str(), RunState::Partial.as_str()),
    )?;
    if queued > 0 {
        database.execute(
            "UPDATE destinations SET retry_at = NULL WHERE id IN \
             (SELECT destination_id FROM deliveries WHERE run_id = ?1)",
            [Text(run)],
        )?;
    }
    Ok(())
}

/// Forgets what came of deliveries of a connection; what waits goes on.
pub(crate) fn forget_settled(database: &Database, connection: crate::ConnectionId) -> Result<(), StoreError> {
    database.execute("DELETE FROM deliveries WHERE connection_id = ?1 AND state <> 'waiting'", [Text(connection)])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let state: DeliveryState = row.get::<_, Text<_>>("state")?.0;
    let next = row.get::<_, Time>("next")?.0;
    Ok(Delivery {
        run: row.get::<_, Text<_>>("run_id")?.0,
        destination: row.get::<_, Text<_>>("destination_id")?.0,
        destination_name: row.get("destination_name")?,
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        connection_name: row.get("connection_name")?,
        package_dir: row.get::<_, String>("package_dir").map(PathBuf::from)?,
        started_at: row.get::<_, Time>("started_at")?.0,
        state,
        attempts: row.get("attempts")?,
        last_error: row.get::<_, Option<Json<_>>>("last_error")?.map(|json| json.0),
        next_attempt_at: (state == DeliveryState::Waiting).then_some(next),
        settled_at: row.get::<_, Option<Time>>("settled_at")?.map(|time| time.0),
    })
}

#[cfg(test)]
mod tests;
