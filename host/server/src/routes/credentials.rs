//! Credential profiles to choose from, and what dies soon.

use crate::answer::{Answer, Asked, json};
use crate::app::App;
use crate::filter::Filter;
use axum::extract::State;
use beacon_api::{CredentialProfile, ExpiringCredential};
use beacon_operations::{Expiring, Installation, select};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) async fn profiles(State(app): State<Arc<App>>) -> Answer {
    let (profiles, connections) = {
        let store = app.installation.store();
        (store.profiles()?, store.connections()?)
    };
    let shown = profiles.into_iter().map(|profile| CredentialProfile {
        connections: connections.iter().filter(|one| one.profile == Some(profile.id)).map(|_| 1).sum(),
        name: profile.name.into(),
        client_id: profile.client_id,
        kind: profile.kind.as_str().to_owned(),
        expires_on: profile.expires_on.map(|day| day.to_string()),
    });
    json(&shown.collect::<Vec<_>>())
}

pub(crate) async fn expiring(State(app): State<Arc<App>>, Asked(filter): Asked<Filter>) -> Answer {
    let mut expiring = app.installation.expiring(Installation::now())?;
    let selection = filter.selection()?;
    if !selection.is_all() {
        let names = select(&app.installation, &selection)?.into_iter().map(|connection| connection.name.to_string());
        let names: BTreeSet<String> = names.collect();
        expiring.retain(|one| one.connections.iter().any(|name| names.contains(name)));
    }
    let shown = |expiring: Expiring| ExpiringCredential {
        title: expiring.end.title(),
        advice: expiring.end.advice().to_owned(),
        connections: expiring.connections,
        on: expiring.end.on.to_string(),
        days_left: expiring.end.days_left,
    };
    json(&expiring.into_iter().map(shown).collect::<Vec<_>>())
}
