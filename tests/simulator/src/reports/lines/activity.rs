//! Activity reports: mail, files, Teams, Viva Engage.

use super::super::function::{Call, Report};
use super::super::issue::Issue;
use super::super::row::RowWriter;
use super::{Figures, assigned_products, deletion, period};
use crate::tenant::ReportedPerson;

pub(super) fn write_email(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let last_activity = issue.last_activity(call, person);
    let mut figures = Figures::of(call, person, last_activity.is_some());
    writer.row(|row| {
        row.text(&issue.name(person));
        row.text(&issue.display_name(person));
        deletion(person, row);
        row.date(last_activity);
        for limit in [300, 2_000, 1_500, 20, 60] {
            row.number(figures.below(limit));
        }
        row.text(&assigned_products(issue, person));
        period(call, row);
    });
}

pub(super) fn write_files(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let last_activity = issue.last_activity(call, person);
    let mut figures = Figures::of(call, person, last_activity.is_some());
    writer.row(|row| {
        row.text(&issue.name(person));
        deletion(person, row);
        row.date(last_activity);
        for limit in [400, 900, 30, 10] {
            row.number(figures.below(limit));
        }
        if call.report == Report::SharePointActivity {
            row.number(figures.below(200));
        }
        row.text(&assigned_products(issue, person));
        period(call, row);
    });
}

pub(super) fn write_teams(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let last_activity = issue.last_activity(call, person);
    let mut figures = Figures::of(call, person, last_activity.is_some());
    writer.row(|row| {
        row.text(&issue.people.tenant().organization_name());
        row.empty();
        row.text(&issue.written_user_id(person));
        row.text(&issue.name(person));
        row.date(last_activity);
        deletion(person, row);
        row.text(&assigned_products(issue, person));
        for limit in [200, 800, 40, 60, 20, 30, 2, 15, 50, 5, 10, 8, 20, 6, 30] {
            row.number(figures.below(limit));
        }
        let seconds = [40_000, 20_000, 9_000].map(|limit| figures.below(limit));
        for seconds in seconds {
            row.text(&duration(seconds));
        }
        for seconds in seconds {
            row.number(seconds);
        }
        row.yes_no(figures.below(2) == 1);
        row.yes_no(true);
        period(call, row);
    });
}

/// ISO 8601, `PT1H2M3S`.
fn duration(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let part = |value: u64, unit: &str| if value > 0 { format!("{value}{unit}") } else { String::new() };
    match seconds {
        0 => "PT0S".to_owned(),
        _ => format!("PT{}{}{}", part(hours, "H"), part(minutes, "M"), part(rest, "S")),
    }
}

pub(super) fn write_viva_engage(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let last_activity = issue.last_activity(call, person);
    let mut figures = Figures::of(call, person, last_activity.is_some());
    writer.row(|row| {
        row.text(&issue.name(person));
        row.text(&issue.display_name(person));
        row.text(if person.deleted.is_some() { "deleted" } else { "active" });
        row.date(Some(person.deleted.unwrap_or(900)));
        row.date(last_activity);
        for limit in [20, 300, 40] {
            row.number(figures.below(limit));
        }
        row.text(&assigned_products(issue, person));
        period(call, row);
    });
}
