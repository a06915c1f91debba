//! Consent, test and preview.

use crate::answer::{Answer, Asked, Body, done, json};
use crate::app::App;
use crate::cookie::Cookie;
use crate::invitations;
use crate::problem::Refusal;
use crate::secret_text;
use crate::task::{self, Unconfirmed};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use beacon_api::{Happened, PastedAddress, TaskKind, TaskOrder, TaskPhase};
use beacon_operations::{Module, consents, keep};
use beacon_store::{Action, Deed, InvitationEvent, SecondConnection};
use serde::Deserialize;
use std::sync::Arc;
use zeroize::Zeroizing;

/// How much longer than a sign-in may take the browser keeps the mark of its attempt, in seconds.
const LONGER: i64 = 5 * 60;

/// An address with a code is about 2 KiB.
const LONGEST_ADDRESS: usize = 16 << 10;

pub(crate) async fn start(State(app): State<Arc<App>>, Path(id): Path<String>, Body(order): Body<TaskOrder>) -> Answer {
    let connection = app.connection(&id)?;
    let (task, cookie) = task::start(&app, connection, &order, None, app.tasks.place()?)?;
    Ok(with_attempt(&app, json(&task.state())?, &cookie))
}

/// Marks the browser that started an attempt.
pub(crate) fn with_attempt(app: &App, mut response: Response, value: &str) -> Response {
    let seconds = i64::try_from(app.sign_in_patience.as_secs()).unwrap_or(i64::MAX).saturating_add(LONGER);
    let cookie = Cookie::Attempt.set(value, app.address.port, seconds, app.address.secure);
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    response
}

pub(crate) async fn one(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    json(&app.tasks.find(&id)?.state())
}

pub(crate) async fn give_up(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let task = app.tasks.find(&id)?;
    let waited = task.waits_for_confirmation();
    if task.state().kind == TaskKind::Consent && !task.is_over() {
        let connection = app.installation.store().connection(task.connection)?;
        app.installation.record(&Deed::to_connection(Action::ConsentRejected, &connection))?;
    }
    if let Some(invitation) = task.invitation {
        invitations::happened(&app, invitation, InvitationEvent::Withdrawn, Some(&consents::discarded()));
    }
    task.give_up();
    if waited {
        app.tell(Happened::Connections);
    }
    done()
}

pub(crate) async fn poll(State(app): State<Arc<App>>, Path(id): Path<String>, wishes: Bytes) -> Answer {
    let task = app.tasks.find(&id)?;
    let Some(page) = task.page() else {
        let title = "The module of this task runs in the beacon itself.";
        return Err(Refusal::conflict("task.not_in_page", title, "Ask for the state of the task instead."));
    };
    match page.exchange(wishes).await? {
        Some(events) => Ok(([(header::CONTENT_TYPE, "application/octet-stream")], events).into_response()),
        None => done(),
    }
}

/// A pasted address. It has to carry the `state` of this very task; a bare code is completed with it, because only the
/// session that has this task can send it here.
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(pasted): Body<PastedAddress>,
) -> Answer {
    let task = app.tasks.find(&id)?;
    let pasted = Zeroizing::new(pasted.address.trim().to_owned());
    if pasted.is_empty() || pasted.len() > LONGEST_ADDRESS {
        let title = "That is no address of a sign-in page.";
        return Err(
            Refusal::settings("consent.paste", title, "Copy the whole address from the address bar.").about("address")
        );
    }
    let mine = Cookie::Attempt.read(&headers, app.address.port).map(secret_text::known) == Some(task.attempt);
    if !mine {
        let title = "Another browser started this sign-in.";
        return Err(Refusal::forbidden("consent.other_browser", title, "Start it again in this browser."));
    }
    if !task.bring(pasted) {
        let title = "Nobody waits for this answer any more.";
        return Err(Refusal::conflict("consent.not_waiting", title, "Start the sign-in again."));
    }
    done()
}

#[derive(Deserialize)]
pub(crate) struct ConfirmQuery {
    /// Whether a second connection of this tenant is wanted.
    #[serde(default)]
    second_connection: bool,
}

/// Keeps a consent. One that cannot be kept waits on, so that a person can change what is in its way.
pub(crate) async fn confirm(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(query): Asked<ConfirmQuery>,
) -> Answer {
    let task = app.tasks.find(&id)?;
    let second = if query.second_connection { SecondConnection::Confirmed } else { SecondConnection::Refuse };
    let kept = task.confirm(|Unconfirmed { consent, asked }| {
        let module = Module::find(&app.installation.folders, None, &asked.source_type)?;
        keep(&app.installation, &module, asked, consent, second).map(|_| ())
    });
    let Some(kept) = kept else {
        let title = "There is no consent to keep.";
        return Err(Refusal::conflict("consent.none", title, "Start the sign-in again."));
    };
    kept?;
    task.change(|state| {
        state.phase = TaskPhase::Finished;
        state.kept = true;
    });
    match task.invitation {
        Some(invitation) => invitations::happened(&app, invitation, InvitationEvent::Confirmed, None),
        None => invitations::consented_otherwise(&app, task.connection),
    }
    app.tell(Happened::Connections);
    json(&task.state())
}
