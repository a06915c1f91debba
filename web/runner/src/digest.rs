//! The identity of a module, as the host writes it.

use crate::fault::Fault;
use crate::javascript::words;
use js_sys::{ArrayBuffer, Uint8Array};
use std::fmt::Write as _;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::SubtleCrypto;

/// Sees to it that a text can be a digest, before it becomes part of an address.
pub(crate) fn check_text(digest: &str) -> Result<(), Fault> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if digest.len() == 64 && digest.bytes().all(digit) { Ok(()) } else { Err(Fault::DigestText) }
}

/// Sees to it that these bytes have that SHA-256.
pub(crate) async fn check(bytes: &ArrayBuffer, expected: &str, subtle: &SubtleCrypto) -> Result<(), Fault> {
    let refused = |thrown| Fault::Malformed { words: words(&thrown) };
    let promise = subtle.digest_with_str_and_buffer_source("SHA-256", bytes).map_err(refused)?;
    let value = JsFuture::from(promise).await.map_err(refused)?;
    let value = Uint8Array::new(value.unchecked_ref::<ArrayBuffer>()).to_vec();
    let found = value.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    if found == expected { Ok(()) } else { Err(Fault::Digest { expected: expected.to_owned(), found }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_digest_becomes_part_of_an_address() {
        let good = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        check_text(good).unwrap();
        for bad in ["", "..", &good.to_uppercase(), &format!("{good}0"), &good.replace('b', "/")] {
            assert!(matches!(check_text(bad), Err(Fault::DigestText)), "{bad}");
        }
    }
}
