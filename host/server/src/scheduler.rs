//! Starts what is due, as long as the beacon serves.

use crate::app::App;
use crate::imports;
use beacon_api::Happened;
use beacon_operations::scheduling;
use beacon_operations::{Installation, RESUMABLE, Trouble, offboarding, settle_published};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, watch};
use tracing::error;

/// The clock may be set, and a host may sleep without noticing: it is looked at anew at least this often.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Between two looks there is always a moment, whatever the plan says.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);

/// What keeps the schedules.
pub(crate) struct Scheduler {
    woken: Notify,
    /// How many imports may be at work at the same time.
    parallel_runs: usize,
    trouble: Mutex<Option<Trouble>>,
    looked: Mutex<Instant>,
}

impl Scheduler {
    pub(crate) fn new(parallel_runs: usize) -> Self {
        Self { woken: Notify::new(), parallel_runs, trouble: Mutex::default(), looked: Mutex::new(Instant::now()) }
    }

    /// How many imports may be at work at the same time.
    pub(crate) fn parallel_runs(&self) -> usize {
        self.parallel_runs
    }

    /// Something changed that may make something due.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// What kept it from its work when it looked last.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a trouble, so that people see it.
    pub(crate) fn complain(&self, trouble: &Trouble) {
        let mut present = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        // It looks every few seconds: the same trouble is told once.
        if present.as_ref().is_none_or(|present| present.code != trouble.code) {
            error!(code = trouble.code, title = trouble.title, "the schedules cannot be kept");
        }
        *present = Some(trouble.clone());
    }

    /// Whether it looked not long ago.
    pub(crate) fn is_alive(&self) -> bool {
        self.looked.lock().unwrap_or_else(PoisonError::into_inner).elapsed() < LONGEST_PAUSE * 3
    }

    /// How many imports may be at work at the same time.
    pub(crate) fn limit(&self) -> usize {
        self.parallel_runs
    }

    fn looks(&self) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn content(&self) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Looks, starts, waits, until it is stopped.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    go_on(&app).await;
    loop {
        app.scheduler.looks();
        let pause = match look(&app) {
            Ok(pause) => {
                app.scheduler.content();
                pause
            }
            Err(trouble) => {
                app.scheduler.complain(&trouble);
                LONGEST_PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.scheduler.woken.notified() => {}
            _ = stop.changed() => return,
        }
    }
}

/// Imports that a person started and that a stop interrupted go on; those of a schedule do anyway, as still owed.
async fn go_on(app: &Arc<App>) {
    let interrupted = || -> Result<Vec<_>, Trouble> {
        let store = app.installation.store();
        let owed: BTreeSet<_> = store.due()?.into_iter().map(|due| due.connection).collect();
        let mut running = store.running_runs()?;
        // An older one would begin anew, which nobody asked for.
        let now = Installation::now();
        running.retain(|run| now.duration_since(run.started_at) <= RESUMABLE);
        let connections = running.into_iter().map(|run| run.connection).filter(|id| !owed.contains(id));
        let held = store.held()?;
        let unique: BTreeSet<_> = connections.filter(|id| !held.contains_key(id)).collect();
        unique.into_iter().map(|id| Ok(store.connection(id)?)).collect()
    };
    // Customers whose erasing was interrupted are erased before anything else is done.
    if let Err(trouble) = offboarding::finish(&app.installation) {
        app.scheduler.complain(&trouble);
    }
    // A run whose package is there is over in all but name; it must not begin anew.
    match settle_published(&app.installation).and_then(|()| interrupted()) {
        Err(trouble) => app.scheduler.complain(&trouble),
        Ok(connections) => {
            for connection in connections {
                // One that cannot go on is in the list of runs with its reason when it is tried next.
                let _ = imports::start(app, connection).await;
            }
        }
    }
}

/// Starts what may start now; gives how long there is nothing to do.
fn look(app: &Arc<App>) -> Result<Duration, Trouble> {
    let now = Installation::now();
    let (startable, next) = {
        let mut store = app.installation.store();
        scheduling::decide(&mut store, now)?;
        let startable = scheduling::startable(&store, now, &app.imports.busy(), app.scheduler.limit())?;
        (startable, scheduling::next_moment(&store, now)?)
    };
    if !startable.is_empty() {
        app.tell(Happened::Connections);
    }
    for startable in startable {
        imports::start_due(app, startable);
    }
    let until = next.map_or(SignedDuration::MAX, |next| next.duration_since(now));
    // A time that is past is pause enough, too: the clock may have been set between the two.
    Ok(Duration::try_from(until).unwrap_or(SHORTEST_PAUSE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
}
