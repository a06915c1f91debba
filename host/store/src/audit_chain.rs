//! The chain of hashes: every entry vouches for all before it.
//!
//! `content_hash` is the SHA-256 of a JSON array of texts: who, way, client, kind, id and name of the subject, connection,
//! details, outcome. `hash` is the SHA-256 of a JSON array of texts: the `hash` of the entry before, number, moment,
//! action, `content_hash`. Whatever is erased is in the first alone, so that an erased entry still holds its place.

use aws_lc_rs::digest::{SHA256, digest};

use crate::audit::AuditEntry;

/// The hash that the first entry of all follows.
pub(crate) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

pub(crate) fn content_hash(entry: &AuditEntry) -> String {
    hash(&[
        &entry.who,
        &entry.way,
        &entry.client,
        &entry.subject_kind,
        &entry.subject_id,
        &entry.subject_name,
        &entry.connection_id,
        &entry.details,
        &entry.outcome,
    ])
}

pub(crate) fn chained(before: &str, entry: &AuditEntry) -> String {
    hash(&[before, &entry.number.to_string(), &entry.at, &entry.action, &entry.content_hash])
}

fn hash(texts: &[&str]) -> String {
    let text = serde_json::Value::from(texts.to_vec()).to_string();
    let digest = digest(&SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
