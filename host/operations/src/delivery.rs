//! Sending packages to where they are owed. The outbox is in the store: a package is owed from the moment its run ended,
//! and until it was confirmed or given up by a person. Everything here may be interrupted anywhere and done again.

use crate::destinations;
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_delivery::{Arrival, Concern, DeliveryError, Destination as Ready, Parcel, next_attempt};
use beacon_driver::Cancel;
use beacon_store::{Action, Deed, Delivery, Destination, DestinationId, FailureScope, RunId, Store, StoreError};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tracing::{info, warn};

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

/// Everything that one destination gets now, in the making.
pub type Turn<'a> = BoxFuture<'a, Result<Vec<Attempt>, Trouble>>;

/// Destinations that somebody in this process is sending to, and what stops each of them.
#[derive(Default)]
pub(crate) struct Sending(Mutex<BTreeMap<DestinationId, Cancel>>);

/// The right to send to a destination, as long as it lives.
pub(crate) struct Claim {
    all: Arc<Sending>,
    destination: DestinationId,
    stopped: Cancel,
}

impl Sending {
    fn claimed(&self) -> MutexGuard<'_, BTreeMap<DestinationId, Cancel>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn claim(self: &Arc<Self>, destination: DestinationId) -> Option<Claim> {
        let stopped = Cancel::new();
        match self.claimed().entry(destination) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(entry) => entry.insert(stopped.clone()),
        };
        Some(Claim { all: Arc::clone(self), destination, stopped })
    }

    /// Ends the turn of a destination that leads elsewhere from now on, or nowhere. To be called before anybody else has
    /// the store: what arrives then is not noted any more.
    pub(crate) fn stop(&self, destination: DestinationId) {
        if let Some(stopped) = self.claimed().get(&destination) {
            stopped.cancel();
        }
    }

    /// The right to send to all of these, so that nobody sends what is about to be given up.
    pub(crate) fn claim_all(self: &Arc<Self>, ids: impl Iterator<Item = DestinationId>) -> Result<Vec<Claim>, Trouble> {
        let ids: BTreeSet<_> = ids.collect();
        let title = "one of its packages may be on its way to a destination just now";
        let busy = || Trouble::new(FailKind::Retry, "delivery.under_way", title, "Try again in a moment.");
        ids.into_iter().map(|id| self.claim(id).ok_or_else(busy)).collect()
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.all.claimed().remove(&self.destination);
    }
}

/// What is to be sent now, as one turn for each destination that nobody in this process is sending to, and the moment
/// after `now` when there is something to send next. Turns are awaited side by side, so that nobody waits for a slow one.
///
/// A turn sends the oldest package first, and stores what came of each. What fails for every package ends it, and so does
/// a change of its destination. It ends early if `cancel` says so, or if it is dropped; nothing is lost then.
///
/// # Errors
/// [`Trouble`] of the store, also of a turn; why something did not arrive is in its [`Attempt`].
pub fn begin<'a>(
    installation: &'a Installation,
    now: Timestamp,
    which: Which,
    cancel: &'a Cancel,
) -> Result<(Vec<Turn<'a>>, Option<Timestamp>), Trouble> {
    let waiting = installation.store().next_deliveries()?;
    let later = waiting.iter().map(|(_, next)| *next).filter(|next| *next > now).min();
    let due_by = (which == Which::Due).then_some(now);
    let wanted = waiting.into_iter().filter(|(_, next)| due_by.is_none_or(|due_by| *next <= due_by));
    let claims = wanted.filter_map(|(destination, _)| installation.sending().claim(destination));
    Ok((claims.map(|claim| turn(installation, claim, due_by, cancel).boxed()).collect(), later))
}

/// Sends what is to be sent, and waits until everything was tried.
///
/// # Errors
/// The first of [`begin`], once every turn is over.
pub async fn deliver_due(
    installation: &Installation,
    now: Timestamp,
    which: Which,
    cancel: &Cancel,
) -> Result<Vec<Attempt>, Trouble> {
    let (turns, _) = begin(installation, now, which, cancel)?;
    let attempts: Vec<_> = join_all(turns).await.into_iter().collect::<Result<_, _>>()?;
    Ok(attempts.into_iter().flatten().collect())
}

async fn turn(
    installation: &Installation,
    claim: Claim,
    due_by: Option<Timestamp>,
    cancel: &Cancel,
) -> Result<Vec<Attempt>, Trouble> {
    let claim = Arc::new(claim);
    let mut attempts: Vec<Attempt> = Vec::new();
    let Some(destination) = installation.store().destination(claim.destination)? else { return Ok(attempts) };
    let ready = destinations::ready(installation, &destination);
    while !cancel.is_cancelled() {
        // Asked again each time: something may have been given up, or have come.
        let last = attempts.last().map(|attempt| &attempt.delivery);
        let Some(delivery) = installation.store().next_delivery(destination.id, due_by, last)? else { break };
        let sent = match &ready {
            Err(trouble) => Err((trouble.clone(), Concern::Destination)),
            Ok(ready) => match send(ready, &delivery, &claim, cancel).await {
                // Nobody's failure.
                Err(DeliveryError::Stopped) => break,
                sent => sent.map_err(|error| {
                    let concern = error.concern();
                    (Trouble::from(error), concern)
                }),
            },
        };
        let mut store = installation.store();
        if claim.stopped.is_cancelled() {
            break;
        }
        let (already_there, failed) = match sent {
            Ok(arrival) => {
                store.delivery_arrived(delivery.run, destination.id, Installation::now())?;
                let already_there = arrival == Arrival::AlreadyThere;
                info!(run = %delivery.run, destination = delivery.destination_name, already_there, "a package arrived");
                (already_there, None)
            }
            Err((trouble, concern)) => {
                let code = &trouble.code;
                warn!(run = %delivery.run, destination = delivery.destination_name, code, "a package did not arrive");
                note_failure(&mut store, &delivery, &trouble, concern)?;
                (false, Some((trouble, concern)))
            }
        };
        let over = matches!(failed, Some((_, Concern::Destination)));
        attempts.push(Attempt { delivery, already_there, error: failed.map(|(trouble, _)| trouble) });
        if over {
            break;
        }
    }
    Ok(attempts)
}

async fn send(
    ready: &Ready,
    delivery: &Delivery,
    claim: &Arc<Claim>,
    cancel: &Cancel,
) -> Result<Arrival, DeliveryError> {
    let (folder, run) = (delivery.package_dir.clone(), delivery.run.to_string());
    let opened = tokio::task::spawn_blocking(move || Parcel::open(&folder, &run)).await;
    let parcel = Arc::new(opened.unwrap_or(Err(DeliveryError::Stopped))?);
    tokio::select! {
        // What a change stops is waited for, so that the next turn finds nobody there.
        sent = ready.deliver(&parcel, &claim.stopped, Arc::clone(claim)) => sent,
        () = cancel.cancelled() => Err(DeliveryError::Stopped),
    }
}

fn note_failure(store: &mut Store, delivery: &Delivery, trouble: &Trouble, concern: Concern) -> Result<(), Trouble> {
    let scope = match concern {
        Concern::Destination => FailureScope::Destination,
        Concern::Package => FailureScope::Package,
    };
    let error = serde_json::to_value(trouble).map_err(|error| Trouble::unexpected(&error))?;
    let now = Installation::now();
    let retry_at = |failures| next_attempt(failures, now);
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
    use std::sync::Arc;
    use uuid::Uuid;

    #[test]
    fn a_destination_is_claimed_once_and_given_back() {
        let sending = Arc::new(Sending::default());
        let [one, other] = [1, 2].map(|number| DestinationId::from(Uuid::from_u128(number)));
        let claim = sending.claim(one);
        assert!(claim.is_some());
        assert!(sending.claim(one).is_none());
        assert!(sending.claim(one).is_none(), "a refused claim gives nothing back");
        assert!(sending.claim(other).is_some());
        sending.stop(one);
        assert!(claim.is_some_and(|claim| claim.stopped.is_cancelled()));
        let claim = sending.claim(one);
        assert!(claim.is_some_and(|claim| !claim.stopped.is_cancelled()), "it is another one");
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
