//! Credential profiles: one client id with its secret or certificate for any number of connections. One rotation, one
//! warning.

use crate::expiring::{CLIENT_CERTIFICATE, CLIENT_SECRET, last_valid_day};
use crate::installation::Installation;
use crate::modules::Module;
use crate::proxy;
use crate::trouble::Trouble;
use beacon_contract::{Settings, SlotName as ModuleSlot};
use beacon_driver::{SlotError, read_certificate};
use beacon_store::{
    Connection, CredentialKind, CredentialProfile, CredentialProfileId, ProfileChange, ProfileSecret, StoreError,
};
use beacon_vault::{ConnectionKeys, Origin, Secret, SecretBinding, SlotName};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What a profile holds, as somebody gave it.
pub enum GivenCredential {
    /// A client secret, and the day on which it expires, if somebody said so.
    Secret(Secret, Option<Date>),
    /// A certificate with its private key, PEM.
    Certificate(Secret),
}

/// A profile as somebody entered it.
pub struct ProfileDraft {
    /// Its name, still unchecked.
    pub name: String,
    /// The app registration, still unchecked.
    pub client_id: String,
    /// Its credential.
    pub credential: GivenCredential,
    /// Where the credential may go, still unchecked.
    pub origins: Vec<String>,
}

/// What is to be different about a profile.
#[derive(Default)]
pub struct ProfileEdit {
    /// Another name.
    pub name: Option<String>,
    /// Another app registration.
    pub client_id: Option<String>,
    /// A new credential.
    pub credential: Option<GivenCredential>,
    /// Other places where it may go.
    pub origins: Option<Vec<String>>,
}

/// Adds a profile with its credential, or nothing.
///
/// # Errors
/// [`Trouble`] about the name, the client id, the origins or the credential.
pub fn add(installation: &Installation, draft: ProfileDraft) -> Result<CredentialProfile, Trouble> {
    let now = Installation::now();
    let (kind, value, expires_on) = parts(draft.credential)?;
    let profile = CredentialProfile {
        id: CredentialProfileId::from(Uuid::new_v4()),
        name: name(&draft.name)?,
        client_id: client_id(&draft.client_id)?,
        kind,
        origins: origins(&draft.origins)?,
        expires_on,
        stored_at: now,
        next_until: None,
        created_at: now,
        updated_at: now,
    };
    let secret = seal(installation, &profile, kind.as_str(), &value)?;
    installation.store().insert_profile(&profile, Some(&secret)).map_err(named)?;
    Ok(profile)
}

/// Changes a profile and, where its client id or its kind is another one, the settings of all connections that use it.
///
/// # Errors
/// As for [`add`]; other origins without the credential, which is sealed for the old ones.
pub fn edit(
    installation: &Installation,
    profile: &CredentialProfile,
    edit: ProfileEdit,
) -> Result<CredentialProfile, Trouble> {
    let now = Installation::now();
    let mut changed = profile.clone();
    changed.updated_at = now;
    if let Some(text) = &edit.name {
        changed.name = name(text)?;
    }
    if let Some(text) = &edit.client_id {
        changed.client_id = client_id(text)?;
    }
    if let Some(texts) = &edit.origins {
        changed.origins = origins(texts)?;
        if changed.origins != profile.origins && edit.credential.is_none() {
            let title = "the stored credential is sealed for the origins that the profile has now";
            let advice = "Give the secret or the certificate again, together with the new origins.";
            return Err(Trouble::settings("profile.origins_need_credential", title, advice).about("origins"));
        }
    }
    let mut change = ProfileChange::default();
    if let Some(credential) = edit.credential {
        let (kind, value, expires_on) = parts(credential)?;
        (changed.kind, changed.expires_on, changed.stored_at) = (kind, expires_on, now);
        change.secret = Some(seal(installation, &changed, kind.as_str(), &value)?);
        if kind != profile.kind {
            change.forgotten.push(slot(profile.id, profile.kind.as_str())?);
        }
        if changed.origins != profile.origins && changed.next_until.take().is_some() {
            change.forgotten.push(slot(profile.id, NEXT_CERTIFICATE)?);
        }
    }
    change.connections = followers(installation, &changed)?;
    installation.store().update_profile(&changed, &change, now).map_err(named)?;
    Ok(changed)
}

/// Removes a profile with its credential.
///
/// # Errors
/// [`Trouble`] with the names of the connections that use it.
pub fn remove(installation: &Installation, profile: &CredentialProfile) -> Result<(), Trouble> {
    let slots = [CLIENT_SECRET, CLIENT_CERTIFICATE, NEXT_CERTIFICATE].map(|name| slot(profile.id, name));
    let slots: Vec<SlotName> = slots.into_iter().collect::<Result<_, _>>()?;
    Ok(installation.store().delete_profile(profile.id, &slots)?)
}

/// The profile of a name, or an error that lists what there is.
///
/// # Errors
/// [`Trouble`] if there is none.
pub fn find(installation: &Installation, name: &str) -> Result<CredentialProfile, Trouble> {
    let store = installation.store();
    if let Some(profile) = store.profile_by_name(name)? {
        return Ok(profile);
    }
    let names: Vec<String> = store.profiles()?.iter().map(|one| one.name.to_string()).collect();
    let advice = if names.is_empty() {
        "Add one with `beacon profile add NAME`.".to_owned()
    } else {
        format!("Credential profiles: {}.", names.join(", "))
    };
    let title = format!("there is no credential profile named {name:?}");
    Err(Trouble::settings("profile.unknown", title, advice).about("profile"))
}

/// The connections that use a profile, by name.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn used_by(installation: &Installation, profile: CredentialProfileId) -> Result<Vec<Connection>, Trouble> {
    let mut connections = installation.store().connections()?;
    connections.retain(|connection| connection.profile == Some(profile));
    Ok(connections)
}

/// Slot of a certificate that was made and is not in use yet. No module can name it: a slot of a manifest has no dot.
pub(crate) const NEXT_CERTIFICATE: &str = "client_certificate.next";

/// Whether a profile fills this slot of a connector, or keeps it empty.
pub(crate) fn governs(slot: &str) -> bool {
    matches!(slot, CLIENT_SECRET | CLIENT_CERTIFICATE)
}

/// Fills in what follows from the profile: the app registration, and the way of signing in that its credential is for.
pub(crate) fn fill(module: &Module, profile: &CredentialProfile, settings: &mut Settings) {
    let manifest = &module.manifest;
    let Some(grants) = manifest.profiles.first() else { return };
    settings.set(grants.client_id.as_str(), profile.client_id.as_str());
    show_slot(module, profile.kind.as_str(), settings);
}

/// Chooses what makes the form show the field of a slot: the way of signing in that it is for.
pub(crate) fn show_slot(module: &Module, slot_name: &str, settings: &mut Settings) {
    let form = &module.manifest.form;
    let chosen = form.shows_slot(slot_name, settings);
    for (field, value) in chosen {
        settings.set(field.as_str(), value);
    }
}

/// Refuses a connection that would send the credential elsewhere than where it may go.
pub(crate) fn check(module: &Module, profile: &CredentialProfile, settings: &Settings) -> Result<(), Trouble> {
    let slot = ModuleSlot::new(profile.kind.as_str()).ok().and_then(|slot| module.manifest.slot(&slot));
    let Some(slot) = slot else {
        let title = format!("the connector {} takes no {}", module.manifest.source_type, profile.kind.as_str());
        return Err(Trouble::settings("profile.not_for_it", title, "Use another profile.").about("profile"));
    };
    let effective = module.manifest.form.effective(settings);
    for wanted in slot.origins.iter().filter_map(|origin| origin.exact_origin(&effective)) {
        if !wanted.parse::<Origin>().is_ok_and(|origin| profile.origins.contains(&origin)) {
            let title = format!("the credential profile {} may not be sent to {wanted}", profile.name);
            let advice = "Use a profile of that cloud, or give the profile this origin together with its credential: \
                          `beacon profile edit NAME --origin …`.";
            return Err(Trouble::settings("profile.other_origin", title, advice).about("profile"));
        }
    }
    Ok(())
}

/// Connections of a changed profile whose settings are to follow.
pub(crate) fn followers(installation: &Installation, profile: &CredentialProfile) -> Result<Vec<Connection>, Trouble> {
    let mut modules: BTreeMap<String, Module> = BTreeMap::new();
    let mut changed = Vec::new();
    for mut connection in used_by(installation, profile.id)? {
        let source_type = connection.source_type.clone();
        if !modules.contains_key(&source_type) {
            modules.insert(source_type.clone(), Module::find(&installation.folders, None, &source_type)?);
        }
        let Some(module) = modules.get(&source_type) else { continue };
        let mut settings = Settings(connection.settings.clone().into_iter().collect());
        fill(module, profile, &mut settings);
        check(module, profile, &settings)?;
        let settings = settings.0.into_iter().collect();
        if connection.settings != settings {
            connection.settings = settings;
            changed.push(connection);
        }
    }
    Ok(changed)
}

/// The credential of a profile, unlocked.
pub(crate) struct ProfileSecrets {
    pub(crate) profile: CredentialProfile,
    keys: ConnectionKeys,
    owner: Uuid,
}

impl ProfileSecrets {
    pub(crate) fn open(installation: &Installation, profile: CredentialProfile) -> Result<Self, Trouble> {
        let owner = installation.store().installation();
        Ok(Self { profile, keys: proxy::keys(installation)?, owner })
    }

    /// The secret for a slot that is about to be sent to `origins`; `None` if the profile holds another kind.
    pub(crate) fn read(
        &self,
        store: &beacon_store::Store,
        slot_name: &str,
        origins: &BTreeSet<String>,
    ) -> Result<Option<Secret>, SlotError> {
        if slot_name != self.profile.kind.as_str() {
            return Ok(None);
        }
        let allowed = |text: &String| text.parse::<Origin>().is_ok_and(|origin| self.profile.origins.contains(&origin));
        if origins.is_empty() || !origins.iter().all(allowed) {
            let message = format!("the credential profile {} may not be sent there", self.profile.name);
            return Err(SlotError { code: "profile.other_origin", message });
        }
        self.load(store, slot_name)
    }

    /// What lies in a slot of the profile. The origins of the profile are authenticated with it, whatever the row says.
    pub(crate) fn load(&self, store: &beacon_store::Store, slot_name: &str) -> Result<Option<Secret>, SlotError> {
        let binding = binding(self.owner, &self.profile, slot_name)
            .map_err(|trouble| SlotError { code: "vault.binding", message: trouble.title })?;
        let failed = |error: &StoreError| SlotError { code: error.code(), message: error.to_string() };
        let value = store.installation_secret(&binding.slot).map_err(|error| failed(&error))?;
        let opened = value.map(|value| self.keys.open(&binding, &value));
        opened.transpose().map_err(|error| crate::secrets::vault_error(&error))
    }
}

/// Seals a secret for a profile and its origins, as the next version of its slot.
pub(crate) fn seal(
    installation: &Installation,
    profile: &CredentialProfile,
    slot_name: &str,
    value: &Secret,
) -> Result<ProfileSecret, Trouble> {
    let keys = proxy::keys(installation)?;
    let store = installation.store();
    let binding = binding(store.installation(), profile, slot_name)?;
    let version = store.installation_secret(&binding.slot)?.map_or(1, |value| value.version.saturating_add(1));
    Ok(ProfileSecret { value: keys.seal(&binding, version, value)?, slot: binding.slot })
}

fn binding(owner: Uuid, profile: &CredentialProfile, slot_name: &str) -> Result<SecretBinding, Trouble> {
    let slot = slot(profile.id, slot_name)?;
    Ok(SecretBinding { connection: owner.into(), slot, origins: profile.origins.clone() })
}

/// Where a profile's secret lies among the secrets of the installation.
pub(crate) fn slot(profile: CredentialProfileId, slot_name: &str) -> Result<SlotName, Trouble> {
    let slot = format!("profile.{profile}.{slot_name}").parse();
    slot.map_err(|error: beacon_vault::InvalidSlotName| Trouble::unexpected(&error))
}

fn parts(credential: GivenCredential) -> Result<(CredentialKind, Secret, Option<Date>), Trouble> {
    match credential {
        GivenCredential::Secret(value, expires_on) => Ok((CredentialKind::ClientSecret, value, expires_on)),
        GivenCredential::Certificate(pem) => {
            let facts = read_certificate(pem.expose())?;
            Ok((CredentialKind::ClientCertificate, pem, Some(last_valid_day(&facts))))
        }
    }
}

pub(crate) fn name(text: &str) -> Result<beacon_store::CredentialProfileName, Trouble> {
    text.parse().map_err(|error: beacon_store::InvalidInput| {
        Trouble::settings("profile.name", &error, "Choose another name.").about("name")
    })
}

pub(crate) fn client_id(text: &str) -> Result<String, Trouble> {
    Uuid::try_parse(text.trim()).map(|id| id.hyphenated().to_string()).map_err(|_| {
        let title = format!("{text:?} is no application (client) id");
        let advice = "Copy it from the overview page of the app registration: 8-4-4-4-12 hexadecimal digits.";
        Trouble::settings("profile.client_id", title, advice).about("client_id")
    })
}

pub(crate) fn origins(texts: &[String]) -> Result<BTreeSet<Origin>, Trouble> {
    let read = |text: &String| {
        text.parse().map_err(|error: beacon_vault::InvalidOrigin| {
            let title = format!("a place where the credential may go is wrong: {error}");
            let advice = "Write scheme and host, as in https://login.microsoftonline.com.";
            Trouble::settings("profile.origin", title, advice).about("origins")
        })
    };
    texts.iter().map(read).collect()
}

/// A taken name is about its field.
fn named(error: StoreError) -> Trouble {
    let about_name = matches!(error, StoreError::ProfileNameTaken { .. });
    let trouble = Trouble::from(error);
    if about_name { trouble.about("name") } else { trouble }
}
