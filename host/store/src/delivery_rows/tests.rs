use serde_json::json;
use std::path::{Path, PathBuf};
use uuid::Uuid;

use crate::store::tests::{Fixture, now};
use crate::{
    AuditQuery, Delivery, DeliveryState, DestinationId, DestinationProxy, DestinationSecrets, FailureScope,
    NewDestination, RunId, RunOutcome, RunState, Target,
};

fn run(number: u128) -> RunId {
    Uuid::from_u128(number).into()
}

fn destination(number: u128) -> DestinationId {
    Uuid::from_u128(0xd000 + number).into()
}

fn add(fixture: &mut Fixture, number: u128, only_complete: bool) {
    let new = NewDestination {
        id: destination(number),
        name: format!("Place {number}").parse().unwrap(),
        target: Target::Folder { folder: PathBuf::from("/srv/beacon") },
        only_complete,
        proxy: DestinationProxy::None,
    };
    fixture.store.insert_destination(&new, &DestinationSecrets::default(), now(0)).unwrap();
}

/// A run that began at this second, and ended ten seconds later.
fn end(fixture: &mut Fixture, number: u128, second: i64, state: RunState) {
    let folder = format!("/packages/{number}");
    fixture.store.insert_run(run(number), fixture.connection, now(second), Some(Path::new(&folder))).unwrap();
    let has_package = matches!(state, RunState::Complete | RunState::Partial);
    let outcome = RunOutcome {
        state,
        finished_at: now(second + 10),
        package_id: has_package.then(|| "abc".to_owned()),
        package_dir: None,
        summary: None,
        error: None,
    };
    fixture.store.finish_run(run(number), &outcome).unwrap();
}

fn numbers(deliveries: &[Delivery]) -> Vec<u128> {
    deliveries.iter().map(|delivery| delivery.run.as_uuid().as_u128()).collect()
}

fn due(fixture: &Fixture, second: i64) -> Vec<u128> {
    all(fixture, Some(second))
}

/// What waits for the first destination, from one to the next.
fn all(fixture: &Fixture, due_by: Option<i64>) -> Vec<u128> {
    let next = |last: Option<&Delivery>| fixture.store.next_delivery(destination(1), due_by.map(now), last).unwrap();
    numbers(&std::iter::successors(next(None), |last| next(Some(last))).collect::<Vec<_>>())
}

fn fail(fixture: &mut Fixture, number: u128, scope: FailureScope, until: i64) {
    let error = json!({ "code": "test" });
    fixture.store.delivery_failed(run(number), destination(1), &error, scope, &|_| now(until)).unwrap();
}

#[test]
fn a_package_is_owed_to_whoever_wants_it() {
    let mut fixture = Fixture::new();
    end(&mut fixture, 1, 0, RunState::Complete);
    add(&mut fixture, 1, false);
    add(&mut fixture, 2, true);
    end(&mut fixture, 2, 100, RunState::Complete);
    end(&mut fixture, 3, 200, RunState::Partial);
    end(&mut fixture, 4, 300, RunState::Failed);

    let fixture = fixture.reopen();
    let of = |number| numbers(&fixture.store.waiting_deliveries(Some(destination(number))).unwrap());
    assert_eq!((of(1), of(2)), (vec![2, 3], vec![2]), "none from before, none without a package");
    assert_eq!(fixture.store.deliveries_of(run(2)).unwrap().len(), 2);
    assert_eq!(numbers(&fixture.store.deliveries(2).unwrap())[0], 3);
    let both = [(destination(1), now(110)), (destination(2), now(110))];
    assert_eq!(fixture.store.next_deliveries().unwrap(), both, "by name");
    let first = fixture.store.waiting_deliveries(None).unwrap().remove(0);
    assert_eq!(first.package_dir, PathBuf::from("/packages/2"));
    assert_eq!(first.connection_name.as_deref(), Some("Contoso"));
}

#[test]
fn trouble_of_the_place_stops_all_and_success_frees_all() {
    let mut fixture = Fixture::new();
    add(&mut fixture, 1, false);
    end(&mut fixture, 1, 0, RunState::Complete);
    end(&mut fixture, 2, 20, RunState::Complete);
    assert_eq!(due(&fixture, 30), [1, 2]);
    fail(&mut fixture, 1, FailureScope::Destination, 600);
    assert!(due(&fixture, 599).is_empty());
    assert_eq!(fixture.store.next_deliveries().unwrap(), [(destination(1), now(600))]);
    assert_eq!(due(&fixture, 600), [1, 2]);
    fixture.store.delivery_arrived(run(1), destination(1), now(601)).unwrap();
    assert_eq!(due(&fixture, 601), [2]);
    let place = fixture.store.destinations().unwrap().remove(0);
    assert_eq!((place.failures, place.last_error, place.waiting), (0, None, 1));
    assert_eq!(place.delivered_at, Some(now(601)));
    let delivered = fixture.store.deliveries_of(run(1)).unwrap().remove(0);
    assert_eq!((delivered.state, delivered.attempts), (DeliveryState::Delivered, 2));
    assert_eq!((delivered.next_attempt_at, delivered.settled_at), (None, Some(now(601))));
}

#[test]
fn failures_in_a_row_are_counted_and_a_new_package_is_tried_at_once() {
    let mut fixture = Fixture::new();
    add(&mut fixture, 1, false);
    end(&mut fixture, 1, 0, RunState::Complete);
    for failures in 1..4 {
        let retry_at = |found: u32| {
            assert_eq!(found, failures);
            now(10_000)
        };
        let error = json!({ "code": "test" });
        let scope = FailureScope::Destination;
        fixture.store.delivery_failed(run(1), destination(1), &error, scope, &retry_at).unwrap();
    }
    assert!(due(&fixture, 100).is_empty());
    end(&mut fixture, 2, 50, RunState::Complete);
    assert_eq!(due(&fixture, 100), [1, 2], "oldest first");
    assert_eq!(fixture.store.destinations().unwrap()[0].failures, 3);
}

#[test]
fn trouble_of_one_package_stops_no_other() {
    let mut fixture = Fixture::new();
    add(&mut fixture, 1, false);
    end(&mut fixture, 1, 0, RunState::Complete);
    end(&mut fixture, 2, 20, RunState::Complete);
    fail(&mut fixture, 1, FailureScope::Package, 600);
    assert_eq!((due(&fixture, 100), all(&fixture, None)), (vec![2], vec![1, 2]));
    fixture.store.delivery_arrived(run(2), destination(1), now(100)).unwrap();
    assert!(due(&fixture, 100).is_empty());
    assert_eq!(due(&fixture, 600), [1]);
}

#[test]
fn the_next_one_is_behind_the_last_whatever_became_of_that() {
    let mut fixture = Fixture::new();
    add(&mut fixture, 1, false);
    for number in [3, 1, 2] {
        end(&mut fixture, number, 0, RunState::Complete);
    }
    end(&mut fixture, 4, 20, RunState::Complete);
    assert_eq!(all(&fixture, None), [1, 2, 3, 4], "of one moment each comes once");
    let first = fixture.store.next_delivery(destination(1), None, None).unwrap().unwrap();
    fixture.store.give_up_delivery(run(1), destination(1), now(30)).unwrap();
    fixture.store.delete_connection(fixture.connection).unwrap();
    assert!(fixture.store.deliveries_of(run(1)).unwrap().is_empty());
    let second = fixture.store.next_delivery(destination(1), None, Some(&first)).unwrap().unwrap();
    assert_eq!(second.run, run(2));
}

/// A turn asks for the next one before each package: with thousands of them none may read all.
#[test]
fn the_next_one_is_found_without_sorting_what_waits() {
    let fixture = Fixture::new();
    let sql = format!("EXPLAIN QUERY PLAN {}", super::next_sql());
    let plan: Vec<String> = fixture
        .store
        .read(|database| {
            let mut statement = database.prepare(&sql)?;
            let rows = statement.query_map(["", "", "", ""], |row| row.get("detail"))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let plan = plan.join("; ");
    assert!(plan.contains("INDEX deliveries_waiting (destination_id=? AND started_at>?)"), "{plan}");
}

#[test]
fn what_is_given_up_is_not_tried_and_what_arrived_cannot_be_given_up() {
    let mut fixture = Fixture::new();
    add(&mut fixture, 1, false);
    end(&mut fixture, 1, 0, RunState::Complete);
    end(&mut fixture, 2, 20, RunState::Complete);
    assert!(fixture.store.give_up_delivery(run(1), destination(1), now(30)).unwrap());
    assert!(!fixture.store.give_up_delivery(run(1), destination(1), now(31)).unwrap());
    fixture.store.delivery_arrived(run(2), destination(1), now(40)).unwrap();
    assert!(!fixture.store.give_up_delivery(run(2), destination(1), now(41)).unwrap());
    assert_eq!(fixture.store.next_deliveries().unwrap(), []);
    // It was on its way when somebody gave it up.
    fixture.store.delivery_arrived(run(1), destination(1), now(50)).unwrap();
    assert_eq!(fixture.store.deliveries_of(run(1)).unwrap()[0].state, DeliveryState::Delivered);
}

#[test]
fn what_is_owed_outlives_its_connection_but_not_its_destination() {
    let mut fixture = Fixture::new();
    add(&mut fixture, 1, false);
    end(&mut fixture, 1, 0, RunState::Complete);
    end(&mut fixture, 2, 20, RunState::Complete);
    fixture.store.delivery_arrived(run(2), destination(1), now(40)).unwrap();
    fixture.store.delete_connection(fixture.connection).unwrap();
    let left = fixture.store.deliveries(10).unwrap();
    assert_eq!((numbers(&left), left[0].connection_name.clone()), (vec![1], None));
    assert!(fixture.store.delete_destination(destination(1)).unwrap());
    assert!(fixture.store.deliveries(10).unwrap().is_empty());
    fixture.store.delivery_arrived(run(1), destination(1), now(60)).unwrap();
    fail(&mut fixture, 1, FailureScope::Destination, 600);
}

#[test]
fn only_packages_that_nobody_needs_go() {
    let mut fixture = Fixture::new();
    end(&mut fixture, 1, 0, RunState::Complete);
    end(&mut fixture, 2, 20, RunState::Complete);
    add(&mut fixture, 1, false);
    end(&mut fixture, 3, 40, RunState::Partial);
    end(&mut fixture, 4, 60, RunState::Partial);
    fixture.store.delivery_arrived(run(4), destination(1), now(70)).unwrap();
    let kept = |fixture: &Fixture| {
        let packages = fixture.store.kept_packages(fixture.connection).unwrap();
        packages.iter().map(|package| package.run.as_uuid().as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(kept(&fixture), [4, 3, 2, 1]);
    let goes: Vec<_> = (1..=5).filter(|number| fixture.store.begin_removal(run(*number), now(80)).unwrap()).collect();
    assert_eq!(goes, [1], "2 is the newest complete one, 3 is awaited, 4 is the newest, 5 is none");
    assert_eq!(kept(&fixture), [4, 3, 2]);
    assert_eq!(fixture.store.run(run(1)).unwrap().package_removed_at, Some(now(80)));
    let told = AuditQuery { action: Some("packages.removed".to_owned()), ..AuditQuery::default() };
    let told = fixture.store.audit_entries(&told, None, 10).unwrap();
    assert_eq!((told.len(), told[0].subject_id.clone()), (1, fixture.connection.to_string()));
    assert!(told[0].details.contains(&run(1).to_string()), "{}", told[0].details);

    let mut fixture = fixture.reopen();
    assert_eq!(fixture.store.removals().unwrap(), [(run(1), PathBuf::from("/packages/1"))]);
    assert!(!fixture.store.begin_removal(run(1), now(90)).unwrap());
    fixture.store.end_removal(run(1)).unwrap();
    assert!(fixture.store.removals().unwrap().is_empty());
}
