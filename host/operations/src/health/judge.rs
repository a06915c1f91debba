//! What the facts mean. Pure: time is passed in.

use super::facts::Facts;
use beacon_contract::TableStatus;
use beacon_health::{Action, Cause, Event, Finding};
use beacon_package::TableReport;
use beacon_store::{Held, Hold, OccasionOutcome, Run, RunState};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

/// A run that is owed and was not begun for so long is late. Less is a queue.
pub(crate) const LATE: SignedDuration = SignedDuration::from_hours(2);

/// Tables that a sentence names.
const NAMED: usize = 3;

/// How a connection stands by these facts. What a person decided comes first, then what keeps it from working, then what
/// will, then what is worth a look.
pub(super) fn judge(facts: &Facts, now: Timestamp) -> Finding {
    if let Some(held) = facts.held {
        return is_held(held);
    }
    if facts.nobody_consented {
        let cause = cause("connection.consent", "Nobody has consented yet.", "Sign in and consent.", Action::Consent);
        return Finding { event: Event::ConsentMissing, at: facts.created_at, cause };
    }
    if let Some((at, error)) = sign_in_refused(facts) {
        return Finding { event: Event::ConsentMissing, at, cause: of_error(Some(error), Action::Consent) };
    }
    let at = facts.ends_so_since.or(facts.last.as_ref().and_then(|run| run.finished_at)).unwrap_or(now);
    match &facts.last {
        Some(run) if run.state == RunState::ConsentNeeded => {
            // A consent that came after the refusal cured it.
            match facts.consented_at.filter(|consented| *consented > run.started_at) {
                Some(at) => nothing_yet(at, "Nothing has run since the sign-in works again."),
                None => {
                    Finding { event: Event::ConsentMissing, at, cause: of_error(run.error.as_ref(), Action::Consent) }
                }
            }
        }
        Some(run) if matches!(run.state, RunState::Settings | RunState::Failed | RunState::ModuleFault) => {
            let action = if run.state == RunState::Settings { Action::Edit } else { Action::LookAtRun };
            Finding { event: Event::Failed, at, cause: of_error(run.error.as_ref(), action) }
        }
        last => concern(facts, last.as_ref(), at, now).unwrap_or_else(|| match last {
            Some(_) => {
                let cause = cause("health.complete", "The last run was complete.", "", Action::None);
                Finding { event: Event::Complete, at, cause }
            }
            None => nothing_yet(facts.created_at, "Nothing has run yet."),
        }),
    }
}

fn is_held(held: Held) -> Finding {
    let (event, code, word) = match held.hold {
        Hold::Paused => (Event::Pause, "health.paused", "A person paused it"),
        Hold::Disabled => (Event::Disable, "health.disabled", "A person disabled it"),
    };
    let skipped = match (held.skipped, held.skipped_at) {
        (0, _) | (_, None) => String::new(),
        (1, Some(at)) => format!("; the run of {} was left out", at.strftime("%Y-%m-%d %H:%M UTC")),
        (many, Some(at)) => format!("; {many} runs were left out, the last of {}", at.strftime("%Y-%m-%d %H:%M UTC")),
    };
    let cause = cause(code, format!("{word}{skipped}."), "Let it run again when it is wanted.", Action::Resume);
    Finding { event, at: held.since, cause }
}

/// What needs a look before it stops working.
fn concern(facts: &Facts, last: Option<&Run>, at: Timestamp, now: Timestamp) -> Option<Finding> {
    let found = |at, cause| Some(Finding { event: Event::Concern, at, cause });
    if let Some(dying) = facts.dying.as_ref().filter(|dying| dying.end.days_left < 0) {
        return found(now, cause("health.credential_expired", dying.end.title(), dying.end.advice(), Action::Edit));
    }
    if let Some(run) = last.filter(|run| run.state == RunState::Partial) {
        return found(at, partial(run));
    }
    if let Some(dying) = &facts.dying {
        return found(now, cause("health.credential_expires", dying.end.title(), dying.end.advice(), Action::Edit));
    }
    let late = facts.due.as_ref().filter(|due| due.run.is_none() && now.duration_since(due.starts_at) > LATE);
    if let Some(due) = late {
        let title = format!("The run of {} has not begun yet.", due.fired_at.strftime("%Y-%m-%d %H:%M UTC"));
        let next = "See whether a beacon serves, or `beacon run --due` is called, and whether others keep it waiting: \
                    --parallel-runs, the parallel runs and the window of its schedule.";
        return found(
            due.starts_at.saturating_add(LATE).unwrap_or(now),
            cause("health.late", title, next, Action::Schedule),
        );
    }
    let missed = facts.occasion.as_ref().filter(|occasion| {
        occasion.outcome == OccasionOutcome::Skipped && last.is_none_or(|run| run.started_at < occasion.decided_at)
    });
    if let Some(occasion) = missed {
        let title = format!("Its time of {} was missed and left out.", occasion.at.strftime("%Y-%m-%d %H:%M UTC"));
        let next = "Execute it now, or let its schedule make up for what is missed.";
        return found(occasion.decided_at, cause("health.missed", title, next, Action::Execute));
    }
    let stuck = facts.stuck.as_ref()?;
    let title = format!("Packages do not arrive at {}.", stuck.destination);
    let why = stuck.error.as_ref().map(|error| format!("{} {}", text(error, "title"), text(error, "advice")));
    found(stuck.since, cause("health.delivery_stuck", title, why.unwrap_or_default().trim(), Action::Delivery))
}

fn nothing_yet(at: Timestamp, title: &str) -> Finding {
    let cause = cause("health.never_ran", title, "Execute it, or let it follow a schedule.", Action::Execute);
    Finding { event: Event::Nothing, at, cause }
}

fn partial(run: &Run) -> Cause {
    let tables = run.summary.as_ref().and_then(|summary| summary.get("tables")).cloned().unwrap_or_default();
    // What a later version wrote of tables names none.
    let tables: BTreeMap<String, TableReport> = serde_json::from_value(tables).unwrap_or_default();
    let open: Vec<_> = tables.iter().filter(|(_, report)| report.status != TableStatus::Complete).collect();
    let mandatory: Vec<_> = open.iter().filter(|(_, report)| report.mandatory).copied().collect();
    let told = if mandatory.is_empty() { open } else { mandatory };
    let names: Vec<&str> = told.iter().take(NAMED).map(|(name, _)| name.as_str()).collect();
    let title = match (names.is_empty(), told.len() > NAMED) {
        (true, _) => "The last package is not complete.".to_owned(),
        (false, true) => format!("The last package is not complete: {} and others.", names.join(", ")),
        (false, false) => format!("The last package is not complete: {}.", names.join(", ")),
    };
    let why = told.iter().find_map(|(_, report)| report.reason.as_ref()).map(|reason| reason.text.as_str());
    cause("health.partial", title, why.unwrap_or("See the last run."), Action::LookAtRun)
}

/// When keeping a sign-in alive was refused, and why, if nothing else happened since: the next run would be refused, too.
fn sign_in_refused(facts: &Facts) -> Option<(Timestamp, &Value)> {
    let exercise = facts.exercise.as_ref()?;
    let error = exercise.trouble.as_ref().filter(|error| text(error, "kind") == "consent")?;
    let ran = facts.last.as_ref().is_some_and(|run| run.started_at > exercise.tried_at);
    let consented = facts.consented_at.is_some_and(|consented| consented > exercise.tried_at);
    (!ran && !consented).then_some((exercise.tried_at, error))
}

/// Why something was refused, in its own words.
fn of_error(error: Option<&Value>, action: Action) -> Cause {
    let member = |name| error.map(|error| text(error, name)).filter(|text| !text.is_empty());
    Cause {
        code: member("code").unwrap_or_else(|| "health.failed".to_owned()),
        title: member("title").unwrap_or_else(|| "The last run left no package.".to_owned()),
        next_step: member("advice").unwrap_or_else(|| "See the last run.".to_owned()),
        action,
    }
}

fn text(error: &Value, member: &str) -> String {
    error.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn cause(code: &str, title: impl Into<String>, next_step: impl Into<String>, action: Action) -> Cause {
    Cause { code: code.to_owned(), title: title.into(), next_step: next_step.into(), action }
}

#[cfg(test)]
mod tests;
