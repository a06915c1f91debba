//! `config export`, `config import` and `connection import-legacy`: moving in and out.

use crate::exit::Exit;
use crate::moving_arguments::{ConfigExportArguments, ConfigImportArguments, ImportLegacyArguments};
use crate::terminal::{Style, Terminal, table};
use beacon_operations::moving::{
    Fate, OnClash, Plan, Report, Wish, apply, export as export_configuration, import_legacy, plan, read_legacy,
};
use beacon_operations::{Installation, Trouble};
use beacon_store::{Action, Deed};
use beacon_vault::{Identities, Recipient, RecipientError};
use serde_json::json;

pub(crate) fn export(
    installation: &Installation,
    arguments: &ConfigExportArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let parsed = arguments.secrets_to.as_deref().map(|text| text.parse::<Recipient>());
    let recipient = parsed
        .transpose()
        .map_err(|error: RecipientError| Trouble::settings(error.code(), &error, error.hint()).about("secrets_to"))?;
    let exported = export_configuration(installation, recipient.as_ref(), Installation::now())?;
    let deed = Deed::to_installation(Action::ConfigurationExported)
        .with("connections", exported.connections)
        .with("secrets", exported.secrets)
        .with("recipient", recipient.as_ref().map(ToString::to_string));
    installation.record_attempt(deed, terminal.write(&arguments.file, "export", &exported.file))?;
    terminal.json(&json!({
        "file": arguments.file,
        "connections": exported.connections,
        "secrets": exported.secrets,
        "recipient": recipient.as_ref().map(ToString::to_string),
    }));
    let connections = match exported.connections {
        1 => "1 connection".to_owned(),
        several => format!("{several} connections"),
    };
    let secrets = match (exported.secrets, &recipient) {
        (Some(count), Some(recipient)) => format!("with {count} secrets for {recipient} alone"),
        _ => "without secrets".to_owned(),
    };
    terminal.result(&format!("Wrote {connections} to {}, {secrets}.", arguments.file.display()));
    Ok(Exit::Success)
}

pub(crate) async fn import(
    installation: &Installation,
    arguments: &ConfigImportArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let file = terminal.read(&arguments.file, "import")?;
    let identity = arguments.identity.as_deref().map(|path| terminal.read_secret(path, "--identity")).transpose()?;
    let identities = identity.as_ref().map(Identities::read).transpose()?;
    let on_clash = match (arguments.replace, arguments.skip) {
        (true, _) => OnClash::Replace,
        (_, true) => OnClash::Skip,
        _ => OnClash::Refuse,
    };
    let wish = Wish { on_clash, identities: identities.as_ref(), without_secrets: arguments.without_secrets };
    let planned = plan(installation, &file, &wish).await?;
    carried_out(installation, planned, Action::ConfigurationImported, arguments.dry_run, terminal)
}

pub(crate) async fn legacy(
    installation: &Installation,
    arguments: &ImportLegacyArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let file = terminal.read(&arguments.file, "import-legacy")?;
    let planned = import_legacy(installation, read_legacy(&file)?).await?;
    carried_out(installation, planned, Action::LegacyImported, arguments.dry_run, terminal)
}

pub(super) fn carried_out(
    installation: &Installation,
    planned: Plan,
    action: Action,
    dry_run: bool,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let report =
        if dry_run { planned.report().clone() } else { apply(installation, planned, action, Installation::now())? };
    terminal.json(&json!({ "dry_run": dry_run, "report": report }));
    terminal.result(&told(&report, dry_run, terminal));
    Ok(Exit::Success)
}

/// One line for each thing, then what is left to do.
fn told(report: &Report, dry_run: bool, terminal: &Terminal) -> String {
    let fate = |fate: Fate| match (fate, dry_run) {
        (Fate::Added, false) => "added",
        (Fate::Added, true) => "would be added",
        (Fate::Replaced, false) => "replaced",
        (Fate::Replaced, true) => "would be replaced",
        (Fate::Skipped, _) => "stays as it is",
    };
    let rows: Vec<_> = report
        .items
        .iter()
        .map(|item| vec![item.kind.to_owned(), item.name.clone(), fate(item.fate).to_owned()])
        .collect();
    let mut parts = vec![if rows.is_empty() { "Nothing is to be changed.".to_owned() } else { table(&rows) }];
    parts.extend((!report.notes.is_empty()).then(|| report.notes.join("\n")));
    if !report.left.is_empty() {
        let steps = report.left.iter().map(|left| format!("  {}: {}\n    {}", left.of, left.what, left.step));
        let steps: Vec<String> = steps.collect();
        parts.push(format!("{}\n{}", terminal.paint(Style::Bold, "Left to do:"), steps.join("\n")));
    }
    if dry_run {
        parts.push("Nothing was changed.".to_owned());
    }
    parts.join("\n\n")
}
