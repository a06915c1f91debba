//! Deleting a connection: what happens to the data, and what stays at Microsoft.

use crate::api;
use crate::kit::{Dialog, Problems};
use beacon_api::{Connection, Problem, Removed, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(crate) fn RemoveDialog(connection: RwSignal<Option<Connection>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let erase = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let left = RwSignal::new(String::new());
    Effect::new(move |_| {
        if connection.with(Option::is_some) {
            open.set(true);
        }
    });
    // However it is closed. A signal that is set tells everybody, changed or not: only what is there is taken away.
    Effect::new(move |_| {
        if !open.get() && connection.with_untracked(Option::is_some) {
            connection.set(None);
            erase.set(false);
            problem.set(None);
        }
    });
    let name = move || connection.get().map(|connection| connection.name).unwrap_or_default();
    let remove = move |_| {
        let Some(connection) = connection.get_untracked() else { return };
        let what = if erase.get_untracked() { "erase" } else { "keep" };
        let path = format!("{}?packages={what}", paths::with(paths::CONNECTION, &connection.id));
        spawn_local(async move {
            match api::delete::<Removed>(&path).await {
                Ok(removed) => {
                    left.set(told(&connection.name, &removed));
                    open.set(false);
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <p role="status">{left}</p>
        <Dialog open=open title="Delete the connection?">
            <p><strong>{name}</strong>" goes with its secrets, its history and its imported usage files."</p>
            <fieldset>
                <legend>"Its packages"</legend>
                <label class="choice">
                    <input type="radio" name="packages" prop:checked=move || !erase.get()
                        on:change=move |_| erase.set(false)/>
                    <span>"Keep them where they are"</span>
                </label>
                <label class="choice">
                    <input type="radio" name="packages" prop:checked=move || erase.get()
                        on:change=move |_| erase.set(true)/>
                    <span>"Erase them"<span class="help">"Whatever was handed on already is not touched; what still waits for a destination is not sent."</span></span>
                </label>
            </fieldset>
            <p class="soft">"At Microsoft nothing changes by this. To withdraw the consent or remove the app: Entra admin \
                center → Enterprise applications → the app → Properties → Delete; an app registration of your own is \
                under App registrations."</p>
            <Problems problem=problem/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Keep the connection"</button>
                <button type="button" class="danger" on:click=remove>"Delete"</button>
            </div>
        </Dialog>
    }
}

/// What is left of a connection, in words.
fn told(name: &str, removed: &Removed) -> String {
    match &removed.packages_kept {
        Some(folder) => format!("{name} is deleted. Its packages are still in {folder}."),
        None => {
            let erased = format!("{name} is deleted, and {} of its packages are erased.", removed.packages_erased);
            let not_erased = &removed.packages_not_erased;
            if not_erased.is_empty() { erased } else { format!("{erased} Not erased: {}", not_erased.join(" ")) }
        }
    }
}
