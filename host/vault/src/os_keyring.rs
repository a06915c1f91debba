//! Keys in the keyring of the operating system.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::key_list::{KeyList, ListKeeper};
use crate::private_file::{Replace, write_private_file};
use crate::{KeyEncryptionKey, ProviderKind, VaultError, key_file_text};

/// Key-encryption keys in the keyring of the operating system. On Linux this is the kernel's own, of the user that runs
/// the process: no daemon, no bus, nothing that asks or waits, and **forgotten when the machine restarts**. So every
/// change is written to a file first, which the operator keeps apart and puts back after a restart.
///
/// Other systems come with their own keyrings later; until then they have none here, and say so.
pub struct OsKeyring {
    entry: String,
    keys: KeyList,
    output: Option<PathBuf>,
}

impl OsKeyring {
    /// What the keys of an installation are called in the keyring.
    #[must_use]
    pub fn entry(installation: Uuid) -> String {
        format!("m365-beacon:{installation}")
    }

    /// Opens the keys of an installation. Changed keys are written to `output`, too.
    ///
    /// # Errors
    /// [`KeyringError::Missing`], [`KeyringError::Damaged`], [`KeyringError::Unavailable`].
    pub fn open(installation: Uuid, output: Option<PathBuf>) -> Result<Self, KeyringError> {
        let entry = Self::entry(installation);
        let keys = read(&entry)?;
        check_free(output.as_deref())?;
        Ok(Self { entry, keys, output })
    }

    /// Puts one new key in the keyring, in place of what is there, and in the file `output`.
    ///
    /// # Errors
    /// [`KeyringError::NoOutput`], [`KeyringError::Io`], [`KeyringError::Unavailable`].
    pub fn create(installation: Uuid, output: Option<PathBuf>) -> Result<Self, KeyringError> {
        check_free(output.as_deref())?;
        let made = Self { entry: Self::entry(installation), keys: KeyList::new()?, output };
        made.keep(&made.keys.keys().collect::<Vec<_>>())?;
        Ok(made)
    }
}

impl ListKeeper for OsKeyring {
    type Error = KeyringError;

    fn name(&self) -> &'static str {
        ProviderKind::OsKeyring.as_str()
    }

    fn location(&self) -> String {
        format!("{} ({})", self.entry, system::PLACE)
    }

    fn list(&self) -> &KeyList {
        &self.keys
    }

    fn list_mut(&mut self) -> &mut KeyList {
        &mut self.keys
    }

    fn read_again(&self) -> Result<KeyList, KeyringError> {
        read(&self.entry)
    }

    fn keep(&self, keys: &[&KeyEncryptionKey]) -> Result<(), KeyringError> {
        let path: &Path = self.output.as_deref().ok_or(KeyringError::NoOutput)?;
        let text = key_file_text::format(keys);
        write_private_file(path, &text, Replace::Always)
            .map_err(|source| KeyringError::Io { path: path.to_owned(), source })?;
        system::write(&self.entry, &text)
    }

    fn erase(&self) -> Result<(), KeyringError> {
        system::remove(&self.entry)
    }
}

fn check_free(output: Option<&Path>) -> Result<(), KeyringError> {
    match output.filter(|path| path.exists()) {
        Some(path) => Err(KeyringError::OutputExists { path: path.to_owned() }),
        None => Ok(()),
    }
}

fn read(entry: &str) -> Result<KeyList, KeyringError> {
    KeyList::parse(&system::read(entry)?).map_err(|line| KeyringError::Damaged { entry: entry.to_owned(), line })
}

impl From<VaultError> for KeyringError {
    fn from(error: VaultError) -> Self {
        Self::NewKey(Box::new(error))
    }
}

/// Why the keyring can't be used. No variant holds a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// The keyring has no such entry.
    #[error("the keyring of this user has no entry `{entry}`")]
    Missing {
        /// The entry.
        entry: String,
    },
    /// The content is not that of a key file.
    #[error("the entry `{entry}` of the keyring is damaged in line {line}")]
    Damaged {
        /// The entry.
        entry: String,
        /// The first line that can't be read, from 1.
        line: usize,
    },
    /// The system has no keyring, or lets this process have none (containers often don't).
    #[error("this system has no keyring for this process: {why}")]
    Unavailable {
        /// What the system says.
        why: String,
    },
    /// Keys are to be changed, and no file was named for the copy.
    #[error("the keyring forgets its keys when the machine restarts, and no file was named for a copy")]
    NoOutput,
    /// The file for changed keys is there already.
    #[error("the file {} exists already", path.display())]
    OutputExists {
        /// The file.
        path: PathBuf,
    },
    /// A new key could not be drawn.
    #[error("a new key could not be made")]
    NewKey(#[source] Box<VaultError>),
    /// The copy could not be written.
    #[error("the file {} could not be written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
}

impl KeyringError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "keyring.missing",
            Self::Damaged { .. } => "keyring.damaged",
            Self::Unavailable { .. } => "keyring.unavailable",
            Self::NoOutput => "keyring.no_output",
            Self::OutputExists { .. } => "keyring.output_exists",
            Self::NewKey(_) => "keyring.new_key",
            Self::Io { .. } => "keyring.io",
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { entry } | Self::Damaged { entry, .. } => format!(
                "Put the keys back from the copy that was made of them: `keyctl padd user {entry} @u < FILE`, as the \
                 user that runs beacon. The kernel forgets them when the machine restarts. Without a copy the stored \
                 secrets must be entered again."
            ),
            Self::Unavailable { .. } => {
                "Choose another provider: systemd-credential, key-file or passphrase.".to_owned()
            }
            Self::NoOutput => "Name a file for the copy with --key-out FILE, and keep it apart.".to_owned(),
            Self::NewKey(_) => "Check the random source of the operating system.".to_owned(),
            Self::OutputExists { .. } | Self::Io { .. } => {
                "Name a file that does not exist yet, in a folder that this user may write to.".to_owned()
            }
        }
    }
}
