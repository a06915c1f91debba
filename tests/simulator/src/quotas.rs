//! Throttling as the services do it: resource units for the directory, request counts for sign-ins and reports.

mod bucket;
mod cost;
mod window;

pub(crate) use cost::resource_units;

use crate::reports::Report;
use bucket::{Bucket, Verdict};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use window::Window;

/// A refused request: when to come back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Throttled {
    pub(crate) retry_after_seconds: u64,
    /// Share of the quota in use, where clients are told of it.
    pub(crate) share: Option<f64>,
}

impl Throttled {
    fn after(wait: Duration) -> Self {
        Self { retry_after_seconds: (wait.as_secs_f64().ceil() as u64).max(1), share: None }
    }
}

#[derive(Debug, Default)]
struct Meters {
    /// By application; there is one tenant.
    directory: HashMap<String, Bucket>,
    sign_ins: HashMap<String, Window>,
    reports: HashMap<(String, Report), Window>,
    all_reports: Window,
}

/// The meters of one tenant. Their time is the machine's, whatever the simulated clock shows: clients really wait.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    enabled: AtomicBool,
    /// Directory units of answered and refused requests since it was switched on.
    charged: AtomicU64,
    meters: Mutex<Meters>,
}

/// Requests for sign-in data in a window.
const SIGN_INS: (usize, Duration) = (5, Duration::from_secs(10));
/// Requests for one report function by one application in a window.
const ONE_REPORT: (usize, Duration) = (14, Duration::from_secs(600));
/// Requests for all reports by all applications in a window.
const ALL_REPORTS: (usize, Duration) = (40, Duration::from_secs(600));

impl Quotas {
    pub(crate) fn new(enabled: bool) -> Self {
        Self { enabled: AtomicBool::new(enabled), ..Self::default() }
    }

    /// Switches throttling; switching it on starts with full quotas.
    pub(crate) fn enable(&self, enabled: bool) {
        self.enabled.store(enabled, Ordering::Relaxed);
        self.charged.store(0, Ordering::Relaxed);
        *self.meters() = Meters::default();
    }

    fn meters(&self) -> MutexGuard<'_, Meters> {
        self.meters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_off(&self) -> bool {
        !self.enabled.load(Ordering::Relaxed)
    }

    /// Directory units charged since throttling was switched on, by all applications.
    pub(crate) fn charged(&self) -> u64 {
        self.charged.load(Ordering::Relaxed)
    }

    /// Charges a directory request; answers the share of the quota in use, where clients are told of it.
    pub(crate) fn charge_directory(&self, application: &str, units: u64, users: u64) -> Result<Option<f64>, Throttled> {
        if self.is_off() {
            return Ok(None);
        }
        self.charged.fetch_add(units, Ordering::Relaxed);
        let mut meters = self.meters();
        let bucket = meters.directory.entry(application.to_owned()).or_default();
        match bucket.charge(Instant::now(), units, cost::units_per_window(users)) {
            Verdict::Granted { share } => Ok((share > 0.8).then_some(share)),
            Verdict::Refused { wait, share } => Err(Throttled { share: Some(share), ..Throttled::after(wait) }),
        }
    }

    /// Counts a request for sign-in data.
    pub(crate) fn count_sign_ins(&self, application: &str) -> Result<(), Throttled> {
        if self.is_off() {
            return Ok(());
        }
        let (limit, period) = SIGN_INS;
        let mut meters = self.meters();
        let window = meters.sign_ins.entry(application.to_owned()).or_default();
        let now = Instant::now();
        window.wait(now, limit, period).map_or(Ok(()), |wait| Err(Throttled::after(wait)))?;
        window.count(now);
        Ok(())
    }

    /// Counts a request for a report.
    pub(crate) fn count_report(&self, application: &str, report: Report) -> Result<(), Throttled> {
        if self.is_off() {
            return Ok(());
        }
        let now = Instant::now();
        let mut meters = self.meters();
        let Meters { reports, all_reports, .. } = &mut *meters;
        let own = reports.entry((application.to_owned(), report)).or_default();
        let waits = [own.wait(now, ONE_REPORT.0, ONE_REPORT.1), all_reports.wait(now, ALL_REPORTS.0, ALL_REPORTS.1)];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(Throttled::after(wait));
        }
        own.count(now);
        all_reports.count(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_have_a_quota_each_and_one_together() {
        let quotas = Quotas::new(true);
        let [first, second, third, ..] = Report::ALL;
        for _ in 0..14 {
            assert_eq!(quotas.count_report("a", first), Ok(()));
        }
        let refused = quotas.count_report("a", first).unwrap_err();
        assert!((1..=600).contains(&refused.retry_after_seconds));
        assert_eq!(quotas.count_report("b", first), Ok(()), "another application has its own");
        for _ in 0..13 {
            assert_eq!(quotas.count_report("a", second), Ok(()));
        }
        for _ in 0..12 {
            assert_eq!(quotas.count_report("a", third), Ok(()));
        }
        assert!(quotas.count_report("a", third).is_err(), "forty in the tenant");
        quotas.enable(false);
        assert_eq!(quotas.count_report("a", first), Ok(()));
    }

    #[test]
    fn sign_ins_have_five_requests() {
        let quotas = Quotas::new(true);
        let answers: Vec<bool> = (0..7).map(|_| quotas.count_sign_ins("a").is_ok()).collect();
        assert_eq!(answers, [true, true, true, true, true, false, false]);
    }
}
