//! Schedules: when connections are imported by themselves.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How often. Times are on the wall of the schedule's time zone, written `06:30`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "every", rename_all = "snake_case")]
pub enum ScheduleRule {
    /// Every so many minutes.
    Interval {
        /// 5 to 1440.
        minutes: u16,
    },
    /// Once an hour.
    Hour {
        /// 0 to 59.
        minute: u8,
    },
    /// Once a day.
    Day {
        /// The time of day.
        at: String,
    },
    /// On some days of the week.
    Week {
        /// 1 is Monday, 7 is Sunday.
        days: BTreeSet<u8>,
        /// The time of day.
        at: String,
    },
    /// Once a month.
    Month {
        /// 1 to 31, in a shorter month its last day; without one always the last.
        day: Option<u8>,
        /// The time of day.
        at: String,
    },
    /// By a cron expression of five fields.
    Cron {
        /// The expression.
        expression: String,
    },
}

/// What becomes of times that passed while nothing served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissedRuns {
    /// Run once as soon as possible, however many there were.
    RunOnce,
    /// Wait for the next time.
    Skip,
}

/// What a person enters for a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleDraft {
    /// Its name, by the rules of a connection's name.
    pub name: String,
    /// How often.
    pub rule: ScheduleRule,
    /// A name of the IANA time zone database, `Europe/Berlin`.
    pub zone: String,
    /// What becomes of times that passed while nothing served.
    pub missed: MissedRuns,
    /// How many minutes later a connection may start, each by a share of its own; 0 to 720.
    pub jitter_minutes: u16,
    /// The part of a day in which imports may start, `20:00-06:00`.
    pub window: Option<String>,
    /// How many of its connections may run at the same time, 1 to 64.
    pub parallel: u32,
    /// Ids of the connections that follow it; those that are left out do not any more.
    pub connections: BTreeSet<String>,
}

/// A connection that follows a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Follower {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What became of a time of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

/// What became of one or more times of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Occasion {
    /// The time, RFC 3339; the newest, if it stands for several.
    pub at: String,
    /// How many it stands for.
    pub count: u64,
    /// What became of it.
    pub outcome: OccasionOutcome,
}

/// A schedule as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Schedule {
    /// Its id.
    pub id: String,
    /// What a person entered.
    pub draft: ScheduleDraft,
    /// How often, in words.
    pub when: String,
    /// The connections that follow it, by name.
    pub followers: Vec<Follower>,
    /// Its next five times, RFC 3339.
    pub next: Vec<String>,
    /// What became of the last ones, newest first.
    pub occasions: Vec<Occasion>,
}

/// What a schedule would do, before it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchedulePreview {
    /// How often, in words; empty if something is wrong.
    pub when: String,
    /// Its next five times, RFC 3339.
    pub next: Vec<String>,
    /// What is wrong.
    pub problems: Vec<crate::FieldProblem>,
}

/// Which schedule a connection follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleChoice {
    /// Its id; `None` is *Not scheduled*.
    pub schedule: Option<String>,
}

/// What deleting a schedule changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScheduleRemoved {
    /// The connections that are not scheduled any more.
    pub not_scheduled: Vec<Follower>,
}

/// How a connection is scheduled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scheduled {
    /// Id of the schedule.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How often, in words.
    pub when: String,
    /// When the connection runs next, RFC 3339; `None` if its run is owed and waits for its turn.
    pub next_run: Option<String>,
}
