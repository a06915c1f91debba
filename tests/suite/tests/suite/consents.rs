//! The consent board: links for people who may consent, what becomes of them, and what is told about it.

mod board;
mod links;
mod page;
mod waiting;

use crate::harness::served::Visitor;
use crate::harness::{Scene, forms};
use beacon_simulator::Decision;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const BOARD: &str = "/api/v1/consents";

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

/// Path of a link; the port of a beacon is another one after a restart.
fn path(link: &Value) -> String {
    let address = link["address"].as_str().or(link.as_str()).expect("an address");
    format!("/{}", address.splitn(4, '/').nth(3).expect("a path"))
}

/// Follows a link as the customer's administrator; where their browser is in the end.
#[track_caller]
fn follow(scene: &Scene, customer: &Visitor<'_>, link: &str, decision: Decision) -> String {
    customer.sends(Method::GET, link, None).is(StatusCode::OK);
    let begun = customer.sends(Method::POST, link, None).is(StatusCode::OK).json();
    let address = begun["address"].as_str().expect("an address");
    let back = scene.tenant.sign_in(address, &scene.tenant.administrator(), decision).expect("it leads back");
    let answered = customer.sends(Method::GET, &path(&json!(back)), None).is(StatusCode::SEE_OTHER);
    answered.headers["location"].to_str().expect("text").to_owned()
}

/// Waits until the row of a connection is in a state.
#[track_caller]
fn stands(visitor: &Visitor<'_>, name: &str, state: &str) -> Value {
    let board = visitor.reads_until(BOARD, |board| row(board, name)["state"] == state);
    row(&board, name).clone()
}

/// The task to confirm, once the consent of a connection waits.
#[track_caller]
fn waits(administrator: &Visitor<'_>, name: &str) -> String {
    let board = administrator.reads_until(BOARD, |board| row(board, name)["task"].is_string());
    assert_eq!(row(&board, name)["state"], "granted");
    row(&board, name)["task"].as_str().expect("a task").to_owned()
}

/// Adds a connection; gives its id.
#[track_caller]
fn added(scene: &Scene, administrator: &Visitor<'_>, name: &str) -> String {
    let added = administrator.sends(Method::POST, "/api/v1/connections", Some(&draft(scene, name)));
    added.is(StatusCode::CREATED).json()["id"].as_str().expect("an id").to_owned()
}

/// Where a link for one connection is made and taken back.
fn links_of(id: &str) -> String {
    format!("/api/v1/connections/{id}/consent-links")
}

/// Makes a link for a connection; gives its path.
#[track_caller]
fn invited(administrator: &Visitor<'_>, id: &str) -> String {
    path(&administrator.sends(Method::POST, &links_of(id), None).is(StatusCode::CREATED).json())
}
