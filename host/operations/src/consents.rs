//! Invitations to consent: who needs one, how all of them stand, and what happened to them. The links themselves are made
//! by a beacon that serves; time is passed in.

mod board;
mod words;

pub use board::{BoardRow, BoardState, board, uninvited};
pub use words::{discarded, overtaken, signing_in, waits};

use crate::expiring::{REFRESH_TOKEN, is_delegated};
use crate::health::{self, State};
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_store::{
    Action, Connection, ConnectionId, Deed, Hold, Invitation, InvitationEvent, InvitationId, InvitationState,
    LinkDigest, NewInvitation, Store,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeSet;

/// How long a link is good: over a weekend.
const LIFETIME: SignedDuration = SignedDuration::from_hours(72);

/// Connections that somebody has to consent to, as far as a link can help: those that act for a person and have no
/// consent that holds. One that is paused counts, one that is disabled does not.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn needed(installation: &Installation, now: Timestamp) -> Result<BTreeSet<ConnectionId>, Trouble> {
    let standings = health::look(installation, now)?.standings;
    let store = installation.store();
    let held = store.held()?;
    let mut needed = BTreeSet::new();
    for connection in store.connections()?.into_iter().filter(is_delegated) {
        let needs = match held.get(&connection.id).map(|held| held.hold) {
            Some(Hold::Disabled) => false,
            // What it says about itself is that it is paused.
            Some(Hold::Paused) => !store.secrets(connection.id)?.iter().any(|row| row.slot.as_str() == REFRESH_TOKEN),
            None => standings.get(&connection.id).is_some_and(|standing| standing.state == State::NeedsConsent),
        };
        if needs {
            needed.insert(connection.id);
        }
    }
    Ok(needed)
}

/// Stores that a link was made. An older one of the connection that is still open is taken back.
///
/// # Errors
/// [`Trouble`] if a link would be of no use for this connection, or a consent waits for its confirmation.
pub fn invite(
    installation: &Installation,
    connection: &Connection,
    link: LinkDigest,
    made_by: Option<&str>,
    now: Timestamp,
) -> Result<Invitation, Trouble> {
    health::ensure_usable(installation, connection)?;
    invite_one(&mut installation.store(), connection, link, made_by, now)
}

/// The same for many: all that are of use are stored, or none. A connection that gets none is told with its reason, and
/// keeps no other from its own.
///
/// # Errors
/// [`Trouble`] of the store: what is wrong with the beacon is wrong with all of them.
pub fn invite_many(
    installation: &Installation,
    links: &[(&Connection, LinkDigest)],
    made_by: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Result<Invitation, Trouble>>, Trouble> {
    let usable: Vec<_> = links.iter().map(|(connection, _)| health::ensure_usable(installation, connection)).collect();
    installation.store().together(|store| {
        let invited = links.iter().zip(usable).map(|((connection, link), usable)| {
            match usable.and_then(|()| invite_one(store, connection, *link, made_by, now)) {
                Err(trouble) if trouble.kind != FailKind::Settings => Err(trouble),
                told => Ok(told),
            }
        });
        invited.collect()
    })
}

fn invite_one(
    store: &mut Store,
    connection: &Connection,
    link: LinkDigest,
    made_by: Option<&str>,
    now: Timestamp,
) -> Result<Invitation, Trouble> {
    if !is_delegated(connection) {
        return Err(words::nobody_needed(connection));
    }
    if connection.settings.get("flow").and_then(serde_json::Value::as_str) == Some("device_code") {
        return Err(words::by_code(connection));
    }
    let before = store.invitation_of(connection.id)?;
    if before.is_some_and(|before| before.state == InvitationState::Granted) {
        return Err(waits(connection));
    }
    let new = NewInvitation {
        connection: connection.id,
        link,
        made_by: made_by.map(str::to_owned),
        ends_at: now.saturating_add(LIFETIME).unwrap_or(now),
    };
    Ok(store.insert_invitation(&new, &json!(words::replaced()), now)?)
}

/// Notes what happened to an invitation, and why; tells whether that changed anything about it.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn happened(
    installation: &Installation,
    invitation: InvitationId,
    event: InvitationEvent,
    cause: Option<&Trouble>,
    now: Timestamp,
) -> Result<bool, Trouble> {
    let cause = cause.map(|trouble| json!(trouble));
    Ok(installation.store().advance_invitation(invitation, event, cause.as_ref(), now)?.is_some())
}

/// Takes the link of a connection back; gives its invitation. Whoever is signing in by it has to be stopped by the caller.
///
/// # Errors
/// [`Trouble`] if there is nothing to take back.
pub fn withdraw(installation: &Installation, connection: &Connection, now: Timestamp) -> Result<Invitation, Trouble> {
    installation.store().together(|store| {
        let taken = match store.invitation_of(connection.id)? {
            Some(found) => store.advance_invitation(found.id, InvitationEvent::Withdrawn, None, now)?,
            None => None,
        };
        let taken = taken.ok_or_else(|| words::nothing_to_withdraw(connection))?;
        store.record(&Deed::to_connection(Action::ConsentLinkWithdrawn, connection))?;
        Ok(taken)
    })
}

/// Notes that a connection got its consent, and not by its link; tells whether that changed anything.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn consented_otherwise(
    installation: &Installation,
    connection: ConnectionId,
    now: Timestamp,
) -> Result<bool, Trouble> {
    let Some(found) = installation.store().invitation_of(connection)? else { return Ok(false) };
    happened(installation, found.id, InvitationEvent::ConsentedOtherwise, None, now)
}

/// Notes whose time is over; tells how many.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn expire(installation: &Installation, now: Timestamp) -> Result<usize, Trouble> {
    Ok(installation.store().expire_invitations(now)?)
}

/// Notes what a process that ended has lost: sign-ins under way, and consents that nobody had confirmed, because their
/// token is in the memory of the process that got it and nowhere else. To be called before anybody can sign in.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn settle_lost(installation: &Installation, now: Timestamp) -> Result<(), Trouble> {
    let all = installation.store().invitations()?;
    for one in all {
        let cause = match one.state {
            InvitationState::Granted => words::lost_consent(),
            InvitationState::SigningIn => words::lost_sign_in(),
            _ => continue,
        };
        happened(installation, one.id, InvitationEvent::BrokenOff, Some(&cause), now)?;
    }
    Ok(())
}
