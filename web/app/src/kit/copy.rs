//! Copying a text, with a word when it is done.

use super::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

/// Copies `text`; `label` says what it is.
#[component]
pub(crate) fn CopyButton(#[prop(into)] text: Signal<String>, #[prop(into)] label: String) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            let copying = web_sys::window().map(|window| window.navigator().clipboard().write_text(&text));
            let copied = match copying {
                Some(promise) => JsFuture::from(promise).await.is_ok(),
                None => false,
            };
            said.set(if copied { "Copied." } else { "The browser does not allow it: select and copy." });
        });
    };
    view! {
        <button type="button" on:click=copy><Icon name="copy"/>{label}</button>
        <span class="soft" role="status">{said}</span>
    }
}
