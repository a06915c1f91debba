//! Users, applications, licences, usage.

use crate::answer::{Answer, Asked, json};
use crate::app::App;
use crate::problem::Refusal;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use beacon_api::{RowQuery, View};
use beacon_snapshot::ExportFormat;
use beacon_store::{Action, Deed};
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

#[derive(Deserialize)]
pub(crate) struct ExportQuery {
    #[serde(default)]
    format: Format,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Csv,
    Parquet,
}

pub(crate) async fn export(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Asked(wanted): Asked<ExportQuery>,
    Asked(query): Asked<RowQuery>,
) -> Answer {
    let view = view(&name)?;
    let (format, media, ending) = match wanted.format {
        Format::Csv => (ExportFormat::Csv, "text/csv; charset=utf-8", "csv"),
        Format::Parquet => (ExportFormat::Parquet, "application/vnd.apache.parquet", "parquet"),
    };
    let body = app.data.export(view, query, format).await?;
    let disposition = format!("attachment; filename=\"{}.{ending}\"", view.as_str());
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

#[derive(Deserialize)]
pub(crate) struct PaneQuery {
    connection: String,
    days: Option<u16>,
}

pub(crate) async fn person(
    State(app): State<Arc<App>>,
    Path(user): Path<String>,
    Asked(query): Asked<PaneQuery>,
) -> Answer {
    let about = query.connection.parse().ok();
    let pane = app.data.person(query.connection, user.clone(), query.days).await?;
    let deed = Deed::new(Action::PersonOpened, "person", &user, pane.display_name.as_deref().unwrap_or_default());
    app.installation.record(&match about {
        Some(connection) => deed.about(connection),
        None => deed,
    })?;
    json(&pane)
}

pub(crate) async fn product(
    State(app): State<Arc<App>>,
    Path(sku): Path<String>,
    Asked(query): Asked<PaneQuery>,
) -> Answer {
    json(&app.data.product(query.connection, sku, query.days).await?)
}
