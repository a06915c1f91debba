//! The command line of destinations, deliveries and retention.

use crate::selection_arguments::SelectionArguments;
use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum DestinationCommand {
    /// Add a destination: it gets the packages of imports that end from now on
    Add(DestinationAddArguments),
    /// List the destinations and how they stand
    List,
    /// Show one destination and what waits for it
    Show {
        /// Name of the destination
        name: String,
    },
    /// Write a small file there and remove it again
    Test {
        /// Name of the destination
        name: String,
    },
    /// Remove a destination with its secret and what waits for it; what was delivered stays there
    Remove {
        /// Name of the destination
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("place").required(true).args(["folder", "upload"]))]
#[command(group = ArgGroup::new("credential").args(["bearer_file", "username", "client_certificate"]))]
pub(crate) struct DestinationAddArguments {
    /// Name: letters, digits, underscore and space; begins with a letter or digit
    pub(crate) name: String,
    /// Copy packages into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// Upload packages below this address, one PUT for each file, for example https://files.example.com/beacon/
    #[arg(long, value_name = "URL")]
    pub(crate) upload: Option<String>,
    /// File with a bearer token (- reads it from the input)
    #[arg(long, value_name = "FILE", requires = "upload")]
    pub(crate) bearer_file: Option<PathBuf>,
    /// User name for basic authentication
    #[arg(long, value_name = "NAME", requires = "password_file", requires = "upload")]
    pub(crate) username: Option<String>,
    /// File with its password (- reads it from the input)
    #[arg(long, value_name = "FILE", requires = "username")]
    pub(crate) password_file: Option<PathBuf>,
    /// File with a client certificate, PEM
    #[arg(long, value_name = "FILE", requires = "client_key", requires = "upload")]
    pub(crate) client_certificate: Option<PathBuf>,
    /// File with its private key, PEM
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    pub(crate) client_key: Option<PathBuf>,
    /// Send complete packages only
    #[arg(long)]
    pub(crate) only_complete: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeliveryCommand {
    /// List deliveries, newest first
    List {
        /// Only those that wait, oldest first
        #[arg(long)]
        waiting: bool,
        /// How many to list
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        #[command(flatten)]
        selection: SelectionArguments,
    },
    /// Send what is due; a beacon that serves does it by itself
    Send {
        /// Send everything that waits, also what would be tried again later
        #[arg(long)]
        now: bool,
    },
    /// Give up a delivery that waits: the package is not sent there any more
    GiveUp {
        /// Id of the run
        run: String,
        /// Name of the destination
        destination: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PackagesCommand {
    /// Remove old packages. Never one that a destination waits for, the newest or the newest complete one of a connection
    Prune(PruneArguments),
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("rule").required(true).multiple(true).args(["keep", "older_than"]))]
pub(crate) struct PruneArguments {
    /// Keep the newest so many of each connection
    #[arg(long, value_name = "N")]
    pub(crate) keep: Option<u32>,
    /// Keep those that are not older than so many days; with --keep only what neither rule keeps is removed
    #[arg(long, value_name = "DAYS")]
    pub(crate) older_than: Option<u32>,
    /// Tell what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) selection: SelectionArguments,
}
