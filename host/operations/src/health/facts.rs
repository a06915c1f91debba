//! What is known of a connection, and decides how it stands.

use super::dying::{DEGRADED_DAYS, Dying, dying};
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_store::{Connection, ConnectionId, Due, Held, Occasion, Run, RunState, ScheduleId, Store, StuckDelivery};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// Slot in which a refresh token lies.
const REFRESH_TOKEN: &str = "refresh_token";

/// Flows in which a person consents and leaves a refresh token.
const BY_PERSON: [&str; 2] = ["authorization_code", "device_code"];

/// The app that is preset, and that every organisation may use.
const VENDOR_APP: &str = "vendor_app";

/// Failed attempts after which a package does not arrive any more: half an hour after the first.
const STUCK_AFTER: u32 = 3;

/// What one question answers for all connections.
pub(super) struct Common {
    pub(super) held: BTreeMap<ConnectionId, Held>,
    due: BTreeMap<ConnectionId, Due>,
    stuck: BTreeMap<ConnectionId, StuckDelivery>,
    occasions: BTreeMap<ScheduleId, Occasion>,
    dying: BTreeMap<String, Dying>,
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
    /// When the stored consent came.
    pub(super) consented_at: Option<Timestamp>,
    pub(super) dying: Option<Dying>,
    pub(super) due: Option<Due>,
    /// The newest time of its schedule.
    pub(super) occasion: Option<Occasion>,
    pub(super) stuck: Option<StuckDelivery>,
}

impl Common {
    pub(super) fn gather(installation: &Installation, now: Timestamp) -> Result<Self, Trouble> {
        let mut by_name = BTreeMap::new();
        for one in dying(installation, now)?.into_iter().filter(|one| one.days_left <= DEGRADED_DAYS) {
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
        })
    }
}

pub(super) fn gather(store: &Store, connection: &Connection, common: &Common) -> Result<Facts, Trouble> {
    let last = store.last_ended_run(connection.id)?;
    let ends_so_since = match &last {
        None => None,
        Some(run) => store.ends_so_since(connection.id, alike(run.state))?,
    };
    let setting = |name| connection.settings.get(name).and_then(Value::as_str);
    // The vendor's app has no secret: without a choice of the flow a person signs in to it.
    let by_person = setting("flow").map_or(setting("sign_in") == Some(VENDOR_APP), |flow| BY_PERSON.contains(&flow));
    let secrets = store.secrets(connection.id)?;
    let token = secrets.iter().find(|row| row.slot.as_str() == REFRESH_TOKEN);
    Ok(Facts {
        created_at: connection.created_at,
        held: common.held.get(&connection.id).copied(),
        last,
        ends_so_since,
        nobody_consented: by_person && token.is_none(),
        consented_at: token.map(|row| row.updated_at),
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
