//! Keys from the service manager.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cipher::KEY_LENGTH;
use crate::key_file::MAXIMUM_LENGTH;
use crate::key_list::{KeyList, ListKeeper};
use crate::private_file::{Replace, write_private_file};
use crate::{KeyEncryptionKey, ProviderKind, VaultError, key_file_text};

/// Key-encryption keys in a credential of the service: systemd decrypts it when the service starts, with a key that the
/// machine or its TPM holds, and shows it to the service alone (systemd.exec(5), `LoadCredentialEncrypted=`).
///
/// It holds either 32 random bytes or the text of a key file. It can be read only: changed keys are written to a file
/// that the operator names, and encrypts in place of the old credential.
pub struct SystemdCredential {
    path: PathBuf,
    keys: KeyList,
    output: Option<PathBuf>,
}

impl SystemdCredential {
    /// The name of the credential.
    pub const NAME: &str = "beacon-keys";

    /// Whether the service manager gave this process the credential; `folder` is what it calls `$CREDENTIALS_DIRECTORY`.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(Self::NAME).exists()
    }

    /// Opens the credential. Changed keys are written to `output`.
    ///
    /// # Errors
    /// [`CredentialError::Missing`] where the process was given none, [`CredentialError::Damaged`],
    /// [`CredentialError::Io`].
    pub fn open(folder: Option<&Path>, output: Option<PathBuf>) -> Result<Self, CredentialError> {
        let path = folder.ok_or(CredentialError::Missing)?.join(Self::NAME);
        let keys = read(&path)?;
        check_free(output.as_deref())?;
        Ok(Self { path, keys, output })
    }

    /// New keys that are to become the credential: one key, in the file `output`.
    ///
    /// # Errors
    /// [`CredentialError::NoOutput`], [`CredentialError::Io`].
    pub fn create(output: Option<PathBuf>) -> Result<Self, CredentialError> {
        check_free(output.as_deref())?;
        let keys = KeyList::new()?;
        let made = Self { path: PathBuf::from(Self::NAME), keys, output };
        made.keep(&made.keys.keys().collect::<Vec<_>>())?;
        Ok(made)
    }
}

impl ListKeeper for SystemdCredential {
    type Error = CredentialError;

    fn name(&self) -> &'static str {
        ProviderKind::SystemdCredential.as_str()
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

    /// Once there is an output, it holds what the credential is to become.
    fn read_again(&self) -> Result<KeyList, CredentialError> {
        read(self.output.as_deref().filter(|output| output.exists()).unwrap_or(&self.path))
    }

    fn keep(&self, keys: &[&KeyEncryptionKey]) -> Result<(), CredentialError> {
        let path = self.output.as_deref().ok_or(CredentialError::NoOutput)?;
        let written = write_private_file(path, &key_file_text::format(keys), Replace::Always);
        written.map_err(|source| CredentialError::Io { path: path.to_owned(), action: "written", source })
    }

    fn erase(&self) -> Result<(), CredentialError> {
        Err(CredentialError::ReadOnly)
    }
}

fn check_free(output: Option<&Path>) -> Result<(), CredentialError> {
    match output.filter(|path| path.exists()) {
        Some(path) => Err(CredentialError::OutputExists { path: path.to_owned() }),
        None => Ok(()),
    }
}

/// Neither owner nor mode are looked at: the service manager decides who sees it, partly by access lists.
fn read(path: &Path) -> Result<KeyList, CredentialError> {
    let failed = |source| CredentialError::Io { path: path.to_owned(), action: "read", source };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(CredentialError::Missing),
        opened => opened.map_err(failed)?,
    };
    let mut text = Zeroizing::new(Vec::with_capacity(MAXIMUM_LENGTH as usize));
    file.take(MAXIMUM_LENGTH).read_to_end(&mut text).map_err(failed)?;
    if text.len() == KEY_LENGTH {
        return KeyList::of_bytes(&text).ok_or(CredentialError::Damaged { line: 1 });
    }
    KeyList::parse(&text).map_err(|line| CredentialError::Damaged { line })
}

impl From<VaultError> for CredentialError {
    fn from(error: VaultError) -> Self {
        Self::NewKey(Box::new(error))
    }
}

/// Why a credential can't be used. No variant holds what is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// This process was given no such credential.
    #[error("this process was not given the credential `{}`", SystemdCredential::NAME)]
    Missing,
    /// The content is neither 32 bytes nor that of a key file.
    #[error("the credential `{}` is neither 32 bytes nor a key file (line {line})", SystemdCredential::NAME)]
    Damaged {
        /// The first line that can't be read, from 1.
        line: usize,
    },
    /// Keys are to be changed, and no file was named for them.
    #[error("the credential `{}` cannot be written from here", SystemdCredential::NAME)]
    NoOutput,
    /// Keys are to be destroyed.
    #[error("the credential `{}` cannot be removed from here", SystemdCredential::NAME)]
    ReadOnly,
    /// The file for changed keys is there already.
    #[error("the file {} exists already", path.display())]
    OutputExists {
        /// The file.
        path: PathBuf,
    },
    /// A new key could not be drawn.
    #[error("a new key could not be made")]
    NewKey(#[source] Box<VaultError>),
    /// A file could not be read or written.
    #[error("the file {} could not be {action}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was attempted, as a participle.
        action: &'static str,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
}

impl CredentialError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "credential.missing",
            Self::Damaged { .. } => "credential.damaged",
            Self::NoOutput => "credential.no_output",
            Self::ReadOnly => "credential.read_only",
            Self::OutputExists { .. } => "credential.output_exists",
            Self::NewKey(_) => "credential.new_key",
            Self::Io { .. } => "credential.io",
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing => {
                "Let systemd start it: the unit of `beacon service install` loads /etc/credstore.encrypted/beacon-keys. \
                 A single command gets it by `systemd-run --pipe --wait -p User=m365-beacon -p \
                 LoadCredentialEncrypted=beacon-keys beacon …`. If that file is gone, bring it back from a backup; \
                 without it the stored secrets must be entered again."
            }
            Self::Damaged { .. } => {
                "Encrypt the kept copy of the keys again: `systemd-creds encrypt --name=beacon-keys FILE \
                 /etc/credstore.encrypted/beacon-keys`."
            }
            Self::NoOutput => {
                "Name a file for the new keys with --key-out FILE; `systemd-creds encrypt` makes the credential of it."
            }
            Self::ReadOnly => "Remove /etc/credstore.encrypted/beacon-keys as root, once the keys are not needed.",
            Self::NewKey(_) => "Check the random source of the operating system.",
            Self::OutputExists { .. } | Self::Io { .. } => {
                "Name a file that does not exist yet, in a folder that this user may write to."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{CredentialError, SystemdCredential};
    use crate::KeyProvider;

    #[test]
    fn bytes_and_texts_are_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SystemdCredential::NAME);
        assert!(!SystemdCredential::is_in(folder.path()));
        for none in [None, Some(folder.path())] {
            assert!(matches!(SystemdCredential::open(none, None).err(), Some(CredentialError::Missing)));
        }
        fs::write(&path, [7; 32]).unwrap();
        let bytes = SystemdCredential::open(Some(folder.path()), None).ok().unwrap();
        let again = SystemdCredential::open(Some(folder.path()), None).ok().unwrap();
        assert_eq!(bytes.active().unwrap().id(), again.active().unwrap().id());
        fs::write(&path, [8; 32]).unwrap();
        let other = SystemdCredential::open(Some(folder.path()), None).ok().unwrap();
        assert_ne!(bytes.active().unwrap().id(), other.active().unwrap().id());

        // Of a text, too: what a change wrote becomes the credential.
        let output = folder.path().join("new");
        let mut changing = SystemdCredential::open(Some(folder.path()), Some(output.clone())).ok().unwrap();
        let before = changing.add().unwrap();
        let new = changing.add().unwrap();
        assert_eq!(changing.retire(&[other.active().unwrap().id()].into()).unwrap(), [before]);
        fs::rename(&output, &path).unwrap();
        let changed = SystemdCredential::open(Some(folder.path()), None).ok().unwrap();
        assert_eq!(changed.ids(), [other.active().unwrap().id(), new]);
        assert_eq!(changed.active().unwrap().id(), new);

        for (text, line) in [(&b"x"[..], 1), (b"beacon-key-file 1\n", 2), (&[0; 33], 1)] {
            fs::write(&path, text).unwrap();
            let error = SystemdCredential::open(Some(folder.path()), None).err().unwrap();
            assert!(matches!(error, CredentialError::Damaged { line: found } if found == line), "{error}");
        }
    }

    #[test]
    fn it_is_changed_only_into_a_file_that_does_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(SystemdCredential::NAME), [7; 32]).unwrap();
        let mut without = SystemdCredential::open(Some(folder.path()), None).ok().unwrap();
        assert!(without.add().unwrap_err().to_string().contains("cannot be written"));
        assert_eq!(without.ids().len(), 1);
        assert!(without.erase().is_err());
        let taken = folder.path().join("taken");
        fs::write(&taken, "somebody's").unwrap();
        assert!(SystemdCredential::create(Some(taken.clone())).is_err());
        assert_eq!(fs::read(&taken).unwrap(), b"somebody's");
    }
}
