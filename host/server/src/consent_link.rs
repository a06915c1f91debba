//! Links for the person who may consent and has no account here. Single use; the consent that comes of one waits for
//! an administrator's confirmation like every other.

use crate::acting;
use crate::app::App;
use crate::assets;
use crate::metrics::Peer;
use crate::routes::tasks::with_attempt;
use crate::secret_text::{self, Known};
use crate::task;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use beacon_api::{ConsentWay, Happened, RunsIn, TaskKind, TaskOrder, TaskPhase};
use beacon_operations::{Installation, acting_here};
use beacon_store::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a link is good: over a weekend.
const LIFETIME: SignedDuration = SignedDuration::from_hours(72);

/// How long the module may take until it knows where to sign in.
const PATIENCE: Duration = Duration::from_secs(30);

/// Links that nobody has used.
#[derive(Default)]
pub(crate) struct ConsentLinks(Mutex<BTreeMap<Known, (ConnectionId, Timestamp)>>);

impl ConsentLinks {
    /// A new link: its secret, and when it ends.
    pub(crate) fn add(&self, connection: ConnectionId, now: Timestamp) -> (String, Timestamp) {
        let (token, ends) = (secret_text::new(), now.saturating_add(LIFETIME).unwrap_or(now));
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|_, (_, ends)| *ends > now);
        links.insert(secret_text::known(&token), (connection, ends));
        (token, ends)
    }

    fn has(&self, token: &str, now: Timestamp) -> bool {
        let links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.get(&secret_text::known(token)).is_some_and(|(_, ends)| *ends > now)
    }

    fn take(&self, token: &str, now: Timestamp) -> Option<ConnectionId> {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.remove(&secret_text::known(token)).filter(|(_, ends)| *ends > now).map(|(connection, _)| connection)
    }
}

/// What a link leads to: a page with one button. Opening it uses nothing up, or a scanner of mail would.
pub(crate) async fn show(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    if app.links.has(&token, Installation::now()) {
        assets::page("consent-link.html", StatusCode::OK)
    } else {
        assets::page("consent-done.html", StatusCode::NOT_FOUND)
    }
}

/// Uses a link: tells the address of the sign-in page.
pub(crate) async fn follow(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(token): Path<String>,
) -> Response {
    let Some(connection) = app.links.take(&token, Installation::now()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let order = TaskOrder { kind: TaskKind::Consent, runs_in: RunsIn::Host, way: Some(ConsentWay::Browser) };
    let connection = app.installation.store().connection(connection);
    let start = |found| acting_here(acting::by_consent_link(peer), || task::start(&app, found, &order));
    let Ok((task, cookie)) = connection.map_err(Into::into).and_then(start) else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
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
