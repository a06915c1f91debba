//! Users, applications, licences, usage.

use crate::answer::{Answer, Asked, json};
use crate::app::App;
use crate::problem::Refusal;
use axum::extract::{Path, State};
use beacon_api::{RowQuery, View};
use beacon_store::ConnectionId;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub(crate) struct OverviewQuery {
    connection: Option<String>,
}

pub(crate) async fn overview(State(app): State<Arc<App>>, Asked(query): Asked<OverviewQuery>) -> Answer {
    json(&app.data.overview(query.connection).await?)
}

fn view(name: &str) -> Result<View, Refusal> {
    View::ALL.into_iter().find(|view| view.as_str() == name).ok_or_else(|| Refusal::not_found("view"))
}

pub(crate) async fn rows(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Asked(query): Asked<RowQuery>,
) -> Answer {
    json(&app.data.rows(view(&name)?, query).await?)
}

pub(crate) async fn export(State(_app): State<Arc<App>>, Path(name): Path<String>) -> Answer {
    view(&name)?;
    Err(Refusal::not_found("view"))
}

#[derive(Deserialize)]
pub(crate) struct PaneQuery {
    connection: String,
    days: Option<u16>,
}

fn connection_id(text: &str) -> Result<ConnectionId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found("connection"))
}

pub(crate) async fn person(
    State(app): State<Arc<App>>,
    Path(user): Path<String>,
    Asked(query): Asked<PaneQuery>,
) -> Answer {
    json(&app.data.person(connection_id(&query.connection)?, user, query.days).await?)
}

pub(crate) async fn product(
    State(app): State<Arc<App>>,
    Path(sku): Path<String>,
    Asked(query): Asked<PaneQuery>,
) -> Answer {
    json(&app.data.product(connection_id(&query.connection)?, sku, query.days).await?)
}
