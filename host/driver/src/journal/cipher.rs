//! Encryption of single entries.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};

/// The key of one run, with what every entry is bound to.
pub(super) struct EntryCipher {
    key: LessSafeKey,
    header_digest: Vec<u8>,
}

impl EntryCipher {
    /// `None` only if the library refuses a key of 32 bytes.
    pub(super) fn new(key: &[u8; 32], header_line: &[u8]) -> Option<Self> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
        Some(Self { key, header_digest: digest(&SHA256, header_line).as_ref().to_vec() })
    }

    /// The sequence number is the nonce: unique under this key because each run has its own key and writes each
    /// number once.
    fn nonce(sequence: u64) -> Nonce {
        let mut bytes = [0; NONCE_LEN];
        for (slot, byte) in bytes.iter_mut().zip(sequence.to_be_bytes()) {
            *slot = byte;
        }
        Nonce::assume_unique_for_key(bytes)
    }

    pub(super) fn seal(&self, sequence: u64, entry: &mut Vec<u8>) -> Option<()> {
        self.key.seal_in_place_append_tag(Self::nonce(sequence), Aad::from(&self.header_digest), entry).ok()
    }

    pub(super) fn open<'e>(&self, sequence: u64, entry: &'e mut [u8]) -> Option<&'e [u8]> {
        let plain = self.key.open_in_place(Self::nonce(sequence), Aad::from(&self.header_digest), entry).ok()?;
        Some(plain)
    }
}
