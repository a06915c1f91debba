//! Sends packages to their destinations, as long as the beacon serves.

use crate::app::App;
use beacon_api::Happened;
use beacon_driver::Cancel;
use beacon_operations::{Installation, Trouble, delivery};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The clock may be set, and a host may sleep without noticing: it is looked at anew at least this often.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Between two looks there is always a moment: a destination that somebody else is sending to stays due meanwhile.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);

/// Looks, sends, waits, until it is stopped. What is under way then is sent again after the next start: a destination
/// takes each package once.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let cancel = Cancel::new();
    loop {
        let pause = tokio::select! {
            // A database that cannot be read is told by the scheduler, which asks it as often.
            pause = send(&app, &cancel) => pause.unwrap_or(LONGEST_PAUSE),
            _ = stop.changed() => return,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.packages.notified() => {}
            _ = stop.changed() => return,
        }
    }
}

/// Sends what is due now; gives how long there is nothing to do.
async fn send(app: &App, cancel: &Cancel) -> Result<Duration, Trouble> {
    let now = Installation::now();
    if delivery::is_due(&app.installation, now)? {
        // What was tried is told even if another destination's turn could not be noted.
        let sent = delivery::deliver_due(&app.installation, now, delivery::Which::Due, cancel).await;
        app.tell(Happened::Destinations);
        sent?;
    }
    let next = delivery::next_at(&app.installation)?;
    let until = next.map_or(SignedDuration::MAX, |next| next.duration_since(Installation::now()));
    Ok(Duration::try_from(until).unwrap_or(SHORTEST_PAUSE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE))
}
