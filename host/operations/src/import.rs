//! One import, from the settings to the package.

use crate::at_work::RunAtWork;
use crate::audit;
use crate::consenting_person::{self, ConsentingPerson};
use crate::health;
use crate::installation::Installation;
use crate::interrupted;
use crate::modules::Module;
use crate::proxy::way_out;
use crate::refusal;
use crate::session::Session;
use crate::trouble::Trouble;
use crate::usage_files;
use beacon_contract::{NoteLevel, Task};
use beacon_driver::{Cancel, NobodyThere, Observer, PublishOrder, RunEnd, RunOutcome, publish};
use beacon_package::{
    BeaconBlock, FileFormat, FinishedPackage, NamesUsed, PackageStatus, RequestTotals, UsageFile, Warning,
    read_tenant_name,
};
use beacon_store::{
    Action, Connection, Deed, Due, RunId, RunOutcome as StoredOutcome, RunState, SecondConnection, StateKind,
    StoreError, TenantKey,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use tracing::{Instrument as _, Span, info, info_span, warn};

/// What an import is to leave behind.
#[derive(Clone, Debug)]
pub struct ImportOrder {
    /// Folder for packages; the data folder's own if `None`.
    pub output: Option<PathBuf>,
    /// Which files the package holds.
    pub format: FileFormat,
    /// What the connection owes by its schedule, if that is why it runs.
    pub due: Option<Due>,
}

/// An import about to start, already in the list of runs.
pub struct Prepared<'a> {
    /// The task put together.
    pub session: Session<'a>,
    /// When it started; for one that goes on, when it started first.
    pub started_at: Timestamp,
    /// Where its package will be.
    pub folder: PathBuf,
    /// Whether an interrupted run goes on.
    pub resumed: bool,
    at_work: Arc<RunAtWork>,
    usage_files: Vec<UsageFile>,
    format: FileFormat,
}

/// How an import ended. It is stored before this is given back.
pub struct Ended {
    /// Its state.
    pub state: RunState,
    /// Its package, if it left one.
    pub package: Option<FinishedPackage>,
    /// Why there is none.
    pub trouble: Option<Trouble>,
}

/// Settles what dead processes left behind, and starts a run or takes up an interrupted one.
///
/// # Errors
/// [`Trouble`] of store, vault or usage files; nothing was started then.
pub fn prepare<'a>(
    installation: &'a Installation,
    connection: &'a Connection,
    module: &'a Module,
    order: &ImportOrder,
) -> Result<Prepared<'a>, Trouble> {
    health::ensure_usable(installation, connection)?;
    // Opened before the import, so that a damaged one costs no import.
    let usage_files = usage_files::stored(installation, connection.id)?;
    let format = order.format;
    let at_work = |session: &Session<'_>| -> Result<Arc<RunAtWork>, Trouble> {
        let at_work = installation.at_work().begin(session.run, connection)?;
        // It may have been erased since it was read: then nothing may tell of it any more.
        installation.store().connection(connection.id)?;
        audit::note_module(installation, connection, module)?;
        Ok(Arc::new(at_work))
    };
    if let Some((session, started_at, folder)) = interrupted::settle(installation, connection, module)? {
        let at_work = at_work(&session)?;
        if order.due.is_some() {
            installation.store().resume_due(connection.id, session.run)?;
        } else if audit::is_person() {
            installation.record(&begun(connection, session.run).with("goes_on", true))?;
        }
        return Ok(Prepared { session, started_at, folder, resumed: true, at_work, usage_files, format });
    }
    let session = Session::new(installation, connection, module)?;
    // Noted before it is in the list: whoever finds it there must not take it for left over.
    let at_work = at_work(&session)?;
    let started_at = Installation::now();
    let folder = installation.folders.package(order.output.as_deref(), connection, session.run, started_at);
    let mut store = installation.store();
    match &order.due {
        Some(due) => store.insert_due_run(session.run, due, started_at, Some(&folder))?,
        None => store.together(|store| -> Result<(), StoreError> {
            store.insert_run(session.run, connection.id, started_at, Some(&folder))?;
            if audit::is_person() { store.record(&begun(connection, session.run)) } else { Ok(()) }
        })?,
    }
    drop(store);
    Ok(Prepared { session, started_at, folder, resumed: false, at_work, usage_files, format })
}

fn begun(connection: &Connection, run: RunId) -> Deed {
    Deed::new(Action::RunStarted, "run", run, &connection.name).about(connection.id)
}

/// Imports, publishes, and stores how it ended.
///
/// # Errors
/// [`Trouble`] only if the end cannot be stored; what went wrong in the import is in [`Ended::trouble`].
pub async fn import(prepared: Prepared<'_>, observer: Arc<dyn Observer>, cancel: Cancel) -> Result<Ended, Trouble> {
    let span = span(&prepared);
    let ended = told(prepared, observer, cancel).instrument(span.clone()).await;
    span.in_scope(|| match &ended {
        Ok(Ended { state, trouble: Some(Trouble { code, .. }), .. }) => {
            warn!(state = state.as_str(), code, "the import ended without a package");
        }
        Ok(Ended { state: RunState::Partial, .. }) => warn!(state = "partial", "the import ended, not complete"),
        Ok(Ended { state, .. }) => info!(state = state.as_str(), "the import ended"),
        Err(Trouble { code, .. }) => warn!(code, "the end of the import could not be stored"),
    });
    ended
}

/// What every line of the log about an import says.
fn span(prepared: &Prepared<'_>) -> Span {
    let Session { connection, run, .. } = &prepared.session;
    let tenant = connection.tenant_id.as_ref().or(connection.tenant_key.as_ref());
    let tenant = tenant.map(ToString::to_string).unwrap_or_default();
    info_span!("import", %run, connection = connection.name.as_str(), tenant)
}

async fn told(prepared: Prepared<'_>, observer: Arc<dyn Observer>, cancel: Cancel) -> Result<Ended, Trouble> {
    let module = prepared.session.module.manifest.version.as_str();
    info!(module, goes_on = prepared.resumed, "the import begins");
    let (installation, connection) = (prepared.session.installation, prepared.session.connection);
    let run = prepared.session.run;
    // Until its end is stored, whatever comes first.
    let _at_work = Arc::clone(&prepared.at_work);
    let result = published(prepared, observer, cancel).await;
    let finished_at = Installation::now();
    let stored = match &result {
        Ok(Some(package)) => of_package(&package.manifest.beacon, &package.folder, finished_at),
        Ok(None) => without_package(RunState::Cancelled, finished_at, None),
        Err(trouble) => without_package(trouble.run_state(), finished_at, Some(trouble)),
    };
    {
        let mut store = installation.store();
        // Before the run counts as ended: a crash between the two is settled at the next start.
        if matches!(result, Ok(Some(_))) {
            store.promote(run)?
        } else {
            store.drop_pending(run)?
        };
        store.finish_run(run, &stored)?;
    }
    let (package, trouble) = match result {
        Ok(package) => (package, None),
        Err(trouble) => (None, Some(trouble)),
    };
    if let Some(package) = &package {
        pin_tenant(installation, connection, package)?;
    }
    Ok(Ended { state: stored.state, package, trouble })
}

/// `None` if the operator cancelled.
async fn published(
    prepared: Prepared<'_>,
    observer: Arc<dyn Observer>,
    cancel: Cancel,
) -> Result<Option<FinishedPackage>, Trouble> {
    let session = &prepared.session;
    let outcome = session.run(Task::Import, Arc::new(NobodyThere), Arc::clone(&observer), cancel).await;
    // Dropped after publishing: a crash while the package is written still finds the journal.
    let (outcome, _run_folder) = outcome?;
    let words = session.module.words();
    match &outcome.end {
        RunEnd::Cancelled => Ok(None),
        RunEnd::Failed(fail) => {
            let trouble = refusal::explained(Trouble::of_fail(fail, &words), outcome.refused.as_ref());
            Err(consenting_person::named(trouble, session.connection))
        }
        RunEnd::Done(done) => {
            if let Some(plan) = &done.plan {
                // Valid only once the package is there.
                let bytes = serde_json::to_vec(plan).map_err(|error| Trouble::unexpected(&error))?;
                session.installation.store().pending_state_put(session.run, StateKind::PLAN, &bytes)?;
            }
            write(prepared, observer, outcome).await.map(Some)
        }
    }
}

async fn write(
    prepared: Prepared<'_>,
    observer: Arc<dyn Observer>,
    outcome: RunOutcome,
) -> Result<FinishedPackage, Trouble> {
    let Prepared { session, started_at, folder, usage_files, format, .. } = prepared;
    let (names, source) = session.installation.names()?;
    let names_used =
        NamesUsed { digest: names.digest().to_owned(), products: names.product_count(), source: source.to_owned() };
    let words = session.module.words();
    let warnings = outcome
        .notes
        .iter()
        .filter(|note| note.level == NoteLevel::Warning)
        .map(|note| Warning {
            code: note.code.clone(),
            text: words.text(&note.code, &note.arguments).title,
            arguments: note.arguments.clone(),
        })
        .collect();
    let connection = session.connection;
    let settings = session.settings();
    let manifest = Arc::clone(&session.module.manifest);
    let module = session.module.identity();
    let person = ConsentingPerson::of(connection, &outcome.grants);
    let granted_scopes: Vec<String> = outcome.grants.iter().flat_map(|granted| granted.scopes.clone()).collect();
    let (run_id, name) = (session.run.to_string(), connection.name.to_string());
    let tenant_id = connection.tenant_id.as_ref().map(ToString::to_string);
    let tenant_name = connection.tenant_name.clone();
    let address_check = way_out(session.installation, connection)?.address_check();
    let previous = session.installation.store().last_complete_run(connection.id)?.and_then(|run| run.package_dir);
    let publishing = tokio::task::spawn_blocking(move || {
        let order = PublishOrder {
            folder: &folder,
            format,
            run_id,
            connection: name,
            module,
            manifest: &manifest,
            cloud: settings.text("cloud").map(str::to_owned),
            names: &names,
            names_used,
            tenant_id,
            tenant_name,
            started_at,
            finished_at: Installation::now(),
            granted_scopes,
            words: &|reason| words.sentences(reason),
            warnings,
            later_warnings: &|tables| person.as_ref().map(|person| person.warnings(tables)).unwrap_or_default(),
            consenter: person.as_ref().map(|person| person.consenter.clone()),
            address_check,
            previous: previous.as_deref(),
            usage_files: &usage_files,
            requests: RequestTotals { total: outcome.exchanges, retries: outcome.retries },
        };
        publish(outcome.imported, order, observer.as_ref())
    });
    Ok(publishing.await.map_err(|error| Trouble::unexpected(&error))??)
}

/// What the store keeps of a run with a package.
pub(crate) fn of_package(block: &BeaconBlock, folder: &std::path::Path, finished_at: Timestamp) -> StoredOutcome {
    StoredOutcome {
        state: if block.status == PackageStatus::Complete { RunState::Complete } else { RunState::Partial },
        finished_at,
        package_id: Some(block.package_id.clone()),
        package_dir: Some(folder.to_owned()),
        summary: Some(summary(block)),
        error: None,
    }
}

fn without_package(state: RunState, finished_at: Timestamp, trouble: Option<&Trouble>) -> StoredOutcome {
    StoredOutcome {
        state,
        finished_at,
        package_id: None,
        package_dir: None,
        summary: None,
        error: trouble.and_then(|trouble| serde_json::to_value(trouble).ok()),
    }
}

/// What lists show without opening the package.
fn summary(block: &BeaconBlock) -> Value {
    json!({
        "tables": block.tables,
        "changes": block.changes,
        "warnings": block.warnings,
        "requests": block.requests,
        "module_version": block.module.version,
        "tenant_name": block.tenant_name,
    })
}

/// The first package of a connection without a consent pins its tenant, as a consent would have. Whether there may be
/// a second connection of one tenant was asked when it was added.
fn pin_tenant(installation: &Installation, connection: &Connection, package: &FinishedPackage) -> Result<(), Trouble> {
    let name = read_tenant_name(&package.folder)?;
    let mut store = installation.store();
    // As it is now: it may have been renamed while the import ran.
    let Some(mut changed) = store.connections()?.into_iter().find(|one| one.id == connection.id) else { return Ok(()) };
    let pinned = changed.tenant_id.is_some();
    if pinned && changed.tenant_name == name {
        return Ok(());
    }
    if !pinned {
        changed.tenant_id = Some(TenantKey::new(&package.manifest.beacon.tenant_id));
    }
    changed.tenant_name = name.or(changed.tenant_name);
    store.update_connection(&changed, SecondConnection::Confirmed, Installation::now())?;
    Ok(())
}
