//! Accounts of the page, and what the organisation wants filled in.

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension, Row};
use serde_json::{Value, json};

use crate::column::{Json, Time};
use crate::{Action, Deed, Store, StoreError};

/// An account of the page.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its name.
    pub name: String,
    /// Whether it may do everything, or only read.
    pub administrator: bool,
    /// PHC string of its password.
    pub password_hash: String,
    /// When it signed in last.
    pub signed_in_at: Option<Timestamp>,
}

const ADMINISTRATOR: &str = "administrator";
const READER: &str = "reader";

impl Store {
    /// All accounts, by name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.read(|database| {
            let mut statement =
                database.prepare("SELECT name, role, password_hash, signed_in_at FROM accounts ORDER BY name")?;
            let rows = statement.query_map([], account)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The account of a name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn account(&self, name: &str) -> Result<Option<AccountRow>, StoreError> {
        self.read(|database| find(database, name))
    }

    /// Stores an account, in place of one of the same name.
    ///
    /// # Errors
    /// Those of writing.
    pub fn put_account(&mut self, row: &AccountRow) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let role = role(row.administrator);
            let before = find(database, &row.name)?;
            database.execute(
                "INSERT OR REPLACE INTO accounts (name, role, password_hash, signed_in_at) VALUES (?1, ?2, ?3, ?4)",
                (&row.name, role, &row.password_hash, row.signed_in_at.map(Time)),
            )?;
            let deed = match &before {
                None => deed(Action::AccountAdded, &row.name).with("role", role).with("password", "set"),
                Some(before) => {
                    let known = json!({ "role": self::role(before.administrator) });
                    let deed = deed(Action::AccountChanged, &row.name).changes(&known, &json!({ "role": role }));
                    if before.password_hash == row.password_hash { deed } else { deed.with("password", "replaced") }
                }
            };
            acting.record(database, &deed)
        })
    }

    /// Notes that an account signed in.
    ///
    /// # Errors
    /// Those of writing.
    pub fn account_signed_in(&mut self, name: &str, now: Timestamp) -> Result<(), StoreError> {
        self.change(|database, acting| {
            database.execute("UPDATE accounts SET signed_in_at = ?2 WHERE name = ?1", (name, Time(now)))?;
            acting.record(database, &deed(Action::SignedIn, name))
        })
    }

    /// Removes an account; tells whether there was one.
    ///
    /// # Errors
    /// Those of writing.
    pub fn delete_account(&mut self, name: &str) -> Result<bool, StoreError> {
        self.change(|database, acting| {
            let deleted = database.execute("DELETE FROM accounts WHERE name = ?1", [name])? > 0;
            if deleted {
                acting.record(database, &deed(Action::AccountRemoved, name))?;
            }
            Ok(deleted)
        })
    }

    /// What the organisation wants filled in for new connections.
    ///
    /// # Errors
    /// Those of reading.
    pub fn defaults(&self) -> Result<Option<Value>, StoreError> {
        self.read(|database| {
            let found = database.query_row("SELECT value FROM defaults", [], |row| row.get::<_, Json<Value>>(0));
            Ok(found.optional()?.map(|json| json.0))
        })
    }

    /// Stores what the organisation wants filled in.
    ///
    /// # Errors
    /// Those of writing.
    pub fn set_defaults(&mut self, value: &Value) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let before = database.query_row("SELECT value FROM defaults", [], |row| row.get::<_, Json<Value>>(0));
            let before = before.optional()?.map(|json| json.0);
            database.execute("INSERT OR REPLACE INTO defaults (only, value) VALUES (1, ?1)", [Json(value)])?;
            acting.record(database, &Deed::to_installation(Action::DefaultsChanged).changes(&before, value))
        })
    }
}

fn deed(action: Action, name: &str) -> Deed {
    Deed::new(action, "account", name, name)
}

fn role(administrator: bool) -> &'static str {
    if administrator { ADMINISTRATOR } else { READER }
}

fn find(database: &Database, name: &str) -> Result<Option<AccountRow>, StoreError> {
    let sql = "SELECT name, role, password_hash, signed_in_at FROM accounts WHERE name = ?1";
    Ok(database.query_row(sql, [name], account).optional()?)
}

fn account(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    Ok(AccountRow {
        name: row.get(0)?,
        administrator: row.get_ref(1)?.as_str()? == ADMINISTRATOR,
        password_hash: row.get(2)?,
        signed_in_at: row.get::<_, Option<Time>>(3)?.map(|time| time.0),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::AccountRow;
    use crate::Store;

    #[test]
    fn an_account_is_replaced_by_one_of_its_name_and_can_go() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("data")).unwrap();
        let row = |administrator, hash: &str| AccountRow {
            name: "ada".to_owned(),
            administrator,
            password_hash: hash.to_owned(),
            signed_in_at: None,
        };
        store.put_account(&row(true, "one")).unwrap();
        store.put_account(&row(false, "two")).unwrap();
        store.account_signed_in("ada", "2026-03-01T00:00:00Z".parse().unwrap()).unwrap();
        let found = store.account("ada").unwrap().unwrap();
        assert!(!found.administrator && found.password_hash == "two" && found.signed_in_at.is_some());
        assert!(store.delete_account("ada").unwrap());
        assert!(!store.delete_account("ada").unwrap());
        assert!(store.accounts().unwrap().is_empty());
    }

    #[test]
    fn defaults_are_kept_as_they_were_given() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("data")).unwrap();
        assert!(store.defaults().unwrap().is_none());
        store.set_defaults(&json!({ "values": { "a": 1 } })).unwrap();
        assert_eq!(store.defaults().unwrap().unwrap(), json!({ "values": { "a": 1 } }));
    }
}
