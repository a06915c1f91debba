//! Many tenants: labels and filters, connections from a table, many at once, and erasing a customer or a connection.

mod bulk;
mod labels;
mod many;
mod offboarding;
mod page;
mod removal;

use crate::harness::Scene;
use crate::harness::forms::own_app;
use serde_json::Value;

/// A tenant that nobody asks anything.
const ELSEWHERE: &str = "7f4b3c5e-1111-4222-8333-444455556666";

/// The names of `connection list` with these filters.
#[track_caller]
fn listed(scene: &Scene, filters: &[&str]) -> Vec<String> {
    let list = scene.said(&[&["connection", "list"], filters].concat());
    let name = |one: &Value| one["connection"]["name"].as_str().expect("a name").to_owned();
    list["connections"].as_array().expect("a list").iter().map(name).collect()
}

/// Adds a connection that is never imported.
#[track_caller]
fn add_other(scene: &Scene, name: &str, tenant: &str, more: &[&str]) {
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let fields = own_app(&scene.tenant).set("tenant", tenant);
    scene.add(name, &fields, &[&["--secret", &secret], more].concat()).exits(0);
}
