//! The configuration file: what does not have to be said with every command.
//!
//! An option of the command line is stronger than the environment, that is stronger than the file, and the file is
//! stronger than what is built in. The file speaks through clap: a value in it becomes the default of its option, so
//! that it is read and checked exactly as if it had been typed.

use crate::arguments::Arguments;
use beacon_operations::{OrganisationDefaults, Trouble, read};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use etcetera::BaseStrategy as _;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// What can be set: its key in the file, and the option it stands for. Those of `serve` are in tables of their own.
const SETTINGS: [(&str, &str); 23] = [
    ("data", "data"),
    ("key_file", "key_file"),
    ("key_provider", "key_provider"),
    ("passphrase_file", "passphrase_file"),
    ("ca_file", "ca_file"),
    ("allow_address", "allow_address"),
    ("log.format", "log_format"),
    ("log.level", "log_level"),
    ("log.areas", "log_areas"),
    ("log.folder", "log_folder"),
    ("log.keep_days", "log_keep_days"),
    ("serve.port", "port"),
    ("serve.listen", "listen"),
    ("serve.host", "host"),
    ("serve.tls_cert", "tls_cert"),
    ("serve.tls_key", "tls_key"),
    ("serve.parallel_runs", "parallel_runs"),
    ("serve.sign_in_seconds", "sign_in_seconds"),
    ("metrics.enabled", "metrics"),
    ("metrics.token_file", "metrics_token_file"),
    ("metrics.per_connection", "metrics_per_connection"),
    ("audit.keep_days", "audit_keep_days"),
    ("audit.syslog", "audit_syslog"),
];

/// The tables whose keys are options of `serve`.
const SERVE_TABLES: [&str; 3] = ["serve", "metrics", "audit"];

/// The table of the log, for every command.
const LOG: &str = "log";

/// Levels by area, a table within that one: `[log.areas]`.
const AREAS: &str = "log.areas";

/// The table of the organisation's own values for new connections, by source type.
const DEFAULTS: &str = "defaults";

/// Values by their key, as they would be typed.
type Typed = BTreeMap<&'static str, Vec<String>>;

/// What was given, by whichever way.
pub(crate) struct Configuration {
    /// The command line, completed.
    pub(crate) arguments: Arguments,
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// That of the beacon that executes the command, if one does.
    pub(crate) of_beacon: Option<Shown>,
    typed: Typed,
    matches: ArgMatches,
}

/// Everything that is in force, to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The file that was read.
    pub(crate) file: Option<PathBuf>,
    /// Every setting.
    pub(crate) origins: Vec<Origin>,
    /// The organisation's values.
    pub(crate) defaults: OrganisationDefaults,
    /// Where log files lie.
    pub(crate) log_folder: Option<PathBuf>,
}

impl Shown {
    /// The certificate of the page, if it is served with one.
    pub(crate) fn certificate(&self) -> Option<PathBuf> {
        let origin = self.origins.iter().find(|origin| origin.key == "serve.tls_cert")?;
        origin.value.as_ref().map(PathBuf::from)
    }
}

/// A setting and where its value comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// Its key in the file.
    pub(crate) key: &'static str,
    /// Its value; none if nothing is set and nothing is built in.
    pub(crate) value: Option<String>,
    /// Where it comes from.
    pub(crate) source: &'static str,
}

/// Reads the command line, the environment and the file.
///
/// # Errors
/// [`Trouble`] if the file cannot be read or says something that is not understood. Mistakes of the command line end the
/// program with clap's own words.
pub(crate) fn load(line: impl IntoIterator<Item = OsString>) -> Result<Configuration, Trouble> {
    let line: Vec<OsString> = line.into_iter().collect();
    let matches = Arguments::command().get_matches_from(&line);
    let named = matches.get_one::<PathBuf>("config").cloned();
    let file = named.or_else(|| usual_place().filter(|path| path.is_file()));
    let Some(path) = &file else {
        let arguments = parsed(&matches)?;
        return Ok(Configuration { arguments, file, of_beacon: None, typed: Typed::new(), matches });
    };
    let (mut typed, defaults) = understood(path)?;
    // Who names a port means this machine, whatever the file says of the network.
    let explicit = |matches: &ArgMatches| matches.value_source("port") == Some(ValueSource::CommandLine);
    if matches.subcommand_matches("serve").is_some_and(explicit) {
        typed.remove("serve.listen");
    }
    let matches = completed(&typed).get_matches_from(&line);
    let mut arguments = parsed(&matches)?;
    arguments.defaults = defaults;
    Ok(Configuration { arguments, file, of_beacon: None, typed, matches })
}

impl Configuration {
    /// What a command line says that was typed elsewhere: whatever can be given in other ways comes with it.
    ///
    /// # Errors
    /// Those of clap, if it is none.
    pub(crate) fn of(arguments: &[String]) -> Result<Self, clap::Error> {
        let line = std::iter::once("beacon").chain(arguments.iter().map(String::as_str));
        let matches = Arguments::command().try_get_matches_from(line)?;
        let arguments = Arguments::from_arg_matches(&matches)?;
        Ok(Self { arguments, file: None, of_beacon: None, typed: Typed::new(), matches })
    }

    /// Everything that is in force here.
    pub(crate) fn shown(&self) -> Shown {
        Shown {
            file: self.file.clone(),
            origins: self.origins(),
            defaults: self.arguments.defaults.clone(),
            log_folder: self.arguments.log.log_folder.clone(),
        }
    }

    /// Every setting with its value and where it comes from.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        let serve = completed(&self.typed).try_get_matches_from(["beacon", "serve"]).ok();
        let serve = serve.as_ref().and_then(|matches| matches.subcommand_matches("serve"));
        SETTINGS
            .into_iter()
            .map(|(key, argument)| {
                let matches = if is_of_serve(key) { serve } else { Some(&self.matches) };
                let value = matches.and_then(|matches| matches.get_raw(argument)).map(|values| {
                    values.map(|value| value.to_string_lossy().into_owned()).collect::<Vec<_>>().join(", ")
                });
                let source = match matches.and_then(|matches| matches.value_source(argument)) {
                    Some(ValueSource::CommandLine) => "command line",
                    Some(ValueSource::EnvVariable) => "environment",
                    Some(_) if self.typed.contains_key(key) => "file",
                    Some(_) => "built in",
                    None => "not set",
                };
                Origin { key, value, source }
            })
            .collect()
    }
}

fn parsed(matches: &ArgMatches) -> Result<Arguments, Trouble> {
    Arguments::from_arg_matches(matches).map_err(|error| Trouble::unexpected(&error))
}

/// The command line, with what the file says as defaults.
fn completed(typed: &Typed) -> Command {
    let mut command = Arguments::command();
    for (key, argument) in SETTINGS {
        let Some(values) = typed.get(key).cloned() else { continue };
        let set = |command: Command| command.mut_arg(argument, |argument| argument.default_values(values));
        command = if is_of_serve(key) { command.mut_subcommand("serve", set) } else { set(command) };
    }
    command
}

fn is_of_serve(key: &str) -> bool {
    key.split_once('.').is_some_and(|(table, _)| SERVE_TABLES.contains(&table))
}

/// Where the file lies if nobody says so: in the platform's folder for configuration.
fn usual_place() -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.config_dir().join("m365-beacon/beacon.toml"))
}

/// What the file says: settings as they would be typed, and the organisation's values.
fn understood(path: &Path) -> Result<(Typed, OrganisationDefaults), Trouble> {
    let bytes = read(path, "--config")?;
    let refused = |title: String| {
        let advice = "Correct the file; docs/configuration.md lists what it may say. Nothing was done.";
        Trouble::settings("config.file", title, advice)
    };
    let unreadable = |error: &dyn std::error::Error| {
        refused(format!("the configuration file {} cannot be read", path.display())).with(error)
    };
    let text = String::from_utf8(bytes).map_err(|error| unreadable(&error))?;
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| unreadable(&error))?;
    let defaults = match table.remove(DEFAULTS) {
        None => BTreeMap::new(),
        Some(value) => value.try_into().map_err(|error: toml::de::Error| {
            refused(format!("[{DEFAULTS}] in {} has to hold a table for each source type", path.display())).with(error)
        })?,
    };
    let mut typed = Typed::new();
    for (name, value) in table {
        match value {
            Value::Table(inner) if name == LOG || SERVE_TABLES.contains(&name.as_str()) => {
                for (inner_name, value) in inner {
                    take(&mut typed, &format!("{name}.{inner_name}"), &value).map_err(&refused)?;
                }
            }
            value => take(&mut typed, &name, &value).map_err(&refused)?,
        }
    }
    Ok((typed, defaults))
}

fn take(typed: &mut Typed, key: &str, value: &Value) -> Result<(), String> {
    let Some((known, _)) = SETTINGS.into_iter().find(|(known, _)| *known == key) else {
        let known: Vec<&str> = SETTINGS.iter().map(|(key, _)| *key).collect();
        return Err(format!("the configuration file knows no {key:?}; it knows {}", known.join(", ")));
    };
    let one = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(yes) if known.starts_with("metrics.") => Ok(yes.to_string()),
        other => {
            Err(format!("the configuration file needs a text or a number as {key:?}, and has a {}", other.type_str()))
        }
    };
    let values = match value {
        Value::Array(values) => values.iter().map(one).collect::<Result<_, _>>()?,
        Value::Table(pairs) if known == AREAS => {
            pairs.iter().map(|(area, level)| Ok(format!("{area}={}", one(level)?))).collect::<Result<_, String>>()?
        }
        value => vec![one(value)?],
    };
    typed.insert(known, values);
    Ok(())
}
