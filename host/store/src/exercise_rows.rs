//! What became of the attempts to keep people's sign-ins alive, and what the log was told of ends that come.

use beacon_vault::SlotName;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::column::{Json, Text, Time};
use crate::{ConnectionId, Store, StoreError};

/// The last attempt to keep the sign-in of a person alive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exercise {
    /// The connection.
    pub connection: ConnectionId,
    /// When it was tried.
    pub tried_at: Timestamp,
    /// Why it failed; the shape belongs to whoever writes it.
    pub trouble: Option<Value>,
}

impl Store {
    /// Notes an attempt in place of the one before. A connection that is gone has none.
    ///
    /// # Errors
    /// Those of writing.
    pub fn put_exercise(&mut self, exercise: &Exercise) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute(
                "INSERT OR REPLACE INTO exercises (connection_id, tried_at, trouble) \
                 SELECT id, ?2, ?3 FROM connections WHERE id = ?1",
                (Text(exercise.connection), Time(exercise.tried_at), exercise.trouble.as_ref().map(Json)),
            )?;
            Ok(())
        })
    }

    /// The last attempt of a connection.
    ///
    /// # Errors
    /// Those of reading.
    pub fn exercise(&self, connection: ConnectionId) -> Result<Option<Exercise>, StoreError> {
        let sql = "SELECT connection_id, tried_at, trouble FROM exercises WHERE connection_id = ?1";
        self.read(|database| Ok(database.query_row(sql, [Text(connection)], from_row).optional()?))
    }

    /// The last attempts of all connections.
    ///
    /// # Errors
    /// Those of reading.
    pub fn exercises(&self) -> Result<Vec<Exercise>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare("SELECT connection_id, tried_at, trouble FROM exercises")?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// Notes that the log was told of an end at this level; says whether that is news. The same level of another day
    /// is: the credential was replaced in between.
    ///
    /// # Errors
    /// Those of writing.
    pub fn note_expiry(&mut self, owner: Uuid, slot: &SlotName, on: Date, level: &str) -> Result<bool, StoreError> {
        self.write(|database| {
            let changed = database.execute(
                "INSERT INTO expiry_notices (owner, slot, last_day, level) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (owner, slot) DO UPDATE SET last_day = excluded.last_day, level = excluded.level \
                 WHERE last_day <> excluded.last_day OR level <> excluded.level",
                (Text(owner), slot.as_str(), Text(on), level),
            )?;
            Ok(changed > 0)
        })
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Exercise> {
    Ok(Exercise {
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        tried_at: row.get::<_, Time>("tried_at")?.0,
        trouble: row.get::<_, Option<Json<_>>>("trouble")?.map(|trouble| trouble.0),
    })
}
