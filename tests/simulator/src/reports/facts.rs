//! Shapes of what the reports say: a test compares an import with these.

use super::function::{Period, Report};
use crate::identifiers::UserId;
use jiff::civil::Date;

/// An application by the name that a report gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "names of Microsoft's applications")]
pub enum Application {
    Exchange,
    OneDrive,
    SharePoint,
    Teams,
    VivaEngage,
    Copilot,
    Outlook,
    Word,
    Excel,
    PowerPoint,
    OneNote,
}

/// Where an application was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Platform {
    /// Anywhere: the report does not tell platforms apart, or this is the sum of them.
    Any,
    Windows,
    Mac,
    Mobile,
    Web,
}

/// One application of one person in one report over one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageFact {
    /// The person's principal name as written in the report; a hexadecimal value while names are concealed.
    pub reported_name: String,
    /// Position in the directory's order; positions of people who were never in it are beyond all others.
    pub position: u64,
    /// The user, if somebody of today's directory is meant. Told also while names are concealed.
    pub user_id: Option<UserId>,
    /// The application.
    pub application: Application,
    /// The platform.
    pub platform: Platform,
    /// The report.
    pub report: Report,
    /// Period the report was asked for.
    pub period: Period,
    /// Last use, where the report gives a date for this application.
    pub last_activity_on: Option<Date>,
    /// Yes or no over the period; only [`Report::Apps`] says so.
    pub used_in_period: Option<bool>,
    /// The report says that the person was deleted.
    pub is_deleted: bool,
    /// When, where the report says so.
    pub deleted_on: Option<Date>,
}

/// Activations of one product by one person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "columns of the report")]
pub struct ActivationFact {
    /// As in [`UsageFact`].
    pub reported_name: String,
    /// As in [`UsageFact`].
    pub position: u64,
    /// As in [`UsageFact`].
    pub user_id: Option<UserId>,
    pub product_type: &'static str,
    pub last_activated_on: Option<Date>,
    pub windows: u64,
    pub mac: u64,
    pub windows_mobile: u64,
    pub ios: u64,
    pub android: u64,
    pub shared_computer: bool,
}

/// What is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum StorageKind {
    Mailbox,
    OneDrive,
}

/// Whose mailbox it is. The report does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MailboxKind {
    User,
    Shared,
}

/// A mailbox or a OneDrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageFact {
    /// As in [`UsageFact`]; for a OneDrive the owner's principal name.
    pub reported_name: String,
    /// As in [`UsageFact`].
    pub position: u64,
    /// As in [`UsageFact`].
    pub user_id: Option<UserId>,
    /// What it is.
    pub kind: StorageKind,
    /// Known to the generator only.
    pub mailbox_kind: Option<MailboxKind>,
    /// Mailboxes only.
    pub has_archive: Option<bool>,
    /// Bytes in use.
    pub used_bytes: u64,
    /// The most it may hold: "Prohibit Send/Receive Quota" or "Storage Allocated".
    pub quota_bytes: u64,
    /// Items of a mailbox, files of a OneDrive.
    pub item_count: u64,
    /// The report says that it was deleted.
    pub is_deleted: bool,
    /// Last use, whenever it was.
    pub last_activity_on: Option<Date>,
}

/// Rows that name nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnnamedRows {
    /// The name is empty.
    pub empty: u64,
    /// The name is `(Unknown)`.
    pub unknown: u64,
}
