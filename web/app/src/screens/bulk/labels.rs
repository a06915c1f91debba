//! *Labels…* for many: which come, and which go.

use super::Ordering;
use crate::kit::Dialog;
use crate::screens::labels_field::listed;
use beacon_api::BulkAction;
use leptos::prelude::*;

#[component]
pub(super) fn LabelsDialog(open: RwSignal<bool>, ordering: Ordering) -> impl IntoView {
    let (add, remove) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let save = move |_| {
        let order = BulkAction::Labels { add: listed(&add.get_untracked()), remove: listed(&remove.get_untracked()) };
        ordering.give(order, "changed");
        add.set(String::new());
        remove.set(String::new());
        open.set(false);
    };
    view! {
        <Dialog open=open title="Labels">
            <div class="field">
                <label for="labels-add">"Give them"</label>
                <input id="labels-add" autocomplete="off" aria-describedby="labels-add-help" bind:value=add/>
                <p class="help" id="labels-add-help">"For example gold, region=eu. Letters, digits and - _ . = only."</p>
            </div>
            <div class="field">
                <label for="labels-remove">"Take from them"</label>
                <input id="labels-remove" autocomplete="off" bind:value=remove/>
            </div>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Exit"</button>
                <button type="button" class="primary" on:click=save>"Save"</button>
            </div>
        </Dialog>
    }
}
