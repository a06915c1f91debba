//! Removes packages that the stored rule lets go, as long as the beacon serves.

use crate::app::App;
use beacon_operations::retention::{NotRemoved, prune_by_rule};
use beacon_operations::{Installation, Trouble};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tracing::{info, warn};

/// Between two looks. A changed rule is looked at at once.
const HOURLY: Duration = Duration::from_secs(3_600);

/// Looks, removes, waits, until it is stopped. What was decided and not done yet is done the next time.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        let installation = Arc::clone(&app.installation);
        // Files: nobody else waits for a slow disk.
        let work = tokio::task::spawn_blocking(move || remove(&installation));
        if let Ok(Err(trouble)) = work.await {
            warn!(code = trouble.code, title = trouble.title, "old packages could not be removed");
        }
        tokio::select! {
            () = tokio::time::sleep(HOURLY) => {}
            () = app.retention.notified() => {}
            _ = stop.changed() => return,
        }
    }
}

fn remove(installation: &Installation) -> Result<(), Trouble> {
    let connections = installation.store().connections()?;
    let Some(report) = prune_by_rule(installation, &connections, Installation::now(), false)? else { return Ok(()) };
    for package in &report.removed {
        info!(run = %package.run, connection = package.connection, "an old package was removed");
    }
    for folder in &report.foreign {
        warn!(folder = %folder.display(), "this is not the package that was written there, and was not touched");
    }
    for NotRemoved { folder, cause } in &report.failed {
        warn!(folder = %folder.display(), cause, "an old package could not be removed, and is tried again");
    }
    Ok(())
}
