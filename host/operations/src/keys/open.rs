//! Opening the keys of a data folder with the provider that holds them.

use super::no_keys::NoKeys;
use super::source::{KeySource, ProviderFault, refused};
use crate::acting;
use crate::folders::Folders;
use crate::installation::{Installation, Place};
use crate::trouble::Trouble;
use beacon_store::{KeyChoice, Store};
use beacon_vault::{
    KeyFile, KeyProvider, OsKeyring, PassphraseError, PassphraseFile, ProviderKind, Secret, SystemdCredential,
    UnknownProvider, Vault,
};
use std::path::{Path, PathBuf};

/// A data folder opened for a look at its keys, or for a change of them. Whether every data key opens is not checked yet.
pub struct Keys {
    /// Paths below the data folder.
    pub folders: Folders,
    /// The database.
    pub store: Store,
    /// The keys.
    pub vault: Vault,
    pub(super) source: KeySource,
    pub(super) provider: ProviderKind,
}

impl Keys {
    /// Opens a data folder. What a change of its keys must write beside the provider goes to `output`.
    ///
    /// # Errors
    /// [`Trouble`] if another process holds the folder, or the provider does not give the keys.
    pub fn open(place: &Place, output: Option<PathBuf>) -> Result<Self, Trouble> {
        let folders = Folders::new(place.data.clone())?;
        let mut store = Store::open(folders.root())?;
        acting::attend(&mut store);
        let (provider, vault) = open(&place.keys, &folders, &mut store, output)?;
        Ok(Self { folders, store, vault, source: place.keys.clone(), provider })
    }
}

/// The vault of a data folder. The first time a provider is chosen, and gets a key; from then on, as long as anything is
/// wrapped with its keys, that one gives them or nobody does.
pub(crate) fn open(
    source: &KeySource,
    folders: &Folders,
    store: &mut Store,
    output: Option<PathBuf>,
) -> Result<(ProviderKind, Vault), Trouble> {
    if let Some(kind) = in_use(source, store)? {
        let vault = present(kind, source, folders, store, output)?;
        if store.key_choice()?.is_none() {
            store.set_key_choice(&KeyChoice {
                provider: kind.to_string(),
                kek_id: vault.active()?.0,
                made_at: None,
            })?;
        }
        return Ok((kind, vault));
    }
    // Nothing is wrapped with any key: whatever was chosen before holds nothing that could be lost.
    let kind = source.provider.or(recorded(store)?).unwrap_or_else(|| source.first());
    let vault = first(kind, source, folders, store, output)?;
    let kek_id = vault.active()?.0;
    let known = store.key_choice()?.is_some_and(|choice| choice.kek_id == kek_id && choice.provider == kind.as_str());
    if !known {
        let made_at = Some(Installation::now());
        store.set_key_choice(&KeyChoice { provider: kind.to_string(), kek_id, made_at })?;
    }
    Ok((kind, vault))
}

/// The vault for whoever only looks: nothing is written down, and no key is made where there is none yet.
pub(crate) fn open_to_look(source: &KeySource, folders: &Folders, store: &Store) -> Result<Vault, Trouble> {
    match in_use(source, store)? {
        Some(kind) => present(kind, source, folders, store, None),
        None => Ok(Vault::new(NoKeys)),
    }
}

/// The provider that holds the keys, as long as anything is wrapped with them; asking for another one is refused.
fn in_use(source: &KeySource, store: &Store) -> Result<Option<ProviderKind>, Trouble> {
    let kind = if store.all_data_keys()?.is_empty() { None } else { recorded(store)? };
    match (kind, source.provider) {
        (Some(kind), Some(wanted)) if kind != wanted => Err(other_provider(kind, wanted)),
        (kind, _) => Ok(kind),
    }
}

/// The provider that is written down; in folders older than that, the one that wrapped the newest data key.
pub(super) fn recorded(store: &Store) -> Result<Option<ProviderKind>, Trouble> {
    let name = match store.key_choice()? {
        Some(choice) => Some(choice.provider),
        None => store.all_data_keys()?.pop().map(|(_, key)| key.provider),
    };
    let parsed: Result<Option<ProviderKind>, UnknownProvider> = name.map(|name| name.parse()).transpose();
    parsed.map_err(|error| {
        let advice = "Use the version of beacon that wrote this data folder, or a newer one.";
        Trouble::settings("keys.unknown_provider", &error, advice)
    })
}

fn other_provider(kind: ProviderKind, wanted: ProviderKind) -> Trouble {
    let title = format!("the provider `{kind}` holds the keys of this data folder, and `{wanted}` was asked for");
    let advice = format!("Leave out --key-provider, or move the keys: beacon secrets rekey --provider {wanted}");
    Trouble::settings("keys.other_provider", title, advice)
}

/// Keys that must be there.
pub(super) fn present(
    kind: ProviderKind,
    source: &KeySource,
    folders: &Folders,
    store: &Store,
    output: Option<PathBuf>,
) -> Result<Vault, Trouble> {
    match kind {
        ProviderKind::SystemdCredential => vault(SystemdCredential::open(source.credentials.as_deref(), output)),
        ProviderKind::OsKeyring => vault(OsKeyring::open(store.installation(), output)),
        ProviderKind::KeyFile => vault(KeyFile::open(&key_file(source, store)?)),
        ProviderKind::Passphrase => {
            let path = folders.locked_keys();
            let passphrase = if path.exists() { source.passphrase.read()? } else { Secret::new(Vec::new()) };
            vault(PassphraseFile::open(&path, passphrase))
        }
    }
}

/// Keys for a data folder in which nothing is wrapped with any. A credential and a keyring are filled by their operator.
fn first(
    kind: ProviderKind,
    source: &KeySource,
    folders: &Folders,
    store: &Store,
    output: Option<PathBuf>,
) -> Result<Vault, Trouble> {
    match kind {
        ProviderKind::KeyFile => vault(KeyFile::open_or_create(&key_file(source, store)?)),
        ProviderKind::Passphrase if !folders.locked_keys().exists() => {
            vault(PassphraseFile::create(&folders.locked_keys(), source.passphrase.read()?))
        }
        kind => present(kind, source, folders, store, output),
    }
}

/// A provider with one new key, for a data folder whose keys are to move there.
pub(super) fn new(
    kind: ProviderKind,
    source: &KeySource,
    folders: &Folders,
    store: &Store,
    output: Option<PathBuf>,
    passphrase: Option<Secret>,
) -> Result<Vault, Trouble> {
    match kind {
        ProviderKind::SystemdCredential => vault(SystemdCredential::create(output)),
        ProviderKind::OsKeyring => vault(OsKeyring::create(store.installation(), output)),
        // Of an earlier time, or of another data folder: its keys stay, the new one is added.
        ProviderKind::KeyFile => match key_file(source, store)? {
            path if path.exists() => added(vault(KeyFile::open(&path))?),
            path => vault(KeyFile::create(&path)),
        },
        ProviderKind::Passphrase => {
            let path = folders.locked_keys();
            let passphrase = passphrase.ok_or_else(|| refused(&PassphraseError::NotGiven))?;
            if path.exists() {
                added(vault(PassphraseFile::open(&path, passphrase))?)
            } else {
                vault(PassphraseFile::create(&path, passphrase))
            }
        }
    }
}

/// The same keys under another passphrase.
pub(super) fn relocked(source: &KeySource, path: &Path, passphrase: Secret) -> Result<Vault, Trouble> {
    let present = PassphraseFile::open(path, source.passphrase.read()?);
    vault(present.and_then(|present| present.relock(passphrase)))
}

fn added(mut vault: Vault) -> Result<Vault, Trouble> {
    vault.add_key()?;
    Ok(vault)
}

fn key_file(source: &KeySource, store: &Store) -> Result<PathBuf, Trouble> {
    match &source.key_file {
        Some(path) => Ok(path.clone()),
        None => KeyFile::default_path(store.installation()).map_err(|error| refused(&error)),
    }
}

fn vault<P: KeyProvider + 'static, F: ProviderFault>(opened: Result<P, F>) -> Result<Vault, Trouble> {
    opened.map(Vault::new).map_err(|error| refused(&error))
}
