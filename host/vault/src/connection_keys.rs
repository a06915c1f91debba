use std::collections::BTreeMap;

use crate::cipher::{self, SymmetricKey};
use crate::row::Algorithm;
use crate::{
    ConnectionRef, DataKeyId, RunKey, RunRef, SealedValue, Secret, SecretBinding, VaultError, associated_data,
};

/// The unlocked data keys of one connection: the newest seals, all of them open.
pub struct ConnectionKeys {
    connection: ConnectionRef,
    active: DataKeyId,
    keys: BTreeMap<DataKeyId, SymmetricKey>,
}

impl ConnectionKeys {
    pub(crate) fn new(connection: ConnectionRef, active: DataKeyId, keys: BTreeMap<DataKeyId, SymmetricKey>) -> Self {
        Self { connection, active, keys }
    }

    /// The connection whose keys these are.
    #[must_use]
    pub fn connection(&self) -> ConnectionRef {
        self.connection
    }

    /// The data key that seals.
    #[must_use]
    pub fn active(&self) -> DataKeyId {
        self.active
    }

    /// Encrypts a secret for exactly this binding and version.
    ///
    /// # Errors
    /// [`VaultError::OtherConnection`], [`VaultError::NoRandomness`], [`VaultError::TooLong`].
    pub fn seal(&self, binding: &SecretBinding, version: u32, secret: &Secret) -> Result<SealedValue, VaultError> {
        self.check_connection(binding)?;
        let algorithm = Algorithm::XChaCha20Poly1305;
        let nonce = cipher::random_nonce()?;
        let associated_data = associated_data::of_value(algorithm, binding, version);
        let ciphertext = cipher::encrypt(self.key(self.active)?, &nonce, &associated_data, secret.expose())?;
        Ok(SealedValue { key_id: self.active, algorithm, nonce, ciphertext, version, origins: binding.origins.clone() })
    }

    /// Decrypts a secret for the binding it is about to be used under.
    ///
    /// # Errors
    /// [`VaultError::OriginsChanged`] where the value was sealed for other origins,
    /// [`VaultError::UnknownDataKey`], [`VaultError::ValueNotAuthentic`],
    /// [`VaultError::OtherConnection`].
    pub fn open(&self, binding: &SecretBinding, value: &SealedValue) -> Result<Secret, VaultError> {
        self.check_connection(binding)?;
        // Said first and by itself, because it is the one that happens to honest people. It decides
        // nothing: the origins are authenticated below, whatever the row claims.
        if binding.origins != value.origins {
            return Err(VaultError::OriginsChanged {
                slot: binding.slot.clone(),
                sealed: value.origins.clone(),
                requested: binding.origins.clone(),
            });
        }
        let associated_data = associated_data::of_value(value.algorithm, binding, value.version);
        cipher::decrypt(self.key(value.key_id)?, &value.nonce, &associated_data, &value.ciphertext)
            .map_err(|_| VaultError::ValueNotAuthentic { slot: binding.slot.clone() })
    }

    /// Encrypts a stored value again with the newest data key, or gives `None` where it already is.
    /// Version and binding stay.
    ///
    /// # Errors
    /// Those of [`ConnectionKeys::open`] and [`ConnectionKeys::seal`].
    pub fn reseal(&self, binding: &SecretBinding, value: &SealedValue) -> Result<Option<SealedValue>, VaultError> {
        if value.key_id == self.active {
            return Ok(None);
        }
        let secret = self.open(binding, value)?;
        self.seal(binding, value.version, &secret).map(Some)
    }

    /// The journal key of a new run, derived from the newest data key.
    ///
    /// # Errors
    /// [`VaultError::TooLong`], which no output of 32 bytes can reach.
    pub fn derive_run_key(&self, run: RunRef) -> Result<RunKey, VaultError> {
        self.derive_run_key_with(self.active, run)
    }

    /// The journal key of an earlier run, derived from the data key that its journal names.
    ///
    /// # Errors
    /// [`VaultError::UnknownDataKey`].
    pub fn derive_run_key_with(&self, key_id: DataKeyId, run: RunRef) -> Result<RunKey, VaultError> {
        RunKey::derive(key_id, self.key(key_id)?, self.connection, run)
    }

    fn key(&self, key_id: DataKeyId) -> Result<&SymmetricKey, VaultError> {
        self.keys.get(&key_id).ok_or(VaultError::UnknownDataKey { key_id, connection: self.connection })
    }

    fn check_connection(&self, binding: &SecretBinding) -> Result<(), VaultError> {
        if binding.connection == self.connection {
            return Ok(());
        }
        Err(VaultError::OtherConnection { keys: self.connection, requested: binding.connection })
    }
}
