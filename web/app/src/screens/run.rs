//! One run: live while it goes on, and what it left afterwards.

use crate::api;
use crate::happenings::happenings;
use crate::kit::{
    Moment, Notice, ProblemNotice, Problems, RunStatusBadge, Status, Tone, counted, day_of, duration_text, float,
    written,
};
use crate::loading::{load, shown};
use crate::session::session;
use beacon_api::{
    Happened, LogLevel, LogLine, Problem, ProductDifference, Run, RunPhase, RunStatus, TableProgress, TableResult,
    paths,
};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

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

/// Rows of each table as they come.
#[component]
fn Live(run: Run, live: RwSignal<LiveFigures>) -> impl IntoView {
    let first = StoredValue::new((run.phase, run.progress.clone(), run.throttled_until.clone()));
    let now = move || live.get().unwrap_or_else(|| first.get_value());
    let begun = StoredValue::new(run.started_at.clone());
    let phase = move || match now().0 {
        RunPhase::Fetching => "Fetching",
        RunPhase::Writing => "Writing the package",
        RunPhase::Preparing => "Preparing the data for this page",
        RunPhase::Finished => "Finished",
    };
    let pause = move || {
        let until = now().2?;
        let left = duration_text(&js_sys::Date::new_0().to_iso_string().as_string()?, Some(&until));
        (left != "0 s").then(|| format!("The service asked for a pause: {left} left."))
    };
    view! {
        <section class="stack" aria-label="Progress">
            <p role="status">{phase}" …"</p>
            {move || pause().map(|text| view! { <Notice tone=Tone::Information title="Waiting"><p>{text}</p></Notice> })}
            <div class="scroll">
                <table>
                    <thead><tr>
                        <th scope="col">"Table"</th><th scope="col" class="number">"Rows"</th>
                        <th scope="col" class="number">"Expected"</th><th scope="col" class="number">"Pages"</th>
                        <th scope="col" class="number">"Rows a second"</th>
                    </tr></thead>
                    <tbody>
                        {move || now().1.into_iter().map(|table| {
                            let seconds = seconds_since(&begun.get_value());
                            let rate = if seconds > 0.0 { written((float(table.rows) / seconds).round()) } else { String::new() };
                            let expected = table.expected.map(|expected| view! {
                                <progress max=expected.to_string() value=table.rows.to_string() aria-label=format!("{} of {expected}", table.rows)></progress>
                                {counted(expected)}
                            });
                            view! {
                                <tr>
                                    <th scope="row">{table.table.clone()}</th>
                                    <td class="number">{counted(table.rows)}</td>
                                    <td class="number">{expected}</td>
                                    <td class="number">{counted(table.pages)}</td>
                                    <td class="number">{rate}</td>
                                </tr>
                            }
                        }).collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn seconds_since(moment: &str) -> f64 {
    (js_sys::Date::now() - js_sys::Date::new(&moment.into()).get_time()) / 1_000.0
}

/// Each table with its status, and what was noticed.
#[component]
fn Results(run: Run) -> impl IntoView {
    let warnings = run.warnings.clone().into_iter();
    let warnings = warnings.map(|text| view! { <Notice tone=Tone::Warning title="Noticed"><p>{text}</p></Notice> });
    let lines = run.tables.clone().into_iter().map(|table| view! { <Result table/> }).collect_view();
    let has_tables = !run.tables.is_empty();
    view! {
        {warnings.collect_view()}
        {has_tables.then(|| view! {
            <div class="scroll">
                <table class="reflow">
                    <caption class="visually-hidden">"Tables of the package"</caption>
                    <thead><tr>
                        <th scope="col">"Table"</th><th scope="col">"Status"</th><th scope="col" class="number">"Rows"</th>
                        <th scope="col" class="number">"Pages"</th><th scope="col">"As of"</th><th scope="col">"Why"</th>
                    </tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
            <Products run=run.id.clone()/>
        })}
    }
}

#[component]
fn Result(table: TableResult) -> impl IntoView {
    let (icon, tone, word) = match table.status.as_str() {
        "complete" => ("check", "good", "Complete"),
        "partial" => ("warning", "warning", "Not complete"),
        _ => ("none", "", "Skipped"),
    };
    let concealed = table.concealed.then(|| view! { <Status icon="warning" tone="warning" word="Names concealed"/> });
    view! {
        <tr>
            <th scope="row" data-label="Table">{table.table.clone()}</th>
            <td data-label="Status"><Status icon=icon tone=tone word=word/>" "{concealed}</td>
            <td data-label="Rows" class="number">{counted(table.rows)}</td>
            <td data-label="Pages" class="number">{counted(table.pages)}</td>
            <td data-label="As of">{table.refreshed_on.as_deref().map(day_of).unwrap_or_default()}</td>
            <td data-label="Why">{table.reason.clone().unwrap_or_default()}</td>
        </tr>
    }
}

/// "Admin centre n, here n", down to names.
#[component]
fn Products(run: String) -> impl IntoView {
    let found = load(move || {
        let path = paths::with(paths::RUN_PRODUCTS, &run);
        async move { api::get::<Vec<ProductDifference>>(&path).await }
    });
    view! {
        {move || found.get().ready().filter(|found| !found.is_empty()).map(|found| {
            let different = found.iter().filter(|one| one.admin_center != one.here).count();
            let lines = found.into_iter().map(|one| {
                let same = one.admin_center == one.here;
                let (icon, tone, word) = if same { ("check", "good", "The same") } else { ("warning", "warning", "Different") };
                let people = one.people.into_iter().map(|person| view! { <li>{person}</li> }).collect_view();
                view! {
                    <tr>
                        <th scope="row" data-label="Product">{one.product_name}</th>
                        <td data-label="Admin centre" class="number">{one.admin_center}</td>
                        <td data-label="Here" class="number">{one.here}</td>
                        <td data-label="Compared"><Status icon=icon tone=tone word=word/><ul>{people}</ul></td>
                    </tr>
                }
            });
            let lines = lines.collect_view();
            view! {
                <details open={different > 0}>
                    <summary>{format!("Seats by product: {different} counted differently by the admin centre")}</summary>
                    <div class="scroll">
                        <table class="reflow">
                            <thead><tr>
                                <th scope="col">"Product"</th><th scope="col" class="number">"Admin centre"</th>
                                <th scope="col" class="number">"Here"</th><th scope="col">"Compared"</th>
                            </tr></thead>
                            <tbody>{lines}</tbody>
                        </table>
                    </div>
                </details>
            }
        })}
    }
}

/// The log, with a filter and as a file.
#[component]
fn Log(run: String, running: bool) -> impl IntoView {
    let least = RwSignal::new(LogLevel::Information);
    let again = RwSignal::new(0_u64);
    let download = format!("{}?download", paths::with(paths::RUN_LOG, &run));
    let lines = load(move || {
        again.track();
        let path = paths::with(paths::RUN_LOG, &run);
        async move { api::get::<Vec<LogLine>>(&path).await }
    });
    if running {
        spawn_local(async move {
            loop {
                TimeoutFuture::new(1_000).await;
                if again.try_update(|count| *count = count.wrapping_add(1)).is_none() {
                    return;
                }
            }
        });
    }
    view! {
        <section class="stack" aria-label="Log">
            <div class="bar">
                <h2>"Log"</h2>
                <label class="visually-hidden" for="least">"Show from"</label>
                <select id="least" on:change=move |event| least.set(match event_target_value(&event).as_str() {
                    "warning" => LogLevel::Warning,
                    "error" => LogLevel::Error,
                    _ => LogLevel::Information,
                })>
                    <option value="information">"Everything"</option>
                    <option value="warning">"Warnings and errors"</option>
                    <option value="error">"Errors"</option>
                </select>
                <span class="grow"></span>
                <a class="button" href=download download="" rel="external">"Download the log"</a>
            </div>
            {move || {
                let shown = lines.get().ready().unwrap_or_default().into_iter().filter(|line| line.level >= least.get());
                let text: Vec<String> = shown.map(|line| {
                    let word = match line.level {
                        LogLevel::Information => "",
                        LogLevel::Warning => "warning: ",
                        LogLevel::Error => "error: ",
                    };
                    let time = line.at.get(11..19).unwrap_or_default().to_owned();
                    format!("{time} UTC  {word}{}", line.text)
                }).collect();
                let text = if text.is_empty() { "Nothing was logged here.".to_owned() } else { text.join("\n") };
                view! { <pre tabindex="0" aria-label="Lines of the log">{text}</pre> }
            }}
        </section>
    }
}
