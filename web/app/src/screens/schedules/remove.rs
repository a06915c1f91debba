//! Deleting a schedule: which connections are not scheduled any more.

use crate::api;
use crate::kit::{Dialog, Problems};
use beacon_api::{Problem, Schedule, ScheduleRemoved, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn RemoveSchedule(schedule: RwSignal<Option<Schedule>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let left = RwSignal::new(String::new());
    Effect::new(move |_| {
        if schedule.with(Option::is_some) {
            problem.set(None);
            open.set(true);
        }
    });
    // However it is closed. A signal that is set tells everybody, changed or not: only what is there is taken away.
    Effect::new(move |_| {
        if !open.get() && schedule.with_untracked(Option::is_some) {
            schedule.set(None);
        }
    });
    let name = move || schedule.get().map(|schedule| schedule.draft.name).unwrap_or_default();
    let consequence = move || match schedule.get().map(|schedule| schedule.followers) {
        Some(followers) if !followers.is_empty() => {
            let names: Vec<String> = followers.into_iter().map(|follower| follower.name).collect();
            format!("These connections are not scheduled any more: {}.", names.join(", "))
        }
        _ => "No connection follows it.".to_owned(),
    };
    let remove = move |_| {
        let Some(one) = schedule.get_untracked() else { return };
        spawn_local(async move {
            match api::delete::<ScheduleRemoved>(&paths::with(paths::SCHEDULE, &one.id)).await {
                Ok(_) => {
                    left.set(format!("{} is deleted.", one.draft.name));
                    open.set(false);
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <p role="status">{left}</p>
        <Dialog open=open title="Delete the schedule?">
            <p><strong>{name}</strong>" goes. "{consequence}" Imports under way go on."</p>
            <Problems problem=problem/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Keep the schedule"</button>
                <button type="button" class="danger" on:click=remove>"Delete"</button>
            </div>
        </Dialog>
    }
}
