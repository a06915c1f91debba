//! Storing the data keys that the vault wrapped.

use beacon_vault::{ConnectionRef, DataKeyId, WrappedKey};
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

    /// The data keys of all connections, of destinations and of the installation: what the vault checks at the start and rewraps.
    ///
    /// # Errors
    /// Those of reading.
    pub fn all_data_keys(&self) -> Result<Vec<(ConnectionRef, WrappedKey)>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM data_keys UNION ALL SELECT (SELECT id FROM installation), id, generation, kek_id, \
             provider, nonce, ciphertext FROM installation_keys UNION ALL SELECT destination_id, id, generation, kek_id, \
             provider, nonce, ciphertext FROM destination_keys ORDER BY connection_id, generation"
        );
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// Replaces stored data keys by rewrapped ones, all or none.
    ///
    /// # Errors
    /// [`StoreError::NoSuchDataKey`] where one of them is not stored.
    pub fn replace_data_keys(&mut self, keys: &[(ConnectionRef, WrappedKey)]) -> Result<(), StoreError> {
        self.write(|database| {
            for (connection, key) in keys {
                let replaced = database.execute(
                    "UPDATE data_keys SET kek_id = ?3, provider = ?4, nonce = ?5, ciphertext = ?6 \
                     WHERE connection_id = ?1 AND id = ?2",
                    (Text(connection), Text(key.key_id), Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
                )?;
                let of_installation = database.execute(
                    "UPDATE installation_keys SET kek_id = ?2, provider = ?3, nonce = ?4, ciphertext = ?5 WHERE id = ?1",
                    (Text(key.key_id), Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
                )?;
                let of_destination = database.execute(
                    "UPDATE destination_keys SET kek_id = ?3, provider = ?4, nonce = ?5, ciphertext = ?6 \
                     WHERE destination_id = ?1 AND id = ?2",
                    (Text(connection), Text(key.key_id), Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
                )?;
                if replaced + of_installation + of_destination == 0 {
                    return Err(StoreError::NoSuchDataKey { id: key.key_id });
                }
            }
            Ok(())
        })
    }

    /// Deletes a data key that no secret needs any more. What was derived from it, such as the key of an open run's
    /// journal, is lost with it.
    ///
    /// # Errors
    /// [`StoreError::DataKeyInUse`], [`StoreError::NoSuchDataKey`].
    pub fn delete_data_key(&mut self, connection: ConnectionId, id: DataKeyId) -> Result<(), StoreError> {
        self.write(|database| {
            let key = (Text(connection), Text(id));
            let used = "SELECT count(*) FROM secrets WHERE connection_id = ?1 AND key_id = ?2";
            let secrets: u32 = database.query_row(used, key, |row| row.get(0))?;
            if secrets > 0 {
                return Err(StoreError::DataKeyInUse { id, secrets });
            }
            let delete = "DELETE FROM data_keys WHERE connection_id = ?1 AND id = ?2";
            match database.execute(delete, (Text(connection), Text(id)))? {
                0 => Err(StoreError::NoSuchDataKey { id }),
                _ => Ok(()),
            }
        })
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
