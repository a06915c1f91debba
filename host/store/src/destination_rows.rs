//! Storing destinations and their sealed secrets.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection as Database, OptionalExtension, Row};
use serde_json::{Value, json};

use crate::column::{Json, Text, Time};
use crate::destination::{Access, Destination, DestinationProxy, DestinationSecrets, NewDestination, Target};
use crate::run_rows::path_text;
use crate::{
    Action, Deed, DestinationId, InvalidInput, ProxySettings, Store, StoreError, destination_secret_rows, name,
};

const FOLDER: &str = "folder";
const UPLOAD: &str = "upload";

const SELECT: &str = "SELECT id, name, kind, location, access, username, only_complete, proxy, proxy_server, \
                      proxy_username, failures, retry_at, last_error, delivered_at, created_at, (SELECT count(*) FROM deliveries WHERE destination_id = \
                      destinations.id AND state = 'waiting') AS waiting FROM destinations";

impl Store {
    /// Stores a new destination with its secrets, all or nothing. It gets the packages of runs that end from now on.
    ///
    /// # Errors
    /// [`StoreError::DestinationNameTaken`], [`StoreError::Input`] for a folder that is not UTF-8.
    pub fn insert_destination(
        &mut self,
        new: &NewDestination,
        secrets: &DestinationSecrets,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (kind, location, access, username) = match &new.target {
            Target::Folder { folder } => (FOLDER, path_text(folder)?, Access::Open, None),
            Target::Upload { address, access, username } => (UPLOAD, address.as_str(), *access, username.as_deref()),
        };
        self.change(|database, acting| {
            let key = new.name.comparison_key();
            check_name(database, &key, None)?;
            database.execute(
                "INSERT INTO destinations (id, name, name_key, kind, location, access, username, only_complete, \
                 created_at, proxy, proxy_server, proxy_username) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
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
                    new.proxy.as_str(),
                    new.proxy.own().map(|own| own.server.to_string()),
                    new.proxy.own().and_then(|own| own.username.as_deref()),
                ),
            )?;
            let told_secrets = destination_secret_rows::store(database, new.id, secrets)?;
            let told = told(new.name.as_str(), &new.target, new.only_complete, &new.proxy);
            let deed = deed(Action::DestinationAdded, new.id, &new.name).changes(&json!({}), &told);
            acting.record(database, &with_secrets(deed, &told_secrets))
        })
    }

    /// Changes a destination; secrets that are given take the place of those before, and what is not needed any more
    /// goes. What waits for it goes to where it leads from now on, and is tried anew.
    ///
    /// # Errors
    /// [`StoreError::DestinationNameTaken`], [`StoreError::Input`] for a folder that is not UTF-8.
    pub fn update_destination(
        &mut self,
        changed: &NewDestination,
        secrets: &DestinationSecrets,
    ) -> Result<(), StoreError> {
        let (kind, location, access, username) = match &changed.target {
            Target::Folder { folder } => (FOLDER, path_text(folder)?, Access::Open, None),
            Target::Upload { address, access, username } => (UPLOAD, address.as_str(), *access, username.as_deref()),
        };
        self.change(|database, acting| {
            let key = changed.name.comparison_key();
            check_name(database, &key, Some(changed.id))?;
            let before = database.query_row(&format!("{SELECT} WHERE id = ?1"), [Text(changed.id)], from_row);
            let before = before
                .optional()?
                .map(|before| told(before.name.as_str(), &before.target, before.only_complete, &before.proxy));
            database.execute(
                "UPDATE destinations SET name = ?2, name_key = ?3, kind = ?4, location = ?5, access = ?6, username = ?7, \
                 only_complete = ?8, proxy = ?9, proxy_server = ?10, proxy_username = ?11, failures = 0, \
                 retry_at = NULL, last_error = NULL WHERE id = ?1",
                (
                    Text(changed.id),
                    changed.name.as_str(),
                    key,
                    kind,
                    location,
                    access.as_str(),
                    username,
                    changed.only_complete,
                    changed.proxy.as_str(),
                    changed.proxy.own().map(|own| own.server.to_string()),
                    changed.proxy.own().and_then(|own| own.username.as_deref()),
                ),
            )?;
            database.execute(
                "UPDATE deliveries SET failures = 0, last_error = NULL, next_attempt_at = started_at \
                 WHERE destination_id = ?1 AND state = 'waiting'",
                [Text(changed.id)],
            )?;
            let told_secrets = destination_secret_rows::store(database, changed.id, secrets)?;
            let told = told(changed.name.as_str(), &changed.target, changed.only_complete, &changed.proxy);
            let deed = deed(Action::DestinationChanged, changed.id, &changed.name).changes(&before, &told);
            let deed = with_secrets(deed, &told_secrets);
            if deed.has_details() {
                acting.record(database, &deed)?;
            }
            Ok(())
        })
    }

    /// Lets everything that waits for a destination be tried at once, however often it failed.
    ///
    /// # Errors
    /// Those of writing.
    pub fn hurry_destination(&mut self, id: DestinationId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute("UPDATE destinations SET retry_at = NULL WHERE id = ?1", [Text(id)])?;
            database.execute(
                "UPDATE deliveries SET next_attempt_at = min(next_attempt_at, ?2) \
                 WHERE destination_id = ?1 AND state = 'waiting'",
                (Text(id), Time(now)),
            )?;
            Ok(())
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

    /// The destination of an id.
    ///
    /// # Errors
    /// Those of reading.
    pub fn destination(&self, id: DestinationId) -> Result<Option<Destination>, StoreError> {
        let sql = format!("{SELECT} WHERE id = ?1");
        self.read(|database| Ok(database.query_row(&sql, [Text(id)], from_row).optional()?))
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

/// Refuses a name that another destination has.
fn check_name(database: &Database, key: &str, own: Option<DestinationId>) -> Result<(), StoreError> {
    let taken = "SELECT name FROM destinations WHERE name_key = ?1 AND id IS NOT ?2";
    let name = database.query_row(taken, (key, own.map(Text)), |row| row.get(0)).optional()?;
    name.map_or(Ok(()), |name| Err(StoreError::DestinationNameTaken { name }))
}

fn deed(action: Action, id: DestinationId, name: impl ToString) -> Deed {
    Deed::new(action, "destination", id, name)
}

fn told(name: &str, target: &Target, only_complete: bool, proxy: &DestinationProxy) -> Value {
    let own = proxy.own().map(|own| json!({ "server": own.server.to_string(), "username": own.username }));
    json!({
        "name": name,
        "target": target,
        "only_complete": only_complete,
        "proxy": { "way": proxy.as_str(), "own": own },
    })
}

/// What became of each secret, and none of them.
fn with_secrets(deed: Deed, told: &[(String, &str)]) -> Deed {
    told.iter().fold(deed, |deed, (slot, what)| deed.with(&format!("secret.{slot}"), what))
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
        proxy: proxy(row)?,
        waiting: row.get("waiting")?,
        failures: row.get("failures")?,
        retry_at: row.get::<_, Option<Time>>("retry_at")?.map(|time| time.0),
        last_error: row.get::<_, Option<Json<_>>>("last_error")?.map(|json| json.0),
        delivered_at: row.get::<_, Option<Time>>("delivered_at")?.map(|time| time.0),
        created_at: row.get::<_, Time>("created_at")?.0,
    })
}

fn proxy(row: &Row<'_>) -> rusqlite::Result<DestinationProxy> {
    let server = row.get::<_, Option<Text<_>>>("proxy_server")?;
    Ok(match (row.get_ref("proxy")?.as_str()?, server) {
        ("own", Some(Text(server))) => {
            DestinationProxy::Own(ProxySettings { server, username: row.get("proxy_username")? })
        }
        ("default", _) => DestinationProxy::Default,
        _ => DestinationProxy::None,
    })
}

#[cfg(test)]
mod tests;
