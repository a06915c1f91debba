//! Whether the work is done: schedules, runs that are owed, packages on their way, and credentials that die.

pub(super) mod judge;

use super::ServingFacts;
use super::unread::Unread;
use crate::expiring::Expiring;
use crate::health::STUCK_AFTER;
use crate::installation::Installation;
use beacon_health::State;
use beacon_store::{Connection, ConnectionId, Schedule, StuckDelivery};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What is known of the work.
pub(super) struct OwedFacts {
    pub(super) serving: Option<ServingFacts>,
    /// Schedules that connections follow, each with its oldest time that nobody decided about.
    pub(super) schedules: Vec<(String, Option<Timestamp>)>,
    /// Runs that are owed and were not begun: the connection, and since when it may start.
    pub(super) owed: Vec<(String, Timestamp)>,
    /// Packages that do not arrive, with their connection.
    pub(super) stuck: Vec<(String, StuckDelivery)>,
    /// Credentials that die, each with whether a person holds everything that needs it.
    pub(super) dying: Vec<(Expiring, bool)>,
    /// Connections that need a consent by what was found last: name, code, what happened, the next step.
    pub(super) without_consent: Vec<[String; 4]>,
}

/// Everything that is known of these connections; what a person holds owes nothing.
pub(super) fn gather(
    installation: &Installation,
    connections: &[Connection],
    held: &BTreeSet<ConnectionId>,
    serving: Option<ServingFacts>,
    now: Timestamp,
    unread: &mut Unread,
) -> OwedFacts {
    let dying = unread.or_nothing("credentials", installation.expiring(now));
    let needed_by = |expiring: Expiring| {
        let needs = |one: &&Connection| expiring.connections.iter().any(|name| name == one.name.as_str());
        let mut needing = connections.iter().filter(needs).peekable();
        needing.peek()?;
        let all_held = needing.all(|one| held.contains(&one.id));
        Some((expiring, all_held))
    };
    let dying = dying.into_iter().filter_map(needed_by).collect();
    let store = installation.store();
    let free: Vec<&Connection> = connections.iter().filter(|one| !held.contains(&one.id)).collect();
    let mut schedules = Vec::new();
    for Schedule { id, plan, considered_at, .. } in unread.or_nothing("schedules", store.schedules()) {
        if free.iter().any(|one| one.schedule == Some(id)) {
            let timing = unread.or_nothing(&format!("schedule {}", plan.name), plan.timing().map(Some));
            let open = timing.and_then(|timing| timing.next_after(considered_at)).filter(|at| *at <= now);
            schedules.push((plan.name.to_string(), open));
        }
    }
    let due = unread.or_nothing("owed runs", store.due());
    let mut stuck = unread.or_nothing("packages on their way", store.stuck_deliveries(STUCK_AFTER));
    let standings = unread.or_nothing("states of connections", store.standings());
    let owed = |connection: &&Connection| {
        let due = due.iter().find(|due| due.connection == connection.id && due.run.is_none())?;
        Some((connection.name.to_string(), due.starts_at))
    };
    let without_consent = |connection: &&Connection| {
        let standing = standings.get(&connection.id).filter(|standing| standing.state == State::NeedsConsent)?;
        let cause = standing.cause.clone();
        Some([connection.name.to_string(), cause.code, cause.title, cause.next_step])
    };
    OwedFacts {
        serving,
        schedules,
        owed: free.iter().filter_map(owed).collect(),
        stuck: connections.iter().filter_map(|one| Some((one.name.to_string(), stuck.remove(&one.id)?))).collect(),
        dying,
        without_consent: free.iter().filter_map(without_consent).collect(),
    }
}
