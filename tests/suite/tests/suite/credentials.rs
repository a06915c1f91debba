//! Credentials: certificates, profiles that connections share, what dies soon, and sign-ins that are kept alive.

mod certificates;
mod expiry;
mod page;
mod person;
mod profiles;
mod sign_ins;

use crate::harness::forms::vendor_app;
use crate::harness::{Scene, browser};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

/// The value of a command that must succeed.
#[track_caller]
fn said(scene: &Scene, arguments: &[&str]) -> Value {
    scene.beacon(&[&["--json"], arguments].concat()).exits(0).json()
}

/// The code of a command that the settings make fail.
#[track_caller]
fn refused(scene: &Scene, arguments: &[&str]) -> String {
    scene.beacon(&[&["--json"], arguments].concat()).exits(5).error().code
}

/// Changes the database of a beacon that does not run.
#[track_caller]
fn change(scene: &Scene, sql: &str) {
    let database = rusqlite::Connection::open(scene.data().join("beacon.sqlite")).expect("a database");
    database.execute_batch(sql).expect("SQL");
}

/// Makes the stored sign-in as if it was used last so many days ago.
#[track_caller]
fn age_sign_in(scene: &Scene, days: i64) {
    let used = Timestamp::now() - (days * 24).hours();
    let used = used.strftime("%Y-%m-%dT%H:%M:%S.000000000Z");
    change(scene, &format!("UPDATE secrets SET updated_at = '{used}' WHERE slot = 'refresh_token'"));
}

/// The day that comes so many days after today.
fn days_ahead(days: i64) -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date() + days.days()
}

/// A connection `Contoso` of the vendor's app that the administrator consented to.
fn consented() -> Scene {
    let scene = Scene::small();
    scene.add("Contoso", &vendor_app(&scene.tenant), &[]).exits(0);
    let mut running = scene.start(&["--json", "connection", "consent", "Contoso", "--yes"]);
    let address = running.line(|line| line.starts_with("https://"));
    running.say(&browser::sign_in(&scene.tenant, &address, &scene.tenant.administrator()));
    scene.remember(running.wait()).exits(0);
    scene
}
