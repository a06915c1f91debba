//! Schedules: the list, its dialog, and which connection follows which.

use crate::answer::{Answer, Body, done, json};
use crate::app::App;
use crate::problem::Refusal;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use beacon_api::{
    FieldProblem, Follower, Happened, MissedRuns, Occasion, OccasionOutcome, Schedule as Shown, ScheduleChoice,
    ScheduleDraft, SchedulePreview, ScheduleRemoved, ScheduleRule, Scheduled,
};
use beacon_operations::{Installation, Trouble, scheduling};
use beacon_schedule::{DayOfMonth, InvalidTiming, Missed, Rule};
use beacon_store::{
    Connection, ConnectionId, NewSchedule, OccasionOutcome as StoredOutcome, Schedule, ScheduleId, Store, StoreError,
};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Times that are shown ahead.
const AHEAD: usize = 5;

/// Times that are shown back.
const BACK: u32 = 20;

/// Seconds of a minute.
const MINUTE: u32 = 60;

pub(crate) async fn all(State(app): State<Arc<App>>) -> Answer {
    let store = app.installation.store();
    let schedules = store.schedules()?;
    let shown: Vec<Shown> = schedules.into_iter().map(|one| view(&store, one)).collect::<Result<_, _>>()?;
    json(&shown)
}

pub(crate) async fn add(State(app): State<Arc<App>>, Body(draft): Body<ScheduleDraft>) -> Answer {
    let shown = {
        let mut store = app.installation.store();
        let followers = followers(&store, &draft)?;
        let schedule = store.insert_schedule(plan(&draft)?, Installation::now()).map_err(refused)?;
        follow(&mut store, schedule.id, &followers)?;
        view(&store, schedule)?
    };
    changed(&app);
    Ok((StatusCode::CREATED, axum::Json(shown)).into_response())
}

pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(draft): Body<ScheduleDraft>,
) -> Answer {
    let shown = {
        let mut store = app.installation.store();
        let id = store.schedule(schedule_id(&id)?)?.id;
        let followers = followers(&store, &draft)?;
        let schedule = store.update_schedule(id, plan(&draft)?, Installation::now()).map_err(refused)?;
        follow(&mut store, id, &followers)?;
        view(&store, schedule)?
    };
    changed(&app);
    json(&shown)
}

pub(crate) async fn check(Body(draft): Body<ScheduleDraft>) -> Answer {
    let wrong = |refusal: Refusal| SchedulePreview {
        when: String::new(),
        next: Vec::new(),
        problems: if refusal.problem.fields.is_empty() { vec![whole(refusal)] } else { refusal.problem.fields },
    };
    json(&match plan(&draft) {
        Err(refusal) => wrong(refusal),
        Ok(plan) => match scheduling::upcoming(&plan, Installation::now(), AHEAD) {
            Err(trouble) => wrong(placed(trouble)),
            Ok(next) => SchedulePreview { when: plan.rule.to_string(), next: texts(&next), problems: Vec::new() },
        },
    })
}

pub(crate) async fn remove(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    let removed = {
        let mut store = app.installation.store();
        let id = schedule_id(&id)?;
        let not_scheduled = named(scheduling::followers(&store, id)?);
        store.delete_schedule(id)?;
        ScheduleRemoved { not_scheduled }
    };
    changed(&app);
    json(&removed)
}

pub(crate) async fn trigger(State(app): State<Arc<App>>, Path(id): Path<String>) -> Answer {
    {
        let mut store = app.installation.store();
        let schedule = store.schedule(schedule_id(&id)?)?;
        scheduling::trigger(&mut store, &schedule, Installation::now())?;
    }
    changed(&app);
    done()
}

pub(crate) async fn choose(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Body(choice): Body<ScheduleChoice>,
) -> Answer {
    let connection = app.connection(&id)?;
    let schedule = choice.schedule.as_deref().map(schedule_id).transpose()?;
    app.installation.store().assign_schedule(connection.id, schedule)?;
    changed(&app);
    done()
}

/// How a connection is scheduled.
pub(crate) fn of_connection(store: &Store, connection: &Connection) -> Result<Option<Scheduled>, Refusal> {
    let Some(id) = connection.schedule else { return Ok(None) };
    let schedule = store.schedule(id)?;
    let now = Installation::now();
    let next = scheduling::next_run(store, connection, now)?.filter(|at| *at > now);
    Ok(Some(Scheduled {
        id: id.to_string(),
        name: schedule.plan.name.to_string(),
        when: schedule.plan.rule.to_string(),
        next_run: next.map(|at| at.to_string()),
    }))
}

/// Whoever looks at lists looks again, and what is due now starts now.
pub(crate) fn changed(app: &App) {
    app.tell(Happened::Schedules);
    app.tell(Happened::Connections);
    app.scheduler.wake();
}

pub(crate) fn schedule_id(text: &str) -> Result<ScheduleId, Refusal> {
    text.parse().map_err(|_| Refusal::not_found("schedule"))
}

/// The connections of a draft; all of them exist.
fn followers(store: &Store, draft: &ScheduleDraft) -> Result<BTreeSet<ConnectionId>, Refusal> {
    let known: BTreeSet<ConnectionId> = store.connections()?.into_iter().map(|one| one.id).collect();
    let found = draft.connections.iter().map(|id| id.parse().ok().filter(|id| known.contains(id)));
    found.collect::<Option<_>>().ok_or_else(|| Refusal::not_found("connection").about("connections"))
}

/// Exactly these follow it from now on.
fn follow(store: &mut Store, schedule: ScheduleId, wanted: &BTreeSet<ConnectionId>) -> Result<(), Refusal> {
    for connection in store.connections()? {
        let follows = connection.schedule == Some(schedule);
        if wanted.contains(&connection.id) && !follows {
            store.assign_schedule(connection.id, Some(schedule))?;
        } else if !wanted.contains(&connection.id) && follows {
            store.assign_schedule(connection.id, None)?;
        }
    }
    Ok(())
}

fn view(store: &Store, schedule: Schedule) -> Result<Shown, Refusal> {
    let followers = named(scheduling::followers(store, schedule.id)?);
    let next = scheduling::upcoming(&schedule.plan, Installation::now(), AHEAD)?;
    let occasions = store.occasions(schedule.id, BACK)?;
    let plan = schedule.plan;
    Ok(Shown {
        id: schedule.id.to_string(),
        when: plan.rule.to_string(),
        draft: ScheduleDraft {
            name: plan.name.to_string(),
            rule: rule_shown(plan.rule),
            zone: plan.zone,
            missed: match plan.missed {
                Missed::RunOnce => MissedRuns::RunOnce,
                Missed::Skip => MissedRuns::Skip,
            },
            jitter_minutes: u16::try_from(plan.jitter_seconds / MINUTE).unwrap_or(u16::MAX),
            window: plan.window.map(|window| window.to_string()),
            parallel: plan.parallel,
            connections: followers.iter().map(|follower| follower.id.clone()).collect(),
        },
        followers,
        next: texts(&next),
        occasions: occasions
            .into_iter()
            .map(|one| Occasion { at: one.at.to_string(), count: one.count, outcome: outcome(one.outcome) })
            .collect(),
    })
}

fn plan(draft: &ScheduleDraft) -> Result<NewSchedule, Refusal> {
    let window = draft.window.as_deref().map(str::trim).filter(|window| !window.is_empty());
    Ok(NewSchedule {
        name: draft.name.parse().map_err(|error| refused(StoreError::Input(error)).about("name"))?,
        rule: rule(&draft.rule).map_err(|error| placed(error.into()))?,
        zone: draft.zone.trim().to_owned(),
        missed: match draft.missed {
            MissedRuns::RunOnce => Missed::RunOnce,
            MissedRuns::Skip => Missed::Skip,
        },
        jitter_seconds: u32::from(draft.jitter_minutes) * MINUTE,
        window: window.map(str::parse).transpose().map_err(|error: InvalidTiming| placed_at(error.into(), "window"))?,
        parallel: draft.parallel,
    })
}

fn rule(shown: &ScheduleRule) -> Result<Rule, InvalidTiming> {
    Ok(match shown {
        ScheduleRule::Interval { minutes } => Rule::Interval { minutes: *minutes },
        ScheduleRule::Hour { minute } => Rule::Hour { minute: *minute },
        ScheduleRule::Day { at } => Rule::Day { at: at.parse()? },
        ScheduleRule::Week { days, at } => Rule::Week { days: days.clone(), at: at.parse()? },
        ScheduleRule::Month { day, at } => {
            Rule::Month { day: day.map_or(DayOfMonth::Last, DayOfMonth::Day), at: at.parse()? }
        }
        ScheduleRule::Cron { expression } => Rule::Cron { expression: expression.trim().to_owned() },
    })
}

fn rule_shown(rule: Rule) -> ScheduleRule {
    match rule {
        Rule::Interval { minutes } => ScheduleRule::Interval { minutes },
        Rule::Hour { minute } => ScheduleRule::Hour { minute },
        Rule::Day { at } => ScheduleRule::Day { at: at.to_string() },
        Rule::Week { days, at } => ScheduleRule::Week { days, at: at.to_string() },
        Rule::Month { day: DayOfMonth::Day(day), at } => ScheduleRule::Month { day: Some(day), at: at.to_string() },
        Rule::Month { day: DayOfMonth::Last, at } => ScheduleRule::Month { day: None, at: at.to_string() },
        Rule::Cron { expression } => ScheduleRule::Cron { expression },
    }
}

/// A trouble with a time, at the field of the dialog that it is about.
fn placed(trouble: Trouble) -> Refusal {
    let field = match trouble.fields.first().map(|field| field.field.as_str()) {
        Some("time zone") => "zone",
        Some("jitter") => "jitter_minutes",
        Some("window") => "window",
        _ => "rule",
    };
    placed_at(trouble, field)
}

fn placed_at(trouble: Trouble, field: &str) -> Refusal {
    Refusal::from(Trouble { fields: Vec::new(), ..trouble }).about(field)
}

/// What the store says about a plan, at the field of the dialog that it is about.
fn refused(error: StoreError) -> Refusal {
    match error {
        StoreError::Timing(error) => placed(error.into()),
        StoreError::ScheduleNameTaken { .. } => Refusal::from(error).about("name"),
        StoreError::Input(ref input) if input.field == "connections at a time" => {
            Refusal::from(error).about("parallel")
        }
        other => other.into(),
    }
}

fn whole(refusal: Refusal) -> FieldProblem {
    let problem = refusal.problem;
    FieldProblem { field: "rule".to_owned(), code: problem.code, title: problem.title, advice: problem.advice }
}

fn named(connections: Vec<Connection>) -> Vec<Follower> {
    connections.into_iter().map(|one| Follower { id: one.id.to_string(), name: one.name.to_string() }).collect()
}

fn texts(times: &[Timestamp]) -> Vec<String> {
    times.iter().map(ToString::to_string).collect()
}

const fn outcome(stored: StoredOutcome) -> OccasionOutcome {
    match stored {
        StoredOutcome::Kept => OccasionOutcome::Kept,
        StoredOutcome::MadeUp => OccasionOutcome::MadeUp,
        StoredOutcome::Skipped => OccasionOutcome::Skipped,
        StoredOutcome::ClockSetBack => OccasionOutcome::ClockSetBack,
        StoredOutcome::ByHand => OccasionOutcome::ByHand,
    }
}
