//! Whether the work is done: schedules, runs that are owed, packages on their way, and credentials that die.

pub(super) mod judge;

use super::ServingFacts;
use crate::expiring::Expiring;
use crate::health::STUCK_AFTER;
use crate::installation::Installation;
use crate::scheduling::followers;
use crate::trouble::Trouble;
use beacon_health::State;
use beacon_store::{Connection, StuckDelivery};
use jiff::Timestamp;

/// What is known of the work.
pub(super) struct OwedFacts {
    pub(super) serving: Option<ServingFacts>,
    /// Schedules that connections follow, each with its oldest time that nobody decided about.
    pub(super) schedules: Vec<(String, Option<Timestamp>)>,
    /// Runs that are owed and were not begun: the connection, and since when it may start.
    pub(super) owed: Vec<(String, Timestamp)>,
    /// Packages that do not arrive, with their connection.
    pub(super) stuck: Vec<(String, StuckDelivery)>,
    /// Credentials that die.
    pub(super) dying: Vec<Expiring>,
    /// Connections that need a consent by what was found last: name, code, what happened, the next step.
    pub(super) without_consent: Vec<[String; 4]>,
}

pub(super) fn gather(
    installation: &Installation,
    connections: &[Connection],
    serving: Option<ServingFacts>,
    now: Timestamp,
) -> Result<OwedFacts, Trouble> {
    let mut dying = installation.expiring(now)?;
    dying.retain(|one| one.connections.iter().any(|name| connections.iter().any(|known| known.name.as_str() == name)));
    let store = installation.store();
    let held = store.held()?;
    let free = |connection: &&Connection| !held.contains_key(&connection.id);
    let mut schedules = Vec::new();
    for schedule in store.schedules()? {
        let followers = followers(&store, schedule.id)?;
        let looked_at = |one: &Connection| connections.iter().any(|known| known.id == one.id);
        if followers.iter().filter(free).any(looked_at) {
            let open = schedule.plan.timing()?.next_after(schedule.considered_at).filter(|at| *at <= now);
            schedules.push((schedule.plan.name.to_string(), open));
        }
    }
    let (due, mut stuck, standings) = (store.due()?, store.stuck_deliveries(STUCK_AFTER)?, store.standings()?);
    let owed = |connection: &Connection| {
        let due = due.iter().find(|due| due.connection == connection.id && due.run.is_none())?;
        Some((connection.name.to_string(), due.starts_at))
    };
    let without_consent = |connection: &Connection| {
        let standing = standings.get(&connection.id).filter(|standing| standing.state == State::NeedsConsent)?;
        let cause = standing.cause.clone();
        Some([connection.name.to_string(), cause.code, cause.title, cause.next_step])
    };
    Ok(OwedFacts {
        serving,
        schedules,
        owed: connections.iter().filter(free).filter_map(owed).collect(),
        stuck: connections.iter().filter_map(|one| Some((one.name.to_string(), stuck.remove(&one.id)?))).collect(),
        dying,
        without_consent: connections.iter().filter(free).filter_map(without_consent).collect(),
    })
}
