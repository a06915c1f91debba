use super::super::facts::Facts;
use super::judge;
use crate::expiring::{CredentialEnd, Expiring, ExpiringKind, ExpiryLevel};
use beacon_health::{Action, Event};
use beacon_store::{
    ConnectionId, Due, Exercise, Held, Hold, Occasion, OccasionOutcome, Run, RunId, RunState, ScheduleId, StuckDelivery,
};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

fn at(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
}

const NOW: i64 = 100;

fn run(state: RunState, hour: i64) -> Run {
    Run {
        id: RunId::from(Uuid::from_u128(1)),
        connection: ConnectionId::from(Uuid::from_u128(2)),
        started_at: at(hour),
        schedule_name: None,
        due_at: None,
        state,
        finished_at: Some(at(hour + 1)),
        package_id: None,
        package_dir: None,
        summary: None,
        error: Some(json!({ "code": "some.code", "title": "It did not work.", "advice": "Do this." })),
        package_removed_at: None,
    }
}

fn facts(last: Option<Run>) -> Facts {
    Facts {
        created_at: at(0),
        held: None,
        ends_so_since: last.as_ref().and_then(|run| run.finished_at),
        last,
        nobody_consented: false,
        consented_at: None,
        exercise: None,
        dying: None,
        due: None,
        occasion: None,
        stuck: None,
    }
}

fn dying(days_left: i32) -> Expiring {
    Expiring {
        connections: vec!["Contoso".to_owned()],
        end: CredentialEnd { what: ExpiringKind::ClientSecret, profile: None, on: date(2027, 5, 31), days_left },
        level: ExpiryLevel::of(days_left).unwrap(),
    }
}

fn due(hour: i64) -> Due {
    Due {
        connection: ConnectionId::from(Uuid::from_u128(2)),
        schedule: ScheduleId::from(Uuid::from_u128(3)),
        fired_at: at(hour),
        starts_at: at(hour),
        run: None,
    }
}

#[track_caller]
fn check(facts: &Facts, event: Event, code: &str, action: Action) {
    let found = judge(facts, at(NOW));
    assert_eq!((found.event, found.cause.code.as_str(), found.cause.action), (event, code, action));
    assert!(found.cause.next_step.is_empty() == (action == Action::None), "{found:?}");
}

#[test]
fn each_end_of_a_run_has_its_meaning() {
    check(&facts(None), Event::Nothing, "health.never_ran", Action::Execute);
    check(&facts(Some(run(RunState::Complete, 90))), Event::Complete, "health.complete", Action::None);
    check(&facts(Some(run(RunState::Partial, 90))), Event::Concern, "health.partial", Action::LookAtRun);
    check(&facts(Some(run(RunState::ConsentNeeded, 90))), Event::ConsentMissing, "some.code", Action::Consent);
    check(&facts(Some(run(RunState::Settings, 90))), Event::Failed, "some.code", Action::Edit);
    check(&facts(Some(run(RunState::Failed, 90))), Event::Failed, "some.code", Action::LookAtRun);
    check(&facts(Some(run(RunState::ModuleFault, 90))), Event::Failed, "some.code", Action::LookAtRun);
}

#[test]
fn what_will_break_is_a_concern_of_a_connection_that_works() {
    let complete = || facts(Some(run(RunState::Complete, 90)));
    check(&Facts { dying: Some(dying(3)), ..complete() }, Event::Concern, "health.credential_expires", Action::Edit);
    check(&Facts { dying: Some(dying(-1)), ..complete() }, Event::Concern, "health.credential_expired", Action::Edit);
    check(&Facts { due: Some(due(97)), ..complete() }, Event::Concern, "health.late", Action::Schedule);
    check(&Facts { due: Some(due(98)), ..complete() }, Event::Complete, "health.complete", Action::None);
    let begun = Due { run: Some(RunId::from(Uuid::from_u128(9))), ..due(10) };
    check(&Facts { due: Some(begun), ..complete() }, Event::Complete, "health.complete", Action::None);
    let missed = |hour| Occasion {
        at: at(hour),
        first: at(hour),
        count: 1,
        outcome: OccasionOutcome::Skipped,
        decided_at: at(hour),
    };
    check(&Facts { occasion: Some(missed(95)), ..complete() }, Event::Concern, "health.missed", Action::Execute);
    // It ran since.
    check(&Facts { occasion: Some(missed(80)), ..complete() }, Event::Complete, "health.complete", Action::None);
    let error = json!({ "title": "The folder is not there.", "advice": "Connect the drive." });
    let stuck = StuckDelivery { destination: "Share".to_owned(), since: at(95), error: Some(error) };
    check(&Facts { stuck: Some(stuck), ..complete() }, Event::Concern, "health.delivery_stuck", Action::Delivery);
    // What does not work at all is said first.
    let failing = Facts { dying: Some(dying(3)), ..facts(Some(run(RunState::Failed, 90))) };
    check(&failing, Event::Failed, "some.code", Action::LookAtRun);
}

#[test]
fn a_consent_that_is_missing_or_cured_is_told_apart() {
    let refused = || facts(Some(run(RunState::ConsentNeeded, 90)));
    let nobody = Facts { nobody_consented: true, ..refused() };
    check(&nobody, Event::ConsentMissing, "connection.consent", Action::Consent);
    let cured = Facts { consented_at: Some(at(95)), ..refused() };
    check(&cured, Event::Nothing, "health.never_ran", Action::Execute);
    let refused_since = Exercise {
        connection: ConnectionId::from(Uuid::from_u128(2)),
        tried_at: at(95),
        trouble: Some(json!({ "kind": "consent", "code": "aadsts.50173", "title": "Revoked.", "advice": "Consent." })),
    };
    let complete = || facts(Some(run(RunState::Complete, 90)));
    let lost = Facts { exercise: Some(refused_since.clone()), ..complete() };
    check(&lost, Event::ConsentMissing, "aadsts.50173", Action::Consent);
    let given_again = Facts { exercise: Some(refused_since), consented_at: Some(at(96)), ..complete() };
    check(&given_again, Event::Complete, "health.complete", Action::None);
    let older = Facts { consented_at: Some(at(80)), ..refused() };
    check(&older, Event::ConsentMissing, "some.code", Action::Consent);
}

#[test]
fn what_a_person_decided_comes_before_all_and_says_what_was_left_out() {
    let held = Held { hold: Hold::Paused, since: at(50), skipped: 2, skipped_at: Some(at(74)) };
    let paused = Facts { held: Some(held), nobody_consented: true, ..facts(Some(run(RunState::Failed, 90))) };
    check(&paused, Event::Pause, "health.paused", Action::Resume);
    let found = judge(&paused, at(NOW));
    assert_eq!(found.at, at(50));
    assert_eq!(found.cause.title, "A person paused it; 2 runs were left out, the last of 1970-01-04 02:00 UTC.");
}

#[test]
fn failing_began_with_the_first_of_its_failures() {
    let long = Facts { ends_so_since: Some(at(20)), ..facts(Some(run(RunState::Failed, 90))) };
    assert_eq!(judge(&long, at(NOW)).at, at(20));
}
