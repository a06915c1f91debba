//! Storing runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension, Row};

use crate::column::{Json, Text, Time};
use crate::delivery_rows;
use crate::due_rows;
use crate::run_totals;
use crate::{ConnectionId, InvalidInput, Run, RunId, RunOutcome, RunState, Store, StoreError};

const COLUMNS: &str = "id, connection_id, started_at, schedule_name, due_at, finished_at, state, package_id, \
                       package_dir, summary, error, \
                       package_removed_at";

impl Store {
    /// Stores a run that begins. `package_dir` is where its package will be, where that is known already: after a crash
    /// it tells where to look.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`], [`StoreError::Input`] for a folder that is not UTF-8.
    pub fn insert_run(
        &mut self,
        id: RunId,
        connection: ConnectionId,
        started_at: Timestamp,
        package_dir: Option<&Path>,
    ) -> Result<(), StoreError> {
        let package_dir = package_dir.map(path_text).transpose()?;
        self.write(|database| {
            let inserted = database.execute(
                "INSERT INTO runs (id, connection_id, started_at, state, package_dir) \
                 SELECT ?1, id, ?3, ?4, ?5 FROM connections WHERE id = ?2",
                (Text(id), Text(connection), Time(started_at), RunState::Running.as_str(), package_dir),
            )?;
            if inserted == 0 { Err(StoreError::NoSuchConnection { id: connection }) } else { Ok(()) }
        })
    }

    /// Stores how a run ended, and owes its package to every destination that wants it. A run ends once.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`], [`StoreError::RunEnded`], [`StoreError::Input`] for a state that is no end or a
    /// folder that is not UTF-8.
    pub fn finish_run(&mut self, id: RunId, outcome: &RunOutcome) -> Result<(), StoreError> {
        if outcome.state == RunState::Running {
            return Err(
                InvalidInput::new("run state", "must be one in which a run ends", outcome.state.as_str()).into()
            );
        }
        let package_dir = outcome.package_dir.as_deref().map(path_text).transpose()?;
        self.write(|database| {
            if load(database, id)?.state != RunState::Running {
                return Err(StoreError::RunEnded { id });
            }
            database.execute(
                "UPDATE runs SET finished_at = ?2, state = ?3, package_id = ?4, \
                 package_dir = coalesce(?5, package_dir), summary = ?6, error = ?7 WHERE id = ?1",
                (
                    Text(id),
                    Time(outcome.finished_at),
                    outcome.state.as_str(),
                    &outcome.package_id,
                    package_dir,
                    outcome.summary.as_ref().map(Json),
                    outcome.error.as_ref().map(Json),
                ),
            )?;
            run_totals::count(database, id)?;
            delivery_rows::queue(database, id)?;
            due_rows::settle(database, id)
        })
    }

    /// The run with this id.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`].
    pub fn run(&self, id: RunId) -> Result<Run, StoreError> {
        self.read(|database| load(database, id))
    }

    /// The newest runs of a connection, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of reading.
    pub fn runs(&self, connection: ConnectionId, limit: u32) -> Result<Vec<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE connection_id = ?1 ORDER BY started_at DESC, rowid DESC LIMIT ?2"
        );
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map((Text(connection), limit), from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The newest runs of all connections, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of reading.
    pub fn all_runs(&self, limit: u32) -> Result<Vec<Run>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM runs ORDER BY started_at DESC, rowid DESC LIMIT ?1");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([limit], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The newest runs of some connections, newest first, at most `limit` altogether.
    ///
    /// # Errors
    /// Those of reading.
    pub fn runs_of(&self, connections: &BTreeSet<ConnectionId>, limit: u32) -> Result<Vec<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE connection_id IN (SELECT value FROM json_each(?1)) \
             ORDER BY started_at DESC, rowid DESC LIMIT ?2"
        );
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map((Json(connections), limit), from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The newest run of a connection.
    ///
    /// # Errors
    /// Those of reading.
    pub fn last_run(&self, connection: ConnectionId) -> Result<Option<Run>, StoreError> {
        Ok(self.runs(connection, 1)?.pop())
    }

    /// The newest run of a connection that ended by itself: it does not go on, and nobody cancelled it.
    ///
    /// # Errors
    /// Those of reading.
    pub fn last_ended_run(&self, connection: ConnectionId) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE connection_id = ?1 AND state NOT IN (?2, ?3) \
             ORDER BY started_at DESC, rowid DESC LIMIT 1"
        );
        self.read(|database| {
            let others = (Text(connection), RunState::Running.as_str(), RunState::Cancelled.as_str());
            Ok(database.query_row(&sql, others, from_row).optional()?)
        })
    }

    /// The newest run of a connection whose package is complete.
    ///
    /// # Errors
    /// Those of reading.
    pub fn last_complete_run(&self, connection: ConnectionId) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE connection_id = ?1 AND state = ?2 \
             ORDER BY started_at DESC, rowid DESC LIMIT 1"
        );
        self.read(|database| {
            let complete = (Text(connection), RunState::Complete.as_str());
            Ok(database.query_row(&sql, complete, from_row).optional()?)
        })
    }

    /// The newest run of a connection that left a package, complete or not.
    ///
    /// # Errors
    /// Those of reading.
    pub fn last_run_with_package(&self, connection: ConnectionId) -> Result<Option<Run>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE connection_id = ?1 AND package_id IS NOT NULL \
             ORDER BY started_at DESC, rowid DESC LIMIT 1"
        );
        self.read(|database| Ok(database.query_row(&sql, [Text(connection)], from_row).optional()?))
    }

    /// The runs that have not ended, oldest first. Right after [`Store::open`] these are the ones that a crash left.
    ///
    /// # Errors
    /// Those of reading.
    pub fn running_runs(&self) -> Result<Vec<Run>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE state = ?1 ORDER BY started_at, rowid");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([RunState::Running.as_str()], from_row)?.collect::<Result<_, _>>()?)
        })
    }
}

fn load(database: &Database, id: RunId) -> Result<Run, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE id = ?1");
    database.query_row(&sql, [Text(id)], from_row).optional()?.ok_or(StoreError::NoSuchRun { id })
}

/// A path as text. A lossy one would name another folder.
pub(crate) fn path_text(path: &Path) -> Result<&str, InvalidInput> {
    path.to_str().ok_or_else(|| InvalidInput::new("package folder", "must be valid UTF-8", &path.to_string_lossy()))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: row.get::<_, Text<_>>("id")?.0,
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        started_at: row.get::<_, Time>("started_at")?.0,
        schedule_name: row.get("schedule_name")?,
        due_at: row.get::<_, Option<Time>>("due_at")?.map(|time| time.0),
        state: row.get::<_, Text<_>>("state")?.0,
        finished_at: row.get::<_, Option<Time>>("finished_at")?.map(|time| time.0),
        package_id: row.get("package_id")?,
        package_dir: row.get::<_, Option<String>>("package_dir")?.map(PathBuf::from),
        summary: row.get::<_, Option<Json<_>>>("summary")?.map(|json| json.0),
        error: row.get::<_, Option<Json<_>>>("error")?.map(|json| json.0),
        package_removed_at: row.get::<_, Option<Time>>("package_removed_at")?.map(|time| time.0),
    })
}

#[cfg(test)]
mod tests;
