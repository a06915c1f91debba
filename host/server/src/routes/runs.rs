//! Runs: start, look, stop.

use crate::answer::{Answer, Asked, done, json};
use crate::app::App;
use crate::filter::Filter;
use crate::imports;
use crate::problem::Refusal;
use crate::sessions::Signed;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use beacon_api::{ChangeCounts, LogLine, Problem, Role, Run, RunPhase, RunStarted, RunStatus, TableResult};
use beacon_operations::selected_ids;
use beacon_package::{ChangesBlock, RequestTotals, TableReport, Warning};
use beacon_store::{Action, Connection, Deed, RunId, RunState};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;

/// Runs of a list.
const LISTED: u32 = 200;

/// What an import left in the database for lists.
#[derive(Deserialize)]
struct Summary {
    #[serde(default)]
    tables: BTreeMap<String, TableReport>,
    #[serde(default)]
    changes: Option<ChangesBlock>,
    #[serde(default)]
    warnings: Vec<Warning>,
    #[serde(default)]
    requests: Option<RequestTotals>,
    #[serde(default)]
    module_version: Option<String>,
}

pub(crate) async fn start(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let connection = app.connection(&id)?;
    let run = imports::start(&app, connection).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(RunStarted { run: run.to_string() })).into_response())
}

pub(crate) async fn of_connection(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Path(id): Path<String>,
) -> Answer {
    let connection = app.connection(&id)?;
    let runs = app.installation.store().runs(connection.id, LISTED)?;
    listed(&app, &signed, runs)
}

pub(crate) async fn all(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Asked(filter): Asked<Filter>,
) -> Answer {
    let wanted = selected_ids(&app.installation, &filter.selection()?)?;
    let runs = match wanted {
        None => app.installation.store().all_runs(LISTED)?,
        Some(wanted) => app.installation.store().runs_of(&wanted, LISTED)?,
    };
    listed(&app, &signed, runs)
}

fn listed(app: &App, signed: &Signed, runs: Vec<beacon_store::Run>) -> Answer {
    let names = names(app)?;
    let runs: Vec<Run> = runs.into_iter().map(|run| shown(app, signed.role, run, &names)).collect();
    json(&runs)
}

pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Path(id): Path<String>,
) -> Answer {
    let run = app.installation.store().run(run_id(&id)?)?;
    json(&shown(&app, signed.role, run, &names(&app)?))
}

pub(crate) async fn cancel(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let id = run_id(&id)?;
    let Some(live) = app.imports.find(id) else {
        app.installation.store().run(id)?;
        let title = "This import is not under way.";
        return Err(Refusal::conflict("run.not_running", title, "Reload the page."));
    };
    let run = app.installation.store().run(id)?;
    let connection = app.installation.store().connection(run.connection)?;
    live.cancel();
    app.installation.record(&of_run(Action::RunStopped, id, &connection))?;
    done()
}

#[derive(Deserialize)]
pub(crate) struct LogQuery {
    download: Option<String>,
}

pub(crate) async fn log(State(app): State<Arc<App>>, Path(id): Path<String>, Asked(query): Asked<LogQuery>) -> Answer {
    let run = app.installation.store().run(run_id(&id)?)?;
    let path = app.installation.folders.run_log(run.id);
    // A run of the command line has no log here.
    let lines: Vec<LogLine> = std::fs::File::open(path).map_or_else(
        |_| Vec::new(),
        |file| {
            let lines = BufReader::new(file).lines().map_while(Result::ok);
            lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()
        },
    );
    if query.download.is_none() {
        return json(&lines);
    }
    let connection = app.installation.store().connection(run.connection)?;
    app.installation.record(&of_run(Action::RunLogExported, run.id, &connection))?;
    let text: String = lines.iter().map(|line| format!("{} {:?} {}\n", line.at, line.level, line.text)).collect();
    let disposition = format!("attachment; filename=\"run-{}.log\"", run.id);
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, text).into_response())
}

pub(crate) async fn products(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let run = app.installation.store().run(run_id(&id)?)?;
    let newest = app.installation.store().last_run_with_package(run.connection)?;
    if newest.is_none_or(|newest| newest.id != run.id) {
        // Only the newest package is prepared for questions.
        return json(&Vec::<beacon_api::ProductDifference>::new());
    }
    json(&app.data.differences(run.connection).await?)
}

fn of_run(action: Action, run: RunId, connection: &Connection) -> Deed {
    Deed::new(action, "run", run, &connection.name).about(connection.id)
}

fn run_id(text: &str) -> Result<RunId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found("run"))
}

/// Names of connections by their id.
fn names(app: &App) -> Result<BTreeMap<String, String>, Refusal> {
    let connections = app.installation.store().connections()?;
    Ok(connections.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect())
}

/// A run in the words of the API.
pub(crate) fn shown(app: &App, role: Role, run: beacon_store::Run, names: &BTreeMap<String, String>) -> Run {
    let summary: Option<Summary> = run.summary.and_then(|summary| serde_json::from_value(summary).ok());
    let live = app.imports.find(run.id);
    let (phase, progress, throttled_until) = match &live {
        Some(live) => live.watcher.state(),
        None => (RunPhase::Finished, Vec::new(), None),
    };
    let connection = run.connection.to_string();
    let (tables, changes, warnings, requests, module_version) = match summary {
        Some(summary) => (summary.tables, summary.changes, summary.warnings, summary.requests, summary.module_version),
        None => Default::default(),
    };
    Run {
        id: run.id.to_string(),
        connection_name: names.get(&connection).cloned().unwrap_or_default(),
        connection,
        status: status(run.state),
        phase,
        started_at: run.started_at.to_string(),
        finished_at: run.finished_at.map(|at| at.to_string()),
        module_version,
        progress,
        throttled_until: throttled_until.map(|at| at.to_string()),
        tables: tables.into_iter().map(|(table, report)| result(table, report)).collect(),
        changes: changes.map(|ChangesBlock { added, changed, removed, .. }| ChangeCounts { added, changed, removed }),
        warnings: warnings.into_iter().map(|warning| warning.text).collect(),
        requests: requests.map(|requests| requests.total),
        retries: requests.map(|requests| requests.retries),
        package_id: run.package_id,
        package_folder: run.package_dir.filter(|_| role == Role::Administrator).map(|path| path.display().to_string()),
        problem: run.error.and_then(stored_problem),
    }
}

/// What the database keeps of a trouble has the same fields, and a kind that the API has too.
fn stored_problem(error: serde_json::Value) -> Option<Problem> {
    serde_json::from_value(error).ok()
}

const fn status(state: RunState) -> RunStatus {
    match state {
        RunState::Running => RunStatus::Running,
        RunState::Complete => RunStatus::Complete,
        RunState::Partial => RunStatus::Partial,
        RunState::ConsentNeeded => RunStatus::ConsentNeeded,
        RunState::Settings => RunStatus::Settings,
        RunState::Failed => RunStatus::Failed,
        RunState::Cancelled => RunStatus::Cancelled,
        RunState::ModuleFault => RunStatus::ModuleFault,
    }
}

fn result(table: String, report: TableReport) -> TableResult {
    let refreshed_on = report.refreshed_on.as_ref().map(|dates| dates.oldest.to_string());
    TableResult {
        table,
        status: serde_json::to_value(report.status)
            .ok()
            .and_then(|status| status.as_str().map(str::to_owned))
            .unwrap_or_default(),
        reason: report.reason.map(
            |explained| {
                if explained.text.is_empty() { explained.reason.code } else { explained.text }
            },
        ),
        rows: report.rows,
        pages: report.pages,
        retries: report.retries,
        refreshed_on,
        concealed: report.concealed.is_some(),
    }
}
