use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

use crate::cipher::{KEY_LENGTH, SymmetricKey};
use crate::{ConnectionRef, DataKeyId, RunRef, VaultError, associated_data};

/// The key of one run's journal; wiped when dropped.
///
/// A journal notes [`RunKey::data_key_id`] in the clear: with it the same key is derived again,
/// even after the connection got a newer data key.
pub struct RunKey {
    data_key_id: DataKeyId,
    bytes: Zeroizing<[u8; KEY_LENGTH]>,
}

impl RunKey {
    /// HKDF-SHA256 (RFC 5869) without salt: the data key is uniformly random; the info names
    /// purpose, connection and run.
    pub(crate) fn derive(
        data_key_id: DataKeyId,
        data_key: &SymmetricKey,
        connection: ConnectionRef,
        run: RunRef,
    ) -> Result<Self, VaultError> {
        let info = associated_data::of_run_key(connection, run);
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        Salt::new(HKDF_SHA256, &[])
            .extract(data_key.expose())
            .expand(&[&info], HKDF_SHA256)
            .and_then(|output| output.fill(bytes.as_mut_slice()))
            .map_err(|_| VaultError::TooLong)?;
        Ok(Self { data_key_id, bytes })
    }

    /// The data key it is derived from.
    #[must_use]
    pub fn data_key_id(&self) -> DataKeyId {
        self.data_key_id
    }

    /// The key. Keep the borrow short and make no copy that outlives it.
    #[must_use]
    pub fn expose(&self) -> &[u8; KEY_LENGTH] {
        &self.bytes
    }
}
