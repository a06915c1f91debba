//! Keyed fingerprints: two sets of keys are equal if the sums over their fingerprints are.

use siphasher::sip128::{Hasher128, SipHasher24};
use std::hash::Hasher;

/// SipHash-2-4 with 128 bits over the bytes of a text. Sums (`wrapping_add`) of fingerprints name a set of texts
/// independent of their order. The seed is random per run and never reaches a module, so that a module cannot
/// construct another set with the same sum.
#[must_use]
pub fn fingerprint(seed: &[u8; 16], text: impl AsRef<[u8]>) -> u128 {
    let mut hasher = SipHasher24::new_with_key(seed);
    hasher.write(text.as_ref());
    hasher.finish128().as_u128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_siphash_2_4_128_of_the_reference() {
        // Vector of the reference implementation: key 00..0f, message 00..0e.
        let key = std::array::from_fn(|index| index as u8);
        let message: Vec<u8> = (0..15).collect();
        let expected = u128::from_str_radix("5493e99933b0a8117e08ec0f97cfc3d9", 16).unwrap();
        assert_eq!(fingerprint(&key, &message).swap_bytes(), expected);
    }
}
