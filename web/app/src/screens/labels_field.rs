//! The labels of a connection as text: commas or blanks stand between them.

use super::form_field::{Filling, Wrong};
use crate::api;
use crate::loading::load;
use beacon_api::paths;
use leptos::prelude::*;

/// Labels in a text.
pub(crate) fn listed(text: &str) -> Vec<String> {
    let between = |one: char| matches!(one, ',' | ';') || one.is_whitespace();
    text.split(between).filter(|label| !label.is_empty()).map(str::to_owned).collect()
}

#[component]
pub(crate) fn LabelsField(labels: RwSignal<String>, filling: Filling) -> impl IntoView {
    let known = load(|| async { api::get::<Vec<String>>(paths::LABELS).await });
    let wrong = Signal::derive(move || filling.problem("labels"));
    let in_use = move || {
        let known = known.get().ready().unwrap_or_default();
        (!known.is_empty()).then(|| format!(" In use: {}.", known.join(", ")))
    };
    view! {
        <div class="field">
            <label for="labels">"Labels"</label>
            <input
                id="labels" autocomplete="off" aria-describedby="labels-help labels-wrong"
                aria-invalid=move || wrong.get().is_some().then_some("true")
                bind:value=labels on:input=move |_| filling.changed.set(true)
            />
            <p class="help" id="labels-help">"To sort and to choose by, for example gold, region=eu. Letters, digits and - _ . = only."{in_use}</p>
            <Wrong id="labels-wrong".to_owned() problem=wrong/>
        </div>
    }
}
