//! How often the service asked for a pause, since this process started.

use super::exposition::{Family, Kind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts pauses.
#[derive(Debug, Default)]
pub(crate) struct Throttles {
    pauses: AtomicU64,
    milliseconds: AtomicU64,
}

impl Throttles {
    pub(crate) fn count(&self, pause: Duration) {
        self.pauses.fetch_add(1, Ordering::Relaxed);
        let milliseconds = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        self.milliseconds.fetch_add(milliseconds, Ordering::Relaxed);
    }

    pub(super) fn families(&self) -> [Family; 2] {
        let seconds = Duration::from_millis(self.milliseconds.load(Ordering::Relaxed)).as_secs_f64();
        let pauses = u32::try_from(self.pauses.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        [
            Family::new("throttled", "Pauses before a request was sent again, since the start", Kind::Counter)
                .with([], f64::from(pauses)),
            Family::new("throttled_seconds", "How long those pauses were", Kind::Counter).with([], seconds),
        ]
    }
}
