//! Destinations: the list, its dialog, and what is owed to each.

use crate::answer::{Answer, Body, done, json};
use crate::app::App;
use crate::problem::{Refusal, problem};
use crate::sessions::Signed;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use beacon_api::{
    DeliveryGivenUp, Destination as Shown, DestinationAccess, DestinationDraft, DestinationPackage,
    DestinationPackageState, DestinationPlace, DestinationProxyDraft, DestinationProxyFacts, DestinationRemoved,
    DestinationState, DestinationTest, Happened, Problem, ProxyDraft, ProxyFacts, Role, SecretText,
};
use beacon_driver::Cancel;
use beacon_operations::destinations::{
    self, Credential, DestinationDraft as Draft, DraftCredential, DraftPlace, DraftProxy,
};
use beacon_operations::{Trouble, delivery};
use beacon_store::{
    Access, Delivery, DeliveryCounts, DeliveryState, Destination, DestinationId, DestinationProxy, RunId, Store, Target,
};
use beacon_vault::Secret;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;

/// Packages that are shown of each.
const PACKAGES: u32 = 10;

pub(crate) async fn all(State(app): State<Arc<App>>, Extension(signed): Extension<Signed>) -> Answer {
    let store = app.installation.store();
    let mut counts = store.delivery_counts()?;
    let destinations = store.destinations()?;
    let view = |one: Destination| {
        let counts = counts.remove(&one.id).unwrap_or_default();
        view(&store, signed.role, one, counts)
    };
    let shown: Vec<Shown> = destinations.into_iter().map(view).collect::<Result<_, _>>()?;
    json(&shown)
}

pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Body(given): Body<DestinationDraft>,
) -> Answer {
    let added = destinations::add(&app.installation, draft(given))?;
    app.tell(Happened::Destinations);
    Ok((StatusCode::CREATED, json(&fresh_view(&app, signed.role, added)?)?).into_response())
}

pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Path(id): Path<String>,
    Body(given): Body<DestinationDraft>,
) -> Answer {
    let destination = find(&app, &id)?;
    let changed = destinations::change(&app.installation, &destination, draft(given))?;
    app.tell(Happened::Destinations);
    // What waits is tried at the new place.
    app.packages.notify_one();
    json(&fresh_view(&app, signed.role, changed)?)
}

pub(crate) async fn remove(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let destination = find(&app, &id)?;
    destinations::remove(&app.installation, &destination)?;
    app.tell(Happened::Destinations);
    // A connection may have been degraded by what did not arrive there.
    app.tell(Happened::Connections);
    json(&DestinationRemoved { not_sent: destination.waiting })
}

pub(crate) async fn test(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let destination = find(&app, &id)?;
    // Whoever asks may go away: the request ends with them, and so does this.
    let tested = destinations::test(&app.installation, &destination, &Cancel::new()).await;
    json(&match tested {
        Ok(removed) => DestinationTest { problem: None, test_file_left: !removed },
        Err(trouble) => DestinationTest { problem: Some(problem(trouble)), test_file_left: false },
    })
}

pub(crate) async fn deliver(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    delivery::hurry(&app.installation, &find(&app, &id)?)?;
    app.packages.notify_one();
    done()
}

pub(crate) async fn give_up(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(given): Body<DeliveryGivenUp>,
) -> Answer {
    let destination = find(&app, &id)?;
    let run: RunId = given.run.parse().map_err(|_| Refusal::not_found("run"))?;
    delivery::give_up(&app.installation, run, &destination)?;
    app.tell(Happened::Destinations);
    app.tell(Happened::Connections);
    done()
}

fn find(app: &App, id: &str) -> Result<Destination, Refusal> {
    let missing = || Refusal::not_found("destination");
    let id: DestinationId = id.parse().map_err(|_| missing())?;
    app.installation.store().destination(id)?.ok_or_else(missing)
}

/// What a person entered, as an operation takes it.
fn draft(given: DestinationDraft) -> Draft {
    let secret = given.secret.filter(|secret| !secret.0.trim().is_empty());
    let place = match given.place {
        DestinationPlace::Folder { folder } => DraftPlace::Folder(PathBuf::from(folder.trim())),
        DestinationPlace::Upload { address, access, username } => {
            let username = entered(username);
            DraftPlace::Upload { address, credential: credential(access, username, secret) }
        }
    };
    let proxy = match given.proxy {
        DestinationProxyDraft::None => DraftProxy::None,
        DestinationProxyDraft::Default => DraftProxy::Default,
        DestinationProxyDraft::Own(ProxyDraft { server, username, password, .. }) => {
            let password = password.filter(|password| !password.0.is_empty());
            let password = password.map(|text| Secret::new(text.0.into_bytes()));
            DraftProxy::Own { server, username: entered(username), password }
        }
    };
    Draft { name: given.name, place, only_complete: given.only_complete, proxy }
}

/// A text that somebody entered; an empty one is none.
fn entered(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A secret that was entered is a new one; without, the stored one stays.
fn credential(access: DestinationAccess, username: Option<String>, secret: Option<SecretText>) -> DraftCredential {
    let secret = secret.map(|text| Secret::new(text.0.into_bytes()));
    match (access, secret) {
        (DestinationAccess::Open, _) => DraftCredential::New(Credential::Open),
        (DestinationAccess::Bearer, Some(token)) => DraftCredential::New(Credential::Bearer(token)),
        (DestinationAccess::Basic, Some(password)) => {
            DraftCredential::New(Credential::Basic { username: username.unwrap_or_default(), password })
        }
        (DestinationAccess::ClientCertificate, Some(pem)) => DraftCredential::New(Credential::ClientCertificate(pem)),
        (access, None) => DraftCredential::Stored { access: stored_access(access), username },
    }
}

const fn stored_access(access: DestinationAccess) -> Access {
    match access {
        DestinationAccess::Open => Access::Open,
        DestinationAccess::Bearer => Access::Bearer,
        DestinationAccess::Basic => Access::Basic,
        DestinationAccess::ClientCertificate => Access::ClientCertificate,
    }
}

const fn shown_access(access: Access) -> DestinationAccess {
    match access {
        Access::Open => DestinationAccess::Open,
        Access::Bearer => DestinationAccess::Bearer,
        Access::Basic => DestinationAccess::Basic,
        Access::ClientCertificate => DestinationAccess::ClientCertificate,
    }
}

fn fresh_view(app: &App, role: Role, destination: Destination) -> Result<Shown, Refusal> {
    let store = app.installation.store();
    let counts = store.delivery_counts()?.remove(&destination.id).unwrap_or_default();
    view(&store, role, destination, counts)
}

/// A destination in the words of the API. Readers see how it stands, and neither where it is nor why it fails, which
/// names that.
fn view(store: &Store, role: Role, destination: Destination, counts: DeliveryCounts) -> Result<Shown, Refusal> {
    let administrator = role == Role::Administrator;
    let error = destination.last_error.or(counts.oldest_error);
    let state = match (&error, counts.waiting, destination.delivered_at) {
        (Some(_), _, _) => DestinationState::Failing,
        (None, 1.., _) => DestinationState::Waiting,
        (None, 0, Some(_)) => DestinationState::Delivering,
        (None, 0, None) => DestinationState::Unused,
    };
    let packages = store.deliveries_to(destination.id, PACKAGES)?;
    let password_stored = destinations::has_proxy_password(store, destination.id)?;
    Ok(Shown {
        id: destination.id.to_string(),
        name: destination.name.to_string(),
        place: administrator.then(|| place(destination.target)),
        proxy: administrator.then(|| proxy(destination.proxy, password_stored)),
        only_complete: destination.only_complete,
        state,
        waiting: counts.waiting,
        failed: counts.failed,
        delivered: counts.delivered,
        oldest_waiting: counts.oldest_waiting.map(|at| at.to_string()),
        delivered_at: destination.delivered_at.map(|at| at.to_string()),
        next_attempt: counts.next_attempt_at.map(|at| at.to_string()),
        problem: error.filter(|_| administrator).and_then(told),
        packages: packages.into_iter().map(|one| package(one, administrator)).collect(),
    })
}

fn place(target: Target) -> DestinationPlace {
    match target {
        Target::Folder { folder } => DestinationPlace::Folder { folder: folder.display().to_string() },
        Target::Upload { address, access, username } => {
            DestinationPlace::Upload { address, access: shown_access(access), username }
        }
    }
}

/// How a destination is reached, and whether the password of its own proxy is stored.
fn proxy(proxy: DestinationProxy, password_stored: bool) -> DestinationProxyFacts {
    match proxy {
        DestinationProxy::None => DestinationProxyFacts::None,
        DestinationProxy::Default => DestinationProxyFacts::Default,
        DestinationProxy::Own(own) => DestinationProxyFacts::Own(ProxyFacts {
            server: own.server.to_string(),
            username: own.username,
            password_stored,
            bypass: String::new(),
        }),
    }
}

fn package(delivery: Delivery, administrator: bool) -> DestinationPackage {
    DestinationPackage {
        run: delivery.run.to_string(),
        connection_name: delivery.connection_name,
        started_at: delivery.started_at.to_string(),
        state: match delivery.state {
            DeliveryState::Waiting => DestinationPackageState::Waiting,
            DeliveryState::Delivered => DestinationPackageState::Delivered,
            DeliveryState::GivenUp => DestinationPackageState::GivenUp,
        },
        attempts: delivery.attempts,
        next_attempt: delivery.next_attempt_at.map(|at| at.to_string()),
        settled_at: delivery.settled_at.map(|at| at.to_string()),
        problem: delivery.last_error.filter(|_| administrator).and_then(told),
    }
}

/// A stored error. One of a later version that cannot be read is none.
fn told(error: Value) -> Option<Problem> {
    serde_json::from_value::<Trouble>(error).ok().map(problem)
}
