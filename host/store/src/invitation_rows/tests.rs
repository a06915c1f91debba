use serde_json::json;

use crate::store::tests::{Fixture, now};
use crate::{Invitation, InvitationEvent, InvitationState, LinkDigest, LinkShown, NewInvitation};

const LINK: LinkDigest = [7; 32];

/// An invitation of the connection of the fixture, good for a hundred seconds.
fn invited(fixture: &mut Fixture, link: LinkDigest, second: i64) -> Invitation {
    let new = NewInvitation {
        connection: fixture.connection,
        link,
        made_by: Some("ada".to_owned()),
        ends_at: now(second + 100),
    };
    fixture.store.insert_invitation(&new, &json!({ "code": "replaced" }), now(second)).unwrap()
}

#[test]
fn a_link_is_shown_often_and_followed_once_across_restarts() {
    let mut fixture = Fixture::new();
    let made = invited(&mut fixture, LINK, 1);
    assert_eq!((made.state, made.shown), (InvitationState::LinkMade, None));
    fixture.store.show_invitation(LINK, now(2)).unwrap().unwrap();
    let mut fixture = fixture.reopen();
    let shown = fixture.store.show_invitation(LINK, now(9)).unwrap().unwrap();
    assert_eq!(shown.state, InvitationState::Opened);
    assert_eq!(shown.shown, Some(LinkShown { count: 2, first: now(2), last: now(9) }));
    assert_eq!(fixture.store.show_invitation([8; 32], now(9)).unwrap(), None);

    let followed = fixture.store.follow_invitation(LINK, now(10)).unwrap().unwrap();
    assert_eq!((followed.state, followed.since()), (InvitationState::SigningIn, now(10)));
    assert_eq!(fixture.store.follow_invitation(LINK, now(11)).unwrap(), None);
    assert_eq!(fixture.store.show_invitation(LINK, now(11)).unwrap(), None);
    let states: Vec<_> = followed.changes.iter().map(|change| change.state.as_str()).collect();
    assert_eq!(states, ["link_made", "opened", "signing_in"]);
}

#[test]
fn a_link_ends_at_its_time() {
    let mut fixture = Fixture::new();
    invited(&mut fixture, LINK, 0);
    assert!(fixture.store.show_invitation(LINK, now(99)).unwrap().is_some());
    assert_eq!(fixture.store.follow_invitation(LINK, now(100)).unwrap(), None);
    assert_eq!(fixture.store.show_invitation(LINK, now(100)).unwrap(), None);
}

#[test]
fn a_new_link_takes_the_one_before_back_and_only_so_many_are_remembered() {
    let mut fixture = Fixture::new();
    let first = invited(&mut fixture, LINK, 1);
    for number in 10..30 {
        let second = invited(&mut fixture, [number; 32], i64::from(number));
        assert_eq!(fixture.store.invitation_of(fixture.connection).unwrap().unwrap(), second);
        assert_eq!(fixture.store.follow_invitation(LINK, now(i64::from(number))).unwrap(), None);
    }
    assert_eq!(fixture.store.invitations().unwrap().len(), 1);
    let gone = fixture.store.advance_invitation(first.id, InvitationEvent::ConsentedOtherwise, None, now(40)).unwrap();
    assert_eq!(gone, None);
}

#[test]
fn what_happened_is_kept_with_its_cause() {
    let mut fixture = Fixture::new();
    let made = invited(&mut fixture, LINK, 1);
    fixture.store.follow_invitation(LINK, now(2)).unwrap().unwrap();
    let cause = json!({ "code": "entra.access_denied" });
    let refused = fixture.store.advance_invitation(made.id, InvitationEvent::Refused, Some(&cause), now(3)).unwrap();
    let mut fixture = fixture.reopen();
    assert_eq!(fixture.store.invitations().unwrap(), refused.into_iter().collect::<Vec<_>>());
    let later = fixture.store.advance_invitation(made.id, InvitationEvent::Granted, None, now(4)).unwrap();
    assert_eq!(later, None);
    fixture.store.delete_connection(fixture.connection).unwrap();
    assert_eq!(fixture.store.invitations().unwrap(), []);
}

#[test]
fn what_was_settled_long_ago_does_not_expire_again() {
    let mut fixture = Fixture::new();
    invited(&mut fixture, LINK, 0);
    assert_eq!(fixture.store.expire_invitations(now(99)).unwrap(), 0);
    assert_eq!(fixture.store.expire_invitations(now(100)).unwrap(), 1);
    let expired = fixture.store.invitation_of(fixture.connection).unwrap().unwrap();
    assert_eq!((expired.state, expired.since()), (InvitationState::Expired, now(100)));
    // Where nothing is over nothing is written, not even beside somebody who writes.
    let other = rusqlite::Connection::open(fixture.folder.path().join(crate::DATABASE_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(fixture.store.expire_invitations(now(101)).unwrap(), 0);
}
