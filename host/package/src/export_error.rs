//! Why an export of the admin center is not taken. Nothing of a refused file is kept.

use jiff::civil::Date;
use std::io;
use std::path::PathBuf;

/// What is wrong with an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file system refused.
    #[error("cannot {action} {path}", path = path.display())]
    Storage {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// No CSV, or not in UTF-8.
    #[error("the file is not CSV in UTF-8")]
    NotCsv(#[source] csv::Error),
    /// Another kind of file: a workbook, a web page, an empty file.
    #[error("the file has no line with column names")]
    NoHeader,
    /// Nothing says whose usage a line tells.
    #[error("no column names the people; the file has: {}", .found.join(", "))]
    NoUserColumn {
        /// Columns of the file.
        found: Vec<String>,
    },
    /// Nothing says when somebody last used the application.
    #[error("no column has the date of the last activity; the file has: {}", .found.join(", "))]
    NoDateColumn {
        /// Columns of the file.
        found: Vec<String>,
    },
    /// Several columns could hold the date.
    #[error("several columns could hold the date of the last activity: {}", .found.join(", "))]
    SeveralDateColumns {
        /// Those columns.
        found: Vec<String>,
    },
    /// A cell does not hold what its column should.
    #[error("line {line}, column {column:?}: {value:?} is not {expected}")]
    BadValue {
        /// Line of the file.
        line: u64,
        /// Name of the column.
        column: String,
        /// What stands there, shortened.
        value: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// Nobody said from which day the figures are.
    #[error("nothing says from which day the figures are")]
    NoRefreshDate,
    /// The file says another day than the person who imports it.
    #[error("the figures are of {in_file} according to the file, of {given} according to --refreshed-on")]
    OtherRefreshDate {
        /// Newest date of the file.
        in_file: Date,
        /// Date that was named.
        given: Date,
    },
    /// No line is about a person.
    #[error("the file tells of nobody")]
    NoRows,
    /// Newer figures are stored already.
    #[error("the stored figures are of {stored}, newer than those of {given}")]
    Older {
        /// Date of the stored figures.
        stored: Date,
        /// Date of the file.
        given: Date,
    },
    /// A stored file is not what this program wrote.
    #[error("the stored usage {path} is damaged", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl ExportError {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Storage { .. } => "usage.storage",
            Self::NotCsv(_) => "usage.not_csv",
            Self::NoHeader => "usage.no_header",
            Self::NoUserColumn { .. } => "usage.no_user_column",
            Self::NoDateColumn { .. } => "usage.no_date_column",
            Self::SeveralDateColumns { .. } => "usage.several_date_columns",
            Self::BadValue { .. } => "usage.bad_value",
            Self::NoRefreshDate => "usage.no_refresh_date",
            Self::OtherRefreshDate { .. } => "usage.other_refresh_date",
            Self::NoRows => "usage.no_rows",
            Self::Older { .. } => "usage.older_than_stored",
            Self::Damaged { .. } => "usage.damaged",
        }
    }

    /// What to do.
    #[must_use]
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::Storage { .. } => "Check the path, free space and permissions, then try again.",
            Self::NotCsv(_) | Self::NoHeader => {
                "Take the file as the admin center exports it. If a spreadsheet saved it, save it as CSV UTF-8."
            }
            Self::NoUserColumn { .. } => {
                "Export the table with the people (User Principal Name or Username), not the chart above it."
            }
            Self::NoDateColumn { .. } => {
                "Export the table with the people and their last activity, or name its column with --date-column."
            }
            Self::SeveralDateColumns { .. } => "Name the one of this application with --date-column.",
            Self::BadValue { .. } => "Correct that cell or export the file again. Nothing was stored.",
            Self::NoRefreshDate => {
                "Name the day that the report shows above its table, for example --refreshed-on 2027-05-31."
            }
            Self::OtherRefreshDate { .. } => "Leave --refreshed-on out, or check that it is the right file.",
            Self::NoRows => "Export the report for a longer period. An empty one says nothing about anybody.",
            Self::Older { .. } => "Import a newer export, or remove the stored one first with `beacon usage remove`.",
            Self::Damaged { .. } => "Remove it with `beacon usage remove` and import the export again.",
        }
    }

    pub(crate) fn storage(action: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Storage { action, path, source }
    }
}
