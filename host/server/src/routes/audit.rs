//! The audit trail: a page of it, and all of it as a file.

use crate::answer::{Answer, Asked, json};
use crate::app::App;
use crate::data::{told, written};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use beacon_api::{AuditAction, AuditEntry as Shown, AuditPage, AuditQuery as Query};
use beacon_operations::Trouble;
use beacon_operations::audit::{AuditFormat, export as export_trail, query};
use beacon_store::{Action, AuditEntry, AuditQuery, Deed};
use serde::Deserialize;
use std::io;
use std::sync::Arc;

/// Entries of a page if nobody says otherwise.
const PAGE: u32 = 50;

/// The most entries of a page.
const LARGEST_PAGE: u32 = 500;

pub(crate) async fn page(State(app): State<Arc<App>>, Asked(asked): Asked<Query>) -> Answer {
    let limit = asked.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
    let store = app.installation.store();
    let entries = store.audit_entries(&understood(&asked)?, asked.before, limit)?;
    let is_full = u32::try_from(entries.len()).is_ok_and(|count| count == limit);
    let next = entries.last().map(|entry| entry.number).filter(|_| is_full);
    let actions =
        Action::ALL.iter().map(|action| AuditAction { code: action.as_str().into(), words: action.words().into() });
    json(&AuditPage {
        next,
        people: store.audit_actors()?,
        actions: actions.collect(),
        entries: entries.into_iter().map(shown).collect(),
    })
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
    Json,
}

pub(crate) async fn export(
    State(app): State<Arc<App>>,
    Asked(wanted): Asked<ExportQuery>,
    Asked(asked): Asked<Query>,
) -> Answer {
    let query = understood(&asked)?;
    let (format, media) = match wanted.format {
        Format::Csv => (AuditFormat::Csv, "text/csv; charset=utf-8"),
        Format::Json => (AuditFormat::Json, "application/json"),
    };
    let installation = Arc::clone(&app.installation);
    let body = written(move |mut pieces| {
        let deed = Deed::new(Action::AuditExported, "audit", "", "").with("format", format.as_str());
        match export_trail(&installation, &query, format, &mut pieces) {
            Ok(entries) => told(&installation, deed.with("entries", entries), Ok(())),
            Err(trouble) => told(&installation, deed, Err(io::Error::other(trouble.title))),
        }
    });
    let disposition = format!("attachment; filename=\"audit.{}\"", format.as_str());
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response())
}

fn understood(asked: &Query) -> Result<AuditQuery, Trouble> {
    let [who, action, subject, since, until] =
        [&asked.who, &asked.action, &asked.subject, &asked.since, &asked.until].map(Option::as_deref);
    query(who, action, subject, since, until)
}

fn shown(entry: AuditEntry) -> Shown {
    let words = entry.action.parse().map_or_else(|_| entry.action.clone(), |action: Action| action.words().to_owned());
    Shown {
        number: entry.number,
        at: entry.at,
        who: entry.who,
        way: entry.way,
        client: Some(entry.client).filter(|client| !client.is_empty()),
        words,
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject_id: entry.subject_id,
        subject_name: entry.subject_name,
        details: serde_json::from_str(&entry.details).unwrap_or_default(),
        outcome: entry.outcome,
        erased: entry.erased,
        hash: entry.hash,
    }
}
