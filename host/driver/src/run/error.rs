//! Why a run broke off. A run that a module ends itself, even with a failure, is no error but an outcome.

use crate::guest::GuestFault;
use crate::journal::JournalError;
use beacon_contract::{ColumnError, FailKind, WishError};
use beacon_package::PackageError;

/// A run that broke off. Nothing was published.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The module trapped or ran into a limit.
    #[error("the connector module was stopped")]
    Guest(#[from] GuestFault),
    /// The module's answer cannot be read.
    #[error("the connector module answered something unreadable")]
    Wishes(#[source] WishError),
    /// The columns of a batch of rows cannot be read.
    #[error("rows of the table {table} are unreadable")]
    Columns {
        /// Table.
        table: String,
        /// What is wrong.
        #[source]
        source: ColumnError,
    },
    /// Rows do not fit their table, or cannot be written.
    #[error("rows of the table {table} cannot be taken")]
    Rows {
        /// Table.
        table: String,
        /// What is wrong.
        #[source]
        source: PackageError,
    },
    /// The module broke a rule of the contract.
    #[error("the connector module broke a rule: {0}")]
    Rule(String),
    /// The module waits for nothing and does not say that it is done.
    #[error("the connector module stopped without ending its task")]
    Stalled,
    /// The tenant that answered is not the tenant of the connection.
    #[error("the service answered for the tenant {found}, this connection belongs to {expected}")]
    WrongTenant {
        /// Pinned tenant.
        expected: String,
        /// Tenant in the answer.
        found: String,
    },
    /// The journal of an earlier attempt does not lead this module to where it was.
    #[error("the interrupted run cannot be continued from its journal")]
    Replay,
    /// The journal cannot be written.
    #[error("the journal of the run cannot be kept")]
    Journal(#[from] JournalError),
    /// The folder for rows on their way cannot be used.
    #[error("the rows of the run cannot be kept")]
    Spill(#[source] PackageError),
    /// A body that was spooled cannot be read back.
    #[error("a response that was put aside cannot be read")]
    Spool(#[source] std::io::Error),
    /// A thread of the host died.
    #[error("the host stopped within a poll")]
    Host,
}

impl RunError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Guest(fault) => &fault.code,
            Self::Wishes(_) => "module.unreadable_wishes",
            Self::Columns { .. } => "module.unreadable_rows",
            Self::Rows { source, .. } => package_code(source),
            Self::Rule(_) => "module.rule",
            Self::Stalled => "module.stalled",
            Self::WrongTenant { .. } => "run.wrong_tenant",
            Self::Replay => "run.replay",
            Self::Journal(_) => "run.journal",
            Self::Spill(source) => package_code(source),
            Self::Spool(_) => "run.spool",
            Self::Host => "run.host",
        }
    }

    /// What it asks of a person.
    #[must_use]
    pub fn kind(&self) -> FailKind {
        match self {
            Self::Guest(fault) => fault.kind(),
            Self::Wishes(_) | Self::Columns { .. } | Self::Rule(_) | Self::Stalled | Self::Host => FailKind::Defect,
            Self::Rows { source, .. } if is_storage(source) => FailKind::Retry,
            Self::Rows { .. } => FailKind::Defect,
            Self::WrongTenant { .. } => FailKind::Settings,
            Self::Replay | Self::Journal(_) | Self::Spill(_) | Self::Spool(_) => FailKind::Retry,
        }
    }

    /// Whether the module is to blame. Then nothing a person changes in the settings helps.
    #[must_use]
    pub fn is_module_fault(&self) -> bool {
        matches!(self.kind(), FailKind::Defect)
    }
}

/// Whether the file system is to blame, not the rows.
fn is_storage(error: &PackageError) -> bool {
    matches!(error, PackageError::Storage { .. } | PackageError::Parquet { .. })
}

fn package_code(error: &PackageError) -> &'static str {
    if is_storage(error) { "package.storage" } else { "module.rows" }
}
