//! Credentials that will die: what, of whom, when, and what to do. From what is stored; nobody is asked.

use crate::credential_profiles::governs;
use crate::expiry_words;
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_driver::CertificateFacts;
use beacon_store::{Connection, ConnectionId, CredentialProfile, StoredCredential};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Slots of the credentials that every connector names alike.
pub(crate) const CLIENT_SECRET: &str = "client_secret";
pub(crate) const CLIENT_CERTIFICATE: &str = "client_certificate";
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";

/// A refresh token that nobody uses for so long is dead. Microsoft lets nobody configure it.
pub const REFRESH_TOKEN_IDLE_DAYS: i32 = 90;

/// What will die.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiringKind {
    /// The secret of an app registration.
    ClientSecret,
    /// A certificate of an app registration.
    Certificate,
    /// The sign-in of a person, if it is not used.
    RefreshToken,
}

/// How near it is. The nearer, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryLevel {
    /// At most thirty days are left.
    Days30,
    /// At most fourteen days are left.
    Days14,
    /// At most three days are left.
    Days3,
    /// Its last day is over.
    Past,
}

/// One credential that will die within thirty days, or is dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expiring {
    /// Names of the connections that need it, sorted.
    pub connections: Vec<String>,
    /// What it is, and when it dies.
    #[serde(flatten)]
    pub end: CredentialEnd,
    /// How near it is.
    pub level: ExpiryLevel,
}

/// When a credential in use dies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CredentialEnd {
    /// What it is.
    pub what: ExpiringKind,
    /// Name of the credential profile that it belongs to, if it is shared.
    pub profile: Option<String>,
    /// Its last day, in UTC.
    pub on: Date,
    /// Days until then; negative afterwards.
    pub days_left: i32,
}

impl ExpiryLevel {
    /// The level of so many days; `None` if there is time.
    #[must_use]
    pub fn of(days_left: i32) -> Option<Self> {
        Some(match days_left {
            ..0 => Self::Past,
            0..=3 => Self::Days3,
            4..=14 => Self::Days14,
            15..=30 => Self::Days30,
            _ => return None,
        })
    }
}

impl ExpiringKind {
    /// The kind of what a slot holds; `None` for what does not expire.
    pub(crate) fn of_slot(slot: &str) -> Option<Self> {
        Some(match slot {
            CLIENT_SECRET => Self::ClientSecret,
            CLIENT_CERTIFICATE => Self::Certificate,
            REFRESH_TOKEN => Self::RefreshToken,
            _ => return None,
        })
    }
}

impl CredentialEnd {
    /// How near it is; `None` if there is time.
    #[must_use]
    pub fn level(&self) -> Option<ExpiryLevel> {
        ExpiryLevel::of(self.days_left)
    }

    /// What happens.
    #[must_use]
    pub fn title(&self) -> String {
        expiry_words::title(self.what, self.profile.as_deref(), self.days_left)
    }

    /// The next step.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        expiry_words::advice(self.what, self.profile.is_some())
    }
}

impl Installation {
    /// The credentials that die within thirty days or are dead, the nearest first. Only those that are in use: what is
    /// stored beside them breaks nothing.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn expiring(&self, now: Timestamp) -> Result<Vec<Expiring>, Trouble> {
        Ok(self.near_ends(now)?.into_iter().map(|(_, expiring)| expiring).collect())
    }

    /// The same, each with the connection or profile that it is stored with.
    pub(crate) fn near_ends(&self, now: Timestamp) -> Result<Vec<(Uuid, Expiring)>, Trouble> {
        let (connections, stored, profiles) = {
            let store = self.store();
            (store.connections()?, store.stored_credentials()?, store.profiles()?)
        };
        let mut by_connection: BTreeMap<ConnectionId, Vec<StoredCredential>> = BTreeMap::new();
        for row in stored {
            by_connection.entry(row.connection).or_default().push(row);
        }
        let today = day(now);
        let mut near: BTreeMap<(Uuid, ExpiringKind), Expiring> = BTreeMap::new();
        for connection in &connections {
            let rows = by_connection.get(&connection.id).map(Vec::as_slice).unwrap_or_default();
            let profile = profiles.iter().find(|profile| Some(profile.id) == connection.profile);
            for end in ends(connection, rows, profile, today) {
                let Some(level) = end.level() else { continue };
                let shared = profile.filter(|_| end.profile.is_some());
                let owner = shared.map_or(*connection.id.as_uuid(), |profile| *profile.id.as_uuid());
                let expiring = near.entry((owner, end.what));
                let expiring = expiring.or_insert_with(|| Expiring { connections: Vec::new(), end, level });
                expiring.connections.push(connection.name.to_string());
            }
        }
        let mut near: Vec<_> = near.into_iter().map(|((owner, _), expiring)| (owner, expiring)).collect();
        let order = |expiring: &Expiring| (expiring.end.on, expiring.connections.clone());
        near.sort_by_key(|(_, expiring)| order(expiring));
        Ok(near)
    }

    /// When the credentials that a connection uses die, the nearest first, however far it is.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn ends_of(&self, connection: &Connection, now: Timestamp) -> Result<Vec<CredentialEnd>, Trouble> {
        let store = self.store();
        let rows = store.stored_credentials_of(connection.id)?;
        let profile = connection.profile.map(|id| store.profile(id)).transpose()?;
        Ok(ends(connection, &rows, profile.as_ref(), day(now)))
    }
}

/// When each credential that a connection uses dies, the nearest first.
fn ends(
    connection: &Connection,
    rows: &[StoredCredential],
    profile: Option<&CredentialProfile>,
    today: Date,
) -> Vec<CredentialEnd> {
    let has = |slot: &str| rows.iter().any(|row| row.slot.as_str() == slot);
    let used = rows.iter().filter(|row| in_use(connection, row.slot.as_str(), has(CLIENT_CERTIFICATE)));
    let own = used.filter_map(|row| {
        let what = ExpiringKind::of_slot(row.slot.as_str())?;
        Some((what, None, last_day(what, row.expires_on, row.updated_at)?))
    });
    let shared = profile.and_then(|profile| {
        let what = ExpiringKind::of_slot(profile.kind.as_str())?;
        Some((what, Some(profile.name.to_string()), profile.expires_on?))
    });
    let mut ends: Vec<_> = own
        .chain(shared)
        .map(|(what, profile, on)| {
            let days_left = today.until(on).map_or(i32::MAX, |span| span.get_days());
            CredentialEnd { what, profile, on, days_left }
        })
        .collect();
    ends.sort_by_key(|end| (end.on, end.what));
    ends
}

/// The last day of a credential, if it is known.
pub(crate) fn last_day(kind: ExpiringKind, expires_on: Option<Date>, updated_at: Timestamp) -> Option<Date> {
    match kind {
        ExpiringKind::ClientSecret | ExpiringKind::Certificate => expires_on,
        ExpiringKind::RefreshToken => day(updated_at).checked_add(REFRESH_TOKEN_IDLE_DAYS.days()).ok(),
    }
}

/// The last day on which a certificate is valid, at least for a part of it.
pub(crate) fn last_valid_day(facts: &CertificateFacts) -> Date {
    day(facts.not_after)
}

fn day(moment: Timestamp) -> Date {
    moment.to_zoned(TimeZone::UTC).date()
}

/// Whether a connection signs in on behalf of a person.
#[must_use]
pub fn is_delegated(connection: &Connection) -> bool {
    let text = |field: &str| connection.settings.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
    match text("flow") {
        "authorization_code" | "device_code" => true,
        // The preset app of the vendor has no credential of its own.
        "" => text("sign_in") == "vendor_app",
        _ => false,
    }
}

/// Whether runs of a connection use what lies in a slot. An application that acts for a person proves itself as well,
/// by its certificate if there is one.
fn in_use(connection: &Connection, slot: &str, has_certificate: bool) -> bool {
    if connection.profile.is_some() && governs(slot) {
        return false;
    }
    let by_certificate =
        connection.settings.get("flow").and_then(serde_json::Value::as_str) == Some(CLIENT_CERTIFICATE);
    match (slot, is_delegated(connection)) {
        (REFRESH_TOKEN, delegated) => delegated,
        (CLIENT_SECRET, true) => !has_certificate,
        (CLIENT_SECRET, false) => !by_certificate,
        (CLIENT_CERTIFICATE, delegated) => delegated || by_certificate,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::ExpiryLevel;

    #[test]
    fn levels_begin_thirty_fourteen_and_three_days_before_and_the_day_after() {
        use ExpiryLevel::{Days3, Days14, Days30, Past};
        for (days, expected) in [
            (31, None),
            (30, Some(Days30)),
            (15, Some(Days30)),
            (14, Some(Days14)),
            (4, Some(Days14)),
            (3, Some(Days3)),
            (0, Some(Days3)),
            (-1, Some(Past)),
            (-400, Some(Past)),
        ] {
            assert_eq!(ExpiryLevel::of(days), expected, "{days}");
        }
    }
}
