//! What can go wrong, for those who have to handle it.

use std::io;
use std::path::{Path, PathBuf};

/// Why rows were not taken, or a package not written or read.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The file system refused something: disk full, no permission, a path that is not there.
    #[error("cannot {action} {path}", path = path.display())]
    Storage {
        /// What was tried, for example `write`.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A row lacks a value that its table requires. Rows count from zero within the batch.
    #[error("table {table} needs a value in column {column}, row {row} of the batch has none")]
    MissingValue {
        /// Table of the dataset.
        table: &'static str,
        /// Its column.
        column: &'static str,
        /// Row of the batch.
        row: u32,
    },
    /// A value lies outside of what its column can mean: a time beyond the years 1 to 9999, a map whose keys do not
    /// ascend.
    #[error("table {table}, column {column}, row {row} of the batch holds a value that is not allowed: {why}")]
    BadValue {
        /// Table of the dataset.
        table: &'static str,
        /// Its column.
        column: &'static str,
        /// Row of the batch.
        row: u32,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A batch has columns that do not fit its table.
    #[error("a batch of table {table} has a column {column} that does not belong there: {why}")]
    BadColumn {
        /// Table of the dataset.
        table: &'static str,
        /// Name of the column.
        column: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Spilled rows came back other than they were written: memory or disk is faulty.
    #[error("spilled rows of table {0} came back damaged")]
    DamagedSpill(&'static str),
    /// There is something at the place where the package should go.
    #[error("{path} exists, and a package is never overwritten", path = .0.display())]
    Exists(PathBuf),
    /// The target has no name or no parent folder.
    #[error("{path} is not a place for a package: it needs a parent folder and a name", path = .0.display())]
    BadTarget(PathBuf),
    /// A table was given twice, or its report contradicts what was written.
    #[error("the report of table {table} does not fit what was written: {why}")]
    Report {
        /// Table of the dataset.
        table: String,
        /// What does not fit.
        why: &'static str,
    },
    /// The package was to be called complete although a mandatory table is not.
    #[error("a package cannot be complete while the mandatory table {0:?} is not")]
    NotComplete(String),
    /// No manifest here, or the folder is one that was never finished.
    #[error("{path} is not a package: {why}", path = path.display())]
    NotAPackage {
        /// The folder.
        path: PathBuf,
        /// What is missing.
        why: &'static str,
    },
    /// The manifest is not the JSON that it should be.
    #[error("the manifest {path} is unreadable", path = path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// Where it breaks.
        #[source]
        source: serde_json::Error,
    },
    /// A data file does not hold what its table should.
    #[error("{path} is not a readable file of table {table}: {why}", path = path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// Table of the dataset.
        table: String,
        /// What was found.
        why: String,
    },
    /// A data file has other columns than its table.
    #[error("{path} does not have the columns of table {table}", path = path.display())]
    WrongColumns {
        /// The file.
        path: PathBuf,
        /// Table of the dataset.
        table: String,
    },
    /// The package has no such table.
    #[error("the package {path} has no table {table}", path = path.display())]
    NoTable {
        /// The folder.
        path: PathBuf,
        /// The name asked for.
        table: String,
    },
    /// A file of a package is not the one that was written.
    #[error("{path} was changed after it was written", path = .0.display())]
    Altered(PathBuf),
    /// Two packages of different tenants cannot be compared.
    #[error("{path} is a package of another tenant", path = .0.display())]
    OtherTenant(PathBuf),
    /// Parquet or Arrow refused.
    #[error("cannot {action} {path}", path = path.display())]
    Parquet {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// Columns in memory do not fit together; a defect of this crate.
    #[error("columns of table {table} do not fit together")]
    Columns {
        /// Table of the dataset.
        table: String,
        /// What Arrow says.
        #[source]
        source: arrow_schema::ArrowError,
    },
    /// A list of product names cannot be used.
    #[error("the product names are unusable: {why}")]
    Names {
        /// What is wrong, with the line where there is one.
        why: String,
    },
    /// A list of product names cannot be read.
    #[error("the product names are unreadable")]
    NamesCsv(#[source] csv::Error),
}

impl PackageError {
    pub(crate) fn storage(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Storage { action, path, source }
    }

    /// Whether the disk has no room left, so that trying again after making room helps.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        let full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        matches!(self, Self::Storage { source, .. } if full(source.kind()))
    }
}
