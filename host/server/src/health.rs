//! For whoever watches over the beacon from outside: does it answer, and does it do its work? Nothing here needs a
//! session, so nothing here tells more than a code.

use crate::app::App;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use std::sync::Arc;

/// The process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// The schedules are kept and the data folder can be used; if not, the code says why.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Response {
    let code = match app.scheduler.trouble() {
        Some(trouble) => Some(trouble.code),
        None if app.scheduler.is_alive() => None,
        None => Some("scheduler.stuck".to_owned()),
    };
    match code {
        None => Json(json!({ "ready": true })).into_response(),
        Some(code) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "code": code }))).into_response(),
    }
}
