//! Imports of this process: *Execute Now*, and those that are due.

use crate::app::App;
use crate::problem::Refusal;
use crate::watcher::Watcher;
use beacon_api::{Happened, LogLevel, RunPhase};
use beacon_driver::{Cancel, Observer};
use beacon_operations::scheduling::{self, Startable};
use beacon_operations::{Ended, ImportOrder, Installation, Module, Trouble, import, prepare};
use beacon_package::FileFormat;
use beacon_store::{Connection, ConnectionId, Due, RunId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

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
    live: Mutex<BTreeMap<RunId, Live>>,
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

    fn running(&self) -> BTreeSet<RunId> {
        locked(&self.live).keys().copied().collect()
    }
}

impl Live {
    pub(crate) fn cancel(&self) {
        self.watcher.log(LogLevel::Warning, "stopped by a person");
        self.cancel.cancel();
    }
}

/// Takes the mark away however the import ends.
struct Busy {
    app: Arc<App>,
    connection: ConnectionId,
}

impl Drop for Busy {
    fn drop(&mut self) {
        locked(&self.app.imports.busy).remove(&self.connection);
    }
}

/// Takes the mark that a connection is at work; `None` if it is already.
fn mark(app: &Arc<App>, connection: ConnectionId) -> Option<Busy> {
    locked(&app.imports.busy).insert(connection).then(|| Busy { app: Arc::clone(app), connection })
}

/// Starts an import because a person says so; gives its id once it is in the list of runs.
pub(crate) async fn start(app: &Arc<App>, connection: Connection) -> Result<RunId, Refusal> {
    let advice = "Wait until it is over, or stop it first.";
    if scheduling::tenant_busy(&app.installation.store(), &connection, &app.imports.busy())? {
        return Err(Refusal::conflict("run.tenant_busy", "Another connection imports this tenant just now.", advice));
    }
    let Some(busy) = mark(app, connection.id) else {
        return Err(Refusal::conflict("run.busy", "An import of this connection is under way.", advice));
    };
    let (started, starting) = oneshot::channel();
    tokio::spawn(async move {
        let app = Arc::clone(&busy.app);
        // Whoever asked may be gone; then nobody has to be told.
        let began = |run: Result<RunId, Trouble>| drop(started.send(run));
        whole(&app, &connection, None, began).await;
        drop(busy);
        app.ended();
    });
    let began = starting.await.map_err(|_| Refusal::defect("run.start", "The import did not start."))?;
    Ok(began?)
}

/// Starts an import that is due.
pub(crate) fn start_due(app: &Arc<App>, startable: Startable) {
    let Startable { connection, due } = startable;
    let Some(busy) = mark(app, connection.id) else { return };
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

impl App {
    /// An import is over: lists changed, there is room for another one, and perhaps a package to send.
    fn ended(&self) {
        self.tell(Happened::Connections);
        self.scheduler.wake();
        self.packages.notify_one();
    }
}

async fn whole(app: &Arc<App>, connection: &Connection, due: Option<Due>, began: impl FnOnce(Result<RunId, Trouble>)) {
    let by_schedule = due.is_some();
    let order = ImportOrder { output: None, format: FileFormat::Parquet, running_here: app.imports.running(), due };
    let module = Module::find(&app.installation.folders, None, &connection.source_type);
    let prepared = match &module {
        Ok(module) => prepare(&app.installation, connection, module, &order).map(|prepared| (module, prepared)),
        Err(trouble) => Err(trouble.clone()),
    };
    let (module, prepared) = match prepared {
        Ok(prepared) => prepared,
        Err(trouble) => return began(Err(trouble)),
    };
    let run = prepared.session.run;
    let log = app.installation.folders.run_log(run);
    let id = connection.id.to_string();
    let (events, throttles) = (app.events.clone(), Arc::clone(&app.throttles));
    let watcher = Arc::new(Watcher::new(run.to_string(), id.clone(), module.words(), &log, events, throttles));
    let begins = if prepared.resumed { "goes on where it was interrupted" } else { "begins" };
    let reason = if by_schedule { ", as its schedule says" } else { "" };
    watcher.log(LogLevel::Information, &format!("the import {begins}{reason}, module {}", module.manifest.version));
    let cancel = Cancel::new();
    locked(&app.imports.live).insert(run, Live { watcher: Arc::clone(&watcher), cancel: cancel.clone() });
    began(Ok(run));
    app.tell(Happened::Connections);
    let ended = import(prepared, Arc::clone(&watcher) as Arc<dyn Observer>, cancel).await;
    match &ended {
        Ok(ended) => conclude(app, &watcher, connection, ended).await,
        Err(trouble) => watcher.log(LogLevel::Error, &format!("{} {}", trouble.title, trouble.advice)),
    }
    watcher.enter(RunPhase::Finished);
    locked(&app.imports.live).remove(&run);
}

async fn conclude(app: &Arc<App>, watcher: &Watcher, connection: &Connection, ended: &Ended) {
    if let Some(trouble) = &ended.trouble {
        watcher.log(LogLevel::Error, &format!("{} {}", trouble.title, trouble.advice));
    }
    if let Some(package) = &ended.package {
        for warning in &package.manifest.beacon.warnings {
            watcher.log(LogLevel::Warning, &warning.text);
        }
        watcher.enter(RunPhase::Preparing);
        if let Err(problem) = app.data.prepare(connection.id).await {
            watcher.log(LogLevel::Error, &format!("{} {}", problem.title, problem.advice));
        }
        app.tell(Happened::Data { connection: connection.id.to_string() });
    }
    watcher.log(LogLevel::Information, &format!("the import ended: {}", ended.state.as_str()));
}
