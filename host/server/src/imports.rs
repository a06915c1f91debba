//! *Execute Now*: imports of this process.

use crate::app::App;
use crate::problem::Refusal;
use crate::watcher::Watcher;
use beacon_api::{Happened, LogLevel, RunPhase};
use beacon_driver::{Cancel, Observer};
use beacon_operations::{Ended, ImportOrder, Module, import, prepare};
use beacon_package::FileFormat;
use beacon_store::{Connection, ConnectionId, RunId};
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

/// Starts an import; gives its id once it is in the list of runs.
pub(crate) async fn start(app: &Arc<App>, connection: Connection) -> Result<RunId, Refusal> {
    if !locked(&app.imports.busy).insert(connection.id) {
        let title = "An import of this connection is under way.";
        return Err(Refusal::conflict("run.busy", title, "Wait until it is over, or stop it first."));
    }
    let busy = Busy { app: Arc::clone(app), connection: connection.id };
    let (started, starting) = oneshot::channel();
    tokio::spawn(whole(busy, connection, started));
    starting.await.map_err(|_| Refusal::defect("run.start", "The import did not start."))?
}

async fn whole(busy: Busy, connection: Connection, started: oneshot::Sender<Result<RunId, Refusal>>) {
    let app = Arc::clone(&busy.app);
    let order = ImportOrder { output: None, format: FileFormat::Parquet, running_here: app.imports.running() };
    let module = Module::find(&app.installation.folders, None, &connection.source_type);
    let prepared = match &module {
        Ok(module) => prepare(&app.installation, &connection, module, &order).map(|prepared| (module, prepared)),
        Err(trouble) => Err(trouble.clone()),
    };
    let (module, prepared) = match prepared {
        Ok(prepared) => prepared,
        Err(trouble) => {
            // Whoever asked may be gone.
            let _ = started.send(Err(trouble.into()));
            return;
        }
    };
    let run = prepared.session.run;
    let log = app.installation.folders.run_log(run);
    let id = connection.id.to_string();
    let watcher = Arc::new(Watcher::new(run.to_string(), id.clone(), module.words(), &log, app.events.clone()));
    let begins = if prepared.resumed { "goes on where it was interrupted" } else { "begins" };
    watcher.log(LogLevel::Information, &format!("the import {begins}, module {}", module.manifest.version));
    let cancel = Cancel::new();
    locked(&app.imports.live).insert(run, Live { watcher: Arc::clone(&watcher), cancel: cancel.clone() });
    let _ = started.send(Ok(run));
    app.tell(Happened::Connections);
    let ended = import(prepared, Arc::clone(&watcher) as Arc<dyn Observer>, cancel).await;
    match &ended {
        Ok(ended) => conclude(&app, &watcher, &connection, ended).await,
        Err(trouble) => watcher.log(LogLevel::Error, &format!("{} {}", trouble.title, trouble.advice)),
    }
    watcher.enter(RunPhase::Finished);
    locked(&app.imports.live).remove(&run);
    drop(busy);
    app.tell(Happened::Connections);
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
