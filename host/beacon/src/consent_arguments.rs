//! The command line of consents.

use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

const INVITE_EXAMPLES: &str = "\
Examples:
  beacon consent invite Contoso
  beacon consent invite --needed --csv links.csv

Each link works once and for three days. It is told here and stored nowhere: send it to the person who may consent.";

#[derive(Debug, Subcommand)]
pub(crate) enum ConsentCommand {
    /// Show where each consent stands: who was sent a link, and what became of it
    Board {
        /// Only these: no_link, link_made, opened, signing_in, granted, confirmed, refused, unfinished, expired, withdrawn
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
    },
    /// Make links for the people who may consent; a link that was sent before is not good any more then
    Invite(InviteArguments),
    /// Take the link of a connection back
    Withdraw {
        /// Name of the connection
        name: String,
    },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whom").required(true).args(["names", "needed"]), after_help = INVITE_EXAMPLES)]
pub(crate) struct InviteArguments {
    /// Names of the connections
    pub(crate) names: Vec<String>,
    /// All connections that need a consent and have no good link
    #[arg(long)]
    pub(crate) needed: bool,
    /// Write name, link and end of each to this file, for a mail merge, instead of showing the links
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
}
