//! `schedule`: when connections are imported by themselves.

use super::schedule_rule::{apply, rule};
use crate::arguments::{ScheduleAddArguments, ScheduleCommand, ScheduleEditArguments};
use crate::exit::Exit;
use crate::terminal::{Style, Terminal, table};
use beacon_operations::{Installation, Trouble, scheduling, select_some};
use beacon_schedule::Missed;
use beacon_store::{Connection, NewSchedule, Occasion, OccasionOutcome, Schedule};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// Times that are shown ahead.
const AHEAD: usize = 5;

/// Times that are shown back.
const BACK: u32 = 10;

pub(crate) fn execute(
    installation: &Installation,
    command: &ScheduleCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    match command {
        ScheduleCommand::Add(arguments) => add(installation, arguments, terminal),
        ScheduleCommand::List => list(installation, terminal),
        ScheduleCommand::Show { name } => {
            let schedule = scheduling::named(&installation.store(), name)?;
            show(installation, &schedule, terminal)
        }
        ScheduleCommand::Edit(arguments) => edit(installation, arguments, terminal),
        ScheduleCommand::Remove { name, yes } => remove(installation, name, *yes, terminal),
        ScheduleCommand::Assign { schedule, connections } => {
            let schedule = scheduling::named(&installation.store(), schedule)?;
            let connections = select_some(installation, &connections.which.selection()?)?;
            assign(installation, &connections, Some(&schedule))?;
            show(installation, &schedule, terminal)
        }
        ScheduleCommand::Unassign(some) => {
            let connections = select_some(installation, &some.which.selection()?)?;
            assign(installation, &connections, None)?;
            let names = names(&connections);
            terminal.json(&json!({ "not_scheduled": names }));
            terminal.result(&format!("Not scheduled any more: {}.", names.join(", ")));
            Ok(Exit::Success)
        }
        ScheduleCommand::Trigger { name } => trigger(installation, name, terminal),
    }
}

fn add(installation: &Installation, arguments: &ScheduleAddArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let Some(rule) = rule(&arguments.timing.rule)? else {
        let advice = "Give one of --every-minutes, --hourly, --daily, --weekly, --monthly, --cron.";
        return Err(Trouble::settings("schedule.rule_missing", "The schedule has no times.", advice));
    };
    let mut plan = NewSchedule {
        name: arguments.name.parse().map_err(beacon_store::StoreError::from)?,
        rule,
        zone: terminal.zone().to_owned(),
        missed: Missed::RunOnce,
        jitter_seconds: 0,
        window: None,
        parallel: 1,
    };
    apply(&mut plan, &arguments.timing)?;
    // Names first: a schedule without the connections that were meant is worse than none.
    let followers = arguments.connections.iter().map(|name| installation.connection(name));
    let followers = followers.collect::<Result<Vec<_>, _>>()?;
    let schedule = installation.store().insert_schedule(plan, Installation::now())?;
    assign(installation, &followers, Some(&schedule))?;
    show(installation, &schedule, terminal)
}

fn edit(installation: &Installation, arguments: &ScheduleEditArguments, terminal: &Terminal) -> Result<Exit, Trouble> {
    let schedule = scheduling::named(&installation.store(), &arguments.name)?;
    let mut plan = schedule.plan;
    if let Some(name) = &arguments.rename {
        plan.name = name.parse().map_err(beacon_store::StoreError::from)?;
    }
    if arguments.no_window {
        plan.window = None;
    }
    apply(&mut plan, &arguments.timing)?;
    let schedule = installation.store().update_schedule(schedule.id, plan, Installation::now())?;
    show(installation, &schedule, terminal)
}

fn remove(installation: &Installation, name: &str, yes: bool, terminal: &Terminal) -> Result<Exit, Trouble> {
    let schedule = scheduling::named(&installation.store(), name)?;
    let names = names(&scheduling::followers(&installation.store(), schedule.id)?);
    let question = if names.is_empty() {
        format!("Remove {}?", schedule.plan.name)
    } else {
        format!("Remove {}? Not scheduled any more: {}.", schedule.plan.name, names.join(", "))
    };
    if !yes && !terminal.confirm(&question) {
        terminal.note("Nothing was removed.");
        return Ok(Exit::Cancelled);
    }
    installation.store().delete_schedule(schedule.id)?;
    terminal.json(&json!({ "removed": schedule.plan.name, "not_scheduled": names }));
    terminal.result(&format!("Removed {}.", schedule.plan.name));
    if !names.is_empty() {
        terminal.result(&format!("Not scheduled any more: {}.", names.join(", ")));
    }
    Ok(Exit::Success)
}

/// All of them, or none.
fn assign(installation: &Installation, connections: &[Connection], schedule: Option<&Schedule>) -> Result<(), Trouble> {
    let schedule = schedule.map(|schedule| schedule.id);
    installation.store().together(|store| {
        connections.iter().try_for_each(|connection| Ok(store.assign_schedule(connection.id, schedule)?))
    })
}

fn trigger(installation: &Installation, name: &str, terminal: &Terminal) -> Result<Exit, Trouble> {
    let mut store = installation.store();
    let schedule = scheduling::named(&store, name)?;
    let count = scheduling::trigger(&mut store, &schedule, Installation::now())?;
    let held = store.held()?;
    let mut left_out = scheduling::followers(&store, schedule.id)?;
    left_out.retain(|connection| held.contains_key(&connection.id));
    let left_out = names(&left_out);
    terminal.json(&json!({ "schedule": schedule.plan.name, "due": count, "left_out": left_out }));
    if !left_out.is_empty() {
        terminal.note(&format!("Left out, because a person holds them: {}.", left_out.join(", ")));
    }
    let text = match count {
        0 if !left_out.is_empty() => "Nothing is due.".to_owned(),
        0 => format!("No connection follows {}.", schedule.plan.name),
        1 => "1 connection is due. A beacon that serves imports it, or `beacon run --due`.".to_owned(),
        _ => format!("{count} connections are due. A beacon that serves imports them, or `beacon run --due`."),
    };
    terminal.result(&text);
    Ok(Exit::Success)
}

fn list(installation: &Installation, terminal: &Terminal) -> Result<Exit, Trouble> {
    let store = installation.store();
    let now = Installation::now();
    let mut rows = vec![["NAME", "WHEN", "TIME ZONE", "CONNECTIONS", "NEXT"].map(str::to_owned).to_vec()];
    let mut listed = Vec::new();
    for schedule in store.schedules()? {
        let followers = names(&scheduling::followers(&store, schedule.id)?);
        let next = scheduling::upcoming(&schedule.plan, now, 1)?.pop();
        rows.push(vec![
            schedule.plan.name.to_string(),
            schedule.plan.rule.to_string(),
            schedule.plan.zone.clone(),
            followers.len().to_string(),
            next.map_or_else(|| "never".to_owned(), |at| local(at, &schedule.plan.zone)),
        ]);
        listed.push(json!({ "schedule": schedule, "connections": followers, "next": next }));
    }
    if listed.is_empty() {
        terminal.result("No schedules yet. Add one with `beacon schedule add NAME --daily 06:00`.");
    } else {
        terminal.result(&table(&rows));
    }
    terminal.json(&json!({ "schedules": listed }));
    Ok(Exit::Success)
}

fn show(installation: &Installation, schedule: &Schedule, terminal: &Terminal) -> Result<Exit, Trouble> {
    let store = installation.store();
    let followers = names(&scheduling::followers(&store, schedule.id)?);
    let next = scheduling::upcoming(&schedule.plan, Installation::now(), AHEAD)?;
    let occasions = store.occasions(schedule.id, BACK)?;
    terminal.json(&described(schedule, &followers, &next, &occasions));
    if terminal.is_json() {
        return Ok(Exit::Success);
    }
    let plan = &schedule.plan;
    let pair = |name: &str, value: String| vec![name.to_owned(), value];
    let missed = match plan.missed {
        Missed::RunOnce => "run once as soon as possible",
        Missed::Skip => "skip",
    };
    let mut rows = vec![
        pair("When", plan.rule.to_string()),
        pair("Time zone", plan.zone.clone()),
        pair("Missed", missed.to_owned()),
        pair("At a time", plan.parallel.to_string()),
    ];
    if plan.jitter_seconds > 0 {
        rows.push(pair("Jitter", format!("up to {} minutes", plan.jitter_seconds / 60)));
    }
    if let Some(window) = plan.window {
        rows.push(pair("Window", window.to_string()));
    }
    let none = || "none".to_owned();
    rows.push(pair("Connections", if followers.is_empty() { none() } else { followers.join(", ") }));
    terminal.result(&terminal.paint(Style::Bold, plan.name.as_str()));
    terminal.result(&table(&rows));
    let times: Vec<String> = next.iter().map(|at| format!("  {}", local(*at, &plan.zone))).collect();
    terminal.result(&format!("\n{}\n{}", terminal.paint(Style::Bold, "Next times"), times.join("\n")));
    if !occasions.is_empty() {
        let rows: Vec<_> = occasions.iter().map(|one| vec![local(one.at, &plan.zone), became(one)]).collect();
        terminal.result(&format!("\n{}\n{}", terminal.paint(Style::Bold, "Last times"), table(&rows)));
    }
    Ok(Exit::Success)
}

fn described(schedule: &Schedule, followers: &[String], next: &[Timestamp], occasions: &[Occasion]) -> Value {
    json!({ "schedule": schedule, "connections": followers, "next": next, "occasions": occasions })
}

/// What became of a time, in words.
fn became(occasion: &Occasion) -> String {
    let several = |text: &str| {
        if occasion.count > 1 { format!("{text}, {} times in all", occasion.count) } else { text.to_owned() }
    };
    match occasion.outcome {
        OccasionOutcome::Kept if occasion.count > 1 => format!("kept; {} earlier ones were missed", occasion.count - 1),
        OccasionOutcome::Kept => "kept".to_owned(),
        OccasionOutcome::MadeUp => several("missed, made up for"),
        OccasionOutcome::Skipped => several("missed, skipped"),
        OccasionOutcome::ClockSetBack => "the clock was set back; begun anew".to_owned(),
        OccasionOutcome::ByHand => "triggered by hand".to_owned(),
    }
}

fn names(connections: &[Connection]) -> Vec<String> {
    connections.iter().map(|connection| connection.name.to_string()).collect()
}

/// In the schedule's own zone, with the offset, so that the hour that comes twice is told apart.
fn local(at: Timestamp, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M %:z").to_string()
}
