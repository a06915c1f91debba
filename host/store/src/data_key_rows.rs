//! Storing the data keys that the vault wrapped.

use beacon_vault::{ConnectionRef, WrappedKey};
use rusqlite::{Connection as Database, OptionalExtension, Row};
use uuid::Uuid;

use crate::column::Text;
use crate::{ConnectionId, Store, StoreError};

const COLUMNS: &str = "connection_id, id, generation, kek_id, provider, nonce, ciphertext";

impl Store {
    /// Stores a new data key of a connection.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`].
    pub fn insert_data_key(&mut self, connection: ConnectionId, key: &WrappedKey) -> Result<(), StoreError> {
        self.write(|database| {
            check_connection(database, connection)?;
            database.execute(
                "INSERT INTO data_keys (connection_id, id, generation, kek_id, provider, nonce, ciphertext) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (
                    Text(connection),
                    Text(key.key_id),
                    key.generation,
                    Text(key.kek_id),
                    &key.provider,
                    key.nonce,
                    &key.ciphertext,
                ),
            )?;
            Ok(())
        })
    }

    /// The data keys of a connection, oldest first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn data_keys(&self, connection: ConnectionId) -> Result<Vec<WrappedKey>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM data_keys WHERE connection_id = ?1 ORDER BY generation");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            let rows = statement.query_map([Text(connection)], |row| Ok(from_row(row)?.1))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// All data keys, whoever they belong to: what the vault checks at the start and rewraps.
    ///
    /// # Errors
    /// Those of reading.
    pub fn all_data_keys(&self) -> Result<Vec<(ConnectionRef, WrappedKey)>, StoreError> {
        Ok(self.data_key_rows()?.into_iter().map(|row| (row.id, row.key)).collect())
    }
}

pub(crate) fn check_connection(database: &Database, id: ConnectionId) -> Result<(), StoreError> {
    let found = database.query_row("SELECT 1 FROM connections WHERE id = ?1", [Text(id)], |_| Ok(())).optional()?;
    found.ok_or(StoreError::NoSuchConnection { id })
}

pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<(ConnectionRef, WrappedKey)> {
    let key = WrappedKey {
        key_id: row.get::<_, Text<Uuid>>("id")?.0.into(),
        generation: row.get("generation")?,
        kek_id: row.get::<_, Text<Uuid>>("kek_id")?.0.into(),
        provider: row.get("provider")?,
        nonce: row.get("nonce")?,
        ciphertext: row.get("ciphertext")?,
    };
    Ok((row.get::<_, Text<Uuid>>("connection_id")?.0.into(), key))
}
