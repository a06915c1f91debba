//! The command line of working on many connections at once.

use crate::selection_arguments::{WhichArguments, which_group};
use clap::{ArgGroup, Args};
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

#[derive(Debug, Args)]
#[command(group = which_group())]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args([
    "schedule", "no_schedule", "profile", "no_profile", "add_label", "remove_label", "pause", "resume", "disable", "set", "unset",
]))]
pub(crate) struct EditManyArguments {
    #[command(flatten)]
    pub(crate) which: WhichArguments,
    /// Let them follow this schedule
    #[arg(long, value_name = "NAME")]
    pub(crate) schedule: Option<String>,
    /// Take them off their schedule
    #[arg(long, conflicts_with = "schedule")]
    pub(crate) no_schedule: bool,
    /// Let them use the app registration and the credential of this profile
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Let them use a credential of their own instead of a profile
    #[arg(long, conflicts_with = "profile")]
    pub(crate) no_profile: bool,
    /// Give them this label; may be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) add_label: Vec<String>,
    /// Take this label from them; may be given several times
    #[arg(long, value_name = "LABEL")]
    pub(crate) remove_label: Vec<String>,
    /// Keep schedules from starting them for a while
    #[arg(long, conflicts_with_all = ["resume", "disable"])]
    pub(crate) pause: bool,
    /// Let them run again
    #[arg(long, conflicts_with = "disable")]
    pub(crate) resume: bool,
    /// Take them out of use
    #[arg(long)]
    pub(crate) disable: bool,
    /// Set a field, for example cloud=us_government_l4; not the tenant
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(crate) set: Vec<String>,
    /// Take a field back to its default
    #[arg(long, value_name = "FIELD")]
    pub(crate) unset: Vec<String>,
    /// Do not ask
    #[arg(long)]
    pub(crate) yes: bool,
}
