//! How often.

use crate::{ClockTime, InvalidTiming};
use cronexpr::Crontab;
use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// The longest interval in minutes: a day. What is rarer has a time of day.
const LONGEST_INTERVAL: u16 = 1440;

/// The shortest interval in minutes. An import of a small tenant takes seconds, and nothing at Microsoft changes faster.
const SHORTEST_INTERVAL: u16 = 5;

/// How often something is due. All but an interval are times on the wall of the schedule's time zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// Every so many minutes of real time, counted from midnight UTC of 1970-01-01, whatever clocks do.
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
        at: ClockTime,
    },
    /// On some days of the week.
    Week {
        /// 1 is Monday, 7 is Sunday, as in ISO 8601.
        days: BTreeSet<u8>,
        /// The time of day.
        at: ClockTime,
    },
    /// Once a month.
    Month {
        /// The day.
        day: DayOfMonth,
        /// The time of day.
        at: ClockTime,
    },
    /// By a cron expression of five fields: minute, hour, day of month, month, day of week.
    Cron {
        /// The expression, without a time zone.
        expression: String,
    },
}

/// A day of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOfMonth {
    /// 1 to 31; in a shorter month its last day.
    Day(u8),
    /// Whichever day it is.
    Last,
}

impl Rule {
    /// Checks what the types cannot.
    ///
    /// # Errors
    /// [`InvalidTiming`] with the field.
    pub fn check(&self) -> Result<(), InvalidTiming> {
        match self {
            Self::Interval { minutes } if !(SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(minutes) => {
                let rule = format!("must be {SHORTEST_INTERVAL} to {LONGEST_INTERVAL}");
                Err(InvalidTiming::new("minutes between runs", rule, minutes))
            }
            Self::Hour { minute } if *minute > 59 => {
                Err(InvalidTiming::new("minute of the hour", "must be 0 to 59", minute))
            }
            Self::Week { days, .. } if days.is_empty() => {
                Err(InvalidTiming::new("days of the week", "must be at least one", ""))
            }
            Self::Week { days, .. } => days
                .iter()
                .find(|day| !(1..=7).contains(*day))
                .map_or(Ok(()), |day| Err(InvalidTiming::new("day of the week", "must be 1 (Monday) to 7", day))),
            Self::Month { day: DayOfMonth::Day(day), .. } if !(1..=31).contains(day) => {
                Err(InvalidTiming::new("day of the month", "must be 1 to 31, or the last", day))
            }
            Self::Cron { expression } => parse_cron(expression).map(drop),
            _ => Ok(()),
        }
    }

    /// Whether it follows the clock all day long, so that an hour that the clock shows twice counts twice and one that
    /// it leaves out not at all; other rules mean one moment of a day.
    pub(crate) fn follows_the_clock(&self) -> bool {
        match self {
            Self::Hour { .. } => true,
            Self::Cron { expression } => expression.split_whitespace().take(2).any(|field| field.starts_with('*')),
            _ => false,
        }
    }
}

/// A cron expression, taken as wall time: what clocks do to it is the affair of `fires.rs`, the same for every rule.
pub(crate) fn parse_cron(expression: &str) -> Result<Crontab, InvalidTiming> {
    let invalid = |rule: String| InvalidTiming::new("cron expression", rule, expression);
    let fields = expression.split_whitespace().count();
    if fields != 5 {
        return Err(invalid(format!(
            "must have five fields (minute, hour, day of month, month, day of week), and has {fields}"
        )));
    }
    let parsed = cronexpr::parse_crontab(&format!("{expression} UTC"));
    let crontab = parsed.map_err(|error| invalid(format!("cannot be read: {}", first_line(&error.to_string()))))?;
    // One that never comes, such as the 30th of February, would be a schedule that nobody notices to be dead.
    crontab.find_next("2000-01-01T00:00:00Z").map_err(|_| invalid("must mean a day that exists".to_owned()))?;
    Ok(crontab)
}

/// The library draws where in the expression the mistake is; the sentence stands in the last line.
fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or(text)
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interval { minutes } => write!(formatter, "every {minutes} minutes"),
            Self::Hour { minute } => write!(formatter, "hourly at minute {minute}"),
            Self::Day { at } => write!(formatter, "daily at {at}"),
            Self::Week { days, at } => {
                let names: Vec<&str> = days.iter().map(|day| short_name(*day)).collect();
                write!(formatter, "weekly on {} at {at}", names.join(", "))
            }
            Self::Month { day: DayOfMonth::Day(day), at } => write!(formatter, "monthly on day {day} at {at}"),
            Self::Month { day: DayOfMonth::Last, at } => write!(formatter, "monthly on the last day at {at}"),
            Self::Cron { expression } => write!(formatter, "cron {expression}"),
        }
    }
}

const fn short_name(day: u8) -> &'static str {
    match day {
        1 => "Mon",
        2 => "Tue",
        3 => "Wed",
        4 => "Thu",
        5 => "Fri",
        6 => "Sat",
        _ => "Sun",
    }
}

/// The number of a day of the week as rules write it.
pub(crate) fn day_number(day: Weekday) -> u8 {
    day.to_monday_one_offset().unsigned_abs()
}
