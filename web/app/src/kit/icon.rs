//! Icons: decoration beside a word, never instead of one.

use leptos::prelude::*;

#[component]
pub(crate) fn Icon(#[prop(into)] name: Signal<&'static str>) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use href=move || format!("/icons.svg#{}", name.get())></use>
        </svg>
    }
}
