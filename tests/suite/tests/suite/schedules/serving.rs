//! A beacon that serves keeps its schedules: many tenants due at once, and the process killed in between.
//!
//! `BEACON_DAEMON_TENANTS` (5) tenants of 10 to `BEACON_DAEMON_USERS` (60) people are due at one moment;
//! `BEACON_DAEMON_KILLS` (2) times the process is killed, spread over the whole work, at moments drawn from
//! `BEACON_DAEMON_SEED` (1).

use crate::harness::numbers::number;
use crate::harness::served::{Served, Visitor, eventually};
use crate::harness::{Scene, Tenant};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Imports at a time, by schedule and by the beacon's own limit.
const PARALLEL: usize = 3;

#[track_caller]
fn schedule(scene: &Scene, name: &str, connections: &[String]) {
    let parallel = PARALLEL.to_string();
    let add = ["schedule", "add", name, "--daily", "06:00", "--zone", "UTC", "--parallel", &parallel];
    let connections: Vec<&str> = connections.iter().flat_map(|name| ["--connection", name]).collect();
    scene.beacon(&[&add[..], &connections].concat()).exits(0);
    scene.beacon(&["schedule", "trigger", name]).exits(0);
}

fn runs(visitor: &Visitor<'_>) -> Vec<Value> {
    visitor.reads("/api/v1/runs").as_array().cloned().unwrap_or_default()
}

fn ended(runs: &[Value]) -> usize {
    runs.iter().filter(|run| run["status"] == "complete").count()
}

/// The most imports that were at work at one moment.
fn most_at_once(runs: &[Value]) -> usize {
    let time = |run: &Value, name: &str| run[name].as_str().unwrap_or_default().to_owned();
    let spans: Vec<_> = runs.iter().map(|run| (time(run, "started_at"), time(run, "finished_at"))).collect();
    let at = |moment: &String| spans.iter().filter(|(from, to)| from <= moment && moment < to).count();
    spans.iter().map(|(from, _)| at(from)).max().unwrap_or(0)
}

/// Packages that are delivered.
fn whole(inbox: &Path) -> usize {
    let arrived = std::fs::read_dir(inbox).expect("the inbox").flatten();
    arrived.filter(|entry| entry.path().join("datapackage.json").is_file()).count()
}

/// Waits until so many packages are delivered; as long as one after another arrives, it may take its time.
#[track_caller]
fn arrive(inbox: &Path, wanted: usize) {
    for next in whole(inbox)..=wanted {
        eventually(&format!("{next} of {wanted} packages arrive"), || (whole(inbox) >= next).then_some(()));
    }
}

#[test]
fn many_tenants_due_at_once_all_run_exactly_once_though_the_beacon_is_killed() {
    let count = number("BEACON_DAEMON_TENANTS", 5);
    let users = number("BEACON_DAEMON_USERS", 60);
    let kills = number("BEACON_DAEMON_KILLS", 2);
    let mut draws = StdRng::seed_from_u64(number("BEACON_DAEMON_SEED", 1));
    let scene = Scene::small();
    let tenants: Vec<_> = (0..count).map(|seed| Tenant::start(draws.random_range(10..=users), 100 + seed)).collect();
    let names: Vec<String> = (0..count).map(|number| format!("Tenant {number}")).collect();
    for (name, tenant) in names.iter().zip(&tenants) {
        scene.add_tenant(name, tenant);
    }
    let inbox = scene.add_folder("Inbox", "inbox", &[]);
    schedule(&scene, "Mornings", &names);
    let limit = ["--parallel-runs", &PARALLEL.to_string()];
    let mut served = Served::start_with(&scene, &limit);
    drop(served.administrator());
    for kill in 0..kills {
        arrive(&inbox, usize::try_from(kill * count / kills).expect("a small number"));
        std::thread::sleep(Duration::from_millis(draws.random_range(50..1500)));
        served.kill();
        served = Served::start_with(&scene, &limit);
    }
    let wanted = names.len();
    arrive(&inbox, wanted);
    let visitor = served.administrator_again();
    visitor.reads_until("/api/v1/runs", |runs| ended(runs.as_array().map_or(&[], Vec::as_slice)) >= wanted);
    let runs = runs(&visitor);
    let mut by_connection: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for run in &runs {
        by_connection.entry(run["connection_name"].as_str().unwrap_or_default().to_owned()).or_default().push(run);
    }
    for name in &names {
        let complete: Vec<_> = by_connection[name].iter().filter(|run| run["status"] == "complete").collect();
        assert_eq!(complete.len(), 1, "{name}: {:#?}", by_connection[name]);
        let folder = complete[0]["package_folder"].as_str().expect("a package").to_owned();
        scene.beacon(&["package", "verify", &folder]).exits(0);
    }
    // Each package arrived once, too, and nothing half of one.
    assert_eq!(whole(&inbox), wanted);
    assert_eq!(std::fs::read_dir(&inbox).expect("the inbox").count(), wanted, "nothing else is there");
    assert!(most_at_once(&runs) <= PARALLEL, "{}", most_at_once(&runs));
    let connections = visitor.reads("/api/v1/connections");
    for connection in connections.as_array().expect("a list") {
        assert!(connection["schedule"]["next_run"].is_string(), "nothing is owed any more: {connection}");
    }
}

#[test]
fn one_tenant_is_never_imported_twice_at_a_time() {
    let scene = Scene::paged(60, 20);
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let fields = crate::harness::forms::own_app(&scene.tenant);
    scene.add("Contoso again", &fields, &["--second-connection", "--secret", &secret]).exits(0);
    schedule(&scene, "Mornings", &["Contoso".to_owned(), "Contoso again".to_owned()]);
    let served = Served::start(&scene);
    assert_eq!(served.visitor().reads("/readyz"), json!({ "ready": true }));
    served.visitor().sends(Method::GET, "/healthz", None).is(StatusCode::OK);
    let administrator = served.administrator();
    administrator.reads_until("/api/v1/runs", |runs| ended(runs.as_array().map_or(&[], Vec::as_slice)) == 2);
    assert_eq!(most_at_once(&runs(&administrator)), 1);
}

#[test]
fn schedules_are_kept_by_the_api_as_by_the_command_line() {
    let scene = Scene::contoso();
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let connection = administrator.reads("/api/v1/connections")[0]["id"].as_str().expect("an id").to_owned();
    let draft = json!({
        "name": "Mornings", "rule": { "every": "week", "days": [1, 3], "at": "06:00" }, "zone": "Australia/Sydney",
        "missed": "run_once", "jitter_minutes": 0, "window": null, "parallel": 1, "connections": [],
    });
    let with = |field: &str, value: Value| {
        let mut draft = draft.clone();
        draft[field] = value;
        draft
    };
    let check = |draft: &Value| administrator.sends(Method::POST, "/api/v1/schedules/check", Some(draft)).json();
    let preview = check(&draft);
    assert_eq!(preview["when"], "weekly on Mon, Wed at 06:00");
    assert_eq!(preview["next"].as_array().map(Vec::len), Some(5));
    let wrong = [
        ("name", json!("!"), "name"),
        ("rule", json!({ "every": "day", "at": "25:00" }), "rule"),
        ("rule", json!({ "every": "cron", "expression": "* * * *" }), "rule"),
        ("zone", json!("Nowhere"), "zone"),
        ("jitter_minutes", json!(800), "jitter_minutes"),
        ("window", json!("6-7"), "window"),
        ("parallel", json!(0), "parallel"),
    ];
    for (field, value, about) in wrong {
        let draft = with(field, value);
        let refused = administrator.sends(Method::POST, "/api/v1/schedules", Some(&draft));
        let refused = refused.is(StatusCode::UNPROCESSABLE_ENTITY).json();
        assert_eq!(refused["fields"][0]["field"], about, "{refused}");
    }
    let unknown = with("connections", json!(["00000000-0000-0000-0000-000000000000"]));
    administrator.sends(Method::POST, "/api/v1/schedules", Some(&unknown)).is(StatusCode::NOT_FOUND);
    assert_eq!(administrator.reads("/api/v1/schedules"), json!([]));
    let with_connection = with("connections", json!([connection]));
    let added = administrator.sends(Method::POST, "/api/v1/schedules", Some(&with_connection));
    let added = added.is(StatusCode::CREATED).json();
    assert_eq!(added["followers"], json!([{ "id": connection, "name": "Contoso" }]));
    let path = format!("/api/v1/schedules/{}", added["id"].as_str().expect("an id"));
    administrator.sends(Method::POST, &format!("{path}/trigger"), None).is(StatusCode::NO_CONTENT);
    // Nobody has to wait for the next look: what is due starts at once.
    administrator.reads_until("/api/v1/runs", |runs| ended(runs.as_array().map_or(&[], Vec::as_slice)) == 1);
    let shown = administrator.reads(&format!("/api/v1/connections/{connection}"));
    assert_eq!(shown["schedule"]["name"], "Mornings");
    let choice = format!("/api/v1/connections/{connection}/schedule");
    administrator.sends(Method::PUT, &choice, Some(&json!({ "schedule": null }))).is(StatusCode::NO_CONTENT);
    assert_eq!(administrator.reads(&format!("/api/v1/connections/{connection}"))["schedule"], Value::Null);
    administrator.sends(Method::PUT, &choice, Some(&json!({ "schedule": added["id"] }))).is(StatusCode::NO_CONTENT);
    let removed = administrator.sends(Method::DELETE, &path, None).is(StatusCode::OK).json();
    assert_eq!(removed["not_scheduled"][0]["name"], "Contoso");
    let reader = served.reader(&administrator);
    assert_eq!(reader.reads("/api/v1/schedules"), json!([]));
}
