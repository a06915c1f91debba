//! `getM365AppUserDetail`: yes or no for each program on each platform over the period.

use super::super::function::Call;
use super::super::issue::Issue;
use super::super::row::RowWriter;
use super::period;
use crate::tenant::ReportedPerson;

pub(super) fn write(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let used = issue.used_programs(call, person);
    let last_activity = issue.last_activity(call, person);
    writer.row(|row| {
        row.text(&issue.name(person));
        row.date(last_activity.map(|_| 200 + (person.position % 600) as u16));
        row.date(last_activity);
        period(call, row);
        for platform in 0..4 {
            row.yes_no(used.iter().any(|program| program.get(platform) == Some(&true)));
        }
        for program in used {
            row.yes_no(program.contains(&true));
        }
        for platform in 0..4 {
            for program in used {
                row.yes_no(program.get(platform) == Some(&true));
            }
        }
    });
}
