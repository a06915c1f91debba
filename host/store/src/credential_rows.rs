//! What is stored of credentials beside their ciphertext: which there are, and what is known of their end.

use beacon_vault::SlotName;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;

use crate::column::{Text, Time};
use crate::{ConnectionId, Store, StoreError};

/// A stored secret of a connection, without the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCredential {
    /// The connection it belongs to.
    pub connection: ConnectionId,
    /// Its slot.
    pub slot: SlotName,
    /// The day it expires, where somebody said so.
    pub expires_on: Option<Date>,
    /// When it was stored. A refresh token is stored anew by each use.
    pub updated_at: Timestamp,
}

impl Store {
    /// What is stored of all connections, by connection and slot.
    ///
    /// # Errors
    /// Those of reading.
    pub fn stored_credentials(&self) -> Result<Vec<StoredCredential>, StoreError> {
        let sql = "SELECT connection_id, slot, expires_on, updated_at FROM secrets ORDER BY connection_id, slot";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// What is stored of one connection, by slot.
    ///
    /// # Errors
    /// Those of reading.
    pub fn stored_credentials_of(&self, connection: ConnectionId) -> Result<Vec<StoredCredential>, StoreError> {
        let sql =
            "SELECT connection_id, slot, expires_on, updated_at FROM secrets WHERE connection_id = ?1 ORDER BY slot";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            Ok(statement.query_map([Text(connection)], from_row)?.collect::<Result<_, _>>()?)
        })
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<StoredCredential> {
    Ok(StoredCredential {
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        slot: row.get::<_, Text<_>>("slot")?.0,
        expires_on: row.get::<_, Option<Text<_>>>("expires_on")?.map(|day| day.0),
        updated_at: row.get::<_, Time>("updated_at")?.0,
    })
}
