//! Storing destinations and their sealed secrets.

use std::path::PathBuf;

use beacon_vault::{Origin, WrappedKey};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection as Database, OptionalExtension, Row};
use serde_json::{Value, json};

use crate::column::{Json, Text, Time};
use crate::destination::{Access, Destination, DestinationSecret, NewDestination, Target};
use crate::run_rows::path_text;
use crate::secret_rows::value_from_row;
use crate::{Action, Deed, DestinationId, InvalidInput, Store, StoreError, data_key_rows, name};

const FOLDER: &str = "folder";
const UPLOAD: &str = "upload";

const SELECT: &str = "SELECT id, name, kind, location, access, username, only_complete, failures, retry_at, last_error, \
                      delivered_at, created_at, (SELECT count(*) FROM deliveries WHERE destination_id = \
                      destinations.id AND state = 'waiting') AS waiting FROM destinations";

impl Store {
    /// Stores a new destination with its secret, both or nothing. It gets the packages of runs that end from now on.
    ///
    /// # Errors
    /// [`StoreError::DestinationNameTaken`], [`StoreError::Input`] for a folder that is not UTF-8.
    pub fn insert_destination(
        &mut self,
        new: &NewDestination,
        secret: Option<&DestinationSecret>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (kind, location, access, username) = match &new.target {
            Target::Folder { folder } => (FOLDER, path_text(folder)?, Access::Open, None),
            Target::Upload { address, access, username } => (UPLOAD, address.as_str(), *access, username.as_deref()),
        };
        self.change(|database, acting| {
            let key = new.name.comparison_key();
            let taken = "SELECT name FROM destinations WHERE name_key = ?1";
            if let Some(name) = database.query_row(taken, [&key], |row| row.get(0)).optional()? {
                return Err(StoreError::DestinationNameTaken { name });
            }
            database.execute(
                "INSERT INTO destinations (id, name, name_key, kind, location, access, username, only_complete, \
                 created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                (
                    Text(new.id),
                    new.name.as_str(),
                    key,
                    kind,
                    location,
                    access.as_str(),
                    username,
                    new.only_complete,
                    Time(now),
                ),
            )?;
            secret.map_or(Ok(()), |secret| insert_secret(database, new.id, secret))?;
            let told = told(&new.target, new.only_complete);
            let deed = deed(Action::DestinationAdded, new.id, &new.name).changes(&json!({}), &told);
            acting.record(database, &with_secret(deed, secret, "set"))
        })
    }

    /// Changes a destination; a secret that is given takes the place of the one before. What waits for it goes to where
    /// it leads from now on, and is tried anew.
    ///
    /// # Errors
    /// [`StoreError::Input`] for a folder that is not UTF-8.
    pub fn update_destination(
        &mut self,
        changed: &NewDestination,
        secret: Option<&DestinationSecret>,
    ) -> Result<(), StoreError> {
        let (kind, location, access, username) = match &changed.target {
            Target::Folder { folder } => (FOLDER, path_text(folder)?, Access::Open, None),
            Target::Upload { address, access, username } => (UPLOAD, address.as_str(), *access, username.as_deref()),
        };
        self.change(|database, acting| {
            let before = database.query_row(&format!("{SELECT} WHERE id = ?1"), [Text(changed.id)], from_row);
            let before = before.optional()?.map(|before| told(&before.target, before.only_complete));
            database.execute(
                "UPDATE destinations SET kind = ?2, location = ?3, access = ?4, username = ?5, only_complete = ?6, \
                 failures = 0, retry_at = NULL, last_error = NULL WHERE id = ?1",
                (Text(changed.id), kind, location, access.as_str(), username, changed.only_complete),
            )?;
            let told = told(&changed.target, changed.only_complete);
            let deed = deed(Action::DestinationChanged, changed.id, &changed.name).changes(&before, &told);
            acting.record(database, &with_secret(deed, secret, "replaced"))?;
            let Some(secret) = secret else { return Ok(()) };
            database.execute("DELETE FROM destination_secrets WHERE destination_id = ?1", [Text(changed.id)])?;
            database.execute("DELETE FROM destination_keys WHERE destination_id = ?1", [Text(changed.id)])?;
            insert_secret(database, changed.id, secret)
        })
    }

    /// All destinations, by name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn destinations(&self) -> Result<Vec<Destination>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare(&format!("{SELECT} ORDER BY name_key"))?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The destination of a name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn destination_by_name(&self, text: &str) -> Result<Option<Destination>, StoreError> {
        let sql = format!("{SELECT} WHERE name_key = ?1");
        self.read(|database| Ok(database.query_row(&sql, [name::comparison_key(text)], from_row).optional()?))
    }

    /// The sealed secret of a destination.
    ///
    /// # Errors
    /// Those of reading.
    pub fn destination_secret(&self, id: DestinationId) -> Result<Option<DestinationSecret>, StoreError> {
        self.read(|database| {
            let sql = "SELECT slot, version, key_id, algorithm, nonce, ciphertext, origins FROM destination_secrets \
                       WHERE destination_id = ?1";
            let found =
                database.query_row(sql, [Text(id)], |row| Ok((row.get::<_, Text<_>>("slot")?.0, value_from_row(row)?)));
            let Some((slot, value)) = found.optional()? else { return Ok(None) };
            Ok(Some(DestinationSecret { keys: keys(database, id)?, slot, value }))
        })
    }

    /// Deletes a destination with its secret and everything that waits for it; tells whether there was one. What was
    /// delivered stays where it is.
    ///
    /// # Errors
    /// Those of writing.
    pub fn delete_destination(&mut self, id: DestinationId) -> Result<bool, StoreError> {
        self.change(|database, acting| {
            let sql = "DELETE FROM destinations WHERE id = ?1 RETURNING name";
            let name: Option<String> = database.query_row(sql, [Text(id)], |row| row.get(0)).optional()?;
            if let Some(name) = &name {
                acting.record(database, &deed(Action::DestinationRemoved, id, name))?;
            }
            Ok(name.is_some())
        })
    }
}

fn deed(action: Action, id: DestinationId, name: impl ToString) -> Deed {
    Deed::new(action, "destination", id, name)
}

fn told(target: &Target, only_complete: bool) -> Value {
    json!({ "target": target, "only_complete": only_complete })
}

fn with_secret(deed: Deed, secret: Option<&DestinationSecret>, what: &str) -> Deed {
    if secret.is_some() { deed.with("secret", what) } else { deed }
}

fn insert_secret(database: &Database, id: DestinationId, secret: &DestinationSecret) -> Result<(), StoreError> {
    for key in &secret.keys {
        database.execute(
            "INSERT INTO destination_keys (destination_id, id, generation, kek_id, provider, nonce, ciphertext) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (Text(id), Text(key.key_id), key.generation, Text(key.kek_id), &key.provider, key.nonce, &key.ciphertext),
        )?;
    }
    let value = &secret.value;
    database.execute(
        "INSERT INTO destination_secrets (destination_id, slot, version, key_id, algorithm, nonce, ciphertext, \
         origins) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (
            Text(id),
            secret.slot.as_str(),
            value.version,
            Text(value.key_id),
            value.algorithm.as_str(),
            value.nonce,
            &value.ciphertext,
            Json(value.origins.iter().map(Origin::as_str).collect::<Vec<_>>()),
        ),
    )?;
    Ok(())
}

fn keys(database: &Database, id: DestinationId) -> Result<Vec<WrappedKey>, StoreError> {
    let mut statement = database.prepare(
        "SELECT destination_id AS connection_id, id, generation, kek_id, provider, nonce, ciphertext \
         FROM destination_keys WHERE destination_id = ?1 ORDER BY generation",
    )?;
    let rows = statement.query_map([Text(id)], |row| Ok(data_key_rows::from_row(row)?.1))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Destination> {
    let location: String = row.get("location")?;
    let target = if row.get_ref("kind")?.as_str()? == FOLDER {
        Target::Folder { folder: PathBuf::from(location) }
    } else {
        let access = row.get_ref("access")?.as_str()?;
        let unknown = || InvalidInput::new("access", "must be a known one", access);
        let access = Access::from_name(access)
            .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, unknown().into()))?;
        Target::Upload { address: location, access, username: row.get("username")? }
    };
    Ok(Destination {
        id: row.get::<_, Text<_>>("id")?.0,
        name: row.get::<_, Text<_>>("name")?.0,
        target,
        only_complete: row.get("only_complete")?,
        waiting: row.get("waiting")?,
        failures: row.get("failures")?,
        retry_at: row.get::<_, Option<Time>>("retry_at")?.map(|time| time.0),
        last_error: row.get::<_, Option<Json<_>>>("last_error")?.map(|json| json.0),
        delivered_at: row.get::<_, Option<Time>>("delivered_at")?.map(|time| time.0),
        created_at: row.get::<_, Time>("created_at")?.0,
    })
}

#[cfg(test)]
mod tests;
