//! Which packages go by themselves.

use crate::answer::{Answer, Body, done, json};
use crate::app::App;
use axum::extract::State;
use beacon_api::{RetentionPreview, RetentionRule};
use beacon_operations::Installation;
use beacon_operations::retention::{Retention, prune};
use std::sync::Arc;

pub(crate) async fn rule(State(app): State<Arc<App>>) -> Answer {
    let Retention { keep, days } = app.installation.store().retention()?;
    json(&RetentionRule { keep, days })
}

pub(crate) async fn set_rule(State(app): State<Arc<App>>, Body(given): Body<RetentionRule>) -> Answer {
    app.installation.store().set_retention(stored(given))?;
    app.retention.notify_one();
    done()
}

pub(crate) async fn check(State(app): State<Arc<App>>, Body(given): Body<RetentionRule>) -> Answer {
    let connections = app.installation.store().connections()?;
    let report = prune(&app.installation, &connections, stored(given), Installation::now(), true)?;
    let count = |packages: usize| u64::try_from(packages).unwrap_or(u64::MAX);
    json(&RetentionPreview { removed: count(report.removed.len()), awaited: count(report.awaited.len()) })
}

const fn stored(given: RetentionRule) -> Retention {
    Retention { keep: given.keep, days: given.days }
}
