//! Storing and changing connections.

use crate::credential_profiles::{self, NEXT_CERTIFICATE, governs};
use crate::draft::{Draft, check_draft, configured, tenant_key};
use crate::expiring::{CLIENT_CERTIFICATE, CLIENT_SECRET};
use crate::installation::Installation;
use crate::modules::Module;
use crate::secrets::Secrets;
use crate::trouble::Trouble;
use beacon_contract::{Settings, SlotName};
use beacon_driver::SecretSlots as _;
use beacon_store::{Connection, ConnectionId, ConnectionName, CredentialProfile, NewConnection, Store, StoreError};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Slots of the credentials that a profile takes the place of.
pub(crate) const OWN_CREDENTIALS: [&str; 3] = [CLIENT_SECRET, CLIENT_CERTIFICATE, NEXT_CERTIFICATE];

/// A connection after a change.
pub struct Changed {
    /// As it is stored now.
    pub connection: Connection,
    /// Labels of secrets that are disabled: they were stored for other addresses and have to be entered again.
    pub disabled: Vec<String>,
}

/// Adds a connection with its secrets, or nothing.
///
/// # Errors
/// [`Trouble`] with the fields that are wrong; a taken name; a tenant that is connected already.
pub async fn create(installation: &Installation, module: &Module, mut draft: Draft) -> Result<Connection, Trouble> {
    let name = connection_name(&draft.name)?;
    let profile = take_profile(installation, module, &mut draft)?;
    sound(installation, module, &draft, shared_slot(profile.as_ref())).await?;
    let new = NewConnection {
        id: ConnectionId::from(Uuid::new_v4()),
        name,
        source_type: module.manifest.source_type.clone(),
        module_id: module.manifest.id.to_string(),
        tenant_key: tenant_key(module, &draft.settings),
        settings: draft.settings.0.clone().into_iter().collect(),
        proxy: draft.proxy.clone(),
        profile: profile.map(|profile| profile.id),
    };
    let connection = insert(&mut installation.store(), new, &draft).map_err(named)?;
    if let Err(trouble) = store_secrets(installation, &connection, module, &draft) {
        // Without its secrets the connection would look finished; better nothing than half of it.
        installation.store().delete_connection(connection.id)?;
        return Err(trouble);
    }
    Ok(connection)
}

/// Changes a connection, as it was read.
///
/// # Errors
/// As for [`create`]; if somebody else changed it since it was read; while this process imports it.
pub async fn change(
    installation: &Installation,
    module: &Module,
    mut connection: Connection,
    mut draft: Draft,
) -> Result<Changed, Trouble> {
    installation.at_work().none_of(&connection)?;
    let before = Settings(connection.settings.clone().into_iter().collect());
    let profile = take_profile(installation, module, &mut draft)?;
    let mut present = Secrets::open(installation, connection.id)?.configured();
    present.extend(shared_slot(profile.as_ref()));
    sound(installation, module, &draft, present).await?;
    connection.name = connection_name(&draft.name)?;
    connection.proxy.clone_from(&draft.proxy);
    connection.profile = profile.map(|profile| profile.id);
    let tenant = tenant_key(module, &draft.settings);
    if tenant != connection.tenant_key {
        // Another tenant was named: what the first consent pinned belongs to the old one.
        connection.tenant_key = tenant;
        connection.tenant_id = None;
        connection.tenant_name = None;
        connection.consented_account = None;
        connection.granted_scopes.clear();
    }
    connection.settings = draft.settings.0.clone().into_iter().collect();
    let connection = update(&mut installation.store(), &connection, &draft).map_err(named)?;
    if connection.profile.is_some() {
        forget_own(installation, connection.id)?;
    }
    store_secrets(installation, &connection, module, &draft)?;
    let disabled = disabled_secrets(installation, &connection, module, &before, &draft.settings)?;
    Ok(Changed { connection, disabled })
}

/// The connection with its labels, or nothing.
fn insert(store: &mut Store, new: NewConnection, draft: &Draft) -> Result<Connection, StoreError> {
    store.together(|store| {
        let stored = store.insert_connection(new, draft.second, Installation::now())?;
        labelled(store, stored, draft)
    })
}

fn update(store: &mut Store, connection: &Connection, draft: &Draft) -> Result<Connection, StoreError> {
    store.together(|store| {
        let stored = store.update_connection(connection, draft.second, Installation::now())?;
        labelled(store, stored, draft)
    })
}

fn labelled(store: &mut Store, mut connection: Connection, draft: &Draft) -> Result<Connection, StoreError> {
    if let Some(labels) = &draft.labels {
        store.set_labels(connection.id, labels)?;
        connection.labels.clone_from(labels);
    }
    Ok(connection)
}

/// The profile that a draft names, with its settings filled in.
fn take_profile(
    installation: &Installation,
    module: &Module,
    draft: &mut Draft,
) -> Result<Option<CredentialProfile>, Trouble> {
    let Some(name) = &draft.profile else { return Ok(None) };
    let profile = credential_profiles::find(installation, name)?;
    if let Some(own) = draft.secrets.iter().find(|secret| governs(secret.slot.as_str())) {
        let title = format!("a {} was given, and a credential profile, which has one", own.slot);
        let advice = "Give one of them. The secret of a profile is replaced by `beacon profile edit`.";
        return Err(Trouble::settings("profile.own_secret", title, advice).about("profile"));
    }
    credential_profiles::fill(module, &profile, &mut draft.settings);
    credential_profiles::check(module, &profile, &draft.settings)?;
    Ok(Some(profile))
}

/// The slot that a profile fills.
fn shared_slot(profile: Option<&CredentialProfile>) -> BTreeSet<SlotName> {
    profile.and_then(|profile| SlotName::new(profile.kind.as_str()).ok()).into_iter().collect()
}

/// What a connection had of its own is of no use beside a profile, and what nobody uses does not lie around.
fn forget_own(installation: &Installation, connection: ConnectionId) -> Result<(), Trouble> {
    let secrets = Secrets::open(installation, connection)?;
    for slot in OWN_CREDENTIALS {
        secrets.forget(slot)?;
    }
    Ok(())
}

fn connection_name(text: &str) -> Result<ConnectionName, Trouble> {
    text.parse().map_err(|error: beacon_store::InvalidInput| {
        Trouble::settings("settings.connection_name", &error, "Choose another name.").about("name")
    })
}

/// A taken name is about its field.
fn named(error: StoreError) -> Trouble {
    let about_name = matches!(error, StoreError::NameTaken { .. });
    let trouble = Trouble::from(error);
    if about_name { trouble.about("name") } else { trouble }
}

async fn sound(
    installation: &Installation,
    module: &Module,
    draft: &Draft,
    present: BTreeSet<SlotName>,
) -> Result<(), Trouble> {
    let configured = configured(present, &draft.secrets);
    let errors = check_draft(&installation.folders, module, &draft.settings, configured).await?;
    if errors.is_empty() { Ok(()) } else { Err(Trouble::of_fields(&errors, &module.words())) }
}

/// Stores secrets bound to the origins that the settings now name.
fn store_secrets(
    installation: &Installation,
    connection: &Connection,
    module: &Module,
    draft: &Draft,
) -> Result<(), Trouble> {
    if draft.secrets.is_empty() && draft.proxy_password.is_none() {
        return Ok(());
    }
    let vault = Secrets::open(installation, connection.id)?;
    let effective = module.manifest.form.effective(&draft.settings);
    for secret in &draft.secrets {
        let slot = module.manifest.slot(&secret.slot);
        let origins = slot.into_iter().flat_map(|slot| &slot.origins);
        let origins = origins.filter_map(|origin| origin.exact_origin(&effective)).collect();
        vault.put(secret.slot.as_str(), &origins, &secret.value, secret.expires_on)?;
    }
    if let (Some(password), Some(proxy)) = (&draft.proxy_password, &connection.proxy) {
        vault.put_proxy_password(&proxy.server.to_url(), password)?;
    }
    Ok(())
}

/// Labels of secrets that the change of an address disabled.
pub(crate) fn disabled_secrets(
    installation: &Installation,
    connection: &Connection,
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
