//! What a run left: its tables, and what was noticed.

use super::products::Products;
use crate::kit::{Notice, Status, Tone, counted, day_of};
use beacon_api::{Run, TableResult};
use leptos::prelude::*;

/// Each table with its status, and what was noticed.
#[component]
pub(super) fn Results(run: Run) -> impl IntoView {
    let warnings = run.warnings.clone().into_iter();
    let warnings = warnings.map(|text| view! { <Notice tone=Tone::Warning title="Noticed"><p>{text}</p></Notice> });
    let lines = run.tables.clone().into_iter().map(|table| view! { <Result table/> }).collect_view();
    let has_tables = !run.tables.is_empty();
    view! {
        {warnings.collect_view()}
        {has_tables.then(|| view! {
            <div class="scroll">
                <table class="reflow">
                    <caption class="visually-hidden">"Tables of the package"</caption>
                    <thead><tr>
                        <th scope="col">"Table"</th><th scope="col">"Status"</th><th scope="col" class="number">"Rows"</th>
                        <th scope="col" class="number">"Pages"</th><th scope="col">"As of"</th><th scope="col">"Why"</th>
                    </tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <Products run=run.id.clone()/>
        })}
    }
}

#[component]
fn Result(table: TableResult) -> impl IntoView {
    let (icon, tone, word) = match table.status.as_str() {
        "complete" => ("check", "good", "Complete"),
        "partial" => ("warning", "warning", "Not complete"),
        _ => ("none", "", "Skipped"),
    };
    let concealed = table.concealed.then(|| view! { <Status icon="warning" tone="warning" word="Names concealed"/> });
    view! {
        <tr>
            <th scope="row" data-label="Table">{table.table.clone()}</th>
            <td data-label="Status"><Status icon=icon tone=tone word=word/>" "{concealed}</td>
            <td data-label="Rows" class="number">{counted(table.rows)}</td>
            <td data-label="Pages" class="number">{counted(table.pages)}</td>
            <td data-label="As of">{table.refreshed_on.as_deref().map(day_of).unwrap_or_default()}</td>
            <td data-label="Why">{table.reason.clone().unwrap_or_default()}</td>
        </tr>
    }
}
