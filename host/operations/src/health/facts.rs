//! What is known of a connection, and decides how it stands.

use crate::expiring::{Expiring, REFRESH_TOKEN, is_delegated};
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_store::{
    Connection, ConnectionId, Due, Exercise, Held, Occasion, Run, RunState, ScheduleId, Store, StuckDelivery,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Days ahead in which a credential that dies makes its connections degraded.
const DEGRADED_DAYS: i32 = 14;

/// Failed attempts after which a package does not arrive any more: half an hour after the first.
pub(crate) const STUCK_AFTER: u32 = 3;

/// What one question answers for all connections.
pub(super) struct Common {
    pub(super) held: BTreeMap<ConnectionId, Held>,
    due: BTreeMap<ConnectionId, Due>,
    stuck: BTreeMap<ConnectionId, StuckDelivery>,
    occasions: BTreeMap<ScheduleId, Occasion>,
    dying: BTreeMap<String, Expiring>,
    exercises: BTreeMap<ConnectionId, Exercise>,
}

/// What is known of one.
pub(super) struct Facts {
    pub(super) created_at: Timestamp,
    pub(super) held: Option<Held>,
    /// The last run that ended by itself.
    pub(super) last: Option<Run>,
    /// Since when runs end as that one did.
    pub(super) ends_so_since: Option<Timestamp>,
    /// Whether a person has to consent, and has not.
    pub(super) nobody_consented: bool,
    /// The last attempt to keep the sign-in of a person alive.
    pub(super) exercise: Option<Exercise>,
    /// When the stored consent came, or was used for the last time.
    pub(super) consented_at: Option<Timestamp>,
    pub(super) dying: Option<Expiring>,
    pub(super) due: Option<Due>,
    /// The newest time of its schedule.
    pub(super) occasion: Option<Occasion>,
    pub(super) stuck: Option<StuckDelivery>,
}

impl Common {
    pub(super) fn gather(installation: &Installation, now: Timestamp) -> Result<Self, Trouble> {
        let mut by_name = BTreeMap::new();
        for one in installation.expiring(now)?.into_iter().filter(|one| one.end.days_left <= DEGRADED_DAYS) {
            for name in &one.connections {
                // The nearest comes first.
                by_name.entry(name.clone()).or_insert_with(|| one.clone());
            }
        }
        let store = installation.store();
        let mut occasions = BTreeMap::new();
        for schedule in store.schedules()? {
            occasions.extend(store.occasions(schedule.id, 1)?.pop().map(|newest| (schedule.id, newest)));
        }
        Ok(Self {
            held: store.held()?,
            due: store.due()?.into_iter().map(|due| (due.connection, due)).collect(),
            stuck: store.stuck_deliveries(STUCK_AFTER)?,
            occasions,
            dying: by_name,
            exercises: store.exercises()?.into_iter().map(|exercise| (exercise.connection, exercise)).collect(),
        })
    }
}

pub(super) fn gather(store: &Store, connection: &Connection, common: &Common) -> Result<Facts, Trouble> {
    let last = store.last_ended_run(connection.id)?;
    let ends_so_since = match &last {
        None => None,
        Some(run) => store.ends_so_since(connection.id, alike(run.state))?,
    };
    let secrets = store.secrets(connection.id)?;
    let token = secrets.iter().find(|row| row.slot.as_str() == REFRESH_TOKEN);
    Ok(Facts {
        created_at: connection.created_at,
        held: common.held.get(&connection.id).copied(),
        last,
        ends_so_since,
        nobody_consented: is_delegated(connection) && token.is_none(),
        consented_at: token.map(|row| row.updated_at),
        exercise: common.exercises.get(&connection.id).cloned(),
        dying: common.dying.get(connection.name.as_str()).cloned(),
        due: common.due.get(&connection.id).cloned(),
        occasion: connection.schedule.and_then(|schedule| common.occasions.get(&schedule).cloned()),
        stuck: common.stuck.get(&connection.id).cloned(),
    })
}

/// The ends that are one and the same state.
const fn alike(state: RunState) -> &'static [RunState] {
    match state {
        RunState::Complete | RunState::Running | RunState::Cancelled => &[RunState::Complete],
        RunState::Partial => &[RunState::Partial],
        RunState::ConsentNeeded => &[RunState::ConsentNeeded],
        RunState::Settings | RunState::Failed | RunState::ModuleFault => {
            &[RunState::Settings, RunState::Failed, RunState::ModuleFault]
        }
    }
}
