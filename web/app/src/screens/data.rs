//! x
use leptos::prelude::*;
#[component]
pub(crate) fn Users() -> impl IntoView {
    view! { <h1>"Users"</h1> }
}
#[component]
pub(crate) fn Applications() -> impl IntoView {
    view! { <h1>"Applications"</h1> }
}
#[component]
pub(crate) fn Licences() -> impl IntoView {
    view! { <h1>"Licences"</h1> }
}
#[component]
pub(crate) fn Usage() -> impl IntoView {
    view! { <h1>"Usage"</h1> }
}
