//! x
use leptos::prelude::*;
#[component]
pub(crate) fn Connections() -> impl IntoView {
    view! { <h1>"Connections"</h1> }
}
