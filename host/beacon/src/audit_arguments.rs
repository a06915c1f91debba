//! The command line of the audit trail.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List who changed what, newest first
    List(AuditListArguments),
    /// Write the audit trail to a file, oldest first
    Export(AuditExportArguments),
    /// Check that no entry was changed or taken away
    Verify,
}

/// Which entries.
#[derive(Debug, Args)]
pub(crate) struct AuditFilterArguments {
    /// Not before this day (UTC) or moment, for example 2026-05-31 or 2026-05-31T06:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Before this day (UTC) or moment
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// An account of the page, a user of the operating system, or beacon
    #[arg(long, value_name = "NAME")]
    pub(crate) who: Option<String>,
    /// An action, for example connection.changed; connection. stands for all that begin so
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Option<String>,
    /// Kind or id of what it was done to, or a part of its name
    #[arg(long, value_name = "TEXT")]
    pub(crate) subject: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AuditListArguments {
    #[command(flatten)]
    pub(crate) filter: AuditFilterArguments,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct AuditExportArguments {
    /// The file
    pub(crate) file: PathBuf,
    /// What kind of file
    #[arg(long, value_enum, default_value = "csv")]
    pub(crate) format: AuditFileFormat,
    #[command(flatten)]
    pub(crate) filter: AuditFilterArguments,
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFileFormat {
    /// For spreadsheets; no cell is a formula
    Csv,
    /// From which the chain of hashes can be made again
    Json,
}
