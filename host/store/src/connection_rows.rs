//! Storing connections.

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension, Row, named_params};
use serde_json::{Value, json};

use crate::audit::Acting;
use crate::column::{Json, Text, Time};
use crate::delivery_rows;
use crate::{Action, Connection, ConnectionId, Deed, NewConnection, ProxySettings, Store, StoreError, TenantKey, name};

/// Whether a tenant may get a second connection of the same source type. One import covers every subscription of a
/// tenant, so a second one is mostly a mistake and doubles what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondConnection {
    /// Refuse it.
    Refuse,
    /// Somebody saw the first one and wants another.
    Confirmed,
}

const COLUMNS: &str = "id, name, source_type, module_id, settings, settings_revision, proxy_server, proxy_username, \
                       tenant_key, tenant_id, tenant_name, consented_account, granted_scopes, schedule_id, profile_id, \
                       created_at, updated_at, \
                       (SELECT json_group_array(label) FROM connection_labels WHERE connection_id = connections.id) \
                       AS labels";

impl Store {
    /// Stores a new connection.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], [`StoreError::TenantConnected`].
    pub fn insert_connection(
        &mut self,
        new: NewConnection,
        second: SecondConnection,
        now: Timestamp,
    ) -> Result<Connection, StoreError> {
        let connection = Connection::new(new, now);
        self.change(|database, acting| {
            check_name(database, &connection)?;
            if second == SecondConnection::Refuse {
                check_tenant(database, &connection)?;
            }
            save(
                database,
                &connection,
                "INSERT INTO connections (id, name, name_key, source_type, module_id, settings, settings_revision, \
                 proxy_server, proxy_username, tenant_key, tenant_id, tenant_name, consented_account, granted_scopes, \
                 profile_id, created_at, updated_at) \
                 VALUES (:id, :name, :name_key, :source_type, :module_id, :settings, :settings_revision, \
                 :proxy_server, :proxy_username, :tenant_key, :tenant_id, :tenant_name, :consented_account, \
                 :granted_scopes, :profile_id, :created_at, :updated_at)",
            )?;
            let deed = Deed::to_connection(Action::ConnectionAdded, &connection);
            acting.record(database, &deed.changes(&json!({}), &told(&connection)))
        })?;
        Ok(connection)
    }

    /// Stores a changed connection, as it was read and then changed; gives it back with its new revision. Its runs,
    /// secrets and states stay with it, whatever its name.
    ///
    /// # Errors
    /// [`StoreError::StaleConnection`] where its settings were changed since it was read, [`StoreError::NameTaken`],
    /// [`StoreError::NoSuchConnection`], and [`StoreError::TenantConnected`] where tenant or source type are new to it.
    pub fn update_connection(
        &mut self,
        changed: &Connection,
        second: SecondConnection,
        now: Timestamp,
    ) -> Result<Connection, StoreError> {
        self.change(|database, acting| update_in(database, acting, changed, second, now))
    }

    /// The connection with this id.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`].
    pub fn connection(&self, id: ConnectionId) -> Result<Connection, StoreError> {
        self.read(|database| load(database, id))
    }

    /// The connection with this name, compared as names are: any case, any number of spaces.
    ///
    /// # Errors
    /// Those of reading.
    pub fn connection_by_name(&self, text: &str) -> Result<Option<Connection>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM connections WHERE name_key = ?1");
        let key = name::comparison_key(text);
        self.read(|database| Ok(database.query_row(&sql, [key], from_row).optional()?))
    }

    /// All connections, by name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn connections(&self) -> Result<Vec<Connection>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM connections ORDER BY name_key");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The connections of this source type whose tenant, by consent or by settings, is this one.
    ///
    /// # Errors
    /// Those of reading.
    pub fn same_tenant(&self, tenant: &TenantKey, source_type: &str) -> Result<Vec<Connection>, StoreError> {
        self.read(|database| same_tenant(database, tenant, source_type))
    }

    /// Deletes a connection with its keys, secrets, states and the list of its runs. Packages are files and stay.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`].
    pub fn delete_connection(&mut self, id: ConnectionId) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let connection = load(database, id)?;
            database.execute("DELETE FROM connections WHERE id = ?1", [Text(id)])?;
            delivery_rows::forget_settled(database, id)?;
            let mut deed = Deed::to_connection(Action::ConnectionRemoved, &connection);
            deed = deed.with("source_type", &connection.source_type);
            // By these its customer's leaving finds it, whatever of the older entries is forgotten by then.
            for (name, tenant) in [("tenant", &connection.tenant_key), ("tenant_id", &connection.tenant_id)] {
                if let Some(tenant) = tenant {
                    deed = deed.with(name, tenant);
                }
            }
            acting.record(database, &deed)
        })
    }
}

pub(crate) fn update_in(
    database: &Database,
    acting: &Acting,
    changed: &Connection,
    second: SecondConnection,
    now: Timestamp,
) -> Result<Connection, StoreError> {
    let stored = load(database, changed.id)?;
    if stored.settings_revision != changed.settings_revision {
        return Err(StoreError::StaleConnection { id: changed.id });
    }
    let mut connection = changed.clone();
    connection.created_at = stored.created_at;
    connection.updated_at = now;
    connection.schedule = stored.schedule;
    connection.labels.clone_from(&stored.labels);
    if !connection.runs_alike(&stored) {
        connection.settings_revision = stored.settings_revision.saturating_add(1);
    }
    check_name(database, &connection)?;
    let elsewhere = !connection.same_tenant(&stored) || connection.source_type != stored.source_type;
    if elsewhere && second == SecondConnection::Refuse {
        check_tenant(database, &connection)?;
    }
    save(
        database,
        &connection,
        "UPDATE connections SET name = :name, name_key = :name_key, source_type = :source_type, \
         module_id = :module_id, settings = :settings, settings_revision = :settings_revision, \
         proxy_server = :proxy_server, proxy_username = :proxy_username, tenant_key = :tenant_key, \
         tenant_id = :tenant_id, tenant_name = :tenant_name, consented_account = :consented_account, \
         granted_scopes = :granted_scopes, profile_id = :profile_id, created_at = :created_at, updated_at = :updated_at WHERE id = :id",
    )?;
    let deed = Deed::to_connection(Action::ConnectionChanged, &connection).changes(&told(&stored), &told(&connection));
    if deed.has_details() {
        acting.record(database, &deed)?;
    }
    Ok(connection)
}

/// What the audit trail tells of a connection. Its settings hold no secrets: those are in slots. What a consent brought
/// is told where it is kept.
fn told(connection: &Connection) -> Value {
    json!({
        "name": connection.name,
        "source_type": connection.source_type,
        "settings": connection.settings,
        "proxy": connection.proxy,
        "profile": connection.profile,
        "tenant": connection.tenant_key,
    })
}

pub(crate) fn load(database: &Database, id: ConnectionId) -> Result<Connection, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM connections WHERE id = ?1");
    let found = database.query_row(&sql, [Text(id)], from_row).optional()?;
    found.ok_or(StoreError::NoSuchConnection { id })
}

fn same_tenant(database: &Database, tenant: &TenantKey, source_type: &str) -> Result<Vec<Connection>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM connections WHERE source_type = ?1 AND (tenant_key = ?2 OR tenant_id = ?2) \
         ORDER BY name_key"
    );
    let mut statement = database.prepare(&sql)?;
    Ok(statement.query_map((source_type, tenant.as_str()), from_row)?.collect::<Result<_, _>>()?)
}

fn check_name(database: &Database, connection: &Connection) -> Result<(), StoreError> {
    let taken = database
        .query_row(
            "SELECT name FROM connections WHERE name_key = ?1 AND id <> ?2",
            (connection.name.comparison_key(), Text(connection.id)),
            |row| row.get(0),
        )
        .optional()?;
    taken.map_or(Ok(()), |name| Err(StoreError::NameTaken { name }))
}

fn check_tenant(database: &Database, connection: &Connection) -> Result<(), StoreError> {
    for tenant in connection.tenant_id.iter().chain(&connection.tenant_key) {
        let others = same_tenant(database, tenant, &connection.source_type)?;
        if let Some(existing) = others.into_iter().find(|other| other.id != connection.id) {
            return Err(StoreError::TenantConnected {
                tenant: tenant.clone(),
                source_type: connection.source_type.clone(),
                existing: existing.id,
                existing_name: existing.name.into(),
            });
        }
    }
    Ok(())
}

fn save(database: &Database, connection: &Connection, sql: &str) -> Result<(), StoreError> {
    database.execute(
        sql,
        named_params! {
            ":id": Text(connection.id),
            ":name": connection.name.as_str(),
            ":name_key": connection.name.comparison_key(),
            ":source_type": connection.source_type,
            ":module_id": connection.module_id,
            ":settings": Json(&connection.settings),
            ":settings_revision": connection.settings_revision,
            ":proxy_server": connection.proxy.as_ref().map(|proxy| proxy.server.to_string()),
            ":proxy_username": connection.proxy.as_ref().and_then(|proxy| proxy.username.as_deref()),
            ":tenant_key": connection.tenant_key.as_ref().map(TenantKey::as_str),
            ":tenant_id": connection.tenant_id.as_ref().map(TenantKey::as_str),
            ":tenant_name": connection.tenant_name,
            ":consented_account": connection.consented_account,
            ":granted_scopes": Json(&connection.granted_scopes),
            ":profile_id": connection.profile.map(Text),
            ":created_at": Time(connection.created_at),
            ":updated_at": Time(connection.updated_at),
        },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Connection> {
    let tenant = |column| row.get(column).map(|text: Option<String>| text.map(TenantKey::from));
    let username = row.get("proxy_username")?;
    let server = row.get::<_, Option<Text<_>>>("proxy_server")?;
    Ok(Connection {
        id: row.get::<_, Text<_>>("id")?.0,
        name: row.get::<_, Text<_>>("name")?.0,
        source_type: row.get("source_type")?,
        module_id: row.get("module_id")?,
        settings: row.get::<_, Json<_>>("settings")?.0,
        proxy: server.map(|server| ProxySettings { server: server.0, username }),
        tenant_key: tenant("tenant_key")?,
        tenant_id: tenant("tenant_id")?,
        tenant_name: row.get("tenant_name")?,
        consented_account: row.get("consented_account")?,
        granted_scopes: row.get::<_, Json<_>>("granted_scopes")?.0,
        settings_revision: row.get("settings_revision")?,
        schedule: row.get::<_, Option<Text<_>>>("schedule_id")?.map(|id| id.0),
        profile: row.get::<_, Option<Text<_>>>("profile_id")?.map(|id| id.0),
        labels: row.get::<_, Json<_>>("labels")?.0,
        created_at: row.get::<_, Time>("created_at")?.0,
        updated_at: row.get::<_, Time>("updated_at")?.0,
    })
}

#[cfg(test)]
mod tests;
