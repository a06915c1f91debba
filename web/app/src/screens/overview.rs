//! x
use leptos::prelude::*;
#[component]
pub(crate) fn OverviewScreen() -> impl IntoView {
    view! { <h1>"OverviewScreen"</h1> }
}
