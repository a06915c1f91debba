//! What an issue says, as typed facts straight from the generator, never by way of a file.

use super::facts::{
    ActivationFact, Application, MailboxKind, Platform, StorageFact, StorageKind, UnnamedRows, UsageFact,
};
use super::function::{Call, Period, Report};
use super::issue::Issue;
use super::lines;
use crate::identifiers::UserId;
use crate::tenant::{DaysAgo, ReportedPerson, Service, Unnamed};

const PROGRAMS: [Application; 6] = [
    Application::Outlook,
    Application::Word,
    Application::Excel,
    Application::PowerPoint,
    Application::OneNote,
    Application::Teams,
];
const PLATFORMS: [Platform; 4] = [Platform::Windows, Platform::Mac, Platform::Mobile, Platform::Web];

impl Issue {
    /// The user behind a row, if the directory still has them.
    fn user_id(&self, person: &ReportedPerson) -> Option<UserId> {
        let tenant = self.people.tenant();
        tenant.has(person.position).then(|| tenant.user_id(person.position))
    }

    /// Yes or no for each program on each platform.
    pub(super) fn used_programs(&self, call: Call, person: &ReportedPerson) -> [[bool; 4]; 6] {
        let within = |days: DaysAgo| days.is_some_and(|days| call.period.is_none_or(|period| period.holds(days)));
        self.people.tenant().program_use(person.position).map(|program| program.map(within))
    }

    /// What a report says about use, over one period.
    pub(crate) fn usage(&self, report: Report, period: Period) -> impl Iterator<Item = UsageFact> {
        let call = Call { report, period: Some(period), second_version: period == Period::D28 };
        self.everybody(report).flat_map(move |person| self.usage_of(call, period, &person))
    }

    fn usage_of(&self, call: Call, period: Period, person: &ReportedPerson) -> Vec<UsageFact> {
        let told_when = !matches!(call.report, Report::OneDriveUsage);
        let general = UsageFact {
            reported_name: self.name(person),
            position: person.position,
            user_id: self.user_id(person),
            application: Application::Exchange,
            platform: Platform::Any,
            report: call.report,
            period,
            last_activity_on: None,
            used_in_period: None,
            is_deleted: person.deleted.is_some(),
            deleted_on: self.date(person.deleted).filter(|_| told_when),
        };
        let dated = |application, days| UsageFact { application, last_activity_on: self.date(days), ..general.clone() };
        let one = |application| vec![dated(application, self.last_activity(call, person))];
        match call.report {
            Report::ActiveUsers => {
                let activity = self.activity(person);
                [
                    (Service::Exchange, Application::Exchange, activity.exchange),
                    (Service::OneDrive, Application::OneDrive, activity.one_drive),
                    (Service::SharePoint, Application::SharePoint, activity.share_point),
                    (Service::Yammer, Application::VivaEngage, activity.yammer),
                    (Service::Teams, Application::Teams, activity.teams),
                ]
                .into_iter()
                .filter(|(service, ..)| person.has(*service))
                .map(|(_, application, days)| dated(application, days))
                .collect()
            }
            Report::Apps => {
                let used = self.used_programs(call, person);
                let fact = |application, platform, used| UsageFact {
                    application,
                    platform,
                    used_in_period: Some(used),
                    ..general.clone()
                };
                let facts = PROGRAMS.into_iter().zip(used).flat_map(|(application, on)| {
                    let any = fact(application, Platform::Any, on.contains(&true));
                    let on_each = PLATFORMS.into_iter().zip(on);
                    let each = on_each.map(|(platform, used)| fact(application, platform, used));
                    std::iter::once(any).chain(each).collect::<Vec<_>>()
                });
                facts.collect()
            }
            Report::EmailActivity => one(Application::Exchange),
            Report::OneDriveActivity => one(Application::OneDrive),
            Report::SharePointActivity => one(Application::SharePoint),
            Report::TeamsActivity => one(Application::Teams),
            Report::VivaEngageActivity => one(Application::VivaEngage),
            Report::Copilot => one(Application::Copilot),
            // These tell of storage and machines.
            Report::Activations | Report::MailboxUsage | Report::OneDriveUsage => Vec::new(),
        }
    }

    /// What the report of activations says.
    pub(crate) fn activations(&self) -> impl Iterator<Item = ActivationFact> {
        self.everybody(Report::Activations).flat_map(move |person| {
            let (reported_name, user_id) = (self.name(&person), self.user_id(&person));
            let fact = move |activation: lines::Activation| ActivationFact {
                reported_name: reported_name.clone(),
                position: person.position,
                user_id,
                product_type: activation.product_type,
                last_activated_on: self.date(activation.last_activated),
                windows: activation.windows,
                mac: activation.mac,
                windows_mobile: activation.windows_mobile,
                ios: activation.ios,
                android: activation.android,
                shared_computer: activation.shared_computer,
            };
            lines::activations(self, &person).map(fact).collect::<Vec<_>>()
        })
    }

    /// What the two storage reports say; they say the same for every period.
    pub(crate) fn storage(&self) -> impl Iterator<Item = StorageFact> {
        let fact = |report, kind, person: &ReportedPerson| {
            let call = Call { report, period: None, second_version: false };
            StorageFact {
                reported_name: self.name(person),
                position: person.position,
                user_id: self.user_id(person),
                kind,
                mailbox_kind: None,
                has_archive: None,
                used_bytes: 0,
                quota_bytes: 0,
                item_count: 0,
                is_deleted: person.deleted.is_some(),
                last_activity_on: self.date(self.last_activity(call, person)),
            }
        };
        let mailboxes = self.everybody(Report::MailboxUsage).map(move |person| {
            let mailbox = self.people.tenant().mailbox(person.position, person.services);
            let shared = person.is_shared_mailbox;
            StorageFact {
                mailbox_kind: Some(if shared { MailboxKind::Shared } else { MailboxKind::User }),
                has_archive: Some(mailbox.has_archive),
                used_bytes: mailbox.used_bytes,
                quota_bytes: mailbox.quota_bytes,
                item_count: mailbox.items,
                ..fact(Report::MailboxUsage, StorageKind::Mailbox, &person)
            }
        });
        let drives = self.everybody(Report::OneDriveUsage).map(move |person| {
            let drive = self.people.tenant().drive(person.position);
            StorageFact {
                used_bytes: drive.used_bytes,
                quota_bytes: drive.quota_bytes,
                item_count: drive.files,
                ..fact(Report::OneDriveUsage, StorageKind::OneDrive, &person)
            }
        });
        mailboxes.chain(drives)
    }

    /// Rows of any report that name nobody; they are the same in every one.
    pub(crate) fn unnamed_rows(&self) -> UnnamedRows {
        let mut rows = UnnamedRows::default();
        for person in (0..self.places()).filter_map(|place| self.people.unnamed_after(place)) {
            match person.unnamed {
                Some(Unnamed::Empty) => rows.empty += 1,
                Some(Unnamed::Unknown) => rows.unknown += 1,
                None => {}
            }
        }
        rows
    }
}
