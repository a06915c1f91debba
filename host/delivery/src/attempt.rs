//! When something that failed is tried again.

use jiff::{SignedDuration, Timestamp};

/// After the first failure.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// However often it failed: somebody who put the cause right in the morning sees it work before noon.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(4);

/// When to try again what has failed this often in a row, the last time at `last`: at once without a failure, after ten
/// minutes, then after twice as long each time, and never after more than four hours.
#[must_use]
pub fn next_attempt(failures: u32, last: Timestamp) -> Timestamp {
    let Some(doublings) = failures.checked_sub(1) else { return last };
    let factor = 1_i32.checked_shl(doublings.min(30)).unwrap_or(i32::MAX);
    let wait = FIRST_WAIT.checked_mul(factor).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT));
    // Only the last hours of the year 9999 have no such time.
    last.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::next_attempt;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn minutes(failures: u32) -> i64 {
        let last: Timestamp = "2026-03-01T06:00:00Z".parse().unwrap();
        next_attempt(failures, last).duration_since(last).as_mins()
    }

    #[test]
    fn at_once_then_after_ten_minutes_then_ever_more_up_to_four_hours() {
        let waits: Vec<_> = (0..9).map(minutes).collect();
        assert_eq!(waits, [0, 10, 20, 40, 80, 160, 240, 240, 240]);
        assert_eq!(minutes(u32::MAX), 240);
    }

    #[test]
    fn the_end_of_time_is_no_panic() {
        assert_eq!(next_attempt(3, Timestamp::MAX), Timestamp::MAX);
    }

    proptest! {
        #[test]
        fn one_more_failure_never_waits_shorter(failures in 0_u32..100) {
            prop_assert!(minutes(failures) <= minutes(failures + 1));
        }
    }
}
