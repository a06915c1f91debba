//! The consent board: who was sent a link, and what became of it.

use crate::Problem;
use serde::{Deserialize, Serialize};

/// How a row of the board stands, in the order in which things happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// A consent is needed, and nobody was sent a link since.
    NoLink,
    /// There is a link, to be sent.
    LinkMade,
    /// The page of the link was shown; a scanner of mail may have done it.
    Opened,
    /// Somebody went on to Microsoft's sign-in page; the link is used up.
    SigningIn,
    /// A consent came, and waits for its confirmation.
    Granted,
    /// The consent is kept.
    Confirmed,
    /// Microsoft, or the person there, refused.
    Refused,
    /// The sign-in came to no end, or what came of it is lost.
    Unfinished,
    /// Nobody used the link in time.
    Expired,
    /// Somebody here took the link back.
    Withdrawn,
}

impl ConsentState {
    /// All states, in their order.
    pub const ALL: [Self; 10] = [
        Self::NoLink,
        Self::LinkMade,
        Self::Opened,
        Self::SigningIn,
        Self::Granted,
        Self::Confirmed,
        Self::Refused,
        Self::Unfinished,
        Self::Expired,
        Self::Withdrawn,
    ];
}

/// The board.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentBoard {
    /// How many connections are in which state, whatever was filtered; states without any are left out.
    pub counts: Vec<ConsentCount>,
    /// Connections that need a consent or have an invitation, by state, then by name.
    pub rows: Vec<ConsentRow>,
}

/// How many connections are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentCount {
    /// The state.
    pub state: ConsentState,
    /// How many.
    pub count: u64,
}

/// One connection on the board. No part of a link is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentRow {
    /// Id of the connection.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: ConsentState,
    /// Whether it needs a consent now.
    pub needed: bool,
    /// Its newest invitation.
    pub invitation: Option<InvitationFacts>,
    /// Why it stands so, where there is more to say. Readers get no details: they may name people.
    pub problem: Option<Problem>,
    /// What to do; empty if nothing has to be done.
    pub next_step: String,
    /// The task whose consent waits for confirmation; `None` for readers.
    pub task: Option<String>,
}

/// What is known of an invitation. Times are RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationFacts {
    /// When its link was made.
    pub made_at: String,
    /// The account that made it, or none for the command line; `None` for readers.
    pub made_by: Option<String>,
    /// When the link ends.
    pub ends_at: String,
    /// When the page of the link was shown, if it was.
    pub opened: Option<LinkOpened>,
    /// The moment of each change, oldest first.
    pub changes: Vec<ConsentChange>,
}

/// How often the page of a link was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LinkOpened {
    /// How often.
    pub count: u64,
    /// The first time, RFC 3339.
    pub first: String,
    /// The last time, RFC 3339.
    pub last: String,
}

/// A state that an invitation came into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentChange {
    /// The state.
    pub state: ConsentState,
    /// When, RFC 3339.
    pub at: String,
}

/// Whom to make links for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationOrder {
    /// Ids of connections; without them all that need a consent and have no good link.
    #[serde(default)]
    pub connections: Option<Vec<String>>,
}

/// Links that were made. They are told this once and stored nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationsMade {
    /// One for each connection.
    pub links: Vec<InvitationLink>,
    /// Connections for which none was made, and why.
    pub left_out: Vec<NotInvited>,
    /// The links as a CSV file with the columns `name`, `link`, `good_until`.
    pub csv: String,
}

/// A link for the person who may consent to one connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationLink {
    /// Id of the connection.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// The address to send.
    pub address: String,
    /// When it ends, RFC 3339.
    pub expires_at: String,
}

/// A connection for which no link was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotInvited {
    /// Id of the connection.
    pub connection: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub problem: Problem,
}
