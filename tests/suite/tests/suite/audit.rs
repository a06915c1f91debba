//! The audit trail: nothing that changes something goes without an entry, and no entry can be made to disappear.

mod commands;
mod page;
mod routes;
mod syslog;
mod trail;

use crate::harness::Scene;
use serde_json::Value;

/// The newest entries, newest first.
#[track_caller]
fn entries(scene: &Scene, more: &[&str]) -> Vec<Value> {
    let list = ["--json", "audit", "list", "--limit", "10000"];
    let listed = scene.beacon(&[&list[..], more].concat()).exits(0).json();
    listed["entries"].as_array().expect("entries").clone()
}

/// Number of the last entry.
#[track_caller]
fn last(scene: &Scene) -> u64 {
    let verified = scene.beacon(&["--json", "audit", "verify"]).exits(0).json();
    verified["trail"]["last"].as_u64().expect("a number")
}

/// Actions of entries, oldest first.
fn actions(entries: &[Value]) -> Vec<&str> {
    entries.iter().rev().map(|entry| entry["action"].as_str().expect("an action")).collect()
}

/// Entries behind a number, newest first.
fn after(entries: Vec<Value>, number: u64) -> Vec<Value> {
    entries.into_iter().filter(|entry| entry["number"].as_u64().is_some_and(|found| found > number)).collect()
}
