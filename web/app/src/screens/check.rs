//! x
use leptos::prelude::*;
#[component]
pub(crate) fn CheckScreen() -> impl IntoView {
    view! { <h1>"CheckScreen"</h1> }
}
