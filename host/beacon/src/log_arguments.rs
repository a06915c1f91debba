//! What is logged: the same for every command.

use crate::arguments::Arguments;
use crate::arguments::Command;
use beacon_log::{Area, Format, LogError, LogSettings};
use beacon_operations::{Installation, Trouble};
use clap::Args;
use std::path::PathBuf;
use tracing::level_filters::LevelFilter;

/// The log. Lines go to the standard error of a beacon that serves, and of every command to the folder if there is one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Log")]
pub(crate) struct LogArguments {
    /// How lines look: text or json
    #[arg(long, global = true, env = "BEACON_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: Format,
    /// From which level on things are told: off, error, warn, info, debug, trace
    #[arg(long, global = true, env = "BEACON_LOG_LEVEL", value_name = "LEVEL", default_value = "info")]
    pub(crate) log_level: LevelFilter,
    /// Areas with a level of their own: beacon, server, operations, driver, delivery; for example driver=debug
    #[arg(long, global = true, env = "BEACON_LOG_AREAS", value_name = "AREA=LEVEL", value_delimiter = ',')]
    pub(crate) log_areas: Vec<Area>,
    /// Folder for log files as well, one for each day
    #[arg(long, global = true, env = "BEACON_LOG_FOLDER", value_name = "DIR")]
    pub(crate) log_folder: Option<PathBuf>,
    /// How many days log files stay
    #[arg(long, global = true, env = "BEACON_LOG_KEEP_DAYS", value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) log_keep_days: u16,
}

/// Starts the log of this process.
///
/// # Errors
/// [`Trouble`] if its folder cannot be written.
pub(crate) fn start(arguments: &Arguments) -> Result<(), Trouble> {
    let log = &arguments.log;
    let settings = LogSettings {
        format: log.log_format,
        level: log.log_level,
        areas: log.log_areas.clone(),
        // What other commands have to say they say to whoever called them.
        to_errors: matches!(arguments.command, Command::Serve(_)),
        folder: log.log_folder.clone(),
        keep_days: log.log_keep_days,
    };
    beacon_log::start(&settings, Installation::now).map_err(|error| match error {
        LogError::Folder { .. } => {
            let advice = "Name another folder with --log-folder or log.folder, or let this user write there.";
            Trouble::settings("log.folder", &error, advice).caused_by(&error)
        }
        LogError::Started => Trouble::unexpected(&error),
    })
}
