//! What is said about invitations: why they stand as they do, and why none is made.

use super::BoardState;
use crate::trouble::Trouble;
use beacon_contract::FailKind;
use beacon_store::{Connection, InvitationState};

/// What to do next about a row of the board that says nothing more special itself.
pub(super) const fn next_step(state: BoardState) -> &'static str {
    match state {
        BoardState::NoLink => "Make a link and send it to the person who may consent.",
        BoardState::Invited(state) => match state {
            InvitationState::LinkMade => {
                "Send the link, if that was not done. Then wait, or remind the person who got it."
            }
            InvitationState::Opened => {
                "Wait, or remind the person who got it. A scanner of mail may have opened the link: it is still good."
            }
            InvitationState::SigningIn => "Wait: somebody went on to Microsoft's sign-in page.",
            InvitationState::Granted => "Look at account and tenant, then keep or discard the consent.",
            InvitationState::Confirmed => "",
            InvitationState::Refused | InvitationState::Unfinished | InvitationState::Expired => {
                "Make a new link and send it."
            }
            InvitationState::Withdrawn => "Make a new link if it is still wanted.",
        },
    }
}

pub(super) fn nobody_needed(connection: &Connection) -> Trouble {
    let title = format!("{} signs in as an application: nobody has to consent by a link", connection.name);
    Trouble::settings("consent.not_needed", title, "Test the connection; the test says which permission is missing.")
}

pub(super) fn by_code(connection: &Connection) -> Trouble {
    let title = format!("{} signs in with a code on another device, which a link cannot do", connection.name);
    let advice = "Choose the flow with an authorization code in the connection, or sign in yourself with the code.";
    Trouble::settings("consent.by_code", title, advice)
}

/// A new link would take away a consent that waits for its confirmation.
#[must_use]
pub fn waits(connection: &Connection) -> Trouble {
    let title = format!("somebody has consented for {}, and nobody has confirmed it", connection.name);
    Trouble::settings("consent.waits", title, "Keep or discard that consent first.")
}

/// A new link would stop somebody who is signing in by the one before.
#[must_use]
pub fn signing_in(connection: &Connection) -> Trouble {
    let title = format!("somebody is signing in for {} just now", connection.name);
    Trouble::settings("consent.signing_in", title, "Wait for the consent, or withdraw that link first.")
}

pub(super) fn nothing_to_withdraw(connection: &Connection) -> Trouble {
    let title = format!("{} has no link that could be taken back", connection.name);
    Trouble::settings("consent.no_link", title, "Look at `beacon consent board` for how it stands.")
}

pub(super) fn replaced() -> Trouble {
    let title = "a newer link took its place";
    Trouble::new(FailKind::Consent, "consent.replaced", title, "Send the newer link; this one is not good any more.")
}

pub(super) fn lost_consent() -> Trouble {
    let title = "the beacon was restarted before anybody confirmed the consent, and did not keep it";
    let advice = "Make a new link and send it. The permissions are granted already: signing in is enough.";
    Trouble::new(FailKind::Consent, "consent.lost", title, advice)
}

pub(super) fn lost_sign_in() -> Trouble {
    let title = "the beacon was restarted while somebody was signing in";
    Trouble::new(FailKind::Consent, "consent.sign_in_lost", title, "Make a new link and send it.")
}

/// A consent was discarded by somebody here.
#[must_use]
pub fn discarded() -> Trouble {
    let title = "somebody here discarded the consent";
    let advice = "Make a new link if the right person or tenant shall consent.";
    Trouble::new(FailKind::Consent, "consent.discarded", title, advice)
}

/// A newer sign-in took the place of one, or nobody confirmed its consent in time.
#[must_use]
pub fn overtaken() -> Trouble {
    let title = "a newer sign-in took its place, or nobody confirmed its consent within three days";
    Trouble::new(FailKind::Consent, "consent.overtaken", title, "Make a new link if a consent is still missing.")
}
