//! A time of day to the minute.

use crate::InvalidTiming;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A time of day to the minute, written `06:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime {
    hour: i8,
    minute: i8,
}

impl ClockTime {
    /// That time on a day.
    pub(crate) fn on(self, day: Date) -> DateTime {
        day.at(self.hour, self.minute, 0, 0)
    }

    pub(crate) fn time(self) -> Time {
        Time::constant(self.hour, self.minute, 0, 0)
    }
}

impl FromStr for ClockTime {
    type Err = InvalidTiming;

    fn from_str(text: &str) -> Result<Self, InvalidTiming> {
        let invalid = || InvalidTiming::new("time of day", "must be like 06:30, from 00:00 to 23:59", text);
        let (hour, minute) = text.trim().split_once(':').ok_or_else(invalid)?;
        let digits = |part: &str| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(hour) || !digits(minute) || minute.len() != 2 {
            return Err(invalid());
        }
        let (hour, minute) = (hour.parse().map_err(|_| invalid())?, minute.parse().map_err(|_| invalid())?);
        if hour > 23 || minute > 59 {
            return Err(invalid());
        }
        Ok(Self { hour, minute })
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}:{:02}", self.hour, self.minute)
    }
}

impl TryFrom<String> for ClockTime {
    type Error = InvalidTiming;

    fn try_from(text: String) -> Result<Self, InvalidTiming> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}
