//! The command line of working on many connections at once.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct AddManyArguments {
    /// CSV with a line of column names: name, tenant, labels, and any field of the form; docs/tenants.md describes them
    pub(crate) file: PathBuf,
    /// Let all of them use the app registration and the credential of this profile, see `beacon profile`
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Let all of them follow this schedule
    #[arg(long, value_name = "NAME")]
    pub(crate) schedule: Option<String>,
    /// Give all of them this label, beside those in the file; may be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Vec<String>,
    /// Which connector [default: Microsoft 365]
    #[arg(long, value_name = "TYPE")]
    pub(crate) source_type: Option<String>,
    /// Check everything and tell what would happen; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}
