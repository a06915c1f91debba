//! One issue of the reports: everything they say on one refresh date under the present switches.
//!
//! Files and ground truth are both made from the answers given here, so they cannot drift apart.

use super::function::{Call, Report};
use super::settings::{ReportSettings, ReportsState};
use crate::dice::{Dice, Domain};
use crate::tenant::{Activity, DaysAgo, Reported, ReportedPerson, Tenant, Unnamed};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Reports are this far behind.
const LAG_DAYS: i64 = 2;

/// What a concealed value stands for; each gets a value of its own.
#[derive(Clone, Copy)]
enum Concealed {
    PrincipalName,
    DisplayName,
    SiteAddress,
    UserId,
}

/// The reports of one refresh date.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(super) people: Reported,
    pub(super) settings: ReportSettings,
    concealment_seed: u64,
}

impl Issue {
    /// The issue that is out at this time. Concealed values stay the same as long as the seed does.
    pub(crate) fn at(now: jiff::Timestamp, tenant: Arc<Tenant>, settings: ReportSettings, seed: u64) -> Self {
        let today = now.to_zoned(TimeZone::UTC).date();
        let refreshed_on = today.checked_sub(LAG_DAYS.days()).unwrap_or(today);
        Self { people: Reported::new(tenant, refreshed_on), settings, concealment_seed: seed }
    }

    /// The same reports beside the directory of a moment.
    pub(crate) fn in_tenant(&self, tenant: Arc<Tenant>) -> Self {
        Self { people: self.people.in_tenant(tenant), ..self.clone() }
    }

    pub(crate) fn refreshed_on(&self) -> Date {
        self.people.refreshed_on()
    }

    /// The date this many days before the refresh date.
    pub(super) fn date(&self, days_ago: DaysAgo) -> Option<Date> {
        self.refreshed_on().checked_sub(i64::from(days_ago?).days()).ok()
    }

    /// A mark that changes whenever a file would.
    pub(crate) fn etag(&self, call: Call) -> String {
        let described = format!("{}{call:?}{:?}{:?}", self.refreshed_on(), self.settings, self.people.places());
        let mark = described.bytes().fold(self.concealment_seed, |mark, byte| crate::dice::mix(mark ^ u64::from(byte)));
        format!("\"{mark:016X}\"")
    }

    /// Number of places to ask [`Issue::rows_at`] for.
    pub(super) fn places(&self) -> u64 {
        if self.settings.state == ReportsState::Normal { self.people.places() } else { 0 }
    }

    /// Rows of a place: the person, if the report is about them, and perhaps a row that names nobody.
    pub(super) fn rows_at(&self, report: Report, place: u64) -> impl Iterator<Item = ReportedPerson> {
        let person = self.people.person(place);
        let is_included =
            person.services.has_any(report.services()) || report == Report::MailboxUsage && person.is_shared_mailbox;
        let is_told = person.deleted.is_none() || report.tells_of_deleted();
        Some(person).filter(|_| is_included && is_told).into_iter().chain(self.people.unnamed_after(place))
    }

    /// Everybody in a report, unnamed rows left out.
    pub(super) fn everybody(&self, report: Report) -> impl Iterator<Item = ReportedPerson> {
        (0..self.places()).flat_map(move |place| self.rows_at(report, place)).filter(|person| person.unnamed.is_none())
    }

    /// Last use of each service; after a deletion nothing happens.
    pub(super) fn activity(&self, person: &ReportedPerson) -> Activity {
        let activity = self.people.tenant().activity(person.position);
        match person.deleted {
            Some(days_ago) => activity.ended(days_ago),
            None => activity,
        }
    }

    /// What a report's "Last Activity Date" says. Activity reports know their period only; the others tell the last
    /// use whenever it was.
    pub(super) fn last_activity(&self, call: Call, person: &ReportedPerson) -> DaysAgo {
        let within = |days: DaysAgo| days.filter(|days| call.period.is_none_or(|period| period.holds(*days)));
        let activity = self.activity(person);
        match call.report {
            Report::MailboxUsage => activity.exchange,
            Report::OneDriveUsage => activity.one_drive,
            Report::EmailActivity => within(activity.exchange),
            Report::OneDriveActivity => within(activity.one_drive),
            Report::SharePointActivity => within(activity.share_point),
            Report::TeamsActivity => within(activity.teams),
            Report::VivaEngageActivity => within(activity.yammer),
            Report::Copilot => activity.copilot_anywhere(),
            Report::Apps => {
                let uses = self.people.tenant().program_use(person.position);
                within(uses.into_iter().flatten().flatten().min())
            }
            Report::ActiveUsers | Report::Activations => None,
        }
    }

    fn concealed(&self, person: &ReportedPerson, what: Concealed) -> String {
        let seed = self.concealment_seed ^ crate::dice::mix(what as u64);
        let mut dice = Dice::new(seed, Domain::Concealment, person.position);
        format!("{:016X}{:016X}", dice.draw(), dice.draw())
    }

    fn shown(&self, person: &ReportedPerson, what: Concealed, value: impl FnOnce() -> String) -> String {
        match person.unnamed {
            Some(Unnamed::Empty) => String::new(),
            Some(Unnamed::Unknown) => "(Unknown)".to_owned(),
            None if self.settings.concealed => self.concealed(person, what),
            None => value(),
        }
    }

    /// The principal name as written in the file.
    pub(super) fn name(&self, person: &ReportedPerson) -> String {
        self.shown(person, Concealed::PrincipalName, || person.name.clone())
    }

    /// The display name as written in the file.
    pub(super) fn display_name(&self, person: &ReportedPerson) -> String {
        self.shown(person, Concealed::DisplayName, || self.people.display_name(person))
    }

    /// The address of somebody's OneDrive as written in the file.
    pub(super) fn site_address(&self, person: &ReportedPerson) -> String {
        self.shown(person, Concealed::SiteAddress, || {
            let host = self.people.tenant().initial_domain().split('.').next().unwrap_or_default();
            let personal = person.name.to_lowercase().replace(['@', '.', '#'], "_");
            format!("https://{host}-my.sharepoint.com/personal/{personal}")
        })
    }

    /// `User Id` of the Teams report.
    pub(super) fn written_user_id(&self, person: &ReportedPerson) -> String {
        match person.unnamed {
            Some(_) => "00000000-0000-0000-0000-000000000000".to_owned(),
            None => {
                let id = || self.people.tenant().user_id(person.position).to_string();
                self.shown(person, Concealed::UserId, id)
            }
        }
    }
}
