//! Secrets on their way into a data folder: what `beacon secrets export` wrote, opened again.

use crate::trouble::Trouble;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use beacon_vault::{Identities, InvalidOrigin, InvalidSlotName, Origin, Secret, SlotName};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// A secret, for a slot and the origins that it was bound to where it comes from. It is bound to them again, whatever
/// the rest of the file says.
pub(super) struct Carried {
    pub(super) owner: Owner,
    pub(super) slot: SlotName,
    pub(super) origins: BTreeSet<Origin>,
    pub(super) expires_on: Option<Date>,
    pub(super) value: Secret,
}

/// Whose a secret is, by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Connection(String),
    Destination(String),
    Profile(String),
    DefaultProxy,
    /// Something that a configuration does not describe.
    Other(String),
}

#[derive(Deserialize)]
struct Listed {
    format: String,
    version: u32,
    secrets: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    belongs_to: BelongsTo,
    slot: String,
    origins: Vec<String>,
    expires_on: Option<Date>,
    value: Option<Hidden>,
    value_base64: Option<Hidden>,
}

#[derive(Deserialize)]
struct BelongsTo {
    kind: String,
    name: String,
}

/// A text that goes straight to where nobody can print it.
struct Hidden(Secret);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Hidden;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Hidden, E> {
                Ok(Hidden(Secret::new(text.as_bytes().to_vec())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Opens the secrets of a configuration.
///
/// # Errors
/// [`Trouble`] if they are for somebody else, or none that are understood.
pub(super) fn opened(text: &str, identities: &Identities) -> Result<Vec<Carried>, Trouble> {
    let file = BASE64_STANDARD.decode(text.trim()).map_err(|_| not_understood("they are not in base64"))?;
    let plain = identities.decrypt(&file)?;
    // A cause could repeat what stands around a mistake.
    let listed: Listed =
        serde_json::from_slice(plain.expose()).map_err(|_| not_understood("they are not what beacon writes"))?;
    if listed.format != "beacon-secrets" || listed.version != 1 {
        return Err(not_understood("they are of another version"));
    }
    listed.secrets.into_iter().map(carried).collect()
}

fn not_understood(why: &str) -> Trouble {
    let title = format!("the secrets in the file cannot be read: {why}");
    Trouble::settings("config.secrets", title, "Export the configuration again, with the same version of beacon.")
}

fn carried(one: One) -> Result<Carried, Trouble> {
    let value = match (one.value, one.value_base64) {
        (Some(Hidden(value)), None) => value,
        (None, Some(Hidden(text))) => {
            let decoded = BASE64_STANDARD.decode(text.expose());
            Secret::new(decoded.map_err(|_| not_understood("one is not in base64"))?)
        }
        _ => return Err(not_understood("one has no value")),
    };
    let (owner, slot) = match (one.belongs_to.kind.as_str(), one.belongs_to.name) {
        ("connection", name) => (Owner::Connection(name), one.slot),
        ("destination", name) => (Owner::Destination(name), one.slot),
        // Before the slot itself stands which profile of that data folder it was.
        ("profile", name) => (Owner::Profile(name), one.slot.splitn(3, '.').last().unwrap_or_default().to_owned()),
        ("installation", _) if one.slot == crate::secrets::PROXY_PASSWORD => (Owner::DefaultProxy, one.slot),
        ("installation", _) if one.slot.starts_with("notification.") => {
            (Owner::Other("notifications".to_owned()), one.slot)
        }
        (kind, name) => (Owner::Other(format!("{kind} {name}")), one.slot),
    };
    let slot = slot.parse().map_err(|_: InvalidSlotName| not_understood("one is for a place that cannot be"))?;
    let origins = one.origins.iter().map(|origin| origin.parse()).collect::<Result<_, _>>();
    let origins = origins.map_err(|_: InvalidOrigin| not_understood("one is for an address that cannot be"))?;
    Ok(Carried { owner, slot, origins, expires_on: one.expires_on, value })
}
