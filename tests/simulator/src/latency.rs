//! How long answers take: log-normal, drawn from seed and sequence number, waited for without using the processor.

use crate::dice::{Dice, Domain};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A distribution of waiting times before answers of Graph and of the report site.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of the answers take longer, in milliseconds.
    pub median_ms: f64,
    /// Spread: the standard deviation of the logarithm. 0.5 puts one answer in forty beyond 2.7 times the median.
    pub sigma: f64,
    /// Equal seeds give equal waiting times in the order of requests.
    #[serde(default)]
    pub seed: u64,
}

/// No answer takes longer, whatever was asked for.
const LONGEST: Duration = Duration::from_secs(60);

impl Latency {
    /// The waiting time of the request with this number.
    #[must_use]
    pub fn of(&self, number: u64) -> Duration {
        let mut dice = Dice::new(self.seed, Domain::Latency, number);
        let mut unit = || ((dice.draw() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        let (radius, angle) = ((-2.0 * unit().ln()).sqrt(), std::f64::consts::TAU * unit());
        let milliseconds = self.median_ms * (self.sigma * radius * angle.cos()).exp();
        Duration::try_from_secs_f64(milliseconds / 1e3).unwrap_or(LONGEST).min(LONGEST)
    }
}

/// The latency in force.
#[derive(Debug, Default)]
pub(crate) struct LatencyModel {
    latency: Mutex<Option<Latency>>,
    requests: AtomicU64,
}

impl LatencyModel {
    pub(crate) fn new(latency: Option<Latency>) -> Self {
        Self { latency: Mutex::new(latency), requests: AtomicU64::new(0) }
    }

    /// Changes the latency; numbers start again.
    pub(crate) fn set(&self, latency: Option<Latency>) {
        *self.latency.lock().unwrap_or_else(PoisonError::into_inner) = latency;
        self.requests.store(0, Ordering::Relaxed);
    }

    /// Waits as long as the next request has to.
    pub(crate) async fn wait(&self) {
        let latency = *self.latency.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(latency) = latency {
            tokio::time::sleep(latency.of(self.requests.fetch_add(1, Ordering::Relaxed))).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_are_log_normal_and_repeat() {
        let latency = Latency { median_ms: 100.0, sigma: 0.5, seed: 3 };
        let mut times: Vec<f64> = (0..4_001).map(|number| latency.of(number).as_secs_f64() * 1e3).collect();
        assert_eq!(latency.of(7), latency.of(7));
        times.sort_by(f64::total_cmp);
        assert!((90.0..110.0).contains(&times[2_000]), "median {}", times[2_000]);
        // One standard deviation up: 100 * e^0.5 = 165.
        assert!((150.0..180.0).contains(&times[3_365]), "84th percentile {}", times[3_365]);
    }
}
