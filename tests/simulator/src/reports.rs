//! Usage reports: which exist, what they say about whom, how they are written, and where they are fetched from.

mod columns;
mod facts;
mod function;
mod issue;
mod lines;
mod links;
mod row;
mod settings;
mod site;
mod stream;
mod telling;

pub use facts::{ActivationFact, Application, MailboxKind, Platform, StorageFact, StorageKind, UnnamedRows, UsageFact};
pub use function::{Period, Report};
pub use settings::{ReportSettingsForm, ReportShape, ReportsState};

pub(crate) use function::{BadCall, Call};
pub(crate) use issue::Issue;
pub(crate) use links::{Link, Links};
pub(crate) use settings::ReportSettings;
pub(crate) use site::answer;
