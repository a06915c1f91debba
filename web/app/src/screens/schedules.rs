//! Schedules: when connections are imported by themselves.

mod editor;
mod entered;
mod remove;
mod rule_fields;
mod times;

use crate::api;
use crate::happenings::happenings;
use crate::kit::{Icon, Moment, Problems};
use crate::loading::{load, shown};
use crate::session::session;
use beacon_api::{Problem, Schedule, paths};
use editor::Editor;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use remove::RemoveSchedule;
use times::Times;

/// What the dialog is about.
#[derive(Clone)]
enum Editing {
    New,
    Change(Box<Schedule>),
}

#[component]
pub(crate) fn Schedules() -> impl IntoView {
    let happenings = happenings();
    let listed = load(move || {
        happenings.schedules.track();
        async move { api::get::<Vec<Schedule>>(paths::SCHEDULES).await }
    });
    let editing = RwSignal::new(None::<Editing>);
    let removing = RwSignal::new(None::<Schedule>);
    let problem = RwSignal::new(None::<Problem>);
    let administrator = session().is_administrator();
    view! {
        <div class="bar">
            <h1>"Schedules"</h1>
            <span class="grow"></span>
            <Show when=move || administrator>
                <button type="button" class="primary" on:click=move |_| editing.set(Some(Editing::New))>
                    <Icon name="plus"/>"New schedule"
                </button>
            </Show>
        </div>
        <Problems problem=problem/>
        {shown(listed, move |schedules| {
            if schedules.is_empty() {
                return view! { <Empty/> }.into_any();
            }
            let cards = schedules.into_iter().map(|schedule| view! { <Card schedule editing removing problem/> });
            view! { <div class="stack">{cards.collect_view()}</div> }.into_any()
        })}
        <Editor editing=editing/>
        <RemoveSchedule schedule=removing/>
    }
}

#[component]
fn Empty() -> impl IntoView {
    view! {
        <div class="card narrow">
            <h2>"Nothing runs by itself yet"</h2>
            <p>"A schedule says when its connections are imported: any number of connections can follow one, and they run \
                one after the other. While this beacon serves, it keeps the times; what it missed is made up for or \
                skipped, as the schedule says."</p>
            <p class="soft">"Connections are under "<A href="/connections">"Inventory Systems"</A>"."</p>
        </div>
    }
}

#[component]
fn Card(
    schedule: Schedule,
    editing: RwSignal<Option<Editing>>,
    removing: RwSignal<Option<Schedule>>,
    problem: RwSignal<Option<Problem>>,
) -> impl IntoView {
    let name = schedule.draft.name.clone();
    let title = format!("schedule-{}", schedule.id);
    let labelled = title.clone();
    let facts = facts(&schedule);
    let followers = schedule.followers.iter().map(|follower| follower.name.clone()).collect::<Vec<_>>();
    let followers = if followers.is_empty() { "none yet".to_owned() } else { followers.join(", ") };
    let next = schedule.next.first().cloned().map(|at| view! { <Moment at/> });
    let actions = session().is_administrator().then(|| {
        let (change, remove, id) = (schedule.clone(), schedule.clone(), schedule.id.clone());
        let idle = schedule.followers.is_empty();
        let trigger = move |_| {
            let path = paths::with(paths::SCHEDULE_TRIGGER, &id);
            spawn_local(async move { problem.set(api::post_empty::<()>(&path).await.err()) });
        };
        view! {
            <button type="button" disabled=idle on:click=trigger aria-label=format!("Run all of {name} now")>
                <Icon name="run"/>"Run all now"
            </button>
            <button type="button" aria-label=format!("Edit {name}")
                on:click=move |_| editing.set(Some(Editing::Change(Box::new(change.clone()))))>
                <Icon name="edit"/>"Edit…"
            </button>
            <button type="button" class="quiet" aria-label=format!("Delete {name}")
                on:click=move |_| removing.set(Some(remove.clone()))>
                <Icon name="trash"/>"Delete"
            </button>
        }
    });
    view! {
        <section class="card" aria-labelledby=labelled>
            <div class="bar"><h2 id=title>{schedule.draft.name.clone()}</h2><span class="grow"></span>{actions}</div>
            <dl class="facts">
                <dt>"When"</dt><dd>{facts}</dd>
                <dt>"Next"</dt><dd>{next}</dd>
                <dt>"Connections"</dt><dd>{followers}</dd>
            </dl>
            <details>
                <summary>"Next and last times"</summary>
                <Times next=schedule.next occasions=schedule.occasions/>
            </details>
        </section>
    }
}

/// Everything that decides when it runs, in one line.
fn facts(schedule: &Schedule) -> String {
    let draft = &schedule.draft;
    let mut parts = vec![format!("{} ({})", schedule.when, draft.zone)];
    if let Some(window) = &draft.window {
        parts.push(format!("starts within {window} only"));
    }
    if draft.jitter_minutes > 0 {
        parts.push(format!("up to {} minutes later", draft.jitter_minutes));
    }
    parts.push(match draft.parallel {
        1 => "one after the other".to_owned(),
        several => format!("{several} at a time"),
    });
    parts.push(match draft.missed {
        beacon_api::MissedRuns::RunOnce => "missed times are made up for once".to_owned(),
        beacon_api::MissedRuns::Skip => "missed times are skipped".to_owned(),
    });
    parts.join(" · ")
}
