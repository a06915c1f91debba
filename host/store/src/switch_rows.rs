//! Connections that a person holds.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::Connection as Database;
use serde::{Deserialize, Serialize};

use crate::column::{Text, Time};
use crate::{Action, ConnectionId, Deed, InvalidInput, Store, StoreError, connection_rows};

/// How a person holds a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// Its schedule does not start it; a person can.
    Paused,
    /// Nothing starts it.
    Disabled,
}

impl Hold {
    /// The name, as stored and as scripts read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for Hold {
    type Err = InvalidInput;

    fn from_str(name: &str) -> Result<Self, InvalidInput> {
        let found = [Self::Paused, Self::Disabled].into_iter().find(|hold| hold.as_str() == name);
        found.ok_or_else(|| InvalidInput::new("switch", "must be paused or disabled", name))
    }
}

/// A connection that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Held {
    /// How.
    pub hold: Hold,
    /// Since when.
    pub since: Timestamp,
    /// Runs that came due meanwhile and were left out.
    pub skipped: u64,
    /// When the last of them was due.
    pub skipped_at: Option<Timestamp>,
}

impl Store {
    /// Holds a connection, or lets it go. A run that it owes and that was not begun is left out; one that was begun goes
    /// on once it is let go. What is held already the same way stays as it is.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`].
    pub fn hold(&mut self, connection: ConnectionId, hold: Option<Hold>, now: Timestamp) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let stored = connection_rows::load(database, connection)?;
            let Some(hold) = hold else {
                let sql = "DELETE FROM connection_switches WHERE connection_id = ?1";
                if database.execute(sql, [Text(connection)])? > 0 {
                    acting.record(database, &Deed::to_connection(Action::ConnectionResumed, &stored))?;
                }
                return Ok(());
            };
            let changed = database.execute(
                "INSERT INTO connection_switches (connection_id, switch, since) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (connection_id) DO UPDATE SET switch = ?2, since = ?3, skipped = 0, skipped_at = NULL \
                 WHERE switch <> ?2",
                (Text(connection), hold.as_str(), Time(now)),
            )?;
            if changed > 0 {
                let action = match hold {
                    Hold::Paused => Action::ConnectionPaused,
                    Hold::Disabled => Action::ConnectionDisabled,
                };
                acting.record(database, &Deed::to_connection(action, &stored))?;
            }
            let sql = "DELETE FROM due WHERE connection_id = ?1 AND run_id IS NULL";
            if database.execute(sql, [Text(connection)])? > 0 {
                count_skipped(database, connection, now)?;
            }
            Ok(())
        })
    }

    /// All connections that are held.
    ///
    /// # Errors
    /// Those of reading.
    pub fn held(&self) -> Result<BTreeMap<ConnectionId, Held>, StoreError> {
        self.read(|database| {
            let sql = "SELECT connection_id, switch, since, skipped, skipped_at FROM connection_switches";
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                let held = Held {
                    hold: row.get::<_, Text<_>>("switch")?.0,
                    since: row.get::<_, Time>("since")?.0,
                    skipped: row.get("skipped")?,
                    skipped_at: row.get::<_, Option<Time>>("skipped_at")?.map(|time| time.0),
                };
                Ok((row.get::<_, Text<_>>("connection_id")?.0, held))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// A run of a held connection came due and is left out.
pub(crate) fn count_skipped(database: &Database, connection: ConnectionId, at: Timestamp) -> Result<(), StoreError> {
    database.execute(
        "UPDATE connection_switches SET skipped = skipped + 1, skipped_at = ?2 WHERE connection_id = ?1",
        (Text(connection), Time(at)),
    )?;
    Ok(())
}
