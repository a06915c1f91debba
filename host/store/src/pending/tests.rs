use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::StateKind;
use crate::store::tests::{Fixture, new_connection, now};
use crate::{RunId, SecondConnection, StoreError};

fn run_id(number: u128) -> RunId {
    Uuid::from_u128(number).into()
}

fn with_runs(runs: &[(u128, i64)]) -> Fixture {
    let mut fixture = Fixture::new();
    for (number, second) in runs {
        let package_dir = format!("packages/{number}");
        let package_dir = Some(Path::new(&package_dir));
        fixture.store.insert_run(run_id(*number), fixture.connection, now(*second), package_dir).unwrap();
    }
    fixture
}

fn plan(fixture: &Fixture) -> Option<(RunId, Vec<u8>)> {
    let state = fixture.store.state(fixture.connection, StateKind::PLAN).unwrap();
    state.map(|state| (state.run, state.bytes))
}

#[test]
fn pending_state_is_not_valid_before_it_is_promoted() {
    let mut fixture = with_runs(&[(1, 1)]);
    fixture.store.pending_state_put(run_id(1), StateKind::PLAN, b"early").unwrap();
    fixture.store.pending_state_put(run_id(1), StateKind::PLAN, b"late").unwrap();
    fixture.store.pending_state_put(run_id(1), StateKind::PARTITIONS, b"parts").unwrap();
    assert_eq!(plan(&fixture), None);

    // The process is killed between the rename of the manifest and the promotion.
    let mut fixture = fixture.reopen();
    assert_eq!(plan(&fixture), None);
    let pending = fixture.store.pending_runs().unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!((pending[0].run, pending[0].connection), (run_id(1), fixture.connection));
    assert_eq!(pending[0].package_dir, Some(PathBuf::from("packages/1")));
    assert_eq!(fixture.store.promote(run_id(1)).unwrap(), 2);
    assert_eq!(plan(&fixture), Some((run_id(1), b"late".to_vec())));
    assert!(fixture.store.state(fixture.connection, StateKind::PARTITIONS).unwrap().is_some());
    assert!(fixture.store.pending_runs().unwrap().is_empty());
}

#[test]
fn promoting_again_changes_nothing() {
    let mut fixture = with_runs(&[(1, 1)]);
    fixture.store.pending_state_put(run_id(1), StateKind::PLAN, b"plan").unwrap();
    assert_eq!(fixture.store.promote(run_id(1)).unwrap(), 1);
    assert_eq!(fixture.store.promote(run_id(1)).unwrap(), 0);
    assert_eq!(plan(&fixture.reopen()), Some((run_id(1), b"plan".to_vec())));
}

#[test]
fn dropping_keeps_the_valid_state_and_the_other_runs() {
    let mut fixture = with_runs(&[(1, 1), (2, 2), (3, 3)]);
    fixture.store.pending_state_put(run_id(1), StateKind::PLAN, b"good").unwrap();
    fixture.store.promote(run_id(1)).unwrap();
    fixture.store.pending_state_put(run_id(2), StateKind::PLAN, b"lost").unwrap();
    fixture.store.pending_state_put(run_id(3), StateKind::PLAN, b"open").unwrap();
    assert_eq!(fixture.store.drop_pending(run_id(2)).unwrap(), 1);
    assert_eq!(fixture.store.drop_pending(run_id(2)).unwrap(), 0);
    assert_eq!(plan(&fixture), Some((run_id(1), b"good".to_vec())));
    assert_eq!(fixture.store.pending_runs().unwrap()[0].run, run_id(3));
}

#[test]
fn pending_runs_come_oldest_first_so_that_the_newest_state_stays() {
    let mut fixture = with_runs(&[(1, 30), (2, 10), (3, 20)]);
    for number in [1, 2, 3] {
        fixture.store.pending_state_put(run_id(number), StateKind::PLAN, &number.to_be_bytes()).unwrap();
    }
    let order: Vec<_> = fixture.store.pending_runs().unwrap().into_iter().map(|pending| pending.run).collect();
    assert_eq!(order, [run_id(2), run_id(3), run_id(1)]);
    for run in order {
        fixture.store.promote(run).unwrap();
    }
    assert_eq!(plan(&fixture).unwrap().0, run_id(1));
}

#[test]
fn state_belongs_to_the_connection_of_its_run() {
    let mut fixture = with_runs(&[(1, 1)]);
    let other = fixture.store.insert_connection(new_connection(2, "Other"), SecondConnection::Refuse, now(1)).unwrap();
    fixture.store.insert_run(run_id(2), other.id, now(2), None).unwrap();
    fixture.store.pending_state_put(run_id(2), StateKind::PLAN, b"other").unwrap();
    fixture.store.promote(run_id(2)).unwrap();
    assert_eq!(plan(&fixture), None);
    let error = fixture.store.pending_state_put(run_id(3), StateKind::PLAN, b"").unwrap_err();
    assert!(matches!(error, StoreError::NoSuchRun { .. }), "{error}");
}
