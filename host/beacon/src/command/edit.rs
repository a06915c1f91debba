//! `connection edit` and `connection remove`.

use crate::arguments::EditArguments;
use crate::exit::Exit;
use crate::settings_input;
use crate::terminal::Terminal;
use beacon_contract::Settings;
use beacon_operations::{Installation, Packages, Trouble, change, labels};
use beacon_store::{Connection, Label};
use std::collections::BTreeSet;

pub(crate) async fn execute(
    installation: &Installation,
    arguments: &EditArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let connection = installation.connection(&arguments.name)?;
    let source_type = &connection.source_type;
    let module = settings_input::module(installation, &arguments.settings.module, source_type, terminal)?;
    let mut settings = Settings(connection.settings.clone().into_iter().collect());
    for field in &arguments.unset {
        if settings.0.remove(field).is_none() {
            let title = format!("the field {field:?} is not set");
            return Err(Trouble::settings("settings.not_set", title, "See `beacon connection show`."));
        }
    }
    settings_input::apply(&module.manifest.form, &mut settings, &arguments.settings.set)?;
    let name = arguments.rename.clone().unwrap_or_else(|| connection.name.to_string());
    let present = connection.proxy.clone().filter(|_| !arguments.settings.no_proxy && !arguments.default_proxy);
    let profile = match &arguments.settings.profile {
        Some(name) => Some(name.clone()),
        None if arguments.no_profile => None,
        None => profile_name(installation, &connection)?,
    };
    let mut draft = settings_input::draft(&module, name, settings, present, profile, &arguments.settings, terminal)?;
    draft.labels = Some(changed_labels(&connection, &arguments.label, &arguments.remove_label)?);
    let mut changed = change(installation, &module, connection, draft).await?;
    changed.connection = settings_input::apply_proxy_choice(
        installation,
        changed.connection,
        &arguments.settings,
        arguments.default_proxy,
    )?;
    terminal.json(&serde_json::json!({ "connection": changed.connection }));
    terminal.result(&format!("Changed the connection {}.", changed.connection.name));
    for label in changed.disabled {
        terminal.note(&format!("Its {label} was stored for other addresses and is disabled: enter it again."));
    }
    Ok(Exit::Success)
}

/// The labels of a connection after some came and some went.
fn changed_labels(connection: &Connection, add: &[String], remove: &[String]) -> Result<BTreeSet<Label>, Trouble> {
    let [add, remove] = [add, remove].map(|texts| labels(texts.iter().map(String::as_str)));
    let (add, remove) = (add?, remove?);
    Ok(connection.labels.union(&add).filter(|label| !remove.contains(*label)).cloned().collect())
}

fn profile_name(installation: &Installation, connection: &Connection) -> Result<Option<String>, Trouble> {
    let profile = connection.profile.map(|id| installation.store().profile(id)).transpose()?;
    Ok(profile.map(|profile| profile.name.to_string()))
}

pub(crate) fn remove(installation: &Installation, name: &str, yes: bool, terminal: &Terminal) -> Result<Exit, Trouble> {
    let connection = installation.connection(name)?;
    let question =
        format!("Remove the connection {} with its secrets, its history and its imported usage?", connection.name);
    if !yes && !terminal.confirm(&question) {
        terminal.note("Nothing was removed.");
        return Ok(Exit::Cancelled);
    }
    beacon_operations::remove(installation, &connection, Packages::Keep)?;
    terminal.json(&serde_json::json!({ "removed": connection.name }));
    terminal.result(&format!(
        "Removed the connection {}. Its packages stay where they are.\n\
         Consent and app registration at Microsoft are not touched: remove them in the Entra admin center under \
         Enterprise applications, if nobody else uses them.",
        connection.name
    ));
    Ok(Exit::Success)
}
