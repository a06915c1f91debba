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
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
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
        Err(status) => return status.into_response(),
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

/// Uses a link up, and begins the consent that it is for.
fn followed(app: &Arc<App>, token: &str) -> Result<(Arc<task::Task>, String), StatusCode> {
    let followed = app.installation.store().follow_invitation(secret_text::known(token), Installation::now());
    let invitation = followed.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?.ok_or(StatusCode::NOT_FOUND)?;
    app.tell(Happened::Consents);
    begin(app, &invitation).map_err(|trouble| {
        invitations::happened(app, invitation.id, InvitationEvent::BrokenOff, Some(&trouble));
        StatusCode::SERVICE_UNAVAILABLE
    })
}

fn begin(app: &Arc<App>, invitation: &Invitation) -> Result<(Arc<task::Task>, String), Trouble> {
    let order = TaskOrder { kind: TaskKind::Consent, runs_in: RunsIn::Host, way: Some(ConsentWay::Browser) };
    let connection = app.installation.store().connection(invitation.connection)?;
    task::start(app, connection, &order, Some(invitation.id)).map_err(|refusal| {
        let problem = refusal.problem;
        Trouble::new(FailKind::Retry, &problem.code, problem.title, problem.advice)
    })
}
