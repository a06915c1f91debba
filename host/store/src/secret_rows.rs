//! Storing the secrets that the vault sealed.

use std::collections::BTreeSet;

use beacon_vault::{DataKeyId, InvalidOrigin, NONCE_LENGTH, Origin, SealedValue, SlotName};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection as Database, OptionalExtension, Row};
use uuid::Uuid;

use crate::audit::Acting;
use crate::column::{Json, Text, Time};
use crate::data_key_rows::check_connection;
use crate::{Action, ConnectionId, Deed, Store, StoreError, connection_rows};

/// A sealed secret in its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// The connection it belongs to.
    pub connection: ConnectionId,
    /// Its slot.
    pub slot: SlotName,
    /// The secret, sealed.
    pub value: SealedValue,
    /// The day it expires, where somebody said so.
    pub expires_on: Option<Date>,
    /// When it was stored.
    pub updated_at: Timestamp,
}

const COLUMNS: &str = "connection_id, slot, version, key_id, algorithm, nonce, ciphertext, origins, \
                              expires_on, updated_at";

impl Store {
    /// Stores a secret in its slot, in place of an older version; or of the same version under another data key, which
    /// is what sealing it again gives.
    ///
    /// # Errors
    /// [`StoreError::StaleSecret`] where the slot holds this version or a newer one, [`StoreError::NoSuchConnection`],
    /// [`StoreError::NoSuchDataKey`].
    pub fn put_secret(&mut self, row: &SecretRow) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let is_new = check_newer(database, row)?;
            check_connection(database, row.connection)?;
            check_data_key(database, row.connection, row.value.key_id)?;
            database.execute(
                "INSERT OR REPLACE INTO secrets (connection_id, slot, version, key_id, algorithm, nonce, ciphertext, \
                 origins, expires_on, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                (
                    Text(row.connection),
                    row.slot.as_str(),
                    row.value.version,
                    Text(row.value.key_id),
                    row.value.algorithm.as_str(),
                    row.value.nonce,
                    &row.value.ciphertext,
                    Json(row.value.origins.iter().map(Origin::as_str).collect::<Vec<_>>()),
                    row.expires_on.map(Text),
                    Time(row.updated_at),
                ),
            )?;
            let action = if is_new { Action::SecretSet } else { Action::SecretReplaced };
            record(database, acting, action, row.connection, &row.slot)
        })
    }

    /// The secret in a slot.
    ///
    /// # Errors
    /// Those of reading.
    pub fn secret(&self, connection: ConnectionId, slot: &SlotName) -> Result<Option<SecretRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM secrets WHERE connection_id = ?1 AND slot = ?2");
        self.read(|database| Ok(database.query_row(&sql, (Text(connection), slot.as_str()), from_row).optional()?))
    }

    /// The secrets of a connection, by slot.
    ///
    /// # Errors
    /// Those of reading.
    pub fn secrets(&self, connection: ConnectionId) -> Result<Vec<SecretRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM secrets WHERE connection_id = ?1 ORDER BY slot");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([Text(connection)], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// Empties a slot; says whether there was something in it.
    ///
    /// # Errors
    /// Those of writing.
    pub fn delete_secret(&mut self, connection: ConnectionId, slot: &SlotName) -> Result<bool, StoreError> {
        self.change(|database, acting| {
            let sql = "DELETE FROM secrets WHERE connection_id = ?1 AND slot = ?2";
            let deleted = database.execute(sql, (Text(connection), slot.as_str()))? > 0;
            if deleted {
                record(database, acting, Action::SecretRemoved, connection, slot)?;
            }
            Ok(deleted)
        })
    }
}

fn check_newer(database: &Database, row: &SecretRow) -> Result<bool, StoreError> {
    let stored: Option<(u32, Text<Uuid>)> = database
        .query_row(
            "SELECT version, key_id FROM secrets WHERE connection_id = ?1 AND slot = ?2",
            (Text(row.connection), row.slot.as_str()),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((stored, key_id)) = stored else { return Ok(true) };
    let offered = row.value.version;
    if offered > stored || (offered == stored && DataKeyId::from(key_id.0) != row.value.key_id) {
        return Ok(false);
    }
    Err(StoreError::StaleSecret { slot: row.slot.clone(), stored, offered })
}

/// Tokens come and go with every sign-in and every import; the consent behind them is told where it is kept.
const REFRESH_TOKEN: &str = "refresh_token";

fn record(
    database: &Database,
    acting: &Acting,
    action: Action,
    connection: ConnectionId,
    slot: &SlotName,
) -> Result<(), StoreError> {
    if slot.as_str() == REFRESH_TOKEN {
        return Ok(());
    }
    let connection = connection_rows::load(database, connection)?;
    acting.record(database, &Deed::to_connection(action, &connection).with("slot", slot.as_str()))
}

fn check_data_key(database: &Database, connection: ConnectionId, id: DataKeyId) -> Result<(), StoreError> {
    let sql = "SELECT 1 FROM data_keys WHERE connection_id = ?1 AND id = ?2";
    let found = database.query_row(sql, (Text(connection), Text(id)), |_| Ok(())).optional()?;
    found.ok_or(StoreError::NoSuchDataKey { id })
}

/// Origins as a JSON list of their texts.
pub(crate) struct Origins(pub(crate) BTreeSet<Origin>);

impl FromSql for Origins {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let texts: Json<Vec<String>> = Json::column_result(value)?;
        let origins: Result<_, _> = texts.0.iter().map(|text| text.parse()).collect();
        origins.map(Self).map_err(|error: InvalidOrigin| FromSqlError::other(error))
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SecretRow> {
    Ok(SecretRow {
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        slot: row.get::<_, Text<_>>("slot")?.0,
        value: value_from_row(row)?,
        expires_on: row.get::<_, Option<Text<_>>>("expires_on")?.map(|day| day.0),
        updated_at: row.get::<_, Time>("updated_at")?.0,
    })
}

pub(crate) fn value_from_row(row: &Row<'_>) -> rusqlite::Result<SealedValue> {
    Ok(SealedValue {
        key_id: row.get::<_, Text<Uuid>>("key_id")?.0.into(),
        algorithm: row.get::<_, Text<_>>("algorithm")?.0,
        nonce: row.get::<_, [u8; NONCE_LENGTH]>("nonce")?,
        ciphertext: row.get("ciphertext")?,
        version: row.get("version")?,
        origins: row.get::<_, Origins>("origins")?.0,
    })
}

#[cfg(test)]
mod tests;
