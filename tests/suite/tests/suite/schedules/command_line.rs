//! Schedules on the command line, and `run --due` for a scheduler from outside.

use crate::harness::served::Served;
use crate::harness::{Scene, Tenant};
use serde_json::{Value, json};

#[test]
fn a_schedule_is_added_shown_changed_and_removed() {
    let scene = Scene::contoso();
    let add = ["schedule", "add", "Nightly", "--daily", "02:30", "--zone", "Europe/Berlin", "--connection", "contoso"];
    let added = scene.said(&add);
    assert_eq!(added["schedule"]["rule"], json!({ "every": "day", "at": "02:30" }));
    assert_eq!(added["schedule"]["missed"], "run_once");
    assert_eq!(added["connections"], json!(["Contoso"]));
    assert_eq!(added["next"].as_array().map(Vec::len), Some(5));
    let edit = ["schedule", "edit", "nightly", "--rename", "Mornings", "--weekly", "Mon,Fri 06:00", "--missed", "skip"];
    let edited = scene.said(&[&edit[..], &["--window", "05:00-09:00", "--jitter", "20", "--parallel", "3"]].concat());
    assert_eq!(edited["schedule"]["name"], "Mornings");
    assert_eq!(edited["schedule"]["rule"], json!({ "every": "week", "days": [1, 5], "at": "06:00" }));
    assert_eq!(edited["schedule"]["jitter_seconds"], 1200);
    let text = scene.beacon(&["schedule", "show", "Mornings"]).exits(0).output;
    for expected in
        ["weekly on Mon, Fri at 06:00", "Europe/Berlin", "skip", "up to 20 minutes", "05:00-09:00", "Contoso"]
    {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let listed = scene.beacon(&["schedule", "list"]).exits(0).output;
    assert!(listed.contains("Mornings") && listed.contains("weekly on Mon, Fri at 06:00"), "{listed}");
    let removed = scene.said(&["schedule", "remove", "Mornings", "--yes"]);
    assert_eq!(removed["not_scheduled"], json!(["Contoso"]));
    assert_eq!(scene.said(&["connection", "show", "Contoso"])["connection"]["schedule"], Value::Null);
}

#[test]
fn a_wrong_schedule_is_refused_by_its_field_and_nothing_is_stored() {
    let scene = Scene::small();
    let cases: [(&[&str], &str, &str); 10] = [
        (&[], "schedule.rule_missing", "no times"),
        (&["--daily", "24:00"], "schedule.timing", "06:30"),
        (&["--daily", "06:00", "--zone", "Europe/Atlantis"], "store.timing", "Europe/Atlantis"),
        (&["--every-minutes", "1"], "store.timing", "5 to 1440"),
        (&["--hourly", "60"], "store.timing", "0 to 59"),
        (&["--weekly", "Mon,Foo 06:00"], "schedule.weekday", "Foo"),
        (&["--monthly", "32 06:00"], "store.timing", "1 to 31"),
        (&["--cron", "0 6 * *"], "store.timing", "five fields"),
        (&["--cron", "0 6 31 2 *"], "store.timing", "day that exists"),
        (&["--daily", "06:00", "--window", "06:00"], "schedule.timing", "20:00-06:00"),
    ];
    for (arguments, code, part) in cases {
        let finished = scene.beacon(&[&["--json", "schedule", "add", "Nightly"], arguments].concat()).exits(5);
        let error = finished.error();
        assert_eq!(error.code, code, "{arguments:?}: {}", error.text());
        assert!(error.text().contains(part), "{arguments:?}: {}", error.text());
    }
    let unknown = ["--json", "schedule", "add", "Nightly", "--daily", "06:00", "--connection", "Nobody"];
    assert_eq!(scene.beacon(&unknown).exits(5).error().code, "connection.unknown");
    assert_eq!(scene.said(&["schedule", "list"])["schedules"], json!([]));
    scene.said(&["schedule", "add", "Nightly", "--daily", "06:00"]);
    let again = scene.beacon(&["--json", "schedule", "add", "nightly", "--daily", "07:00"]).exits(5);
    assert_eq!(again.error().code, "store.schedule_name_taken");
}

#[test]
fn what_is_due_runs_once_for_a_scheduler_from_outside() {
    let scene = Scene::contoso();
    let other = Tenant::start(20, 7);
    scene.add_tenant("Fabrikam", &other);
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30", "--zone", "UTC"]);
    scene.said(&["schedule", "assign", "Nightly", "Contoso", "Fabrikam"]);
    assert_eq!(scene.said(&["run", "--due"])["runs"], json!([]));
    assert_eq!(scene.said(&["schedule", "trigger", "Nightly"])["due"], 2);
    // Triggered twice, and still one run for each.
    scene.said(&["schedule", "trigger", "Nightly"]);
    let ran = scene.said(&["run", "--due"]);
    let runs = ran["runs"].as_array().expect("runs");
    let names: Vec<_> = runs.iter().map(|run| run["connection"].as_str().unwrap_or_default()).collect();
    assert_eq!(names, ["Contoso", "Fabrikam"]);
    assert!(runs.iter().all(|run| run["result"]["status"] == "complete"), "{ran}");
    assert_eq!(scene.said(&["run", "--due"])["runs"], json!([]));
    for name in ["Contoso", "Fabrikam"] {
        let last = &scene.said(&["connection", "show", name])["last_run"];
        assert_eq!((&last["state"], &last["schedule_name"]), (&json!("complete"), &json!("Nightly")), "{last}");
        assert!(last["due_at"].is_string(), "{last}");
    }
}

#[test]
fn a_run_that_fails_is_not_tried_in_a_circle() {
    let scene = Scene::small();
    scene
        .add(
            "Contoso",
            &crate::harness::forms::own_app(&scene.tenant),
            &["--secret", &scene.secret("client_secret", "not-the-secret-at-all")],
        )
        .exits(0);
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30", "--connection", "Contoso"]);
    scene.said(&["schedule", "trigger", "Nightly"]);
    let failed = scene.beacon(&["--json", "run", "--due"]).exits(5).json();
    assert_eq!(failed["runs"].as_array().map(Vec::len), Some(1), "{failed}");
    assert_eq!(scene.said(&["run", "--due"])["runs"], json!([]));
}

#[test]
fn what_was_killed_is_still_owed_and_goes_on() {
    // Sign-in dates come five pages in ten seconds: there is time to be killed.
    let scene = Scene::paged(60, 10);
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30", "--connection", "Contoso"]);
    scene.said(&["schedule", "trigger", "Nightly"]);
    let running = scene.start(&["run", "--due"]);
    crate::harness::served::eventually("some pages are read", || {
        (scene.tenant.asked("/v1.0/users") >= 3).then_some(())
    });
    scene.remember(running.kill());
    let ran = scene.said(&["run", "--due"]);
    assert_eq!(ran["runs"][0]["result"]["status"], "complete", "{ran}");
    assert_eq!(scene.said(&["run", "--due"])["runs"], json!([]));
}

/// The process died after the package got its name and before the run counted as over: neither a beacon that serves nor
/// `run --due` imports again.
#[test]
fn a_run_whose_package_is_there_is_not_owed_any_more() {
    let scene = Scene::contoso();
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30", "--connection", "Contoso"]);
    scene.said(&["schedule", "trigger", "Nightly"]);
    let ran = scene.said(&["run", "--due"]);
    let package = &ran["runs"][0]["result"]["package_id"];
    let undo = "INSERT INTO due (connection_id, schedule_id, fired_at, starts_at, run_id) \
                SELECT connection_id, schedules.id, due_at, due_at, runs.id FROM runs, schedules; \
                UPDATE runs SET state = 'running', finished_at = NULL, package_id = NULL;";
    let die = || {
        let database = scene.database();
        database.execute_batch(undo).expect("SQL");
    };
    die();
    assert_eq!(scene.said(&["run", "--due"])["runs"], json!([]));
    assert_eq!(scene.packages().len(), 1);
    die();
    let served = Served::start(&scene);
    let runs = served.administrator().reads_until("/api/v1/runs", |runs| runs[0]["status"] != "running");
    assert_eq!((runs.as_array().map(Vec::len), &runs[0]["package_id"]), (Some(1), package), "{runs}");
    assert_eq!(scene.packages().len(), 1);
}
