//! Rows of each report, cell by cell in the order of its header.

mod activations;
mod active_users;
mod activity;
mod apps;
mod copilot;
mod storage;

pub(super) use activations::{Activation, activations};

use super::function::{Call, Report};
use super::issue::Issue;
use super::row::RowWriter;
use crate::dice::{Dice, Domain};
use crate::tenant::ReportedPerson;

/// Writes what a report says about a person.
pub(super) fn write(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    match call.report {
        Report::ActiveUsers => active_users::write(issue, person, writer),
        Report::Activations => activations::write(issue, person, writer),
        Report::Apps => apps::write(issue, call, person, writer),
        Report::MailboxUsage => storage::write_mailbox(issue, call, person, writer),
        Report::OneDriveUsage => storage::write_drive(issue, call, person, writer),
        Report::EmailActivity => activity::write_email(issue, call, person, writer),
        Report::OneDriveActivity | Report::SharePointActivity => activity::write_files(issue, call, person, writer),
        Report::TeamsActivity => activity::write_teams(issue, call, person, writer),
        Report::VivaEngageActivity => activity::write_viva_engage(issue, call, person, writer),
        Report::Copilot => copilot::write(issue, call, person, writer),
    }
}

/// `Report Period`: a number of days.
fn period(call: Call, row: &mut RowWriter) {
    match call.period.map(|period| (period, period.days())) {
        Some((_, Some(days))) => row.number(u64::from(days)),
        Some((period, None)) => row.text(period.as_str()),
        None => row.empty(),
    }
}

/// `Is Deleted` and `Deleted Date`.
fn deletion(person: &ReportedPerson, row: &mut RowWriter) {
    row.boolean(person.deleted.is_some());
    row.date(person.deleted);
}

/// Figures that nothing depends on: none without activity, otherwise drawn.
struct Figures {
    dice: Dice,
    active: bool,
}

impl Figures {
    fn of(call: Call, person: &ReportedPerson, active: bool) -> Self {
        let index = person.position << 8 | call.report as u64;
        Self { dice: Dice::new(call.period.map_or(0, |period| period as u64), Domain::Usage, index), active }
    }

    fn below(&mut self, limit: u64) -> u64 {
        if self.active { self.dice.below(limit) } else { 0 }
    }
}

/// `Assigned Products`: names in capitals, joined by a plus sign that some names contain as well.
fn assigned_products(issue: &Issue, person: &ReportedPerson) -> String {
    const NAMES: [&str; crate::catalog::number::COUNT] = [
        "MICROSOFT 365 E5",
        "MICROSOFT 365 E3",
        "OFFICE 365 E3",
        "MICROSOFT 365 BUSINESS PREMIUM",
        "MICROSOFT 365 BUSINESS STANDARD",
        "EXCHANGE ONLINE (PLAN 1)",
        "MICROSOFT POWER AUTOMATE FREE",
        "MICROSOFT FABRIC (FREE)",
        "POWER BI PRO",
        "PLANNER + PROJECT PLAN 3",
        "VISIO PLAN 2",
        "MICROSOFT 365 COPILOT",
        "MICROSOFT ENTRA ID P2",
        "OFFICE 365 EXTRA FILE STORAGE",
    ];
    let products = issue.people.products(person);
    let names: Vec<&str> =
        products.into_iter().filter_map(|product| NAMES.get(usize::from(product)).copied()).collect();
    names.join("+")
}
