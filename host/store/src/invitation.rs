use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::{ConnectionId, InvitationId, InvitationState};

/// What the secret of a link is known by: its SHA-256.
pub type LinkDigest = [u8; 32];

/// An invitation before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// The connection that needs a consent.
    pub connection: ConnectionId,
    /// Of the secret in the link.
    pub link: LinkDigest,
    /// The account of the page that makes it; none for the command line.
    pub made_by: Option<String>,
    /// When the link ends.
    pub ends_at: Timestamp,
}

/// A link for somebody who may consent, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Invitation {
    /// Its id; no secret.
    pub id: InvitationId,
    /// The connection that needs a consent.
    pub connection: ConnectionId,
    /// The account of the page that made it; none for the command line.
    pub made_by: Option<String>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When the link ends.
    pub ends_at: Timestamp,
    /// How it stands.
    pub state: InvitationState,
    /// When its page was shown, if it was.
    pub shown: Option<LinkShown>,
    /// Why it is in this state, where there is more to say; the shape belongs to whoever wrote it.
    pub cause: Option<Value>,
    /// The moment of each change, oldest first.
    pub changes: Vec<InvitationChange>,
}

/// How often the page of a link was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LinkShown {
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Timestamp,
    /// The last time.
    pub last: Timestamp,
}

/// A state that an invitation came into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct InvitationChange {
    /// The state.
    pub state: InvitationState,
    /// When.
    pub at: Timestamp,
}

impl Invitation {
    /// Since when it is in its state.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.changes.last().map_or(self.made_at, |change| change.at)
    }

    /// Whether its link can be followed now.
    #[must_use]
    pub fn is_link_good(&self, now: Timestamp) -> bool {
        self.state.is_link_good() && now < self.ends_at
    }
}
