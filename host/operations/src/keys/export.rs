//! All secrets in one file that only its recipient can read.

use super::inventory::{Inventory, Looked, Under, look};
use crate::folders::Folders;
use crate::trouble::Trouble;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use beacon_store::Store;
use beacon_vault::{Origin, Recipient, RecipientError, Secret, Vault};
use jiff::Timestamp;
use serde_json::json;
use std::io::Write as _;
use zeroize::Zeroizing;

/// All secrets, encrypted.
#[derive(Clone, Debug)]
pub struct Exported {
    /// How many secrets.
    pub secrets: usize,
    /// The bytes of an age file.
    pub file: Vec<u8>,
}

/// All secrets, and what they belong to, for `recipient` alone.
///
/// # Errors
/// [`Trouble`] if a secret cannot be opened: a copy that lacks one would be taken for whole.
pub fn export(
    folders: &Folders,
    store: &Store,
    vault: &Vault,
    recipient: &Recipient,
    now: Timestamp,
) -> Result<Exported, Trouble> {
    let inventory = Inventory::read(store, folders)?;
    let looked = look(&inventory, store, vault, Under::Stored)?;
    let secrets = looked.len();
    let text = document(&inventory, store, looked, now)?;
    Ok(Exported { secrets, file: recipient.encrypt(&text)? })
}

/// The text of an export: JSON, written piece by piece into memory that is wiped. No type that holds a secret can be
/// serialised, and this is the one place where that is meant.
fn document(inventory: &Inventory, store: &Store, looked: Vec<Looked>, now: Timestamp) -> Result<Secret, Trouble> {
    let values: usize =
        looked.iter().filter_map(|one| one.opened.as_ref().ok()).map(|value| value.expose().len()).sum();
    // Each byte of a value takes at most six characters; the rest is names. A growing buffer would leave copies behind.
    let room = values.saturating_mul(6).saturating_add(looked.len().saturating_mul(4096)).saturating_add(4096);
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    let head =
        json!({ "format": "beacon-secrets", "version": 1, "installation": store.installation(), "exported_at": now });
    let head = head.to_string();
    let failed = |error: std::io::Error| Trouble::unexpected(&error);
    write!(text, "{},\"secrets\":[", open_ended(&head)).map_err(failed)?;
    for (number, Looked { belongs, row, opened }) in looked.into_iter().enumerate() {
        let value =
            opened.map_err(|trouble| trouble.with(format!("{} {}: {}", belongs.kind, belongs.name, row.slot)))?;
        let connection = inventory.connection(row.id);
        let about = json!({
            "belongs_to": belongs,
            "source_type": connection.map(|one| &one.source_type),
            "tenant_id": connection.and_then(|one| one.tenant_id.as_ref()),
            "slot": row.slot.as_str(),
            "origins": row.value.origins.iter().map(Origin::as_str).collect::<Vec<_>>(),
            "expires_on": row.expires_on,
        });
        let about = about.to_string();
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}{},", open_ended(&about)).map_err(failed)?;
        write_value(&mut text, &value).map_err(failed)?;
        text.push(b'}');
    }
    text.extend_from_slice(b"]}");
    Ok(Secret::new(std::mem::take(&mut *text)))
}

/// A JSON object without its end, so that more can follow.
fn open_ended(object: &str) -> &str {
    object.strip_suffix('}').unwrap_or(object)
}

/// A value as text where it is text, else in base64.
fn write_value(text: &mut Vec<u8>, value: &Secret) -> std::io::Result<()> {
    if let Some(value) = value.expose_str() {
        text.extend_from_slice(b"\"value\":");
        return Ok(serde_json::to_writer(text, value)?);
    }
    let encoded = Zeroizing::new(BASE64_STANDARD.encode(value.expose()));
    write!(text, "\"value_base64\":\"{}\"", encoded.as_str())
}

impl From<RecipientError> for Trouble {
    fn from(error: RecipientError) -> Self {
        Self::settings(error.code(), &error, error.hint()).caused_by(&error)
    }
}
