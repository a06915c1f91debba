//! Imports of this process: *Execute Now*, those that are due, and those that a command line waits for.

mod watched;

pub(crate) use watched::Watched;

use crate::app::App;
use crate::problem::Refusal;
use crate::watcher::Watcher;
use beacon_api::{Happened, LogLevel};
use beacon_contract::FailKind;
use beacon_driver::Cancel;
use beacon_operations::offboarding::Begun;
use beacon_operations::scheduling::{self, Startable};
use beacon_operations::{ImportOrder, Installation, Module, Trouble, acting_as, actor, prepare};
use beacon_package::FileFormat;
use beacon_store::{Connection, ConnectionId, Due, RunId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot, watch};
use tracing::warn;

/// An import at work.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) watcher: Arc<Watcher>,
    cancel: Cancel,
}

/// All imports at work.
#[derive(Default)]
pub(crate) struct Imports {
    /// Connections whose import is about to start or at work: one at a time.
    busy: Mutex<BTreeSet<ConnectionId>>,
    /// Connections that wait for their turn among others. Whoever waits for one goes when it is taken away.
    queued: watch::Sender<BTreeSet<ConnectionId>>,
    live: Mutex<BTreeMap<RunId, Live>>,
    /// One of them ended.
    room: Notify,
    /// The connection whose sign-in is kept alive just now. Set and looked at under the lock of `busy`, so that an import
    /// and this never use one token together.
    exercised: watch::Sender<Option<ConnectionId>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Imports {
    pub(crate) fn find(&self, run: RunId) -> Option<Live> {
        locked(&self.live).get(&run).cloned()
    }

    pub(crate) fn is_busy(&self, connection: ConnectionId) -> bool {
        locked(&self.busy).contains(&connection)
    }

    /// Connections whose import is about to start or at work.
    pub(crate) fn busy(&self) -> BTreeSet<ConnectionId> {
        locked(&self.busy).clone()
    }

    /// Marks a connection whose sign-in is about to be kept alive; `None` if it is at work.
    pub(crate) fn exercise(&self, app: &Arc<App>, connection: ConnectionId) -> Option<Exercised> {
        let busy = locked(&self.busy);
        if busy.contains(&connection) {
            return None;
        }
        self.exercised.send_replace(Some(connection));
        Some(Exercised(Arc::clone(app)))
    }

    /// Gives up an import that waits for its turn among others.
    pub(crate) fn unqueue(&self, connection: ConnectionId) {
        self.queued.send_if_modified(|queued| queued.remove(&connection));
    }

    /// Waits until somebody gives it up.
    async fn unqueued(&self, connection: ConnectionId) {
        let mut queued = self.queued.subscribe();
        // The sender lives as long as the imports do.
        let _ = queued.wait_for(|queued| !queued.contains(&connection)).await;
    }

    /// Waits until nobody keeps the sign-in of this connection alive; to be called with the mark that it is at work.
    pub(crate) async fn rested(&self, connection: ConnectionId) {
        let mut exercised = self.exercised.subscribe();
        // The sender lives as long as the imports do.
        let _ = exercised.wait_for(|exercised| *exercised != Some(connection)).await;
    }
}

impl Live {
    pub(crate) fn cancel(&self) {
        self.watcher.log(LogLevel::Warning, "stopped by a person");
        self.cancel.cancel();
    }
}

/// Takes the mark away however keeping alive ends.
pub(crate) struct Exercised(Arc<App>);

impl Drop for Exercised {
    fn drop(&mut self) {
        self.0.imports.exercised.send_replace(None);
    }
}

/// The mark that a connection is at work, taken away however its import ends.
pub(crate) struct Busy {
    pub(crate) app: Arc<App>,
    connection: ConnectionId,
}

impl Drop for Busy {
    fn drop(&mut self) {
        locked(&self.app.imports.busy).remove(&self.connection);
        self.app.imports.room.notify_waiters();
        self.app.scheduler.wake();
    }
}

/// Why an import does not start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// One of this connection is under way.
    ConnectionBusy,
    /// One of another connection of the same tenant is.
    TenantBusy,
    /// There are as many as there may be.
    NoRoom,
    /// It is being removed.
    Leaving,
}

impl NotNow {
    const ADVICE: &str = "Wait until it is over, or stop it first.";

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ConnectionBusy => ("run.busy", "An import of this connection is under way."),
            Self::TenantBusy => ("run.tenant_busy", "Another connection imports this tenant just now."),
            Self::NoRoom => ("run.no_room", "As many imports are at work as may be at the same time."),
            Self::Leaving => ("connection.leaving", "This connection is being removed just now."),
        }
    }
}

impl From<NotNow> for Refusal {
    fn from(not_now: NotNow) -> Self {
        let (code, title) = not_now.words();
        Self::conflict(code, title, NotNow::ADVICE)
    }
}

impl From<NotNow> for Trouble {
    fn from(not_now: NotNow) -> Self {
        let (code, title) = not_now.words();
        Self::new(FailKind::Retry, code, title, NotNow::ADVICE)
    }
}

/// Takes the mark that a connection is at work, if nothing of its tenant is, and if there is room for one more of so
/// many.
pub(crate) fn claim(app: &Arc<App>, connection: &Connection, limit: usize) -> Result<Result<Busy, NotNow>, Trouble> {
    // Both at once, so that nobody else starts in between.
    let store = app.installation.store();
    let mut busy = locked(&app.imports.busy);
    Ok(if app.installation.is_leaving(connection.id) {
        Err(NotNow::Leaving)
    } else if busy.contains(&connection.id) {
        Err(NotNow::ConnectionBusy)
    } else if scheduling::tenant_busy(&store, connection, &busy)? {
        Err(NotNow::TenantBusy)
    } else if busy.len() >= limit {
        Err(NotNow::NoRoom)
    } else {
        busy.insert(connection.id);
        Ok(Busy { app: Arc::clone(app), connection: connection.id })
    })
}

/// The same, and waits for room.
pub(crate) async fn claim_in_turn(
    app: &Arc<App>,
    connection: &Connection,
    waits: impl FnOnce(),
) -> Result<Busy, Trouble> {
    claim_patiently(app, connection, |not_now| not_now == NotNow::NoRoom, waits).await
}

/// The same as one of several: waits as well until none of its tenant is at work.
pub(crate) async fn claim_among(app: &Arc<App>, connection: &Connection) -> Result<Busy, Trouble> {
    claim_patiently(app, connection, |not_now| matches!(not_now, NotNow::TenantBusy | NotNow::NoRoom), || {}).await
}

async fn claim_patiently(
    app: &Arc<App>,
    connection: &Connection,
    passes: impl Fn(NotNow) -> bool,
    waits: impl FnOnce(),
) -> Result<Busy, Trouble> {
    let mut waits = Some(waits);
    loop {
        let mut room = std::pin::pin!(app.imports.room.notified());
        // From now on no end is missed.
        room.as_mut().enable();
        match claim(app, connection, app.scheduler.limit())? {
            Ok(busy) => return Ok(busy),
            Err(not_now) if passes(not_now) => {
                if let Some(waits) = waits.take() {
                    waits();
                }
                room.await;
            }
            Err(not_now) => return Err(not_now.into()),
        }
    }
}

/// Starts an import because a person says so; gives its id once it is in the list of runs.
pub(crate) async fn start(app: &Arc<App>, connection: Connection) -> Result<RunId, Refusal> {
    let busy = claim(app, &connection, usize::MAX)??;
    let (started, starting) = oneshot::channel();
    tokio::spawn(acting_as(actor(), async move {
        let app = Arc::clone(&busy.app);
        // Whoever asked may be gone; then nobody has to be told.
        let began = |run: Result<RunId, Trouble>| drop(started.send(run));
        whole(&app, &connection, None, began).await;
        drop(busy);
        app.ended();
    }));
    let began = starting.await.map_err(|_| Refusal::defect("run.start", "The import did not start."))?;
    Ok(began?)
}

/// Starts an import as one of several, as soon as there is room and none of its tenant is at work; `false` if one of this
/// connection is at work or waits already. What waits is forgotten when the beacon ends.
pub(crate) fn start_among(app: &Arc<App>, connection: Connection) -> bool {
    let queue = |queued: &mut BTreeSet<_>| queued.insert(connection.id);
    if app.imports.is_busy(connection.id) || !app.imports.queued.send_if_modified(queue) {
        return false;
    }
    let app = Arc::clone(app);
    tokio::spawn(acting_as(actor(), async move {
        let claimed = tokio::select! {
            biased;
            () = app.imports.unqueued(connection.id) => return,
            claimed = claim_among(&app, &connection) => claimed,
            () = app.stopped.cancelled() => return,
        };
        app.imports.unqueue(connection.id);
        let began = |run: Result<RunId, Trouble>| {
            let Err(Trouble { code, title, .. }) = run else { return };
            warn!(connection = connection.name.as_str(), code, title, "an import of several could not begin");
        };
        match claimed {
            Ok(busy) => {
                whole(&app, &connection, None, began).await;
                drop(busy);
                app.ended();
            }
            Err(trouble) => began(Err(trouble)),
        }
    }));
    true
}

/// Starts an import that is due.
pub(crate) fn start_due(app: &Arc<App>, startable: Startable) {
    let Startable { connection, due } = startable;
    let busy = match claim(app, &connection, usize::MAX) {
        Ok(Ok(busy)) => busy,
        // It is still owed, and looked at again when the other one ends.
        Ok(Err(_)) => return,
        Err(trouble) => return app.scheduler.complain(&trouble),
    };
    // A command line may have done it since it was looked at.
    let owed = app.installation.store().due_of(connection.id);
    if owed.is_ok_and(|owed| owed.is_none()) {
        return;
    }
    tokio::spawn(async move {
        let app = Arc::clone(&busy.app);
        let began = |run: Result<RunId, Trouble>| {
            let Err(trouble) = run else { return };
            if let Err(error) = scheduling::could_not_begin(&app.installation, &due, &trouble, Installation::now()) {
                app.scheduler.complain(&error);
            }
        };
        whole(&app, &connection, Some(due.clone()), began).await;
        drop(busy);
        app.ended();
    });
}

/// Gives up what somebody does with the connections of a customer who is about to be erased.
pub(crate) fn release(app: &App, begun: &Begun) -> Result<(), Trouble> {
    let busy = app.imports.busy();
    if begun.connections().any(|id| busy.contains(&id)) {
        return Err(NotNow::ConnectionBusy.into());
    }
    for id in begun.connections() {
        app.imports.unqueue(id);
        app.tasks.give_up_all(id);
    }
    Ok(())
}

impl App {
    /// An import is over: lists changed, and there is perhaps a package to send.
    fn ended(&self) {
        self.tell(Happened::Connections);
        self.packages.notify_one();
    }
}

async fn whole(app: &Arc<App>, connection: &Connection, due: Option<Due>, began: impl FnOnce(Result<RunId, Trouble>)) {
    app.imports.rested(connection.id).await;
    let by_schedule = due.is_some();
    let order = ImportOrder { output: None, format: FileFormat::Parquet, due };
    let module = Module::find(&app.installation.folders, None, &connection.source_type);
    let prepared = match &module {
        Ok(module) => prepare(&app.installation, connection, module, &order),
        Err(trouble) => Err(trouble.clone()),
    };
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(trouble) => return began(Err(trouble)),
    };
    let reason = if by_schedule { ", as its schedule says" } else { "" };
    let watched = Watched::begin(app, &prepared, reason, &Cancel::new());
    began(Ok(prepared.session.run));
    // How it ended is in the list of runs and in its log.
    let _ = watched.import(prepared, None).await;
}
