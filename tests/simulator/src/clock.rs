//! The time of the simulation: runs like the machine's clock and jumps when told to.

use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A clock that tests can put forward. Tokens, codes, page tokens and secrets expire by it.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    start: Timestamp,
    ahead: Mutex<Duration>,
}

impl Clock {
    /// A clock that shows `start` now; `None` takes the machine's time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the simulation's clock is the place that reads the machine's")]
    pub fn starting_at(start: Option<Timestamp>) -> Self {
        Self { started: Instant::now(), start: start.unwrap_or_else(Timestamp::now), ahead: Mutex::new(Duration::ZERO) }
    }

    /// The simulated time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = SignedDuration::try_from(self.started.elapsed().saturating_add(ahead));
        self.start.saturating_add(passed.unwrap_or(SignedDuration::MAX)).unwrap_or(Timestamp::MAX)
    }

    /// Puts the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead = ahead.saturating_add(by);
    }
}

/// `2026-07-23 04:41:54Z`, the form of time in sign-in errors.
pub(crate) fn error_timestamp(now: Timestamp) -> String {
    now.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// `2026-07-29T05:57:28`, the zoneless form of time in Graph errors.
pub(crate) fn zoneless_timestamp(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
pub(crate) fn http_date(now: Timestamp) -> String {
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
