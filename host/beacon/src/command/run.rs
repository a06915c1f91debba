//! `run`: one import, from the settings to the package.

use super::interrupted;
use crate::arguments::{Format, RunArguments};
use crate::exit::Exit;
use crate::installation::Installation;
use crate::modules::Module;
use crate::progress::Progress;
use crate::refusal;
use crate::session::Session;
use crate::terminal::{Style, Terminal, table};
use crate::trouble::Trouble;
use crate::usage_files;
use crate::words::Words;
use beacon_contract::{NoteLevel, TableStatus, Task};
use beacon_driver::{Cancel, NobodyThere, Observer, PublishOrder, RunEnd, RunOutcome, publish};
use beacon_package::{
    ChangesBlock, FileFormat, FinishedPackage, NamesUsed, PackageStatus, RequestTotals, TableReport, UsageFile, Warning,
};
use beacon_store::{Connection, RunOutcome as StoredOutcome, RunState, SecondConnection, StateKind, TenantKey};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

pub(crate) async fn execute(
    installation: &Installation,
    arguments: &RunArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let connection = installation.connection(&arguments.name)?;
    let module = Module::find(&installation.folders, arguments.module.file.as_deref(), &connection.source_type)?;
    // Opened before the import, so that a damaged one costs no import.
    let usage_files = usage_files::stored(installation, connection.id)?;
    let (session, started_at, folder) = match interrupted::settle(installation, &connection, &module)? {
        Some(resumable) => {
            terminal.note("The last run was interrupted; this one goes on where it was.");
            resumable
        }
        None => {
            let session = Session::new(installation, &connection, &module)?;
            let started_at = Installation::now();
            let output = arguments.output.as_deref();
            let folder = installation.folders.package(output, &connection, session.run, started_at);
            installation.store().insert_run(session.run, connection.id, started_at, Some(&folder))?;
            (session, started_at, folder)
        }
    };
    if !module.trusted {
        terminal.note("This module is not one that beacon brought along: the package will say \"untrusted module\".");
    }
    let progress = Arc::new(Progress::new(*terminal));
    let result = import(&session, arguments, usage_files, &folder, started_at, &progress).await;
    progress.finish();
    let finished_at = Installation::now();
    let (stored, exit) = match &result {
        Ok(Some(package)) => {
            let block = &package.manifest.beacon;
            let complete = block.status == PackageStatus::Complete;
            let state = if complete { RunState::Complete } else { RunState::Partial };
            (outcome(state, finished_at, Some(package), None), if complete { Exit::Success } else { Exit::Partial })
        }
        Ok(None) => (outcome(RunState::Cancelled, finished_at, None, None), Exit::Cancelled),
        Err(trouble) => {
            let state = match trouble.exit() {
                Exit::Consent => RunState::ConsentNeeded,
                Exit::Settings => RunState::Settings,
                Exit::Module => RunState::ModuleFault,
                _ => RunState::Failed,
            };
            (outcome(state, finished_at, None, Some(trouble)), trouble.exit())
        }
    };
    let (state, run) = (stored.state, session.run);
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
    let package = result.as_ref().ok().and_then(Option::as_ref);
    if let Some(package) = package {
        pin_tenant(installation, &connection, &package.manifest.beacon.tenant_id)?;
    }
    terminal.json(&json!({
        "run_id": run,
        "state": state,
        "package": package.map(|package| &package.folder),
        "package_id": package.map(|package| &package.package_id),
        "status": package.map(|package| package.manifest.beacon.status),
        "tables": package.map(|package| &package.manifest.beacon.tables),
        "changes": package.map(|package| &package.manifest.beacon.changes),
        "warnings": package.map(|package| &package.manifest.beacon.warnings),
        "requests": package.map(|package| package.manifest.beacon.requests),
        "error": result.as_ref().err(),
    }));
    match result {
        Ok(Some(package)) => terminal.result(&summary(&package, terminal)),
        Ok(None) => terminal.note("Cancelled. Nothing was published."),
        Err(trouble) if !terminal.is_json() => terminal.trouble(&trouble),
        Err(_) => {}
    }
    Ok(exit)
}

/// Imports and publishes; `None` if the operator cancelled.
async fn import(
    session: &Session<'_>,
    arguments: &RunArguments,
    usage_files: Vec<UsageFile>,
    folder: &Path,
    started_at: Timestamp,
    progress: &Arc<Progress>,
) -> Result<Option<FinishedPackage>, Trouble> {
    let cancel = Cancel::new();
    let interrupt = tokio::spawn({
        let cancel = cancel.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.cancel();
            }
        }
    });
    let observer = Arc::clone(progress) as Arc<dyn Observer>;
    let outcome = session.run(Task::Import, Arc::new(NobodyThere), observer, cancel).await;
    interrupt.abort();
    // Dropped after publishing: a crash while the package is written still finds the journal.
    let (outcome, _run_folder) = outcome?;
    let words = session.module.words();
    match &outcome.end {
        RunEnd::Cancelled => Ok(None),
        RunEnd::Failed(fail) => Err(refusal::explained(Trouble::of_fail(fail, &words), outcome.refused.as_ref())),
        RunEnd::Done(done) => {
            if let Some(plan) = &done.plan {
                // Valid only once the package is there.
                let bytes = serde_json::to_vec(plan).map_err(|error| Trouble::unexpected(&error))?;
                session.installation.store().pending_state_put(session.run, StateKind::PLAN, &bytes)?;
            }
            write(session, arguments, usage_files, folder, started_at, progress, outcome).await.map(Some)
        }
    }
}

async fn write(
    session: &Session<'_>,
    arguments: &RunArguments,
    usage_files: Vec<UsageFile>,
    folder: &Path,
    started_at: Timestamp,
    progress: &Arc<Progress>,
    outcome: RunOutcome,
) -> Result<FinishedPackage, Trouble> {
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
    let format = match arguments.format {
        Format::Parquet => FileFormat::Parquet,
        Format::Csv => FileFormat::Csv,
        Format::Both => FileFormat::Both,
    };
    let granted_scopes: Vec<String> = outcome.grants.iter().flat_map(|granted| granted.scopes.clone()).collect();
    let (run_id, name) = (session.run.to_string(), connection.name.to_string());
    let tenant_id = connection.tenant_id.as_ref().map(ToString::to_string);
    let tenant_name = connection.tenant_name.clone();
    let address_check = if connection.proxy.is_some() { "proxy" } else { "resolved" };
    let previous = session.installation.store().last_complete_run(connection.id)?.and_then(|run| run.package_dir);
    let (folder, progress) = (folder.to_owned(), Arc::clone(progress));
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
            address_check,
            previous: previous.as_deref(),
            usage_files: &usage_files,
            requests: RequestTotals { total: outcome.exchanges, retries: outcome.retries },
        };
        publish(outcome.imported, order, progress.as_ref())
    });
    Ok(publishing.await.map_err(|error| Trouble::unexpected(&error))??)
}

fn outcome(
    state: RunState,
    finished_at: Timestamp,
    package: Option<&FinishedPackage>,
    trouble: Option<&Trouble>,
) -> StoredOutcome {
    StoredOutcome {
        state,
        finished_at,
        package_id: package.map(|package| package.package_id.clone()),
        package_dir: package.map(|package| package.folder.clone()),
        summary: package.map(|package| json!({ "tables": package.manifest.beacon.tables })),
        error: trouble.and_then(|trouble| serde_json::to_value(trouble).ok()),
    }
}

/// What a person sees at the end: one line for each table, then where the package lies.
fn summary(package: &FinishedPackage, terminal: &Terminal) -> String {
    let block = &package.manifest.beacon;
    let mut rows = vec![["TABLE", "STATUS", "ROWS", "PAGES", "RETRIES"].map(str::to_owned).to_vec()];
    let mut reasons = Vec::new();
    for (table, report) in &block.tables {
        rows.push(vec![
            table.clone(),
            status_word(report).to_owned(),
            report.rows.to_string(),
            report.pages.to_string(),
            report.retries.to_string(),
        ]);
        if let Some(reason) = &report.reason {
            reasons.push(format!("  {table}: {}", reason.text));
        }
    }
    let (word, style) = match block.status {
        PackageStatus::Complete => ("Complete", Style::Good),
        PackageStatus::Partial => ("Partial: not everything was imported", Style::Warning),
    };
    let mut lines = vec![table(&rows)];
    if !reasons.is_empty() {
        lines.push(String::new());
        lines.extend(reasons);
    }
    if let Some(changes) = &block.changes {
        let ChangesBlock { added, changed, removed, .. } = changes;
        lines.push(format!("  since the package before: {added} rows added, {changed} changed, {removed} removed"));
    }
    lines.extend(block.warnings.iter().map(|warning| format!("  warning: {}", warning.text)));
    lines.push(String::new());
    lines.push(terminal.paint(style, &format!("{word}.")));
    lines.push(format!("Package: {}", package.folder.display()));
    lines.join("\n")
}

const fn status_word(report: &TableReport) -> &'static str {
    match report.status {
        TableStatus::Complete => "complete",
        TableStatus::Partial => "PARTIAL",
        TableStatus::Skipped => "skipped",
    }
}

/// The first package of a connection without a consent pins its tenant, as a consent would have. Whether there may be
/// a second connection of one tenant was asked when it was added.
fn pin_tenant(installation: &Installation, connection: &Connection, tenant_id: &str) -> Result<(), Trouble> {
    if connection.tenant_id.is_some() {
        return Ok(());
    }
    let mut changed = connection.clone();
    changed.tenant_id = Some(TenantKey::new(tenant_id));
    installation.store().update_connection(&changed, SecondConnection::Confirmed, Installation::now())?;
    Ok(())
}

/// The value behind `--json` of a command that prints checks.
pub(super) fn checks_json(outcome: &RunOutcome, words: &Words) -> Vec<Value> {
    outcome
        .checks
        .iter()
        .map(|check| {
            let text = words.text(&check.code, &check.arguments);
            json!({
                "check": check.check,
                "outcome": check.outcome,
                "code": check.code,
                "title": text.title,
                "advice": text.advice,
            })
        })
        .collect()
}
