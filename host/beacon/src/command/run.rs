//! `run`: one import, from the settings to the package.

use super::{due, notification, run_many};
use crate::arguments::{Format, RunArguments};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::progress::Progress;
use crate::settings_input;
use crate::terminal::{Style, Terminal, table};
use beacon_contract::TableStatus;
use beacon_driver::{Cancel, Nobody, Observer, RunOutcome};
use beacon_operations::{
    Ended, ImportOrder, Installation, Prepared, Selection, Trouble, Words, import, prepare, scheduling,
};
use beacon_package::{ChangesBlock, FileFormat, FinishedPackage, PackageStatus, TableReport};
use beacon_server::{Serving, Turn};
use beacon_store::{Connection, Due};
use serde_json::{Value, json};
use std::sync::Arc;

pub(crate) async fn execute(
    installation: &Installation,
    arguments: &RunArguments,
    serving: Option<&Serving>,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    if arguments.due {
        return due::execute(installation, arguments, serving, terminal).await;
    }
    let selection = arguments.which.selection()?;
    let Some(name) = only_name(&selection) else {
        return run_many::execute(installation, &selection, arguments, serving, terminal).await;
    };
    let connection = installation.connection(name)?;
    let waits = || terminal.note("As many imports are at work as may be at the same time; waiting for one to end.");
    let turn = match serving {
        Some(serving) => Some(serving.turn(&connection, waits).await?),
        None => None,
    };
    let errand = Errand { due: None, turn, company: None };
    let imported = import_one(installation, &connection, arguments, errand, terminal).await;
    notification::after_imports(installation, serving, terminal).await?;
    let Imported { exit, value } = imported?;
    terminal.json(&value);
    Ok(exit)
}

/// The name, if exactly one connection was named.
fn only_name(selection: &Selection) -> Option<&str> {
    let [name] = selection.names.as_slice() else { return None };
    let filtered = !selection.labels.is_empty() || !selection.states.is_empty() || selection.part.is_some();
    (!filtered).then_some(name)
}

/// How an import ended.
pub(super) struct Imported {
    /// What it means for the command.
    pub(super) exit: Exit,
    /// What scripts get.
    pub(super) value: Value,
}

/// How an import comes about.
pub(super) struct Errand {
    /// What the connection owes by its schedule, if that is why.
    pub(super) due: Option<Due>,
    /// Its turn in a beacon that serves.
    pub(super) turn: Option<Turn>,
    /// What cancels it together with others; one that is alone listens to the person, and shows what it is at.
    pub(super) company: Option<Cancel>,
}

/// Imports one connection. One that is alone tells people about it, and sends its package.
pub(super) async fn import_one(
    installation: &Installation,
    connection: &Connection,
    arguments: &RunArguments,
    errand: Errand,
    terminal: &Terminal,
) -> Result<Imported, Trouble> {
    let Errand { due, turn, company } = errand;
    let order = order(arguments, due.clone(), terminal);
    let module = settings_input::module(installation, &arguments.module, &connection.source_type, terminal);
    let prepared = match &module {
        Ok(module) => prepare(installation, connection, module, &order).map(|prepared| (module, prepared)),
        Err(trouble) => Err(trouble.clone()),
    };
    let (module, prepared) = prepared.or_else(|trouble| {
        if let Some(due) = &due {
            scheduling::could_not_begin(installation, due, &trouble, Installation::now())?;
        }
        Err(trouble)
    })?;
    let alone = company.is_none();
    if prepared.resumed && alone {
        terminal.note("The last run was interrupted; this one goes on where it was.");
    }
    if !module.trusted && alone {
        terminal.note("This module is not one that beacon brought along: the package will say \"untrusted module\".");
    }
    let run = prepared.session.run;
    let ended = match company {
        Some(cancel) => imported(prepared, turn, Arc::new(Nobody), cancel).await,
        None => {
            let progress = Arc::new(Progress::new(terminal));
            let interrupt = Interrupt::listen(terminal);
            let observer = Arc::clone(&progress) as Arc<dyn Observer>;
            let ended = imported(prepared, turn, observer, interrupt.cancel().clone()).await;
            drop(interrupt);
            progress.finish();
            ended
        }
    };
    let Ended { state, package, trouble } = ended?;
    let package = package.as_ref();
    let mut value = json!({
        "run_id": run,
        "state": state,
        "package": package.map(|package| &package.folder),
        "package_id": package.map(|package| &package.package_id),
        "status": package.map(|package| package.manifest.beacon.status),
        "tables": package.map(|package| &package.manifest.beacon.tables),
        "changes": package.map(|package| &package.manifest.beacon.changes),
        "warnings": package.map(|package| &package.manifest.beacon.warnings),
        "requests": package.map(|package| package.manifest.beacon.requests),
        "error": trouble,
    });
    let exit = match (package, trouble) {
        (Some(package), _) => {
            if alone {
                terminal.result(&summary(package, terminal));
            }
            let complete = package.manifest.beacon.status == PackageStatus::Complete;
            if complete { Exit::Success } else { Exit::Partial }
        }
        (None, Some(trouble)) => {
            if !terminal.is_json() && alone {
                terminal.trouble(&trouble);
            }
            Exit::of(&trouble)
        }
        (None, None) => {
            if alone {
                terminal.note("Cancelled. Nothing was published.");
            }
            Exit::Cancelled
        }
    };
    if let (Some(_), Value::Object(members), true) = (package, &mut value, alone) {
        let attempts = super::delivery::after_import(installation, terminal).await;
        members.insert("deliveries".to_owned(), json!(attempts));
    }
    Ok(Imported { exit, value })
}

/// Imports what was prepared; in a beacon that serves, in its turn.
async fn imported(
    prepared: Prepared<'_>,
    turn: Option<Turn>,
    observer: Arc<dyn Observer>,
    cancel: Cancel,
) -> Result<Ended, Trouble> {
    match turn {
        Some(turn) => turn.import(prepared, observer, cancel).await,
        None => import(prepared, observer, cancel).await,
    }
}

fn order(arguments: &RunArguments, due: Option<Due>, terminal: &Terminal) -> ImportOrder {
    let format = match arguments.format {
        Format::Parquet => FileFormat::Parquet,
        Format::Csv => FileFormat::Csv,
        Format::Both => FileFormat::Both,
    };
    let output = arguments.output.as_deref().map(|folder| terminal.absolute(folder));
    ImportOrder { output, format, due }
}

/// What a person sees at the end: one line for each table, then where the package lies.
fn summary(package: &FinishedPackage, terminal: &Terminal) -> String {
    let block = &package.manifest.beacon;
    let mut rows = vec![["TABLE", "STATUS", "ROWS", "PAGES", "RETRIES"].map(str::to_owned).to_vec()];
    let mut reasons = Vec::new();
    for (table, report) in &block.tables {
        rows.push(vec![
            table.clone(),
            status_word(report).to_owned(),
            report.rows.to_string(),
            report.pages.to_string(),
            report.retries.to_string(),
        ]);
        if let Some(reason) = &report.reason {
            reasons.push(format!("  {table}: {}", reason.text));
        }
    }
    let (word, style) = match block.status {
        PackageStatus::Complete => ("Complete", Style::Good),
        PackageStatus::Partial => ("Partial: not everything was imported", Style::Warning),
    };
    let mut lines = vec![table(&rows)];
    if !reasons.is_empty() {
        lines.push(String::new());
        lines.extend(reasons);
    }
    if let Some(changes) = &block.changes {
        let ChangesBlock { added, changed, removed, .. } = changes;
        lines.push(format!("  since the package before: {added} rows added, {changed} changed, {removed} removed"));
    }
    lines.extend(block.warnings.iter().map(|warning| format!("  warning: {}", warning.text)));
    lines.push(String::new());
    lines.push(terminal.paint(style, &format!("{word}.")));
    lines.push(format!("Package: {}", package.folder.display()));
    lines.join("\n")
}

const fn status_word(report: &TableReport) -> &'static str {
    match report.status {
        TableStatus::Complete => "complete",
        TableStatus::Partial => "PARTIAL",
        TableStatus::Skipped => "skipped",
    }
}

/// The value behind `--json` of a command that prints checks.
pub(super) fn checks_json(outcome: &RunOutcome, words: &Words) -> Vec<Value> {
    outcome
        .checks
        .iter()
        .map(|check| {
            let text = words.text(&check.code, &check.arguments);
            json!({
                "check": check.check,
                "outcome": check.outcome,
                "code": check.code,
                "title": text.title,
                "advice": text.advice,
            })
        })
        .collect()
}
