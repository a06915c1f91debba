//! Connections: the list *Inventory Systems* and its dialog.

use super::{health, runs, schedules};
use crate::answer::{Answer, Asked, Body, json};
use crate::app::App;
use crate::filter::Filter;
use crate::problem::Refusal;
use crate::sessions::Signed;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use beacon_api::{
    Connection as Shown, ConnectionDraft, ConsentFacts, FieldProblem, Happened, Health, ProxyDraft, ProxyFacts,
    Removed, Role, Run, SecretFacts, Upcoming,
};
use beacon_contract::Settings;
use beacon_driver::SecretSlots as _;
use beacon_health::Standing;
use beacon_operations::{
    CredentialEnd, Draft, ExpiringKind, FieldTrouble, GivenSecret, Installation, Module, Packages, Secrets, Trouble,
    acting_here, actor, change as change_connection, check_draft, choose_proxy, create, labels, proxy_bypass,
    proxy_server, remove as remove_connection,
};
use beacon_store::{Connection, ProxySettings, SecondConnection};
use beacon_vault::Secret;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Slot of the proxy's password, which is none of the module's.
const PROXY_PASSWORD: &str = "proxy.password";

pub(crate) async fn all(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Asked(filter): Asked<Filter>,
) -> Answer {
    let mut shown = Vec::new();
    for (connection, standing) in health::selected(&app, &filter)? {
        shown.push(view(&app, signed.role, connection, standing)?);
    }
    shown.sort_by(|one, other| (urgency(one), &one.name).cmp(&(urgency(other), &other.name)));
    json(&shown)
}

/// All labels in use.
pub(crate) async fn all_labels(State(app): State<Arc<App>>) -> Answer {
    json(&app.installation.store().all_labels()?)
}

/// What fails next comes first.
fn urgency(connection: &Shown) -> (Health, Option<&str>) {
    (connection.health, connection.expires_next.as_ref().map(|next| next.on.as_str()))
}

pub(crate) async fn one(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Path(id): Path<String>,
) -> Answer {
    json(&fresh_view(&app, signed.role, app.connection(&id)?)?)
}

pub(crate) async fn check(State(app): State<Arc<App>>, Body(given): Body<ConnectionDraft>) -> Answer {
    let module = Module::find(&app.installation.folders, None, &given.source_type)?;
    let present = known_slots(&app, &given)?;
    let given_slots = given.secrets.keys().filter_map(|slot| beacon_contract::SlotName::new(slot.as_str()).ok());
    let configured: BTreeSet<_> = present.into_iter().chain(given_slots).collect();
    let settings = Settings(given.settings.clone());
    let errors = check_draft(&app.installation.folders, &module, &settings, configured).await?;
    let words = module.words();
    let mut problems: Vec<FieldProblem> = errors
        .iter()
        .map(|error| FieldTrouble::new(error, &words))
        .map(|field| FieldProblem { field: field.field, code: field.code, title: field.title, advice: field.advice })
        .collect();
    if let Some(proxy) = &given.proxy {
        let bypass = proxy.bypass.as_deref().map(proxy_bypass).transpose();
        let troubles = [proxy_server(&proxy.server).err(), bypass.err()];
        problems.extend(troubles.into_iter().flatten().flat_map(|trouble| Refusal::from(trouble).problem.fields));
    }
    json(&problems)
}

/// Slots that the connection of this name holds already.
fn known_slots(app: &App, given: &ConnectionDraft) -> Result<BTreeSet<beacon_contract::SlotName>, Refusal> {
    let known = app.installation.store().connection_by_name(&given.name)?;
    Ok(match known {
        Some(connection) => Secrets::open(&app.installation, connection.id)?.configured(),
        None => BTreeSet::new(),
    })
}

pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Body(given): Body<ConnectionDraft>,
) -> Answer {
    let module = Module::find(&app.installation.folders, None, &given.source_type)?;
    let way = Way::of(&given)?;
    let draft = draft(&module, given, None)?;
    let connection = create(&app.installation, &module, draft).await?;
    let connection = way.choose(&app.installation, &connection)?;
    app.tell(Happened::Connections);
    Ok((StatusCode::CREATED, json(&fresh_view(&app, signed.role, connection)?)?).into_response())
}

pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Extension(signed): Extension<Signed>,
    Path(id): Path<String>,
    Body(given): Body<ConnectionDraft>,
) -> Answer {
    let connection = app.connection(&id)?;
    if app.imports.is_busy(connection.id) {
        let title = "An import of this connection is under way.";
        return Err(Refusal::conflict("run.busy", title, "Wait until it is over, or stop it first."));
    }
    let module = Module::find(&app.installation.folders, None, &connection.source_type)?;
    let way = Way::of(&given)?;
    let draft = draft(&module, given, connection.proxy.as_ref())?;
    let changed = change_connection(&app.installation, &module, connection, draft).await?;
    let changed = way.choose(&app.installation, &changed.connection)?;
    app.tell(Happened::Connections);
    json(&fresh_view(&app, signed.role, changed)?)
}

#[derive(Deserialize)]
pub(crate) struct RemoveQuery {
    #[serde(default)]
    packages: PackageChoice,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PackageChoice {
    #[default]
    Keep,
    Erase,
}

impl From<PackageChoice> for Packages {
    fn from(choice: PackageChoice) -> Self {
        match choice {
            PackageChoice::Keep => Self::Keep,
            PackageChoice::Erase => Self::Erase,
        }
    }
}

pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Asked(query): Asked<RemoveQuery>,
) -> Answer {
    let connection = app.connection(&id)?;
    if app.imports.is_busy(connection.id) {
        let title = "An import of this connection is under way.";
        return Err(Refusal::conflict("run.busy", title, "Stop it first."));
    }
    app.imports.unqueue(connection.id);
    app.tasks.give_up_all(connection.id);
    // Packages of years may go: not while others wait for this thread.
    let (installation, packages, id) = (Arc::clone(&app.installation), query.packages.into(), connection.id);
    let actor = actor();
    let removing = move || acting_here(actor, || remove_connection(&installation, &connection, packages));
    let removal = tokio::task::spawn_blocking(removing).await;
    let removal = removal.map_err(|_| Refusal::defect("connection.removed", "The removing did not end."))??;
    app.data.forget(id);
    app.tell(Happened::Connections);
    json(&Removed {
        packages_kept: removal.kept.first().and_then(|one| one.parent()).map(|path| path.display().to_string()),
        packages_erased: u64::try_from(removal.erased).unwrap_or(u64::MAX),
        packages_not_erased: removal.not_erased,
    })
}

/// What a person chose beside a proxy of its own; read first, so that a wrong list stores nothing.
struct Way {
    without: bool,
    bypass: Option<String>,
}

impl Way {
    fn of(given: &ConnectionDraft) -> Result<Self, Trouble> {
        let own = given.proxy.as_ref();
        let bypass = own.and_then(|own| own.bypass.as_deref()).map(proxy_bypass).transpose()?;
        let without = own.is_none() && given.without_proxy;
        Ok(Self { without, bypass: bypass.map(|bypass| bypass.to_string()) })
    }

    /// Stores it. A list belongs to the proxy that it was given for: without one there is none.
    fn choose(self, installation: &Installation, connection: &Connection) -> Result<Connection, Trouble> {
        let bypass = match (&connection.proxy, self.bypass) {
            (None, _) => String::new(),
            (Some(_), Some(given)) => given,
            (Some(_), None) => installation.store().proxy_choice(connection.id)?.bypass,
        };
        choose_proxy(installation, connection, self.without, &proxy_bypass(&bypass)?)
    }
}

/// What a person entered, as an operation takes it.
fn draft(module: &Module, given: ConnectionDraft, present: Option<&ProxySettings>) -> Result<Draft, Refusal> {
    let mut secrets = Vec::new();
    for (slot, secret) in given.secrets {
        let value = Secret::new(secret.value.0.into_bytes());
        let about = format!("secrets.{slot}");
        let expires_on = secret.expires_on.as_deref().filter(|day| !day.is_empty()).map(day).transpose()?;
        let secret = GivenSecret::new(module, &slot, value, expires_on);
        secrets.push(secret.map_err(|trouble| Refusal::from(trouble.about(&about)))?);
    }
    let (proxy, proxy_password) = match given.proxy {
        Some(ProxyDraft { server, username, password, .. }) => {
            let server = proxy_server(&server)?;
            let username = username.filter(|name| !name.is_empty());
            let password = password.filter(|password| !password.0.is_empty());
            // A stored password belongs to its server: a new one needs it again.
            let moved = present.is_some_and(|present| present.server != server);
            if moved && username.is_some() && password.is_none() {
                let title = "The stored password belongs to the proxy that was there before.";
                return Err(Refusal::settings("settings.proxy_password", title, "Enter the password again.")
                    .about("proxy.password"));
            }
            (Some(ProxySettings { server, username }), password.map(|text| Secret::new(text.0.into_bytes())))
        }
        None => (None, None),
    };
    let second = if given.second_connection { SecondConnection::Confirmed } else { SecondConnection::Refuse };
    Ok(Draft {
        name: given.name,
        settings: Settings(given.settings),
        secrets,
        proxy,
        proxy_password,
        profile: given.profile,
        labels: given.labels.as_ref().map(|texts| labels(texts.iter().map(String::as_str))).transpose()?,
        second,
    })
}

fn day(text: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_| {
        let title = format!("{text:?} is no date.");
        Refusal::settings("settings.date", &title, "Write year, month and day, for example 2027-05-31.")
    })
}

/// A connection as it stands now.
fn fresh_view(app: &App, role: Role, connection: Connection) -> Result<Shown, Refusal> {
    let standing = health::look_at(app, &connection)?;
    view(app, role, connection, standing)
}

/// A connection in the words of the API. Readers see no settings.
fn view(app: &App, role: Role, connection: Connection, standing: Standing) -> Result<Shown, Refusal> {
    let (secrets, last_runs, choice) = {
        let store = app.installation.store();
        (store.secrets(connection.id)?, store.runs(connection.id, 1)?, store.proxy_choice(connection.id)?)
    };
    let ends = app.installation.ends_of(&connection, Installation::now())?;
    let profile = connection.profile.map(|id| app.installation.store().profile(id)).transpose()?;
    let profile = profile.map(|profile| profile.name.to_string());
    let schedule = schedules::of_connection(&app.installation.store(), &connection)?;
    let names = BTreeMap::from([(connection.id.to_string(), connection.name.to_string())]);
    let runs: Vec<Run> = last_runs.into_iter().map(|run| runs::shown(app, role, run, &names)).collect();
    let waiting_consent = app.tasks.unconfirmed(connection.id);
    let administrator = role == Role::Administrator;
    let password_stored = secrets.iter().any(|row| row.slot.as_str() == PROXY_PASSWORD);
    let proxy = connection.proxy.as_ref().filter(|_| administrator).map(|proxy| ProxyFacts {
        server: proxy.server.to_string(),
        username: proxy.username.clone(),
        password_stored,
        bypass: choice.bypass.clone(),
    });
    // Slots of the host itself have a dot.
    let named = secrets.iter().filter(|row| administrator && !row.slot.as_str().contains('.'));
    let facts = named.map(|row| SecretFacts {
        slot: row.slot.as_str().to_owned(),
        stored_at: row.updated_at.to_string(),
        expires_on: row.expires_on.map(|day| day.to_string()),
    });
    let consented = connection.consented_account.is_some() || !connection.granted_scopes.is_empty();
    Ok(Shown {
        id: connection.id.to_string(),
        name: connection.name.to_string(),
        source_type: connection.source_type.clone(),
        tenant_name: connection.tenant_name.clone(),
        tenant_id: connection.tenant_id.as_ref().or(connection.tenant_key.as_ref()).map(ToString::to_string),
        secrets: facts.collect(),
        expires_next: expires_next(&ends),
        profile,
        labels: connection.labels.iter().map(ToString::to_string).collect(),
        settings: if administrator { connection.settings.into_iter().collect() } else { BTreeMap::new() },
        proxy,
        without_proxy: choice.without,
        consent: consented
            .then_some(ConsentFacts { account: connection.consented_account, scopes: connection.granted_scopes }),
        waiting_consent: waiting_consent.filter(|_| administrator),
        health: health::shown(standing.state),
        health_since: standing.since.to_string(),
        problem: health::problem(&standing, runs.first()),
        last_run: runs.into_iter().next(),
        schedule,
        created_at: connection.created_at.to_string(),
    })
}

/// What expires next: a secret or a certificate however far its day is, a sign-in only if it is near.
fn expires_next(ends: &[CredentialEnd]) -> Option<Upcoming> {
    let end = ends.iter().find(|end| end.what != ExpiringKind::RefreshToken || end.level().is_some())?;
    let (text, advice) = (end.title(), end.advice().to_owned());
    Some(Upcoming { text, on: end.on.to_string(), days_left: end.days_left, advice })
}
