//! A bucket that drains evenly: what directory services charge resource units against.

use std::time::{Duration, Instant};

/// The bucket drains completely in this time.
const WINDOW: Duration = Duration::from_secs(10);
/// Use keeps accruing while requests are refused, up to this share of the quota.
const WORST_SHARE: f64 = 1.8;

/// Answer to a charge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    Granted {
        /// Share of the quota in use.
        share: f64,
    },
    Refused {
        /// Until the quota has room again.
        wait: Duration,
        /// Share of the quota in use, more than 1.
        share: f64,
    },
}

#[derive(Debug, Default)]
pub(super) struct Bucket {
    used: f64,
    seen_at: Option<Instant>,
}

impl Bucket {
    /// Charges units against a quota per window.
    pub(super) fn charge(&mut self, now: Instant, units: u64, quota: u64) -> Verdict {
        let quota = quota as f64;
        let drained_per_second = quota / WINDOW.as_secs_f64();
        let passed = self.seen_at.map_or(Duration::ZERO, |seen| now.saturating_duration_since(seen));
        self.seen_at = Some(now);
        self.used = (self.used - drained_per_second * passed.as_secs_f64()).max(0.0);
        self.used = (self.used + units as f64).min(quota * WORST_SHARE);
        if self.used <= quota {
            return Verdict::Granted { share: self.used / quota };
        }
        let wait = Duration::try_from_secs_f64((self.used - quota + units as f64) / drained_per_second);
        Verdict::Refused { wait: wait.unwrap_or(WINDOW), share: self.used / quota }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_bucket_refuses_until_it_has_drained() {
        let start = Instant::now();
        let mut bucket = Bucket::default();
        for _ in 0..100 {
            assert!(matches!(bucket.charge(start, 35, 3_500), Verdict::Granted { .. }));
        }
        let Verdict::Refused { wait, .. } = bucket.charge(start, 35, 3_500) else { panic!("the bucket is full") };
        assert!(matches!(bucket.charge(start + wait, 35, 3_500), Verdict::Granted { .. }), "after {wait:?}");
        let much_later = start + Duration::from_secs(20);
        assert_eq!(bucket.charge(much_later, 35, 3_500), Verdict::Granted { share: 0.01 });
    }

    #[test]
    fn use_accrues_while_requests_are_refused() {
        let start = Instant::now();
        let mut bucket = Bucket::default();
        let mut last = Duration::ZERO;
        for _ in 0..500 {
            if let Verdict::Refused { wait, .. } = bucket.charge(start, 35, 3_500) {
                assert!(wait >= last);
                last = wait;
            }
        }
        assert!(last > Duration::from_secs(7) && last < Duration::from_secs(9), "{last:?}");
    }
}
