//! What is due, and what becomes of times that passed while nobody looked.

use crate::Timing;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A time that is noticed this late still counts as kept: a start of the beacon, a busy moment.
pub const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// A clock that is set back by more than this was wrong before, and the schedule begins anew; after less, times that
/// already came do not come again.
pub const REWIND: SignedDuration = SignedDuration::from_hours(25);

/// Times are counted up to this many; a host that slept longer missed "more than".
const COUNTED: u64 = 1_000_000;

/// What becomes of times that passed while the host slept or nothing served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// However many there were, run once as soon as possible.
    RunOnce,
    /// Leave them out and wait for the next time.
    Skip,
}

impl Missed {
    /// Its name in files and commands.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RunOnce => "run_once",
            Self::Skip => "skip",
        }
    }
}

impl FromStr for Missed {
    type Err = crate::InvalidTiming;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "run_once" => Ok(Self::RunOnce),
            "skip" => Ok(Self::Skip),
            _ => Err(crate::InvalidTiming::new("missed runs", "must be run_once or skip", text)),
        }
    }
}

/// What a look at a schedule brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No time came since the last look.
    Nothing,
    /// Its connections are due.
    Due {
        /// The time that came: the newest, if several did.
        at: Timestamp,
        /// The oldest.
        first: Timestamp,
        /// How many earlier ones passed unseen; they are not made up for one by one.
        missed: u64,
        /// Whether this one was missed itself, and is run late.
        late: bool,
    },
    /// Times passed unseen, and the schedule leaves such out.
    Skipped {
        /// The oldest.
        first: Timestamp,
        /// The newest.
        last: Timestamp,
        /// How many.
        count: u64,
    },
    /// The clock was wrong before: the schedule begins anew from now.
    ClockSetBack,
}

/// Looks at a schedule. `considered` is the moment up to which all times were decided, `now` the time it is; afterwards
/// everything up to `now` is, unless the clock went back a little, in which case it stays as it was.
#[must_use]
pub fn consider(timing: &Timing, missed: Missed, considered: Timestamp, now: Timestamp) -> Decision {
    if considered.duration_since(now) > REWIND {
        return Decision::ClockSetBack;
    }
    let mut passed = timing.upcoming(considered).take_while(|at| *at <= now);
    let Some(first) = passed.next() else { return Decision::Nothing };
    let (mut last, mut count) = (first, 1);
    // All but the newest are counted only; a host that slept for years must not be busy with that.
    for at in passed {
        (last, count) = (at, count + 1);
        if count == COUNTED {
            break;
        }
    }
    let late = now.duration_since(last) > GRACE;
    match missed {
        Missed::Skip if late => Decision::Skipped { first, last, count },
        Missed::Skip | Missed::RunOnce => Decision::Due { at: last, first, missed: count - 1, late },
    }
}
