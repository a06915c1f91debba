//! Storing credential profiles, and which connections use them.

use beacon_vault::{Origin, SlotName};
use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection as Database, OptionalExtension, Row, named_params};
use serde_json::{Value, json};

use crate::column::{Json, Text, Time};
use crate::connection_rows::update_in;
use crate::credential_profile::{CredentialKind, CredentialProfile, ProfileSecret};
use crate::installation_secrets::put_in;
use crate::secret_rows::Origins;
use crate::{Action, Connection, CredentialProfileId, Deed, InvalidInput, SecondConnection, Store, StoreError, name};

const COLUMNS: &str = "id, name, client_id, kind, origins, expires_on, stored_at, next_until, created_at, updated_at";

/// A change of a profile: what is stored with it, in one transaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProfileChange {
    /// A secret that is stored, or stored anew.
    pub secret: Option<ProfileSecret>,
    /// Slots that are emptied.
    pub forgotten: Vec<SlotName>,
    /// Connections whose settings follow, as they were read and then changed.
    pub connections: Vec<Connection>,
}

impl Store {
    /// Stores a new profile with its secret, both or nothing; or one whose secret comes later.
    ///
    /// # Errors
    /// [`StoreError::ProfileNameTaken`].
    pub fn insert_profile(
        &mut self,
        profile: &CredentialProfile,
        secret: Option<&ProfileSecret>,
    ) -> Result<(), StoreError> {
        self.change(|database, acting| {
            check_name(database, profile)?;
            save(
                database,
                profile,
                "INSERT INTO credential_profiles (id, name, name_key, client_id, kind, origins, expires_on, stored_at, \
                 next_until, created_at, updated_at) VALUES (:id, :name, :name_key, :client_id, :kind, :origins, \
                 :expires_on, :stored_at, :next_until, :created_at, :updated_at)",
            )?;
            let deed = deed(Action::ProfileAdded, profile).changes(&json!({}), &told(profile));
            acting.record(database, &if secret.is_some() { deed.with("secret", "set") } else { deed })?;
            secret.map_or(Ok(()), |secret| put_in(database, &secret.slot, &secret.value))
        })
    }

    /// Stores a changed profile and everything that changes with it, or nothing.
    ///
    /// # Errors
    /// [`StoreError::ProfileNameTaken`], [`StoreError::StaleSecret`], [`StoreError::StaleConnection`].
    pub fn update_profile(
        &mut self,
        profile: &CredentialProfile,
        change: &ProfileChange,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let before = load(database, profile.id)?;
            check_name(database, profile)?;
            save(
                database,
                profile,
                "UPDATE credential_profiles SET name = :name, name_key = :name_key, client_id = :client_id, \
                 kind = :kind, origins = :origins, expires_on = :expires_on, stored_at = :stored_at, \
                 next_until = :next_until, created_at = :created_at, updated_at = :updated_at WHERE id = :id",
            )?;
            let mut deed = deed(Action::ProfileChanged, profile).changes(&told(&before), &told(profile));
            if let Some(secret) = &change.secret {
                put_in(database, &secret.slot, &secret.value)?;
                deed = deed.with("secret", "replaced");
            }
            if forget(database, &change.forgotten)? {
                deed = deed.with("older_secret", "removed");
            }
            if deed.has_details() {
                acting.record(database, &deed)?;
            }
            for connection in &change.connections {
                // Its tenant stays what it was, so nobody has to confirm anything.
                update_in(database, acting, connection, SecondConnection::Confirmed, now)?;
            }
            Ok(())
        })
    }

    /// Deletes a profile with what its slots hold.
    ///
    /// # Errors
    /// [`StoreError::ProfileInUse`] with the names of the connections that use it.
    pub fn delete_profile(&mut self, id: CredentialProfileId, slots: &[SlotName]) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let mut statement =
                database.prepare("SELECT name FROM connections WHERE profile_id = ?1 ORDER BY name_key")?;
            let names: Vec<String> = statement.query_map([Text(id)], |row| row.get(0))?.collect::<Result<_, _>>()?;
            if !names.is_empty() {
                return Err(StoreError::ProfileInUse { connections: names.join(", ") });
            }
            let profile = load(database, id)?;
            database.execute("DELETE FROM credential_profiles WHERE id = ?1", [Text(id)])?;
            forget(database, slots)?;
            acting.record(database, &deed(Action::ProfileRemoved, &profile))
        })
    }

    /// The profile with this id.
    ///
    /// # Errors
    /// [`StoreError::NoSuchProfile`].
    pub fn profile(&self, id: CredentialProfileId) -> Result<CredentialProfile, StoreError> {
        self.read(|database| load(database, id))
    }

    /// The profile with this name, compared as names are.
    ///
    /// # Errors
    /// Those of reading.
    pub fn profile_by_name(&self, text: &str) -> Result<Option<CredentialProfile>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM credential_profiles WHERE name_key = ?1");
        self.read(|database| Ok(database.query_row(&sql, [name::comparison_key(text)], from_row).optional()?))
    }

    /// All profiles, by name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn profiles(&self) -> Result<Vec<CredentialProfile>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM credential_profiles ORDER BY name_key");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }
}

/// Says whether there was anything in them.
fn forget(database: &Database, slots: &[SlotName]) -> Result<bool, StoreError> {
    let mut forgotten = 0;
    for slot in slots {
        forgotten += database.execute("DELETE FROM installation_secrets WHERE slot = ?1", [slot.as_str()])?;
    }
    Ok(forgotten > 0)
}

fn load(database: &Database, id: CredentialProfileId) -> Result<CredentialProfile, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM credential_profiles WHERE id = ?1");
    let found = database.query_row(&sql, [Text(id)], from_row).optional()?;
    found.ok_or(StoreError::NoSuchProfile { id })
}

fn deed(action: Action, profile: &CredentialProfile) -> Deed {
    Deed::new(action, "profile", profile.id, &profile.name)
}

/// What the audit trail tells of a profile: when its secret was stored is told by the entry itself.
fn told(profile: &CredentialProfile) -> Value {
    let origins: Vec<&str> = profile.origins.iter().map(Origin::as_str).collect();
    json!({
        "name": profile.name,
        "client_id": profile.client_id,
        "kind": profile.kind,
        "origins": origins,
        "expires_on": profile.expires_on,
        "next_until": profile.next_until,
    })
}

fn check_name(database: &Database, profile: &CredentialProfile) -> Result<(), StoreError> {
    let taken = database
        .query_row(
            "SELECT name FROM credential_profiles WHERE name_key = ?1 AND id <> ?2",
            (profile.name.comparison_key(), Text(profile.id)),
            |row| row.get(0),
        )
        .optional()?;
    taken.map_or(Ok(()), |name| Err(StoreError::ProfileNameTaken { name }))
}

fn save(database: &Database, profile: &CredentialProfile, sql: &str) -> Result<(), StoreError> {
    let saved = database.execute(
        sql,
        named_params! {
            ":id": Text(profile.id),
            ":name": profile.name.as_str(),
            ":name_key": profile.name.comparison_key(),
            ":client_id": profile.client_id,
            ":kind": profile.kind.as_str(),
            ":origins": Json(profile.origins.iter().map(Origin::as_str).collect::<Vec<_>>()),
            ":expires_on": profile.expires_on.map(Text),
            ":stored_at": Time(profile.stored_at),
            ":next_until": profile.next_until.map(Text),
            ":created_at": Time(profile.created_at),
            ":updated_at": Time(profile.updated_at),
        },
    )?;
    if saved == 0 { Err(StoreError::NoSuchProfile { id: profile.id }) } else { Ok(()) }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<CredentialProfile> {
    let kind = row.get_ref("kind")?.as_str()?;
    let unknown = || InvalidInput::new("kind of credential", "must be a known one", kind);
    let kind = CredentialKind::from_name(kind)
        .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, unknown().into()))?;
    let day = |column| row.get::<_, Option<Text<_>>>(column).map(|day| day.map(|day| day.0));
    Ok(CredentialProfile {
        id: row.get::<_, Text<_>>("id")?.0,
        name: row.get::<_, Text<_>>("name")?.0,
        client_id: row.get("client_id")?,
        kind,
        origins: row.get::<_, Origins>("origins")?.0,
        expires_on: day("expires_on")?,
        stored_at: row.get::<_, Time>("stored_at")?.0,
        next_until: day("next_until")?,
        created_at: row.get::<_, Time>("created_at")?.0,
        updated_at: row.get::<_, Time>("updated_at")?.0,
    })
}

#[cfg(test)]
mod tests;
