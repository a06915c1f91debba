//! The timeline of runs.

use crate::api;
use crate::happenings::happenings;
use crate::kit::{Moment, RunStatusBadge, counted, duration_text};
use crate::loading::{load, shown};
use beacon_api::{ChangeCounts, Run, paths};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub(crate) fn Runs() -> impl IntoView {
    let happenings = happenings();
    let runs = load(move || {
        happenings.connections.track();
        async move { api::get::<Vec<Run>>(paths::RUNS).await }
    });
    view! {
            <h1>"Runs"</h1>
            {shown(runs, move |ready| match ready {
                runs if runs.is_empty() => view! {
                    <div class="card narrow">
                        <p>"Nothing ran yet. "<A href="/connections">"Choose a connection"</A>" and Execute Now."</p>
                    </div>
                }
                .into_any(),
                runs => view! { <Timeline runs/> }.into_any(),
    })}
        }
}

#[component]
fn Timeline(runs: Vec<Run>) -> impl IntoView {
    let lines = runs.into_iter().map(|run| {
        let rows: u64 = run.tables.iter().map(|table| table.rows).sum();
        let changes = run.changes.map_or_else(String::new, |ChangeCounts { added, changed, removed }| {
            format!("+{} ~{} −{}", counted(added), counted(changed), counted(removed))
        });
        let spoken = run.changes.map(|ChangeCounts { added, changed, removed }| {
            format!("{added} added, {changed} changed, {removed} removed")
        });
        let lasted = duration_text(&run.started_at, run.finished_at.as_deref());
        view! {
            <tr>
                <td data-label="Begun"><A href=format!("/runs/{}", run.id)><Moment at=run.started_at/></A></td>
                <th scope="row" data-label="Connection">{run.connection_name}</th>
                <td data-label="Status"><RunStatusBadge status=run.status/></td>
                <td data-label="Duration" class="number">{lasted}</td>
                <td data-label="Rows" class="number">{counted(rows)}</td>
                <td data-label="Changes" class="number" title=spoken>{changes}</td>
                <td data-label="Module">{run.module_version.unwrap_or_default()}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Runs">
            <table class="reflow">
                <thead>
                    <tr>
                        <th scope="col">"Begun"</th>
                        <th scope="col">"Connection"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="number">"Duration"</th>
                        <th scope="col" class="number">"Rows"</th>
                        <th scope="col" class="number">"Added, changed, removed"</th>
                        <th scope="col">"Module"</th>
                    </tr>
                </thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </div>
    }
}
