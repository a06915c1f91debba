//! What the log of a beacon that serves is told of ends that come: each level once, over restarts too.

use crate::expiring::{Expiring, ExpiringKind, ExpiryLevel};
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_vault::{InvalidSlotName, SlotName};
use jiff::Timestamp;

impl Installation {
    /// The credentials that came to another level since this was asked last, with the note that they did.
    ///
    /// # Errors
    /// [`Trouble`] of the store.
    pub fn newly_expiring(&self, now: Timestamp) -> Result<Vec<Expiring>, Trouble> {
        let mut news = Vec::new();
        for (owner, expiring) in self.near_ends(now)? {
            let slot: SlotName =
                slot(expiring.end.what).parse().map_err(|error: InvalidSlotName| Trouble::unexpected(&error))?;
            if self.store().note_expiry(owner, &slot, expiring.end.on, level(expiring.level))? {
                news.push(expiring);
            }
        }
        Ok(news)
    }
}

fn slot(what: ExpiringKind) -> &'static str {
    match what {
        ExpiringKind::ClientSecret => crate::expiring::CLIENT_SECRET,
        ExpiringKind::Certificate => crate::expiring::CLIENT_CERTIFICATE,
        ExpiringKind::RefreshToken => crate::expiring::REFRESH_TOKEN,
    }
}

fn level(level: ExpiryLevel) -> &'static str {
    match level {
        ExpiryLevel::Days30 => "days30",
        ExpiryLevel::Days14 => "days14",
        ExpiryLevel::Days3 => "days3",
        ExpiryLevel::Past => "past",
    }
}
