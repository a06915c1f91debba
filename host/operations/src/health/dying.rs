//! Credentials that die soon, as far as health needs to know them.

use crate::installation::Installation;
use crate::trouble::Trouble;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Days ahead in which a credential that dies makes its connections degraded.
pub(super) const DEGRADED_DAYS: i32 = 14;

/// A credential that dies within thirty days, or is dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dying {
    /// Names of the connections that need it.
    pub connections: BTreeSet<String>,
    /// What it is, as people call it.
    pub what: &'static str,
    /// What happens: one sentence.
    pub title: String,
    /// What to do.
    pub next_step: String,
    /// Days until its last day; negative afterwards.
    pub days_left: i32,
}

/// What dies within thirty days, the nearest first.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn dying(installation: &Installation, now: Timestamp) -> Result<Vec<Dying>, Trouble> {
    let expiring = installation.expiring(now)?.into_iter().map(|one| Dying {
        what: one.what.label(),
        title: one.title(),
        next_step: one.advice().to_owned(),
        days_left: one.days_left,
        connections: one.connections.into_iter().collect(),
    });
    Ok(expiring.collect())
}
