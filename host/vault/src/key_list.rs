//! What every provider of this crate has in common: a list of keys, the newest of them active, that is read and written
//! as a whole. Where it lies is all that tells them apart.

use std::collections::BTreeSet;
use std::error::Error;

use aws_lc_rs::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::{KekId, KeyEncryptionKey, KeyProvider, ProviderError, VaultError, key_file_text};

/// Keys in the order in which they were made; there is always one.
pub(crate) struct KeyList {
    older: Vec<KeyEncryptionKey>,
    newest: KeyEncryptionKey,
}

impl KeyList {
    /// One new key.
    pub(crate) fn new() -> Result<Self, VaultError> {
        Ok(Self { older: Vec::new(), newest: KeyEncryptionKey::random()? })
    }

    /// The list in the text of a key file, or the number of the first line that can't be read.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, usize> {
        let mut keys = key_file_text::parse(text)?;
        let newest = keys.pop().ok_or(2_usize)?;
        Ok(Self { older: keys, newest })
    }

    /// One key that somebody drew elsewhere: 32 random bytes without an id. They give themselves one.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let digest = digest(&SHA256, &[b"beacon-vault/key-id".as_slice(), bytes].concat());
        let id = uuid::Builder::from_custom_bytes(*digest.as_ref().first_chunk()?).into_uuid();
        Some(Self { older: Vec::new(), newest: KeyEncryptionKey::from_slice(id.into(), bytes)? })
    }

    pub(crate) fn text(&self) -> Zeroizing<Vec<u8>> {
        key_file_text::format(&self.keys().collect::<Vec<_>>())
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &KeyEncryptionKey> {
        self.older.iter().chain([&self.newest])
    }
}

/// A provider that keeps a [`KeyList`] somewhere.
pub(crate) trait ListKeeper: Send + Sync {
    /// Its own causes.
    type Error: Error + Send + Sync + From<VaultError> + 'static;

    /// See [`KeyProvider::name`].
    fn name(&self) -> &'static str;

    /// See [`KeyProvider::location`].
    fn location(&self) -> String;

    fn list(&self) -> &KeyList;

    fn list_mut(&mut self) -> &mut KeyList;

    /// The list as it is kept now: a data folder that was given the same keys may have added one.
    fn read_again(&self) -> Result<KeyList, Self::Error>;

    /// Keeps these keys in place of the present ones, durably, or fails and has changed nothing.
    fn keep(&self, keys: &[&KeyEncryptionKey]) -> Result<(), Self::Error>;

    /// Destroys what is kept.
    fn erase(&self) -> Result<(), Self::Error>;
}

fn add<K: ListKeeper>(keeper: &mut K) -> Result<KekId, K::Error> {
    *keeper.list_mut() = keeper.read_again()?;
    let key = KeyEncryptionKey::random()?;
    let id = key.id();
    keeper.keep(&keeper.list().keys().chain([&key]).collect::<Vec<_>>())?;
    let list = keeper.list_mut();
    list.older.push(std::mem::replace(&mut list.newest, key));
    Ok(id)
}

fn retire<K: ListKeeper>(keeper: &mut K, in_use: &BTreeSet<KekId>) -> Result<Vec<KekId>, K::Error> {
    *keeper.list_mut() = keeper.read_again()?;
    let list = keeper.list();
    let retired: Vec<KekId> = list.older.iter().map(KeyEncryptionKey::id).filter(|id| !in_use.contains(id)).collect();
    if !retired.is_empty() {
        keeper.keep(&list.keys().filter(|key| !retired.contains(&key.id())).collect::<Vec<_>>())?;
        keeper.list_mut().older.retain(|key| in_use.contains(&key.id()));
    }
    Ok(retired)
}

impl<K: ListKeeper> KeyProvider for K {
    fn name(&self) -> &'static str {
        ListKeeper::name(self)
    }

    fn location(&self) -> String {
        ListKeeper::location(self)
    }

    fn ids(&self) -> Vec<KekId> {
        self.list().keys().map(KeyEncryptionKey::id).collect()
    }

    fn active(&self) -> Result<&KeyEncryptionKey, ProviderError> {
        Ok(&self.list().newest)
    }

    fn find(&self, id: KekId) -> Result<Option<&KeyEncryptionKey>, ProviderError> {
        Ok(self.list().keys().find(|key| key.id() == id))
    }

    fn add(&mut self) -> Result<KekId, ProviderError> {
        Ok(add(self)?)
    }

    fn retire(&mut self, in_use: &BTreeSet<KekId>) -> Result<Vec<KekId>, ProviderError> {
        Ok(retire(self, in_use)?)
    }

    fn erase(&mut self) -> Result<(), ProviderError> {
        Ok(ListKeeper::erase(self)?)
    }
}
