//! Imports from the command line are imports of the beacon: never two of a tenant, never more than there may be.

use super::{at_work, slow};
use crate::harness::Scene;
use crate::harness::Tenant;
use crate::harness::forms::own_app;
use crate::harness::served::Served;

#[cfg(unix)]
#[test]
fn never_two_of_a_tenant_and_never_more_than_there_may_be() {
    let scene = Scene::contoso();
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    scene.add("Contoso again", &own_app(&scene.tenant), &["--second-connection", "--secret", &secret]).exits(0);
    let other = Tenant::start(10, 7);
    scene.add_tenant("Fabrikam", &other);
    let _served = Served::start_with(&scene, &["--parallel-runs", "1"]);
    slow(&scene, 60_000);
    let first = scene.start(&["--json", "run", "Contoso"]);
    at_work(&scene);
    for (name, code) in [("Contoso", "run.busy"), ("Contoso again", "run.tenant_busy")] {
        let refused = scene.run(name, &[]).exits(7).error();
        assert_eq!(refused.code, code, "{refused:?}");
    }
    // What would pull the connection away from below its import waits, too.
    let edit = ["--json", "connection", "edit", "Contoso", "--rename", "Contoso Ltd"];
    assert_eq!(scene.beacon(&edit).exits(7).error().code, "run.busy");
    assert_eq!(scene.beacon(&["--json", "connection", "remove", "Contoso", "--yes"]).exits(7).error().code, "run.busy");
    // Of another tenant there is none, and no room: it waits its turn.
    let second = scene.start(&["--json", "run", "Fabrikam"]);
    second.line(|line| line.contains("waiting for one to end"));
    // Whoever only looks need not wait.
    assert_eq!(scene.said(&["connection", "list"])["connections"].as_array().map(Vec::len), Some(3));
    first.interrupt();
    scene.remember(first.wait()).exits(130);
    let second = scene.remember(second.wait()).exits(0).json();
    assert_eq!(second["status"], "complete", "{second}");
}

#[test]
fn what_is_due_is_run_once_by_whoever_is_faster() {
    let scene = Scene::contoso();
    scene.said(&["schedule", "add", "Nightly", "--daily", "02:30", "--zone", "UTC", "--connection", "Contoso"]);
    let served = Served::start(&scene);
    assert_eq!(scene.said(&["schedule", "trigger", "Nightly"])["due"], 1);
    scene.beacon(&["--json", "run", "--due"]).exits(0);
    let administrator = served.administrator();
    let ended = |runs: &serde_json::Value| {
        let runs = runs.as_array().map_or(&[][..], Vec::as_slice);
        !runs.is_empty() && runs.iter().all(|run| run["status"] == "complete")
    };
    let runs = administrator.reads_until("/api/v1/runs", ended);
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "{runs}");
}
