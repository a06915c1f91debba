//! One run: live while it goes on, and what it left afterwards.

mod live;
mod log;
mod products;
mod results;

use crate::api;
use crate::happenings::happenings;
use crate::kit::{Moment, ProblemNotice, Problems, RunStatusBadge, duration_text};
use crate::loading::{load, shown};
use crate::session::session;
use beacon_api::{Happened, Problem, Run, RunPhase, RunStatus, TableProgress, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use live::Live;
use log::Log;
use results::Results;

/// Phase, tables, and until when the service asked for a pause; nothing before the first event.
type LiveFigures = Option<(RunPhase, Vec<TableProgress>, Option<String>)>;

#[component]
pub(crate) fn RunScreen() -> impl IntoView {
    let parameters = use_params_map();
    let happenings = happenings();
    let id = Memo::new(move |_| parameters.read().get("id").unwrap_or_default());
    let asked = RwSignal::new(0_u64);
    let run = load(move || {
        let id = id.get();
        happenings.connections.track();
        asked.track();
        async move { api::get::<Run>(&paths::with(paths::RUN, &id)).await }
    });
    // Live figures come by themselves; the run itself is asked for again when it enters another phase.
    let live = RwSignal::new(None::<(RunPhase, Vec<TableProgress>, Option<String>)>);
    Effect::new(move |_| {
        let Some(Happened::Run { run, phase, progress, throttled_until, .. }) = happenings.last.get() else { return };
        if run != id.get_untracked() {
            return;
        }
        let before = live.get_untracked().map(|(phase, ..)| phase);
        live.set(Some((phase, progress, throttled_until)));
        if before != Some(phase) {
            asked.update(|count| *count = count.wrapping_add(1));
        }
    });
    view! {
        {shown(run, move |run| view! { <Whole run live/> })}
    }
}

#[component]
fn Whole(run: Run, live: RwSignal<LiveFigures>) -> impl IntoView {
    let running = run.phase != RunPhase::Finished || run.status == RunStatus::Running;
    let problem = RwSignal::new(None::<Problem>);
    let id = StoredValue::new(run.id.clone());
    let cancel = move |_| {
        spawn_local(async move {
            problem.set(api::post_empty::<()>(&paths::with(paths::RUN_CANCEL, &id.get_value())).await.err());
        });
    };
    let can_cancel = running && run.phase != RunPhase::Finished && session().is_administrator();
    let facts = run.clone();
    let finished = run.finished_at.clone();
    view! {
        <div class="bar">
            <h1>{run.connection_name.clone()}</h1>
            <RunStatusBadge status=run.status/>
            <span class="grow"></span>
            {can_cancel.then(|| view! { <button type="button" class="danger" on:click=cancel>"Stop the import"</button> })}
            {(!running).then(|| view! { <A href=format!("/data/users?connection={}", run.connection) attr:class="button">"See the data"</A> })}
        </div>
        <Problems problem=problem/>
        <dl class="facts card">
            <dt>"Begun"</dt><dd><Moment at=facts.started_at.clone()/></dd>
            <dt>"Duration"</dt><dd>{duration_text(&facts.started_at, finished.as_deref())}</dd>
            {facts.requests.map(|requests| view! {
                <dt>"Requests"</dt><dd>{format!("{requests}, {} of them repeated", facts.retries.unwrap_or_default())}</dd>
            })}
            {facts.changes.map(|changes| view! {
                <dt>"Since the run before"</dt>
                <dd>{format!("{} rows added, {} changed, {} removed", changes.added, changes.changed, changes.removed)}</dd>
            })}
            {facts.package_folder.clone().map(|folder| view! { <dt>"Package"</dt><dd class="mono">{folder}</dd> })}
        </dl>
        {run.problem.clone().map(|problem| view! { <ProblemNotice problem/> })}
        {if running { view! { <Live run=run.clone() live/> }.into_any() }
            else { view! { <Results run=run.clone()/> }.into_any() }}
        <Log run=run.id.clone() running/>
    }
}
