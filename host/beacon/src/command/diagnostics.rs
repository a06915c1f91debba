//! `diagnostics`: one file for whoever helps. Nothing is sent anywhere.

use super::doctor;
use crate::archive::packed;
use crate::arguments::DiagnosticsArguments;
use crate::configuration::{Configuration, Shown};
use crate::exit::Exit;
use crate::terminal::{Terminal, table};
use beacon_log::{last_lines, redacted};
use beacon_operations::audit::record_at;
use beacon_operations::diagnostics::{self, Pseudonyms};
use beacon_operations::doctor::{Report, modules};
use beacon_operations::{Folders, Installation, Trouble};
use beacon_server::Serving;
use beacon_store::{Action, ActionOutcome, Deed, Store};
use serde_json::{Map, Value, json};

/// Lines of the log that go along, the newest.
const LINES: usize = 500;

/// What stands in place of a value that may name somebody.
const LEFT_OUT: &str = "(left out)";

/// A file of the bundle.
struct Part {
    name: &'static str,
    holds: &'static str,
    content: Vec<u8>,
}

pub(crate) async fn execute(
    configuration: &Configuration,
    arguments: &DiagnosticsArguments,
    open: impl FnOnce() -> Result<Installation, Trouble>,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let report = doctor::examined(configuration, open, serving, None).await?;
    write(configuration, arguments, report, serving, terminal)
}

/// Another process holds the data folder, and does not do what command lines ask for. What can be read is read beside it.
pub(crate) fn not_let_in(
    configuration: &Configuration,
    arguments: &DiagnosticsArguments,
    why: &Trouble,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let report = doctor::of_closed(&configuration.arguments.place(), why)?;
    write(configuration, arguments, report, None, terminal)
}

fn write(
    configuration: &Configuration,
    arguments: &DiagnosticsArguments,
    report: Report,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let folders = match serving {
        Some(serving) => serving.installation().folders.clone(),
        None => Folders::new(configuration.arguments.data.clone())?,
    };
    // Read by a line of its own, beside whoever owns the folder; one that cannot be read is told by the examination.
    let store = Store::open_to_look(folders.root()).ok();
    let names = match &store {
        _ if arguments.with_names => Pseudonyms::default(),
        Some(store) => Pseudonyms::of(store).unwrap_or_else(|_| Pseudonyms::of_nobody()),
        None => Pseudonyms::of_nobody(),
    };
    let report = if names.is_blind() { report.without_words() } else { report };
    let shown = configuration.of_beacon.clone().unwrap_or_else(|| configuration.shown());
    let version = json!({
        "beacon": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "made_at": Installation::now(),
        "by_a_beacon_that_serves": serving.is_some(),
        "names_left_in": arguments.with_names,
    });
    let mut parts = vec![
        document("version.json", "version of beacon, system", version, &names)?,
        document(
            "configuration.json",
            "settings, and where each comes from",
            settings(&shown, arguments),
            &names.of_sentences(),
        )?,
        document("doctor.json", "what `beacon doctor` says", report, &names)?,
        document("modules.json", "connector modules with their digests", modules(&folders), &names)?,
    ];
    if let Some(store) = &store {
        // What cannot be read is told by its code, and the rest goes along all the same.
        let read = |found: Result<Value, Trouble>| found.unwrap_or_else(|trouble| json!({ "error": trouble.code }));
        let (database, runs) = (read(diagnostics::database(store)), read(diagnostics::runs(store)));
        parts.push(document("database.json", "version of the schema, rows of each table", database, &names)?);
        parts.push(document("runs.json", "the last runs with codes of their errors", runs, &names)?);
        let schedules = read(diagnostics::schedules(store));
        parts.push(document("schedules.json", "schedules, and runs that are owed", schedules, &names)?);
    }
    parts.push(Part { name: "log.txt", holds: "the last 500 lines of the log", content: log(&shown, &names) });
    tell(&parts, arguments, &names, terminal);
    let files: Vec<_> = parts.into_iter().map(|part| (part.name, part.content)).collect();
    let bundle = packed(&files, Installation::now()).map_err(|error| Trouble::unexpected(&error))?;
    let written = terminal.write(&arguments.out, "--out", &bundle);
    if store.is_some() {
        told(configuration, serving, arguments, files.len(), written.as_ref().err(), terminal);
    }
    written?;
    terminal.json(&json!({
        "file": arguments.out,
        "files": files.iter().map(|(name, content)| json!({ "name": name, "bytes": content.len() })).collect::<Vec<_>>(),
        "names_left_in": arguments.with_names,
    }));
    terminal
        .result(&format!("\nWrote {}. Nothing was sent: look into it before you pass it on.", arguments.out.display()));
    Ok(Exit::Success)
}

/// Tells the audit trail of the bundle. One that helps with a data folder in trouble is no worse if that cannot be told.
fn told(
    configuration: &Configuration,
    serving: Option<&Serving>,
    arguments: &DiagnosticsArguments,
    files: usize,
    failed: Option<&Trouble>,
    terminal: &Terminal,
) {
    let deed = Deed::to_installation(Action::DiagnosticsExported)
        .with("files", files)
        .with("names_left_in", arguments.with_names);
    let deed = match failed {
        None => deed,
        Some(trouble) => deed.with("code", &trouble.code).ended(ActionOutcome::Failed),
    };
    let told = match serving {
        Some(serving) => serving.installation().record(&deed),
        None => record_at(&configuration.arguments.place(), &deed),
    };
    if let Err(trouble) = told {
        terminal.note("The audit trail could not be told of it:");
        terminal.note(&terminal.block(&trouble));
    }
}

/// Says what goes into the file before it is written.
fn tell(parts: &[Part], arguments: &DiagnosticsArguments, names: &Pseudonyms, terminal: &Terminal) {
    let mut rows = vec![["FILE", "BYTES", "HOLDS"].map(str::to_owned).to_vec()];
    rows.extend(
        parts.iter().map(|part| vec![part.name.to_owned(), part.content.len().to_string(), part.holds.to_owned()]),
    );
    terminal.result(&table(&rows));
    terminal.result(if arguments.with_names {
        "\nNo secrets and no addresses of people. Names of connections, tenants and destinations are left in."
    } else if names.is_blind() {
        "\nNo secrets, no people, no names: the database does not tell which names there are, so that the log and what was \
         found beside the disk are left out. --with-names puts them in."
    } else {
        "\nNo secrets, no people, no names: connection-1 stands for the first connection, and so on."
    });
}

/// A document without secrets, and without the names that are to be taken out.
fn document(
    name: &'static str,
    holds: &'static str,
    value: impl serde::Serialize,
    names: &Pseudonyms,
) -> Result<Part, Trouble> {
    let unexpected = |error: serde_json::Error| Trouble::unexpected(&error);
    let value = names.replaced_within(serde_json::to_value(value).map_err(unexpected)?, &redacted);
    Ok(Part { name, holds, content: serde_json::to_vec_pretty(&value).map_err(unexpected)? })
}

/// Settings as `config show` has them. Values of the organisation's own defaults name tenants.
fn settings(shown: &Shown, arguments: &DiagnosticsArguments) -> Value {
    let settings: Map<String, Value> = shown
        .origins
        .iter()
        .map(|origin| (origin.key.to_owned(), json!({ "value": origin.value, "source": origin.source })))
        .collect();
    let mut defaults = json!(shown.defaults);
    if !arguments.with_names {
        let types = defaults.as_object_mut().into_iter().flatten();
        for value in types.filter_map(|(_, fields)| fields.as_object_mut()).flatten().map(|(_, value)| value) {
            *value = json!(LEFT_OUT);
        }
    }
    json!({ "file": shown.file, "settings": settings, "defaults": defaults })
}

fn log(shown: &Shown, names: &Pseudonyms) -> Vec<u8> {
    let Some(folder) = &shown.log_folder else {
        return b"No folder for log files is set (log.folder).\n".to_vec();
    };
    if names.is_blind() {
        return b"Left out: the database does not tell which names there are. --with-names puts the log in.\n".to_vec();
    }
    match last_lines(folder, LINES) {
        Ok(lines) => {
            names.replaced_lines(&lines).iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>().into_bytes()
        }
        Err(error) => format!("The log cannot be read: {error}\n").into_bytes(),
    }
}
