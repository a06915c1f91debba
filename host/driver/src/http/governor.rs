//! Slowing down before the service has to say so, and once for all requests that one of its limits counts together.

use beacon_contract::Lane;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Share of a limit from which on the service tells how much of it is used (Graph throttling guidance:
/// `x-ms-throttle-limit-percentage` is 0.8 to 1.8).
const TOLD_FROM: f64 = 0.8;

/// Distance between two requests when the limit is used up. In between it grows with the share.
const DISTANCE_AT_LIMIT: Duration = Duration::from_millis(400);

/// Slack on a declared limit: our clock and theirs do not start a window in the same moment.
const SLACK: Duration = Duration::from_millis(250);

/// One lane as it stands.
#[derive(Default)]
struct State {
    /// Nothing is sent before: the service asked for a pause.
    closed_until: Option<Instant>,
    /// Nothing is sent before: the last request is too near.
    next: Option<Instant>,
    distance: Duration,
    /// When the latest requests were let through, for a declared limit.
    sent: VecDeque<Instant>,
}

/// All lanes of one run, which is the only run of its tenant and application.
pub(crate) struct Governor {
    declared: BTreeMap<String, (usize, Duration)>,
    states: Mutex<BTreeMap<String, State>>,
}

impl Governor {
    pub(crate) fn new(lanes: &[Lane]) -> Self {
        let window = |lane: &Lane| {
            let requests = usize::try_from(lane.requests).unwrap_or(usize::MAX);
            (lane.name.clone(), (requests, Duration::from_secs(lane.seconds.into()) + SLACK))
        };
        Self { declared: lanes.iter().map(window).collect(), states: Mutex::default() }
    }

    fn states(&self) -> MutexGuard<'_, BTreeMap<String, State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a request through now, or says when to ask again and whether the service is the reason.
    fn admit(&self, lane: &str, now: Instant) -> Result<(), (Instant, bool)> {
        let mut states = self.states();
        let state = states.entry(lane.to_owned()).or_default();
        if let Some(until) = state.closed_until.filter(|until| *until > now) {
            return Err((until, true));
        }
        if let Some(next) = state.next.filter(|next| *next > now) {
            return Err((next, true));
        }
        if let Some((requests, window)) = self.declared.get(lane) {
            if let Some(oldest) = state.sent.front().filter(|_| state.sent.len() >= *requests) {
                let free = *oldest + *window;
                if free > now {
                    return Err((free, false));
                }
                state.sent.pop_front();
            }
            state.sent.push_back(now);
        }
        state.next = (!state.distance.is_zero()).then(|| now + state.distance);
        Ok(())
    }

    /// Waits until a request of this lane may be sent; gives the time that the service made it wait.
    pub(crate) async fn pass(&self, lane: &str) -> Duration {
        let mut asked = Duration::ZERO;
        loop {
            let now = Instant::now();
            let Err((until, by_service)) = self.admit(lane, now) else { return asked };
            if by_service {
                asked += until - now;
            }
            tokio::time::sleep_until(until).await;
        }
    }

    /// The service asked for a pause.
    pub(crate) fn pause(&self, lane: &str, pause: Duration, now: Instant) {
        let until = now + pause;
        let mut states = self.states();
        let state = states.entry(lane.to_owned()).or_default();
        state.closed_until = Some(state.closed_until.map_or(until, |known| known.max(until)));
    }

    /// The service answered; `share` is what it told about the use of its limit.
    pub(crate) fn answered(&self, lane: &str, share: Option<f64>) {
        let above = share.filter(|share| share.is_finite()).map_or(0.0, |share| (share - TOLD_FROM).clamp(0.0, 1.0));
        let distance = DISTANCE_AT_LIMIT.mul_f64(above / (1.0 - TOLD_FROM));
        let mut states = self.states();
        states.entry(lane.to_owned()).or_default().distance = distance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn governor() -> Governor {
        Governor::new(&[Lane { name: "slow".to_owned(), requests: 2, seconds: 10 }])
    }

    /// Milliseconds after `start` at which a request is let through that comes at `now`, and when that is.
    fn passes(governor: &Governor, lane: &str, start: Instant, now: Instant) -> (u128, Instant) {
        let mut at = now;
        while let Err((until, _)) = governor.admit(lane, at) {
            at = until;
        }
        ((at - start).as_millis(), at)
    }

    #[test]
    fn a_pause_holds_for_its_lane_only() {
        let (governor, start) = (governor(), Instant::now());
        governor.pause("a", Duration::from_secs(5), start);
        governor.pause("a", Duration::from_secs(3), start);
        assert_eq!(passes(&governor, "b", start, start).0, 0);
        assert_eq!(passes(&governor, "a", start, start).0, 5_000);
    }

    #[test]
    fn a_declared_limit_is_kept() {
        let (governor, start) = (governor(), Instant::now());
        let mut now = start;
        let mut at = Vec::new();
        for _ in 0..5 {
            let (passed, then) = passes(&governor, "slow", start, now);
            at.push(passed);
            now = then;
        }
        assert_eq!(at, [0, 0, 10_250, 10_250, 20_500]);
    }

    #[test]
    fn requests_keep_a_distance_as_the_limit_comes_near() {
        for (share, expected) in [(None, 0), (Some(0.8), 0), (Some(0.9), 200), (Some(1.0), 400), (Some(f64::NAN), 0)] {
            let (governor, start) = (governor(), Instant::now());
            governor.answered("a", share);
            passes(&governor, "a", start, start);
            let second = passes(&governor, "a", start, start).0;
            assert!(second.abs_diff(expected) <= 1, "{share:?}: {second}");
        }
    }
}
