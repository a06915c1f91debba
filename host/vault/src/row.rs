//! The two kinds of rows that a store keeps for the vault. Neither holds anything in the clear that
//! is secret.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::{KekId, Origin};

/// Length of an XChaCha20 nonce in bytes: long enough to be drawn at random for every encryption.
pub const NONCE_LENGTH: usize = 24;

/// The id of a data key, drawn when the key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataKeyId(Uuid);

impl DataKeyId {
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The id as a UUID, for storing.
    #[must_use]
    pub fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl From<Uuid> for DataKeyId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for DataKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// How a row is encrypted. Stored with it, so that another cipher can be added beside this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Algorithm {
    /// XChaCha20-Poly1305 with a random 24-byte nonce (draft-irtf-cfrg-xchacha).
    XChaCha20Poly1305,
}

impl Algorithm {
    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::XChaCha20Poly1305 => "xchacha20-poly1305",
        }
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        match text {
            "xchacha20-poly1305" => Ok(Self::XChaCha20Poly1305),
            _ => Err(UnknownAlgorithm { found: text.to_owned() }),
        }
    }
}

/// A stored name that stands for no cipher of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cipher {found:?} is not known to this version")]
pub struct UnknownAlgorithm {
    /// The name that was found.
    pub found: String,
}

/// A secret at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// The data key it is encrypted with.
    pub key_id: DataKeyId,
    /// The cipher.
    pub algorithm: Algorithm,
    /// The nonce, drawn for this encryption.
    pub nonce: [u8; NONCE_LENGTH],
    /// Ciphertext with its 16-byte tag at the end.
    pub ciphertext: Vec<u8>,
    /// The version of the secret in its slot, counted by the caller; a replaced secret has a higher
    /// one.
    pub version: u32,
    /// The origins it was sealed for: readable here, and authenticated by the encryption.
    pub origins: BTreeSet<Origin>,
}

/// A data key at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The data key.
    pub key_id: DataKeyId,
    /// Its place among the data keys of the connection, from 1; the highest one seals, the others
    /// only open.
    pub generation: u32,
    /// The key-encryption key it is wrapped with.
    pub kek_id: KekId,
    /// The name of the provider that holds that key.
    pub provider: String,
    /// The nonce, drawn for this encryption.
    pub nonce: [u8; NONCE_LENGTH],
    /// Ciphertext with its 16-byte tag at the end.
    pub ciphertext: Vec<u8>,
}
