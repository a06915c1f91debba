//! Which packages lie here, and which of them are being removed.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension};

use crate::audit::Acting;
use crate::column::{Text, Time};
use crate::delivery::KeptPackage;
use crate::run_rows::path_text;
use crate::{Action, ConnectionId, Deed, RunId, RunState, Store, StoreError, connection_rows};

impl Store {
    /// The packages of a connection that were not removed, newest first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn kept_packages(&self, connection: ConnectionId) -> Result<Vec<KeptPackage>, StoreError> {
        self.read(|database| kept(database, connection))
    }

    /// Decides that the package of a run goes, if nobody needs it: not the newest of its connection, not the newest
    /// complete one, none that a destination waits for. Tells whether it goes. The trail has it with the decision, so that
    /// no package goes untold, whenever its folder follows.
    ///
    /// # Errors
    /// Those of writing.
    pub fn begin_removal(&mut self, run: RunId, now: Timestamp) -> Result<bool, StoreError> {
        self.change(|database, acting| {
            let connection = "SELECT connection_id FROM runs WHERE id = ?1";
            let connection: Option<Text<ConnectionId>> =
                database.query_row(connection, [Text(run)], |row| row.get(0)).optional()?;
            let Some(Text(connection)) = connection else { return Ok(false) };
            let all = kept(database, connection)?;
            let newest_complete = all.iter().position(|package| package.state == RunState::Complete);
            let found = all.iter().enumerate().find(|(_, package)| package.run == run);
            let Some((_, package)) =
                found.filter(|(at, package)| *at > 0 && Some(*at) != newest_complete && !package.awaited)
            else {
                return Ok(false);
            };
            database.execute("UPDATE runs SET package_removed_at = ?2 WHERE id = ?1", (Text(run), Time(now)))?;
            note(database, acting, connection, run, &package.folder)?;
            Ok(true)
        })
    }

    /// Decides that packages go whose connection is about to be removed.
    ///
    /// # Errors
    /// Those of writing; [`StoreError::Input`] for a path that is not UTF-8.
    pub fn note_removals(&mut self, connection: ConnectionId, packages: &[(RunId, PathBuf)]) -> Result<(), StoreError> {
        self.change(|database, acting| {
            packages.iter().try_for_each(|(run, folder)| note(database, acting, connection, *run, folder))
        })
    }

    /// Packages that were decided to go, and of which something may be left.
    ///
    /// # Errors
    /// Those of reading.
    pub fn removals(&self) -> Result<Vec<(RunId, PathBuf)>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare("SELECT run_id, package_dir FROM removals ORDER BY rowid")?;
            let rows = statement.query_map([], |row| {
                Ok((row.get::<_, Text<RunId>>(0)?.0, row.get::<_, String>(1).map(PathBuf::from)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Notes that nothing is left of a removed package.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end_removal(&mut self, run: RunId) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute("DELETE FROM removals WHERE run_id = ?1", [Text(run)])?;
            Ok(())
        })
    }
}

/// Notes a package that goes, and tells it.
fn note(
    database: &Database,
    acting: &Acting,
    connection: ConnectionId,
    run: RunId,
    folder: &Path,
) -> Result<(), StoreError> {
    let folder = path_text(folder)?;
    database.execute("INSERT OR IGNORE INTO removals (run_id, package_dir) VALUES (?1, ?2)", (Text(run), folder))?;
    let deed = Deed::to_connection(Action::PackagesRemoved, &connection_rows::load(database, connection)?);
    acting.record(database, &deed.with("run", run.to_string()).with("folder", folder))
}

fn kept(database: &Database, connection: ConnectionId) -> Result<Vec<KeptPackage>, StoreError> {
    let mut statement = database.prepare(
        "SELECT id, state, started_at, package_dir, EXISTS (SELECT 1 FROM deliveries WHERE run_id = runs.id \
         AND deliveries.state = 'waiting') FROM runs WHERE connection_id = ?1 AND package_id IS NOT NULL \
         AND package_dir IS NOT NULL AND package_removed_at IS NULL ORDER BY started_at DESC, rowid DESC",
    )?;
    let rows = statement.query_map([Text(connection)], |row| {
        Ok(KeptPackage {
            run: row.get::<_, Text<_>>(0)?.0,
            state: row.get::<_, Text<_>>(1)?.0,
            started_at: row.get::<_, Time>(2)?.0,
            folder: row.get::<_, String>(3).map(PathBuf::from)?,
            awaited: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
