//! Keeping the sign-ins of people alive: a refresh token that nobody uses for ninety days is dead, so each is used at
//! least once a day, whether or not its connection runs. Time is passed in.

use crate::consenting_person;
use crate::expiring::{REFRESH_TOKEN, is_delegated};
use crate::installation::Installation;
use crate::modules::Module;
use crate::secrets::Secrets;
use crate::trouble::Trouble;
use crate::unattended;
use beacon_contract::{FailKind, GrantKind, SlotName};
use beacon_driver::{SecretSlots, SlotError};
use beacon_store::{Connection, ConnectionId, Exercise, Hold, Store, StoredCredential};
use beacon_vault::Secret;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How long after its last use a token is used again. With the share it stays below a day, with hours to spare for a
/// network that is down.
const REST: SignedDuration = SignedDuration::from_hours(18);

/// Connections that signed in at the same time do not do it together for ever: each comes later by a share of its own.
const LARGEST_SHARE: SignedDuration = SignedDuration::from_hours(4);

/// How long after a failure that may pass it is tried again.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// When the token of each delegated connection is to be used next, the earliest first. Those that hold no token are not
/// among them.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn plan(store: &Store) -> Result<Vec<(Timestamp, Connection)>, Trouble> {
    let stored = store.stored_credentials()?;
    let tokens: BTreeMap<ConnectionId, &StoredCredential> =
        stored.iter().filter(|row| row.slot.as_str() == REFRESH_TOKEN).map(|row| (row.connection, row)).collect();
    let tried: BTreeMap<ConnectionId, Exercise> =
        store.exercises()?.into_iter().map(|exercise| (exercise.connection, exercise)).collect();
    let mut plan = Vec::new();
    for connection in store.connections()?.into_iter().filter(is_delegated) {
        if let Some(token) = tokens.get(&connection.id) {
            plan.push((moment(&connection, token.updated_at, tried.get(&connection.id)), connection));
        }
    }
    plan.sort_by_key(|(at, connection)| (*at, connection.id));
    Ok(plan)
}

/// The connections whose token is to be used now, the longest overdue first; never one that is at work.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn due(store: &Store, now: Timestamp, busy: &BTreeSet<ConnectionId>) -> Result<Vec<Connection>, Trouble> {
    let held = store.held()?;
    // What a person took out of use speaks to nobody.
    let disabled = |id: &ConnectionId| held.get(id).is_some_and(|held| held.hold == Hold::Disabled);
    let free = |id: &ConnectionId| !busy.contains(id) && !disabled(id);
    let due = plan(store)?.into_iter().filter(|(at, connection)| *at <= now && free(&connection.id));
    Ok(due.map(|(_, connection)| connection).collect())
}

fn moment(connection: &Connection, used_at: Timestamp, last: Option<&Exercise>) -> Timestamp {
    let later = |moment: Timestamp, by: SignedDuration| moment.saturating_add(by).unwrap_or(Timestamp::MAX);
    let regular = later(used_at, REST + share(connection.id));
    // What was tried since the token came failed: a token that is used is stored anew.
    match last.filter(|exercise| exercise.tried_at > used_at) {
        None => regular,
        Some(exercise) => {
            let pause = if may_pass(exercise) { AGAIN } else { REST + share(connection.id) };
            later(exercise.tried_at, pause)
        }
    }
}

fn may_pass(exercise: &Exercise) -> bool {
    let kind = exercise.trouble.as_ref().and_then(|trouble| trouble.get("kind"));
    kind.is_none_or(|kind| serde_json::from_value::<FailKind>(kind.clone()).is_ok_and(|kind| kind == FailKind::Retry))
}

/// The same for a connection every time, and evenly spread over all of them.
fn share(connection: ConnectionId) -> SignedDuration {
    let [first, second, ..] = *connection.as_uuid().as_bytes();
    let part = i32::from(u16::from_be_bytes([first, second]));
    LARGEST_SHARE * part / i32::from(u16::MAX)
}

/// Uses the refresh token of a connection once. The new one is stored before the old one is gone; whatever is refused,
/// the old one stays. What came of it is noted, and given back if it is a trouble of this sign-in.
///
/// # Errors
/// [`Trouble`] if what came of it cannot be noted.
pub async fn exercise(
    installation: &Installation,
    connection: &Connection,
    now: Timestamp,
) -> Result<Option<Trouble>, Trouble> {
    let trouble = use_once(installation, connection).await.err();
    let trouble = trouble.map(|trouble| consenting_person::named(trouble, connection));
    let note = trouble.as_ref().and_then(|trouble| serde_json::to_value(trouble).ok());
    installation.store().put_exercise(&Exercise { connection: connection.id, tried_at: now, trouble: note })?;
    Ok(trouble)
}

async fn use_once(installation: &Installation, connection: &Connection) -> Result<(), Trouble> {
    let module = Module::find(&installation.folders, None, &connection.source_type)?;
    let secrets = Arc::new(Secrets::open(installation, connection.id)?);
    let slots = Arc::new(Careful { secrets: Arc::clone(&secrets), read: Mutex::new(0) });
    unattended::try_grant(installation, connection, &module, &secrets, slots, GrantKind::RefreshToken).await
}

/// Keeps a new token only in place of the one that it came from: somebody may have consented meanwhile, as somebody
/// else.
struct Careful {
    secrets: Arc<Secrets>,
    read: Mutex<u32>,
}

impl SecretSlots for Careful {
    fn configured(&self) -> BTreeSet<SlotName> {
        self.secrets.configured()
    }

    fn read(&self, slot: &SlotName, origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError> {
        if slot.as_str() == REFRESH_TOKEN {
            // Asked before the value: a value that is newer than its version is not replaced, which harms nobody.
            *self.read.lock().unwrap_or_else(PoisonError::into_inner) = self.secrets.version(slot.as_str())?;
        }
        self.secrets.read(slot, origins)
    }

    fn write(&self, slot: &SlotName, origins: &BTreeSet<String>, value: &Secret) -> Result<(), SlotError> {
        let read = *self.read.lock().unwrap_or_else(PoisonError::into_inner);
        self.secrets.put_if_unchanged(slot.as_str(), origins, value, read).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_SHARE, REST, share};
    use jiff::SignedDuration;
    use uuid::Uuid;

    #[test]
    fn every_token_is_used_within_a_day_and_not_all_at_once() {
        let ids = [0, 1 << 120, 0x7fff << 112, u128::MAX];
        let shares = ids.map(|id| share(Uuid::from_u128(id).into()));
        assert!(shares.is_sorted(), "{shares:?}");
        assert_eq!(shares.first(), Some(&SignedDuration::ZERO));
        assert_eq!(shares.last(), Some(&LARGEST_SHARE));
        assert!(REST + LARGEST_SHARE < SignedDuration::from_hours(24));
    }
}
