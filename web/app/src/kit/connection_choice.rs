//! Which connection is looked at, or all.

use crate::api;
use crate::loading::load;
use beacon_api::{Connection, paths};
use leptos::prelude::*;

#[component]
pub(crate) fn ConnectionChoice(
    #[prop(into)] chosen: Signal<String>,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    let connections = load(|| async { api::get::<Vec<Connection>>(paths::CONNECTIONS).await });
    view! {
        <label class="visually-hidden" for="connection">"Connection"</label>
        <select id="connection" prop:value=move || { connections.track(); chosen.get() }
            on:change=move |event| choose(event_target_value(&event))>
            <option value="">"All connections"</option>
            {move || connections.get().ready().unwrap_or_default().into_iter().map(|one| {
                let selected = one.id == chosen.get_untracked();
                view! { <option value=one.id.clone() selected=selected>{one.name}</option> }
            }).collect_view()}
        </select>
    }
}
