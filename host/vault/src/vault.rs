use std::collections::{BTreeMap, BTreeSet};

use crate::cipher::{self, SymmetricKey};
use crate::{
    ConnectionKeys, ConnectionRef, DataKeyId, KekId, KeyEncryptionKey, KeyProvider, ProviderError, Secret, VaultError,
    WrappedKey, associated_data,
};

/// Makes, unlocks, rotates and rewraps the data keys of connections. It keeps no rows: what it
/// makes is the caller's to store, what it opens is the caller's to load.
pub struct Vault {
    provider: Box<dyn KeyProvider>,
}

impl Vault {
    /// A vault over the keys of `provider`.
    #[must_use]
    pub fn new(provider: impl KeyProvider + 'static) -> Self {
        Self { provider: Box::new(provider) }
    }

    /// Makes the first data key of a connection.
    ///
    /// # Errors
    /// [`VaultError::Provider`], [`VaultError::NoRandomness`].
    pub fn create_data_key(&self, connection: ConnectionRef) -> Result<WrappedKey, VaultError> {
        self.rotate(connection, &[])
    }

    /// Makes the next data key of a connection that has the keys `present`. Once it is stored
    /// beside them it seals; the older ones go on opening what they sealed, until
    /// [`ConnectionKeys::reseal`] has moved it.
    ///
    /// # Errors
    /// [`VaultError::Provider`], [`VaultError::NoRandomness`], [`VaultError::TooLong`].
    pub fn rotate(&self, connection: ConnectionRef, present: &[WrappedKey]) -> Result<WrappedKey, VaultError> {
        let newest = present.iter().map(|key| key.generation).max().unwrap_or(0);
        let generation = newest.checked_add(1).ok_or(VaultError::TooLong)?;
        let key = SymmetricKey::random()?;
        self.wrap(connection, DataKeyId::random(), generation, &key)
    }

    /// Unlocks all data keys of a connection.
    ///
    /// # Errors
    /// [`VaultError::NoDataKey`] where there is none, [`VaultError::UnknownKeyEncryptionKey`],
    /// [`VaultError::KeyNotAuthentic`], [`VaultError::Provider`].
    pub fn unlock(&self, connection: ConnectionRef, stored: &[WrappedKey]) -> Result<ConnectionKeys, VaultError> {
        let active = stored
            .iter()
            .max_by_key(|key| (key.generation, key.key_id))
            .ok_or(VaultError::NoDataKey { connection })?
            .key_id;
        let mut keys = BTreeMap::new();
        for wrapped in stored {
            keys.insert(wrapped.key_id, self.unwrap(connection, wrapped)?);
        }
        Ok(ConnectionKeys::new(connection, active, keys))
    }

    /// Checks at the start that every stored data key can be opened, before anything relies on it.
    ///
    /// # Errors
    /// Those of [`Vault::unlock`], for the first key that can't be opened.
    pub fn check<'row>(
        &self,
        stored: impl IntoIterator<Item = (ConnectionRef, &'row WrappedKey)>,
    ) -> Result<(), VaultError> {
        stored.into_iter().try_for_each(|(connection, wrapped)| self.unwrap(connection, wrapped).map(drop))
    }

    /// Changes the key-encryption key of the installation: makes a new one and wraps all data keys
    /// with it. The caller replaces the stored ones by what it gets, in one transaction.
    ///
    /// The order keeps every secret readable at any interruption: the provider has the new key
    /// durably, beside the old ones, before the first row names it; the old ones go only by
    /// [`Vault::retire_unused`], when no row names them.
    ///
    /// # Errors
    /// Those of [`Vault::check`], before anything is made; [`VaultError::Provider`].
    pub fn rekey(
        &mut self,
        stored: &[(ConnectionRef, WrappedKey)],
    ) -> Result<Vec<(ConnectionRef, WrappedKey)>, VaultError> {
        // An installation whose rows can't all be opened must not get one more key to be confused
        // about.
        self.check(stored.iter().map(|(connection, wrapped)| (*connection, wrapped)))?;
        self.add_key()?;
        self.rewrap(self, stored)
    }

    /// Makes a new key-encryption key and activates it; the older ones stay.
    ///
    /// # Errors
    /// [`VaultError::Provider`].
    pub fn add_key(&mut self) -> Result<KekId, VaultError> {
        self.provider.add().map_err(|source| self.provider_failed(source))
    }

    /// Wraps data keys, which `from` can open, with the active key of this vault.
    ///
    /// # Errors
    /// Those of [`Vault::unlock`], for the first key that can't be opened.
    pub fn rewrap(
        &self,
        from: &Self,
        stored: &[(ConnectionRef, WrappedKey)],
    ) -> Result<Vec<(ConnectionRef, WrappedKey)>, VaultError> {
        let one = |(connection, old): &(ConnectionRef, WrappedKey)| {
            let key = from.unwrap(*connection, old)?;
            Ok((*connection, self.wrap(*connection, old.key_id, old.generation, &key)?))
        };
        stored.iter().map(one).collect()
    }

    /// The name of the provider.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.provider.name()
    }

    /// Where the provider keeps its keys, for messages.
    #[must_use]
    pub fn location(&self) -> String {
        self.provider.location()
    }

    /// The ids of all key-encryption keys, the active one last.
    #[must_use]
    pub fn key_ids(&self) -> Vec<KekId> {
        self.provider.ids()
    }

    /// The key that wraps new data keys: its id and its fingerprint.
    ///
    /// # Errors
    /// [`VaultError::Provider`].
    pub fn active(&self) -> Result<(KekId, String), VaultError> {
        let key = self.provider.active().map_err(|source| self.provider_failed(source))?;
        Ok((key.id(), key.fingerprint()?))
    }

    /// Destroys all keys of the provider: for keys that were moved to another one.
    ///
    /// # Errors
    /// [`VaultError::Provider`].
    pub fn erase(&mut self) -> Result<(), VaultError> {
        self.provider.erase().map_err(|source| self.provider_failed(source))
    }

    /// Destroys the key-encryption keys that are neither active nor named in `in_use`, the ids of
    /// all stored rows of all data folders that share this provider; gives back the destroyed ones.
    ///
    /// # Errors
    /// [`VaultError::Provider`].
    pub fn retire_unused(&mut self, in_use: &BTreeSet<KekId>) -> Result<Vec<KekId>, VaultError> {
        self.provider.retire(in_use).map_err(|source| self.provider_failed(source))
    }

    fn wrap(
        &self,
        connection: ConnectionRef,
        key_id: DataKeyId,
        generation: u32,
        key: &SymmetricKey,
    ) -> Result<WrappedKey, VaultError> {
        let kek = self.provider.active().map_err(|source| self.provider_failed(source))?;
        let provider = self.provider.name();
        let nonce = cipher::random_nonce()?;
        let associated_data = associated_data::of_data_key(connection, key_id, generation, kek.id(), provider);
        let ciphertext = cipher::encrypt(kek.key(), &nonce, &associated_data, key.expose())?;
        Ok(WrappedKey { key_id, generation, kek_id: kek.id(), provider: provider.to_owned(), nonce, ciphertext })
    }

    fn unwrap(&self, connection: ConnectionRef, wrapped: &WrappedKey) -> Result<SymmetricKey, VaultError> {
        let key_id = wrapped.key_id;
        let kek = self.find(wrapped)?;
        let associated_data =
            associated_data::of_data_key(connection, key_id, wrapped.generation, wrapped.kek_id, &wrapped.provider);
        cipher::decrypt(kek.key(), &wrapped.nonce, &associated_data, &wrapped.ciphertext)
            .ok()
            .as_ref()
            .map(Secret::expose)
            .and_then(SymmetricKey::from_slice)
            .ok_or(VaultError::KeyNotAuthentic { key_id, connection })
    }

    fn find(&self, wrapped: &WrappedKey) -> Result<&KeyEncryptionKey, VaultError> {
        let found = self.provider.find(wrapped.kek_id).map_err(|source| self.provider_failed(source))?;
        found.ok_or_else(|| VaultError::UnknownKeyEncryptionKey {
            key_id: wrapped.key_id,
            kek_id: wrapped.kek_id,
            expected: wrapped.provider.clone(),
            provider: self.provider.name(),
            location: self.provider.location(),
        })
    }

    fn provider_failed(&self, source: ProviderError) -> VaultError {
        VaultError::Provider { provider: self.provider.name(), source }
    }
}

#[cfg(test)]
mod tests;
