//! Storing who is told.

use beacon_vault::{SealedValue, SlotName};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};
use serde_json::{Value, json};

use crate::column::{Json, Text, Time};
use crate::notification::{NewNotification, Notification, Way};
use crate::{Action, Deed, NotificationId, Store, StoreError, installation_secrets, name};

const SELECT: &str = "SELECT id, name, way, collect_seconds, last_error, sent_at, created_at, (SELECT count(*) FROM \
                      messages WHERE notification_id = notifications.id AND state = 'waiting') AS waiting \
                      FROM notifications";

impl Store {
    /// Stores who is told, with the secret in its slot of the installation, both or nothing. It hears of changes from now
    /// on.
    ///
    /// # Errors
    /// [`StoreError::NotificationNameTaken`].
    pub fn insert_notification(
        &mut self,
        new: &NewNotification,
        secret: Option<(&SlotName, &SealedValue)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let key = new.name.comparison_key();
            let taken = "SELECT name FROM notifications WHERE name_key = ?1";
            if let Some(name) = database.query_row(taken, [&key], |row| row.get(0)).optional()? {
                return Err(StoreError::NotificationNameTaken { name });
            }
            database.execute(
                "INSERT INTO notifications (id, name, name_key, way, collect_seconds, gathered_through, created_at) \
                 SELECT ?1, ?2, ?3, ?4, ?5, (SELECT coalesce(max(id), 0) FROM state_changes), ?6",
                (Text(new.id), new.name.as_str(), key, Json(&new.way), new.collect_seconds, Time(now)),
            )?;
            let deed = Deed::new(Action::NotificationAdded, "notification", new.id, &new.name)
                .with("way", told(&new.way))
                .with("collect_seconds", new.collect_seconds);
            let deed = if secret.is_some() { deed.with("secret", "set") } else { deed };
            acting.record(database, &deed)?;
            secret.map_or(Ok(()), |(slot, value)| installation_secrets::put_in(database, slot, value))
        })
    }

    /// All who are told, by name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn notifications(&self) -> Result<Vec<Notification>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare(&format!("{SELECT} ORDER BY name_key"))?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// Who is told by this name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn notification_by_name(&self, text: &str) -> Result<Option<Notification>, StoreError> {
        let sql = format!("{SELECT} WHERE name_key = ?1");
        self.read(|database| Ok(database.query_row(&sql, [name::comparison_key(text)], from_row).optional()?))
    }

    /// Removes who is told, with what waits and the secret in its slot.
    ///
    /// # Errors
    /// Those of writing.
    pub fn delete_notification(&mut self, id: NotificationId, slot: &SlotName) -> Result<bool, StoreError> {
        self.change(|database, acting| {
            database.execute("DELETE FROM installation_secrets WHERE slot = ?1", [slot.as_str()])?;
            let sql = "DELETE FROM notifications WHERE id = ?1 RETURNING name";
            let name: Option<String> = database.query_row(sql, [Text(id)], |row| row.get(0)).optional()?;
            if let Some(name) = &name {
                acting.record(database, &Deed::new(Action::NotificationRemoved, "notification", id, name))?;
            }
            Ok(name.is_some())
        })
    }
}

/// Of mail addresses no more than their domains.
fn told(way: &Way) -> Value {
    match way {
        Way::Webhook { origin } => json!({ "kind": "webhook", "origin": origin }),
        Way::Mail { host, port, implicit_tls, username, from, to } => {
            let mut domains: Vec<&str> = to.iter().map(|address| domain(address)).collect();
            domains.sort_unstable();
            domains.dedup();
            json!({
                "kind": "mail",
                "server": format!("{host}:{port}"),
                "implicit_tls": implicit_tls,
                "signs_in": username.is_some(),
                "from_domain": domain(from),
                "to_domains": domains,
                "receivers": to.len(),
            })
        }
    }
}

fn domain(address: &str) -> &str {
    address.trim().rsplit_once('@').map_or("", |(_, domain)| domain.trim_end_matches('>'))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Notification> {
    Ok(Notification {
        id: row.get::<_, Text<_>>("id")?.0,
        name: row.get::<_, Text<_>>("name")?.0,
        way: row.get::<_, Json<_>>("way")?.0,
        collect_seconds: row.get("collect_seconds")?,
        waiting: row.get("waiting")?,
        last_error: row.get::<_, Option<Json<_>>>("last_error")?.map(|json| json.0),
        sent_at: row.get::<_, Option<Time>>("sent_at")?.map(|time| time.0),
        created_at: row.get::<_, Time>("created_at")?.0,
    })
}
