//! When a message is tried again.

use jiff::{SignedDuration, Timestamp};

/// After the first failure. A message about something that broke is of use soon or not at all.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(5);

/// However often it failed.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// A message that could not be sent for so long is given up: the states themselves tell more by then.
pub const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(24 * 3);

/// When to try again what has failed this often, the last time at `last`: after five seconds, then after four times as
/// long each time, and never after more than an hour.
#[must_use]
pub fn next_attempt(failures: u32, last: Timestamp) -> Timestamp {
    let factor = 4_i32.checked_pow(failures.saturating_sub(1).min(15)).unwrap_or(i32::MAX);
    let wait = FIRST_WAIT.checked_mul(factor).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT));
    last.saturating_add(wait).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::next_attempt;
    use jiff::Timestamp;

    #[test]
    fn soon_then_ever_later_up_to_an_hour() {
        let last = Timestamp::UNIX_EPOCH;
        let waits: Vec<_> = (1..8).map(|failures| next_attempt(failures, last).as_second()).collect();
        assert_eq!(waits, [5, 20, 80, 320, 1280, 3600, 3600]);
        assert_eq!(next_attempt(u32::MAX, last).as_second(), 3600);
    }
}
