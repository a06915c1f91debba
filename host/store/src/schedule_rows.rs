//! Storing schedules, and which connections follow them.

use jiff::Timestamp;
use rusqlite::{Connection as Database, OptionalExtension, Row, named_params};
use serde_json::json;
use uuid::Uuid;

use crate::column::{Json, Text, Time};
use crate::{Action, ConnectionId, Deed, NewSchedule, Schedule, ScheduleId, Store, StoreError, connection_rows, name};

const COLUMNS: &str = "id, name, rule, zone, missed, jitter_seconds, \"window\", parallel, considered_at, created_at, \
                       updated_at";

impl Store {
    /// Stores a new schedule. Times before `now` are none of its.
    ///
    /// # Errors
    /// [`StoreError::ScheduleNameTaken`], [`StoreError::Timing`], [`StoreError::Input`].
    pub fn insert_schedule(&mut self, plan: NewSchedule, now: Timestamp) -> Result<Schedule, StoreError> {
        plan.check()?;
        let id = ScheduleId::from(Uuid::new_v4());
        let schedule = Schedule { id, plan, considered_at: now, created_at: now, updated_at: now };
        self.change(|database, acting| {
            check_name(database, &schedule)?;
            save(
                database,
                &schedule,
                "INSERT INTO schedules (id, name, name_key, rule, zone, missed, jitter_seconds, \"window\", parallel, \
                 considered_at, created_at, updated_at) VALUES (:id, :name, :name_key, :rule, :zone, :missed, \
                 :jitter_seconds, :window, :parallel, :considered_at, :created_at, :updated_at)",
            )?;
            acting.record(database, &deed(Action::ScheduleAdded, &schedule).changes(&json!({}), &schedule.plan))
        })?;
        Ok(schedule)
    }

    /// Changes a schedule. Other times count from now on; runs that are owed already stay owed.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSchedule`] and those of [`Self::insert_schedule`].
    pub fn update_schedule(
        &mut self,
        id: ScheduleId,
        plan: NewSchedule,
        now: Timestamp,
    ) -> Result<Schedule, StoreError> {
        plan.check()?;
        self.change(|database, acting| {
            let stored = load(database, id)?;
            let same_times = stored.plan.rule == plan.rule && stored.plan.zone == plan.zone;
            let considered_at = if same_times { stored.considered_at } else { now };
            let before = stored.plan;
            let schedule = Schedule { id, plan, considered_at, created_at: stored.created_at, updated_at: now };
            check_name(database, &schedule)?;
            save(
                database,
                &schedule,
                "UPDATE schedules SET name = :name, name_key = :name_key, rule = :rule, zone = :zone, \
                 missed = :missed, jitter_seconds = :jitter_seconds, \"window\" = :window, parallel = :parallel, \
                 considered_at = :considered_at, created_at = :created_at, updated_at = :updated_at WHERE id = :id",
            )?;
            let deed = deed(Action::ScheduleChanged, &schedule).changes(&before, &schedule.plan);
            if deed.has_details() {
                acting.record(database, &deed)?;
            }
            Ok(schedule)
        })
    }

    /// Deletes a schedule. Its connections are not scheduled any more, and nothing they owed by it is owed.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSchedule`].
    pub fn delete_schedule(&mut self, id: ScheduleId) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let schedule = load(database, id)?;
            let count = "SELECT count(*) FROM connections WHERE schedule_id = ?1";
            let followers: u64 = database.query_row(count, [Text(id)], |row| row.get(0))?;
            database.execute("DELETE FROM schedules WHERE id = ?1", [Text(id)])?;
            acting.record(database, &deed(Action::ScheduleRemoved, &schedule).with("not_scheduled", followers))
        })
    }

    /// The schedule with this id.
    ///
    /// # Errors
    /// [`StoreError::NoSuchSchedule`].
    pub fn schedule(&self, id: ScheduleId) -> Result<Schedule, StoreError> {
        self.read(|database| load(database, id))
    }

    /// The schedule with this name, compared as names are.
    ///
    /// # Errors
    /// Those of reading.
    pub fn schedule_by_name(&self, text: &str) -> Result<Option<Schedule>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM schedules WHERE name_key = ?1");
        let key = name::comparison_key(text);
        self.read(|database| Ok(database.query_row(&sql, [key], from_row).optional()?))
    }

    /// All schedules, by name.
    ///
    /// # Errors
    /// Those of reading.
    pub fn schedules(&self) -> Result<Vec<Schedule>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM schedules ORDER BY name_key");
        self.read(|database| {
            let mut statement = database.prepare(&sql)?;
            Ok(statement.query_map([], from_row)?.collect::<Result<_, _>>()?)
        })
    }

    /// Lets a connection follow a schedule, or none. What it owed by the one before, and was not begun, is not owed any
    /// more.
    ///
    /// # Errors
    /// [`StoreError::NoSuchConnection`], [`StoreError::NoSuchSchedule`].
    pub fn assign_schedule(
        &mut self,
        connection: ConnectionId,
        schedule: Option<ScheduleId>,
    ) -> Result<(), StoreError> {
        self.change(|database, acting| {
            let stored = connection_rows::load(database, connection)?;
            let name = |id: ScheduleId| Ok::<_, StoreError>(load(database, id)?.plan.name);
            let told = json!({ "schedule": schedule.map(name).transpose()? });
            let before = json!({ "schedule": stored.schedule.map(name).transpose()? });
            database.execute(
                "UPDATE connections SET schedule_id = ?2 WHERE id = ?1",
                (Text(connection), schedule.map(Text)),
            )?;
            if stored.schedule != schedule {
                let deed = Deed::to_connection(Action::ConnectionScheduled, &stored).changes(&before, &told);
                acting.record(database, &deed)?;
            }
            database.execute(
                "DELETE FROM due WHERE connection_id = ?1 AND run_id IS NULL AND schedule_id IS NOT ?2",
                (Text(connection), schedule.map(Text)),
            )?;
            Ok(())
        })
    }
}

pub(crate) fn deed(action: Action, schedule: &Schedule) -> Deed {
    Deed::new(action, "schedule", schedule.id, &schedule.plan.name)
}

pub(crate) fn load(database: &Database, id: ScheduleId) -> Result<Schedule, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM schedules WHERE id = ?1");
    let found = database.query_row(&sql, [Text(id)], from_row).optional()?;
    found.ok_or(StoreError::NoSuchSchedule { id })
}

fn check_name(database: &Database, schedule: &Schedule) -> Result<(), StoreError> {
    let key = (schedule.plan.name.comparison_key(), Text(schedule.id));
    let taken = database
        .query_row("SELECT name FROM schedules WHERE name_key = ?1 AND id <> ?2", key, |row| row.get(0))
        .optional()?;
    taken.map_or(Ok(()), |name| Err(StoreError::ScheduleNameTaken { name }))
}

fn save(database: &Database, schedule: &Schedule, sql: &str) -> Result<(), StoreError> {
    let plan = &schedule.plan;
    database.execute(
        sql,
        named_params! {
            ":id": Text(schedule.id),
            ":name": plan.name.as_str(),
            ":name_key": plan.name.comparison_key(),
            ":rule": Json(&plan.rule),
            ":zone": plan.zone,
            ":missed": plan.missed.as_str(),
            ":jitter_seconds": plan.jitter_seconds,
            ":window": plan.window.map(Text),
            ":parallel": plan.parallel,
            ":considered_at": Time(schedule.considered_at),
            ":created_at": Time(schedule.created_at),
            ":updated_at": Time(schedule.updated_at),
        },
    )?;
    Ok(())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Schedule> {
    Ok(Schedule {
        id: row.get::<_, Text<_>>("id")?.0,
        plan: NewSchedule {
            name: row.get::<_, Text<_>>("name")?.0,
            rule: row.get::<_, Json<_>>("rule")?.0,
            zone: row.get("zone")?,
            missed: row.get::<_, Text<_>>("missed")?.0,
            jitter_seconds: row.get("jitter_seconds")?,
            window: row.get::<_, Option<Text<_>>>("window")?.map(|window| window.0),
            parallel: row.get("parallel")?,
        },
        considered_at: row.get::<_, Time>("considered_at")?.0,
        created_at: row.get::<_, Time>("created_at")?.0,
        updated_at: row.get::<_, Time>("updated_at")?.0,
    })
}
