//! The one place that calls the cipher and the random source.

use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::row::NONCE_LENGTH;
use crate::{Secret, VaultError};

/// Length of every symmetric key of this crate in bytes.
pub(crate) const KEY_LENGTH: usize = 32;

/// Length of the Poly1305 tag in bytes.
const TAG_LENGTH: usize = 16;

/// A symmetric key, wiped when dropped. Without `Debug`, `Clone` and `Serialize`, as every holder
/// of key material.
pub(crate) struct SymmetricKey(Zeroizing<[u8; KEY_LENGTH]>);

impl SymmetricKey {
    pub(crate) fn random() -> Result<Self, VaultError> {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        fill_random(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// The key in `bytes`, or `None` where they are not exactly one key long.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != KEY_LENGTH {
            return None;
        }
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        key.copy_from_slice(bytes);
        Some(Self(key))
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_LENGTH] {
        &self.0
    }
}

/// The ciphertext did not fit its key, nonce and associated data. The cipher says no more than
/// that, by design.
pub(crate) struct NotAuthentic;

pub(crate) fn random_nonce() -> Result<[u8; NONCE_LENGTH], VaultError> {
    let mut nonce = [0; NONCE_LENGTH];
    fill_random(&mut nonce)?;
    Ok(nonce)
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), VaultError> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| VaultError::NoRandomness)
}

/// Encrypts; the result is the ciphertext with the tag behind it.
pub(crate) fn encrypt(
    key: &SymmetricKey,
    nonce: &[u8; NONCE_LENGTH],
    associated_data: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, VaultError> {
    // Room for the tag from the start: a reallocation would leave a copy of the plaintext behind.
    let mut buffer = Zeroizing::new(Vec::with_capacity(plaintext.len().saturating_add(TAG_LENGTH)));
    buffer.extend_from_slice(plaintext);
    XChaCha20Poly1305::new(key.expose().into())
        .encrypt_in_place(XNonce::from_slice(nonce), associated_data, &mut *buffer)
        .map_err(|_| VaultError::TooLong)?;
    Ok(std::mem::take(&mut *buffer))
}

/// Decrypts what [`encrypt`] made under the same key, nonce and associated data.
pub(crate) fn decrypt(
    key: &SymmetricKey,
    nonce: &[u8; NONCE_LENGTH],
    associated_data: &[u8],
    ciphertext: &[u8],
) -> Result<Secret, NotAuthentic> {
    let mut buffer = Zeroizing::new(ciphertext.to_vec());
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt_in_place(XNonce::from_slice(nonce), associated_data, &mut *buffer)
        .map_err(|_| NotAuthentic)?;
    Ok(Secret::new(std::mem::take(&mut *buffer)))
}

#[cfg(test)]
mod tests {
    use super::{SymmetricKey, decrypt, encrypt};

    /// The test vector of draft-irtf-cfrg-xchacha-03, appendix A.3.1: same cipher as everybody's,
    /// tag at the end.
    #[test]
    fn published_test_vector() {
        let key: Vec<u8> = (0x80..=0x9f).collect();
        let nonce: [u8; 24] = std::array::from_fn(|at| 0x40 + at as u8);
        let associated_data = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let plaintext = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
                          sunscreen would be it.";
        let key = SymmetricKey::from_slice(&key).unwrap();
        let ciphertext = encrypt(&key, &nonce, &associated_data, plaintext).ok().unwrap();
        assert_eq!(ciphertext[..8], [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]);
        assert_eq!(
            ciphertext[plaintext.len()..],
            [0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a, 0xcf, 0x49]
        );
        let opened = decrypt(&key, &nonce, &associated_data, &ciphertext).ok().unwrap();
        assert_eq!(opened.expose(), plaintext);
    }

    #[test]
    fn a_key_has_exactly_one_length() {
        assert!(SymmetricKey::from_slice(&[0; 31]).is_none());
        assert!(SymmetricKey::from_slice(&[0; 33]).is_none());
    }
}
