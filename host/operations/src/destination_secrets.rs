//! The secrets of destinations: sealed for one destination, one way to show them, and one origin.

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_delivery::{Credential, DeliveryError, UploadAddress};
use beacon_store::{Access, Destination, DestinationId, DestinationSecret, Target};
use beacon_vault::{InvalidOrigin, InvalidSlotName, Origin, Secret, SecretBinding, SlotName, VaultError};
use std::collections::BTreeSet;

/// How the slots of destinations begin. No module can name one: a slot of a manifest has no dot.
const SLOT: &str = "destination.";

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
    let secret = || open(installation, id, address, access);
    Ok(match access {
        Access::Open => Credential::Open,
        Access::Bearer => Credential::Bearer(secret()?),
        Access::Basic => Credential::Basic { username: username.unwrap_or_default(), password: secret()? },
        Access::ClientCertificate => Credential::ClientCertificate(secret()?),
    })
}

pub(crate) fn seal(
    installation: &Installation,
    id: DestinationId,
    address: &UploadAddress,
    access: Access,
    secret: &Secret,
) -> Result<DestinationSecret, Trouble> {
    let vault = installation.vault();
    let key = vault.create_data_key(id.into())?;
    let binding = binding(id, address, access)?;
    let value = vault.unlock(id.into(), std::slice::from_ref(&key))?.seal(&binding, 1, secret)?;
    Ok(DestinationSecret { keys: vec![key], slot: binding.slot, value })
}

fn open(
    installation: &Installation,
    id: DestinationId,
    address: &UploadAddress,
    access: Access,
) -> Result<Secret, Trouble> {
    let stored = installation.store().destination_secret(id)?;
    let stored = stored.ok_or(VaultError::NoDataKey { connection: id.into() })?;
    let keys = installation.vault().unlock(id.into(), &stored.keys)?;
    Ok(keys.open(&binding(id, address, access)?, &stored.value)?)
}

/// What the secret of a destination is tied to: the destination, the way it is shown, and the one origin it goes to.
fn binding(id: DestinationId, address: &UploadAddress, access: Access) -> Result<SecretBinding, Trouble> {
    let origin = address.origin().ok_or(DeliveryError::Credential { why: "it is sent over https only" })?;
    let origin: Origin = origin.parse().map_err(|error: InvalidOrigin| Trouble::unexpected(&error))?;
    let slot = format!("{SLOT}{}", access.as_str());
    let slot: SlotName = slot.parse().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))?;
    Ok(SecretBinding { connection: id.into(), slot, origins: BTreeSet::from([origin]) })
}

/// The one origin that the secret of a destination goes to; none for a folder.
pub(crate) fn origin(destination: &Destination) -> Option<String> {
    match &destination.target {
        Target::Folder { .. } => None,
        Target::Upload { address, .. } => address.parse::<UploadAddress>().ok()?.origin(),
    }
}
