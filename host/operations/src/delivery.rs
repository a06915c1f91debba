//! Sending packages to where they are owed. The outbox is in the store: a package is owed from the moment its run ended,
//! and until it was confirmed or given up by a person. Everything here may be interrupted anywhere and done again.

use crate::destinations;
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_delivery::{Arrival, Concern, DeliveryError, Destination as Ready, Parcel, next_attempt};
use beacon_driver::Cancel;
use beacon_store::{Action, Deed, Delivery, Destination, DestinationId, FailureScope, RunId, Store, StoreError};
use futures_util::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::{info, warn};

/// Destinations that are sent to at the same time; each gets one package after the other.
const SIDE_BY_SIDE: usize = 4;

/// What to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// What is due: new packages, and those whose time has come again.
    Due,
    /// Everything that waits, because a person says so.
    Waiting,
}

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// What was sent, as it stood before.
    pub delivery: Delivery,
    /// Whether it had arrived already, by an attempt that did not live to tell.
    pub already_there: bool,
    /// Why it did not arrive, if it did not.
    pub error: Option<Trouble>,
}

/// Destinations that somebody in this process is sending to.
#[derive(Default)]
pub(crate) struct Sending(Mutex<BTreeSet<DestinationId>>);

/// The right to send to a destination, as long as it lives.
pub(crate) struct Claim<'a>(&'a Sending, DestinationId);

impl Sending {
    pub(crate) fn claim(&self, id: DestinationId) -> Option<Claim<'_>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id).then(|| Claim(self, id))
    }

    /// The right to send to all of these, so that nobody sends what is about to be given up.
    pub(crate) fn claim_all(&self, ids: impl Iterator<Item = DestinationId>) -> Result<Vec<Claim<'_>>, Trouble> {
        let ids: BTreeSet<_> = ids.collect();
        let title = "one of its packages may be on its way to a destination just now";
        let busy = || Trouble::new(FailKind::Retry, "delivery.under_way", title, "Try again in a moment.");
        ids.into_iter().map(|id| self.claim(id).ok_or_else(busy)).collect()
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

/// Whether there is something to send now. One small question to the database: cheap enough for every few seconds.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn is_due(installation: &Installation, now: Timestamp) -> Result<bool, Trouble> {
    Ok(next_at(installation)?.is_some_and(|next| next <= now))
}

/// When there is something to send next: in the past if it is now, `None` if nothing waits.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn next_at(installation: &Installation) -> Result<Option<Timestamp>, Trouble> {
    Ok(installation.store().next_delivery_at()?)
}

/// Sends what is to be sent, to several destinations at once, to each the oldest package first, and stores what came of
/// it. A destination that somebody else in this process is sending to is left to them. What fails for every package ends
/// the turn of its destination. Ends early if `cancel` says so, or if it is dropped; nothing is lost then.
///
/// # Errors
/// [`Trouble`] of the store; why something did not arrive is in its [`Attempt`].
pub async fn deliver_due(
    installation: &Installation,
    now: Timestamp,
    which: Which,
    cancel: &Cancel,
) -> Result<Vec<Attempt>, Trouble> {
    let due_by = (which == Which::Due).then_some(now);
    let waiting = installation.store().waiting_deliveries(None, due_by)?;
    let wanted: BTreeSet<_> = waiting.iter().map(|delivery| delivery.destination).collect();
    let mut destinations = installation.store().destinations()?;
    destinations.retain(|destination| wanted.contains(&destination.id));
    let turns = destinations.into_iter().map(|destination| turn(installation, destination, due_by, cancel));
    let turns: Vec<_> = turns.collect();
    let attempts: Vec<Vec<_>> = futures_util::stream::iter(turns).buffered(SIDE_BY_SIDE).try_collect().await?;
    Ok(attempts.into_iter().flatten().collect())
}

/// Everything that one destination gets now.
async fn turn(
    installation: &Installation,
    destination: Destination,
    due_by: Option<Timestamp>,
    cancel: &Cancel,
) -> Result<Vec<Attempt>, Trouble> {
    let Some(_claim) = installation.sending().claim(destination.id) else { return Ok(Vec::new()) };
    let ready = destinations::ready(installation, &destination);
    let mut tried = BTreeSet::new();
    let mut attempts = Vec::new();
    while !cancel.is_cancelled() {
        // Asked again each time: something may have been given up, or have come.
        let waiting = installation.store().waiting_deliveries(Some(destination.id), due_by)?;
        let Some(delivery) = waiting.into_iter().find(|delivery| !tried.contains(&delivery.run)) else { break };
        tried.insert(delivery.run);
        let (trouble, concern) = match &ready {
            Err(trouble) => (trouble.clone(), Concern::Destination),
            Ok(ready) => match send(ready, &delivery, cancel).await {
                Ok(arrival) => {
                    let now = Installation::now();
                    installation.store().delivery_arrived(delivery.run, destination.id, now)?;
                    let already_there = arrival == Arrival::AlreadyThere;
                    info!(run = %delivery.run, destination = delivery.destination_name, already_there, "a package arrived");
                    attempts.push(Attempt { delivery, already_there, error: None });
                    continue;
                }
                // Nobody's failure.
                Err(DeliveryError::Stopped) => break,
                Err(error) => {
                    let concern = error.concern();
                    (Trouble::from(error), concern)
                }
            },
        };
        warn!(run = %delivery.run, destination = delivery.destination_name, code = trouble.code, "a package did not arrive");
        note_failure(installation, &delivery, &trouble, concern)?;
        attempts.push(Attempt { delivery, already_there: false, error: Some(trouble) });
        if concern == Concern::Destination {
            break;
        }
    }
    Ok(attempts)
}

async fn send(ready: &Ready, delivery: &Delivery, cancel: &Cancel) -> Result<Arrival, DeliveryError> {
    let (folder, run) = (delivery.package_dir.clone(), delivery.run.to_string());
    let opened = tokio::task::spawn_blocking(move || Parcel::open(&folder, &run)).await;
    let parcel = opened.unwrap_or(Err(DeliveryError::Stopped))?;
    ready.deliver(&Arc::new(parcel), cancel).await
}

fn note_failure(
    installation: &Installation,
    delivery: &Delivery,
    trouble: &Trouble,
    concern: Concern,
) -> Result<(), Trouble> {
    let scope = match concern {
        Concern::Destination => FailureScope::Destination,
        Concern::Package => FailureScope::Package,
    };
    let error = serde_json::to_value(trouble).map_err(|error| Trouble::unexpected(&error))?;
    let now = Installation::now();
    let retry_at = |failures| next_attempt(failures, now);
    let mut store = installation.store();
    Ok(store.delivery_failed(delivery.run, delivery.destination, &error, scope, &retry_at)?)
}

/// Lets everything that waits for a destination be sent at once, however often it failed.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn hurry(installation: &Installation, destination: &Destination) -> Result<(), Trouble> {
    installation.store().together(|store| {
        store.hurry_destination(destination.id, Installation::now())?;
        let deed = Deed::new(Action::DeliveryStarted, "destination", destination.id, &destination.name);
        Ok(store.record(&deed.with("all", true))?)
    })
}

/// Gives up what waits: the package will not be sent there any more, and may be removed.
///
/// # Errors
/// [`Trouble`] if nothing of that run waits for the destination.
pub fn give_up(installation: &Installation, run: RunId, destination: &Destination) -> Result<(), Trouble> {
    let note = |store: &mut Store| note_given_up(store, run, destination.id, destination.name.as_str());
    if installation.store().together(note)? {
        return Ok(());
    }
    let title = format!("nothing of the run {run} waits for {}", destination.name);
    Err(Trouble::settings("delivery.not_waiting", title, "See what waits with `beacon delivery list --waiting`."))
}

/// Gives up a delivery and leaves its entry, within a transaction; tells whether it waited.
pub(crate) fn note_given_up(
    store: &mut Store,
    run: RunId,
    destination: DestinationId,
    name: &str,
) -> Result<bool, StoreError> {
    let given_up = store.give_up_delivery(run, destination, Installation::now())?;
    if given_up {
        store.record(&Deed::new(Action::DeliveryGivenUp, "destination", destination, name).with("run", run))?;
    }
    Ok(given_up)
}

#[cfg(test)]
mod tests {
    use super::{Sending, Which, deliver_due};
    use crate::Installation;
    use beacon_driver::Cancel;
    use beacon_store::DestinationId;
    use uuid::Uuid;

    #[test]
    fn a_destination_is_claimed_once_and_given_back() {
        let sending = Sending::default();
        let [one, other] = [1, 2].map(|number| DestinationId::from(Uuid::from_u128(number)));
        let claim = sending.claim(one);
        assert!(claim.is_some());
        assert!(sending.claim(one).is_none());
        assert!(sending.claim(one).is_none(), "a refused claim gives nothing back");
        assert!(sending.claim(other).is_some());
        drop(claim);
        assert!(sending.claim(one).is_some());
    }

    /// A loop that serves spawns it.
    #[test]
    fn it_can_be_a_task_of_its_own() {
        fn is_send<T: Send>(_: &T) {}
        let check = |installation: &Installation, cancel: &Cancel| {
            is_send(&deliver_due(installation, Installation::now(), Which::Due, cancel));
        };
        let _: &dyn Fn(&Installation, &Cancel) = &check;
    }
}
