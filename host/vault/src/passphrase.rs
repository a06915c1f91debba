//! Keys that a passphrase locks.

use std::path::{Path, PathBuf};

use crate::key_list::{KeyList, ListKeeper};
use crate::passphrase_lock::{Cost, lock, unlock};
use crate::private_file::Replace;
use crate::{KeyEncryptionKey, KeyFileError, ProviderKind, Secret, VaultError, key_file, key_file_text};

/// Fewer bytes are guessed however dear a guess is.
const SHORTEST: usize = 12;

/// Key-encryption keys in a file that only a passphrase opens; see `passphrase_lock.rs`. Because it is locked, it may lie
/// in the data folder.
pub struct PassphraseFile {
    path: PathBuf,
    passphrase: Secret,
    keys: KeyList,
}

impl PassphraseFile {
    /// Opens the file.
    ///
    /// # Errors
    /// [`PassphraseError::DoesNotOpen`] for another passphrase, [`PassphraseError::File`] also where it is missing,
    /// [`PassphraseError::Cost`], [`PassphraseError::Damaged`].
    pub fn open(path: &Path, passphrase: Secret) -> Result<Self, PassphraseError> {
        let keys = read(path, &passphrase)?;
        Ok(Self { path: path.to_owned(), passphrase, keys })
    }

    /// Makes the file with one new key.
    ///
    /// # Errors
    /// [`PassphraseError::TooShort`], [`PassphraseError::File`] also where there is one already.
    pub fn create(path: &Path, passphrase: Secret) -> Result<Self, PassphraseError> {
        check(&passphrase)?;
        let keys = KeyList::new()?;
        key_file::write(path, &lock(&passphrase, Cost::NEW, &keys.text())?, Replace::Never)?;
        Ok(Self { path: path.to_owned(), passphrase, keys })
    }

    /// Locks the same keys with another passphrase: from now on only that one opens the file.
    ///
    /// # Errors
    /// [`PassphraseError::TooShort`], [`PassphraseError::File`]; then the old one still does.
    pub fn relock(self, passphrase: Secret) -> Result<Self, PassphraseError> {
        check(&passphrase)?;
        let changed = Self { passphrase, ..self };
        changed.keep(&changed.keys.keys().collect::<Vec<_>>())?;
        Ok(changed)
    }
}

impl ListKeeper for PassphraseFile {
    type Error = PassphraseError;

    fn name(&self) -> &'static str {
        ProviderKind::Passphrase.as_str()
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }

    fn list(&self) -> &KeyList {
        &self.keys
    }

    fn list_mut(&mut self) -> &mut KeyList {
        &mut self.keys
    }

    fn read_again(&self) -> Result<KeyList, PassphraseError> {
        read(&self.path, &self.passphrase)
    }

    fn keep(&self, keys: &[&KeyEncryptionKey]) -> Result<(), PassphraseError> {
        let text = lock(&self.passphrase, Cost::NEW, &key_file_text::format(keys))?;
        Ok(key_file::write(&self.path, &text, Replace::Always)?)
    }

    fn erase(&self) -> Result<(), PassphraseError> {
        let removed = std::fs::remove_file(&self.path);
        removed.map_err(|source| KeyFileError::Io { path: self.path.clone(), action: "removed", source }.into())
    }
}

fn check(passphrase: &Secret) -> Result<(), PassphraseError> {
    if passphrase.expose().len() < SHORTEST { Err(PassphraseError::TooShort) } else { Ok(()) }
}

fn read(path: &Path, passphrase: &Secret) -> Result<KeyList, PassphraseError> {
    let text = unlock(passphrase, &key_file::read(path)?)?;
    KeyList::parse(text.expose()).map_err(|_| PassphraseError::Damaged)
}

impl From<VaultError> for PassphraseError {
    fn from(error: VaultError) -> Self {
        Self::NewKey(Box::new(error))
    }
}

/// Why locked keys can't be used. No variant holds the passphrase or a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PassphraseError {
    /// Nobody gave one.
    #[error("no passphrase was given")]
    NotGiven,
    /// A new one is too short.
    #[error("a new passphrase needs at least {SHORTEST} bytes")]
    TooShort,
    /// Another passphrase than the one it was locked with, or an altered file: the cipher says no more, by design.
    #[error("the passphrase does not open the locked keys")]
    DoesNotOpen,
    /// The parameters of the derivation are out of bounds.
    #[error("the locked keys ask for a derivation that is out of bounds: somebody altered the file")]
    Cost,
    /// The text is not that of locked keys.
    #[error("the file with the locked keys is damaged")]
    Damaged,
    /// The derivation failed.
    #[error("no key could be derived from the passphrase")]
    Derivation,
    /// A new key could not be made.
    #[error("a new key could not be made")]
    NewKey(#[source] Box<VaultError>),
    /// The file could not be read or written, or is open to others.
    #[error("the file with the locked keys can't be used")]
    File(#[from] KeyFileError),
}

impl PassphraseError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotGiven => "passphrase.not_given",
            Self::TooShort => "passphrase.too_short",
            Self::DoesNotOpen => "passphrase.does_not_open",
            Self::Cost => "passphrase.cost",
            Self::Damaged => "passphrase.damaged",
            Self::Derivation => "passphrase.derivation",
            Self::NewKey(_) => "passphrase.new_key",
            Self::File(_) => "passphrase.file",
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotGiven => "Name a file that holds it with --passphrase-file or BEACON_PASSPHRASE_FILE.",
            Self::TooShort => "Choose several words, or have a password manager draw one.",
            Self::DoesNotOpen => {
                "Give the passphrase that the keys were locked with. If it is the right one, the file was altered: bring \
                 it back from a backup."
            }
            Self::Cost | Self::Damaged | Self::File(KeyFileError::Missing { .. }) => {
                "Bring the file back from a backup of the data folder; without it the stored secrets must be entered \
                 again."
            }
            Self::Derivation => "Make memory free: a derivation needs up to 512 MB.",
            Self::NewKey(_) => "Check the random source of the operating system.",
            Self::File(_) => "Let the user that runs beacon, and nobody else, read and write the file and its folder.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PassphraseError, PassphraseFile};
    use crate::{KeyFileError, KeyProvider, Secret};

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[test]
    fn keys_are_kept_under_their_passphrase_and_move_to_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.locked");
        let missing = PassphraseFile::open(&path, secret("a first passphrase")).err();
        assert!(matches!(missing, Some(PassphraseError::File(KeyFileError::Missing { .. }))));
        assert!(matches!(PassphraseFile::create(&path, secret("too short")).err(), Some(PassphraseError::TooShort)));
        let mut made = PassphraseFile::create(&path, secret("a first passphrase")).ok().unwrap();
        made.add().unwrap();
        let again = PassphraseFile::open(&path, secret("a first passphrase")).ok().unwrap();
        assert_eq!((again.ids(), again.ids().len()), (made.ids(), 2));
        let relocked = again.relock(secret("a second passphrase")).ok().unwrap();
        assert_eq!(relocked.ids(), made.ids());
        let old = PassphraseFile::open(&path, secret("a first passphrase")).err();
        assert!(matches!(old, Some(PassphraseError::DoesNotOpen)));
        assert!(PassphraseFile::open(&path, secret("a second passphrase")).is_ok());
    }
}
