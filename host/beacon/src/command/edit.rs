//! `connection edit` and `connection remove`.

use super::add;
use crate::arguments::EditArguments;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::modules::Module;
use crate::secrets::Secrets;
use crate::settings_input;
use crate::terminal::Terminal;
use crate::trouble::Trouble;
use crate::usage_files;
use beacon_contract::Settings;
use beacon_driver::SecretSlots as _;

pub(crate) async fn execute(
    installation: &Installation,
    arguments: &EditArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let mut connection = installation.connection(&arguments.name)?;
    let named = arguments.settings.module.file.as_deref();
    let module = Module::find(&installation.folders, named, &connection.source_type)?;
    let before = Settings(connection.settings.clone().into_iter().collect());
    let mut settings = before.clone();
    for field in &arguments.unset {
        if settings.0.remove(field).is_none() {
            let title = format!("the field {field:?} is not set");
            return Err(Trouble::settings("settings.not_set", title, "See `beacon connection show`."));
        }
    }
    settings_input::apply(&module.manifest.form, &mut settings, &arguments.settings.set)?;
    let given = settings_input::secrets(&module, &arguments.settings)?;
    let configured = Secrets::open(installation, connection.id)?.configured();
    add::check(installation, &module, &settings, settings_input::configured(configured, &given)).await?;
    if let Some(name) = &arguments.rename {
        connection.name = name
            .parse()
            .map_err(|error| Trouble::settings("settings.connection_name", &error, "Choose another name."))?;
    }
    let present = connection.proxy.take().filter(|_| !arguments.no_proxy);
    connection.proxy = settings_input::proxy(present, &arguments.settings)?;
    let tenant = add::tenant_key(&module, &settings);
    if tenant != connection.tenant_key {
        // Another tenant was named: what the first consent pinned belongs to the old one.
        connection.tenant_key = tenant;
        connection.tenant_id = None;
        connection.tenant_name = None;
        connection.consented_account = None;
        connection.granted_scopes.clear();
    }
    connection.settings = settings.0.clone().into_iter().collect();
    let second = add::second(&arguments.settings);
    let connection = installation.store().update_connection(&connection, second, Installation::now())?;
    add::store_secrets(installation, &connection, &module, &given, &arguments.settings)?;
    terminal.json(&serde_json::json!({ "connection": connection }));
    terminal.result(&format!("Changed the connection {}.", connection.name));
    for label in disabled_secrets(installation, &connection, &module, &before, &settings)? {
        terminal.note(&format!("Its {label} was stored for other addresses and is disabled: enter it again."));
    }
    Ok(Exit::Success)
}

/// Labels of secrets that the change of an address disabled.
fn disabled_secrets(
    installation: &Installation,
    connection: &beacon_store::Connection,
    module: &Module,
    before: &Settings,
    after: &Settings,
) -> Result<Vec<String>, Trouble> {
    let form = &module.manifest.form;
    let (before, after) = (form.effective(before), form.effective(after));
    let secrets = Secrets::open(installation, connection.id)?;
    let configured = secrets.configured();
    let moved =
        module.manifest.slots.iter().filter(|slot| configured.contains(&slot.name)).filter(|slot| {
            slot.origins.iter().any(|origin| origin.exact_origin(&before) != origin.exact_origin(&after))
        });
    let disabled = moved.filter(|slot| {
        let origins = slot.origins.iter().filter_map(|origin| origin.exact_origin(&after)).collect();
        secrets.read(&slot.name, &origins).is_err()
    });
    Ok(disabled.map(|slot| slot.label.clone()).collect())
}

pub(crate) fn remove(installation: &Installation, name: &str, yes: bool, terminal: &Terminal) -> Result<Exit, Trouble> {
    let connection = installation.connection(name)?;
    let question =
        format!("Remove the connection {} with its secrets, its history and its imported usage?", connection.name);
    if !yes && !terminal.confirm(&question) {
        terminal.note("Nothing was removed.");
        return Ok(Exit::Cancelled);
    }
    // What was imported about people goes first: without the connection nobody would find it any more.
    usage_files::forget(installation, connection.id)?;
    installation.store().delete_connection(connection.id)?;
    terminal.json(&serde_json::json!({ "removed": connection.name }));
    terminal.result(&format!(
        "Removed the connection {}. Its packages stay where they are.\n\
         Consent and app registration at Microsoft are not touched: remove them in the Entra admin center under \
         Enterprise applications, if nobody else uses them.",
        connection.name
    ));
    Ok(Exit::Success)
}
