//! How all connections stand that need a consent, or were sent a link for one.

use super::{expire, needed, words};
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_store::{Connection, ConnectionId, Invitation, InvitationState};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::str::FromStr;

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BoardState {
    /// A consent is needed, and nobody was sent a link since.
    NoLink,
    /// As its newest invitation does.
    Invited(InvitationState),
}

/// One connection.
#[derive(Clone, Debug)]
pub struct BoardRow {
    /// The connection.
    pub connection: Connection,
    /// How it stands.
    pub state: BoardState,
    /// Whether it needs a consent now.
    pub needed: bool,
    /// Its newest invitation.
    pub invitation: Option<Invitation>,
    /// Why, where there is more to say.
    pub cause: Option<Trouble>,
    /// What to do; empty if nothing has to be done.
    pub next_step: String,
}

impl BoardState {
    /// All states, in the order in which things happen.
    #[must_use]
    pub fn all() -> Vec<Self> {
        std::iter::once(Self::NoLink).chain(InvitationState::ALL.map(Self::Invited)).collect()
    }

    /// The name, as scripts read and write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoLink => "no_link",
            Self::Invited(state) => state.as_str(),
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NoLink => "no link yet",
            Self::Invited(state) => state.words(),
        }
    }
}

impl FromStr for BoardState {
    type Err = Trouble;

    fn from_str(name: &str) -> Result<Self, Trouble> {
        let all = Self::all();
        all.iter().find(|state| state.as_str() == name).copied().ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|state| state.as_str()).collect();
            let advice = format!("Give one of {}.", names.join(", "));
            Trouble::settings("consent.state", format!("{name:?} is no state of the board"), advice)
        })
    }
}

/// All connections that need a consent or have an invitation, by state, then by name.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn board(installation: &Installation, now: Timestamp) -> Result<Vec<BoardRow>, Trouble> {
    expire(installation, now)?;
    let needed = needed(installation, now)?;
    let (connections, invitations) = {
        let store = installation.store();
        (store.connections()?, store.invitations()?)
    };
    let mut invitations: BTreeMap<ConnectionId, Invitation> =
        invitations.into_iter().map(|one| (one.connection, one)).collect();
    let rows = connections.into_iter().filter_map(|connection| {
        let invitation = invitations.remove(&connection.id);
        row(needed.contains(&connection.id), connection, invitation)
    });
    let mut rows: Vec<BoardRow> = rows.collect();
    // Names stay in order.
    rows.sort_by_key(|row| row.state);
    Ok(rows)
}

/// Connections that need a consent and whose link, if they have one, is of no use any more; by name.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn uninvited(installation: &Installation, now: Timestamp) -> Result<Vec<Connection>, Trouble> {
    let mut rows = board(installation, now)?;
    rows.retain(|row| row.needed && !row.is_under_way());
    rows.sort_by(|one, other| one.connection.name.as_str().cmp(other.connection.name.as_str()));
    Ok(rows.into_iter().map(|row| row.connection).collect())
}

impl BoardRow {
    /// Whether something may still come of its invitation.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        match self.state {
            BoardState::NoLink => false,
            BoardState::Invited(state) => {
                state.is_link_good() || matches!(state, InvitationState::SigningIn | InvitationState::Granted)
            }
        }
    }
}

fn row(needed: bool, connection: Connection, invitation: Option<Invitation>) -> Option<BoardRow> {
    let state = match &invitation {
        None if !needed => return None,
        None => BoardState::NoLink,
        // What was confirmed once does not hold any more.
        Some(invitation) if needed && invitation.state == InvitationState::Confirmed => BoardState::NoLink,
        Some(invitation) => BoardState::Invited(invitation.state),
    };
    // What a later version wrote of a cause says nothing.
    let cause = invitation.as_ref().filter(|one| state == BoardState::Invited(one.state));
    let cause = cause.and_then(|one| serde_json::from_value::<Trouble>(one.cause.clone()?).ok());
    let next_step = match &cause {
        Some(cause) if !cause.advice.is_empty() => cause.advice.clone(),
        _ => words::next_step(state).to_owned(),
    };
    Some(BoardRow { connection, state, needed, invitation, cause, next_step })
}

#[cfg(test)]
mod tests {
    use super::BoardState;

    #[test]
    fn states_are_read_as_they_are_written() {
        for state in BoardState::all() {
            assert_eq!(state.as_str().parse::<BoardState>().ok(), Some(state));
        }
        let refused = "sent".parse::<BoardState>().expect_err("no such state");
        assert!(refused.advice.contains("link_made"), "{}", refused.advice);
    }
}
