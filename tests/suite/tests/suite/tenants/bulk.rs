//! Running and changing many.

use super::{ELSEWHERE, add_other, listed};
use crate::harness::served::{Served, eventually};
use crate::harness::{Scene, Tenant};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[test]
fn many_run_side_by_side_but_never_two_of_one_tenant() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let fields = crate::harness::forms::own_app(&scene.tenant);
    scene.add("Contoso again", &fields, &["--secret", &secret, "--second-connection"]).exits(0);
    let other = Tenant::start(20, 7);
    scene.add_tenant("Fabrikam", &other);
    add_other(&scene, "Woodgrove", ELSEWHERE, &[]);
    scene.said(&["connection", "disable", "Woodgrove"]);
    let ran = scene.said(&["run", "--all"]);
    assert_eq!(ran["disabled"], json!(["Woodgrove"]));
    let runs = ran["runs"].as_array().expect("runs");
    let names: Vec<_> = runs.iter().map(|run| run["connection"].as_str().unwrap_or_default()).collect();
    assert_eq!(names, ["Contoso", "Contoso again", "Fabrikam"]);
    assert!(runs.iter().all(|run| run["result"]["status"] == "complete"), "{ran}");
    let last = |name: &str| scene.said(&["connection", "show", name])["last_run"].clone();
    let (first, second) = (last("Contoso"), last("Contoso again"));
    let time = |run: &Value, member: &str| run[member].as_str().expect("a time").to_owned();
    assert!(time(&first, "finished_at") <= time(&second, "started_at"), "{first} {second}");

    // Some were imported and some were not: the exit code says so, and the table says why.
    scene.said(&["connection", "resume", "Woodgrove"]);
    let mixed = scene.beacon(&["run", "Fabrikam", "Woodgrove"]).exits(21);
    assert!(mixed.output.contains("1 of 2 imported."), "{}", mixed.output);
    assert!(mixed.output.lines().any(|line| line.contains("Woodgrove") && line.contains('(')), "{}", mixed.output);

    // The same in a beacon that serves, which has its own limit.
    let served = Served::start_with(&scene, &["--parallel-runs", "2"]);
    let ran = scene.said(&["run", "--name", "contoso"]);
    assert_eq!(ran["runs"].as_array().map(Vec::len), Some(2), "{ran}");
    let administrator = served.administrator();
    let all = administrator.sends(Method::GET, "/api/v1/connections?name=contoso", None).is(StatusCode::OK).json();
    let ids: Vec<&Value> = all.as_array().expect("a list").iter().map(|one| &one["id"]).collect();
    let order = json!({ "connections": ids, "order": { "action": "execute" } });
    let done = administrator.sends(Method::POST, "/api/v1/connections/bulk", Some(&order)).is(StatusCode::OK).json();
    assert_eq!((&done["done"], &done["left_out"]), (&json!(2), &json!([])));
    administrator.reads_until("/api/v1/runs?name=contoso", |runs| {
        let runs = runs.as_array().expect("a list");
        runs.len() == 6 && runs.iter().all(|run| run["status"] == "complete")
    });
    let reader = served.reader(&administrator);
    reader.sends(Method::POST, "/api/v1/connections/bulk", Some(&order)).is(StatusCode::FORBIDDEN);
    let wrong = administrator.sends(Method::GET, "/api/v1/health?state=sleepy", None);
    assert_eq!(wrong.is(StatusCode::UNPROCESSABLE_ENTITY).code(), "request.state");
}

#[test]
fn many_are_changed_together_or_not_at_all() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    add_other(&scene, "Fabrikam", ELSEWHERE, &["--label", "gold"]);
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30"]);
    let change = ["--schedule", "Nightly", "--add-label", "managed", "--remove-label", "gold", "--pause"];
    scene.said(&[&["connection", "edit-many", "--all", "--yes"], &change[..]].concat());
    assert_eq!(listed(&scene, &["--label", "managed", "--state", "paused"]), ["Contoso", "Fabrikam"]);
    assert_eq!(listed(&scene, &["--label", "gold"]), Vec::<String>::new());
    assert_eq!(scene.said(&["schedule", "show", "Nightly"])["connections"], json!(["Contoso", "Fabrikam"]));

    let wrong = ["connection", "edit-many", "--all", "--yes", "--resume", "--set", "cloud=nowhere"];
    let error = scene.refused(&wrong);
    assert_eq!(error.code, "many.refused");
    for name in ["Contoso, cloud", "Fabrikam, cloud"] {
        assert!(error.detail.iter().any(|line| line.starts_with(name)), "{:#?}", error.detail);
    }
    assert_eq!(listed(&scene, &["--state", "paused"]), ["Contoso", "Fabrikam"], "nothing was changed");
    let tenant = ["connection", "edit-many", "--all", "--yes", "--set", "tenant=contoso.example"];
    assert!(scene.refused(&tenant).text().contains("tenant"));
    // What a filter finds is shown before it is changed.
    let asked = scene.beacon(&["connection", "edit-many", "--all", "--resume"]).exits(130);
    assert!(asked.errors.contains("Change 2 connections: Contoso, Fabrikam?"), "{}", asked.errors);
    scene.said(&["connection", "edit-many", "Contoso", "--resume", "--no-schedule"]);
    assert_eq!(listed(&scene, &["--state", "paused"]), ["Fabrikam"]);
}

/// What others change while a person thinks about the question stays as they made it.
#[test]
fn many_are_changed_as_they_are_and_not_as_they_were_when_it_was_asked() {
    let scene = Scene::contoso();
    add_other(&scene, "Fabrikam", ELSEWHERE, &["--label", "gold"]);
    let _served = Served::start(&scene);
    let change =
        ["connection", "edit-many", "--all", "--add-label", "managed", "--set", "report_root=https://one.example"];
    let mut asked = scene.start(&change);
    eventually("the question", || asked.has_said("Change 2 connections").then_some(()));
    scene.said(&["connection", "edit", "Contoso", "--rename", "Woodgrove", "--label", "silver"]);
    asked.say("y");
    scene.remember(asked.wait()).exits(0);
    assert_eq!(listed(&scene, &["--label", "managed"]), ["Fabrikam", "Woodgrove"]);
    assert_eq!(listed(&scene, &["--label", "silver"]), ["Woodgrove"]);
    assert_eq!(listed(&scene, &["--label", "gold"]), ["Fabrikam"]);
    let changed = scene.said(&["connection", "show", "Woodgrove"]);
    assert_eq!(changed["connection"]["settings"]["report_root"], "https://one.example", "{changed}");

    // Settings that were changed meanwhile are not the ones that were checked: nothing is changed.
    let again = ["connection", "edit-many", "--all", "--unset", "report_root", "--remove-label", "managed"];
    let mut asked = scene.start(&again);
    eventually("the question", || asked.has_said("Change 2 connections").then_some(()));
    scene.said(&["connection", "edit", "Woodgrove", "--set", "report_root=https://two.example"]);
    asked.say("y");
    let stale = scene.remember(asked.wait());
    assert!(stale.code != Some(0) && stale.errors.contains("store.stale_connection"), "{}", stale.errors);
    assert_eq!(listed(&scene, &["--label", "managed"]), ["Fabrikam", "Woodgrove"]);
}
