//! Every end that either side can come to.

use super::{at_work, last_state, slow};
use crate::harness::Scene;
use crate::harness::forms::vendor_app;
use crate::harness::served::{Served, eventually};

#[test]
fn a_second_beacon_is_refused() {
    let scene = Scene::contoso();
    let served = Served::start(&scene);
    let refused = scene.beacon(&["--json", "serve", "--port", "0"]).exits(7).error();
    assert_eq!(refused.code, "store.locked");
    assert!(refused.title.contains("is in use by process"), "{refused:?}");
    drop(served);
}

/// Nobody serves: a command that has the folder keeps others out as ever.
#[test]
fn a_command_at_work_is_no_beacon() {
    let scene = Scene::contoso();
    slow(&scene, 60_000);
    let running = scene.start(&["--json", "run", "Contoso"]);
    at_work(&scene);
    assert_eq!(scene.beacon(&["--json", "connection", "list"]).exits(7).error().code, "store.locked");
    scene.remember(running.kill());
}

#[cfg(unix)]
#[test]
fn ctrl_c_cancels_the_import_and_not_the_beacon() {
    let scene = Scene::contoso();
    let _served = Served::start(&scene);
    slow(&scene, 60_000);
    let running = scene.start(&["run", "Contoso"]);
    at_work(&scene);
    running.interrupt();
    let finished = scene.remember(running.wait()).exits(130);
    assert!(finished.errors.contains("Cancelled. Nothing was published."), "{}", finished.errors);
    assert_eq!(last_state(&scene, "Contoso"), "cancelled");
    scene.import("Contoso");
}

/// Where nothing listens to Ctrl-C, the command is over at once.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_test() {
    let scene = Scene::contoso();
    let _served = Served::start(&scene);
    slow(&scene, 60_000);
    let running = scene.start(&["connection", "test", "Contoso"]);
    at_work(&scene);
    running.interrupt();
    scene.remember(running.wait()).exits(130);
    scene.beacon(&["connection", "list"]).exits(0);
}

#[test]
fn an_import_goes_on_without_whoever_started_it() {
    let scene = Scene::contoso();
    let _served = Served::start(&scene);
    slow(&scene, 2_000);
    let running = scene.start(&["run", "Contoso"]);
    at_work(&scene);
    scene.remember(running.kill());
    eventually("the import ends", || (last_state(&scene, "Contoso") == "complete").then_some(()));
}

/// Whoever is asked may leave; nothing happens then, and the beacon waits for nobody.
#[test]
fn a_question_that_nobody_answers_harms_nobody() {
    let scene = Scene::small();
    scene.add("Contoso", &vendor_app(&scene.tenant), &[]).exits(0);
    let mut served = Served::start(&scene);
    let asked = scene.start(&["connection", "consent", "Contoso", "--way", "paste"]);
    asked.line(|line| line.contains("press Enter"));
    scene.remember(asked.kill());
    assert_eq!(last_state(&scene, "Contoso"), "none");
    // At the end of the input a question is answered with no.
    let refused = scene.beacon(&["connection", "remove", "Contoso"]).exits(130);
    assert!(refused.errors.contains("Nothing was removed."), "{}", refused.errors);
    scene.beacon(&["connection", "remove", "Contoso", "--yes"]).exits(0);
    served.kill();
}

#[test]
fn a_beacon_that_dies_is_told_to_whoever_waits() {
    let scene = Scene::contoso();
    let mut served = Served::start(&scene);
    slow(&scene, 60_000);
    let running = scene.start(&["--json", "run", "Contoso"]);
    at_work(&scene);
    served.kill();
    let lost = scene.remember(running.wait()).exits(7).error();
    assert_eq!(lost.code, "control.lost", "{lost:?}");
    // A stale file leads nowhere, and the run goes on.
    scene.import("Contoso");
}

#[cfg(unix)]
#[test]
fn an_import_is_parked_when_the_beacon_ends_and_goes_on_with_the_next_start() {
    let scene = Scene::contoso();
    let mut served = Served::start(&scene);
    slow(&scene, 60_000);
    let running = scene.start(&["--json", "run", "Contoso"]);
    at_work(&scene);
    served.end().expect("it serves").exits(0);
    let stopped = scene.remember(running.wait()).exits(7).error();
    assert_eq!(stopped.code, "control.stopped", "{stopped:?}");
    assert_eq!(last_state(&scene, "Contoso"), "running");
    let _served = Served::start(&scene);
    eventually("the import ends", || (last_state(&scene, "Contoso") == "complete").then_some(()));
}
