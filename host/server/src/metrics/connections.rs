//! How connections stand, and what will stop them.

use super::exposition::{Family, Kind};
use crate::app::App;
use crate::problem::Refusal;
use crate::routes::health;
use beacon_health::State;
use jiff::Timestamp;
use std::collections::BTreeMap;

pub(super) fn families(app: &App, per_connection: bool, now: Timestamp) -> Result<Vec<Family>, Refusal> {
    let standings = health::look(app)?;
    let connections = app.installation.store().connections()?;
    let names: BTreeMap<_, _> = connections.iter().map(|one| (one.id, one.name.to_string())).collect();
    let mut states = Family::new("connections", "Connections by their state", Kind::Gauge);
    for state in State::ALL {
        states.set([("state", state.as_str().to_owned())], 0.0);
    }
    let mut each = Family::new("connection_state", "1 for the state that a connection is in", Kind::Gauge);
    let mut since =
        Family::new("connection_state_since_timestamp_seconds", "When a connection came into its state", Kind::Gauge);
    for (id, standing) in &standings {
        let state = standing.state.as_str().to_owned();
        states.add([("state", state.clone())], 1.0);
        if let Some(name) = names.get(id).filter(|_| per_connection) {
            each.set([("connection", name.clone()), ("state", state)], 1.0);
            since.set([("connection", name.clone())], seconds(standing.since));
        }
    }
    let mut days =
        Family::new("credential_days_left", "Days until a credential dies, for those that do within 30", Kind::Gauge);
    for one in app.installation.expiring(now)? {
        let left = f64::from(one.end.days_left);
        let credential = one.end.what.label();
        for name in one.connections.iter().filter(|_| per_connection) {
            days.least([("connection", name.clone()), ("credential", credential.to_owned())], left);
        }
        if !per_connection {
            days.least([("credential", credential.to_owned())], left);
        }
    }
    Ok(vec![states, each, since, days])
}

/// Seconds since 1970, as monitoring writes moments.
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}
