//! How connections stand, and what changed about it.

use std::collections::BTreeMap;

use beacon_health::{Cause, Standing, State};
use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;
use serde_json::Value;

use crate::column::{Json, Text, Time};
use crate::{ConnectionId, RunState, Store, StoreError};

/// A state that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateChange {
    /// The connection.
    pub connection: ConnectionId,
    /// Its name now.
    pub connection_name: String,
    /// The state before.
    pub before: State,
    /// The state after, with its cause.
    pub after: Standing,
    /// When it was noticed.
    pub at: Timestamp,
}

/// A package that does not arrive.
#[derive(Debug, Clone, PartialEq)]
pub struct StuckDelivery {
    /// The destination.
    pub destination: String,
    /// Since when the oldest of them waits.
    pub since: Timestamp,
    /// Why the last attempt failed; the shape belongs to whoever wrote it.
    pub error: Option<Value>,
}

const CHANGE: &str = "SELECT connection_id, connections.name AS connection_name, before, after, since, code, title, \
                      next_step, at FROM state_changes JOIN connections ON connections.id = connection_id";

impl Store {
    /// How all connections stand, as it was found last.
    ///
    /// # Errors
    /// Those of reading.
    pub fn standings(&self) -> Result<BTreeMap<ConnectionId, Standing>, StoreError> {
        self.read(|database| {
            let sql = "SELECT connection_id, state, since, code, title, next_step, action FROM connection_states";
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                let cause = Cause {
                    code: row.get("code")?,
                    title: row.get("title")?,
                    next_step: row.get("next_step")?,
                    action: row.get::<_, Text<_>>("action")?.0,
                };
                let standing =
                    Standing { state: row.get::<_, Text<_>>("state")?.0, since: row.get::<_, Time>("since")?.0, cause };
                Ok((row.get::<_, Text<_>>("connection_id")?.0, standing))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Stores how connections stand now, each with the state that it leaves, if it leaves one: all of it, with the
    /// changes that people are told, or nothing. One that was removed meanwhile is left out.
    ///
    /// # Errors
    /// Those of writing.
    pub fn put_standings(
        &mut self,
        found: &[(ConnectionId, Standing, Option<State>)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|database| {
            for (connection, standing, left) in found {
                let Standing { state, since, cause } = standing;
                if let Some(left) = left {
                    // Two may look at the same time: only who finds the state that is left tells of it.
                    database.execute(
                        "INSERT INTO state_changes (connection_id, before, after, since, code, title, next_step, at) \
                         SELECT connection_id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM connection_states \
                         WHERE connection_id = ?1 AND state = ?2",
                        (
                            Text(*connection),
                            left.as_str(),
                            state.as_str(),
                            Time(*since),
                            &cause.code,
                            &cause.title,
                            &cause.next_step,
                            Time(now),
                        ),
                    )?;
                }
                database.execute(
                    "INSERT OR REPLACE INTO connection_states \
                     (connection_id, state, since, code, title, next_step, action) \
                     SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM connections WHERE id = ?1",
                    (
                        Text(*connection),
                        state.as_str(),
                        Time(*since),
                        &cause.code,
                        &cause.title,
                        &cause.next_step,
                        cause.action.as_str(),
                    ),
                )?;
            }
            Ok(())
        })
    }

    /// The changes of a range, oldest first. Those of connections that were removed are gone with them.
    ///
    /// # Errors
    /// Those of reading.
    pub fn state_changes(&self, first: i64, last: i64) -> Result<Vec<StateChange>, StoreError> {
        let sql = format!("{CHANGE} WHERE state_changes.id BETWEEN ?1 AND ?2 ORDER BY state_changes.id");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map((first, last), change)?.collect::<Result<_, _>>()?)
        })
    }

    /// When the newest runs of a connection began to end in one of these states without a break: the end of the first
    /// of them. Runs that go on or were cancelled do not count.
    ///
    /// # Errors
    /// Those of reading.
    pub fn ends_so_since(
        &self,
        connection: ConnectionId,
        states: &[RunState],
    ) -> Result<Option<Timestamp>, StoreError> {
        // The names are our own words.
        let states: Vec<String> = states.iter().map(|state| format!("'{}'", state.as_str())).collect();
        let states = states.join(", ");
        let sql = format!(
            "SELECT min(finished_at) FROM runs WHERE connection_id = ?1 AND state IN ({states}) AND started_at > \
             coalesce((SELECT max(started_at) FROM runs WHERE connection_id = ?1 \
             AND state NOT IN ({states}, 'running', 'cancelled')), '')"
        );
        self.read(|database| {
            let since: Option<Time> = database.query_row(&sql, [Text(connection)], |row| row.get(0))?;
            Ok(since.map(|time| time.0))
        })
    }

    /// Packages that were tried this often in vain, or whose destination was, by connection; of each the oldest.
    ///
    /// # Errors
    /// Those of reading.
    pub fn stuck_deliveries(&self, failures: u32) -> Result<BTreeMap<ConnectionId, StuckDelivery>, StoreError> {
        let sql = "SELECT deliveries.connection_id, destinations.name, min(deliveries.started_at) AS since, \
                   coalesce(deliveries.last_error, destinations.last_error) AS error FROM deliveries \
                   JOIN destinations ON destinations.id = destination_id WHERE state = 'waiting' \
                   AND (deliveries.failures >= ?1 OR destinations.failures >= ?1) GROUP BY deliveries.connection_id";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([failures], |row| {
                let stuck = StuckDelivery {
                    destination: row.get("name")?,
                    since: row.get::<_, Time>("since")?.0,
                    error: row.get::<_, Option<Json<_>>>("error")?.map(|json| json.0),
                };
                Ok((row.get::<_, Text<_>>("connection_id")?.0, stuck))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

fn change(row: &Row<'_>) -> rusqlite::Result<StateChange> {
    let cause = Cause {
        code: row.get("code")?,
        title: row.get("title")?,
        next_step: row.get("next_step")?,
        action: beacon_health::Action::None,
    };
    Ok(StateChange {
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        connection_name: row.get("connection_name")?,
        before: row.get::<_, Text<_>>("before")?.0,
        after: Standing { state: row.get::<_, Text<_>>("after")?.0, since: row.get::<_, Time>("since")?.0, cause },
        at: row.get::<_, Time>("at")?.0,
    })
}
