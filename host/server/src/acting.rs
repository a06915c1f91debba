//! Who acts by the page, as the audit trail names them.

use crate::metrics::Peer;
use axum::extract::Request;
use beacon_operations::actor;
use beacon_store::{Actor, ActorWay};
use std::sync::Arc;

/// Whoever is not signed in.
const NOBODY: &str = "not signed in";

/// Whoever uses a link for a consent: they have no account here.
const CONSENT_LINK: &str = "consent link";

/// The account behind a request.
pub(crate) fn account(request: &Request, account: &str) -> Arc<Actor> {
    page(account, request.extensions().get().copied())
}

/// Whoever sent a request without being signed in.
pub(crate) fn somebody(request: &Request) -> Arc<Actor> {
    account(request, NOBODY)
}

/// Whoever uses a link for a consent.
pub(crate) fn by_consent_link(peer: Peer) -> Arc<Actor> {
    page(CONSENT_LINK, Some(peer))
}

/// Whoever acts here, known by name just now.
pub(crate) fn known_as(account: &str) -> Arc<Actor> {
    Arc::new(Actor { who: account.to_owned(), ..actor().as_ref().clone() })
}

fn page(who: &str, peer: Option<Peer>) -> Arc<Actor> {
    let client = peer.and_then(|Peer(address)| address).map(|address| address.to_canonical().to_string());
    Arc::new(Actor { who: who.to_owned(), way: ActorWay::Page, client })
}
