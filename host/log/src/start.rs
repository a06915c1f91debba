//! Starting the log of a process.

use crate::area::{AREAS, Area};
use crate::daily_file::DailyFile;
use crate::layer::{Output, ReadBy};
use jiff::Timestamp;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Mutex;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For machines: one JSON object.
    Json,
}

/// What is logged, how, and where to.
#[derive(Clone, Debug)]
pub struct LogSettings {
    /// How a line looks.
    pub format: Format,
    /// From which level on things are told.
    pub level: LevelFilter,
    /// Areas with a level of their own.
    pub areas: Vec<Area>,
    /// Whether lines go to the standard error.
    pub to_errors: bool,
    /// Folder for files of one day each, beside that.
    pub folder: Option<PathBuf>,
    /// How many days files stay.
    pub keep_days: u16,
}

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The folder cannot be written.
    #[error("the log folder {} cannot be written", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's cause.
        #[source]
        source: std::io::Error,
    },
    /// There is one already.
    #[error("this process has a log already")]
    Started,
}

/// A text that names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither text nor json")]
pub struct InvalidFormat(String);

impl FromStr for Format {
    type Err = InvalidFormat;

    fn from_str(text: &str) -> Result<Self, InvalidFormat> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(InvalidFormat(other.to_owned())),
        }
    }
}

/// Starts the log of this process. `now` is its clock.
///
/// # Errors
/// [`LogError`] if the folder cannot be written. Later failures keep nobody from anything.
pub fn start(settings: &LogSettings, now: fn() -> Timestamp) -> Result<(), LogError> {
    if !settings.to_errors && settings.folder.is_none() {
        return Ok(());
    }
    let file = settings.folder.as_ref().map(|folder| -> Result<_, LogError> {
        // Said now and not when something happens.
        let opened = DailyFile::open(folder.clone(), settings.keep_days, now());
        opened.map(Mutex::new).map_err(|source| LogError::Folder { folder: folder.clone(), source })
    });
    let output =
        Output { format: settings.format, errors: settings.to_errors.then(reader), file: file.transpose()?, now };
    tracing_subscriber::registry().with(output.with_filter(filter(settings))).try_init().map_err(|_| LogError::Started)
}

/// Our own rooms from the chosen level on; libraries only when they warn, and nothing of theirs above what is chosen.
fn filter(settings: &LogSettings) -> Targets {
    let mut filter = Targets::new().with_default(settings.level.min(LevelFilter::WARN));
    for (_, target) in AREAS {
        filter = filter.with_target(target, settings.level);
    }
    for area in &settings.areas {
        filter = filter.with_target(area.target, area.level);
    }
    filter
}

/// systemd says by environment that the standard error goes to its journal (systemd.exec(5)).
#[expect(clippy::disallowed_methods, reason = "the service manager speaks by environment; nobody types this")]
fn reader() -> ReadBy {
    if std::env::var_os("JOURNAL_STREAM").is_some() { ReadBy::Journal } else { ReadBy::Anybody }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn a_level_for_all_and_one_for_each_area() {
        let settings = LogSettings {
            format: Format::Text,
            level: LevelFilter::INFO,
            areas: vec!["driver=debug".parse().expect("an area"), "beacon=error".parse().expect("an area")],
            to_errors: true,
            folder: None,
            keep_days: 30,
        };
        let filter = filter(&settings);
        for (target, level, expected) in [
            ("beacon_server::serve", Level::INFO, true),
            ("beacon_server::serve", Level::DEBUG, false),
            ("beacon_driver::http", Level::DEBUG, true),
            ("beacon_driver::http", Level::TRACE, false),
            ("beacon::command", Level::WARN, false),
            ("hyper", Level::INFO, false),
            ("hyper", Level::WARN, true),
        ] {
            assert_eq!(filter.would_enable(target, &level), expected, "{target} {level}");
        }
    }
}
