//! The command line beside a beacon that serves the same data folder: the beacon executes, the person sees the same.

mod commands;
mod ends;
mod imports;
mod strangers;

use crate::harness::Scene;
use crate::harness::served::eventually;
use beacon_simulator::{FaultKind, FaultRule};
use std::process::Command;

/// Where people are listed.
const LIST: &str = "/v1.0/users";

/// The program, called in the folder of what the operator brings along, which is not the one of the beacon.
fn from_inputs(scene: &Scene, arguments: &[&str]) -> Command {
    let mut command = scene.command(arguments);
    command.current_dir(scene.key_file().parent().expect("a folder"));
    command
}

/// The next list of people arrives this slowly.
fn slow(scene: &Scene, milliseconds: u64) {
    scene.tenant.clear_requests();
    scene.tenant.add_fault(FaultRule::once(LIST, FaultKind::SlowBody { milliseconds }));
}

/// Waits until an import asks for people.
#[track_caller]
fn at_work(scene: &Scene) {
    eventually("people are asked for", || (scene.tenant.asked(LIST) > 0).then_some(()));
}

/// How the last run of a connection stands.
fn last_state(scene: &Scene, name: &str) -> String {
    let shown = scene.said(&["connection", "show", name]);
    shown["last_run"]["state"].as_str().unwrap_or("none").to_owned()
}
