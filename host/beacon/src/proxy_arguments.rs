//! Arguments about the default proxy of the installation.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum ProxyCommand {
    /// Show the default proxy
    Show,
    /// Set the default proxy: for every connection without one of its own, unless it says --no-proxy
    Set(SetArguments),
    /// Remove the default proxy and its password
    Remove,
}

#[derive(Debug, Args)]
pub(crate) struct SetArguments {
    /// Its address: https://host:port, http://host:port or host:port
    pub(crate) server: String,
    /// User name for a proxy that asks for one
    #[arg(long, value_name = "NAME")]
    pub(crate) username: Option<String>,
    /// File with the password (- reads it from the input); without it the stored one stays, if the server does
    #[arg(long, value_name = "FILE", requires = "username")]
    pub(crate) password_file: Option<PathBuf>,
    /// Hosts that are reached without it: names, .domains, addresses, ranges such as 10.0.0.0/8
    #[arg(long, value_name = "LIST", default_value = "")]
    pub(crate) bypass: String,
}
