//! What no import can beat: the service's latency and quotas.

use beacon_simulator::Latency;
use std::time::Duration;

/// How long the service takes to answer: log-normal, 400 ms at the median.
pub(crate) const LATENCY: Latency = Latency { median_ms: 400.0, sigma: 0.3, seed: 7 };

/// The most parts.
const PARTS: f64 = 32.0;

/// People on a page.
const PAGE: u64 = 999;

/// Resource units that one application may use in a second in a tenant of more than 500 people.
const UNITS_PER_SECOND: f64 = 800.0;

/// Requests for sign-in dates in a second.
const SIGN_INS_PER_SECOND: f64 = 0.5;

/// People with sign-in dates on a page.
const SIGN_IN_PAGE: u64 = 500;

/// Mean of the latency, seconds: a log-normal's mean is its median times e^(σ²/2).
fn mean_latency() -> f64 {
    LATENCY.median_ms / 1e3 * (LATENCY.sigma * LATENCY.sigma / 2.0).exp()
}

/// Seconds: the larger of what quotas and what latency ask for.
pub(crate) fn of_people(users: u64, units: u64) -> f64 {
    let pages = users.div_ceil(PAGE) as f64;
    ((pages / PARTS + 2.0) * mean_latency()).max(units as f64 / UNITS_PER_SECOND)
}

/// Seconds that the quota of sign-in dates asks for.
pub(super) fn of_sign_ins(users: u64) -> f64 {
    users.div_ceil(SIGN_IN_PAGE) as f64 / SIGN_INS_PER_SECOND
}

/// `seconds` beside the bound and what was asked.
pub(super) fn against(seconds: f64, bound: f64, most: f64) -> String {
    format!("{:.2} × bound {bound:.2} s (at most {most})", seconds / bound)
}

pub(super) fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
