//! What reports say about one person and one application, in the five states of the dataset.
//!
//! The states must not blur: a yes without a date is use, never "never used", and it is use within the period that the
//! report was asked for, not within a shorter one.

use serde::Serialize;
use std::collections::BTreeMap;

/// The longest period that reports look back, in days (Graph reports: D7, D30, D90, D180). Only a report over this
/// period can say that something was never used.
pub const LONGEST_PERIOD: i64 = 180;

/// When something was used, for a rule about the last so many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recency {
    /// Before those days, and not since.
    Before,
    /// The reports do not tell: a yes over a longer period, and nothing about a shorter one.
    Unclear,
    /// Within those days.
    Within,
}

/// The five states of use. The order is that of what counts more when several reports tell of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UseState {
    /// No report exists for this application.
    NotMeasured,
    /// The report names people in a concealed form; this person may be among them.
    NotAttributable,
    /// The report does not list the person, or only over periods too short to say "never".
    NoData,
    /// The report covers person and application, and shows no use over its longest period.
    NeverUsed,
    /// A date, or a yes.
    Used(Recency),
}

/// One row of the table `usage` about a person and an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseRow<'r> {
    /// The report that says so.
    pub report: &'r str,
    /// Days that the report looks back.
    pub period_days: i64,
    /// Days since 1970.
    pub last_activity_on: Option<i32>,
    /// Yes or no over the period.
    pub used_in_period: Option<bool>,
    /// Day up to which the report knows, in days since 1970.
    pub refreshed_on: Option<i32>,
}

/// A [`UseRow`] that outlives the batch that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptUseRow {
    /// See [`UseRow::report`].
    pub report: String,
    /// See [`UseRow::period_days`].
    pub period_days: i64,
    /// See [`UseRow::last_activity_on`].
    pub last_activity_on: Option<i32>,
    /// See [`UseRow::used_in_period`].
    pub used_in_period: Option<bool>,
    /// See [`UseRow::refreshed_on`].
    pub refreshed_on: Option<i32>,
}

impl KeptUseRow {
    /// As [`use_state`] takes it.
    #[must_use]
    pub fn told(&self) -> UseRow<'_> {
        UseRow {
            report: &self.report,
            period_days: self.period_days,
            last_activity_on: self.last_activity_on,
            used_in_period: self.used_in_period,
            refreshed_on: self.refreshed_on,
        }
    }
}

/// What one report says over all its periods.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    /// A date, and how many days before the refresh it is; the shortest.
    date: Option<Option<i64>>,
    /// Shortest period with a yes.
    yes: Option<i64>,
    /// Longest period with a no.
    no: Option<i64>,
    /// Longest period without any use.
    unused: Option<i64>,
}

impl Said {
    fn take(&mut self, row: &UseRow<'_>) {
        let period = row.period_days;
        if let Some(last) = row.last_activity_on {
            let age = row.refreshed_on.map(|refreshed| (i64::from(refreshed) - i64::from(last)).max(0));
            let nearer = match (self.date.flatten(), age) {
                (Some(known), Some(age)) => Some(known.min(age)),
                (known, age) => known.or(age),
            };
            self.date = Some(nearer);
        }
        match row.used_in_period {
            Some(true) => self.yes = Some(self.yes.map_or(period, |known| known.min(period))),
            Some(false) => self.no = self.no.max(Some(period)),
            None => {}
        }
        if row.last_activity_on.is_none() && row.used_in_period != Some(true) {
            self.unused = self.unused.max(Some(period));
        }
    }

    fn state(&self, days: i64) -> UseState {
        let recency = |within: bool| if within { Recency::Within } else { Recency::Before };
        let dated = self.date.map(|age| age.map_or(Recency::Unclear, |age| recency(age < days)));
        // Use lies between the longest period with a no and the shortest one with a yes.
        let told = self.yes.map(|yes| match self.no {
            _ if yes <= days => Recency::Within,
            Some(no) if no >= days => Recency::Before,
            _ => Recency::Unclear,
        });
        match dated.max(told) {
            Some(recency) => UseState::Used(recency),
            None if self.unused >= Some(LONGEST_PERIOD) => UseState::NeverUsed,
            None => UseState::NoData,
        }
    }
}

/// The state of one person and one application for a rule about the last `days` days before the reports' refresh: a
/// use on the refresh day is 0 days old, and a period of 90 days holds uses that are 0 to 89 days old.
///
/// `rows` are all rows of this person and application, of any platform. Without any the answer is
/// [`UseState::NoData`]; whether an application is measured, and names are concealed, rows do not tell.
#[must_use]
pub fn use_state<'r>(rows: impl IntoIterator<Item = UseRow<'r>>, days: u16) -> UseState {
    let mut reports: BTreeMap<&str, Said> = BTreeMap::new();
    for row in rows {
        reports.entry(row.report).or_default().take(&row);
    }
    reports.values().map(|said| said.state(days.into())).max().unwrap_or(UseState::NoData)
}

#[cfg(test)]
mod tests {
    use super::UseState::{NeverUsed, NoData, Used};
    use super::*;
    use Recency::{Before, Unclear, Within};

    /// Refresh day of every row here.
    const TODAY: i32 = 20_000;

    fn row(report: &str, period_days: i64, days_ago: Option<i32>, used_in_period: Option<bool>) -> UseRow<'_> {
        let last_activity_on = days_ago.map(|days| TODAY - days);
        UseRow { report, period_days, last_activity_on, used_in_period, refreshed_on: Some(TODAY) }
    }

    fn dated(days_ago: i32) -> UseRow<'static> {
        row("mail", 180, Some(days_ago), None)
    }

    fn unused(period: i64) -> UseRow<'static> {
        row("mail", period, None, None)
    }

    fn said(period: i64, yes: bool) -> UseRow<'static> {
        row("apps", period, None, Some(yes))
    }

    #[track_caller]
    fn check(rows: &[UseRow<'static>], days: u16, expected: UseState) {
        assert_eq!(use_state(rows.iter().copied(), days), expected, "{rows:?} over {days} days");
        let turned = rows.iter().rev().copied();
        assert_eq!(use_state(turned, days), expected, "in whatever order");
    }

    #[test]
    fn dates() {
        check(&[dated(0)], 90, Used(Within));
        check(&[dated(89)], 90, Used(Within));
        check(&[dated(90)], 90, Used(Before));
        check(&[dated(400)], 180, Used(Before));
        check(&[dated(100), row("other", 180, Some(3), None)], 90, Used(Within));
        // A clock that is ahead is no reason for anything.
        check(&[dated(-1)], 1, Used(Within));
        check(&[UseRow { refreshed_on: None, ..dated(3) }], 90, Used(Unclear));
    }

    #[test]
    fn a_yes_without_a_date_is_use_within_its_own_period_and_no_shorter_one() {
        check(&[said(30, true), said(90, true), said(180, true)], 30, Used(Within));
        check(&[said(30, true), said(90, true), said(180, true)], 29, Used(Unclear));
        // Somebody used it 120 days ago: a yes at 180 with a no at 90.
        let day_120 = [said(30, false), said(90, false), said(180, true)];
        check(&day_120, 30, Used(Before));
        check(&day_120, 90, Used(Before));
        check(&day_120, 120, Used(Unclear));
        check(&day_120, 180, Used(Within));
        // The shorter reports did not come.
        check(&[said(180, true)], 90, Used(Unclear));
        check(&[said(30, false), said(180, true)], 90, Used(Unclear));
    }

    #[test]
    fn reports_that_differ_about_one_person() {
        check(&[dated(120), said(30, false), said(90, false), said(180, true)], 90, Used(Before));
        check(&[dated(120), said(90, true)], 90, Used(Within));
        check(&[unused(180), said(180, true)], 90, Used(Unclear));
        check(&[unused(180), said(180, false)], 90, NeverUsed);
    }

    #[test]
    fn never_is_said_over_the_longest_period_only() {
        check(&[unused(180)], 90, NeverUsed);
        check(&[said(30, false), said(90, false), said(180, false)], 90, NeverUsed);
        check(&[unused(90)], 30, NoData);
        check(&[said(30, false), said(90, false)], 30, NoData);
        check(&[], 90, NoData);
    }
}
