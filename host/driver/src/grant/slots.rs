//! The way to stored secrets. The vault is behind it; the driver never sees where rows lie.

use beacon_contract::SlotName;
use beacon_vault::Secret;
use std::collections::BTreeSet;

/// Why a secret cannot be read or kept. The sentence is for people and holds no secret.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SlotError {
    /// Stable code.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// Stored secrets of one connection.
pub trait SecretSlots: Send + Sync {
    /// Slots that hold a value for exactly these origins or any others.
    fn configured(&self) -> BTreeSet<SlotName>;

    /// The value of a slot, `None` if it is empty.
    ///
    /// # Errors
    /// [`SlotError`] if it was stored for other origins, or cannot be decrypted.
    fn read(&self, slot: &SlotName, origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError>;

    /// Replaces the value of a slot; returns when it is durable.
    ///
    /// # Errors
    /// [`SlotError`] if it cannot be kept.
    fn write(&self, slot: &SlotName, origins: &BTreeSet<String>, value: &Secret) -> Result<(), SlotError>;
}
