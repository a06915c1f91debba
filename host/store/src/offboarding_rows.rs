//! Customers that are being erased: decided in one transaction together with their rows; their files go afterwards, and
//! what was interrupted in between is known here until it is done.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::Connection as Database;
use uuid::Uuid;

use crate::column::{Json, Text, Time};
use crate::mention::Mention;
use crate::run_rows::path_text;
use crate::{ConnectionId, OffboardingId, RunId, Store, StoreError};

/// A customer whose erasing was begun and is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offboarding {
    /// Its id.
    pub id: OffboardingId,
    /// How the customer can be named: connections, tenants.
    pub names: Vec<String>,
    /// When it was begun.
    pub begun_at: Timestamp,
}

/// A file or a folder that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Where it is, or was.
    pub path: PathBuf,
    /// The run whose package it must be; else it is nothing of ours, and stays.
    pub run: Option<RunId>,
}

impl Store {
    /// Erases connections with everything that is known of them here, and notes which files have to follow.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`], [`StoreError::Input`] for a path that is not UTF-8; nothing was changed then.
    pub fn begin_offboarding(
        &mut self,
        names: &[String],
        connections: &[ConnectionId],
        erasures: &[Erasure],
        now: Timestamp,
    ) -> Result<OffboardingId, StoreError> {
        let id = OffboardingId::from(Uuid::new_v4());
        self.write(|database| {
            database.execute(
                "INSERT INTO offboardings (id, names, begun_at) VALUES (?1, ?2, ?3)",
                (Text(id), Json(names), Time(now)),
            )?;
            let mention = Mention::new(names, marks(database, connections, erasures)?);
            for Erasure { path, run } in erasures {
                let path = path_text(path)?;
                database.execute(
                    "INSERT OR IGNORE INTO erasures (offboarding_id, path, run_id) VALUES (?1, ?2, ?3)",
                    (Text(id), path, run.map(Text)),
                )?;
                // Of a connection that was removed before, too.
                let delivery = "DELETE FROM deliveries WHERE package_dir = ?1 OR run_id = ?2";
                database.execute(delivery, (path, run.map(Text)))?;
            }
            connections.iter().try_for_each(|connection| erase_rows(database, *connection))?;
            forget_errors(database, &mention)?;
            Ok(id)
        })
    }

    /// Customers whose erasing was begun and is not done, the oldest first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn offboardings(&self) -> Result<Vec<Offboarding>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare("SELECT id, names, begun_at FROM offboardings ORDER BY begun_at")?;
            let rows = statement.query_map([], |row| {
                Ok(Offboarding {
                    id: row.get::<_, Text<_>>(0)?.0,
                    names: row.get::<_, Json<_>>(1)?.0,
                    begun_at: row.get::<_, Time>(2)?.0,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What may be left of the files of a customer.
    ///
    /// # Errors
    /// Those of reading.
    pub fn erasures(&self, offboarding: OffboardingId) -> Result<Vec<Erasure>, StoreError> {
        self.read(|database| {
            let sql = "SELECT path, run_id FROM erasures WHERE offboarding_id = ?1 ORDER BY rowid";
            let mut statement = database.prepare(sql)?;
            let rows = statement.query_map([Text(offboarding)], |row| {
                let run = row.get::<_, Option<Text<RunId>>>(1)?.map(|run| run.0);
                Ok(Erasure { path: row.get::<_, String>(0).map(PathBuf::from)?, run })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes that nothing is left at a path.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end_erasure(&mut self, offboarding: OffboardingId, erasure: &Erasure) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute(
                "DELETE FROM erasures WHERE offboarding_id = ?1 AND path = ?2",
                (Text(offboarding), path_text(&erasure.path)?),
            )?;
            Ok(())
        })
    }

    /// Writes the database anew, so that nothing of what was erased is left in unused parts of its files, and forgets the
    /// customer.
    ///
    /// # Errors
    /// Those of writing: the disk needs room for a second copy.
    pub fn end_offboarding(&mut self, offboarding: OffboardingId) -> Result<(), StoreError> {
        self.execute("VACUUM")?;
        self.write(|database| {
            database.execute("DELETE FROM offboardings WHERE id = ?1", [Text(offboarding)])?;
            Ok(())
        })?;
        // What was written stands in the log of the database until it is emptied. Somebody who reads in this moment keeps
        // it a while longer; the next time that the folder is closed empties it.
        self.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}

fn erase_rows(database: &Database, id: ConnectionId) -> Result<(), StoreError> {
    // Those that wait as well: there is no package to send any more.
    database.execute("DELETE FROM deliveries WHERE connection_id = ?1", [Text(id)])?;
    database.execute("DELETE FROM expiry_notices WHERE owner = ?1", [Text(id)])?;
    database
        .execute("DELETE FROM removals WHERE run_id IN (SELECT id FROM runs WHERE connection_id = ?1)", [Text(id)])?;
    match database.execute("DELETE FROM connections WHERE id = ?1", [Text(id)])? {
        0 => Err(StoreError::NoSuchConnection { id }),
        _ => Ok(()),
    }
}

/// Ids of connections and their runs, and what packages are called, here and at destinations.
fn marks(database: &Database, connections: &[ConnectionId], erasures: &[Erasure]) -> Result<Vec<String>, StoreError> {
    let mut marks = Vec::new();
    let mut folders: Vec<PathBuf> =
        erasures.iter().filter(|erasure| erasure.run.is_some()).map(|erasure| erasure.path.clone()).collect();
    let mut runs = database.prepare("SELECT id, package_dir FROM runs WHERE connection_id = ?1")?;
    for connection in connections {
        marks.push(connection.to_string());
        let mut rows = runs.query([Text(*connection)])?;
        while let Some(row) = rows.next()? {
            marks.push(row.get(0)?);
            folders.extend(row.get::<_, Option<String>>(1)?.map(PathBuf::from));
        }
    }
    marks.extend(folders.iter().filter_map(|folder| folder.file_name()?.to_str()).map(str::to_owned));
    Ok(marks)
}

/// Why something failed may name the customer or its packages.
fn forget_errors(database: &Database, mention: &Mention) -> Result<(), StoreError> {
    for table in ["destinations", "notifications", "messages", "deliveries"] {
        let mut errors =
            database.prepare(&format!("SELECT rowid, last_error FROM {table} WHERE last_error IS NOT NULL"))?;
        let errors = errors.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let errors: Vec<(i64, String)> = errors.collect::<Result<_, _>>()?;
        for (row, _) in errors.iter().filter(|(_, error)| mention.is_in(error)) {
            database.execute(&format!("UPDATE {table} SET last_error = NULL WHERE rowid = ?1"), [row])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Erasure;
    use crate::StoreError;
    use crate::store::tests::{Fixture, now};

    fn erasure(path: &str) -> Erasure {
        Erasure { path: PathBuf::from(path), run: None }
    }

    #[test]
    fn what_is_left_of_a_customer_is_known_until_it_is_gone() {
        let mut fixture = Fixture::new();
        let names = ["contoso".to_owned()];
        let (one, other) = (erasure("/data/one"), erasure("/data/other"));
        let both = [one.clone(), other.clone()];
        let connections = [fixture.connection];
        let id = fixture.store.begin_offboarding(&names, &connections, &both, now(1)).unwrap();
        fixture.store.erase_audit(&connections, &[]).unwrap();
        assert!(fixture.store.connections().unwrap().is_empty());

        let mut fixture = fixture.reopen();
        let known = fixture.store.offboardings().unwrap();
        assert_eq!((known.len(), known[0].id, known[0].names.as_slice()), (1, id, names.as_slice()));
        fixture.store.end_erasure(id, &one).unwrap();
        assert_eq!(fixture.store.erasures(id).unwrap(), [other]);
        fixture.store.end_offboarding(id).unwrap();
        assert_eq!(fixture.store.offboardings().unwrap(), []);
        for file in std::fs::read_dir(fixture.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let found = bytes.windows(7).any(|part| part.eq_ignore_ascii_case(b"contoso"));
            assert!(!found, "the name is left in the files of the database");
        }
    }

    #[test]
    fn nothing_is_erased_if_one_of_them_is_not_there() {
        let mut fixture = Fixture::new();
        let unknown = uuid::Uuid::from_u128(99).into();
        let error = fixture.store.begin_offboarding(&[], &[fixture.connection, unknown], &[], now(1)).unwrap_err();
        assert!(matches!(error, StoreError::NoSuchConnection { .. }), "{error}");
        assert_eq!(fixture.store.connections().unwrap().len(), 1);
        assert_eq!(fixture.store.offboardings().unwrap(), []);
    }
}
