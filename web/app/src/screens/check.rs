//! *Test*: named checks with their next step, and a preview of the data before the first import.

use super::in_host::InHost;
use crate::api;
use crate::kit::{CopyButton, Icon, ProblemNotice, Status};
use crate::loading::{load, shown};
use crate::worker::{drive, place};
use beacon_api::{
    Check, CheckVerdict, Connection, Preview, PreviewTable, Problem, RunsIn, SourceType, TaskKind, TaskOrder,
    TaskPhase, TaskState, paths,
};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;
use serde_json::Value;

/// Milliseconds between two looks at a task.
const LOOK: u32 = 300;

/// What is tested, and the module that does it.
#[derive(Clone)]
struct Tested {
    connection: Connection,
    digest: String,
}

/// A task of this screen.
#[derive(Clone, Copy)]
struct Shown {
    state: RwSignal<Option<TaskState>>,
    problem: RwSignal<Option<Problem>>,
    in_host: RwSignal<bool>,
}

impl Shown {
    fn new() -> Self {
        Self { state: RwSignal::new(None), problem: RwSignal::new(None), in_host: RwSignal::new(false) }
    }

    fn is_busy(self) -> bool {
        self.state.with(|state| state.as_ref().is_some_and(|state| state.phase != TaskPhase::Finished))
            && self.problem.with(Option::is_none)
    }

    /// Starts a task; its module runs in the worker of this page if the browser can.
    fn start(self, tested: Tested, kind: TaskKind) {
        self.problem.set(None);
        spawn_local(async move {
            if let Err(refused) = self.run(tested, kind).await {
                self.problem.set(Some(refused));
            }
        });
    }

    async fn run(self, tested: Tested, kind: TaskKind) -> Result<(), Problem> {
        let runs_in = place(&tested.digest).await;
        self.in_host.set(runs_in == RunsIn::Host);
        let order = TaskOrder { kind, runs_in, way: None };
        let path = paths::with(paths::CONNECTION_TASKS, &tested.connection.id);
        let state: TaskState = api::post(&path, &order).await?;
        let (path, task) = (paths::with(paths::TASK, &state.id), state.id.clone());
        self.state.set(Some(state));
        if runs_in == RunsIn::Page {
            drive(tested.digest, task, self.state, self.problem);
        }
        loop {
            let state: TaskState = api::get(&path).await?;
            let over = state.phase == TaskPhase::Finished;
            if self.state.try_set(Some(state)).is_some() || over {
                return Ok(());
            }
            if self.problem.with_untracked(Option::is_some) {
                return Ok(());
            }
            TimeoutFuture::new(LOOK).await;
        }
    }
}

#[component]
pub(crate) fn CheckScreen() -> impl IntoView {
    let parameters = use_params_map();
    let tested = load(move || {
        let id = parameters.read().get("id").unwrap_or_default();
        async move {
            let connection: Connection = api::get(&paths::with(paths::CONNECTION, &id)).await?;
            let types: Vec<SourceType> = api::get(paths::SOURCE_TYPES).await?;
            let source = types.into_iter().find(|one| one.name == connection.source_type);
            Ok(Tested { connection, digest: source.map(|source| source.digest).unwrap_or_default() })
        }
    });
    view! {
        {shown(tested, move |tested| view! { <Tests tested/> })}
    }
}

#[component]
fn Tests(tested: Tested) -> impl IntoView {
    let (test, preview) = (Shown::new(), Shown::new());
    let (id, name) = (tested.connection.id.clone(), tested.connection.name.clone());
    let shared = StoredValue::new(tested.clone());
    test.start(tested, TaskKind::Test);
    view! {
        <div class="bar">
            <h1>"Test: "{name}</h1>
            <span class="grow"></span>
            <A href=format!("/connections/{id}") attr:class="button">"Back to the connection"</A>
            <button type="button" disabled=move || test.is_busy()
                on:click=move |_| test.start(shared.get_value(), TaskKind::Test)>"Test again"</button>
            <button type="button" class="primary" disabled=move || preview.is_busy()
                on:click=move |_| preview.start(shared.get_value(), TaskKind::Preview)>"Preview data"</button>
        </div>
        <section class="stack" aria-label="Checks">
            <p role="status">{move || test.is_busy().then_some("Testing …")}</p>
            <InHost when=test.in_host/>
            {move || test.problem.get().map(|problem| view! { <ProblemNotice problem/> })}
            {move || test.state.get().map(|state| view! { <Matrix state name=shared.with_value(|one| one.connection.name.clone())/> })}
        </section>
        <section class="stack" aria-label="Preview">
            <p role="status">{move || preview.is_busy().then_some("Fetching a sample …")}</p>
            {move || preview.problem.get().map(|problem| view! { <ProblemNotice problem/> })}
            {move || preview.state.get().map(|state| {
                let problem = state.problem.map(|problem| view! { <ProblemNotice problem/> });
                let tables = state.preview.map(|preview| view! { <Sample preview/> });
                view! { {problem}{tables} }
            })}
        </section>
    }
}

#[component]
fn Matrix(state: TaskState, name: String) -> impl IntoView {
    let problem = state.problem.clone().map(|problem| view! { <ProblemNotice problem/> });
    if state.checks.is_empty() {
        return view! { {problem} }.into_any();
    }
    let lines = state.checks.clone().into_iter().map(|check| {
        let (icon, tone, word) = match check.verdict {
            CheckVerdict::Pass => ("check", "good", "Pass"),
            CheckVerdict::Warning => ("warning", "warning", "Warning"),
            CheckVerdict::Fail => ("cross", "bad", "Fail"),
        };
        let text = for_a_colleague(&name, &check);
        let copy = (check.verdict != CheckVerdict::Pass).then(|| {
            view! { <CopyButton text=Signal::derive(move || text.clone()) label="Copy a text for a colleague"/> }
        });
        let advice =
            (check.verdict != CheckVerdict::Pass).then(|| view! { <p class="soft">{check.advice.clone()}</p> });
        view! {
            <tr>
                <td data-label="Outcome"><Status icon=icon tone=tone word=word/></td>
                <th scope="row" data-label="Check"><code>{check.check.clone()}</code></th>
                <td data-label="Finding">{check.title.clone()}{advice}{copy}</td>
            </tr>
        }
    });
    view! {
        {problem}
        <div class="scroll">
            <table class="reflow">
                <caption class="visually-hidden">"What was checked"</caption>
                <thead><tr><th scope="col">"Outcome"</th><th scope="col">"Check"</th><th scope="col">"Finding and next step"</th></tr></thead>
                <tbody>{lines.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What to send to the person who has to act.
fn for_a_colleague(name: &str, check: &Check) -> String {
    format!(
        "The connection \"{name}\" of our Microsoft 365 inventory needs your help.\n\n{} (check {}, code {})\n\nWhat to do: {}\n",
        check.title, check.check, check.code, check.advice
    )
}

#[component]
fn Sample(preview: Preview) -> impl IntoView {
    let masked = RwSignal::new(true);
    let tables = preview.tables.into_iter().map(|table| view! { <SampleTable table masked/> });
    view! {
        <div class="bar">
            <h2>"Preview"</h2>
            <span class="grow"></span>
            <button type="button" aria-pressed=move || (!masked.get()).to_string()
                on:click=move |_| masked.update(|masked| *masked = !*masked)>
                <Icon name="search"/>"Show personal data"
            </button>
        </div>
        {tables.collect_view()}
    }
}

#[component]
fn SampleTable(table: PreviewTable, masked: RwSignal<bool>) -> impl IntoView {
    let personal: Vec<bool> = table.columns.iter().map(|column| table.personal.contains(column)).collect();
    // Columns that are empty in the whole sample tell nothing.
    let filled: Vec<bool> = (0..table.columns.len())
        .map(|column| table.rows.iter().any(|row| row.get(column).is_some_and(|value| !value.is_null())))
        .collect();
    let is_filled = move |column: &usize, filled: &[bool]| filled.get(*column).copied().unwrap_or(false);
    let heads = table.columns.iter().enumerate().filter(|(column, _)| is_filled(column, &filled));
    let heads = heads.map(|(_, name)| view! { <th scope="col">{name.clone()}</th> }).collect_view();
    let count = table.rows.len();
    let lines = table.rows.into_iter().map(|row| {
        let cells =
            row.into_iter().enumerate().filter(|(column, _)| is_filled(column, &filled)).map(|(column, value)| {
                let text = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                let hide = personal.get(column).copied().unwrap_or(false) && !text.is_empty();
                view! {
                    <td class:masked=move || hide && masked.get()>
                        {move || if hide && masked.get() { "•••".to_owned() } else { text.clone() }}
                    </td>
                }
            });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let more = if table.more { "the first " } else { "" };
    let label = format!("{}, {more}{count} rows", table.table);
    view! {
        <details open={count <= 20}>
            <summary>{label.clone()}</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=label>
                <table><thead><tr>{heads}</tr></thead><tbody>{lines.collect_view()}</tbody></table>
            </div>
        </details>
    }
}
