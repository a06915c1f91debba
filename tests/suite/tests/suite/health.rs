//! How connections stand: states over real runs, connections that a person holds, figures for monitoring, and telling
//! people what changed.

mod holding;
mod mail;
mod many;
mod metrics;
mod page;
mod states;
mod webhook;

use crate::harness::{Finished, Scene};
use serde_json::Value;

/// A secret that no app has.
const WRONG: &str = "wrong~secret~value~0123456789";

/// Stores another secret for `Contoso`.
#[track_caller]
fn give_secret(scene: &Scene, value: &str, more: &[&str]) {
    let secret = scene.secret("client_secret", value);
    scene.beacon(&[&["connection", "edit", "Contoso", "--secret", &secret], more].concat()).exits(0);
}

/// How `Contoso` stands; the command ends with this code.
#[track_caller]
fn stands(scene: &Scene, exit: i32) -> Value {
    let finished: Finished = scene.beacon(&["--json", "health", "Contoso"]).exits(exit);
    finished.json()["connections"][0].clone()
}
