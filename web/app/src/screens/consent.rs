//! *Generate…*: consent at Microsoft, in a popup, in the whole window, by pasting an address, with a code, or by
//! somebody else with a link.
//!
//! Start reading at [`ConsentPanel`]; `attempt.rs` is one sign-in from the click to its end, the other files are what is
//! shown of it.

mod attempt;
mod channel;
mod confirm;
mod finished;
mod kept;
mod link;
mod microsoft_says;
mod paste;
mod popup;
mod waiting;
mod ways;
mod whole_window;

use super::form_field::Filling;
use super::in_host::InHost;
use crate::happenings::happenings;
use crate::kit::{Moment, ProblemNotice};
use attempt::{Attempt, Stage};
use beacon_api::{Connection, Happened, TaskPhase};
use beacon_contract::Form;
use confirm::Confirm;
use finished::Finished;
use leptos::prelude::*;
use waiting::{Blocked, Waiting};
use ways::Ways;

/// Slot in which a refresh token lies.
const REFRESH_TOKEN: &str = "refresh_token";

#[component]
pub(crate) fn ConsentPanel(
    connection: Connection,
    digest: String,
    form: StoredValue<Form>,
    filling: Filling,
) -> impl IntoView {
    let by_person = move || {
        let flow = form.with_value(|form| filling.effective(form).text("flow").unwrap_or_default().to_owned());
        matches!(flow.as_str(), "authorization_code" | "device_code")
    };
    let attempt = Attempt::new(connection.id.clone(), digest);
    attempt.listen();
    // A sign-in in the whole window that came back, or a consent that waits for confirmation, by a link for example.
    if let Some(task) = whole_window::pending(&connection.id) {
        attempt.follow_own(task);
    } else if let Some(task) = connection.waiting_consent.clone() {
        attempt.follow_foreign(task);
    }
    let happenings = happenings();
    Effect::new(move |_| {
        if let Some(Happened::Task { task }) = happenings.last.get() {
            attempt.notice(task);
        }
    });
    let stored = StoredValue::new(connection);
    view! {
        <Show when=by_person>
            <section class="card" aria-labelledby="consent-title">
                <h2 id="consent-title">"Consent"</h2>
                <Given connection=stored/>
                <Show
                    when=move || filling.changed.get()
                    fallback=move || view! { <Ways attempt form filling/> }
                >
                    <p class="soft">"Save first: consent is asked for with what is saved."</p>
                </Show>
                <Progress attempt/>
            </section>
        </Show>
    }
}

/// A consent that came from elsewhere and waits, looked at where its connection is not edited; `discarded` is called when
/// nothing is left to look at. What is tried afterwards runs in the host.
#[component]
pub(crate) fn ConsentReview(
    connection: String,
    task: String,
    discarded: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    let attempt = Attempt::new(connection, String::new());
    attempt.follow_foreign(task);
    Effect::new(move |before: Option<Stage>| {
        let now = attempt.stage.get();
        if before == Some(Stage::Task) && now == Stage::Idle {
            discarded();
        }
        now
    });
    view! { <Progress attempt/> }
}

/// The consent that is kept.
#[component]
fn Given(connection: StoredValue<Connection>) -> impl IntoView {
    connection.with_value(|connection| {
        let consent = connection.consent.clone()?;
        let since = connection.secrets.iter().find(|facts| facts.slot == REFRESH_TOKEN);
        let since = since.map(|facts| view! { <span>" on "<Moment at=facts.stored_at.clone()/></span> });
        let account = consent.account.unwrap_or_else(|| "an account without a name".to_owned());
        Some(view! {
            <p>"Consented by "<strong>{account}</strong>{since}" to "<span class="soft">{consent.scopes.join(", ")}</span>"."</p>
        })
    })
}

/// How the sign-in goes on; a screen reader says each change.
#[component]
fn Progress(attempt: Attempt) -> impl IntoView {
    view! {
        <div class="stack consent" role="status" aria-live="polite">
            {move || attempt.problem.get().map(|problem| view! { <ProblemNotice problem/> })}
            <InHost when=attempt.in_host/>
            {move || match attempt.stage.get() {
                Stage::Idle => ().into_any(),
                Stage::Starting => view! { <p>"Starting …"</p> }.into_any(),
                Stage::Blocked => view! { <Blocked attempt/> }.into_any(),
                Stage::Task => view! { <State attempt/> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn State(attempt: Attempt) -> impl IntoView {
    move || {
        let task = attempt.task.get()?;
        Some(match task.phase {
            TaskPhase::Working => view! { <p>"Working …"</p> }.into_any(),
            TaskPhase::WaitingForSignIn => view! { <Waiting attempt task/> }.into_any(),
            TaskPhase::WaitingForConfirmation => view! { <Confirm attempt task/> }.into_any(),
            TaskPhase::Finished => view! { <Finished attempt task/> }.into_any(),
        })
    }
}
