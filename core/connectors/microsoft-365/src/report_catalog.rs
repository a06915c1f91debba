//! The reports that are read: which function, which columns, and which rows a line leads to. Source of the column names:
//! Microsoft Graph reports reference, one page for each function.
//!
//! The first column always names the person; the second is the day up to which the report knows.

use crate::report_rows::{
    Sink, activations, active_users, activity, apps, copilot, mailbox, onedrive_storage, viva_engage,
};
use beacon_graph::Line;

/// Which table a report fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Usage,
    Activations,
    Storage,
}

/// One report over one period.
#[derive(Clone, Copy)]
pub(crate) struct Report {
    /// Function on Graph, also the value of `usage.report`.
    pub(crate) function: &'static str,
    /// Path before the function.
    pub(crate) root: &'static str,
    /// Days looked back; 0 for a report without a period.
    pub(crate) days: u16,
    pub(crate) target: Target,
    pub(crate) columns: &'static [&'static str],
    pub(crate) fill: fn(&Line<'_>, &mut Sink<'_>),
}

const REPORTS_ROOT: &str = "/v1.0/reports/";
const COPILOT_ROOT: &str = "/v1.0/copilot/reports/";

const PERSON: &str = "User Principal Name";
const REFRESHED: &str = "Report Refresh Date";
const DELETED: &str = "Is Deleted";
const DELETED_ON: &str = "Deleted Date";
const LAST: &str = "Last Activity Date";

/// Person, refresh date, deletion, last activity: what the plain activity reports have in common.
const ACTIVITY: &[&str] = &[PERSON, REFRESHED, DELETED, DELETED_ON, LAST];

const VIVA_ENGAGE: &[&str] = &[PERSON, REFRESHED, LAST, "User State", "State Change Date"];

const ACTIVE_USERS: &[&str] = &[
    PERSON,
    REFRESHED,
    DELETED,
    DELETED_ON,
    "Has Exchange License",
    "Exchange Last Activity Date",
    "Has OneDrive License",
    "OneDrive Last Activity Date",
    "Has SharePoint License",
    "SharePoint Last Activity Date",
    "Has Teams License",
    "Teams Last Activity Date",
    "Has Yammer License",
    "Yammer Last Activity Date",
];

/// Programs in the order of the columns below, each with its sum and then by platform.
const APPS: &[&str] = &[
    PERSON,
    REFRESHED,
    LAST,
    "Outlook",
    "Outlook (Windows)",
    "Outlook (Mac)",
    "Outlook (Mobile)",
    "Outlook (Web)",
    "Word",
    "Word (Windows)",
    "Word (Mac)",
    "Word (Mobile)",
    "Word (Web)",
    "Excel",
    "Excel (Windows)",
    "Excel (Mac)",
    "Excel (Mobile)",
    "Excel (Web)",
    "PowerPoint",
    "PowerPoint (Windows)",
    "PowerPoint (Mac)",
    "PowerPoint (Mobile)",
    "PowerPoint (Web)",
    "OneNote",
    "OneNote (Windows)",
    "OneNote (Mac)",
    "OneNote (Mobile)",
    "OneNote (Web)",
    "Teams",
    "Teams (Windows)",
    "Teams (Mac)",
    "Teams (Mobile)",
    "Teams (Web)",
];

const ACTIVATIONS: &[&str] = &[
    PERSON,
    REFRESHED,
    "Product Type",
    "Last Activated Date",
    "Windows",
    "Mac",
    "iOS",
    "Android",
    "Windows 10 Mobile",
    "Activated On Shared Computer",
];

const MAILBOX: &[&str] = &[
    PERSON,
    REFRESHED,
    DELETED,
    LAST,
    "Storage Used (Byte)",
    "Prohibit Send/Receive Quota (Byte)",
    "Item Count",
    "Has Archive",
    "Recipient Type",
];

const ONEDRIVE_STORAGE: &[&str] = &[
    "Owner Principal Name",
    REFRESHED,
    DELETED,
    LAST,
    "Storage Used (Byte)",
    "Storage Allocated (Byte)",
    "File Count",
];

const fn usage(
    function: &'static str,
    days: u16,
    columns: &'static [&'static str],
    fill: fn(&Line<'_>, &mut Sink<'_>),
) -> Report {
    Report { function, root: REPORTS_ROOT, days, target: Target::Usage, columns, fill }
}

/// Every report of an import. The longest period tells most: it covers people who were away for months.
pub(crate) const REPORTS: [Report; 13] = [
    usage("getOffice365ActiveUserDetail", 180, ACTIVE_USERS, active_users),
    usage("getEmailActivityUserDetail", 180, ACTIVITY, |line, sink| activity(line, sink, "exchange")),
    usage("getOneDriveActivityUserDetail", 180, ACTIVITY, |line, sink| activity(line, sink, "onedrive")),
    usage("getSharePointActivityUserDetail", 180, ACTIVITY, |line, sink| activity(line, sink, "sharepoint")),
    usage("getTeamsUserActivityUserDetail", 180, ACTIVITY, |line, sink| activity(line, sink, "teams")),
    usage("getYammerActivityUserDetail", 180, VIVA_ENGAGE, viva_engage),
    // It says yes or no only, so three periods bracket the last use.
    usage("getM365AppUserDetail", 30, APPS, apps),
    usage("getM365AppUserDetail", 90, APPS, apps),
    usage("getM365AppUserDetail", 180, APPS, apps),
    Report {
        root: COPILOT_ROOT,
        ..usage("getMicrosoft365CopilotUsageUserDetail", 180, &[PERSON, REFRESHED, LAST], copilot)
    },
    Report { target: Target::Activations, ..usage("getOffice365ActivationsUserDetail", 0, ACTIVATIONS, activations) },
    Report { target: Target::Storage, ..usage("getMailboxUsageDetail", 180, MAILBOX, mailbox) },
    Report {
        target: Target::Storage,
        ..usage("getOneDriveUsageAccountDetail", 180, ONEDRIVE_STORAGE, onedrive_storage)
    },
];

impl Report {
    /// Path with its parameter.
    pub(crate) fn path(&self) -> String {
        let period = if self.days == 0 { String::new() } else { format!("(period='D{}')", self.days) };
        format!("{}{}{period}", self.root, self.function)
    }

    /// Name of its chain, unique among the reports.
    pub(crate) fn chain(&self) -> String {
        format!("{}-{}", self.function.to_ascii_lowercase(), self.days)
    }

    /// Copilot's report exists for some tenants only, and lists only people with a licence.
    pub(crate) fn may_be_absent(&self) -> bool {
        self.root == COPILOT_ROOT
    }
}
