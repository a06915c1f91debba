//! Who acts: whoever begins something on behalf of a person says so, and everything that is changed from there on is told
//! of that person in the audit trail. Where nobody said anything the beacon acts by itself.
//!
//! It goes with the task, as a span of the log does, so that no operation can forget to hand it on. A task or thread that
//! is begun meanwhile does not know it: whoever begins one for the person hands it over.

use crate::installation::Installation;
use beacon_store::{Actor, Store};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

tokio::task_local! {
    static ACTOR: Arc<Actor>;
}

static BEACON: LazyLock<Arc<Actor>> = LazyLock::new(|| Arc::new(Actor::beacon()));

/// Does something as this actor.
pub async fn acting_as<T>(actor: Arc<Actor>, job: impl Future<Output = T>) -> T {
    ACTOR.scope(actor, job).await
}

/// The same on a thread that has no tasks.
pub fn acting_here<T>(actor: Arc<Actor>, job: impl FnOnce() -> T) -> T {
    ACTOR.sync_scope(actor, job)
}

/// Who acts here.
#[must_use]
pub fn actor() -> Arc<Actor> {
    ACTOR.try_with(Arc::clone).unwrap_or_else(|_| Arc::clone(&BEACON))
}

/// From now on whoever acts here acts on this database.
pub(crate) fn attend(store: &mut Store) {
    store.act_as(actor(), Installation::now());
}

/// The database, for whoever acts here.
pub(crate) fn attended(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
    attend(&mut store);
    store
}
