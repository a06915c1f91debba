use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use uuid::Uuid;

use crate::VaultError;
use crate::cipher::{KEY_LENGTH, SymmetricKey};

/// The id of a key-encryption key, drawn when the key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KekId(Uuid);

impl KekId {
    /// The id as a UUID, for storing.
    #[must_use]
    pub fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl From<Uuid> for KekId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for KekId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A key that encrypts data keys and nothing else; wiped when dropped.
pub struct KeyEncryptionKey {
    id: KekId,
    key: SymmetricKey,
}

impl KeyEncryptionKey {
    /// Draws a new key and its id.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    pub fn random() -> Result<Self, VaultError> {
        Ok(Self { id: KekId(Uuid::new_v4()), key: SymmetricKey::random()? })
    }

    /// A key that a provider has kept, or `None` where `bytes` are not 32.
    #[must_use]
    pub fn from_slice(id: KekId, bytes: &[u8]) -> Option<Self> {
        Some(Self { id, key: SymmetricKey::from_slice(bytes)? })
    }

    /// The id of this key.
    #[must_use]
    pub fn id(&self) -> KekId {
        self.id
    }

    /// The key, for a provider that has to keep it.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_LENGTH] {
        self.key.expose()
    }

    /// A short text that is the same for the same key and tells nothing about it: to compare a key with its backup.
    ///
    /// # Errors
    /// [`VaultError::TooLong`], which no output of 8 bytes can reach.
    pub fn fingerprint(&self) -> Result<String, VaultError> {
        let mut bytes = [0; 8];
        Salt::new(HKDF_SHA256, &[])
            .extract(self.key.expose())
            .expand(&[b"beacon-vault/fingerprint"], Short)
            .and_then(|output| output.fill(&mut bytes))
            .map_err(|_| VaultError::TooLong)?;
        let parts: Vec<String> =
            bytes.chunks(2).map(|two| two.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
        Ok(parts.join("-"))
    }

    pub(crate) fn key(&self) -> &SymmetricKey {
        &self.key
    }
}

/// The length of a fingerprint.
struct Short;

impl KeyType for Short {
    fn len(&self) -> usize {
        8
    }
}

/// Why a provider could not do its part; each provider has its own causes.
pub type ProviderError = Box<dyn Error + Send + Sync>;

/// Holder of the key-encryption keys of one installation. Its name is recorded in every key wrapped
/// with it, so that an installation that lost its keys can say which ones to bring back.
pub trait KeyProvider: Send + Sync {
    /// A short stable name, such as `key-file`.
    fn name(&self) -> &'static str;

    /// Where the keys are, for messages: a path, a service. Never key material.
    fn location(&self) -> String;

    /// The ids of all keys, the newest (the active one) last.
    fn ids(&self) -> Vec<KekId>;

    /// The key that wraps new data keys: the newest.
    ///
    /// # Errors
    /// Whatever keeps the provider from answering.
    fn active(&self) -> Result<&KeyEncryptionKey, ProviderError>;

    /// The key with this id, or `None` where the provider answers but has no such key.
    ///
    /// # Errors
    /// Whatever keeps the provider from answering.
    fn find(&self, id: KekId) -> Result<Option<&KeyEncryptionKey>, ProviderError>;

    /// Makes a new key and activates it. It is durable when this returns, and all older keys are
    /// still there.
    ///
    /// # Errors
    /// Whatever keeps the provider from storing; then nothing has changed.
    fn add(&mut self) -> Result<KekId, ProviderError>;

    /// Destroys every key that is neither active nor in `in_use`; gives back the destroyed ones.
    ///
    /// # Errors
    /// Whatever keeps the provider from storing; then nothing has changed.
    fn retire(&mut self, in_use: &BTreeSet<KekId>) -> Result<Vec<KekId>, ProviderError>;

    /// Destroys all keys: for keys that were moved elsewhere.
    ///
    /// # Errors
    /// Whatever keeps the provider from it; then nothing has changed.
    fn erase(&mut self) -> Result<(), ProviderError>;
}
