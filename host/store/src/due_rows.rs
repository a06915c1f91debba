//! Runs that are owed. A row is there from the moment a time came until the run for it has ended, each step in one
//! transaction with what it belongs to: so nothing that is due is lost or done twice, whenever the process dies.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension, Row};
use serde::Serialize;

use crate::column::{Text, Time};
use crate::run_rows::path_text;
use crate::schedule::{Occasion, OccasionOutcome};
use crate::{Action, ConnectionId, RunId, RunState, ScheduleId, Store, StoreError, schedule_rows, switch_rows};

/// What became of a schedule's times is remembered this long.
const OCCASIONS_KEPT: u32 = 500;

/// A run that is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The connection that has to run.
    pub connection: ConnectionId,
    /// The schedule that said so.
    pub schedule: ScheduleId,
    /// The time that came.
    pub fired_at: Timestamp,
    /// Not before this moment: jitter and window.
    pub starts_at: Timestamp,
    /// The run that was begun for it.
    pub run: Option<RunId>,
}

/// What a look at a schedule brought.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Every time up to this moment is decided.
    pub considered_at: Timestamp,
    /// What became of those that came.
    pub occasion: Occasion,
    /// Connections that have to run, and from when on.
    pub due: Vec<(ConnectionId, Timestamp)>,
    /// Connections that would have to run, if no person held them.
    pub held: Vec<ConnectionId>,
}

impl Store {
    /// Stores what a look at a schedule brought, all of it or nothing. A connection that owes a run already owes that
    /// one, by the newer time.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSchedule`].
    pub fn decide(&mut self, schedule: ScheduleId, outcome: &Outcome) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let stored = schedule_rows::load(database, schedule)?;
            if outcome.occasion.outcome == OccasionOutcome::ByHand {
                let deed = schedule_rows::deed(Action::ScheduleTriggered, &stored);
                acting.record(database, &deed.with("due", outcome.due.len()).with("held", outcome.held.len()))?;
            }
            database.execute(
                "UPDATE schedules SET considered_at = ?2 WHERE id = ?1",
                (Text(schedule), Time(outcome.considered_at)),
            )?;
            let occasion = &outcome.occasion;
            database.execute(
                "INSERT INTO occasions (schedule_id, at, first, count, outcome, decided_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                (
                    Text(schedule),
                    Time(occasion.at),
                    Time(occasion.first),
                    occasion.count,
                    occasion.outcome.as_str(),
                    Time(occasion.decided_at),
                ),
            )?;
            database.execute(
                "DELETE FROM occasions WHERE schedule_id = ?1 AND rowid NOT IN \
                 (SELECT rowid FROM occasions WHERE schedule_id = ?1 ORDER BY rowid DESC LIMIT ?2)",
                (Text(schedule), OCCASIONS_KEPT),
            )?;
            for (connection, starts_at) in &outcome.due {
                database.execute(
                    "INSERT INTO due (connection_id, schedule_id, fired_at, starts_at) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT (connection_id) DO UPDATE SET schedule_id = ?2, fired_at = ?3, \
                     starts_at = min(starts_at, ?4) WHERE run_id IS NULL",
                    (Text(*connection), Text(schedule), Time(occasion.at), Time(*starts_at)),
                )?;
            }
            for connection in &outcome.held {
                switch_rows::count_skipped(database, *connection, occasion.at)?;
            }
            Ok(())
        })
    }

    /// All runs that are owed, the longest waiting first.
    ///
    /// # Errors
    /// Those of reading.
    pub fn due(&self) -> Result<Vec<Due>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare(
                "SELECT due.connection_id, due.schedule_id, fired_at, starts_at, run_id FROM due \
                 JOIN connections ON connections.id = due.connection_id ORDER BY fired_at, starts_at, name_key",
            )?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// The run that a connection owes, if it owes one.
    ///
    /// # Errors
    /// Those of reading.
    pub fn due_of(&self, connection: ConnectionId) -> Result<Option<Due>, StoreError> {
        let sql = "SELECT connection_id, schedule_id, fired_at, starts_at, run_id FROM due WHERE connection_id = ?1";
        self.read(|database| Ok(database.query_row(sql, [Text(connection)], from_row).optional()?))
    }

    /// Stores a run that begins because it is owed; see [`Self::insert_run`].
    ///
    /// # Errors
    /// Those of [`Self::insert_run`]; [`StoreError::NoSuchSchedule`] if the schedule was deleted just now.
    pub fn insert_due_run(
        &mut self,
        id: RunId,
        due: &Due,
        started_at: Timestamp,
        package_dir: Option<&Path>,
    ) -> Result<(), StoreError> {
        let package_dir = package_dir.map(path_text).transpose()?;
        self.write(|database| {
            let schedule = schedule_rows::load(database, due.schedule)?;
            let inserted = database.execute(
                "INSERT INTO runs (id, connection_id, started_at, schedule_name, due_at, state, package_dir) \
                 SELECT ?1, id, ?3, ?4, ?5, ?6, ?7 FROM connections WHERE id = ?2",
                (
                    Text(id),
                    Text(due.connection),
                    Time(started_at),
                    schedule.plan.name.as_str(),
                    Time(due.fired_at),
                    RunState::Running.as_str(),
                    package_dir,
                ),
            )?;
            if inserted == 0 {
                return Err(StoreError::NoSuchConnection { id: due.connection });
            }
            attach(database, due.connection, id)
        })
    }

    /// An interrupted run goes on, and is what the connection owes, if it owes one.
    ///
    /// # Errors
    /// Those of writing.
    pub fn resume_due(&mut self, connection: ConnectionId, run: RunId) -> Result<(), StoreError> {
        self.write(|database| attach(database, connection, run))
    }

    /// The run came to nothing, by no fault of anybody: what it was begun for is still owed.
    ///
    /// # Errors
    /// Those of writing.
    pub fn release_due(&mut self, run: RunId) -> Result<(), StoreError> {
        self.write(|database| {
            database.execute("UPDATE due SET run_id = NULL WHERE run_id = ?1", [Text(run)])?;
            Ok(())
        })
    }

    /// What became of the newest times of a schedule, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of reading.
    pub fn occasions(&self, schedule: ScheduleId, limit: u32) -> Result<Vec<Occasion>, StoreError> {
        self.read(|database| {
            let mut statement = database.prepare(
                "SELECT at, first, count, outcome, decided_at FROM occasions WHERE schedule_id = ?1 \
                 ORDER BY rowid DESC LIMIT ?2",
            )?;
            Ok(statement.query_map((Text(schedule), limit), occasion)?.collect::<Result<_, _>>()?)
        })
    }
}

fn attach(database: &Database, connection: ConnectionId, run: RunId) -> Result<(), StoreError> {
    database.execute("UPDATE due SET run_id = ?2 WHERE connection_id = ?1", (Text(connection), Text(run)))?;
    Ok(())
}

/// The run ended, and nothing is owed for it any more.
pub(crate) fn settle(database: &Database, run: RunId) -> Result<(), StoreError> {
    database.execute("DELETE FROM due WHERE run_id = ?1", [Text(run)])?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Due> {
    Ok(Due {
        connection: row.get::<_, Text<_>>("connection_id")?.0,
        schedule: row.get::<_, Text<_>>("schedule_id")?.0,
        fired_at: row.get::<_, Time>("fired_at")?.0,
        starts_at: row.get::<_, Time>("starts_at")?.0,
        run: row.get::<_, Option<Text<_>>>("run_id")?.map(|id| id.0),
    })
}

fn occasion(row: &Row<'_>) -> rusqlite::Result<Occasion> {
    Ok(Occasion {
        at: row.get::<_, Time>("at")?.0,
        first: row.get::<_, Time>("first")?.0,
        count: row.get("count")?,
        outcome: row.get::<_, Text<OccasionOutcome>>("outcome")?.0,
        decided_at: row.get::<_, Time>("decided_at")?.0,
    })
}
