//! Where Microsoft's sign-in page sends the browser back to. No session is needed, and none would come along: the
//! answer counts if its `state` is waited for and the browser has the cookie of that very attempt.
//!
//! The browser goes on to a page without the code in its address at once.

use crate::app::App;
use crate::assets;
use crate::cookie::Cookie;
use crate::secret_text;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use url::Url;
use zeroize::Zeroizing;

/// The page that tells the setup page, and a person.
const DONE: &str = "/consent-done.html";

/// Whether a query is an answer of a sign-in page.
pub(crate) fn is_answer(query: Option<&str>) -> bool {
    let Some(query) = query else { return false };
    let has = |wanted: &str| query.split('&').any(|pair| pair.split('=').next() == Some(wanted));
    has("state") && (has("code") || has("error"))
}

/// Takes the answer.
pub(crate) async fn take(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let address = Zeroizing::new(format!("{}{path}", app.address.origin()));
    let Some(state) = state_of(&address) else {
        return assets::page("consent-done.html", StatusCode::BAD_REQUEST);
    };
    let is_refusal = request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("error=")));
    let mine = Cookie::Attempt.read(request.headers(), app.address.port).map(secret_text::known);
    let task = app.tasks.expecting(&state).filter(|task| Some(task.attempt) == mine);
    let outcome = match task {
        Some(task) if task.bring(address) => {
            let refused = if is_refusal { "&refused" } else { "" };
            format!("{DONE}#task={}{refused}", task.id)
        }
        _ => format!("{DONE}#unknown"),
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, outcome)]).into_response()
}

/// The `state` of a sign-in address, or of the answer to it.
pub(crate) fn state_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    url.query_pairs().find(|(name, _)| name == "state").map(|(_, value)| value.into_owned())
}
