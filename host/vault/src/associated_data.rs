//! What a ciphertext is bound to: the fields are encoded so that no two different lists of fields
//! give the same bytes.

use std::collections::BTreeSet;

use crate::row::{Algorithm, DataKeyId};
use crate::{ConnectionRef, KekId, Origin, RunRef, SecretBinding};

/// Version of the encodings below. It is itself authenticated, so a later layout can't be taken for
/// this one.
const FORMAT_VERSION: u32 = 1;

/// The associated data of a sealed value: purpose, format, cipher, connection, slot, version of the
/// secret, origins.
pub(crate) fn of_value(algorithm: Algorithm, binding: &SecretBinding, version: u32) -> Vec<u8> {
    let mut fields = Fields::new("beacon-vault/value");
    fields.bytes(algorithm.as_str().as_bytes());
    fields.bytes(binding.connection.as_bytes());
    fields.bytes(binding.slot.as_str().as_bytes());
    fields.number(version);
    fields.origins(&binding.origins);
    fields.0
}

/// The associated data of a wrapped data key: purpose, format, cipher, connection, both key ids,
/// provider, generation.
pub(crate) fn of_data_key(
    connection: ConnectionRef,
    key_id: DataKeyId,
    generation: u32,
    kek_id: KekId,
    provider: &str,
) -> Vec<u8> {
    let mut fields = Fields::new("beacon-vault/data-key");
    fields.bytes(Algorithm::XChaCha20Poly1305.as_str().as_bytes());
    fields.bytes(connection.as_bytes());
    fields.bytes(key_id.as_uuid().as_bytes());
    fields.number(generation);
    fields.bytes(kek_id.as_uuid().as_bytes());
    fields.bytes(provider.as_bytes());
    fields.0
}

/// The `info` of the key derivation for a run (RFC 5869, section 2.3).
pub(crate) fn of_run_key(connection: ConnectionRef, run: RunRef) -> Vec<u8> {
    let mut fields = Fields::new("beacon-vault/run-key");
    fields.bytes(connection.as_bytes());
    fields.bytes(run.as_bytes());
    fields.0
}

/// A list of fields, each led by its length as eight big-endian bytes.
struct Fields(Vec<u8>);

impl Fields {
    fn new(purpose: &str) -> Self {
        let mut fields = Self(Vec::with_capacity(256));
        fields.bytes(purpose.as_bytes());
        fields.number(FORMAT_VERSION);
        fields
    }

    fn bytes(&mut self, field: &[u8]) {
        self.length(field.len());
        self.0.extend_from_slice(field);
    }

    fn number(&mut self, field: u32) {
        self.bytes(&field.to_be_bytes());
    }

    /// A list is its number of items, then the items; a set comes sorted by itself.
    fn origins(&mut self, origins: &BTreeSet<Origin>) {
        self.length(origins.len());
        for origin in origins {
            self.bytes(origin.as_str().as_bytes());
        }
    }

    fn length(&mut self, length: usize) {
        // A usize is never wider than 64 bits on a platform that Rust supports.
        self.0.extend_from_slice(&(length as u64).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::of_value;
    use crate::{Algorithm, Origin, SecretBinding};

    type Parts = (u8, String, u32, BTreeSet<String>);

    fn encode((connection, slot, version, origins): &Parts) -> Vec<u8> {
        let binding = SecretBinding {
            connection: Uuid::from_u128(u128::from(*connection)).into(),
            slot: slot.parse().unwrap(),
            origins: origins.iter().map(|host| format!("https://{host}").parse::<Origin>().unwrap()).collect(),
        };
        of_value(Algorithm::XChaCha20Poly1305, &binding, *version)
    }

    /// Few letters and small numbers, so that near misses (a letter moved from one field to the
    /// next) are drawn often.
    fn parts() -> impl Strategy<Value = Parts> {
        (0..2_u8, "[ab]{1,3}", 0..3_u32, proptest::collection::btree_set("x[ab]{0,2}", 0..3))
    }

    proptest! {
        #[test]
        fn different_bindings_never_encode_alike(left in parts(), right in parts()) {
            prop_assert_eq!(encode(&left) == encode(&right), left == right);
        }
    }
}
