//! The command line of moving in and out.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct ConfigExportArguments {
    /// File to write
    pub(crate) file: PathBuf,
    /// Take the secrets along, for the holder of this age key alone: age1…
    #[arg(long, value_name = "RECIPIENT")]
    pub(crate) secrets_to: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigImportArguments {
    /// File that `beacon config export` wrote
    pub(crate) file: PathBuf,
    /// File with the age key that opens the secrets (- reads it from the input)
    #[arg(long, value_name = "KEYFILE")]
    pub(crate) identity: Option<PathBuf>,
    /// Leave the secrets of the file out; they have to be entered again
    #[arg(long, conflicts_with = "identity")]
    pub(crate) without_secrets: bool,
    /// Replace what is there already under the same name; runs and packages stay
    #[arg(long, conflicts_with = "skip")]
    pub(crate) replace: bool,
    /// Leave what is there already as it is
    #[arg(long)]
    pub(crate) skip: bool,
    /// Check everything and tell what would happen; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportLegacyArguments {
    /// CSV with a line of column names, or JSON with a list of objects; docs/moving.md lists the columns
    pub(crate) file: PathBuf,
    /// Check everything and tell what would happen; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
