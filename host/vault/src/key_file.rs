use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::key_list::{KeyList, ListKeeper};
use crate::private_file::{Replace, write_private_file};
use crate::{KeyEncryptionKey, KeyFileError, ProviderKind, VaultError, key_file_access, key_file_text};

/// More than 800 keys: nobody rekeys that often, and a file named by mistake isn't read into
/// memory.
pub(crate) const MAXIMUM_LENGTH: u64 = 64 * 1024;

/// Key-encryption keys in a file that only its owner may read.
///
/// The file is text: a header, then one line `<id> <key in base64url>` per key, the newest (the
/// active one) last. It is replaced as a whole by a rename, so it holds either the old or the new
/// list of keys, whatever happens in between.
pub struct KeyFile {
    path: PathBuf,
    keys: KeyList,
}

impl KeyFile {
    /// The default place for the keys of one installation: `keys/<installation>.key` in the
    /// platform's configuration folder of beacon. It is outside the data folder, so that a copy of
    /// one is not a copy of both; and each installation has its own, so that retiring keys of one
    /// can't lock another.
    ///
    /// # Errors
    /// [`KeyFileError::NoConfigurationFolder`].
    pub fn default_path(installation: Uuid) -> Result<PathBuf, KeyFileError> {
        let folders = etcetera::choose_base_strategy().map_err(|_| KeyFileError::NoConfigurationFolder)?;
        let file = format!("{installation}.key");
        Ok(folders.config_dir().join("m365-beacon").join("keys").join(file))
    }

    /// Opens an existing key file.
    ///
    /// # Errors
    /// [`KeyFileError::Missing`], and the other variants where the file is not as it must be.
    pub fn open(path: &Path) -> Result<Self, KeyFileError> {
        Ok(Self { path: path.to_owned(), keys: read_list(path)? })
    }

    /// Opens the key file; makes it, with one new key, where it is missing. Two processes that do
    /// so at the same time end with the same keys.
    ///
    /// To be used only where no data key is stored yet: a missing file beside stored keys has to be
    /// brought back, not made anew.
    ///
    /// # Errors
    /// As [`KeyFile::open`], without [`KeyFileError::Missing`].
    pub fn open_or_create(path: &Path) -> Result<Self, KeyFileError> {
        match Self::open(path) {
            Err(KeyFileError::Missing { .. }) => {}
            opened => return opened,
        }
        match Self::create(path) {
            Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => Self::open(path),
            made => made,
        }
    }

    /// Makes the key file with one new key.
    ///
    /// # Errors
    /// [`KeyFileError::Io`], also where there is one already.
    pub fn create(path: &Path) -> Result<Self, KeyFileError> {
        let keys = KeyList::new()?;
        write(path, &keys.text(), Replace::Never)?;
        Ok(Self { path: path.to_owned(), keys })
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl ListKeeper for KeyFile {
    type Error = KeyFileError;

    fn name(&self) -> &'static str {
        ProviderKind::KeyFile.as_str()
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

    fn read_again(&self) -> Result<KeyList, KeyFileError> {
        read_list(&self.path)
    }

    fn keep(&self, keys: &[&KeyEncryptionKey]) -> Result<(), KeyFileError> {
        write(&self.path, &key_file_text::format(keys), Replace::Always)
    }

    fn erase(&self) -> Result<(), KeyFileError> {
        std::fs::remove_file(&self.path).map_err(|source| KeyFileError::Io {
            path: self.path.clone(),
            action: "removed",
            source,
        })
    }
}

impl From<VaultError> for KeyFileError {
    fn from(error: VaultError) -> Self {
        Self::NewKey(Box::new(error))
    }
}

fn read_list(path: &Path) -> Result<KeyList, KeyFileError> {
    let text = read(path)?;
    KeyList::parse(&text).map_err(|line| KeyFileError::Damaged { path: path.to_owned(), line })
}

/// Reads a file of keys that only the user of this process may use.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), action: "read", source };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(KeyFileError::Missing { path: path.to_owned() });
        }
        opened => opened.map_err(failed)?,
    };
    // Asked of the open file, not of the path: it can't be exchanged between the check and the
    // reading.
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(KeyFileError::NotAFile { path: path.to_owned() });
    }
    key_file_access::check(path, &metadata)?;
    if metadata.len() > MAXIMUM_LENGTH {
        return Err(KeyFileError::Damaged { path: path.to_owned(), line: 1 });
    }
    // All the room at once: a growing buffer would leave copies of the keys behind.
    let mut text = Zeroizing::new(Vec::with_capacity(MAXIMUM_LENGTH as usize));
    file.take(MAXIMUM_LENGTH).read_to_end(&mut text).map_err(failed)?;
    Ok(text)
}

pub(crate) fn write(path: &Path, text: &[u8], replace: Replace) -> Result<(), KeyFileError> {
    write_private_file(path, text, replace).map_err(|source| KeyFileError::Io {
        path: path.to_owned(),
        action: "written",
        source,
    })
}

#[cfg(test)]
mod tests;
