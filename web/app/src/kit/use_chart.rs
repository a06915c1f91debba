//! People of applications by state of use: bars, and the same as a table.

use super::number::{counted, float};
use super::use_state::{Swatch, USE_STATES, use_name, use_word};
use beacon_api::{ApplicationUse, UseState};
use leptos::prelude::*;

fn people(application: &ApplicationUse, state: UseState) -> u64 {
    application.people.iter().find(|(known, _)| *known == state).map_or(0, |(_, people)| *people)
}

#[component]
pub(crate) fn UseChart(applications: Vec<ApplicationUse>) -> impl IntoView {
    let as_table = RwSignal::new(false);
    let applications = StoredValue::new(applications);
    view! {
        <div class="bar">
            <ul class="legend">
                {USE_STATES.into_iter().map(|state| view! {
                    <li><Swatch state/>{use_word(state)}</li>
                }).collect_view()}
            </ul>
            <span class="grow"></span>
            <button type="button" aria-pressed=move || as_table.get().to_string()
                on:click=move |_| as_table.update(|shown| *shown = !*shown)>"Show as table"</button>
        </div>
        {move || if as_table.get() { view! { <Numbers applications/> }.into_any() }
            else { view! { <Bars applications/> }.into_any() }}
    }
}

#[component]
fn Bars(applications: StoredValue<Vec<ApplicationUse>>) -> impl IntoView {
    let rows = applications.get_value().into_iter().map(|application| {
        let total = application.people.iter().map(|(_, people)| *people).sum::<u64>().max(1);
        let spoken: Vec<String> =
            application.people.iter().map(|(state, people)| format!("{} {people}", use_word(*state))).collect();
        let mut from = 0.0;
        let parts = USE_STATES.into_iter().map(|state| {
            let width = float(people(&application, state)) * 1_000.0 / float(total);
            let x = from;
            from += width;
            view! { <rect x=format!("{x:.2}") y="0" width=format!("{width:.2}") height="16" class=format!("fill-{}", use_name(state))/> }
        });
        let parts = parts.collect_view();
        view! {
            <span>{application.application_name.clone()}</span>
            <svg viewBox="0 0 1000 16" preserveAspectRatio="none" role="img"
                aria-label=format!("{}: {}", application.application_name, spoken.join(", "))>{parts}</svg>
            <span class="soft">{counted(people(&application, UseState::UsedWithin))}" of "{counted(total)}</span>
        }
    });
    view! { <div class="bars">{rows.collect_view()}</div> }
}

#[component]
fn Numbers(applications: StoredValue<Vec<ApplicationUse>>) -> impl IntoView {
    let rows = applications.get_value().into_iter().map(|application| {
        let cells = USE_STATES.into_iter().map(|state| {
            view! { <td class="number" data-label=use_word(state)>{counted(people(&application, state))}</td> }
        });
        let cells = cells.collect_view();
        view! { <tr><th scope="row" data-label="Application">{application.application_name}</th>{cells}</tr> }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Applications by state of use">
            <table class="reflow">
                <thead><tr>
                    <th scope="col">"Application"</th>
                    {USE_STATES.into_iter().map(|state| view! { <th scope="col" class="number">{use_word(state)}</th> }).collect_view()}
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}
