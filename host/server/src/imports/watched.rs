//! An import in the eyes of the page.

use super::{Live, locked};
use crate::app::App;
use crate::watcher::Watcher;
use beacon_api::{Happened, LogLevel, RunPhase};
use beacon_contract::{CheckResult, Note};
use beacon_driver::{Cancel, Observer, TableProgress};
use beacon_operations::{Ended, Prepared, Trouble, import};
use beacon_store::{Connection, RunId};
use std::sync::Arc;
use std::time::Duration;

/// An import that the page sees.
pub(crate) struct Watched<'a> {
    app: &'a App,
    connection: Connection,
    watcher: Arc<Watcher>,
    cancel: Cancel,
    run: RunId,
}

impl<'a> Watched<'a> {
    /// From now on the page sees it and may stop it.
    pub(crate) fn begin(app: &'a App, prepared: &Prepared<'_>, reason: &str, cancel: &Cancel) -> Self {
        let (connection, module, run) = (prepared.session.connection, prepared.session.module, prepared.session.run);
        let log = app.installation.folders.run_log(run);
        let id = connection.id.to_string();
        let (events, throttles) = (app.events.clone(), Arc::clone(&app.throttles));
        let watcher = Arc::new(Watcher::new(run.to_string(), id, module.words(), &log, events, throttles));
        let begins = if prepared.resumed { "goes on where it was interrupted" } else { "begins" };
        watcher.log(LogLevel::Information, &format!("the import {begins}{reason}, module {}", module.manifest.version));
        let live = Live { watcher: Arc::clone(&watcher), cancel: cancel.clone() };
        locked(&app.imports.live).insert(run, live);
        app.tell(Happened::Connections);
        Self { app, connection: connection.clone(), watcher, cancel: cancel.clone(), run }
    }

    /// Imports, and makes what came ready for the page.
    pub(crate) async fn import(
        self,
        prepared: Prepared<'_>,
        onlooker: Option<Arc<dyn Observer>>,
    ) -> Result<Ended, Trouble> {
        let observer: Arc<dyn Observer> = match onlooker {
            Some(onlooker) => Arc::new(Both(Arc::clone(&self.watcher), onlooker)),
            None => Arc::clone(&self.watcher) as Arc<dyn Observer>,
        };
        let ended = import(prepared, observer, self.cancel.clone()).await;
        match &ended {
            Ok(ended) => conclude(self.app, &self.watcher, &self.connection, ended).await,
            Err(trouble) => self.watcher.log(LogLevel::Error, &format!("{} {}", trouble.title, trouble.advice)),
        }
        self.watcher.enter(RunPhase::Finished);
        ended
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        locked(&self.app.imports.live).remove(&self.run);
    }
}

async fn conclude(app: &App, watcher: &Watcher, connection: &Connection, ended: &Ended) {
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

/// The page, and somebody else.
struct Both(Arc<Watcher>, Arc<dyn Observer>);

impl Observer for Both {
    fn table(&self, progress: &TableProgress) {
        self.0.table(progress);
        self.1.table(progress);
    }

    fn waiting(&self, pause: Duration) {
        self.0.waiting(pause);
        self.1.waiting(pause);
    }

    fn check(&self, result: &CheckResult) {
        self.0.check(result);
        self.1.check(result);
    }

    fn note(&self, note: &Note) {
        self.0.note(note);
        self.1.note(note);
    }

    fn publishing(&self) {
        self.0.publishing();
        self.1.publishing();
    }
}
