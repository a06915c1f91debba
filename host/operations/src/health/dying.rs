//! Credentials that die soon, as far as health needs to know them.

use crate::installation::Installation;
use crate::trouble::Trouble;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use std::collections::BTreeSet;

/// Days ahead in which a credential that dies makes its connections degraded.
pub(super) const DEGRADED_DAYS: i64 = 14;

/// Days ahead in which it is told at all.
const TOLD_DAYS: i64 = 30;

/// A credential that dies within thirty days, or is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dying {
    /// Names of the connections that need it.
    pub connections: BTreeSet<String>,
    /// What it is, a stable word such as `client_secret`.
    pub what: String,
    /// What happens: one sentence.
    pub title: String,
    /// What to do.
    pub next_step: String,
    /// Its last day.
    pub on: Date,
    /// Days until then; negative afterwards.
    pub days_left: i64,
}

/// What dies within thirty days, the nearest first.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn dying(installation: &Installation, now: Timestamp) -> Result<Vec<Dying>, Trouble> {
    let store = installation.store();
    let today = now.to_zoned(TimeZone::UTC).date();
    let mut found = Vec::new();
    for connection in store.connections()? {
        for row in store.secrets(connection.id)? {
            let Some(on) = row.expires_on else { continue };
            let days_left = today.until((Unit::Day, on)).map_or(i64::MAX, |span| i64::from(span.get_days()));
            if days_left > TOLD_DAYS {
                continue;
            }
            let label = row.slot.as_str().replace(['_', '.'], " ");
            let when = match days_left {
                ..0 => format!("expired on {on}"),
                0 => "expires today".to_owned(),
                1 => "expires tomorrow".to_owned(),
                days => format!("expires in {days} days"),
            };
            found.push(Dying {
                connections: BTreeSet::from([connection.name.to_string()]),
                what: row.slot.to_string(),
                title: format!("The {label} {when}."),
                next_step: "Make a new one in the app registration and store it here with its last day.".to_owned(),
                on,
                days_left,
            });
        }
    }
    found.sort_by_key(|one| one.on);
    Ok(found)
}
