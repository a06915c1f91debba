//! From wall times to moments: what a change of the clock does to a schedule.
//!
//! - A rule that means one moment of a day fires once a day. A time that the clock leaves out is taken by the offset
//!   from before (02:30 becomes 03:30), one that it shows twice at its first showing, both as RFC 5545 (3.3.5) says.
//! - A rule that follows the clock fires whenever the clock shows its minutes: not in an hour that is left out, twice
//!   in one that is shown twice.

use crate::civil::WallTimes;
use crate::{InvalidTiming, Rule};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// No clock was ever changed by more than a day (Samoa left one out in 2011).
const LARGEST_CHANGE: SignedDuration = SignedDuration::from_hours(25);

/// A rule in a time zone, made ready for questions.
pub(crate) struct Fires {
    kind: Kind,
    zone: TimeZone,
}

enum Kind {
    /// Seconds of real time.
    Interval(i64),
    OnceADay(WallTimes),
    ByTheClock(WallTimes),
}

impl Fires {
    pub(crate) fn new(rule: &Rule, zone: TimeZone) -> Result<Self, InvalidTiming> {
        rule.check()?;
        let kind = match (WallTimes::new(rule)?, rule) {
            (Some(times), rule) if rule.follows_the_clock() => Kind::ByTheClock(times),
            (Some(times), _) => Kind::OnceADay(times),
            (None, Rule::Interval { minutes }) => Kind::Interval(i64::from(*minutes) * 60),
            // A rule without wall times is an interval.
            (None, _) => return Err(InvalidTiming::new("rule", "must have times", rule)),
        };
        Ok(Self { kind, zone })
    }

    pub(crate) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first moment after this one.
    pub(crate) fn after(&self, moment: Timestamp) -> Option<Timestamp> {
        match &self.kind {
            Kind::Interval(seconds) => {
                let next = (moment.as_second().div_euclid(*seconds) + 1).checked_mul(*seconds)?;
                Timestamp::from_second(next).ok()
            }
            Kind::OnceADay(times) => self.once_a_day(times, moment),
            Kind::ByTheClock(times) => self.by_the_clock(times, moment),
        }
    }

    /// Moments are not in the order of their wall times where a clock is changed, so the earliest of all that can be.
    fn once_a_day(&self, times: &WallTimes, moment: Timestamp) -> Option<Timestamp> {
        let start = moment.checked_sub(LARGEST_CHANGE).ok()?;
        let mut wall = self.zone.to_datetime(start);
        let mut best: Option<Timestamp> = None;
        loop {
            let Some(next) = times.after(wall) else { return best };
            wall = next;
            if let Some(best) = best
                && wall > self.zone.to_datetime(best)
            {
                return Some(best);
            }
            let Ok(zoned) = self.zone.to_zoned(wall) else { return best };
            let at = zoned.timestamp();
            if at > moment && best.is_none_or(|best| at < best) {
                best = Some(at);
            }
        }
    }

    /// From one change of the clock to the next, within which a wall time is one moment.
    fn by_the_clock(&self, times: &WallTimes, moment: Timestamp) -> Option<Timestamp> {
        let (mut from, mut offset) = (moment, self.zone.to_offset(moment));
        let mut wall = offset.to_datetime(moment);
        loop {
            let at = offset.to_timestamp(times.after(wall)?).ok()?;
            match self.zone.following(from).next().map(|transition| transition.timestamp()) {
                Some(change) if at >= change => {
                    (from, offset) = (change, self.zone.to_offset(change));
                    // Just before, so that the moment of the change is found itself.
                    wall = offset.to_datetime(change).checked_sub(SignedDuration::from_nanos(1)).ok()?;
                }
                _ => return Some(at),
            }
        }
    }
}
