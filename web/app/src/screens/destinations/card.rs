//! One destination: where it is, how it stands, and what can be done.

use super::packages::Packages;
use super::{Acting, Editing};
use crate::kit::{Icon, Moment, ProblemNotice, Status, counted};
use crate::session::session;
use beacon_api::{Destination, DestinationAccess, DestinationPlace, DestinationProxyFacts, DestinationState};
use leptos::prelude::*;

#[component]
pub(super) fn Card(destination: Destination, acting: Acting) -> impl IntoView {
    let title = format!("destination-{}", destination.id);
    let labelled = title.clone();
    let gets = match destination.only_complete {
        true => "complete packages of all connections",
        false => "every package of all connections",
    };
    let through = destination.proxy.as_ref().and_then(through);
    let place = destination.place.clone().map(|place| {
        let shows = shows(&place);
        let (word, place) = match place {
            DestinationPlace::Folder { folder } => ("Folder", folder),
            DestinationPlace::Upload { address, .. } => ("Server", address),
        };
        view! {
            <dt>{word}</dt><dd>{place}</dd>
            {shows.map(|shows| view! { <dt>"Shows"</dt><dd>{shows}</dd> })}
            {through.map(|through| view! { <dt>"Through"</dt><dd>{through}</dd> })}
        }
    });
    let name = destination.name.clone();
    let problem = destination.problem.clone().map(|problem| view! { <ProblemNotice problem/> });
    view! {
        <section class="card" aria-labelledby=labelled>
            <div class="bar">
                <h2 id=title>{name}</h2>
                <Badge state=destination.state/>
                <span class="grow"></span>
                {session().is_administrator().then(|| view! { <Actions destination=destination.clone() acting/> })}
            </div>
            <dl class="facts">
                {place}
                <dt>"Gets"</dt><dd>{gets}</dd>
                <dt>"Waiting"</dt><dd><Waiting destination=destination.clone()/></dd>
                <dt>"Arrived"</dt><dd><Arrived destination=destination.clone()/></dd>
            </dl>
            {problem}
            <Packages destination acting/>
        </section>
    }
}

/// What is shown at the door of a server, without any secret.
fn shows(place: &DestinationPlace) -> Option<String> {
    let DestinationPlace::Upload { access, username, .. } = place else { return None };
    Some(match access {
        DestinationAccess::Open => "no credential".to_owned(),
        DestinationAccess::Bearer => "a bearer token".to_owned(),
        DestinationAccess::Basic => format!("the password of {}", username.as_deref().unwrap_or_default()),
        DestinationAccess::ClientCertificate => "a client certificate".to_owned(),
    })
}

/// The proxy on the way there, if there is one.
fn through(proxy: &DestinationProxyFacts) -> Option<String> {
    match proxy {
        DestinationProxyFacts::None => None,
        DestinationProxyFacts::Default => Some("the default proxy, if there is one".to_owned()),
        DestinationProxyFacts::Own(own) => Some(match &own.username {
            Some(username) => format!("{} as {username}", own.server),
            None => own.server.clone(),
        }),
    }
}

#[component]
fn Badge(state: DestinationState) -> impl IntoView {
    let (icon, tone, word) = match state {
        DestinationState::Unused => ("none", "", "Nothing sent yet"),
        DestinationState::Delivering => ("check", "good", "Delivering"),
        DestinationState::Waiting => ("clock", "busy", "Waiting"),
        DestinationState::Failing => ("cross", "bad", "Failing"),
    };
    view! { <Status icon tone word/> }
}

/// A number of packages, in words.
pub(super) fn packages_of(count: u64) -> String {
    match count {
        1 => "1 package".to_owned(),
        several => format!("{} packages", counted(several)),
    }
}

#[component]
fn Waiting(destination: Destination) -> impl IntoView {
    if destination.waiting == 0 {
        return view! { "nothing" }.into_any();
    }
    let failed = match destination.failed {
        0 => String::new(),
        failed => format!(", {} of them tried and failed", counted(failed)),
    };
    let oldest = destination.oldest_waiting.map(|at| view! { ", the oldest from "<Moment at/> });
    let next = destination.next_attempt.map(|at| view! { "; next attempt "<Moment at/> });
    view! { {packages_of(destination.waiting)}{failed}{oldest}{next} }.into_any()
}

#[component]
fn Arrived(destination: Destination) -> impl IntoView {
    match destination.delivered_at {
        None => view! { "nothing yet" }.into_any(),
        Some(at) => view! { {packages_of(destination.delivered)}", the last one "<Moment at/> }.into_any(),
    }
}

#[component]
fn Actions(destination: Destination, acting: Acting) -> impl IntoView {
    let name = destination.name.clone();
    let (id, tested) = (destination.id.clone(), name.clone());
    let test = move |_| acting.test(&id, tested.clone());
    let (id, sent) = (destination.id.clone(), name.clone());
    let deliver = move |_| acting.deliver(&id, sent.clone());
    let idle = destination.waiting == 0;
    let (change, remove) = (destination.clone(), destination);
    view! {
        <button type="button" aria-label=format!("Check {name} now") on:click=test>
            <Icon name="check"/>"Check now"
        </button>
        <button type="button" disabled=idle aria-label=format!("Deliver to {name} now") on:click=deliver>
            <Icon name="run"/>"Deliver now"
        </button>
        <button type="button" aria-label=format!("Edit {name}")
            on:click=move |_| acting.editing.set(Some(Editing::Change(Box::new(change.clone()))))>
            <Icon name="edit"/>"Edit…"
        </button>
        <button type="button" class="quiet" aria-label=format!("Delete {name}")
            on:click=move |_| acting.removing.set(Some(remove.clone()))>
            <Icon name="trash"/>"Delete"
        </button>
    }
}
