//! *Generate…*: consent at Microsoft, in a popup, in the whole window, by pasting an address, or with a code.

use super::form_field::Filling;
use super::paste::Paste;
use super::popup::Popup;
use crate::api;
use crate::kit::{CopyButton, Icon, Moment, Notice, ProblemNotice, Problems, Tone};
use crate::loading::load;
use crate::worker::drive;
use beacon_api::{
    CheckVerdict, Connection, ConsentLink, ConsentWay, Defaults, Problem, RunsIn, TaskKind, TaskOrder, TaskPhase,
    TaskState, paths,
};
use beacon_contract::Form;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// Milliseconds between two looks at a task.
const LOOK: u32 = 700;

/// How long a closed popup may still mean success: the callback page closes itself.
const GRACE: u32 = 2_000;

/// Key under which a sign-in in the whole window is remembered while the page is away.
const PENDING: &str = "beacon-pending-task";

/// A sign-in in the whole window. The callback page reads it as well.
#[derive(Serialize, Deserialize)]
struct Pending {
    connection: String,
    task: String,
}

/// What the panel is at.
#[derive(Clone, Copy)]
struct Attempt {
    task: RwSignal<Option<TaskState>>,
    problem: RwSignal<Option<Problem>>,
    /// The popup was blocked: the whole window is offered.
    blocked: RwSignal<bool>,
    /// The popup is closed and no answer came.
    closed: RwSignal<bool>,
}

#[component]
pub(crate) fn ConsentPanel(
    connection: Connection,
    digest: String,
    form: StoredValue<Form>,
    filling: Filling,
) -> impl IntoView {
    let flow = move || form.with_value(|form| filling.effective(form).text("flow").unwrap_or_default().to_owned());
    let by_person = move || matches!(flow().as_str(), "authorization_code" | "device_code");
    let native = move || {
        let redirect =
            form.with_value(|form| filling.effective(form).text("redirect_uri").unwrap_or_default().to_owned());
        redirect.ends_with("/nativeclient")
    };
    let attempt = Attempt {
        task: RwSignal::new(None),
        problem: RwSignal::new(None),
        blocked: RwSignal::new(false),
        closed: RwSignal::new(false),
    };
    let (id, digest) = (StoredValue::new(connection.id.clone()), StoredValue::new(digest));
    let defaults = load(|| async { api::get::<Defaults>(paths::DEFAULTS).await });
    let only_browser = move || defaults.get().ready().is_some_and(|defaults| defaults.only_browser_consent);
    pick_up(attempt, id);
    let consent = StoredValue::new(connection.consent.clone());
    let kept = move || {
        consent.get_value().map(|consent| {
            let account = consent.account.unwrap_or_else(|| "an account without a name".to_owned());
            let scopes = consent.scopes.join(", ");
            view! { <p>"Consented by "<strong>{account}</strong>" to "<span class="soft">{scopes}</span>"."</p> }
        })
    };
    let begin = move |way: ConsentWay| {
        // Opened in the click: later the browser would block it.
        let popup = (way == ConsentWay::Browser).then(Popup::open);
        start(attempt, id, digest.get_value(), way, popup);
    };
    view! {
        <Show when=by_person>
            <section class="card" aria-labelledby="consent-title">
                <h2 id="consent-title">"Consent"</h2>
                {kept}
                <Show
                    when=move || filling.changed.get()
                    fallback=move || view! {
                        <p>"An administrator signs in at Microsoft once and accepts what is asked for. Runs then need \
                            nobody. Cloud Application Administrator is enough to consent; usage reports need Reports \
                            Reader as well, and an eligible role that is not active is not enough."</p>
                        <div class="bar">
                            <Show when=move || flow() == "authorization_code" && !native()>
                                <button class="primary" type="button" on:click=move |_| begin(ConsentWay::Browser)>
                                    <Icon name="key"/>"Generate…"
                                </button>
                            </Show>
                            <Show when=move || flow() == "authorization_code" && !only_browser()>
                                <button type="button" class:primary=native on:click=move |_| begin(ConsentWay::Paste)>
                                    {move || if native() { "Generate…" } else { "Paste the address instead" }}
                                </button>
                            </Show>
                            <Show when=move || !only_browser()>
                                <button type="button" on:click=move |_| begin(ConsentWay::Device)>
                                    "With a code on another device"
                                </button>
                            </Show>
                            <SendLink connection=id/>
                        </div>
                    }
                >
                    <p class="soft">"Save first: consent is asked for with what is saved."</p>
                </Show>
                <Progress attempt/>
            </section>
        </Show>
    }
}

/// A link for the person who may consent.
#[component]
fn SendLink(connection: StoredValue<String>) -> impl IntoView {
    let (link, problem) = (RwSignal::new(None::<ConsentLink>), RwSignal::new(None::<Problem>));
    let make = move |_| {
        spawn_local(async move {
            let path = paths::with(paths::CONSENT_LINKS, &connection.get_value());
            match api::post_empty::<ConsentLink>(&path).await {
                Ok(made) => {
                    problem.set(None);
                    link.set(Some(made));
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <button type="button" on:click=make>"Link for somebody else"</button>
        <Problems problem=problem/>
        {move || link.get().map(|link| {
            let address = link.address.clone();
            view! {
                <div class="stack">
                    <pre tabindex="0">{link.address.clone()}</pre>
                    <p class="soft">"Good once, until "<Moment at=link.expires_at.clone()/>
                        ". It works where this beacon is reached. Nothing is kept before you confirm here."</p>
                    <CopyButton text=Signal::derive(move || address.clone()) label="Copy the link"/>
                </div>
            }
        })}
    }
}

/// A sign-in in the whole window that came back.
fn pick_up(attempt: Attempt, connection: StoredValue<String>) {
    let Some(storage) = web_sys::window().and_then(|window| window.session_storage().ok().flatten()) else { return };
    let pending = storage.get_item(PENDING).ok().flatten();
    let pending = pending.and_then(|text| serde_json::from_str::<Pending>(&text).ok());
    let Some(pending) = pending.filter(|pending| pending.connection == connection.get_value()) else { return };
    let _ = storage.remove_item(PENDING);
    follow(attempt, pending.task, None);
}

fn start(attempt: Attempt, connection: StoredValue<String>, digest: String, way: ConsentWay, popup: Option<Popup>) {
    attempt.problem.set(None);
    attempt.closed.set(false);
    attempt.blocked.set(popup.as_ref().is_some_and(Popup::is_blocked));
    // A popup that was blocked leads to the whole window, which ends this page's worker: the host holds the module.
    let blocked = attempt.blocked.get_untracked();
    let runs_in = if blocked { RunsIn::Host } else { RunsIn::Page };
    spawn_local(async move {
        let path = paths::with(paths::CONNECTION_TASKS, &connection.get_value());
        let order = TaskOrder { kind: TaskKind::Consent, runs_in, way: Some(way) };
        match api::post::<TaskState>(&path, &order).await {
            Ok(state) => {
                let task = state.id.clone();
                attempt.task.set(Some(state));
                if runs_in == RunsIn::Page {
                    drive(digest, task.clone(), attempt.task, attempt.problem);
                }
                follow(attempt, task, popup);
            }
            Err(refused) => {
                if let Some(popup) = popup {
                    popup.close();
                }
                attempt.problem.set(Some(refused));
            }
        }
    });
}

/// Looks at a task until it is over, and leads the popup to the sign-in page.
fn follow(attempt: Attempt, task: String, popup: Option<Popup>) {
    spawn_local(async move {
        let (path, mut sent, mut gone_for) = (paths::with(paths::TASK, &task), false, 0);
        loop {
            match api::get::<TaskState>(&path).await {
                Ok(state) => {
                    if let (Some(address), false, Some(popup)) = (&state.sign_in_address, sent, &popup) {
                        sent = popup.go(address);
                    }
                    let over = matches!(state.phase, TaskPhase::Finished | TaskPhase::WaitingForConfirmation);
                    let waiting = state.phase == TaskPhase::WaitingForSignIn;
                    if attempt.task.try_set(Some(state)).is_some() {
                        // The screen is gone.
                        return;
                    }
                    if over {
                        if let Some(popup) = &popup {
                            popup.close();
                        }
                        attempt.closed.set(false);
                        return;
                    }
                    let closed = waiting && sent && popup.as_ref().is_some_and(Popup::is_closed);
                    gone_for = if closed { gone_for + LOOK } else { 0 };
                    attempt.closed.set(gone_for > GRACE);
                }
                Err(refused) => {
                    attempt.problem.set(Some(refused));
                    return;
                }
            }
            TimeoutFuture::new(LOOK).await;
        }
    });
}

#[component]
fn Progress(attempt: Attempt) -> impl IntoView {
    view! {
        <div class="stack" role="status" aria-live="polite">
            {move || attempt.problem.get().map(|problem| view! { <ProblemNotice problem/> })}
            {move || attempt.task.get().map(|task| view! { <State attempt task/> })}
        </div>
    }
}

#[component]
fn State(attempt: Attempt, task: TaskState) -> impl IntoView {
    let id = StoredValue::new(task.id.clone());
    let give_up = move |_| {
        spawn_local(async move {
            let _ = api::delete::<()>(&paths::with(paths::TASK, &id.get_value())).await;
            attempt.task.set(None);
        });
    };
    match task.phase {
        TaskPhase::Working => view! { <p>"Working …"</p> }.into_any(),
        TaskPhase::WaitingForSignIn => {
            let (blocked, closed) = (attempt.blocked, attempt.closed);
            let address = task.sign_in_address.clone();
            let whole = address.clone().filter(|_| blocked.get_untracked());
            let (connection, task_id) = (task.connection.clone(), task.id.clone());
            let leave = Callback::new(move |()| leave_for(&connection, &task_id, whole.as_deref()));
            let paste = (task.way == Some(ConsentWay::Paste)).then(|| {
                view! { <Paste task=task.clone()/> }
            });
            let code = task.device_code.clone().map(|code| {
                let user_code = code.user_code.clone();
                view! {
                    <p>"Open "<a href=code.verification_uri.clone() target="_blank" rel="noreferrer">{code.verification_uri.clone()}</a>
                        " on any device and enter:"</p>
                    <p class="code">{code.user_code.clone()}</p>
                    <CopyButton text=Signal::derive(move || user_code.clone()) label="Copy the code"/>
                }
            });
            let in_browser = (task.way == Some(ConsentWay::Browser)).then(|| view! {
                <Show
                    when=move || blocked.get()
                    fallback=move || view! {
                        <Show
                            when=move || closed.get()
                            fallback=|| view! { <p>"Sign in in the other window and accept …"</p> }
                        >
                            <Notice tone=Tone::Warning title="The sign-in window was closed">
                                <p>"If you accepted, the answer comes in a moment. Otherwise choose Generate… again. \
                                    What did Microsoft's page say? A number that begins with AADSTS tells: "
                                    <a href="https://login.microsoftonline.com/error" target="_blank" rel="noreferrer">"look it up"</a>"."</p>
                            </Notice>
                        </Show>
                    }
                >
                    <Notice tone=Tone::Warning title="The browser blocked the sign-in window">
                        <p>"Allow popups for this address, or sign in in this window: you come back here by yourself."</p>
                        <div class="bar">
                            <button type="button" class="primary" on:click=move |_| leave.run(())>"Sign in in this window"</button>
                        </div>
                    </Notice>
                </Show>
            });
            view! {
                {in_browser}
                {paste}
                {code}
                <div class="bar"><button type="button" on:click=give_up>"Give up"</button></div>
            }
            .into_any()
        }
        TaskPhase::WaitingForConfirmation => view! { <Confirm attempt task/> }.into_any(),
        TaskPhase::Finished if task.kept => view! {
            <Notice tone=Tone::Good title="The consent is kept">
                <p>"Runs now work by themselves. Next: test, or execute."</p>
            </Notice>
        }
        .into_any(),
        TaskPhase::Finished => match task.problem {
            Some(problem) => view! { <ProblemNotice problem/> }.into_any(),
            None => ().into_any(),
        },
    }
}

/// Signs in in the whole window; the page remembers what it comes back to.
fn leave_for(connection: &str, task: &str, address: Option<&str>) {
    let (Some(window), Some(address)) = (web_sys::window(), address) else { return };
    let pending = Pending { connection: connection.to_owned(), task: task.to_owned() };
    let pending = serde_json::to_string(&pending).unwrap_or_default();
    if let Ok(Some(storage)) = window.session_storage() {
        // Without it the person finds the connection in the list.
        let _ = storage.set_item(PENDING, &pending);
    }
    let _ = window.location().assign(address);
}

/// Whose consent it is; only now anything is kept.
#[component]
fn Confirm(attempt: Attempt, task: TaskState) -> impl IntoView {
    let id = StoredValue::new(task.id.clone());
    let consent = task.consent.clone();
    let (second, refused) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let keep = move |_| {
        spawn_local(async move {
            let query = if second.get_untracked() { "?second_connection=true" } else { "" };
            let path = format!("{}{query}", paths::with(paths::TASK_CONFIRM, &id.get_value()));
            match api::post_empty::<TaskState>(&path).await {
                Ok(state) => attempt.task.set(Some(state)),
                Err(problem) => refused.set(Some(problem)),
            }
        });
    };
    let discard = move |_| {
        spawn_local(async move {
            let _ = api::delete::<()>(&paths::with(paths::TASK, &id.get_value())).await;
            attempt.task.set(None);
        });
    };
    let weak: Vec<_> = task.checks.iter().filter(|check| check.verdict != CheckVerdict::Pass).cloned().collect();
    let weak = weak.into_iter().map(|check| {
        view! { <Notice tone=Tone::Warning title=check.title><p>{check.advice}</p></Notice> }
    });
    let account = consent.as_ref().and_then(|consent| consent.account.clone());
    let tenant = consent.as_ref().and_then(|consent| consent.tenant_id.clone());
    let scopes = consent.map(|consent| consent.scopes.join(", ")).unwrap_or_default();
    view! {
        <Notice tone=Tone::Information title="Is this the right account and tenant?">
            <dl class="facts">
                <dt>"Account"</dt><dd>{account.unwrap_or_else(|| "without a name".to_owned())}</dd>
                <dt>"Tenant"</dt><dd>{tenant.unwrap_or_else(|| "unnamed".to_owned())}</dd>
                <dt>"Granted"</dt><dd>{scopes}</dd>
            </dl>
        </Notice>
        {weak.collect_view()}
        {move || refused.get().map(|problem| {
            let connected = problem.code == "store.tenant_connected";
            view! {
                <ProblemNotice problem/>
                {connected.then(|| view! {
                    <label class="choice">
                        <input type="checkbox" bind:checked=second/>
                        <span>"Yes, a second connection of this tenant is wanted"</span>
                    </label>
                })}
            }
        })}
        <div class="bar">
            <button type="button" class="primary" on:click=keep>"Keep the consent"</button>
            <button type="button" on:click=discard>"Discard it"</button>
        </div>
    }
}
