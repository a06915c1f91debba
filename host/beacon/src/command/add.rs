//! `connection add`.

use crate::arguments::{AddArguments, SettingsArguments};
use crate::exit::Exit;
use crate::file;
use crate::installation::Installation;
use crate::modules::Module;
use crate::secrets::Secrets;
use crate::session;
use crate::settings_input::{self, GivenSecret};
use crate::terminal::Terminal;
use crate::trouble::Trouble;
use beacon_contract::{Settings, SlotName};
use beacon_store::{Connection, ConnectionId, ConnectionName, NewConnection, SecondConnection, TenantKey};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What `New` offers first.
const DEFAULT_SOURCE_TYPE: &str = "Microsoft 365";

pub(crate) async fn execute(
    installation: &Installation,
    arguments: &AddArguments,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let name: ConnectionName = arguments
        .name
        .parse()
        .map_err(|error| Trouble::settings("settings.connection_name", &error, "Choose another name."))?;
    let named = arguments.settings.module.file.as_deref();
    let source_type = arguments.source_type.as_deref().unwrap_or(DEFAULT_SOURCE_TYPE);
    let module = Module::find(&installation.folders, named, source_type)?;
    let mut settings = Settings::default();
    settings_input::apply(&module.manifest.form, &mut settings, &arguments.settings.set)?;
    let secrets = settings_input::secrets(&module, &arguments.settings)?;
    let proxy = settings_input::proxy(None, &arguments.settings)?;
    check(installation, &module, &settings, settings_input::configured(BTreeSet::new(), &secrets)).await?;
    let new = NewConnection {
        id: ConnectionId::from(Uuid::new_v4()),
        name,
        source_type: module.manifest.source_type.clone(),
        module_id: module.manifest.id.to_string(),
        tenant_key: tenant_key(&module, &settings),
        settings: settings.0.clone().into_iter().collect(),
        proxy,
    };
    let second = second(&arguments.settings);
    let connection = installation.store().insert_connection(new, second, Installation::now())?;
    if let Err(trouble) = store_secrets(installation, &connection, &module, &secrets, &arguments.settings) {
        // Without its secrets the connection would look finished; better nothing than half of it.
        installation.store().delete_connection(connection.id)?;
        return Err(trouble);
    }
    terminal.json(&serde_json::json!({ "connection": connection }));
    terminal.result(&format!("Added the connection {}.", connection.name));
    terminal.result(&next_step(&module, &settings, &connection));
    Ok(Exit::Success)
}

/// What to do after adding: applications can run at once, people have to sign in.
fn next_step(module: &Module, settings: &Settings, connection: &Connection) -> String {
    let effective = module.manifest.form.effective(settings);
    let application = effective.text("flow").is_some_and(|flow| flow.starts_with("client_"));
    let command = if application { "test" } else { "consent" };
    format!("Next: beacon connection {command} {:?}", connection.name.as_str())
}

pub(super) fn second(arguments: &SettingsArguments) -> SecondConnection {
    if arguments.second_connection { SecondConnection::Confirmed } else { SecondConnection::Refuse }
}

/// Tenant as the settings name it, if they do.
pub(super) fn tenant_key(module: &Module, settings: &Settings) -> Option<TenantKey> {
    let field = &module.manifest.profiles.first()?.tenant;
    settings.text(field.as_str()).map(TenantKey::new)
}

/// The form's own rules, then the module's.
pub(super) async fn check(
    installation: &Installation,
    module: &Module,
    settings: &Settings,
    configured: BTreeSet<SlotName>,
) -> Result<(), Trouble> {
    let mut errors = session::check(&installation.folders, module, settings, configured).await?;
    // A secret may follow later (`connection edit`), and a refresh token comes with the consent.
    errors.retain(|error| {
        let secret = module.manifest.form.field(&error.field);
        let missing = matches!(error.code.as_str(), "form.required");
        !(missing && secret.is_some_and(|field| matches!(field.kind, beacon_contract::FieldKind::Secret { .. })))
    });
    if errors.is_empty() { Ok(()) } else { Err(Trouble::of_fields(&errors, &module.words())) }
}

/// Stores secrets bound to the origins that the settings now name.
pub(super) fn store_secrets(
    installation: &Installation,
    connection: &Connection,
    module: &Module,
    secrets: &[GivenSecret],
    arguments: &SettingsArguments,
) -> Result<(), Trouble> {
    if secrets.is_empty() && arguments.proxy_password_file.is_none() {
        return Ok(());
    }
    let vault = Secrets::open(installation, connection.id)?;
    let given = Settings(connection.settings.clone().into_iter().collect());
    let effective = module.manifest.form.effective(&given);
    for secret in secrets {
        let slot = module.manifest.slot(&secret.slot);
        let origins = slot.into_iter().flat_map(|slot| &slot.origins);
        let origins = origins.filter_map(|origin| origin.exact_origin(&effective)).collect();
        vault.put(secret.slot.as_str(), &origins, &secret.value, secret.expires_on)?;
    }
    if let (Some(path), Some(proxy)) = (&arguments.proxy_password_file, &connection.proxy) {
        let password = file::read_secret(path, "--proxy-password-file")?;
        vault.put_proxy_password(&proxy.server.to_url(), &password)?;
    }
    Ok(())
}
