//! A modal question, on the browser's own element: focus stays inside, Escape closes.

use leptos::html;
use leptos::prelude::*;

/// Shown while `open` is true.
#[component]
pub(crate) fn Dialog(open: RwSignal<bool>, #[prop(into)] title: String, children: ChildrenFn) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = element.get() else { return };
        if open.get() && !dialog.open() {
            // It fails only for a dialog that is open.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=element aria-label=title.clone() on:close=move |_| open.set(false)>
            <div class="stack">
                <h2>{title.clone()}</h2>
                {move || open.get().then(|| children())}
            </div>
        </dialog>
    }
}
