//! `usage import`, `usage list` and `usage remove`.

use crate::arguments::{UsageCommand, UsageImportArguments, parse_date};
use crate::exit::Exit;
use crate::terminal::{Terminal, table};
use beacon_operations::{Installation, Trouble, usage_files};
use beacon_package::{ExportError, ExportOptions, UsageFile, UsageSource};
use beacon_store::{Action, Deed};
use serde_json::json;

pub(crate) fn execute(
    installation: &Installation,
    command: &UsageCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        UsageCommand::Import(arguments) => import(installation, arguments, terminal),
        UsageCommand::List { name } => list(installation, name, terminal),
        UsageCommand::Remove { name, application } => remove(installation, name, application, terminal),
    }
}

fn import(installation: &Installation, arguments: &UsageImportArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let connection = installation.connection(&arguments.name)?;
    let known = usage_files::applications(installation, &connection)?;
    let application_id = arguments.application.as_str();
    let Some(application_name) = known.get(application_id) else {
        let ids: Vec<_> = known.keys().map(String::as_str).collect();
        let title = format!("there is no application {application_id:?} in this tenant's last package");
        let advice = format!("Known applications: {}.", ids.join(", "));
        return Err(Trouble::settings("usage.application_unknown", title, advice));
    };
    let incoming = installation.folders.incoming();
    let file = terminal.fetch(&arguments.file, "import", &incoming)?;
    let refreshed_on = arguments.refreshed_on.as_deref().map(|date| parse_date(date, "--refreshed-on")).transpose()?;
    let source = UsageSource {
        path: file.path(),
        application_id,
        application_name,
        options: ExportOptions { refreshed_on, date_column: arguments.date_column.clone() },
        now: Installation::now(),
    };
    let place = usage_files::place(installation, connection.id, application_id);
    let file = UsageFile::import(&source, &place)?;
    let facts = file.facts();
    let deed = Deed::to_connection(Action::UsageImported, &connection).with("application", application_id);
    installation.record(&deed.with("people", facts.rows))?;
    terminal.json(&json!({ "imported": facts }));
    terminal.result(&format!(
        "Imported {} people of {} as of {}, last activity from the column {:?}.",
        facts.rows, facts.application_name, facts.refreshed_on, facts.date_column
    ));
    if facts.unnamed > 0 {
        terminal.note(&format!("{} lines name nobody and were left out.", facts.unnamed));
    }
    if !facts.ignored_columns.is_empty() {
        terminal.note(&format!("Columns that were not used: {}.", facts.ignored_columns.join(", ")));
    }
    terminal.note("The next import adds them to the table usage.");
    Ok(Exit::Success)
}

fn list(installation: &Installation, name: &str, terminal: &Terminal) -> Result<Exit, Trouble> {
    let connection = installation.connection(name)?;
    let files = usage_files::stored(installation, connection.id)?;
    terminal.json(&json!({ "files": files.iter().map(UsageFile::facts).collect::<Vec<_>>() }));
    if files.is_empty() {
        terminal.result("No imported usage. Import an export of the admin center with `beacon usage import`.");
        return Ok(Exit::Success);
    }
    let mut rows = vec![["APPLICATION", "AS OF", "PEOPLE", "FILE", "IMPORTED"].map(str::to_owned).to_vec()];
    rows.extend(files.iter().map(UsageFile::facts).map(|facts| {
        vec![
            facts.application_id.clone(),
            facts.refreshed_on.to_string(),
            facts.rows.to_string(),
            facts.file_name.clone(),
            facts.imported_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        ]
    }));
    terminal.result(&table(&rows));
    Ok(Exit::Success)
}

/// Also removes a file that cannot be read any more, so it goes by names and not by contents.
fn remove(installation: &Installation, name: &str, application: &str, terminal: &Terminal) -> Result<Exit, Trouble> {
    let connection = installation.connection(name)?;
    let stored = usage_files::stored_applications(installation, connection.id)?;
    if !stored.iter().any(|id| id == application) {
        let title = format!("there is no imported usage of {application:?}");
        let advice = if stored.is_empty() {
            "Nothing was imported for this connection.".to_owned()
        } else {
            format!("Imported: {}.", stored.join(", "))
        };
        return Err(Trouble::settings("usage.not_imported", title, advice));
    }
    let place = usage_files::place(installation, connection.id, application);
    let failed = |source| ExportError::Storage { action: "remove", path: place.clone(), source };
    std::fs::remove_file(&place).map_err(failed)?;
    installation.record(&Deed::to_connection(Action::UsageRemoved, &connection).with("application", application))?;
    terminal.json(&json!({ "removed": application }));
    terminal.result(&format!("Removed the imported usage of {application}. Packages stay as they are."));
    Ok(Exit::Success)
}
