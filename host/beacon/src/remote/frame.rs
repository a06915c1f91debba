//! What a command line and a beacon that serves say to each other. Contents of files and everything that is shown or
//! typed stand behind the frame as plain bytes; see `wire.rs`.

use crate::terminal::Look;
use beacon_contract::TableName;
use beacon_operations::{OrganisationDefaults, Trouble};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Duration;

/// First of all, from the command line: what is to be done, and where.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    /// The command line as it was typed, without the program.
    pub(super) arguments: Vec<String>,
    /// The folder in which it was typed.
    pub(super) folder: PathBuf,
    /// The terminal.
    pub(super) look: Look,
    /// Authorities to trust as well, by option, environment or file.
    pub(super) ca_file: Option<PathBuf>,
    /// Private addresses that are allowed, by option, environment or file.
    pub(super) allow_address: Vec<String>,
    /// What its configuration file wants filled in.
    pub(super) defaults: OrganisationDefaults,
    /// The user of the operating system who typed it.
    pub(super) user: String,
}

/// From the beacon.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Say {
    /// Bytes for the standard output.
    Output,
    /// Text for the standard error.
    Error,
    /// Show the text, and send the line that is typed behind it.
    Ask,
    /// Send a file.
    Read {
        /// The file, as it was named.
        path: PathBuf,
        /// The argument that names it.
        argument: String,
    },
    /// Send a secret from a file or from the input.
    Secret {
        /// The file, as it was named, or `-`.
        path: PathBuf,
        /// The argument that names it.
        argument: String,
    },
    /// Write the bytes into a file.
    Write {
        /// The file, as it was named.
        path: PathBuf,
        /// The argument that names it.
        argument: String,
    },
    /// Begin a file that comes in pieces.
    Begin {
        /// The file, as it was named.
        path: PathBuf,
        /// The argument that names it.
        argument: String,
    },
    /// The next piece of it.
    Grow,
    /// The last piece of it; put it in its place, or throw it away.
    End {
        /// Whether it is whole.
        whole: bool,
    },
    /// An import went on.
    Progress(Step),
    /// It is over, with this exit code.
    Exit(u8),
}

/// From the command line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// A piece of what was asked for.
    Piece,
    /// That was all of it.
    Done,
    /// It cannot be had.
    Failed(Trouble),
    /// Somebody pressed Ctrl-C.
    Interrupt,
}

/// How an import goes on.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// A table grew or ended.
    Table {
        /// Table.
        table: TableName,
        /// Rows so far.
        rows: u64,
        /// Pages so far.
        pages: u64,
        /// Whether nothing more comes.
        ended: bool,
    },
    /// A request waits.
    Waiting(Duration),
    /// The module warns, with this code.
    Warning(String),
    /// The package is being written.
    Publishing,
    /// Nothing more comes of this import.
    Finished,
}
