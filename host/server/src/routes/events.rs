//! One stream of events for each browser. The session is checked again before each event: a stream does not outlive it.

use crate::answer::Answer;
use crate::app::App;
use crate::route_table::signed_in;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

pub(crate) async fn stream(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    let listening = (app.events.subscribe(), app, headers);
    let events = stream::unfold(listening, |(mut receiver, app, headers)| async move {
        loop {
            let event = match receiver.recv().await {
                Ok(happened) => Event::default().json_data(&happened).ok(),
                // What was lost is told by asking for everything anew.
                Err(RecvError::Lagged(_)) => Some(Event::default().event("lost").data("")),
                Err(RecvError::Closed) => return None,
            };
            signed_in(&app, &headers)?;
            if let Some(event) = event {
                return Some((Ok::<_, Infallible>(event), (receiver, app, headers)));
            }
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}
