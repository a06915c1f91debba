//! How connections stand.

use crate::answer::{Answer, Asked, Body, json};
use crate::app::App;
use crate::filter::Filter;
use crate::problem::Refusal;
use axum::extract::{Path, State};
use beacon_api::{
    ConnectionHealth, ConnectionHold, Happened, Health, HealthAction, HealthCount, HealthReport, HoldChoice, Problem,
    ProblemKind, Run,
};
use beacon_health::{Action, Cause, Standing, State as Stands};
use beacon_operations::health::{self, Look};
use beacon_operations::{Installation, select};
use beacon_store::{Connection, ConnectionId, Hold};
use std::collections::BTreeMap;
use std::slice;
use std::sync::Arc;

pub(crate) async fn all(State(app): State<Arc<App>>, Asked(filter): Asked<Filter>) -> Answer {
    let mut shown = Vec::new();
    for (connection, standing) in &selected(&app, &filter)? {
        shown.push(view(&app, connection, standing)?);
    }
    shown.sort_by(|one, other| (one.state, &one.name).cmp(&(other.state, &other.name)));
    json(&HealthReport { counts: counted(shown.iter().map(|one| one.state)), connections: shown })
}

pub(crate) async fn counts(State(app): State<Arc<App>>) -> Answer {
    json(&counted(look(&app)?.values().map(|standing| shown(standing.state))))
}

/// How often each state occurs, the worst first; those that do not are left out.
fn counted(states: impl Iterator<Item = Health>) -> Vec<HealthCount> {
    let mut counts: BTreeMap<Health, u64> = BTreeMap::new();
    for state in states {
        *counts.entry(state).or_default() += 1;
    }
    counts.into_iter().map(|(state, count)| HealthCount { state, count }).collect()
}

pub(crate) async fn hold(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(choice): Body<HoldChoice>,
) -> Answer {
    let connection = app.connection(&id)?;
    let standing = health::hold(&app.installation, &connection, held(choice.hold), Installation::now())?;
    app.tell(Happened::Connections);
    // Whoever was let go may owe the rest of an interrupted run.
    app.scheduler.wake();
    json(&view(&app, &connection, &standing)?)
}

pub(crate) const fn held(hold: ConnectionHold) -> Option<Hold> {
    match hold {
        ConnectionHold::None => None,
        ConnectionHold::Paused => Some(Hold::Paused),
        ConnectionHold::Disabled => Some(Hold::Disabled),
    }
}

/// The connections that a filter lets through, with how they stand here and now.
pub(crate) fn selected(app: &App, filter: &Filter) -> Result<Vec<(Connection, Standing)>, Refusal> {
    let mut selection = filter.selection()?;
    let states = std::mem::take(&mut selection.states);
    let mut standings = look(app)?;
    let connections = select(&app.installation, &selection)?.into_iter();
    // One that was added in between is there at the next look.
    let standing = connections.filter_map(|one| standings.remove(&one.id).map(|standing| (one, standing)));
    Ok(standing.filter(|(_, standing)| states.is_empty() || states.contains(&standing.state)).collect())
}

/// How all connections stand now.
pub(crate) fn look(app: &App) -> Result<BTreeMap<ConnectionId, Standing>, Refusal> {
    Ok(known_here(app, health::look(&app.installation, Installation::now())?))
}

/// How one of them stands now.
pub(crate) fn look_at(app: &App, connection: &Connection) -> Result<Standing, Refusal> {
    let look = health::look_at(&app.installation, slice::from_ref(connection), Installation::now())?;
    known_here(app, look).remove(&connection.id).ok_or_else(|| Refusal::not_found("connection"))
}

/// A consent that waits for its confirmation is known to this process alone.
fn known_here(app: &App, mut look: Look) -> BTreeMap<ConnectionId, Standing> {
    if !look.changed.is_empty() {
        app.state_changed.notify_one();
    }
    for (connection, standing) in &mut look.standings {
        if app.tasks.unconfirmed(*connection).is_some() && !standing.state.is_held() {
            standing.state = Stands::NeedsConsent;
            standing.cause = waits_for_confirmation();
        }
    }
    look.standings
}

/// A consent came, by a link that was sent for example.
fn waits_for_confirmation() -> Cause {
    Cause {
        code: "connection.consent_waits".to_owned(),
        title: "Somebody has consented, and nobody has confirmed it yet.".to_owned(),
        next_step: "Look at account and tenant in the connection, then keep or discard the consent.".to_owned(),
        action: Action::Consent,
    }
}

fn view(app: &App, connection: &Connection, standing: &Standing) -> Result<ConnectionHealth, Refusal> {
    let run = match standing.cause.action {
        Action::LookAtRun => app.installation.store().last_ended_run(connection.id)?,
        _ => None,
    };
    Ok(ConnectionHealth {
        connection: connection.id.to_string(),
        name: connection.name.to_string(),
        labels: connection.labels.iter().map(ToString::to_string).collect(),
        state: shown(standing.state),
        since: standing.since.to_string(),
        code: standing.cause.code.clone(),
        title: standing.cause.title.clone(),
        next_step: standing.cause.next_step.clone(),
        action: action(standing.cause.action),
        run: run.map(|run| run.id.to_string()),
    })
}

/// Why a connection is not healthy; in the words of its last run, with their details, if it is that run's end.
pub(crate) fn problem(standing: &Standing, last: Option<&Run>) -> Option<Problem> {
    if matches!(standing.state, Stands::Healthy | Stands::NeverRan) {
        return None;
    }
    let Cause { code, title, next_step, .. } = &standing.cause;
    let of_run = last.and_then(|run| run.problem.clone()).filter(|problem| problem.code == *code);
    Some(of_run.unwrap_or_else(|| Problem {
        kind: if standing.state == Stands::NeedsConsent { ProblemKind::Consent } else { ProblemKind::Settings },
        code: code.clone(),
        title: title.clone(),
        advice: next_step.clone(),
        detail: Vec::new(),
        fields: Vec::new(),
    }))
}

pub(crate) const fn shown(state: Stands) -> Health {
    match state {
        Stands::NeedsConsent => Health::NeedsConsent,
        Stands::Failing => Health::Failing,
        Stands::Degraded => Health::Degraded,
        Stands::NeverRan => Health::NeverRan,
        Stands::Healthy => Health::Healthy,
        Stands::Paused => Health::Paused,
        Stands::Disabled => Health::Disabled,
    }
}

const fn action(action: Action) -> HealthAction {
    match action {
        Action::None => HealthAction::None,
        Action::Consent => HealthAction::Consent,
        Action::Edit => HealthAction::Edit,
        Action::LookAtRun => HealthAction::LookAtRun,
        Action::Execute => HealthAction::Execute,
        Action::Schedule => HealthAction::Schedule,
        Action::Delivery => HealthAction::Delivery,
        Action::Resume => HealthAction::Resume,
    }
}
