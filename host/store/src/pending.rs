//! State that one run leaves for the next, and that becomes valid only with the run's package.
//!
//! A run stores it as pending before the package's manifest is renamed into place, and promotes it
//! after that. A crash in between leaves it pending: at the start whoever knows the packages promotes
//! it where the manifest is there, and drops it where it is not.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use crate::column::{Text, Time};
use crate::{ConnectionId, RunId, Store, StoreError};

/// What kind of state it is. A connection has at most one valid state of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateKind(&'static str);

impl StateKind {
    /// The plan that the module returned, given to its next run.
    pub const PLAN: Self = Self::new("plan");

    /// The driver's partition plan, with the counts it depends on.
    pub const PARTITIONS: Self = Self::new("partitions");

    /// Another kind, by a stable name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }
}

/// A valid state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The run that left it.
    pub run: RunId,
    /// Its content; the shape belongs to whoever writes it.
    pub bytes: Vec<u8>,
}

/// A run with pending state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRun {
    /// The run.
    pub run: RunId,
    /// Its connection.
    pub connection: ConnectionId,
    /// When it began.
    pub started_at: Timestamp,
    /// Where its package is or would be.
    pub package_dir: Option<PathBuf>,
}

impl Store {
    /// Stores state of a run as pending, in place of what it stored before of this kind.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRun`].
    pub fn pending_state_put(&mut self, run: RunId, kind: StateKind, bytes: &[u8]) -> Result<(), StoreError> {
        self.write(|database| {
            let stored = database.execute(
                "INSERT OR REPLACE INTO pending_states (run_id, connection_id, kind, bytes) \
                 SELECT id, connection_id, ?2, ?3 FROM runs WHERE id = ?1",
                (Text(run), kind.0, bytes),
            )?;
            if stored == 0 { Err(StoreError::NoSuchRun { id: run }) } else { Ok(()) }
        })
    }

    /// Makes the pending state of a run valid, in place of what was; gives the number of kinds. Done again, it does
    /// nothing.
    ///
    /// # Errors
    /// Those of writing.
    pub fn promote(&mut self, run: RunId) -> Result<usize, StoreError> {
        self.write(|database| {
            database.execute(
                "INSERT OR REPLACE INTO states (connection_id, kind, run_id, bytes) \
                 SELECT connection_id, kind, run_id, bytes FROM pending_states WHERE run_id = ?1",
                [Text(run)],
            )?;
            Ok(database.execute("DELETE FROM pending_states WHERE run_id = ?1", [Text(run)])?)
        })
    }

    /// Drops the pending state of a run; gives the number of kinds. Valid state stays as it is.
    ///
    /// # Errors
    /// Those of writing.
    pub fn drop_pending(&mut self, run: RunId) -> Result<usize, StoreError> {
        self.write(|database| Ok(database.execute("DELETE FROM pending_states WHERE run_id = ?1", [Text(run)])?))
    }

    /// The runs with pending state, oldest first: promoted in this order, the newest one's state is what stays valid.
    ///
    /// # Errors
    /// Those of reading.
    pub fn pending_runs(&self) -> Result<Vec<PendingRun>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare(
                "SELECT id, connection_id, started_at, package_dir FROM runs \
                 WHERE id IN (SELECT run_id FROM pending_states) ORDER BY started_at, rowid",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(PendingRun {
                    run: row.get::<_, Text<_>>(0)?.0,
                    connection: row.get::<_, Text<_>>(1)?.0,
                    started_at: row.get::<_, Time>(2)?.0,
                    package_dir: row.get::<_, Option<String>>(3)?.map(PathBuf::from),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The valid state of a connection.
    ///
    /// # Errors
    /// Those of reading.
    pub fn state(&self, connection: ConnectionId, kind: StateKind) -> Result<Option<State>, StoreError> {
        let sql = "SELECT run_id, bytes FROM states WHERE connection_id = ?1 AND kind = ?2";
        self.read(|database| {
            let found = database.query_row(sql, (Text(connection), kind.0), |row| {
                Ok(State { run: row.get::<_, Text<_>>(0)?.0, bytes: row.get(1)? })
            });
            Ok(found.optional()?)
        })
    }
}

#[cfg(test)]
mod tests;
