//! After a consent was kept: what it is, and at once whether it works without anybody. The refresh token is redeemed
//! and one report is asked for, while the person who can change something is still there.

use super::attempt::Attempt;
use crate::api;
use crate::kit::{Notice, ProblemNotice, Tone};
use crate::screens::findings::Findings;
use crate::worker::{drive, place};
use beacon_api::{Problem, RunsIn, TaskKind, TaskOrder, TaskPhase, TaskState, paths};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;

/// Milliseconds between two looks at the test.
const LOOK: u32 = 300;

#[component]
pub(super) fn Kept(attempt: Attempt, task: TaskState) -> impl IntoView {
    let test = format!("/connections/{}/test", task.connection);
    let account =
        task.consent.and_then(|consent| consent.account).unwrap_or_else(|| "an account without a name".to_owned());
    let (tried, problem) = (RwSignal::new(None::<TaskState>), RwSignal::new(None::<Problem>));
    spawn_local(async move {
        if let Err(refused) = try_it(attempt, tried, problem).await {
            // The screen may be gone.
            let _ = problem.try_set(Some(refused));
        }
    });
    let over = move || tried.with(|state| state.as_ref().is_some_and(|state| state.phase == TaskPhase::Finished));
    view! {
        <Notice tone=Tone::Good title="The consent is kept">
            <p>{account}" has consented. Runs now work by themselves."</p>
        </Notice>
        <p>{move || if over() || problem.with(Option::is_some) { "Tried without anybody:" } else { "Trying it without anybody …" }}</p>
        {move || problem.get().map(|problem| view! { <ProblemNotice problem/> })}
        {move || tried.get().map(|state| view! {
            <Findings checks=state.checks/>
            {state.problem.map(|problem| view! { <ProblemNotice problem/> })}
        })}
        <div class="bar"><A href=test attr:class="button primary">"Test and preview"</A></div>
    }
}

async fn try_it(
    attempt: Attempt,
    tried: RwSignal<Option<TaskState>>,
    problem: RwSignal<Option<Problem>>,
) -> Result<(), Problem> {
    let (connection, digest) = (attempt.connection(), attempt.digest());
    let runs_in = place(&digest).await;
    let order = TaskOrder { kind: TaskKind::Test, runs_in, way: None };
    let state: TaskState = api::post(&paths::with(paths::CONNECTION_TASKS, &connection), &order).await?;
    let id = state.id.clone();
    if tried.try_set(Some(state)).is_some() {
        return Ok(());
    }
    if runs_in == RunsIn::Page {
        drive(digest, id.clone(), tried, problem);
    }
    loop {
        let state: TaskState = api::get(&paths::with(paths::TASK, &id)).await?;
        let over = state.phase == TaskPhase::Finished;
        if tried.try_set(Some(state)).is_some() || over || problem.try_with_untracked(Option::is_some) != Some(false) {
            return Ok(());
        }
        TimeoutFuture::new(LOOK).await;
    }
}
