//! Who holds the key-encryption keys of this data folder.

use beacon_vault::KekId;
use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension};
use uuid::Uuid;

use crate::column::{Text, Time};
use crate::{Store, StoreError};

/// The provider that was chosen, and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChoice {
    /// The name of the provider.
    pub provider: String,
    /// The key that wrapped the data keys last.
    pub kek_id: KekId,
    /// When that key was made, where it is known.
    pub made_at: Option<Timestamp>,
}

impl Store {
    /// Who holds the key-encryption keys, once somebody does.
    ///
    /// # Errors
    /// Those of reading.
    pub fn key_choice(&self) -> Result<Option<KeyChoice>, StoreError> {
        let sql = "SELECT provider, kek_id, made_at FROM key_choice";
        self.read(|database| {
            let row = database.query_row(sql, [], |row| {
                Ok(KeyChoice {
                    provider: row.get("provider")?,
                    kek_id: row.get::<_, Text<Uuid>>("kek_id")?.0.into(),
                    made_at: row.get::<_, Option<Time>>("made_at")?.map(|time| time.0),
                })
            });
            Ok(row.optional()?)
        })
    }

    /// Writes down who holds the key-encryption keys.
    ///
    /// # Errors
    /// Those of writing.
    pub fn set_key_choice(&mut self, choice: &KeyChoice) -> Result<(), StoreError> {
        self.write(|database| set(database, choice))
    }
}

pub(crate) fn set(database: &Database, choice: &KeyChoice) -> Result<(), StoreError> {
    database.execute(
        "INSERT OR REPLACE INTO key_choice (only, provider, kek_id, made_at) VALUES (1, ?1, ?2, ?3)",
        (&choice.provider, Text(choice.kek_id), choice.made_at.map(Time)),
    )?;
    Ok(())
}
