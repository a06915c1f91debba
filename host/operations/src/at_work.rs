//! Runs that this very process works on. Nobody in it may take one of them for left over from a dead process, or change
//! the connection below it.

use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_store::{Connection, ConnectionId, RunId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All runs at work.
#[derive(Clone, Default)]
pub(crate) struct AtWork(Arc<Mutex<BTreeMap<RunId, ConnectionId>>>);

/// One of them, as long as this lives.
pub(crate) struct RunAtWork {
    all: AtWork,
    run: RunId,
}

impl AtWork {
    fn runs(&self) -> MutexGuard<'_, BTreeMap<RunId, ConnectionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self, run: RunId, connection: ConnectionId) -> RunAtWork {
        self.runs().insert(run, connection);
        RunAtWork { all: self.clone(), run }
    }

    pub(crate) fn holds(&self, run: RunId) -> bool {
        self.runs().contains_key(&run)
    }

    /// Refuses what would pull a connection away from below its import.
    pub(crate) fn none_of(&self, connection: &Connection) -> Result<(), Trouble> {
        if self.runs().values().all(|busy| *busy != connection.id) {
            return Ok(());
        }
        let title = format!("an import of {} is under way", connection.name);
        let advice = "Wait until it is over, or stop it first.";
        Err(Trouble::new(FailKind::Retry, "run.busy", title, advice))
    }
}

impl Drop for RunAtWork {
    fn drop(&mut self) {
        self.all.runs().remove(&self.run);
    }
}
