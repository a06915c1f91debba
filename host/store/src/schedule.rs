use std::str::FromStr;

use beacon_schedule::{InvalidTiming, Missed, Rule, Timing, Window};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{InvalidInput, ScheduleId, ScheduleName};

/// The most connections of one schedule at a time.
const MOST_PARALLEL: u32 = 64;

/// What makes up a schedule before it is stored, and what can be changed about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewSchedule {
    /// Its name.
    pub name: ScheduleName,
    /// How often.
    pub rule: Rule,
    /// A name of the IANA time zone database.
    pub zone: String,
    /// What becomes of times that passed while nothing served.
    pub missed: Missed,
    /// How much later a connection may start, each by a share of its own.
    pub jitter_seconds: u32,
    /// The part of a day in which imports may start.
    pub window: Option<Window>,
    /// How many of its connections may run at the same time; 1 is one after the other.
    pub parallel: u32,
}

impl NewSchedule {
    /// Everything about time, made ready for questions.
    ///
    /// # Errors
    /// [`InvalidTiming`] with the field.
    pub fn timing(&self) -> Result<Timing, InvalidTiming> {
        Timing::new(&self.rule, &self.zone, SignedDuration::from_secs(self.jitter_seconds.into()), self.window)
    }

    /// Whether it can be stored.
    ///
    /// # Errors
    /// [`crate::StoreError::Timing`], [`crate::StoreError::Input`].
    pub fn check(&self) -> Result<(), crate::StoreError> {
        self.timing()?;
        if (1..=MOST_PARALLEL).contains(&self.parallel) {
            return Ok(());
        }
        let value = self.parallel.to_string();
        Err(InvalidInput::new("connections at a time", "must be 1 to 64", &value).into())
    }
}

/// A named time plan that any number of connections follow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its id.
    pub id: ScheduleId,
    /// What a person chose.
    #[serde(flatten)]
    pub plan: NewSchedule,
    /// The moment up to which all its times were decided.
    pub considered_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What became of one or more times of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occasion {
    /// The time; the newest, if it stands for several.
    pub at: Timestamp,
    /// The oldest it stands for.
    pub first: Timestamp,
    /// How many it stands for.
    pub count: u64,
    /// What became of it.
    pub outcome: OccasionOutcome,
    /// When that was decided.
    pub decided_at: Timestamp,
}

/// What became of a time of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OccasionOutcome {
    /// It came, and its connections were due.
    Kept,
    /// It was missed, and its connections were due once as soon as somebody looked.
    MadeUp,
    /// It was missed and left out.
    Skipped,
    /// The clock was set back; the schedule began anew.
    ClockSetBack,
    /// A person said so.
    ByHand,
}

impl OccasionOutcome {
    const ALL: [Self; 5] = [Self::Kept, Self::MadeUp, Self::Skipped, Self::ClockSetBack, Self::ByHand];

    /// The name, as stored and as scripts read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::MadeUp => "made_up",
            Self::Skipped => "skipped",
            Self::ClockSetBack => "clock_set_back",
            Self::ByHand => "by_hand",
        }
    }
}

impl FromStr for OccasionOutcome {
    type Err = InvalidInput;

    fn from_str(name: &str) -> Result<Self, InvalidInput> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.as_str() == name);
        found.ok_or_else(|| InvalidInput::new("occasion", "must be a known one", name))
    }
}
