//! The command line beside a beacon that serves the same data folder: the beacon executes, the person sees the same.

mod commands;
mod ends;
mod imports;
mod strangers;

use crate::harness::Scene;
use beacon_simulator::{FaultKind, FaultRule};
use serde_json::Value;
use std::process::Command;
use std::time::{Duration, Instant};

/// Where people are listed.
const LIST: &str = "/v1.0/users";

/// A small tenant with the connection `Contoso`.
fn scene() -> Scene {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    scene
}

/// The program, called in the folder of what the operator brings along, which is not the one of the beacon.
fn from_inputs(scene: &Scene, arguments: &[&str]) -> Command {
    let mut command = scene.command(arguments);
    command.current_dir(scene.key_file().parent().expect("a folder"));
    command
}

/// The value of a command that must succeed.
#[track_caller]
fn said(scene: &Scene, arguments: &[&str]) -> Value {
    scene.beacon(&[&["--json"], arguments].concat()).exits(0).json()
}

/// The next list of people arrives this slowly.
fn slow(scene: &Scene, milliseconds: u64) {
    scene.tenant.clear_requests();
    scene.tenant.add_fault(FaultRule::once(LIST, FaultKind::SlowBody { milliseconds }));
}

/// Waits until an import asks for people.
#[track_caller]
fn at_work(scene: &Scene) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while scene.tenant.asked(LIST) == 0 {
        assert!(Instant::now() < deadline, "nothing is imported");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// How the last run of a connection stands.
fn last_state(scene: &Scene, name: &str) -> String {
    let shown = said(scene, &["connection", "show", name]);
    shown["last_run"]["state"].as_str().unwrap_or("none").to_owned()
}
