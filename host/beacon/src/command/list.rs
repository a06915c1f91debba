//! `connection list` and `connection show`.

use super::proxy;
use crate::exit::Exit;
use crate::selection_arguments::SelectionArguments;
use crate::terminal::{Style, Terminal, table};
use beacon_contract::{FieldKind, Settings};
use beacon_operations::{CredentialEnd, Expiring, Installation, Module, Trouble, health, select, way_out};
use beacon_store::{Connection, Exercise, Label, Run, RunState};
use serde_json::{Value, json};

pub(crate) fn all(
    installation: &Installation,
    selection: &SelectionArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let selection = selection.selection()?;
    let selected = select(installation, &selection)?;
    let mut expiring = installation.expiring(Installation::now())?;
    expiring.retain(|one| selected.iter().any(|connection| is_of(one, connection)));
    let standings = health::look(installation, Installation::now())?.standings;
    let store = installation.store();
    let mut rows =
        vec![["NAME", "SOURCE TYPE", "TENANT", "LABELS", "STATE", "LAST RUN", "EXPIRES"].map(str::to_owned).to_vec()];
    let mut listed = Vec::new();
    for connection in selected {
        let near: Vec<&Expiring> = expiring.iter().filter(|one| is_of(one, &connection)).collect();
        let last = store.last_run(connection.id)?;
        let standing = standings.get(&connection.id);
        rows.push(vec![
            connection.name.to_string(),
            connection.source_type.clone(),
            tenant(&connection),
            listed_labels(&connection),
            standing.map_or_else(String::new, |standing| standing.state.words().to_owned()),
            last.as_ref().map_or_else(|| "never".to_owned(), described),
            near.first().map(|one| one.end.title()).unwrap_or_default(),
        ]);
        let value = json!({ "connection": connection, "health": standing, "last_run": last, "expiring": near });
        listed.push(value);
    }
    if listed.is_empty() && !selection.is_all() {
        terminal.result("No connection fits.");
    } else if listed.is_empty() {
        terminal.result("No connections yet. Add one with `beacon connection add NAME`.");
    } else {
        terminal.result(&table(&rows));
    }
    terminal.json(&json!({ "connections": listed, "expiring": expiring }));
    for one in &expiring {
        terminal.note(&format!("{}: {} {}", one.connections.join(", "), one.end.title(), one.end.advice()));
    }
    Ok(Exit::Success)
}

fn is_of(expiring: &Expiring, connection: &Connection) -> bool {
    expiring.connections.iter().any(|name| name == connection.name.as_str())
}

fn listed_labels(connection: &Connection) -> String {
    connection.labels.iter().map(Label::as_str).collect::<Vec<_>>().join(", ")
}

fn tenant(connection: &Connection) -> String {
    let named = || connection.tenant_key.as_ref().or(connection.tenant_id.as_ref()).map(ToString::to_string);
    connection.tenant_name.clone().or_else(named).unwrap_or_else(|| "not known yet".to_owned())
}

fn described(run: &Run) -> String {
    let state = match run.state {
        RunState::Running => "running",
        RunState::Complete => "complete",
        RunState::Partial => "partial",
        RunState::ConsentNeeded => "consent needed",
        RunState::Settings => "settings",
        RunState::Failed => "failed",
        RunState::Cancelled => "cancelled",
        RunState::ModuleFault => "module fault",
    };
    format!("{state}, {}", run.started_at.strftime("%Y-%m-%d %H:%M UTC"))
}

pub(crate) fn one(installation: &Installation, name: &str, terminal: &Terminal) -> Result<Exit, Trouble> {
    let connection = installation.connection(name)?;
    let way = way_out(installation, &connection)?;
    let ends = installation.ends_of(&connection, Installation::now())?;
    let standing = health::standing(installation, &connection, Installation::now())?;
    let store = installation.store();
    let last = store.last_run(connection.id)?;
    let secrets: Vec<_> = store.secrets(connection.id)?;
    let profile = connection.profile.map(|id| store.profile(id)).transpose()?;
    let exercise = store.exercise(connection.id)?;
    let secret_rows: Vec<Value> = secrets
        .iter()
        .map(|row| json!({ "slot": row.slot.as_str(), "expires_on": row.expires_on, "updated_at": row.updated_at }))
        .collect();
    terminal.json(&json!({
        "connection": connection,
        "health": standing,
        "secrets": secret_rows,
        "profile": profile,
        "ends": ends,
        "kept_alive": exercise,
        "last_run": last,
        "way_out": proxy::way_json(&way),
    }));
    if terminal.is_json() {
        return Ok(Exit::Success);
    }
    let mut rows = vec![pair("Source type", &connection.source_type), pair("Tenant", &tenant(&connection))];
    if let Some(id) = &connection.tenant_id {
        rows.push(pair("Tenant id", &id.to_string()));
    }
    if let Some(account) = &connection.consented_account {
        rows.push(pair("Consented by", account));
        rows.push(pair("Granted", &connection.granted_scopes.join(" ")));
    }
    let since = standing.since.strftime("%Y-%m-%d %H:%M UTC");
    rows.push(pair("State", &format!("{}, since {since}", standing.state.words())));
    if standing.state.needs_somebody() || standing.state.is_held() {
        rows.push(pair("Why", &standing.cause.title));
        rows.push(pair("Next step", &standing.cause.next_step));
    }
    if !connection.labels.is_empty() {
        rows.push(pair("Labels", &listed_labels(&connection)));
    }
    if let Some(profile) = &profile {
        rows.push(pair("Profile", profile.name.as_str()));
    }
    rows.push(pair("Proxy", &proxy::described(&way)));
    rows.push(pair("Last run", &last.as_ref().map_or_else(|| "never".to_owned(), described)));
    if let Some(folder) = last.as_ref().filter(|run| run.package_id.is_some()).and_then(|run| run.package_dir.as_ref())
    {
        rows.push(pair("Package", &folder.display().to_string()));
    }
    terminal.result(&terminal.paint(Style::Bold, connection.name.as_str()));
    terminal.result(&table(&rows));
    terminal.result(&format!("\n{}", terminal.paint(Style::Bold, "Settings")));
    terminal.result(&settings(installation, &connection, terminal)?);
    if !secrets.is_empty() {
        let rows: Vec<Vec<String>> = secrets
            .iter()
            .map(|row| {
                let expires = row.expires_on.map_or_else(String::new, |day| format!("expires {day}"));
                vec![row.slot.as_str().to_owned(), "configured".to_owned(), expires]
            })
            .collect();
        terminal.result(&format!("\n{}\n{}", terminal.paint(Style::Bold, "Secrets"), table(&rows)));
    }
    let lines = credentials(&ends, exercise.as_ref());
    if !lines.is_empty() {
        terminal.result(&format!("\n{}\n{}", terminal.paint(Style::Bold, "Needs attention"), lines.join("\n")));
    }
    Ok(Exit::Success)
}

/// What will die, and a sign-in that cannot be kept alive: a line each, with the next step.
fn credentials(ends: &[CredentialEnd], exercise: Option<&Exercise>) -> Vec<String> {
    let near = ends.iter().filter(|end| end.level().is_some());
    let mut lines: Vec<String> = near.map(|end| format!("{} {}", end.title(), end.advice())).collect();
    if let Some(trouble) = exercise.and_then(|exercise| exercise.trouble.as_ref()) {
        let member = |name: &str| super::destination::text(trouble, name);
        lines.push(format!("The sign-in could not be kept alive. {} {}", member("title"), member("advice")));
    }
    lines
}

fn pair(name: &str, value: &str) -> Vec<String> {
    vec![name.to_owned(), value.to_owned()]
}

/// Effective values; those the operator did not choose are marked as defaults. A connection of a module that is not
/// built in shows only what is stored.
fn settings(installation: &Installation, connection: &Connection, terminal: &Terminal) -> Result<String, Trouble> {
    let given = Settings(connection.settings.clone().into_iter().collect());
    let Ok(module) = Module::find(&installation.folders, None, &connection.source_type) else {
        let rows: Vec<_> = given.0.iter().map(|(field, value)| pair(field, &shown(value))).collect();
        return Ok(table(&rows));
    };
    let effective = module.manifest.form.effective(&given);
    let visible = module.manifest.form.fields.iter().filter(|field| field.is_visible(&effective));
    let rows: Vec<_> = visible
        .filter(|field| !matches!(field.kind, FieldKind::Secret { .. }))
        .filter_map(|field| {
            let value = effective.0.get(field.id.as_str())?;
            let own = given.0.contains_key(field.id.as_str());
            let origin = if own { String::new() } else { terminal.paint(Style::Faint, "default") };
            Some(vec![field.id.to_string(), shown(value), origin])
        })
        .collect();
    Ok(table(&rows))
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
