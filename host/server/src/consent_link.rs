//! What a link leads to that was sent to the person who may consent and has no account here. It works once; the consent
//! that comes of it waits for an administrator's confirmation like every other.

use crate::acting;
use crate::app::App;
use crate::assets;
use crate::invitations;
use crate::metrics::Peer;
use crate::routes::tasks::with_attempt;
use crate::secret_text;
use crate::task;
use crate::tasks::Place;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use beacon_api::{ConsentWay, Happened, RunsIn, TaskKind, TaskOrder, TaskPhase};
use beacon_contract::FailKind;
use beacon_operations::{Installation, Trouble, acting_here};
use beacon_store::{Invitation, InvitationEvent};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long the module may take until it knows where to sign in.
const PATIENCE: Duration = Duration::from_secs(30);

/// When it is worth to try again where there was no room, in seconds.
const LATER: &str = "60";

/// The page with one button. Opening it uses nothing up, or a scanner of mail would.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(token): Path<String>,
) -> Response {
    let shown = acting_here(acting::by_consent_link(peer), || {
        app.installation.store().show_invitation(secret_text::known(&token), Installation::now())
    });
    match shown {
        Ok(Some(_)) => {
            app.tell(Happened::Consents);
            assets::page("consent-link.html", StatusCode::OK)
        }
        Ok(None) => assets::page("consent-done.html", StatusCode::NOT_FOUND),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Uses a link: tells the address of the sign-in page.
pub(crate) async fn follow(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(token): Path<String>,
) -> Response {
    let begun = acting_here(acting::by_consent_link(peer), || followed(&app, &token));
    let (task, cookie) = match begun {
        Ok(begun) => begun,
        Err(why) => return why.into_response(),
    };
    app.tell(Happened::Task { task: task.id.clone() });
    let known = |state: &beacon_api::TaskState| state.sign_in_address.is_some() || state.phase == TaskPhase::Finished;
    // Whether it is known in time is seen in the next line.
    let _ = tokio::time::timeout(PATIENCE, task.reach(known)).await;
    match task.state().sign_in_address {
        Some(address) => with_attempt(&app, Json(json!({ "address": address })).into_response(), &cookie),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Why nobody goes on to the sign-in page.
enum Halt {
    /// The link is not good any more.
    Gone,
    /// The link is good; a consent of its connection waits for an administrator's confirmation, and nobody takes that away.
    Waits,
    /// The link is good; there is no room for one more sign-in just now.
    Later,
    /// The link is used up, and the sign-in could not begin.
    Broken,
}

impl IntoResponse for Halt {
    fn into_response(self) -> Response {
        match self {
            Self::Gone => StatusCode::NOT_FOUND.into_response(),
            Self::Waits => StatusCode::CONFLICT.into_response(),
            Self::Later => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, LATER)]).into_response(),
            Self::Broken => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
}

/// Uses a link up, and begins the consent that it is for. It is used up last: by a sign-in that there is room for.
fn followed(app: &Arc<App>, token: &str) -> Result<(Arc<task::Task>, String), Halt> {
    let (link, now) = (secret_text::known(token), Installation::now());
    let found = app.installation.store().invitation_by_link(link, now);
    let found = found.map_err(|_| Halt::Later)?.ok_or(Halt::Gone)?;
    if app.tasks.unconfirmed(found.connection).is_some() {
        return Err(Halt::Waits);
    }
    let place = app.tasks.place_of_link().ok_or(Halt::Later)?;
    let followed = app.installation.store().follow_invitation(link, now);
    let invitation = followed.map_err(|_| Halt::Later)?.ok_or(Halt::Gone)?;
    app.tell(Happened::Consents);
    begin(app, &invitation, place).map_err(|trouble| {
        invitations::happened(app, invitation.id, InvitationEvent::BrokenOff, Some(&trouble));
        Halt::Broken
    })
}

fn begin(app: &Arc<App>, invitation: &Invitation, place: Place) -> Result<(Arc<task::Task>, String), Trouble> {
    let order = TaskOrder { kind: TaskKind::Consent, runs_in: RunsIn::Host, way: Some(ConsentWay::Browser) };
    let connection = app.installation.store().connection(invitation.connection)?;
    task::start(app, connection, &order, Some(invitation.id), place).map_err(|refusal| {
        let problem = refusal.problem;
        Trouble::new(FailKind::Retry, &problem.code, problem.title, problem.advice)
    })
}
