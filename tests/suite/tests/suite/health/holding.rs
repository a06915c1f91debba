//! Connections that a person pauses or disables.

use super::stands;
use crate::harness::Scene;
use crate::harness::stored::store_connection;
use beacon_operations::scheduling::{decide, next_run, startable};
use beacon_schedule::{Missed, Rule};
use beacon_store::{ConnectionId, Hold, NewSchedule, Store};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tempfile::TempDir;
use uuid::Uuid;

#[test]
fn a_paused_connection_runs_by_hand_only_and_a_disabled_one_not_at_all() {
    let scene = Scene::contoso();
    scene.beacon(&["schedule", "add", "Nightly", "--daily", "02:30", "--connection", "Contoso"]).exits(0);
    scene.beacon(&["schedule", "trigger", "Nightly"]).exits(0);
    let paused = scene.beacon(&["--json", "connection", "pause", "contoso"]).exits(0).json();
    assert_eq!(paused["connections"][0]["state"], "paused");
    // What was owed is left out, and what comes due meanwhile; both are said.
    let triggered = scene.beacon(&["--json", "schedule", "trigger", "Nightly"]).exits(0).json();
    assert_eq!((&triggered["due"], &triggered["left_out"]), (&json!(0), &json!(["Contoso"])));
    assert_eq!(scene.beacon(&["--json", "run", "--due"]).exits(0).json()["runs"], json!([]));
    let shown = stands(&scene, 0);
    assert!(shown["title"].as_str().is_some_and(|title| title.contains("2 runs were left out")), "{shown}");
    scene.import("Contoso");
    assert_eq!(stands(&scene, 0)["state"], "paused");
    scene.beacon(&["connection", "disable", "Contoso"]).exits(0);
    assert_eq!(scene.run("Contoso", &[]).exits(5).error().code, "connection.disabled");
    assert_eq!(stands(&scene, 0)["code"], "health.disabled");
    let resumed = scene.beacon(&["--json", "connection", "resume", "Contoso"]).exits(0).json();
    assert_eq!(resumed["connections"][0]["state"], "healthy");
    let unknown = scene.beacon(&["--json", "connection", "pause", "Contoso", "Nobody"]).exits(5);
    assert_eq!(unknown.error().code, "connection.unknown");
    assert_eq!(stands(&scene, 0)["state"], "healthy", "all of them, or none");
}

/// With time passed in: what a schedule does while one of its two connections is paused.
#[test]
fn the_times_of_a_schedule_leave_out_what_is_held() {
    let folder = TempDir::new().expect("a folder");
    let mut store = Store::open(folder.path()).expect("a store");
    let moment = |text: &str| text.parse::<Timestamp>().expect("a moment");
    let began = moment("2027-03-01T00:00:00Z");
    let plan = NewSchedule {
        name: "Mornings".parse().expect("a name"),
        rule: Rule::Day { at: "06:00".parse().expect("a time of day") },
        zone: "UTC".to_owned(),
        missed: Missed::RunOnce,
        jitter_seconds: 0,
        window: None,
        parallel: 2,
    };
    let schedule = store.insert_schedule(plan, began).expect("a schedule").id;
    let ids = [1, 2].map(|number| ConnectionId::from(Uuid::from_u128(number)));
    for (id, name) in ids.into_iter().zip(["Contoso", "Fabrikam"]) {
        store_connection(&mut store, id, name, began);
        store.assign_schedule(id, Some(schedule)).expect("assigned");
    }
    store.hold(ids[0], Some(Hold::Paused), began).expect("held");
    let starts = |store: &Store, now| -> BTreeSet<ConnectionId> {
        let startable = startable(store, now, &BTreeSet::new(), 8).expect("startable");
        startable.into_iter().map(|one| one.connection.id).collect()
    };
    let first = moment("2027-03-01T06:00:00Z");
    decide(&mut store, first).expect("decided");
    assert_eq!(starts(&store, first), [ids[1]].into());
    let held = store.held().expect("held")[&ids[0]];
    assert_eq!((held.skipped, held.skipped_at), (1, Some(first)));
    let paused = store.connection(ids[0]).expect("a connection");
    assert_eq!(next_run(&store, &paused, first).expect("read"), None);
    store.hold(ids[0], None, first).expect("let go");
    // What was left out is not made up for; the next time is.
    assert_eq!(starts(&store, first), [ids[1]].into());
    let second = moment("2027-03-02T06:00:00Z");
    decide(&mut store, second).expect("decided");
    assert_eq!(starts(&store, second), ids.into());
}

#[test]
fn the_api_holds_and_lets_go() {
    use crate::harness::served::Served;
    use reqwest::{Method, StatusCode};
    let scene = Scene::contoso();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let report = administrator.reads("/api/v1/health");
    assert_eq!(report["counts"], json!([{ "state": "never_ran", "count": 1 }]));
    let id = report["connections"][0]["connection"].as_str().expect("an id").to_owned();
    let hold = |how: &str| {
        let path = format!("/api/v1/connections/{id}/hold");
        administrator.sends(Method::PUT, &path, Some(&json!({ "hold": how })))
    };
    assert_eq!(hold("disabled").is(StatusCode::OK).json()["state"], "disabled");
    let run = administrator.sends(Method::POST, &format!("/api/v1/connections/{id}/runs"), None);
    assert_eq!(run.is(StatusCode::UNPROCESSABLE_ENTITY).code(), "connection.disabled");
    assert_eq!(hold("none").is(StatusCode::OK).json()["state"], "never_ran");
    assert_eq!(hold("paused").is(StatusCode::OK).json()["action"], "resume");
    let shown: Value = administrator.reads(&format!("/api/v1/connections/{id}"));
    assert_eq!((&shown["health"], &shown["problem"]["code"]), (&json!("paused"), &json!("health.paused")));
    let reader = served.reader(&administrator);
    assert_eq!(reader.reads("/api/v1/health")["connections"][0]["state"], "paused");
}
