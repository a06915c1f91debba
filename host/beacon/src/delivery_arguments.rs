//! The command line of destinations, deliveries and retention.

use crate::selection_arguments::SelectionArguments;
use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum DestinationCommand {
    /// Add a destination: it gets the packages of imports that end from now on
    Add(DestinationAddArguments),
    /// Change a destination; whatever is not given stays. What waits for it goes to where it leads from now on
    Edit(DestinationEditArguments),
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
pub(crate) struct DestinationAddArguments {
    /// Name: letters, digits, underscore and space; begins with a letter or digit
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) credential: DestinationCredentialArguments,
    #[command(flatten)]
    pub(crate) proxy: DestinationProxyArguments,
    /// Send complete packages only
    #[arg(long)]
    pub(crate) only_complete: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DestinationEditArguments {
    /// Name of the destination
    pub(crate) name: String,
    /// Its new name
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) credential: DestinationCredentialArguments,
    #[command(flatten)]
    pub(crate) proxy: DestinationProxyArguments,
    /// Show no credential any more, and forget the stored one
    #[arg(long, conflicts_with = "credential")]
    pub(crate) no_credential: bool,
    /// Send complete packages only
    #[arg(long, conflicts_with = "all_packages")]
    pub(crate) only_complete: bool,
    /// Send all packages
    #[arg(long)]
    pub(crate) all_packages: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlaceArguments {
    /// Copy packages into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "upload")]
    pub(crate) folder: Option<PathBuf>,
    /// Upload packages below this address, one PUT for each file, for example https://files.example.com/beacon/
    #[arg(long, value_name = "URL")]
    pub(crate) upload: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("credential").args(["bearer_file", "username", "client_certificate"]))]
pub(crate) struct DestinationCredentialArguments {
    /// File with a bearer token (- reads it from the input)
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    pub(crate) bearer_file: Option<PathBuf>,
    /// User name for basic authentication
    #[arg(long, value_name = "NAME", requires = "password_file", conflicts_with = "folder")]
    pub(crate) username: Option<String>,
    /// File with its password (- reads it from the input)
    #[arg(long, value_name = "FILE", requires = "username")]
    pub(crate) password_file: Option<PathBuf>,
    /// File with a client certificate, PEM
    #[arg(long, value_name = "FILE", requires = "client_key", conflicts_with = "folder")]
    pub(crate) client_certificate: Option<PathBuf>,
    /// File with its private key, PEM
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    pub(crate) client_key: Option<PathBuf>,
}

/// How a server is reached: straight, unless one of these says otherwise.
#[derive(Debug, Args)]
pub(crate) struct DestinationProxyArguments {
    /// Reach the server straight
    #[arg(long, conflicts_with_all = ["default_proxy", "proxy_server", "proxy_username", "proxy_password_file"])]
    pub(crate) no_proxy: bool,
    /// Reach the server through the default proxy of the installation, see `beacon proxy`
    #[arg(
        long,
        conflicts_with_all = ["folder", "proxy_server", "proxy_username", "proxy_password_file"]
    )]
    pub(crate) default_proxy: bool,
    /// Reach the server through this proxy: https://host:port, http://host:port or host:port
    #[arg(long, value_name = "SERVER", conflicts_with = "folder")]
    pub(crate) proxy_server: Option<String>,
    /// User name for the proxy
    #[arg(long, value_name = "NAME", conflicts_with = "folder")]
    pub(crate) proxy_username: Option<String>,
    /// File with the password for the proxy (- reads it from the input)
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    pub(crate) proxy_password_file: Option<PathBuf>,
}

impl DestinationProxyArguments {
    /// Whether a proxy was named in any way.
    pub(crate) fn names_one(&self) -> bool {
        let own = self.proxy_server.is_some() || self.proxy_username.is_some() || self.proxy_password_file.is_some();
        self.default_proxy || own
    }
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
    /// Say which packages go by themselves while this beacon serves; without a rule, show what is said
    Rule(RuleArguments),
}

#[derive(Debug, Args)]
pub(crate) struct PruneArguments {
    /// Keep the newest so many of each connection; without --keep and --older-than the stored rule counts
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

#[derive(Debug, Args)]
pub(crate) struct RuleArguments {
    /// Keep the newest so many of each connection
    #[arg(long, value_name = "N")]
    pub(crate) keep: Option<u32>,
    /// Keep those that are not older than so many days; with --keep only what neither rule keeps goes
    #[arg(long, value_name = "DAYS")]
    pub(crate) older_than: Option<u32>,
    /// Keep all of them
    #[arg(long, conflicts_with_all = ["keep", "older_than"])]
    pub(crate) off: bool,
}
