//! Wall times of a rule, as if no clock were ever changed.

use crate::InvalidTiming;
use crate::rule::{DayOfMonth, Rule, day_number, parse_cron};
use cronexpr::{Crontab, MakeTimestamp};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// Days that a daily, weekly or monthly rule has to be searched for at most.
const SEARCHED_DAYS: usize = 62;

/// A rule made ready for questions.
pub(crate) enum WallTimes {
    Days(Rule),
    Cron(Box<Crontab>),
}

impl WallTimes {
    /// `None` for an interval, which has no wall times.
    pub(crate) fn new(rule: &Rule) -> Result<Option<Self>, InvalidTiming> {
        Ok(match rule {
            Rule::Interval { .. } => None,
            Rule::Hour { minute } => Some(Self::Cron(Box::new(parse_cron(&format!("{minute} * * * *"))?))),
            Rule::Cron { expression } => Some(Self::Cron(Box::new(parse_cron(expression)?))),
            Rule::Day { .. } | Rule::Week { .. } | Rule::Month { .. } => Some(Self::Days(rule.clone())),
        })
    }

    /// The first wall time after this one; none at the end of the calendar.
    pub(crate) fn after(&self, moment: DateTime) -> Option<DateTime> {
        match self {
            Self::Cron(crontab) => {
                let start = Offset::UTC.to_timestamp(moment).ok()?;
                let found = crontab.find_next(MakeTimestamp(start)).ok()?;
                Some(Offset::UTC.to_datetime(found.timestamp()))
            }
            Self::Days(rule) => days_from(moment.date())
                .take(SEARCHED_DAYS)
                .filter_map(|day| on_day(rule, day))
                .find(|found| *found > moment),
        }
    }
}

fn days_from(day: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(day), |day| day.tomorrow().ok())
}

fn on_day(rule: &Rule, day: Date) -> Option<DateTime> {
    match rule {
        Rule::Day { at } => Some(at.on(day)),
        Rule::Week { days, at } => days.contains(&day_number(day.weekday())).then(|| at.on(day)),
        Rule::Month { day: wanted, at } => {
            let last = day.days_in_month();
            let wanted = match wanted {
                DayOfMonth::Day(wanted) => last.min(i8::try_from(*wanted).unwrap_or(last)),
                DayOfMonth::Last => last,
            };
            (day.day() == wanted).then(|| at.on(day))
        }
        Rule::Interval { .. } | Rule::Hour { .. } | Rule::Cron { .. } => None,
    }
}
