//! All sealed secrets and data keys of the data folder at once, whoever they belong to.

use beacon_vault::{ConnectionRef, SealedValue, SlotName, WrappedKey};
use jiff::civil::Date;
use rusqlite::Connection as Database;
use uuid::Uuid;

use crate::column::Text;
use crate::data_key_rows::from_row as key_from_row;
use crate::key_choice::{self, KeyChoice};
use crate::secret_rows::value_from_row;
use crate::secret_tables::{Owner, SECRET_TABLES, SecretTables};
use crate::{Action, Deed, Store, StoreError};

/// A data key and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataKeyRow {
    /// The kind of owner.
    pub owner: Owner,
    /// The owner, as the vault knows it.
    pub id: ConnectionRef,
    /// The data key.
    pub key: WrappedKey,
}

/// A sealed secret and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// The kind of owner.
    pub owner: Owner,
    /// The owner, as the vault knows it.
    pub id: ConnectionRef,
    /// Its slot.
    pub slot: SlotName,
    /// The secret, sealed.
    pub value: SealedValue,
    /// The day it expires, where somebody said so.
    pub expires_on: Option<Date>,
}

/// What a change of keys stores, all or nothing.
#[derive(Debug)]
pub struct KeyChange<'a> {
    /// Data keys under another key-encryption key; the same keys as before.
    pub rewrapped: &'a [(ConnectionRef, WrappedKey)],
    /// New data keys.
    pub added: &'a [DataKeyRow],
    /// Secrets under another data key; the same secrets in the same slots as before.
    pub resealed: &'a [SealedRow],
    /// Data keys that nothing needs any more.
    pub obsolete: &'a [DataKeyRow],
    /// Who holds the key-encryption keys from now on.
    pub choice: &'a KeyChoice,
}

impl Store {
    /// All sealed secrets, by owner and slot.
    ///
    /// # Errors
    /// Those of reading.
    pub fn sealed_rows(&self) -> Result<Vec<SealedRow>, StoreError> {
        self.read(|database| {
            let mut rows = Vec::new();
            for tables in &SECRET_TABLES {
                let sql = format!(
                    "SELECT {} AS owner_id, slot, version, key_id, algorithm, nonce, ciphertext, origins, {} AS expires_on \
                     FROM {} ORDER BY owner_id, slot",
                    tables.owner_id(),
                    tables.expires_on,
                    tables.secrets
                );
                let mut statement = database.prepare(&sql)?;
                let found = statement.query_map([], |row| {
                    Ok(SealedRow {
                        owner: tables.owner,
                        id: row.get::<_, Text<Uuid>>("owner_id")?.0.into(),
                        slot: row.get::<_, Text<_>>("slot")?.0,
                        value: value_from_row(row)?,
                        expires_on: row.get::<_, Option<Text<_>>>("expires_on")?.map(|day| day.0),
                    })
                })?;
                rows.extend(found.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(rows)
        })
    }

    /// All data keys, by owner, oldest first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn data_key_rows(&self) -> Result<Vec<DataKeyRow>, StoreError> {
        self.read(|database| {
            let mut rows = Vec::new();
            for tables in &SECRET_TABLES {
                let sql = format!(
                    "SELECT {} AS connection_id, id, generation, kek_id, provider, nonce, ciphertext FROM {} ORDER BY \
                     connection_id, generation",
                    tables.owner_id(),
                    tables.keys
                );
                let mut statement = database.prepare(&sql)?;
                let found = statement.query_map([], key_from_row)?;
                for row in found {
                    let (id, key) = row?;
                    rows.push(DataKeyRow { owner: tables.owner, id, key });
                }
            }
            Ok(rows)
        })
    }

    /// Deletes every secret and every data key, whoever they belong to: for keys that are lost. Says how many secrets
    /// there were.
    ///
    /// # Errors
    /// Those of writing.
    pub fn forget_secrets(&mut self) -> Result<usize, StoreError> {
        self.change(|database, acting| {
            let mut forgotten: usize = 0;
            for tables in &SECRET_TABLES {
                let deleted = database.execute(&format!("DELETE FROM {}", tables.secrets), [])?;
                forgotten = forgotten.saturating_add(deleted);
                database.execute(&format!("DELETE FROM {}", tables.keys), [])?;
            }
            database.execute("DELETE FROM key_choice", [])?;
            acting.record(database, &Deed::to_installation(Action::KeysReset).with("secrets", forgotten))?;
            Ok(forgotten)
        })
    }

    /// Stores a change of keys, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::NoSuchDataKey`] where a key to be replaced is not stored, [`StoreError::StaleSecret`] where a slot
    /// holds another version by now, [`StoreError::DataKeyInUse`] where an obsolete key is not.
    pub fn change_keys(&mut self, change: &KeyChange<'_>) -> Result<(), StoreError> {
        self.write(|database| {
            rewrap(database, change.rewrapped)?;
            for row in change.added {
                insert_key(database, row)?;
            }
            for row in change.resealed {
                reseal(database, row)?;
            }
            for row in change.obsolete {
                delete_key(database, row)?;
            }
            key_choice::set(database, change.choice)
        })
    }
}

/// Replaces stored data keys by the same keys under another key-encryption key.
fn rewrap(database: &Database, keys: &[(ConnectionRef, WrappedKey)]) -> Result<(), StoreError> {
    for (owner, key) in keys {
        let mut replaced = 0;
        for tables in &SECRET_TABLES {
            let sql = format!(
                "UPDATE {} SET kek_id = ?3, provider = ?4, nonce = ?5, ciphertext = ?6 WHERE {} = ?1 AND id = ?2",
                tables.keys,
                tables.owner_id()
            );
            replaced += database.execute(
                &sql,
                (Text(owner), Text(key.key_id), Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
            )?;
        }
        if replaced == 0 {
            return Err(StoreError::NoSuchDataKey { id: key.key_id });
        }
    }
    Ok(())
}

fn insert_key(database: &Database, DataKeyRow { owner, id, key }: &DataKeyRow) -> Result<(), StoreError> {
    for tables in SecretTables::of(*owner) {
        database.execute(
            &tables.insert_key(),
            (Text(id), Text(key.key_id), key.generation, Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
        )?;
    }
    Ok(())
}

fn reseal(database: &Database, SealedRow { owner, id, slot, value, .. }: &SealedRow) -> Result<(), StoreError> {
    for tables in SecretTables::of(*owner) {
        let sql = format!(
            "UPDATE {} SET key_id = ?4, algorithm = ?5, nonce = ?6, ciphertext = ?7 WHERE {} = ?1 AND slot = ?2 AND \
             version = ?3",
            tables.secrets,
            tables.owner_id()
        );
        let replaced = database.execute(
            &sql,
            (
                Text(id),
                slot.as_str(),
                value.version,
                Text(value.key_id),
                value.algorithm.as_str(),
                value.nonce,
                &value.ciphertext,
            ),
        )?;
        if replaced == 0 {
            return Err(StoreError::StaleSecret { slot: slot.clone(), stored: 0, offered: value.version });
        }
    }
    Ok(())
}

fn delete_key(database: &Database, DataKeyRow { owner, id, key }: &DataKeyRow) -> Result<(), StoreError> {
    for tables in SecretTables::of(*owner) {
        let used = format!("SELECT count(*) FROM {} WHERE {} = ?1 AND key_id = ?2", tables.secrets, tables.owner_id());
        let secrets: u32 = database.query_row(&used, (Text(id), Text(key.key_id)), |row| row.get(0))?;
        if secrets > 0 {
            return Err(StoreError::DataKeyInUse { id: key.key_id, secrets });
        }
        let delete = format!("DELETE FROM {} WHERE {} = ?1 AND id = ?2", tables.keys, tables.owner_id());
        database.execute(&delete, (Text(id), Text(key.key_id)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
