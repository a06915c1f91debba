//! The part of a day in which imports may start.

use crate::{ClockTime, InvalidTiming};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The part of a day in which imports may start, for example `20:00-06:00`: from the first minute on, until before the
/// last. One that is due outside waits until it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    from: ClockTime,
    until: ClockTime,
}

impl Window {
    /// When something that may start from `moment` on may really start: at once, or when the window opens.
    pub(crate) fn opens(self, moment: Timestamp, zone: &TimeZone) -> Timestamp {
        let now = zone.to_datetime(moment);
        if self.contains(now.time()) {
            return moment;
        }
        let today = self.from.on(now.date());
        let opening = if today > now { Some(today) } else { now.date().tomorrow().ok().map(|day| self.from.on(day)) };
        // At the end of the calendar nothing opens any more.
        opening.and_then(|wall| zone.to_zoned(wall).ok()).map_or(moment, |zoned| zoned.timestamp().max(moment))
    }

    fn contains(self, time: jiff::civil::Time) -> bool {
        let (from, until) = (self.from.time(), self.until.time());
        if from < until { (from..until).contains(&time) } else { time >= from || time < until }
    }
}

impl FromStr for Window {
    type Err = InvalidTiming;

    fn from_str(text: &str) -> Result<Self, InvalidTiming> {
        let invalid = || InvalidTiming::new("window", "must be two times like 20:00-06:00", text);
        let (from, until) = text.split_once('-').ok_or_else(invalid)?;
        let (from, until): (ClockTime, ClockTime) = (from.parse()?, until.parse()?);
        if from == until { Err(invalid()) } else { Ok(Self { from, until }) }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.from, self.until)
    }
}

impl TryFrom<String> for Window {
    type Error = InvalidTiming;

    fn try_from(text: String) -> Result<Self, InvalidTiming> {
        text.parse()
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.to_string()
    }
}
