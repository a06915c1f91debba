//! An address that leads nowhere.

use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub(crate) fn NotFound() -> impl IntoView {
    view! {
        <h1>"There is nothing here"</h1>
        <p>"The address may be mistyped, or what it was about is gone."</p>
        <p><A href="/connections">"To the connections"</A></p>
    }
}
