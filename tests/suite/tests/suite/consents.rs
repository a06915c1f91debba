//! The consent board: links for people who may consent, what becomes of them, and what is told about it.

mod board;
mod page;

use crate::harness::{Scene, forms};
use serde_json::{Value, json};

/// A connection that somebody has to consent to in a browser, as the page sends it.
fn draft(scene: &Scene, name: &str) -> Value {
    let fields =
        forms::vendor_app(&scene.tenant).set("flow", "authorization_code").set("redirect_uri", "http://localhost");
    let settings = serde_json::to_value(fields.settings()).expect("JSON");
    json!({ "name": name, "source_type": "Microsoft 365", "settings": settings, "secrets": {} })
}

/// The row of a connection.
#[track_caller]
fn row<'b>(board: &'b Value, name: &str) -> &'b Value {
    let rows = board["rows"].as_array().expect("rows");
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} is not on the board: {board}"))
}
