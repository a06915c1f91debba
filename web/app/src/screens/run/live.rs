//! A run while it goes on.

use super::LiveFigures;
use crate::kit::{Notice, Tone, counted, duration_text, float, written};
use beacon_api::{Run, RunPhase};
use leptos::prelude::*;

/// Rows of each table as they come.
#[component]
pub(super) fn Live(run: Run, live: RwSignal<LiveFigures>) -> impl IntoView {
    let first = StoredValue::new((run.phase, run.progress.clone(), run.throttled_until.clone()));
    let now = move || live.get().unwrap_or_else(|| first.get_value());
    let begun = StoredValue::new(run.started_at.clone());
    let phase = move || match now().0 {
        RunPhase::Fetching => "Fetching",
        RunPhase::Writing => "Writing the package",
        RunPhase::Preparing => "Preparing the data for this page",
        RunPhase::Finished => "Finished",
    };
    let pause = move || {
        let until = now().2?;
        let left = duration_text(&js_sys::Date::new_0().to_iso_string().as_string()?, Some(&until));
        (left != "0 s").then(|| format!("The service asked for a pause: {left} left."))
    };
    view! {
        <section class="stack" aria-label="Progress">
            <p role="status">{phase}" …"</p>
            {move || pause().map(|text| view! { <Notice tone=Tone::Information title="Waiting"><p>{text}</p></Notice> })}
            <div class="scroll">
                <table>
                    <thead><tr>
                        <th scope="col">"Table"</th><th scope="col" class="number">"Rows"</th>
                        <th scope="col" class="number">"Expected"</th><th scope="col" class="number">"Pages"</th>
                        <th scope="col" class="number">"Rows a second"</th>
                    </tr></thead>
                    <tbody>
                        {move || now().1.into_iter().map(|table| {
                            let seconds = seconds_since(&begun.get_value());
                            let rate = if seconds > 0.0 { written((float(table.rows) / seconds).round()) } else { String::new() };
                            let expected = table.expected.map(|expected| view! {
                                <progress max=expected.to_string() value=table.rows.to_string() aria-label=format!("{} of {expected}", table.rows)></progress>
                                {counted(expected)}
                            });
                            view! {
                                <tr>
                                    <th scope="row">{table.table.clone()}</th>
                                    <td class="number">{counted(table.rows)}</td>
                                    <td class="number">{expected}</td>
                                    <td class="number">{counted(table.pages)}</td>
                                    <td class="number">{rate}</td>
                                </tr>
                            }
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn seconds_since(moment: &str) -> f64 {
    (js_sys::Date::now() - js_sys::Date::new(&moment.into()).get_time()) / 1_000.0
}
