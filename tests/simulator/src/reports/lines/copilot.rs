//! `getMicrosoft365CopilotUsageUserDetail`, both versions. Its dates do not care about the period.

use super::super::function::Call;
use super::super::issue::Issue;
use super::super::row::RowWriter;
use super::{Figures, period};
use crate::tenant::ReportedPerson;

pub(super) fn write(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let last_activity = issue.last_activity(call, person);
    let places = issue.activity(person).copilot;
    let [chat, ..] = places;
    let mut figures = Figures::of(call, person, last_activity.is_some());
    writer.row(|row| {
        row.text(&issue.name(person));
        row.text(&issue.display_name(person));
        row.date(last_activity);
        for days in places {
            row.date(days);
        }
        if call.second_version {
            let (work, web) = (figures.below(200), figures.below(60));
            row.number(work + web);
            row.number(work);
            row.number(web);
            row.number(figures.below(25));
            row.date(chat);
            row.date(chat.filter(|_| web > 0));
            row.date(last_activity);
            row.date(last_activity.filter(|days| days % 3 == 0));
            row.empty();
        }
        period(call, row);
    });
}
