//! Runs by schedule: what is due, and which of it may start now. The same for a beacon that serves and for
//! `beacon run --due`; time is passed in.

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_schedule::{Decision, consider};
use beacon_store::{
    Connection, ConnectionId, Due, NewSchedule, Occasion, OccasionOutcome, Outcome, RunId, RunOutcome, Schedule,
    ScheduleId, Store, TenantKey,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use tracing::{info, warn};
use uuid::Uuid;

/// A run that is owed and may start.
#[derive(Clone, Debug)]
pub struct Startable {
    /// The connection.
    pub connection: Connection,
    /// What it owes.
    pub due: Due,
}

/// Decides what became of every time of every schedule up to `now`, and stores it. To be called as often as one likes.
///
/// # Errors
/// [`Trouble`] of the store. What was stored before it stays.
pub fn decide(store: &mut Store, now: Timestamp) -> Result<(), Trouble> {
    for schedule in store.schedules()? {
        let timing = schedule.plan.timing()?;
        let (at, first, count, outcome) = match consider(&timing, schedule.plan.missed, schedule.considered_at, now) {
            Decision::Nothing => continue,
            Decision::Due { at, first, missed, late: false } => (at, first, missed + 1, OccasionOutcome::Kept),
            Decision::Due { at, first, missed, late: true } => (at, first, missed + 1, OccasionOutcome::MadeUp),
            Decision::Skipped { first, last, count } => (last, first, count, OccasionOutcome::Skipped),
            Decision::ClockSetBack => (now, now, 0, OccasionOutcome::ClockSetBack),
        };
        let occasion = Occasion { at, first, count, outcome, decided_at: now };
        fire(store, &schedule, &occasion, now)?;
    }
    Ok(())
}

/// Makes all connections of a schedule due now; its own times stay as they are.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn trigger(store: &mut Store, schedule: &Schedule, now: Timestamp) -> Result<usize, Trouble> {
    let occasion = Occasion { at: now, first: now, count: 1, outcome: OccasionOutcome::ByHand, decided_at: now };
    let considered_at = schedule.considered_at;
    fire(store, schedule, &occasion, considered_at)
}

/// Gives how many connections are due by it. Those that a person holds are not; that they are left out is counted.
fn fire(
    store: &mut Store,
    schedule: &Schedule,
    occasion: &Occasion,
    considered_at: Timestamp,
) -> Result<usize, Trouble> {
    let timing = schedule.plan.timing()?;
    let by_hand = occasion.outcome == OccasionOutcome::ByHand;
    let (held, free): (Vec<_>, Vec<_>) =
        if matches!(occasion.outcome, OccasionOutcome::Skipped | OccasionOutcome::ClockSetBack) {
            Default::default()
        } else {
            let all_held = store.held()?;
            let followers = followers(store, schedule.id)?.into_iter().map(|connection| connection.id);
            followers.partition(|id| all_held.contains_key(id))
        };
    let start =
        |id: &ConnectionId| if by_hand { occasion.at } else { timing.start(id.as_uuid().as_bytes(), occasion.at) };
    let due: Vec<_> = free.into_iter().map(|id| (id, start(&id))).collect();
    let count = due.len();
    let (name, outcome) = (schedule.plan.name.as_str(), occasion.outcome.as_str());
    info!(schedule = name, at = %occasion.at, outcome, due = count, "a time of a schedule came");
    store.decide(schedule.id, &Outcome { considered_at, occasion: occasion.clone(), due, held })?;
    Ok(count)
}

/// The connections that follow a schedule, by name.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn followers(store: &Store, schedule: ScheduleId) -> Result<Vec<Connection>, Trouble> {
    let mut connections = store.connections()?;
    connections.retain(|connection| connection.schedule == Some(schedule));
    Ok(connections)
}

/// The owed runs that may start now, beside those of `busy` connections: at most `limit` at a time altogether, never two
/// of one tenant, of one schedule as many as it says, and only within its window. Those that were interrupted come
/// first: they are half done. What a person holds waits.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn startable(
    store: &Store,
    now: Timestamp,
    busy: &BTreeSet<ConnectionId>,
    limit: usize,
) -> Result<Vec<Startable>, Trouble> {
    let mut owed = store.due()?;
    let held = store.held()?;
    owed.retain(|due| !held.contains_key(&due.connection));
    if owed.is_empty() || busy.len() >= limit {
        return Ok(Vec::new());
    }
    owed.sort_by_key(|due| due.run.is_none());
    let connections: BTreeMap<_, _> = store.connections()?.into_iter().map(|one| (one.id, one)).collect();
    let schedules: BTreeMap<_, _> = store.schedules()?.into_iter().map(|one| (one.id, one)).collect();
    let mut at_work = AtWork::default();
    for connection in busy.iter().filter_map(|id| connections.get(id)) {
        let schedule = owed.iter().find(|due| due.connection == connection.id).map(|due| due.schedule);
        at_work.add(connection, schedule);
    }
    let mut chosen = Vec::new();
    for due in owed {
        if busy.len() + chosen.len() >= limit {
            break;
        }
        let (Some(connection), Some(schedule)) = (connections.get(&due.connection), schedules.get(&due.schedule))
        else {
            continue;
        };
        let open = due.starts_at <= now && schedule.plan.timing()?.open(now) <= now;
        // One that was begun goes on whatever the window says: half of it is done.
        let free = !busy.contains(&connection.id) && at_work.allow(connection, schedule);
        if free && (open || due.run.is_some()) {
            at_work.add(connection, Some(schedule.id));
            chosen.push(Startable { connection: connection.clone(), due });
        }
    }
    Ok(chosen)
}

/// What is at work, as far as it keeps others from starting.
#[derive(Default)]
struct AtWork {
    tenants: BTreeSet<TenantKey>,
    by_schedule: BTreeMap<ScheduleId, u32>,
}

impl AtWork {
    fn add(&mut self, connection: &Connection, schedule: Option<ScheduleId>) {
        self.tenants.extend(tenants(connection).cloned());
        if let Some(schedule) = schedule {
            *self.by_schedule.entry(schedule).or_default() += 1;
        }
    }

    fn allow(&self, connection: &Connection, schedule: &Schedule) -> bool {
        let running = self.by_schedule.get(&schedule.id).copied().unwrap_or(0);
        running < schedule.plan.parallel && !tenants(connection).any(|tenant| self.tenants.contains(tenant))
    }
}

/// The tenant by consent and by settings: either shows that two connections mean the same.
fn tenants(connection: &Connection) -> impl Iterator<Item = &TenantKey> {
    connection.tenant_id.iter().chain(&connection.tenant_key)
}

/// Whether both import one tenant, by consent or by settings.
#[must_use]
pub fn share_tenant(one: &Connection, other: &Connection) -> bool {
    tenants(other).any(|tenant| tenants(one).any(|own| own == tenant))
}

/// Whether another connection of the same tenant is among these.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn tenant_busy(store: &Store, connection: &Connection, busy: &BTreeSet<ConnectionId>) -> Result<bool, Trouble> {
    for id in busy.iter().filter(|id| **id != connection.id) {
        if share_tenant(&store.connection(*id)?, connection) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When there may be something to do next: a time of a schedule, or an owed run whose moment comes. `None` if nothing is
/// planned.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn next_moment(store: &Store, now: Timestamp) -> Result<Option<Timestamp>, Trouble> {
    let mut next: Option<Timestamp> = None;
    let mut consider = |moment: Timestamp| next = Some(next.map_or(moment, |next| next.min(moment)));
    let schedules = store.schedules()?;
    for schedule in &schedules {
        if let Some(at) = schedule.plan.timing()?.next_after(schedule.considered_at) {
            consider(at);
        }
    }
    let held = store.held()?;
    for due in store.due()?.into_iter().filter(|due| !held.contains_key(&due.connection)) {
        if let Some(schedule) = schedules.iter().find(|schedule| schedule.id == due.schedule) {
            let opening = schedule.plan.timing()?.open(due.starts_at.max(now));
            if opening > now {
                consider(opening);
            }
        }
    }
    Ok(next)
}

/// When a connection runs next by its schedule: what it owes, or the next time; `None` also while a person holds it.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn next_run(store: &Store, connection: &Connection, now: Timestamp) -> Result<Option<Timestamp>, Trouble> {
    let Some(schedule) = connection.schedule else { return Ok(None) };
    if store.held()?.contains_key(&connection.id) {
        return Ok(None);
    }
    if let Some(due) = store.due_of(connection.id)? {
        return Ok(Some(due.starts_at.max(now)));
    }
    let schedule = store.schedule(schedule)?;
    let timing = schedule.plan.timing()?;
    let next = timing.next_after(schedule.considered_at.max(now));
    Ok(next.map(|at| timing.start(connection.id.as_uuid().as_bytes(), at)))
}

/// Stores that an owed run could not even be begun, so that people see it and it is not tried again in a circle.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn could_not_begin(
    installation: &Installation,
    due: &Due,
    trouble: &Trouble,
    now: Timestamp,
) -> Result<RunId, Trouble> {
    let run = RunId::from(Uuid::new_v4());
    warn!(%run, connection = %due.connection, code = trouble.code, "an import that is due could not begin");
    let mut store = installation.store();
    store.insert_due_run(run, due, now, None)?;
    let outcome = RunOutcome {
        state: trouble.run_state(),
        finished_at: now,
        package_id: None,
        package_dir: None,
        summary: None,
        error: serde_json::to_value(trouble).ok(),
    };
    store.finish_run(run, &outcome)?;
    Ok(run)
}

/// The schedule of a name, or an error that lists what there is.
///
/// # Errors
/// [`Trouble`] if there is none.
pub fn named(store: &Store, name: &str) -> Result<Schedule, Trouble> {
    if let Some(schedule) = store.schedule_by_name(name)? {
        return Ok(schedule);
    }
    let names: Vec<String> = store.schedules()?.iter().map(|one| one.plan.name.to_string()).collect();
    let advice = if names.is_empty() {
        "Add one with `beacon schedule add NAME`.".to_owned()
    } else {
        format!("Schedules: {}.", names.join(", "))
    };
    Err(Trouble::settings("schedule.unknown", format!("there is no schedule named {name:?}"), advice))
}

/// The next times of a plan after `now`, at most `count`.
///
/// # Errors
/// [`Trouble`] that names the field that is wrong.
pub fn upcoming(plan: &NewSchedule, now: Timestamp, count: usize) -> Result<Vec<Timestamp>, Trouble> {
    Ok(plan.timing()?.upcoming(now).take(count).collect())
}
