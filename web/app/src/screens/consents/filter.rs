//! What of the board is looked at: a part of a name, a state.

use crate::kit::consent_word;
use beacon_api::{ConsentRow, ConsentState};
use leptos::prelude::*;

/// What was entered. It stays while the board changes.
#[derive(Clone, Copy)]
pub(super) struct Filter {
    name: RwSignal<String>,
    /// Word of a state; empty for all.
    state: RwSignal<String>,
}

impl Filter {
    pub(super) fn new() -> Self {
        Self { name: RwSignal::new(String::new()), state: RwSignal::new(String::new()) }
    }

    /// Whether a row is among what is looked at. Case makes no difference.
    pub(super) fn shows(self, row: &ConsentRow) -> bool {
        let named = self.name.with(|part| row.name.to_lowercase().contains(&part.trim().to_lowercase()));
        named && self.state.with(|state| state.is_empty() || state == consent_word(row.state))
    }
}

#[component]
pub(super) fn FilterFields(filter: Filter) -> impl IntoView {
    let options = ConsentState::ALL.map(|state| {
        let word = consent_word(state);
        view! { <option value=word>{word}</option> }
    });
    view! {
        <label class="visually-hidden" for="consent-name">"Search by name"</label>
        <input id="consent-name" type="search" placeholder="Search by name" autocomplete="off" bind:value=filter.name/>
        <label class="visually-hidden" for="consent-state">"State"</label>
        <select id="consent-state" on:change=move |event| filter.state.set(event_target_value(&event))>
            <option value="">"All states"</option>
            {options.into_iter().collect_view()}
        </select>
    }
}
