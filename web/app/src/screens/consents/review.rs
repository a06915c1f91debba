//! A consent that waits, looked at without leaving the board: whose it is, and then kept or discarded.

use crate::kit::Dialog;
use crate::screens::consent::ConsentReview;
use beacon_api::ConsentRow;
use leptos::prelude::*;

#[component]
pub(super) fn Review(reviewing: RwSignal<Option<ConsentRow>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if reviewing.with(Option::is_some) {
            open.set(true);
        }
    });
    // However it is closed. A signal that is set tells everybody, changed or not: only what is there is taken away.
    Effect::new(move |_| {
        if !open.get() && reviewing.with_untracked(Option::is_some) {
            reviewing.set(None);
        }
    });
    let shown = move || {
        let row = reviewing.get_untracked()?;
        let task = row.task?;
        Some(view! {
            <p>"For the connection "<strong>{row.name}</strong>"."</p>
            <ConsentReview connection=row.connection task discarded=move || open.set(false)/>
        })
    };
    view! {
        <Dialog open=open title="A consent waits">
            {shown()}
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Close"</button>
            </div>
        </Dialog>
    }
}
