//! Places that packages go to: adding them with their secret, trying them out, using them.

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_delivery::{Credential, DeliveryError, Destination as Ready, Upload, UploadAddress, UploadOptions};
use beacon_driver::Cancel;
use beacon_store::{
    Access, Action, Deed, Destination, DestinationId, DestinationName, DestinationSecret, NewDestination, StoreError,
    Target,
};
use beacon_vault::{InvalidOrigin, InvalidSlotName, Origin, Secret, SecretBinding, SlotName, VaultError};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// How the slots of destinations begin. No module can name one: a slot of a manifest has no dot.
const SLOT: &str = "destination.";

/// A destination as somebody entered it.
pub struct DestinationDraft {
    /// Its name, still unchecked.
    pub name: String,
    /// The place.
    pub place: DraftPlace,
    /// Whether packages that are not complete stay here.
    pub only_complete: bool,
}

/// A place as somebody entered it.
pub enum DraftPlace {
    /// A folder.
    Folder(PathBuf),
    /// A server that takes uploads.
    Upload {
        /// Its address, still unchecked.
        address: String,
        /// What is shown at its door.
        credential: Credential,
    },
}

/// A certificate with its private key, from the two files that a person has.
#[must_use]
pub fn client_certificate(certificate: &Secret, key: &Secret) -> Credential {
    let mut pem = Vec::with_capacity(certificate.expose().len() + key.expose().len() + 1);
    pem.extend_from_slice(key.expose());
    pem.push(b'\n');
    pem.extend_from_slice(certificate.expose());
    Credential::ClientCertificate(Secret::new(pem))
}

/// Adds a destination with its secret, or nothing. It gets the packages of runs that end from now on.
///
/// # Errors
/// [`Trouble`] about the name, the folder, the address or the credential.
pub fn add(installation: &Installation, draft: DestinationDraft) -> Result<Destination, Trouble> {
    let name: DestinationName = draft.name.parse().map_err(|error: beacon_store::InvalidInput| {
        Trouble::settings("delivery.name", &error, "Choose another name.").about("name")
    })?;
    let id = DestinationId::from(Uuid::new_v4());
    let (target, secret) = match draft.place {
        DraftPlace::Folder(folder) => (Target::Folder { folder: usable_folder(installation, &folder)? }, None),
        DraftPlace::Upload { address, credential } => {
            let address = upload_address(&address)?;
            // Made once, so that what cannot be used is refused now and not in the night.
            Upload::new(address.clone(), &credential, options(installation)?)?;
            let (access, username, secret) = parts(credential);
            let sealed = secret.map(|secret| seal(installation, id, &address, access, &secret)).transpose()?;
            (Target::Upload { address: address.to_string(), access, username }, sealed)
        }
    };
    let new = NewDestination { id, name: name.clone(), target, only_complete: draft.only_complete };
    installation.store().insert_destination(&new, secret.as_ref(), Installation::now()).map_err(|error| {
        let about_name = matches!(error, StoreError::DestinationNameTaken { .. });
        let trouble = Trouble::from(error);
        if about_name { trouble.about("name") } else { trouble }
    })?;
    find(installation, name.as_str())
}

/// The destination of a name, or an error that lists what there is.
///
/// # Errors
/// [`Trouble`] if there is none.
pub fn find(installation: &Installation, name: &str) -> Result<Destination, Trouble> {
    let store = installation.store();
    if let Some(destination) = store.destination_by_name(name)? {
        return Ok(destination);
    }
    let names: Vec<String> = store.destinations()?.iter().map(|one| one.name.to_string()).collect();
    let advice = if names.is_empty() {
        "Add one with `beacon destination add NAME`.".to_owned()
    } else {
        format!("Destinations: {}.", names.join(", "))
    };
    Err(Trouble::settings("destination.unknown", format!("there is no destination named {name:?}"), advice))
}

/// Removes a destination with its secret and what waits for it. What was delivered stays where it is.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn remove(installation: &Installation, destination: &Destination) -> Result<(), Trouble> {
    installation.store().delete_destination(destination.id)?;
    Ok(())
}

/// Tries a destination out with a small file. Gives `false` if that file could not be removed again.
///
/// # Errors
/// [`Trouble`] that a delivery would meet.
pub async fn test(installation: &Installation, destination: &Destination, cancel: &Cancel) -> Result<bool, Trouble> {
    let attempt = async { Ok(ready(installation, destination)?.test(cancel).await?) }.await;
    let deed = Deed::new(Action::DestinationTested, "destination", destination.id, &destination.name);
    installation.record_attempt(deed, attempt)
}

/// A destination ready to be used, with its secret unlocked.
pub(crate) fn ready(installation: &Installation, destination: &Destination) -> Result<Ready, Trouble> {
    match &destination.target {
        Target::Folder { folder } => Ok(Ready::Folder(folder.clone())),
        Target::Upload { address, access, username } => {
            let address = upload_address(address)?;
            let credential = match access {
                Access::Open => Credential::Open,
                Access::Bearer => Credential::Bearer(open(installation, destination.id, &address, *access)?),
                Access::Basic => Credential::Basic {
                    username: username.clone().unwrap_or_default(),
                    password: open(installation, destination.id, &address, *access)?,
                },
                Access::ClientCertificate => {
                    Credential::ClientCertificate(open(installation, destination.id, &address, *access)?)
                }
            };
            Ok(Ready::Upload(Box::new(Upload::new(address, &credential, options(installation)?)?)))
        }
    }
}

pub(crate) fn upload_address(text: &str) -> Result<UploadAddress, Trouble> {
    text.parse().map_err(|error: beacon_delivery::InvalidAddress| {
        let advice = "Write the address below which packages go, as in https://files.example.com/beacon/.";
        Trouble::settings("delivery.invalid_address", error, advice).about("address")
    })
}

/// A folder that is there and is none of ours: what lies in the data folder is no copy of what lies in the data folder.
fn usable_folder(installation: &Installation, folder: &Path) -> Result<PathBuf, Trouble> {
    let absolute = std::path::absolute(folder).and_then(|folder| folder.canonicalize().map(|_| folder));
    let Some(absolute) = absolute.ok().filter(|folder| folder.is_dir()) else {
        return Err(Trouble::from(DeliveryError::FolderMissing { folder: folder.to_owned() }).about("folder"));
    };
    refuse_own_folder(installation, &absolute)?;
    Ok(absolute)
}

/// Refuses a folder below the data folder.
pub(crate) fn refuse_own_folder(installation: &Installation, folder: &Path) -> Result<(), Trouble> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if real(folder).starts_with(real(installation.folders.root())) {
        let title = format!("the folder {} lies in beacon's own data folder", folder.display());
        let advice = "Choose a folder elsewhere, best on another disk.";
        return Err(Trouble::settings("delivery.own_folder", title, advice).about("folder"));
    }
    Ok(())
}

fn options(installation: &Installation) -> Result<UploadOptions, Trouble> {
    Ok(UploadOptions { extra_authorities: installation.extra_authorities()?, addresses: installation.addresses() })
}

fn parts(credential: Credential) -> (Access, Option<String>, Option<Secret>) {
    match credential {
        Credential::Open => (Access::Open, None, None),
        Credential::Bearer(token) => (Access::Bearer, None, Some(token)),
        Credential::Basic { username, password } => (Access::Basic, Some(username), Some(password)),
        Credential::ClientCertificate(pem) => (Access::ClientCertificate, None, Some(pem)),
    }
}

fn seal(
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

impl From<DeliveryError> for Trouble {
    fn from(error: DeliveryError) -> Self {
        Self::new(error.kind(), error.code(), &error, error.next_step()).caused_by(&error)
    }
}
