//! Tells people what changed, as long as the beacon serves.

use crate::app::App;
use beacon_operations::notifying::{self, When};
use beacon_operations::{Installation, Trouble};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The clock may be set, and a host may sleep without noticing: it is looked at anew at least this often.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Between two looks there is always a moment.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);

/// Looks, tells, waits, until it is stopped. What is under way then is told again after the next start, under the same id.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        let pause = tokio::select! {
            // A database that cannot be read is told by the scheduler, which asks it as often.
            pause = tell(&app) => pause.unwrap_or(LONGEST_PAUSE),
            _ = stop.changed() => return,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.state_changed.notified() => {}
            _ = stop.changed() => return,
        }
    }
}

/// Tells what is to be told now; gives how long there is nothing to do.
async fn tell(app: &App) -> Result<Duration, Trouble> {
    let now = Installation::now();
    if notifying::next_at(&app.installation)?.is_some_and(|next| next <= now) {
        notifying::tell(&app.installation, now, When::Due).await?;
    }
    let next = notifying::next_at(&app.installation)?;
    let until = next.map_or(SignedDuration::MAX, |next| next.duration_since(Installation::now()));
    Ok(Duration::try_from(until).unwrap_or(SHORTEST_PAUSE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
}
