//! The sealed secrets of destinations, and the data keys that they are sealed with.

use beacon_vault::{Origin, SealedValue, SlotName, WrappedKey};
use rusqlite::{Connection as Database, OptionalExtension};

use crate::column::{Json, Text};
use crate::destination::DestinationSecrets;
use crate::secret_rows::value_from_row;
use crate::{DestinationId, Store, StoreError, data_key_rows};

impl Store {
    /// One sealed secret of a destination.
    ///
    /// # Errors
    /// Those of reading.
    pub fn destination_secret(&self, id: DestinationId, slot: &SlotName) -> Result<Option<SealedValue>, StoreError> {
        let sql = "SELECT version, key_id, algorithm, nonce, ciphertext, origins FROM destination_secrets \
                   WHERE destination_id = ?1 AND slot = ?2";
        self.read(|database| Ok(database.query_row(sql, (Text(id), slot.as_str()), value_from_row).optional()?))
    }

    /// The data keys of a destination, oldest first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn destination_keys(&self, id: DestinationId) -> Result<Vec<WrappedKey>, StoreError> {
        let sql = "SELECT destination_id AS connection_id, id, generation, kek_id, provider, nonce, ciphertext \
                   FROM destination_keys WHERE destination_id = ?1 ORDER BY generation";
        self.read(|database| {
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([Text(id)], |row| Ok(data_key_rows::from_row(row)?.1))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Stores secrets beside those that stay, or in their place; whatever is not needed any more goes, and keys with it. Gives
/// what became of each, for the audit trail.
pub(crate) fn store(
    database: &Database,
    id: DestinationId,
    secrets: &DestinationSecrets,
) -> Result<Vec<(String, &'static str)>, StoreError> {
    let before = slots(database, id)?;
    let given = secrets.values.iter().map(|(slot, _)| slot.as_str().to_owned());
    let mut told: Vec<(String, &'static str)> =
        given.map(|slot| if before.contains(&slot) { (slot, "replaced") } else { (slot, "set") }).collect();
    if let Some(key) = &secrets.key {
        database.execute(
            "INSERT INTO destination_keys (destination_id, id, generation, kek_id, provider, nonce, ciphertext) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (Text(id), Text(key.key_id), key.generation, Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
        )?;
    }
    for (slot, value) in &secrets.values {
        database.execute(
            "INSERT OR REPLACE INTO destination_secrets (destination_id, slot, version, key_id, algorithm, nonce, \
             ciphertext, origins) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                Text(id),
                slot.as_str(),
                value.version,
                Text(value.key_id),
                value.algorithm.as_str(),
                value.nonce,
                &value.ciphertext,
                Json(value.origins.iter().map(Origin::as_str).collect::<Vec<_>>()),
            ),
        )?;
    }
    database.execute(
        "DELETE FROM destination_secrets WHERE destination_id = ?1 AND slot NOT IN (SELECT value FROM json_each(?2))",
        (Text(id), Json(secrets.needed.iter().map(SlotName::as_str).collect::<Vec<_>>())),
    )?;
    database.execute(
        "DELETE FROM destination_keys WHERE destination_id = ?1 AND id NOT IN \
         (SELECT key_id FROM destination_secrets WHERE destination_id = ?1)",
        [Text(id)],
    )?;
    let after = slots(database, id)?;
    told.extend(before.into_iter().filter(|slot| !after.contains(slot)).map(|slot| (slot, "removed")));
    Ok(told)
}

fn slots(database: &Database, id: DestinationId) -> Result<Vec<String>, StoreError> {
    let mut statement = database.prepare("SELECT slot FROM destination_secrets WHERE destination_id = ?1")?;
    Ok(statement.query_map([Text(id)], |row| row.get(0))?.collect::<Result<_, _>>()?)
}
