//! x
use leptos::prelude::*;
#[component]
pub(crate) fn Runs() -> impl IntoView {
    view! { <h1>"Runs"</h1> }
}
