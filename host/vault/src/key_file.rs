use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::private_file::{Replace, write_private_file};
use crate::{KekId, KeyEncryptionKey, KeyFileError, KeyProvider, ProviderError, key_file_access, key_file_text};

/// More than 800 keys: nobody rekeys that often, and a file named by mistake isn't read into
/// memory.
const MAXIMUM_LENGTH: u64 = 64 * 1024;

/// Key-encryption keys in a file that only its owner may read.
///
/// The file is text: a header, then one line `<id> <key in base64url>` per key, the newest (the
/// active one) last. It is replaced as a whole by a rename, so it holds either the old or the new
/// list of keys, whatever happens in between.
pub struct KeyFile {
    path: PathBuf,
    // In the order of the file.
    older: Vec<KeyEncryptionKey>,
    newest: KeyEncryptionKey,
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
        let text = read(path)?;
        let mut keys =
            key_file_text::parse(&text).map_err(|line| KeyFileError::Damaged { path: path.to_owned(), line })?;
        let newest = keys.pop().ok_or(KeyFileError::Damaged { path: path.to_owned(), line: 2 })?;
        Ok(Self { path: path.to_owned(), older: keys, newest })
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
        let key = new_key()?;
        match write(path, &[&key], Replace::Never) {
            Err(KeyFileError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => Self::open(path),
            Err(error) => Err(error),
            Ok(()) => Ok(Self { path: path.to_owned(), older: Vec::new(), newest: key }),
        }
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn keys(&self) -> impl Iterator<Item = &KeyEncryptionKey> {
        self.older.iter().chain([&self.newest])
    }

    /// Before a change: a data folder that was given the same key file may have added a key.
    fn read_again(&mut self) -> Result<(), KeyFileError> {
        *self = Self::open(&self.path)?;
        Ok(())
    }

    fn append(&mut self) -> Result<KekId, KeyFileError> {
        self.read_again()?;
        let key = new_key()?;
        let id = key.id();
        write(&self.path, &self.keys().chain([&key]).collect::<Vec<_>>(), Replace::Always)?;
        self.older.push(std::mem::replace(&mut self.newest, key));
        Ok(id)
    }

    fn keep(&mut self, in_use: &BTreeSet<KekId>) -> Result<Vec<KekId>, KeyFileError> {
        self.read_again()?;
        let retired: Vec<KekId> =
            self.older.iter().map(KeyEncryptionKey::id).filter(|id| !in_use.contains(id)).collect();
        if !retired.is_empty() {
            let kept: Vec<_> = self.keys().filter(|key| !retired.contains(&key.id())).collect();
            write(&self.path, &kept, Replace::Always)?;
            self.older.retain(|key| in_use.contains(&key.id()));
        }
        Ok(retired)
    }
}

impl KeyProvider for KeyFile {
    fn name(&self) -> &'static str {
        "key-file"
    }

    fn location(&self) -> String {
        self.path.display().to_string()
    }

    fn active(&self) -> Result<&KeyEncryptionKey, ProviderError> {
        Ok(&self.newest)
    }

    fn find(&self, id: KekId) -> Result<Option<&KeyEncryptionKey>, ProviderError> {
        Ok(self.keys().find(|key| key.id() == id))
    }

    fn add(&mut self) -> Result<KekId, ProviderError> {
        Ok(self.append()?)
    }

    fn retire(&mut self, in_use: &BTreeSet<KekId>) -> Result<Vec<KekId>, ProviderError> {
        Ok(self.keep(in_use)?)
    }
}

fn new_key() -> Result<KeyEncryptionKey, KeyFileError> {
    KeyEncryptionKey::random().map_err(|error| KeyFileError::NewKey(Box::new(error)))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
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

fn write(path: &Path, keys: &[&KeyEncryptionKey], replace: Replace) -> Result<(), KeyFileError> {
    write_private_file(path, &key_file_text::format(keys), replace).map_err(|source| KeyFileError::Io {
        path: path.to_owned(),
        action: "written",
        source,
    })
}

#[cfg(test)]
mod tests;
