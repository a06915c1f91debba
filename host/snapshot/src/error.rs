//! What can go wrong, for those who have to handle it and those who have to read it.

use beacon_api::View;
use beacon_package::PackageError;
use std::io;
use std::path::{Path, PathBuf};

/// Why a snapshot was not built, or a question not answered.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The package cannot be read.
    #[error("the package cannot be read")]
    Package(#[from] PackageError),
    /// The file system refused something.
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
    /// SQLite refused something while a snapshot was built.
    #[error("cannot write the snapshot {path}", path = path.display())]
    Build {
        /// The file in the making.
        path: PathBuf,
        /// Why not.
        #[source]
        source: rusqlite::Error,
    },
    /// There is no file.
    #[error("the snapshot {path} is not there", path = .0.display())]
    Missing(PathBuf),
    /// The file does not hold what a snapshot holds.
    #[error("{path} is not a readable snapshot: {why}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// No such connection, or it has no data yet.
    #[error("there is no data of a connection {0:?}")]
    UnknownConnection(String),
    /// A question names a column that its view does not have, or one that cannot do what was asked.
    #[error("{field}: the view {view} has no column {column:?} for that", view = view.as_str())]
    UnknownColumn {
        /// `sort` or `filter`.
        field: &'static str,
        /// The view.
        view: View,
        /// The name that was given.
        column: String,
        /// Names that would do.
        known: Vec<String>,
    },
    /// A filter without a colon, or with a value that its column cannot have.
    #[error("filter: {part:?} is not understood, it needs {expected}")]
    BadFilter {
        /// The part between two `|`.
        part: String,
        /// What it needs.
        expected: &'static str,
    },
    /// More rows than one answer holds, or none.
    #[error("limit: {0} rows cannot be asked for at once")]
    BadLimit(u32),
    /// A rule for other days than reports tell of.
    #[error("days: there is no rule for {0} days")]
    BadDays(u16),
    /// A search that is longer than anything it could find.
    #[error("search: {0} characters are too many")]
    BadSearch(usize),
    /// Nobody with this id.
    #[error("there is no person {0:?} in this data")]
    UnknownPerson(String),
    /// No product with this id.
    #[error("there is no product {0:?} in this data")]
    UnknownProduct(String),
    /// The reader of an export went away, or its disk is full.
    #[error("the export cannot be written")]
    Export(#[source] io::Error),
}

impl SnapshotError {
    pub(crate) fn storage(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Storage { action, path, source }
    }

    pub(crate) fn build(path: &Path) -> impl FnOnce(rusqlite::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Build { path, source }
    }

    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Package(_) => "snapshot.package",
            Self::Storage { .. } => "snapshot.storage",
            Self::Build { .. } => "snapshot.build",
            Self::Missing(_) => "snapshot.missing",
            Self::Damaged { .. } => "snapshot.damaged",
            Self::UnknownConnection(_) => "data.connection_unknown",
            Self::UnknownColumn { .. } => "data.column_unknown",
            Self::BadFilter { .. } => "data.filter_unclear",
            Self::BadLimit(_) => "data.limit",
            Self::BadDays(_) => "data.days",
            Self::BadSearch(_) => "data.search",
            Self::UnknownPerson(_) => "data.person_unknown",
            Self::UnknownProduct(_) => "data.product_unknown",
            Self::Export(_) => "data.export",
        }
    }

    /// The field of the question that has to be put right, if it is about one.
    #[must_use]
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::UnknownConnection(_) => Some("connection"),
            Self::UnknownColumn { field, .. } => Some(field),
            Self::BadFilter { .. } => Some("filter"),
            Self::BadLimit(_) => Some("limit"),
            Self::BadDays(_) => Some("days"),
            Self::BadSearch(_) => Some("search"),
            Self::UnknownPerson(_) => Some("user_id"),
            Self::UnknownProduct(_) => Some("sku_id"),
            _ => None,
        }
    }

    /// The next step.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Package(_) => {
                "Check the package with `beacon package verify`; if it is damaged, run the import again.".into()
            }
            Self::Storage { .. } | Self::Build { .. } => {
                "Make room on the disk of the data folder, check its permissions, and try again.".into()
            }
            Self::Missing(_) | Self::Damaged { .. } => {
                "Prepare the data again from the package, or run the import again.".into()
            }
            Self::UnknownConnection(_) => "Choose a connection that has been imported, or all of them.".into(),
            Self::UnknownColumn { known, .. } => format!("Use one of: {}.", known.join(", ")),
            Self::BadFilter { .. } => "Write filters as column:value and join several by |.".into(),
            Self::BadLimit(_) => "Ask for 1 to 500 rows, and go on with offset.".into(),
            Self::BadDays(_) => "Use 7, 30, 90 or 180 days.".into(),
            Self::BadSearch(_) => "Search for a shorter text.".into(),
            Self::UnknownPerson(_) | Self::UnknownProduct(_) => {
                "It may be gone since the last import. Load the list again.".into()
            }
            Self::Export(_) => "Make room where the file goes, and export again.".into(),
        }
    }

    /// Whether the question has to be changed, rather than the data.
    #[must_use]
    pub const fn is_bad_question(&self) -> bool {
        self.field().is_some()
    }
}
