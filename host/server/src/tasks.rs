//! The tasks of this process. They are forgotten after an hour, a consent that waits for confirmation after three days,
//! and all at a restart.

use crate::problem::Refusal;
use crate::task::Task;
use axum::http::StatusCode;
use beacon_api::{ProblemKind, TaskKind};
use beacon_store::{ConnectionId, InvitationId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a task is kept, over or not: longer than any sign-in may take.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// How long a consent waits for confirmation: one that came by a link on a Friday is there on Monday.
const UNCONFIRMED: SignedDuration = SignedDuration::from_hours(72);

/// Tasks at work at the same time that people with an account ordered.
const ORDERED: usize = 32;

/// Sign-ins under way at the same time that links began. They are counted apart, so that whoever was sent a link keeps
/// nobody here from working. Each has an instance of the module for as long as somebody takes at Microsoft.
const INVITED: usize = 64;

/// All tasks.
pub(crate) struct Tasks {
    all: Mutex<BTreeMap<String, Arc<Task>>>,
    ordered: Arc<Semaphore>,
    invited: Arc<Semaphore>,
}

/// Room for one task while it is at work; given back when it is dropped.
pub(crate) type Place = OwnedSemaphorePermit;

impl Default for Tasks {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self { all: Mutex::default(), ordered: places(ORDERED), invited: places(INVITED) }
    }
}

impl Tasks {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Task>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Room for a task that somebody with an account orders.
    pub(crate) fn place(&self) -> Result<Place, Refusal> {
        Arc::clone(&self.ordered).try_acquire_owned().map_err(|_| {
            let title = "Too many consents, tests and previews are under way.";
            let status = StatusCode::TOO_MANY_REQUESTS;
            Refusal::new(status, ProblemKind::Retry, "task.too_many", title, "Try again in a minute.")
        })
    }

    /// Room for a sign-in that a link begins, if there is some.
    pub(crate) fn place_of_link(&self) -> Option<Place> {
        Arc::clone(&self.invited).try_acquire_owned().ok()
    }

    /// Forgets what is old, and gives up what a new task of this kind and connection replaces, because nobody waits for
    /// its answer any more. Gives the invitations of those that were given up.
    pub(crate) fn retire(&self, now: Timestamp, replaced: Option<(ConnectionId, TaskKind)>) -> Vec<InvitationId> {
        let mut given_up = Vec::new();
        self.all().retain(|_, known| {
            let kept = if known.waits_for_confirmation() { UNCONFIRMED } else { KEPT };
            let old = now.duration_since(known.started_at) >= kept;
            let replaced = replaced == Some((known.connection, known.state().kind));
            if (old || replaced) && !known.is_over() {
                known.give_up();
                given_up.extend(known.invitation);
            }
            !old
        });
        given_up
    }

    /// Adds a task.
    pub(crate) fn add(&self, task: Task) -> Arc<Task> {
        let task = Arc::new(task);
        self.all().insert(task.id.clone(), Arc::clone(&task));
        task
    }

    pub(crate) fn find(&self, id: &str) -> Result<Arc<Task>, Refusal> {
        self.all().get(id).cloned().ok_or_else(|| Refusal::not_found("task"))
    }

    /// The task whose sign-in has this `state`.
    pub(crate) fn expecting(&self, state: &str) -> Option<Arc<Task>> {
        self.all().values().find(|task| task.expects(state)).cloned()
    }

    /// The newest task of a connection whose consent waits for confirmation.
    pub(crate) fn unconfirmed(&self, connection: ConnectionId) -> Option<String> {
        let all = self.all();
        let waiting = all.values().filter(|task| task.connection == connection && task.waits_for_confirmation());
        waiting.max_by_key(|task| task.started_at).map(|task| task.id.clone())
    }

    /// Whether a sign-in of a connection is under way that began with a link.
    pub(crate) fn is_invited(&self, connection: ConnectionId) -> bool {
        self.all().values().any(|task| task.is_invited(connection))
    }

    /// Ends sign-ins of a connection that began with a link.
    pub(crate) fn give_up_invited(&self, connection: ConnectionId) {
        for task in self.all().values().filter(|task| task.is_invited(connection)) {
            task.give_up();
        }
    }

    /// Ends everything that a connection has under way.
    pub(crate) fn give_up_all(&self, connection: ConnectionId) {
        for task in self.all().values().filter(|task| task.connection == connection && !task.is_over()) {
            task.give_up();
        }
    }
}
