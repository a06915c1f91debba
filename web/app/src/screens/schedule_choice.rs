//! *Schedule…*: which schedule a connection follows.

use crate::api;
use crate::kit::{Dialog, Problems};
use crate::loading::load;
use beacon_api::{Connection, Problem, Schedule, ScheduleChoice, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

#[component]
pub(crate) fn ScheduleDialog(connection: RwSignal<Option<Connection>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Problem>);
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(connection) = connection.get() else { return };
        chosen.set(connection.schedule.map(|schedule| schedule.id).unwrap_or_default());
        problem.set(None);
        open.set(true);
    });
    // However it is closed. A signal that is set tells everybody, changed or not: only what is there is taken away.
    Effect::new(move |_| {
        if !open.get() && connection.with_untracked(Option::is_some) {
            connection.set(None);
        }
    });
    let name = move || connection.get().map(|connection| connection.name).unwrap_or_default();
    let save = move |_| {
        let Some(connection) = connection.get_untracked() else { return };
        let choice = ScheduleChoice { schedule: Some(chosen.get_untracked()).filter(|id| !id.is_empty()) };
        let scheduled = choice.schedule.is_some();
        let path = paths::with(paths::CONNECTION_SCHEDULE, &connection.id);
        spawn_local(async move {
            match api::put::<()>(&path, &choice).await {
                Ok(()) => {
                    let state = if scheduled { "is scheduled" } else { "is not scheduled" };
                    said.set(format!("{} {state}.", connection.name));
                    open.set(false);
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <p role="status">{said}</p>
        <Dialog open=open title="When it is imported">
            <ScheduleChoices chosen legend=Signal::derive(name)/>
            <Problems problem=problem/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Exit"</button>
                <button type="button" class="primary" on:click=save>"Save"</button>
            </div>
        </Dialog>
    }
}

/// All schedules, and none.
#[component]
pub(super) fn ScheduleChoices(chosen: RwSignal<String>, legend: Signal<String>) -> impl IntoView {
    let schedules = load(|| async { api::get::<Vec<Schedule>>(paths::SCHEDULES).await });
    let choices = move || {
        let one = |schedule: Schedule| {
            let (id, when) = (schedule.id, format!("{} ({})", schedule.when, schedule.draft.zone));
            view! { <Choice chosen id name=schedule.draft.name when/> }
        };
        schedules.get().ready().unwrap_or_default().into_iter().map(one).collect_view()
    };
    view! {
        <fieldset>
            <legend>{legend}</legend>
            <Choice chosen id=String::new() name="Not scheduled".to_owned() when="by Execute Now only".to_owned()/>
            {choices}
        </fieldset>
        <p class="soft">"Times are made and changed under "<A href="/schedules">"Schedules"</A>"."</p>
    }
}

#[component]
fn Choice(chosen: RwSignal<String>, id: String, name: String, when: String) -> impl IntoView {
    let id = StoredValue::new(id);
    view! {
        <label class="choice">
            <input type="radio" name="schedule" prop:checked=move || id.with_value(|id| chosen.get() == *id)
                on:change=move |_| chosen.set(id.get_value())/>
            <span>{name}<span class="help">{when}</span></span>
        </label>
    }
}
