//! Whoever watches a run: the live lines of the command line, later the page. Gets numbers, never personal data.

use beacon_contract::{CheckResult, Note, TableName};
use std::time::Duration;

/// How far a table is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableProgress {
    /// Table.
    pub table: TableName,
    /// Rows so far, duplicates included.
    pub rows: u64,
    /// Pages so far.
    pub pages: u64,
    /// Rows expected in all, if known.
    pub expected: Option<u64>,
    /// Whether nothing more comes.
    pub ended: bool,
}

/// Watches a run.
pub trait Observer: Send + Sync {
    /// A table grew or ended.
    fn table(&self, progress: &TableProgress);
    /// A request waits because the service asked for it or failed.
    fn waiting(&self, pause: Duration);
    /// A check is decided.
    fn check(&self, result: &CheckResult);
    /// The module has something to tell.
    fn note(&self, note: &Note);
    /// The rows are in; the package is being written.
    fn publishing(&self);
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nobody;

impl Observer for Nobody {
    fn table(&self, _progress: &TableProgress) {}
    fn waiting(&self, _pause: Duration) {}
    fn check(&self, _result: &CheckResult) {}
    fn note(&self, _note: &Note) {}
    fn publishing(&self) {}
}
