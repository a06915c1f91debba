//! Sends packages to their destinations, as long as the beacon serves.

use crate::app::App;
use beacon_api::Happened;
use beacon_driver::Cancel;
use beacon_operations::{Installation, delivery};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// The clock may be set, and a host may sleep without noticing: it is looked at anew at least this often. As long rests
/// what could not be noted, before it is sent again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Between two looks at the time there is always a moment.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);

/// Looks and sends until it is stopped, to each destination by itself: one that takes hours delays no other. What is under
/// way then is sent again after the next start: a destination takes each package once.
pub(crate) async fn keep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let cancel = Cancel::new();
    let mut turns = FuturesUnordered::new();
    let mut look_at = Instant::now();
    loop {
        tokio::select! {
            () = sleep_until(look_at) => {
                let now = Installation::now();
                // A database that cannot be read is told by the scheduler, which asks it as often.
                let begun = delivery::begin(&app.installation, now, delivery::Which::Due, &cancel);
                let (begun, next) = begun.unwrap_or_default();
                turns.extend(begun);
                look_at = Instant::now() + pause(now, next);
            }
            () = app.packages.notified() => look_at = Instant::now(),
            Some(ended) = turns.next() => {
                // What was tried is told even if it could not be noted.
                app.tell(Happened::Destinations);
                look_at = Instant::now() + if ended.is_ok() { Duration::ZERO } else { LONGEST_PAUSE };
            }
            _ = stop.changed() => return,
        }
    }
}

/// How long there is nothing to begin.
fn pause(now: Timestamp, next: Option<Timestamp>) -> Duration {
    let until = next.map_or(SignedDuration::MAX, |next| next.duration_since(now));
    Duration::try_from(until).unwrap_or(SHORTEST_PAUSE).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}
