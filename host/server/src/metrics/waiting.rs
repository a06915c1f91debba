//! What is owed: runs, packages, messages.

use super::exposition::{Family, Kind};
use crate::app::App;
use crate::problem::Refusal;
use jiff::Timestamp;

pub(super) fn families(app: &App, now: Timestamp) -> Result<Vec<Family>, Refusal> {
    let store = app.installation.store();
    let age = |since: Timestamp| now.duration_since(since).as_secs_f64().max(0.0);
    let mut running = Family::new("runs_running", "Runs that are at work", Kind::Gauge);
    running.set([], 0.0);
    for _ in app.imports.busy() {
        running.add([], 1.0);
    }
    let mut due = Family::new("due_runs", "Runs that are owed and have not begun", Kind::Gauge);
    let mut oldest = Family::new("due_oldest_seconds", "How long the oldest of them has been owed", Kind::Gauge);
    due.set([], 0.0);
    oldest.set([], 0.0);
    let owed = store.due()?;
    let backlog: Vec<_> = owed.iter().filter(|due| due.run.is_none() && due.starts_at <= now).collect();
    for _ in &backlog {
        due.add([], 1.0);
    }
    if let Some(first) = backlog.iter().map(|due| due.starts_at).min() {
        oldest.set([], age(first));
    }
    let mut packages = Family::new("deliveries_waiting", "Packages that a destination waits for", Kind::Gauge);
    let mut packages_age = Family::new(
        "deliveries_oldest_seconds",
        "Since when the oldest of them waits, by its run's start",
        Kind::Gauge,
    );
    let counts = store.delivery_counts()?;
    for destination in store.destinations()? {
        let label = || [("destination", destination.name.to_string())];
        let owed = counts.get(&destination.id);
        packages.set(label(), count(owed.map_or(0, |owed| owed.waiting)));
        packages_age.set(label(), owed.and_then(|owed| owed.oldest_waiting).map_or(0.0, age));
    }
    let mut messages = Family::new("messages_waiting", "Messages about states that did not arrive yet", Kind::Gauge);
    for notification in store.notifications()? {
        messages.set([("notification", notification.name.to_string())], count(notification.waiting));
    }
    Ok(vec![running, due, oldest, packages, packages_age, messages])
}

/// A count as a figure; one that large is nobody's.
fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
