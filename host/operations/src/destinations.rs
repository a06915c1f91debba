//! Places that packages go to: adding and changing them with their secret, trying them out, using them.

use crate::destination_secrets::{
    credential_binding, is_stored, needed, parts, proxy_binding, proxy_password, seal, stored,
};
use crate::draft::proxy_server;
use crate::installation::Installation;
use crate::proxy::{access_to, default_access};
use crate::trouble::Trouble;
use beacon_delivery::{DeliveryError, Destination as Ready, Upload, UploadAddress, UploadOptions};
use beacon_driver::{Bypass, Cancel, ProxyAccess, driver_text};
use beacon_store::{
    Access, Action, Deed, Destination, DestinationId, DestinationName, DestinationProxy, DestinationSecrets,
    NewDestination, ProxySettings, StoreError, Target,
};
use beacon_vault::{Secret, SecretBinding};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use uuid::Uuid;

pub use crate::destination_secrets::{client_certificate, has_proxy_password};
pub use beacon_delivery::Credential;

/// A destination as somebody entered it.
pub struct DestinationDraft {
    /// Its name, still unchecked.
    pub name: String,
    /// The place.
    pub place: DraftPlace,
    /// Whether packages that are not complete stay here.
    pub only_complete: bool,
    /// How a server is reached; of no use to a folder.
    pub proxy: DraftProxy,
}

/// A way to a server as somebody entered it.
pub enum DraftProxy {
    /// Straight.
    None,
    /// Through the default proxy of the installation, if there is one.
    Default,
    /// Through a proxy of its own.
    Own {
        /// Its address, still unchecked.
        server: String,
        /// The user name for one that asks for it.
        username: Option<String>,
        /// Its password; `None` leaves the stored one, which belongs to its server.
        password: Option<Secret>,
    },
}

/// A place as somebody entered it.
pub enum DraftPlace {
    /// A folder, by its whole path.
    Folder(PathBuf),
    /// A server that takes uploads.
    Upload {
        /// Its address, still unchecked.
        address: String,
        /// What is shown at its door.
        credential: DraftCredential,
    },
}

/// What somebody entered to be shown at the door of a server.
pub enum DraftCredential {
    /// This one.
    New(Credential),
    /// The one that is stored, which belongs to its way of being shown and to one server.
    Stored {
        /// How it is shown.
        access: Access,
        /// The user name, for [`Access::Basic`].
        username: Option<String>,
    },
}

/// Adds a destination with its secret, or nothing. It gets the packages of runs that end from now on.
///
/// # Errors
/// [`Trouble`] about the fields `name`, `folder`, `address`, `username`, `secret`, and `proxy.server`, `proxy.username`,
/// `proxy.password`.
pub fn add(installation: &Installation, draft: DestinationDraft) -> Result<Destination, Trouble> {
    let name = destination_name(&draft.name)?;
    let id = DestinationId::from(Uuid::new_v4());
    let Placed { target, proxy, secrets } = place(installation, id, draft.place, draft.proxy, None)?;
    let new = NewDestination { id, name: name.clone(), target, only_complete: draft.only_complete, proxy };
    installation.store().insert_destination(&new, &secrets, Installation::now()).map_err(named)?;
    find(installation, name.as_str())
}

/// Changes a destination, or nothing. What waits for it goes to where it leads from now on, and is tried anew.
///
/// # Errors
/// As for [`add`]. A stored credential belongs to its server: for another one it has to be entered again.
pub fn change(
    installation: &Installation,
    destination: &Destination,
    draft: DestinationDraft,
) -> Result<Destination, Trouble> {
    let name = destination_name(&draft.name)?;
    let id = destination.id;
    let Placed { target, proxy, secrets } = place(installation, id, draft.place, draft.proxy, Some(destination))?;
    let changed = NewDestination { id, name: name.clone(), target, only_complete: draft.only_complete, proxy };
    let mut store = installation.store();
    store.update_destination(&changed, &secrets).map_err(named)?;
    installation.sending().stop(id);
    drop(store);
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
    let mut store = installation.store();
    store.delete_destination(destination.id)?;
    installation.sending().stop(destination.id);
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
        Target::Folder { folder } => Ok(Ready::Folder { root: folder.clone(), writer: destination.id.to_string() }),
        Target::Upload { address, access, username } => {
            let address = upload_address(address)?;
            let credential = stored(installation, destination.id, &address, *access, username.clone())?;
            let proxy = proxy_access(installation, destination)?;
            Ok(Ready::Upload(Box::new(Upload::new(address, &credential, options(installation, proxy)?)?)))
        }
    }
}

/// The proxy that leads to a destination, with its password.
///
/// # Errors
/// [`Trouble`] of store and vault.
pub(crate) fn proxy_access(
    installation: &Installation,
    destination: &Destination,
) -> Result<Option<ProxyAccess>, Trouble> {
    Ok(match &destination.proxy {
        DestinationProxy::None => None,
        DestinationProxy::Default => default_access(installation)?,
        DestinationProxy::Own(own) => {
            let password = proxy_password(installation, destination.id, own)?;
            Some(access_to(own.clone(), password, Bypass::default()))
        }
    })
}

/// A place that can be stored: what it is, how it is reached, and its new secrets.
struct Placed {
    target: Target,
    proxy: DestinationProxy,
    secrets: DestinationSecrets,
}

/// Checks a place. `before` is what a change begins with.
fn place(
    installation: &Installation,
    id: DestinationId,
    place: DraftPlace,
    proxy: DraftProxy,
    before: Option<&Destination>,
) -> Result<Placed, Trouble> {
    let (address, credential) = match place {
        DraftPlace::Folder(folder) => {
            let same = before.is_some_and(|before| before.target == Target::Folder { folder: folder.clone() });
            // A drive that is not connected just now is no reason to refuse another name.
            let folder = if same { folder } else { usable_folder(installation, &folder)? };
            let target = Target::Folder { folder };
            return Ok(Placed { target, proxy: DestinationProxy::None, secrets: DestinationSecrets::default() });
        }
        DraftPlace::Upload { address, credential } => (upload_address(&address)?, credential),
    };
    let (credential, is_new) = match credential {
        DraftCredential::New(credential) => (credential, true),
        DraftCredential::Stored { access, username } => {
            check_stored(installation, id, &address, access, before.map(|before| &before.target))?;
            (stored(installation, id, &address, access, username)?, false)
        }
    };
    check_username(&credential)?;
    let mut secrets = Vec::new();
    let (proxy, access) = way(installation, id, proxy, before, &mut secrets)?;
    // Made once, so that what cannot be used is refused now and not in the night.
    Upload::new(address.clone(), &credential, options(installation, access)?).map_err(at_its_field)?;
    let (access, username, secret) = parts(credential);
    if let Some(secret) = secret.filter(|_| is_new) {
        secrets.push((credential_binding(id, &address, access)?, secret));
    }
    let target = Target::Upload { address: address.to_string(), access, username };
    let needed = needed(&target, &proxy)?;
    let secrets = seal(&installation.store(), &installation.vault(), id, &secrets, needed)?;
    Ok(Placed { target, proxy, secrets })
}

/// How a server is reached, and the proxy of it ready to be used; a new password is added to the secrets to store.
fn way(
    installation: &Installation,
    id: DestinationId,
    proxy: DraftProxy,
    before: Option<&Destination>,
    secrets: &mut Vec<(SecretBinding, Secret)>,
) -> Result<(DestinationProxy, Option<ProxyAccess>), Trouble> {
    let (server, username, password) = match proxy {
        DraftProxy::None => return Ok((DestinationProxy::None, None)),
        DraftProxy::Default => return Ok((DestinationProxy::Default, default_access(installation)?)),
        DraftProxy::Own { server, username, password } => (proxy_server(server.trim())?, username, password),
    };
    if username.is_none() && password.is_some() {
        let title = "a proxy password was given, but no user name";
        return Err(Trouble::settings("settings.proxy_username", title, "Give both.").about("proxy.username"));
    }
    let own = ProxySettings { server, username };
    let moved = before.and_then(|before| before.proxy.own()).is_some_and(|known| known.server != own.server);
    if moved && own.username.is_some() && password.is_none() {
        let title = "the stored password belongs to the proxy that was there before";
        let trouble = Trouble::settings("settings.proxy_password", title, "Enter the password again.");
        return Err(trouble.about("proxy.password"));
    }
    let shown = match &password {
        Some(password) => Some(Secret::new(password.expose().to_vec())),
        None if own.username.is_some() => proxy_password(installation, id, &own)?,
        None => None,
    };
    if let Some(password) = password {
        secrets.push((proxy_binding(id, &own)?, password));
    }
    Ok((DestinationProxy::Own(own.clone()), Some(access_to(own, shown, Bypass::default()))))
}

/// Refuses to go on with a stored credential where there is none for this server and this way of showing it.
fn check_stored(
    installation: &Installation,
    id: DestinationId,
    address: &UploadAddress,
    access: Access,
    before: Option<&Target>,
) -> Result<(), Trouble> {
    if access == Access::Open {
        return Ok(());
    }
    let belongs = before.is_some_and(|before| belongs(before, address, access));
    if belongs && is_stored(installation, id, &credential_binding(id, address, access)?)? {
        return Ok(());
    }
    Err(credential_missing(before))
}

/// Whether the secret that is stored for a place is shown in this way, and to this server.
fn belongs(before: &Target, address: &UploadAddress, access: Access) -> bool {
    let Target::Upload { address: known, access: known_access, .. } = before else { return false };
    let known = known.parse::<UploadAddress>().ok().and_then(|known| known.origin());
    *known_access == access && known.is_some() && known == address.origin()
}

fn credential_missing(before: Option<&Target>) -> Trouble {
    let known = matches!(before, Some(Target::Upload { access, .. }) if *access != Access::Open);
    let (title, advice) = if known {
        (
            "a stored credential belongs to one server and one way of showing it, and none is stored for these",
            "Enter the credential for this server.",
        )
    } else {
        ("a credential of this kind has to be entered once", "Enter it, or choose to show none.")
    };
    Trouble::settings("delivery.credential_missing", title, advice).about("secret")
}

/// A user name goes in front of a colon (RFC 7617, section 2).
fn check_username(credential: &Credential) -> Result<(), Trouble> {
    match credential {
        Credential::Basic { username, .. } if username.is_empty() || username.contains(':') => {
            let title = "a user name is needed beside a password, without a colon in it";
            Err(Trouble::settings("delivery.username", title, "Enter the user name.").about("username"))
        }
        _ => Ok(()),
    }
}

/// What cannot be used, at the field of the dialog that it is about.
fn at_its_field(error: DeliveryError) -> Trouble {
    let field = match &error {
        DeliveryError::AddressNotGranted { .. } | DeliveryError::NotAName { .. } => Some("address"),
        DeliveryError::NoLine { .. } => Some("proxy.server"),
        DeliveryError::Credential { .. } => Some("secret"),
        _ => None,
    };
    let trouble = Trouble::from(error);
    field.into_iter().fold(trouble, Trouble::about)
}

fn destination_name(text: &str) -> Result<DestinationName, Trouble> {
    text.parse().map_err(|error: beacon_store::InvalidInput| {
        Trouble::settings("delivery.name", &error, "Choose another name.").about("name")
    })
}

/// A taken name is about its field.
fn named(error: StoreError) -> Trouble {
    let about_name = matches!(error, StoreError::DestinationNameTaken { .. });
    let trouble = Trouble::from(error);
    if about_name { trouble.about("name") } else { trouble }
}

pub(crate) fn upload_address(text: &str) -> Result<UploadAddress, Trouble> {
    text.trim().parse().map_err(|error: beacon_delivery::InvalidAddress| {
        let advice = "Write the address below which packages go, as in https://files.example.com/beacon/.";
        Trouble::settings("delivery.invalid_address", error, advice).about("address")
    })
}

/// A folder that is there and is none of ours: what lies in the data folder is no copy of what lies in the data folder.
fn usable_folder(installation: &Installation, folder: &Path) -> Result<PathBuf, Trouble> {
    if !folder.is_absolute() {
        let title = format!("the folder {:?} is not named by its whole path", folder.display().to_string());
        let advice = "Write the whole path, as in /srv/beacon.";
        return Err(Trouble::settings("delivery.folder_path", title, advice).about("folder"));
    }
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

fn options(installation: &Installation, proxy: Option<ProxyAccess>) -> Result<UploadOptions, Trouble> {
    let (extra_authorities, addresses) = (installation.extra_authorities()?, installation.addresses());
    Ok(UploadOptions { extra_authorities, addresses, proxy })
}

/// What a proxy says has the words that it has everywhere.
impl From<DeliveryError> for Trouble {
    fn from(error: DeliveryError) -> Self {
        if let DeliveryError::Line { code, kind, message, place } = &error
            && let Some(text) = driver_text(code)
        {
            let text = text.filled(&BTreeMap::from([("message".to_owned(), message.clone())]));
            return Self::new(*kind, code, text.title, text.advice).with(place);
        }
        Self::new(error.kind(), error.code(), &error, error.next_step()).caused_by(&error)
    }
}
