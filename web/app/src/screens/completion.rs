//! Whether an app of the organisation's own is ready: asked again and again, until it is.

use super::form_field::Filling;
use crate::api;
use crate::kit::{Notice, ProblemNotice, Status, Tone};
use beacon_api::{
    Check, CheckVerdict, Connection, Health, Problem, RunsIn, TaskKind, TaskOrder, TaskPhase, TaskState, paths,
};
use beacon_contract::Form;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Milliseconds between two looks at a test.
const LOOK: u32 = 500;

/// Milliseconds until Microsoft is asked again: what was granted there takes about that long to be known everywhere.
const AGAIN: u32 = 10_000;

/// How it stands.
#[derive(Clone)]
enum Standing {
    Asking,
    /// These checks do not pass yet, or nothing could be checked at all.
    Missing(Vec<Check>, Option<Problem>),
    Ready,
}

impl Standing {
    fn of(state: TaskState) -> Self {
        let missing: Vec<_> = state.checks.into_iter().filter(|check| check.verdict == CheckVerdict::Fail).collect();
        if missing.is_empty() && state.problem.is_none() { Self::Ready } else { Self::Missing(missing, state.problem) }
    }
}

/// One test in the host's sandbox, to its end.
async fn test(connection: &str) -> Result<TaskState, Problem> {
    let order = TaskOrder { kind: TaskKind::Test, runs_in: RunsIn::Host, way: None };
    let mut state: TaskState = api::post(&paths::with(paths::CONNECTION_TASKS, connection), &order).await?;
    let path = paths::with(paths::TASK, &state.id);
    while state.phase != TaskPhase::Finished {
        TimeoutFuture::new(LOOK).await;
        state = api::get(&path).await?;
    }
    Ok(state)
}

/// For a connection that signs in by itself and has brought nothing yet.
#[component]
pub(crate) fn Completion(connection: Connection, form: StoredValue<Form>, filling: Filling) -> impl IntoView {
    let flow = form.with_value(|form| filling.effective(form).text("flow").unwrap_or_default().to_owned());
    let unfinished = matches!(connection.health, Health::NeverRan | Health::NeedsConsent | Health::Failing);
    if !flow.starts_with("client_") || !unfinished {
        return ().into_any();
    }
    let standing = RwSignal::new(Standing::Asking);
    spawn_local(async move {
        loop {
            let found = match test(&connection.id).await {
                Ok(state) => Standing::of(state),
                Err(problem) => Standing::Missing(Vec::new(), Some(problem)),
            };
            let ready = matches!(found, Standing::Ready);
            // Nobody looks any more when the panel is gone.
            if standing.try_set(found).is_some() || ready {
                return;
            }
            TimeoutFuture::new(AGAIN).await;
        }
    });
    view! {
        <section class="card" aria-labelledby="completion-title">
            <h2 id="completion-title">"Is the app ready?"</h2>
            <div class="stack" role="status">{move || match standing.get() {
                Standing::Asking => view! { <p>"Asking Microsoft …"</p> }.into_any(),
                Standing::Ready => view! {
                    <Notice tone=Tone::Good title="The app is ready">
                        <p>"It signs in and may read what is imported. Test and preview, or Execute Now."</p>
                    </Notice>
                }
                .into_any(),
                Standing::Missing(checks, problem) => view! { <Missing checks problem/> }.into_any(),
            }}</div>
        </section>
    }
    .into_any()
}

#[component]
fn Missing(checks: Vec<Check>, problem: Option<Problem>) -> impl IntoView {
    let lines = checks.into_iter().map(|check| {
        view! {
            <li>
                <Status icon="cross" tone="bad" word="Not yet"/>" "{check.title}
                <p class="soft">{check.advice}</p>
            </li>
        }
    });
    view! {
        <p>"Not yet. This asks again every ten seconds and says when everything is there."</p>
        {problem.map(|problem| view! { <ProblemNotice problem/> })}
        <ul>{lines.collect_view()}</ul>
    }
}
