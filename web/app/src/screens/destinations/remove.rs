//! Deleting a destination: what is still owed to it, and what becomes of that.

use super::card::packages_of;
use crate::api;
use crate::kit::{Dialog, Moment, Problems};
use beacon_api::{Destination, DestinationRemoved, Problem, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn RemoveDestination(destination: RwSignal<Option<Destination>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let left = RwSignal::new(String::new());
    Effect::new(move |_| {
        if destination.with(Option::is_some) {
            problem.set(None);
            open.set(true);
        }
    });
    // However it is closed. A signal that is set tells everybody, changed or not: only what is there is taken away.
    Effect::new(move |_| {
        if !open.get() && destination.with_untracked(Option::is_some) {
            destination.set(None);
        }
    });
    let name = move || destination.get().map(|destination| destination.name).unwrap_or_default();
    let owed = move || match destination.get().filter(|destination| destination.waiting > 0) {
        None => view! { <p>"Nothing waits for it. What was delivered stays there."</p> }.into_any(),
        Some(destination) => {
            let oldest = destination.oldest_waiting.map(|at| view! { ", the oldest from "<Moment at/> });
            view! {
                <p>"Still owed to it: "<strong>{packages_of(destination.waiting)}</strong>{oldest}
                    ". That is not sent there any more, and stays on this beacon until it is removed as old. \
                    What was delivered stays there."</p>
            }
            .into_any()
        }
    };
    let remove = move |_| {
        let Some(one) = destination.get_untracked() else { return };
        spawn_local(async move {
            match api::delete::<DestinationRemoved>(&paths::with(paths::DESTINATION, &one.id)).await {
                Ok(removed) => {
                    let not_sent = match removed.not_sent {
                        0 => String::new(),
                        count => format!(" {} for it will not be sent.", packages_of(count)),
                    };
                    left.set(format!("{} is deleted.{not_sent}", one.name));
                    open.set(false);
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <p role="status">{left}</p>
        <Dialog open=open title="Delete the destination?">
            <p><strong>{name}</strong>" goes with its credential."</p>
            {owed}
            <Problems problem=problem/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Keep the destination"</button>
                <button type="button" class="danger" on:click=remove>"Delete"</button>
            </div>
        </Dialog>
    }
}
