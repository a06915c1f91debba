//! The dialog of a schedule: times with a look ahead, and the connections that follow it.

use super::Editing;
use super::entered::{Entered, zones};
use super::rule_fields::{Number, RuleFields};
use crate::api;
use crate::kit::{Dialog, Icon, Moment, Problems};
use crate::loading::{Loading, load};
use beacon_api::{Connection, Problem, Schedule, SchedulePreview, paths};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Editor(editing: RwSignal<Option<Editing>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let saved = RwSignal::new(String::new());
    Effect::new(move |_| {
        if editing.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() && editing.with_untracked(Option::is_some) {
            editing.set(None);
        }
    });
    view! {
        <p role="status">{saved}</p>
        <Dialog open=open title="Schedule">
            {move || editing.get().map(|editing| view! { <Form editing open saved/> })}
        </Dialog>
    }
}

#[component]
fn Form(editing: Editing, open: RwSignal<bool>, saved: RwSignal<String>) -> impl IntoView {
    let stored = match editing {
        Editing::New => None,
        Editing::Change(schedule) => Some(schedule),
    };
    let entered = Entered::new(stored.as_deref());
    let id = StoredValue::new(stored.map(|schedule| schedule.id));
    let ahead = load(move || {
        let draft = entered.draft();
        async move { api::post::<SchedulePreview>(paths::SCHEDULES_CHECK, &draft).await }
    });
    let problem = RwSignal::new(None::<Problem>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let draft = untrack(|| entered.draft());
        spawn_local(async move {
            let result = match id.get_value() {
                Some(id) => api::put::<Schedule>(&paths::with(paths::SCHEDULE, &id), &draft).await,
                None => api::post::<Schedule>(paths::SCHEDULES, &draft).await,
            };
            match result {
                Ok(schedule) => {
                    saved.set(format!("{} is saved.", schedule.draft.name));
                    open.set(false);
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <form class="stack" on:submit=submit>
            <div class="field">
                <label for="schedule-name">"Name"</label>
                <input id="schedule-name" required maxlength="100" autocomplete="off" bind:value=entered.name/>
                <Wrong ahead field="name"/>
            </div>
            <RuleFields entered/>
            <Wrong ahead field="rule"/>
            <Zone entered ahead/>
            <Ahead ahead/>
            <Followers entered/>
            <fieldset>
                <legend>"Times that are missed, because the host sleeps or the beacon does not run"</legend>
                <label class="choice">
                    <input type="radio" name="missed" prop:checked=move || !entered.skip.get()
                        on:change=move |_| entered.skip.set(false)/>
                    <span>"Run once as soon as possible"</span>
                </label>
                <label class="choice">
                    <input type="radio" name="missed" prop:checked=move || entered.skip.get()
                        on:change=move |_| entered.skip.set(true)/>
                    <span>"Skip them"</span>
                </label>
            </fieldset>
            <details>
                <summary>"Spread and window"</summary>
                <div class="stack">
                    <Number id="schedule-parallel" label="Connections at a time, 1 to 64" value=entered.parallel/>
                    <Wrong ahead field="parallel"/>
                    <Number id="schedule-jitter" label="Start up to so many minutes later, 0 to 720" value=entered.jitter/>
                    <Wrong ahead field="jitter_minutes"/>
                    <Window entered/>
                    <Wrong ahead field="window"/>
                </div>
            </details>
            <Problems problem=problem/>
            <div class="bar">
                <span class="grow"></span>
                <button type="button" on:click=move |_| open.set(false)>"Exit"</button>
                <button type="submit" class="primary">"Save"</button>
            </div>
        </form>
    }
}

#[component]
fn Zone(entered: Entered, ahead: RwSignal<Loading<SchedulePreview>>) -> impl IntoView {
    let zones = zones().into_iter().map(|zone| view! { <option value=zone></option> });
    view! {
        <div class="field">
            <label for="schedule-zone">"Time zone"</label>
            <input id="schedule-zone" list="time-zones" required autocomplete="off" spellcheck="false" bind:value=entered.zone/>
            <datalist id="time-zones">{zones.collect_view()}</datalist>
            <Wrong ahead field="zone"/>
        </div>
    }
}

#[component]
fn Window(entered: Entered) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="checkbox" bind:checked=entered.windowed/>
            <span>"Start imports within a part of the day only"
                <span class="help">"One that is due outside waits until the window opens."</span></span>
        </label>
        <Show when=move || entered.windowed.get()>
            <div class="field">
                <label for="schedule-from">"From"</label>
                <input id="schedule-from" type="time" required bind:value=entered.from/>
            </div>
            <div class="field">
                <label for="schedule-until">"Until"</label>
                <input id="schedule-until" type="time" required bind:value=entered.until/>
            </div>
        </Show>
    }
}

/// The connections, with what they follow today: choosing one takes it from there.
#[component]
fn Followers(entered: Entered) -> impl IntoView {
    let connections = load(|| async { api::get::<Vec<Connection>>(paths::CONNECTIONS).await });
    let choices = move || {
        let connections = connections.get().ready().unwrap_or_default();
        if connections.is_empty() {
            return view! { <p class="soft">"There are none yet."</p> }.into_any();
        }
        let choice = |connection: Connection| {
            let id = StoredValue::new(connection.id);
            let change = move |event| {
                let chosen = event_target_checked(&event);
                entered.connections.update(|connections| {
                    if chosen {
                        connections.insert(id.get_value());
                    } else {
                        connections.remove(&id.get_value());
                    }
                });
            };
            let checked = move || entered.connections.with(|chosen| id.with_value(|id| chosen.contains(id)));
            let today = connection.schedule.map(|schedule| format!("follows {} now", schedule.name));
            view! {
                <label class="choice">
                    <input type="checkbox" prop:checked=checked on:change=change/>
                    <span>{connection.name}<span class="help">{today}</span></span>
                </label>
            }
        };
        connections.into_iter().map(choice).collect_view().into_any()
    };
    view! { <fieldset><legend>"Connections"</legend><div class="choices">{choices}</div></fieldset> }
}

/// What the host says about a field.
#[component]
fn Wrong(ahead: RwSignal<Loading<SchedulePreview>>, field: &'static str) -> impl IntoView {
    let said = move || {
        let problems = ahead.get().ready().map(|preview| preview.problems).unwrap_or_default();
        let found = problems.into_iter().find(|problem| problem.field == field);
        // An empty name is no news while somebody is about to enter it.
        let found = found.filter(|problem| field != "name" || !problem.title.contains("empty"));
        found.map(|problem| view! { <p class="wrong"><Icon name="warning"/>{problem.title}</p> })
    };
    view! { <div class="field" role="status">{said}</div> }
}

/// The next five times of what is entered.
#[component]
fn Ahead(ahead: RwSignal<Loading<SchedulePreview>>) -> impl IntoView {
    let times = move || {
        let preview = ahead.get().ready().filter(|preview| !preview.next.is_empty())?;
        let times = preview.next.into_iter().map(|at| view! { <li><Moment at/></li> });
        Some(view! { <p class="soft">"Next times, in your own zone:"</p><ol>{times.collect_view()}</ol> })
    };
    view! { <div class="ahead">{times}</div> }
}
