//! What a person is told whose browser cannot run the connector.

use leptos::prelude::*;

/// Shown when the host runs the module in place of the page's worker.
#[component]
pub(crate) fn InHost(when: RwSignal<bool>) -> impl IntoView {
    view! {
        <Show when=move || when.get()>
            <p class="soft">"This browser cannot start the connector, so the beacon runs it itself. Nothing else is \
                different."</p>
        </Show>
    }
}
