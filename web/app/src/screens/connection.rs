//! x
use leptos::prelude::*;
#[component]
pub(crate) fn ConnectionScreen() -> impl IntoView {
    view! { <h1>"a"</h1> }
}
#[component]
pub(crate) fn NewConnection() -> impl IntoView {
    view! { <h1>"a"</h1> }
}
