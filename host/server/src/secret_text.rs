//! Random texts that open something, and how they are compared: by their digest, so that no comparison tells how much
//! of a guess was right, and none of them lies in memory longer than its request.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Digest of a secret text; the key under which it is known.
pub(crate) type Known = [u8; 32];

/// A new secret text of 256 random bits.
pub(crate) fn new() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// How a secret text is known.
pub(crate) fn known(text: &str) -> Known {
    let mut known = Known::default();
    for (byte, digested) in known.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()) {
        *byte = *digested;
    }
    known
}
