//! Imports: live, and afterwards.

use crate::Problem;
use serde::{Deserialize, Serialize};

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// It goes on, or was cut off and will go on.
    Running,
    /// Its package is complete.
    Complete,
    /// Its package says what is missing.
    Partial,
    /// Somebody has to consent.
    ConsentNeeded,
    /// Settings have to be put right.
    Settings,
    /// It ended without a package.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// The module broke its contract.
    ModuleFault,
}

/// What a running import is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunPhase {
    /// Fetching.
    Fetching,
    /// Writing the package.
    Writing,
    /// Preparing the data for the page.
    Preparing,
    /// Over.
    Finished,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// Its id.
    pub id: String,
    /// The connection.
    pub connection: String,
    /// Name of the connection now.
    pub connection_name: String,
    /// How it stands.
    pub status: RunStatus,
    /// What it is at.
    pub phase: RunPhase,
    /// When it began, RFC 3339.
    pub started_at: String,
    /// When it ended, RFC 3339.
    pub finished_at: Option<String>,
    /// Version of the module.
    pub module_version: Option<String>,
    /// By table, while it runs.
    pub progress: Vec<TableProgress>,
    /// Until when the service asked for a pause, RFC 3339.
    pub throttled_until: Option<String>,
    /// By table, afterwards.
    pub tables: Vec<TableResult>,
    /// Rows added, changed and removed since the run before, if there was one.
    pub changes: Option<ChangeCounts>,
    /// What was noticed: sentences.
    pub warnings: Vec<String>,
    /// Requests that were sent.
    pub requests: Option<u64>,
    /// Requests that had to be repeated.
    pub retries: Option<u64>,
    /// Hash of the package's content.
    pub package_id: Option<String>,
    /// Folder of the package; `None` for readers.
    pub package_folder: Option<String>,
    /// Why it did not do all.
    pub problem: Option<Problem>,
}

/// A table while it is imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableProgress {
    /// Its name.
    pub table: String,
    /// Rows so far.
    pub rows: u64,
    /// Pages so far.
    pub pages: u64,
    /// Rows that there will be, if anybody knows.
    pub expected: Option<u64>,
}

/// A table of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TableResult {
    /// Its name.
    pub table: String,
    /// `complete`, `partial` or `skipped`.
    pub status: String,
    /// Why, if not complete: a sentence with the next step.
    pub reason: Option<String>,
    /// Rows.
    pub rows: u64,
    /// Pages.
    pub pages: u64,
    /// Repeated requests.
    pub retries: u64,
    /// Day of the figures, for reports.
    pub refreshed_on: Option<String>,
    /// Whether names were concealed.
    pub concealed: bool,
}

/// Rows that differ from the package before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeCounts {
    /// New ones.
    pub added: u64,
    /// Changed ones.
    pub changed: u64,
    /// Gone ones.
    pub removed: u64,
}

/// Answer to *Execute Now*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunStarted {
    /// Id of the run.
    pub run: String,
}

/// How serious a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// For the record.
    Information,
    /// Worth a look.
    Warning,
    /// It went wrong.
    Error,
}

/// One line of a run's log. Never credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogLine {
    /// When, RFC 3339.
    pub at: String,
    /// How serious.
    pub level: LogLevel,
    /// What.
    pub text: String,
}

/// A product whose seats are counted differently by the admin centre and by the people in the package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductDifference {
    /// Id of the product.
    pub sku_id: String,
    /// Its name.
    pub product_name: String,
    /// As the admin centre counts: `consumed_units`.
    pub admin_center: i64,
    /// People who hold it here.
    pub here: i64,
    /// The people behind a difference, as far as they can be told: deleted, in error, without a counting seat.
    pub people: Vec<String>,
}
