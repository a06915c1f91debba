use std::path::{Path, PathBuf};

use serde_json::json;
use uuid::Uuid;

use crate::store::tests::{Fixture, now};
use crate::{ConnectionId, RunId, RunOutcome, RunState, SecondConnection, StoreError};

fn run_id(number: u128) -> RunId {
    Uuid::from_u128(number).into()
}

fn ended(state: RunState) -> RunOutcome {
    RunOutcome {
        state,
        finished_at: now(60),
        package_id: Some("sha256:abc".to_owned()),
        package_dir: None,
        summary: Some(json!({"users": 2000})),
        error: None,
    }
}

#[test]
fn a_run_ends_once_and_is_remembered() {
    let mut fixture = Fixture::new();
    fixture.store.insert_run(run_id(1), fixture.connection, now(1), Some(Path::new("packages/1"))).unwrap();
    assert_eq!(fixture.store.run(run_id(1)).unwrap().state, RunState::Running);
    fixture.store.finish_run(run_id(1), &ended(RunState::Partial)).unwrap();

    let mut fixture = fixture.reopen();
    let run = fixture.store.run(run_id(1)).unwrap();
    assert_eq!((run.state, run.started_at, run.finished_at), (RunState::Partial, now(1), Some(now(60))));
    assert_eq!(run.package_dir, Some(PathBuf::from("packages/1")), "an end without a folder keeps the announced one");
    assert_eq!((run.summary, run.error), (Some(json!({"users": 2000})), None));

    let again = fixture.store.finish_run(run_id(1), &ended(RunState::Complete)).unwrap_err();
    assert!(matches!(again, StoreError::RunEnded { .. }), "{again}");
    assert_eq!(fixture.store.run(run_id(1)).unwrap().state, RunState::Partial);
}

#[test]
fn every_end_is_stored_under_its_own_name() {
    let mut fixture = Fixture::new();
    for (number, state) in (1..).zip(RunState::ALL) {
        fixture.store.insert_run(run_id(number), fixture.connection, now(0), None).unwrap();
        let finished = fixture.store.finish_run(run_id(number), &ended(state));
        assert_eq!(finished.is_ok(), state != RunState::Running);
        assert_eq!(fixture.store.run(run_id(number)).unwrap().state, state);
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
}

#[test]
fn the_newest_run_comes_first() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.store.last_run(fixture.connection).unwrap(), None);
    for (number, second) in [(1, 30), (2, 10), (3, 20), (4, 30)] {
        fixture.store.insert_run(run_id(number), fixture.connection, now(second), None).unwrap();
    }
    let ids = |runs: Vec<crate::Run>| runs.into_iter().map(|run| run.id.as_uuid().as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(fixture.store.runs(fixture.connection, 3).unwrap()), [4, 1, 3]);
    assert_eq!(fixture.store.last_run(fixture.connection).unwrap().unwrap().id, run_id(4));
    fixture.store.finish_run(run_id(3), &ended(RunState::Complete)).unwrap();
    assert_eq!(ids(fixture.store.running_runs().unwrap()), [2, 1, 4]);
}

#[test]
fn history_follows_a_renamed_connection_and_ends_with_a_deleted_one() {
    let mut fixture = Fixture::new();
    fixture.store.insert_run(run_id(1), fixture.connection, now(1), None).unwrap();
    let mut connection = fixture.store.connection(fixture.connection).unwrap();
    connection.name = "Renamed".parse().unwrap();
    fixture.store.update_connection(&connection, SecondConnection::Refuse, now(2)).unwrap();
    let renamed = fixture.store.connection_by_name("renamed").unwrap().unwrap();
    assert_eq!(fixture.store.runs(renamed.id, 10).unwrap().len(), 1);

    fixture.store.delete_connection(fixture.connection).unwrap();
    assert!(matches!(fixture.store.run(run_id(1)), Err(StoreError::NoSuchRun { .. })));
}

#[test]
fn what_is_not_there_is_named() {
    let mut fixture = Fixture::new();
    let nobody = ConnectionId::from(Uuid::from_u128(99));
    let error = fixture.store.insert_run(run_id(1), nobody, now(1), None).unwrap_err();
    assert!(matches!(error, StoreError::NoSuchConnection { .. }), "{error}");
    let error = fixture.store.finish_run(run_id(1), &ended(RunState::Complete)).unwrap_err();
    assert!(matches!(error, StoreError::NoSuchRun { .. }), "{error}");
}

#[test]
fn the_newest_complete_run_is_found_behind_others() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.store.last_complete_run(fixture.connection).unwrap(), None);
    let runs = [(1, RunState::Complete), (2, RunState::Complete), (3, RunState::Partial), (4, RunState::Failed)];
    for (number, state) in runs {
        let second = i64::try_from(number).unwrap();
        fixture.store.insert_run(run_id(number), fixture.connection, now(second), None).unwrap();
        fixture.store.finish_run(run_id(number), &ended(state)).unwrap();
    }
    assert_eq!(fixture.store.last_complete_run(fixture.connection).unwrap().unwrap().id, run_id(2));
}
