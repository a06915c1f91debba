//! Tools that are folded away behind a button, over what lies below.

use super::Icon;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::Node;

/// Open until Escape, or until the focus is somewhere else.
#[component]
pub(crate) fn Popover(#[prop(into)] label: Signal<String>, children: Children) -> impl IntoView {
    let (folded, summary) = (NodeRef::<html::Details>::new(), NodeRef::<html::Summary>::new());
    let close = move || {
        if let Some(folded) = folded.get_untracked() {
            folded.set_open(false);
        }
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && folded.get_untracked().is_some_and(|folded| folded.open()) {
            event.stop_propagation();
            close();
            if let Some(summary) = summary.get_untracked() {
                // It fails only for what is not in the page.
                let _ = summary.focus();
            }
        }
    };
    let left = move |event: leptos::ev::FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if !folded.get_untracked().is_some_and(|folded| folded.contains(to.as_ref())) {
            close();
        }
    };
    view! {
        <details class="popover" node_ref=folded on:keydown=pressed on:focusout=left>
            <summary class="button" node_ref=summary>{label}<Icon name="down"/></summary>
            <div class="panel" tabindex="-1">{children()}</div>
        </details>
    }
}
