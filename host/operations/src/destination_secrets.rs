//! The secrets of destinations: each sealed for one destination, one use, and the one origin that it goes to.

use crate::installation::Installation;
use crate::secrets::proxy_origin;
use crate::trouble::Trouble;
use beacon_delivery::{Credential, DeliveryError, UploadAddress};
use beacon_store::{
    Access, Destination, DestinationId, DestinationProxy, DestinationSecrets, ProxySettings, Store, Target,
};
use beacon_vault::{
    ConnectionKeys, InvalidOrigin, InvalidSlotName, Secret, SecretBinding, SlotName, Vault, VaultError,
};
use std::collections::BTreeSet;

/// How the slots of destinations begin. No module can name one: a slot of a manifest has no dot.
const SLOT: &str = "destination.";

/// The password of a destination's own proxy.
const PROXY_PASSWORD: &str = "destination.proxy_password";

/// A certificate with its private key, from the two files that a person has.
#[must_use]
pub fn client_certificate(certificate: &Secret, key: &Secret) -> Credential {
    let mut pem = Vec::with_capacity(certificate.expose().len() + key.expose().len() + 1);
    pem.extend_from_slice(key.expose());
    pem.push(b'\n');
    pem.extend_from_slice(certificate.expose());
    Credential::ClientCertificate(Secret::new(pem))
}

/// What of a credential is stored in the open, and what is sealed.
pub(crate) fn parts(credential: Credential) -> (Access, Option<String>, Option<Secret>) {
    match credential {
        Credential::Open => (Access::Open, None, None),
        Credential::Bearer(token) => (Access::Bearer, None, Some(token)),
        Credential::Basic { username, password } => (Access::Basic, Some(username), Some(password)),
        Credential::ClientCertificate(pem) => (Access::ClientCertificate, None, Some(pem)),
    }
}

/// The credential that is stored for a destination.
///
/// # Errors
/// [`Trouble`] if there is none, or it was sealed for another origin.
pub(crate) fn stored(
    installation: &Installation,
    id: DestinationId,
    address: &UploadAddress,
    access: Access,
    username: Option<String>,
) -> Result<Credential, Trouble> {
    let secret = || {
        let found = open(installation, id, &credential_binding(id, address, access)?)?;
        Ok::<_, Trouble>(found.ok_or(VaultError::NoDataKey { connection: id.into() })?)
    };
    Ok(match access {
        Access::Open => Credential::Open,
        Access::Bearer => Credential::Bearer(secret()?),
        Access::Basic => Credential::Basic { username: username.unwrap_or_default(), password: secret()? },
        Access::ClientCertificate => Credential::ClientCertificate(secret()?),
    })
}

/// The password that is stored for the own proxy of a destination, if there is one.
///
/// # Errors
/// [`Trouble`] of store and vault.
pub(crate) fn proxy_password(
    installation: &Installation,
    id: DestinationId,
    proxy: &ProxySettings,
) -> Result<Option<Secret>, Trouble> {
    open(installation, id, &proxy_binding(id, proxy)?)
}

/// Whether a password for the own proxy of a destination is stored.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn has_proxy_password(store: &Store, id: DestinationId) -> Result<bool, Trouble> {
    let slot: SlotName = PROXY_PASSWORD.parse().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))?;
    Ok(store.destination_secret(id, &slot)?.is_some())
}

/// Whether a secret is stored in the place of a binding, whatever it was sealed for.
///
/// # Errors
/// [`Trouble`] of the store.
pub(crate) fn is_stored(
    installation: &Installation,
    id: DestinationId,
    binding: &SecretBinding,
) -> Result<bool, Trouble> {
    Ok(installation.store().destination_secret(id, &binding.slot)?.is_some())
}

/// What the credential of a destination is tied to: the destination, the way it is shown, and the one origin it goes to.
///
/// # Errors
/// [`Trouble`] for an address that no credential may go to.
pub(crate) fn credential_binding(
    id: DestinationId,
    address: &UploadAddress,
    access: Access,
) -> Result<SecretBinding, Trouble> {
    let origin = address.origin().ok_or(DeliveryError::Credential { why: "it is sent over https only" })?;
    binding(id, &credential_slot(access), [origin].into())
}

/// The same for the password of its own proxy.
///
/// # Errors
/// [`Trouble`] for a server that cannot be an origin.
pub(crate) fn proxy_binding(id: DestinationId, proxy: &ProxySettings) -> Result<SecretBinding, Trouble> {
    binding(id, PROXY_PASSWORD, proxy_origin(&proxy.server.to_url()))
}

fn credential_slot(access: Access) -> String {
    format!("{SLOT}{}", access.as_str())
}

fn binding(id: DestinationId, slot: &str, origins: BTreeSet<String>) -> Result<SecretBinding, Trouble> {
    let origins = origins.iter().map(|origin| origin.parse()).collect::<Result<_, _>>();
    let origins = origins.map_err(|error: InvalidOrigin| Trouble::unexpected(&error))?;
    let slot: SlotName = slot.parse().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))?;
    Ok(SecretBinding { connection: id.into(), slot, origins })
}

/// The slots that a destination needs; a proxy without a user name has no password.
///
/// # Errors
/// [`Trouble`] that does not occur: the names are constants.
pub(crate) fn needed(target: &Target, proxy: &DestinationProxy) -> Result<Vec<SlotName>, Trouble> {
    let credential = match target {
        Target::Upload { access, .. } if *access != Access::Open => Some(credential_slot(*access)),
        _ => None,
    };
    let password = proxy.own().filter(|own| own.username.is_some()).map(|_| PROXY_PASSWORD.to_owned());
    let slots = credential.into_iter().chain(password).map(|slot| slot.parse());
    slots.collect::<Result<_, _>>().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))
}

/// Seals secrets for a destination: with its data key, or with a new one if it has none.
///
/// # Errors
/// [`Trouble`] of store and vault.
pub(crate) fn seal(
    store: &Store,
    vault: &Vault,
    id: DestinationId,
    secrets: &[(SecretBinding, Secret)],
    needed: Vec<SlotName>,
) -> Result<DestinationSecrets, Trouble> {
    if secrets.is_empty() {
        return Ok(DestinationSecrets { needed, ..DestinationSecrets::default() });
    }
    let mut keys = store.destination_keys(id)?;
    let key = if keys.is_empty() { Some(vault.create_data_key(id.into())?) } else { None };
    keys.extend(key.clone());
    let unlocked: ConnectionKeys = vault.unlock(id.into(), &keys)?;
    let mut values = Vec::new();
    for (binding, secret) in secrets {
        let before = store.destination_secret(id, &binding.slot)?;
        let version = before.map_or(1, |value| value.version.saturating_add(1));
        values.push((binding.slot.clone(), unlocked.seal(binding, version, secret)?));
    }
    Ok(DestinationSecrets { key, values, needed })
}

fn open(installation: &Installation, id: DestinationId, binding: &SecretBinding) -> Result<Option<Secret>, Trouble> {
    let store = installation.store();
    let Some(value) = store.destination_secret(id, &binding.slot)? else { return Ok(None) };
    let keys = installation.vault().unlock(binding.connection, &store.destination_keys(id)?)?;
    Ok(Some(keys.open(binding, &value)?))
}

/// The origins that a secret of a destination goes to today; none for what it does not need.
pub(crate) fn origins(destination: &Destination, slot: &SlotName) -> Option<BTreeSet<String>> {
    if slot.as_str() == PROXY_PASSWORD {
        return destination.proxy.own().map(|own| proxy_origin(&own.server.to_url()));
    }
    origin(destination).map(|origin| BTreeSet::from([origin]))
}

/// The one origin of a server that packages go to; none for a folder, and for plain http.
pub(crate) fn origin(destination: &Destination) -> Option<String> {
    match &destination.target {
        Target::Folder { .. } => None,
        Target::Upload { address, .. } => address.parse::<UploadAddress>().ok()?.origin(),
    }
}

/// Whether a slot is that of a proxy's password.
pub(crate) fn is_proxy_password(slot: &SlotName) -> bool {
    slot.as_str() == PROXY_PASSWORD
}
