//! Giving up a package that waits for a destination.

use crate::api;
use crate::kit::{Dialog, Problems};
use beacon_api::{DeliveryGivenUp, Destination, DestinationPackage, Problem, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn GiveUp(package: RwSignal<Option<(Destination, DestinationPackage)>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| {
        if package.with(Option::is_some) {
            problem.set(None);
            open.set(true);
        }
    });
    // However it is closed. A signal that is set tells everybody, changed or not: only what is there is taken away.
    Effect::new(move |_| {
        if !open.get() && package.with_untracked(Option::is_some) {
            package.set(None);
        }
    });
    let what = move || {
        let (destination, package) = package.get()?;
        let connection = package.connection_name.unwrap_or_else(|| "a removed connection".to_owned());
        Some(format!("The package of {connection} is not sent to {} any more.", destination.name))
    };
    let give_up = move |_| {
        let Some((destination, one)) = package.get_untracked() else { return };
        let path = paths::with(paths::DESTINATION_GIVE_UP, &destination.id);
        spawn_local(async move {
            match api::post::<()>(&path, &DeliveryGivenUp { run: one.run }).await {
                Ok(()) => open.set(false),
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <Dialog open=open title="Give the package up?">
            <p>{what}" It stays on this beacon until it is removed as an old one."</p>
            <Problems problem=problem/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Keep trying"</button>
                <button type="button" class="danger" on:click=give_up>"Give up"</button>
            </div>
        </Dialog>
    }
}
