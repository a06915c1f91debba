//! Runs that this very process works on, and connections that leave. Nobody in it may take one of those runs for left over
//! from a dead process, or change the connection below it; nobody may begin to work on a connection that leaves.

use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_store::{Connection, ConnectionId, RunId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All of them.
#[derive(Clone, Default)]
pub(crate) struct AtWork(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    runs: BTreeMap<RunId, ConnectionId>,
    leaving: BTreeSet<ConnectionId>,
}

/// A run at work, as long as this lives.
pub(crate) struct RunAtWork {
    all: AtWork,
    run: RunId,
}

/// Connections that leave, as long as this lives.
pub(crate) struct Leaving {
    all: AtWork,
    connections: BTreeSet<ConnectionId>,
}

impl Known {
    fn none_of(&self, connection: &Connection) -> Result<(), Trouble> {
        if self.runs.values().all(|busy| *busy != connection.id) {
            return Ok(());
        }
        let title = format!("an import of {} is under way", connection.name);
        let advice = "Wait until it is over, or stop it first.";
        Err(Trouble::new(FailKind::Retry, "run.busy", title, advice))
    }

    fn stays(&self, connection: &Connection) -> Result<(), Trouble> {
        if !self.leaving.contains(&connection.id) {
            return Ok(());
        }
        let title = format!("{} is being removed just now", connection.name);
        Err(Trouble::new(FailKind::Retry, "connection.leaving", title, "See in a moment whether it is still there."))
    }
}

impl AtWork {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a run, unless its connection leaves.
    pub(crate) fn begin(&self, run: RunId, connection: &Connection) -> Result<RunAtWork, Trouble> {
        let mut known = self.known();
        known.stays(connection)?;
        known.runs.insert(run, connection.id);
        Ok(RunAtWork { all: self.clone(), run })
    }

    pub(crate) fn holds(&self, run: RunId) -> bool {
        self.known().runs.contains_key(&run)
    }

    /// Refuses what would pull a connection away from below its import.
    pub(crate) fn none_of(&self, connection: &Connection) -> Result<(), Trouble> {
        self.known().none_of(connection)
    }

    /// From now on no run of these connections begins; refused while one is at work.
    pub(crate) fn leave(&self, connections: &[Connection]) -> Result<Leaving, Trouble> {
        let mut known = self.known();
        connections
            .iter()
            .try_for_each(|connection| known.stays(connection).and_then(|()| known.none_of(connection)))?;
        let connections: BTreeSet<_> = connections.iter().map(|connection| connection.id).collect();
        known.leaving.extend(&connections);
        Ok(Leaving { all: self.clone(), connections })
    }

    pub(crate) fn leaves(&self, connection: ConnectionId) -> bool {
        self.known().leaving.contains(&connection)
    }
}

impl Drop for RunAtWork {
    fn drop(&mut self) {
        self.all.known().runs.remove(&self.run);
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.all.known().leaving.retain(|id| !self.connections.contains(id));
    }
}

#[cfg(test)]
mod tests {
    use super::AtWork;
    use beacon_store::{Connection, RunId};
    use serde_json::json;
    use uuid::Uuid;

    fn connection(number: u128) -> Connection {
        let connection = json!({
            "id": Uuid::from_u128(number), "name": format!("Tenant {number}"), "source_type": "", "module_id": "",
            "settings": {}, "granted_scopes": [], "settings_revision": 1,
            "created_at": "2026-03-01T06:00:00Z", "updated_at": "2026-03-01T06:00:00Z",
        });
        serde_json::from_value(connection).unwrap()
    }

    #[test]
    fn nothing_begins_on_what_leaves_and_nothing_leaves_from_below_a_run() {
        let at_work = AtWork::default();
        let [one, other] = [1, 2].map(connection);
        let [first, second] = [1, 2].map(|number| RunId::from(Uuid::from_u128(number)));
        let both = [one.clone(), other.clone()];
        let run = at_work.begin(first, &other).ok();
        assert_eq!(at_work.leave(&both).err().map(|refused| refused.code).as_deref(), Some("run.busy"));
        assert!(!at_work.leaves(one.id), "all of them leave, or none");
        drop(run);
        let leaving = at_work.leave(&both).ok();
        assert!(leaving.is_some() && !at_work.holds(first));
        assert_eq!(
            at_work.begin(second, &one).err().map(|refused| refused.code).as_deref(),
            Some("connection.leaving")
        );
        assert_eq!(at_work.leave(&both).err().map(|refused| refused.code).as_deref(), Some("connection.leaving"));
        assert!(at_work.leaves(one.id), "who is refused takes nothing back");
        drop(leaving);
        assert!(at_work.begin(second, &one).is_ok());
    }
}
