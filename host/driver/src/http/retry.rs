//! Repeating: when, how long to wait, and how often in all.

use jiff::Timestamp;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// When one request is repeated.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// Tries in all, the first included. Microsoft's own clients try four times.
    pub tries: u32,
    /// First pause without `Retry-After`; doubled each time.
    pub base: Duration,
    /// Longest pause without `Retry-After`.
    pub longest: Duration,
    /// Longest `Retry-After` that is honoured; a longer one ends the request.
    pub longest_asked: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 6,
            base: Duration::from_millis(500),
            longest: Duration::from_secs(60),
            longest_asked: Duration::from_secs(300),
        }
    }
}

impl RetryPolicy {
    /// How long to wait before try number `next` (2 for the first repetition), or `None` to give up. `jitter` is a
    /// number from 0 to 1. A pause that the service asked for is honoured in full and never shortened.
    #[must_use]
    pub fn pause(&self, next: u32, asked: Option<Duration>, jitter: f64) -> Option<Duration> {
        if next > self.tries {
            return None;
        }
        let jitter = jitter.clamp(0.0, 1.0);
        match asked {
            Some(asked) if asked > self.longest_asked => None,
            // A little later than asked, so that parallel requests do not come back in one wave.
            Some(asked) => Some(asked + self.base.min(Duration::from_millis(250)).mul_f64(jitter)),
            None => {
                let doubled = self.base.saturating_mul(1 << next.saturating_sub(2).min(16)).min(self.longest);
                Some(doubled.mul_f64(0.5 + jitter / 2.0))
            }
        }
    }
}

/// Whether a status means "the same request may work later".
pub(crate) const fn is_transient(status: u16) -> bool {
    matches!(status, 429 | 500 | 502 | 503 | 504)
}

/// Reads `Retry-After`: seconds, a fraction of seconds (both seen from Microsoft), or an HTTP date (RFC 9110 section
/// 10.2.3). Anything else counts as absent.
#[must_use]
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds = value.parse::<f64>().ok().filter(|seconds| seconds.is_finite())?;
        return Duration::try_from_secs_f64(seconds.min(1e9)).ok();
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// How much a whole run may wait and repeat. Shared by all its requests.
#[derive(Debug)]
pub struct RetryBudget {
    milliseconds: AtomicU64,
    retries: AtomicU64,
}

impl RetryBudget {
    /// A budget of so much waiting (summed over parallel requests) and so many repetitions.
    #[must_use]
    pub fn new(waiting: Duration, retries: u64) -> Self {
        let milliseconds = u64::try_from(waiting.as_millis()).unwrap_or(u64::MAX);
        Self { milliseconds: AtomicU64::new(milliseconds), retries: AtomicU64::new(retries) }
    }

    /// Takes one repetition after `pause` out of the budget; `false` if it is used up.
    #[must_use]
    pub fn take(&self, pause: Duration) -> bool {
        let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        let less = |left: u64, by: u64| left.checked_sub(by);
        self.retries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| less(left, 1)).is_ok()
            && self.milliseconds.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| less(left, pause)).is_ok()
    }
}

impl Default for RetryBudget {
    /// One hour of waiting, 2,000 repetitions: a tenant of a million users that is throttled on every fifth page
    /// still ends, a service that never recovers does not hold the run for ever.
    fn default() -> Self {
        Self::new(Duration::from_secs(3_600), 2_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_retry_after() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time");
        for (value, expected) in [
            ("7", Some(7_000)),
            (" 2.128 ", Some(2_128)),
            ("0", Some(0)),
            ("Sun, 22 Nov 2026 10:00:30 GMT", Some(30_000)),
            ("Sun, 22 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
            ("1e3", None),
        ] {
            assert_eq!(retry_after(value, now).map(|pause| pause.as_millis()), expected, "{value:?}");
        }
    }

    #[test]
    fn an_asked_pause_is_never_shortened_and_a_too_long_one_ends_it() {
        let policy = RetryPolicy::default();
        let asked = Duration::from_secs(20);
        assert!(policy.pause(2, Some(asked), 0.0) >= Some(asked));
        assert_eq!(policy.pause(2, Some(Duration::from_secs(301)), 0.0), None);
        assert_eq!(policy.pause(7, None, 0.0), None);
        for next in 2..=6 {
            let (low, high) = (policy.pause(next, None, 0.0), policy.pause(next, None, 1.0));
            assert!(low < high && high <= Some(policy.longest), "{next}");
        }
    }

    #[test]
    fn a_budget_ends() {
        let budget = RetryBudget::new(Duration::from_secs(3), 10);
        assert!(budget.take(Duration::from_secs(2)));
        assert!(!budget.take(Duration::from_secs(2)));
        let budget = RetryBudget::new(Duration::from_secs(9), 1);
        assert!(budget.take(Duration::ZERO));
        assert!(!budget.take(Duration::ZERO));
    }
}
