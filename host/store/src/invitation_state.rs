//! How an invitation to consent stands: nine states, and one table that leads from one to another. Pure.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::InvalidInput;
use InvitationState::{Confirmed, Expired, Granted, LinkMade, Opened, Refused, SigningIn, Unfinished, Withdrawn};

/// How an invitation stands, in the order in which things happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// There is a link, to be sent.
    LinkMade,
    /// The page of the link was shown. A scanner of mail may have done it: it says nothing about a person.
    Opened,
    /// Somebody went on to the sign-in page; the link is used up.
    SigningIn,
    /// A consent came, and nobody here has confirmed it.
    Granted,
    /// The consent is kept.
    Confirmed,
    /// The sign-in service, or the person there, refused.
    Refused,
    /// The sign-in came to no end, or what came of it is lost.
    Unfinished,
    /// Nobody used the link in time.
    Expired,
    /// Somebody here took it back.
    Withdrawn,
}

/// What happened to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationEvent {
    /// The page of its link was shown.
    Shown,
    /// Somebody pressed the button on that page.
    Followed,
    /// A consent came of the sign-in.
    Granted,
    /// The sign-in was refused.
    Refused,
    /// The sign-in ended without an answer, or its consent was lost before it was confirmed.
    BrokenOff,
    /// Somebody here confirmed the consent.
    Confirmed,
    /// Its connection got a consent on another way than by this link.
    ConsentedOtherwise,
    /// The time of the link is over.
    EndCame,
    /// Somebody here took it back.
    Withdrawn,
}

impl InvitationEvent {
    /// All events, in the order of the table.
    pub const ALL: [Self; 9] = [
        Self::Shown,
        Self::Followed,
        Self::Granted,
        Self::Refused,
        Self::BrokenOff,
        Self::Confirmed,
        Self::ConsentedOtherwise,
        Self::EndCame,
        Self::Withdrawn,
    ];
}

/// What becomes of each state, in the order of [`InvitationState::ALL`], by what happened. A link is followed once: from
/// [`SigningIn`] on nothing leads back to a state in which it is good. What came to an end stays as it ended, until the
/// connection gets its consent on another way.
#[rustfmt::skip]
const TABLE: [(InvitationEvent, [InvitationState; 9]); 9] = {
    use InvitationEvent as Event;
    [
    //                            LinkMade   Opened     SigningIn   Granted     Confirmed  Refused    Unfinished  Expired    Withdrawn
    (Event::Shown,              [Opened,    Opened,    SigningIn,  Granted,    Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    (Event::Followed,           [SigningIn, SigningIn, SigningIn,  Granted,    Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    (Event::Granted,            [LinkMade,  Opened,    Granted,    Granted,    Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    (Event::Refused,            [LinkMade,  Opened,    Refused,    Granted,    Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    (Event::BrokenOff,          [LinkMade,  Opened,    Unfinished, Unfinished, Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    (Event::Confirmed,          [LinkMade,  Opened,    SigningIn,  Confirmed,  Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    (Event::ConsentedOtherwise, [Confirmed, Confirmed, Confirmed,  Confirmed,  Confirmed, Confirmed, Confirmed,  Confirmed, Confirmed]),
    (Event::EndCame,            [Expired,   Expired,   SigningIn,  Granted,    Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    (Event::Withdrawn,          [Withdrawn, Withdrawn, Withdrawn,  Withdrawn,  Confirmed, Refused,   Unfinished, Expired,   Withdrawn]),
    ]
};

impl InvitationState {
    /// All states.
    pub const ALL: [Self; 9] =
        [LinkMade, Opened, SigningIn, Granted, Confirmed, Refused, Unfinished, Expired, Withdrawn];

    /// The name, as stored and as scripts read it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            LinkMade => "link_made",
            Opened => "opened",
            SigningIn => "signing_in",
            Granted => "granted",
            Confirmed => "confirmed",
            Refused => "refused",
            Unfinished => "unfinished",
            Expired => "expired",
            Withdrawn => "withdrawn",
        }
    }

    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            LinkMade => "link made",
            Opened => "opened",
            SigningIn => "sign-in started",
            Granted => "granted, waits for confirmation",
            Confirmed => "confirmed",
            Refused => "refused",
            Unfinished => "not finished",
            Expired => "expired",
            Withdrawn => "withdrawn",
        }
    }

    /// Whether the link can be followed, as far as its time is not over.
    #[must_use]
    pub const fn is_link_good(self) -> bool {
        matches!(self, LinkMade | Opened)
    }

    /// The state after an event.
    #[must_use]
    pub fn after(self, event: InvitationEvent) -> Self {
        let row = TABLE.iter().find(|(of, _)| *of == event);
        let column = Self::ALL.iter().position(|of| *of == self);
        row.zip(column).and_then(|((_, states), column)| states.get(column).copied()).unwrap_or(self)
    }
}

impl FromStr for InvitationState {
    type Err = InvalidInput;

    fn from_str(name: &str) -> Result<Self, InvalidInput> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == name);
        found.ok_or_else(|| InvalidInput::new("state of an invitation", "must be a known one", name))
    }
}

#[cfg(test)]
mod tests {
    use super::{InvitationEvent, InvitationState, TABLE};

    #[test]
    fn the_table_has_a_row_for_each_event() {
        assert_eq!(TABLE.map(|(event, _)| event), InvitationEvent::ALL);
    }

    #[test]
    fn no_way_leads_back_to_a_link_that_can_be_followed() {
        for state in InvitationState::ALL {
            for event in InvitationEvent::ALL {
                let after = state.after(event);
                assert!(state.is_link_good() || !after.is_link_good(), "{state:?}, {event:?}");
                // Whoever follows a link is let through only where it changes the state.
                let followed = event == InvitationEvent::Followed && after != state;
                assert!(!followed || state.is_link_good(), "{state:?}");
            }
        }
    }

    #[test]
    fn a_consent_is_confirmed_only_where_one_waits_or_came_otherwise() {
        for state in InvitationState::ALL {
            let confirmed = state.after(InvitationEvent::Confirmed) == InvitationState::Confirmed;
            assert_eq!(confirmed, matches!(state, InvitationState::Granted | InvitationState::Confirmed), "{state:?}");
        }
    }

    #[test]
    fn what_was_taken_back_stays_so_whatever_comes_of_the_sign_in() {
        let of_sign_in = [InvitationEvent::Granted, InvitationEvent::Refused, InvitationEvent::BrokenOff];
        for event in of_sign_in {
            assert_eq!(InvitationState::Withdrawn.after(event), InvitationState::Withdrawn);
        }
    }
}
