//! Credentials that will die: what, of whom, when, and what to do. From what is stored; nobody is asked.

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_store::{Connection, ConnectionId, StoredCredential};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use std::collections::BTreeMap;

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
    /// What it is.
    pub what: ExpiringKind,
    /// Its last day, in UTC.
    pub on: Date,
    /// Days until then; negative afterwards.
    pub days_left: i32,
    /// How near it is.
    pub level: ExpiryLevel,
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

    /// What a person calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ClientSecret => "client secret",
            Self::Certificate => "certificate",
            Self::RefreshToken => "refresh token",
        }
    }
}

impl Expiring {
    /// What happens, without the names: "The client secret expires in 12 days".
    #[must_use]
    pub fn title(&self) -> String {
        let what = self.what.label();
        match self.days_left {
            ..-1 => format!("The {what} expired {} days ago.", self.days_left.unsigned_abs()),
            -1 => format!("The {what} expired yesterday."),
            0 => format!("The {what} expires today."),
            1 => format!("The {what} expires tomorrow."),
            days => format!("The {what} expires in {days} days."),
        }
    }

    /// The next step.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self.what {
            ExpiringKind::ClientSecret => {
                "Make a new secret in the app registration, under Certificates & secrets, and store it here with the \
                 day on which it expires."
            }
            ExpiringKind::Certificate => {
                "Make a new one with `beacon connection new-certificate` and upload its public part to the app \
                 registration; the old one stays in use until the new one works."
            }
            ExpiringKind::RefreshToken => {
                "It was not used for long. Run the connection once; if that is refused, sign in and consent again."
            }
        }
    }
}

impl Installation {
    /// The credentials that die within thirty days or are dead, the nearest first. Only those that are in use: what is
    /// stored beside them breaks nothing.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn expiring(&self, now: Timestamp) -> Result<Vec<Expiring>, Trouble> {
        let (connections, stored) = {
            let store = self.store();
            (store.connections()?, store.stored_credentials()?)
        };
        let mut by_connection: BTreeMap<ConnectionId, Vec<&StoredCredential>> = BTreeMap::new();
        for row in &stored {
            by_connection.entry(row.connection).or_default().push(row);
        }
        let today = day(now);
        let mut expiring = Vec::new();
        for connection in &connections {
            let rows = by_connection.get(&connection.id).map(Vec::as_slice).unwrap_or_default();
            let has = |slot: &str| rows.iter().any(|row| row.slot.as_str() == slot);
            for row in rows.iter().filter(|row| in_use(connection, row.slot.as_str(), has(CLIENT_CERTIFICATE))) {
                let names = vec![connection.name.to_string()];
                let kind = ExpiringKind::of_slot(row.slot.as_str());
                let end = kind.and_then(|kind| Some((kind, last_day(kind, row.expires_on, row.updated_at)?)));
                expiring.extend(end.and_then(|(kind, on)| near(names, kind, on, today)));
            }
        }
        expiring.sort_by(|one, other| (one.on, &one.connections).cmp(&(other.on, &other.connections)));
        Ok(expiring)
    }
}

fn near(connections: Vec<String>, what: ExpiringKind, on: Date, today: Date) -> Option<Expiring> {
    let days_left = today.until(on).map_or(i32::MAX, |span| span.get_days());
    let level = ExpiryLevel::of(days_left)?;
    Some(Expiring { connections, what, on, days_left, level })
}

/// The last day of a credential, if it is known.
pub(crate) fn last_day(kind: ExpiringKind, expires_on: Option<Date>, updated_at: Timestamp) -> Option<Date> {
    match kind {
        ExpiringKind::ClientSecret | ExpiringKind::Certificate => expires_on,
        ExpiringKind::RefreshToken => day(updated_at).checked_add(REFRESH_TOKEN_IDLE_DAYS.days()).ok(),
    }
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
