//! A sliding window that counts requests; refused ones do not count.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub(super) struct Window(VecDeque<Instant>);

impl Window {
    /// How long until another request fits; `None` if it fits now.
    pub(super) fn wait(&mut self, now: Instant, limit: usize, period: Duration) -> Option<Duration> {
        while self.0.front().is_some_and(|first| now.saturating_duration_since(*first) >= period) {
            self.0.pop_front();
        }
        if self.0.len() < limit {
            return None;
        }
        let first = self.0.front()?;
        Some(period.saturating_sub(now.saturating_duration_since(*first)))
    }

    pub(super) fn count(&mut self, now: Instant) {
        self.0.push_back(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_fits_again_when_the_oldest_has_left() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut window = Window::default();
        for number in 0..3 {
            let now = start + second * number;
            assert_eq!(window.wait(now, 3, second * 10), None);
            window.count(now);
        }
        assert_eq!(window.wait(start + second * 4, 3, second * 10), Some(second * 6));
        assert_eq!(window.wait(start + second * 10, 3, second * 10), None);
    }
}
