//! Looks at how connections and invitations stand, as long as the beacon serves: some of it changes by time alone.

use crate::app::App;
use crate::invitations;
use beacon_api::Happened;
use beacon_operations::{Installation, health};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What changes by time alone, changes by the hour or day.
const PAUSE: Duration = Duration::from_secs(30);

/// Between two looks there is always a moment: many imports may end at once.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);

/// Looks, tells, waits, until it is stopped.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        invitations::look(&app, Installation::now());
        // A database that cannot be read is told by the scheduler, which asks it as often.
        let changed = health::look(&app.installation, Installation::now()).is_ok_and(|look| !look.changed.is_empty());
        if changed {
            app.tell(Happened::Connections);
            app.state_changed.notify_one();
        }
        tokio::select! {
            () = tokio::time::sleep(SHORTEST_PAUSE) => {}
            _ = stop.changed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = app.health.notified() => {}
            _ = stop.changed() => return,
        }
    }
}
