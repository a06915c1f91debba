//! x
use leptos::prelude::*;
#[component]
pub(crate) fn RunScreen() -> impl IntoView {
    view! { <h1>"RunScreen"</h1> }
}
