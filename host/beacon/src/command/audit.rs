//! `audit`: who changed what.

use crate::audit_arguments::{
    AuditCommand, AuditExportArguments, AuditFileFormat, AuditFilterArguments, AuditListArguments,
};
use crate::exit::Exit;
use crate::terminal::{Style, Terminal, table};
use beacon_operations::audit::{AuditFormat, export as export_trail, query};
use beacon_operations::{Installation, Trouble};
use beacon_store::{Action, AuditEntry, AuditQuery, Deed, Store};
use serde_json::{Value, json};

pub(crate) fn execute(
    installation: &Installation,
    command: &AuditCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        AuditCommand::List(arguments) => list(installation, arguments, terminal),
        AuditCommand::Export(arguments) => export(installation, arguments, terminal),
        AuditCommand::Verify => verify(installation, terminal),
    }
}

fn list(installation: &Installation, arguments: &AuditListArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let query = understood(&arguments.filter)?;
    let entries = installation.store().audit_entries(&query, None, arguments.limit)?;
    let described: Vec<Value> = entries.iter().map(described).collect();
    terminal.json(&json!({ "entries": described }));
    if entries.is_empty() {
        terminal.result("No entry.");
        return Ok(Exit::Success);
    }
    let mut rows = vec![["NUMBER", "WHEN", "WHO", "ACTION", "OUTCOME", "WHAT", "DETAILS"].map(str::to_owned).to_vec()];
    rows.extend(entries.iter().map(|entry| {
        let who = if entry.client.is_empty() { entry.who.clone() } else { format!("{} ({})", entry.who, entry.client) };
        let cells = [
            entry.number.to_string(),
            entry.at.get(..19).unwrap_or(&entry.at).replace('T', " "),
            who,
            entry.action.clone(),
            entry.outcome.clone(),
            format!("{} {}", entry.subject_kind, entry.subject_name),
            if entry.details == "{}" { String::new() } else { entry.details.clone() },
        ];
        cells.map(|cell| plain(&cell)).to_vec()
    }));
    terminal.result(&table(&rows));
    terminal.note("Times are in UTC.");
    Ok(Exit::Success)
}

fn export(installation: &Installation, arguments: &AuditExportArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let query = understood(&arguments.filter)?;
    let format = match arguments.format {
        AuditFileFormat::Csv => AuditFormat::Csv,
        AuditFileFormat::Json => AuditFormat::Json,
    };
    let mut entries = 0;
    let written = terminal.write_pieces(&arguments.file, "export", |file| {
        entries = export_trail(installation, &query, format, file)?;
        Ok(())
    });
    let deed = Deed::new(Action::AuditExported, "audit", "", "").with("format", format.as_str());
    installation.record_attempt(deed.with("entries", entries), written)?;
    terminal.json(&json!({ "file": arguments.file, "entries": entries }));
    terminal.result(&format!("Wrote {entries} entries to {}.", arguments.file.display()));
    Ok(Exit::Success)
}

fn verify(installation: &Installation, terminal: &Terminal) -> Result<Exit, Trouble> {
    // By a line of its own, so that a beacon that serves need not wait for it.
    let soundness = Store::open_to_look(installation.folders.root())?.check_audit()?;
    let through = soundness.syslog_through;
    terminal.json(&json!({ "sound": soundness.is_sound(), "trail": soundness, "syslog_through": through }));
    for finding in &soundness.findings {
        let of = finding.number.map(|number| format!("entry {number}: ")).unwrap_or_default();
        terminal.result(&format!("{} {of}{}", terminal.paint(Style::Bad, "unsound:"), finding.what));
    }
    if !soundness.is_sound() {
        terminal.note("Somebody went around this program. Compare with an export, a backup or the syslog server.");
        return Ok(Exit::Unsound);
    }
    let text = format!("Sound: {} entries, the last is {} with the hash", soundness.entries, soundness.last);
    terminal.result(&terminal.paint(Style::Good, &text));
    terminal.result(&soundness.hash);
    if soundness.forgotten_through > 0 {
        terminal.result(&format!("Entries up to {} were forgotten because of their age.", soundness.forgotten_through));
    }
    if soundness.erased > 0 {
        terminal.result(&format!("{} entries hold nothing but their place: their customer left.", soundness.erased));
    }
    Ok(Exit::Success)
}

fn understood(filter: &AuditFilterArguments) -> Result<AuditQuery, Trouble> {
    let AuditFilterArguments { since, until, who, action, subject } = filter;
    query(who.as_deref(), action.as_deref(), subject.as_deref(), since.as_deref(), until.as_deref())
}

/// With the details as what they are, and not as a text.
fn described(entry: &AuditEntry) -> Value {
    let mut value = json!(entry);
    let details: Value = serde_json::from_str(&entry.details).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("details".to_owned(), details);
    }
    value
}

/// What is named in an entry must not steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}
