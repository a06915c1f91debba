//! What a run brought.

use crate::grant::PendingConsent;
use crate::ledger::Ledger;
use beacon_contract::{CheckResult, Done, Fail, FieldError, Granted, Note, Refused};
use beacon_contract::{Manifest, dataset};
use beacon_package::{Merge, NameSource, PackageError, Sample, sample};

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

impl Imported {
    /// The first rows of each table of the manifest, at most `limit` of each; tables without rows are left out.
    ///
    /// # Errors
    /// [`PackageError`] if spilled rows cannot be read.
    pub fn samples(
        mut self,
        manifest: &Manifest,
        names: &dyn NameSource,
        limit: usize,
    ) -> Result<Vec<(&'static dataset::TableSchema, Sample)>, PackageError> {
        let schemas = manifest.tables.iter().filter_map(|used| dataset::table(used.table.as_str()));
        let mut samples = Vec::new();
        for schema in schemas {
            let taken = sample(self.merge.table(schema)?, names, limit)?;
            if !taken.rows.is_empty() {
                samples.push((schema, taken));
            }
        }
        Ok(samples)
    }
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
