//! The command line of notifications.

use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum NotificationCommand {
    /// Tell somebody when the state of a connection changes, by a request to a server or by mail
    Add(NotificationAddArguments),
    /// List who is told, and how that works
    List,
    /// Send a message that says it is a test
    Test {
        /// Name of the notification
        name: String,
    },
    /// Tell now what was collected so far; a beacon that serves does it by itself
    Send,
    /// Remove a notification with its secret and what waits for it
    Remove {
        /// Name of the notification
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("way").required(true).args(["webhook_file", "mail_server"]))]
pub(crate) struct NotificationAddArguments {
    /// Name: letters, digits, underscore and space; begins with a letter or digit
    pub(crate) name: String,
    /// File with the address of a server that is told (- reads it from the input); such addresses often hold a token
    #[arg(long, value_name = "FILE", requires = "signing_key_file")]
    pub(crate) webhook_file: Option<PathBuf>,
    /// File with the key that requests are signed with: at least 24 bytes, or whsec_ and base64
    #[arg(long, value_name = "FILE", requires = "webhook_file")]
    pub(crate) signing_key_file: Option<PathBuf>,
    /// Mail server
    #[arg(long, value_name = "HOST", requires = "from", requires = "to")]
    pub(crate) mail_server: Option<String>,
    /// Its port [default: 587, with --implicit-tls 465]
    #[arg(long, value_name = "PORT", requires = "mail_server")]
    pub(crate) mail_port: Option<u16>,
    /// Begin with TLS at once, and not by STARTTLS
    #[arg(long, requires = "mail_server")]
    pub(crate) implicit_tls: bool,
    /// Sender of the mail
    #[arg(long, value_name = "ADDRESS", requires = "mail_server")]
    pub(crate) from: Option<String>,
    /// Who gets the mail; may be given several times
    #[arg(long, value_name = "ADDRESS", requires = "mail_server")]
    pub(crate) to: Vec<String>,
    /// User name for the mail server
    #[arg(long, value_name = "NAME", requires = "password_file", requires = "mail_server")]
    pub(crate) username: Option<String>,
    /// File with its password (- reads it from the input)
    #[arg(long, value_name = "FILE", requires = "username")]
    pub(crate) password_file: Option<PathBuf>,
    /// How long changes are collected into one message, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) collect: u32,
}
