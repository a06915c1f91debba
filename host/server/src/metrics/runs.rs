//! What runs did.

use super::connections::seconds;
use super::exposition::{Family, Kind};
use crate::app::App;
use crate::problem::Refusal;
use beacon_package::TableReport;
use std::collections::BTreeMap;

pub(super) fn families(app: &App, per_connection: bool) -> Result<Vec<Family>, Refusal> {
    let mut runs = Family::new("runs", "Ended runs by how they ended", Kind::Counter);
    let mut spent = Family::new("run_seconds", "How long ended runs took", Kind::Counter);
    let mut requests = Family::new("requests", "Requests of runs that left a package", Kind::Counter);
    let mut repeated =
        Family::new("requests_repeated", "Those of them that were repeats: throttled, or failed", Kind::Counter);
    let mut rows = Family::new("rows", "Rows of the last package by table", Kind::Gauge);
    let mut took = Family::new("last_run_seconds", "How long the last run took that ended by itself", Kind::Gauge);
    let mut success =
        Family::new("last_success_timestamp_seconds", "When the last run ended that was complete", Kind::Gauge);
    let store = app.installation.store();
    let connections = store.connections()?;
    let names: BTreeMap<_, _> = connections.iter().map(|one| (one.id, one.name.to_string())).collect();
    let label = |name: &String| per_connection.then(|| ("connection", name.clone()));
    for totals in store.run_totals()? {
        let Some(name) = names.get(&totals.connection) else { continue };
        let outcome = || label(name).into_iter().chain([("outcome", totals.state.as_str().to_owned())]);
        runs.add(outcome(), number(totals.runs));
        spent.add(outcome(), totals.seconds);
        requests.add(label(name), number(totals.requests));
        repeated.add(label(name), number(totals.repeated));
    }
    for (id, name) in &names {
        if let Some(run) = store.last_run_with_package(*id)? {
            let tables = run.summary.and_then(|mut summary| summary.get_mut("tables").map(serde_json::Value::take));
            // What a later version wrote of tables tells no rows.
            let tables: BTreeMap<String, TableReport> =
                tables.and_then(|tables| serde_json::from_value(tables).ok()).unwrap_or_default();
            for (table, report) in tables {
                rows.add(label(name).into_iter().chain([("table", table)]), number(report.rows));
            }
        }
        if let Some(at) = store.last_complete_run(*id)?.and_then(|run| run.finished_at) {
            // Without a label for each connection, the one that waits the longest for its next success is told.
            success.least(label(name), seconds(at));
        }
        if !per_connection {
            continue;
        }
        if let Some(run) = store.last_ended_run(*id)?
            && let Some(ended) = run.finished_at
        {
            took.set(label(name), ended.duration_since(run.started_at).as_secs_f64());
        }
    }
    Ok(vec![runs, spent, requests, repeated, rows, took, success])
}

/// Figures of monitoring have 53 bits; nothing here comes near.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn number(count: u64) -> f64 {
    count as f64
}
