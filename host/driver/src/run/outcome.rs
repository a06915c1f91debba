//! What a run brought.

use crate::grant::PendingConsent;
use crate::ledger::Ledger;
use beacon_contract::{CheckResult, Done, Fail, FieldError, Granted, Note, Refused};
use beacon_package::Merge;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// The task is finished.
    Done(Done),
    /// The module says why the task cannot be finished.
    Failed(Fail),
    /// The operator ended it.
    Cancelled,
}

/// Rows and what is known about them.
pub struct Imported {
    pub(crate) merge: Merge,
    pub(crate) ledger: Ledger,
    /// Tenant that answered.
    pub tenant_id: Option<String>,
}

/// What a run brought.
pub struct RunOutcome {
    /// How it ended.
    pub end: RunEnd,
    /// Decided checks, in their order.
    pub checks: Vec<CheckResult>,
    /// What is wrong with the settings.
    pub field_errors: Vec<FieldError>,
    /// What the module has to tell.
    pub notes: Vec<Note>,
    /// Grants that succeeded.
    pub grants: Vec<Granted>,
    /// The last grant that was refused, for the readable block with its number, correlation id and time.
    pub refused: Option<Refused>,
    /// A sign-in that waits for confirmation.
    pub consent: Option<PendingConsent>,
    /// Rows (tasks `import` and `preview`).
    pub imported: Imported,
    /// Exchanges on the wire.
    pub exchanges: u64,
    /// Repetitions among them.
    pub retries: u64,
}
