//! States over real runs against the simulated tenant.

use super::{WRONG, give_secret, stands};
use crate::harness::{Scene, forms};
use beacon_operations::Installation;
use beacon_simulator::{FaultKind, FaultRule};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

#[track_caller]
fn since(standing: &Value) -> Timestamp {
    standing["since"].as_str().and_then(|since| since.parse().ok()).expect("a moment")
}

#[test]
fn failing_keeps_its_first_time_until_it_works_again() {
    let scene = Scene::contoso();
    let new = stands(&scene, 0);
    assert_eq!(
        (&new["state"], &new["code"], &new["action"]),
        (&"never_ran".into(), &"health.never_ran".into(), &"execute".into())
    );
    scene.import("Contoso");
    assert_eq!(stands(&scene, 0)["state"], "healthy");
    give_secret(&scene, WRONG, &[]);
    scene.run("Contoso", &[]).exits(5);
    let failing = stands(&scene, 7);
    assert_eq!((&failing["state"], &failing["code"]), (&"failing".into(), &"aadsts.7000215".into()), "{failing}");
    assert!(failing["next_step"].as_str().is_some_and(|next| next.len() > 20), "{failing}");
    scene.run("Contoso", &[]).exits(5);
    let later = stands(&scene, 7);
    assert_eq!(later["since"], failing["since"], "it began with the first failure");
    let text = scene.beacon(&["health"]).exits(7).output;
    for part in ["failing (1)", "Contoso, since ", "aadsts.7000215", "beacon connection show \"Contoso\""] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    give_secret(&scene, &scene.tenant.own_client_secret(), &[]);
    scene.import("Contoso");
    let healthy = stands(&scene, 0);
    assert_eq!(healthy["state"], "healthy");
    assert!(since(&healthy) > since(&failing), "{healthy}");
    let listed = scene.beacon(&["connection", "list"]).exits(0).output;
    assert!(listed.contains("STATE") && listed.contains("healthy"), "{listed}");
}

#[test]
fn a_consent_that_was_taken_back_is_needed_until_it_is_given_again() {
    let scene = Scene::small();
    scene.add("Contoso", &forms::vendor_app(&scene.tenant), &[]).exits(0);
    let nobody = stands(&scene, 4);
    assert_eq!((&nobody["state"], &nobody["code"]), (&"needs_consent".into(), &"connection.consent".into()));
    scene.consent("Contoso");
    assert_eq!(stands(&scene, 0)["state"], "never_ran");
    scene.import("Contoso");
    assert_eq!(stands(&scene, 0)["state"], "healthy");
    scene.tenant.revoke_consent(scene.tenant.vendor_client_id());
    scene.run("Contoso", &[]).exits(4);
    let revoked = stands(&scene, 4);
    assert_eq!((&revoked["state"], &revoked["code"]), (&"needs_consent".into(), &"aadsts.65001".into()), "{revoked}");
    assert_eq!(revoked["action"], "consent");
    scene.consent("Contoso");
    assert_eq!(stands(&scene, 0)["state"], "never_ran");
    scene.import("Contoso");
    assert_eq!(stands(&scene, 0)["state"], "healthy");
}

#[test]
fn what_will_break_is_degraded_before_it_does() {
    let scene = Scene::contoso();
    scene.import("Contoso");
    let today = Installation::now().to_zoned(TimeZone::UTC).date();
    let day = today.checked_add(5.days()).expect("a day");
    let expires = format!("client_secret={day}");
    give_secret(&scene, &scene.tenant.own_client_secret(), &["--secret-expires", &expires]);
    let dying = stands(&scene, 3);
    assert_eq!((&dying["state"], &dying["code"]), (&"degraded".into(), &"health.credential_expires".into()), "{dying}");
    // A new one cures it at once, though nothing has run since.
    give_secret(&scene, &scene.tenant.own_client_secret(), &[]);
    assert_eq!(stands(&scene, 0)["state"], "healthy");
}

#[test]
fn a_package_that_is_not_complete_or_does_not_arrive_is_degraded() {
    let scene = Scene::paged(60, 20);
    scene.tenant.add_fault(FaultRule::once("/v1.0/users", FaultKind::StuckLink).on_page(2).always());
    scene.run("Contoso", &[]).exits(3);
    let partial = stands(&scene, 3);
    assert_eq!((&partial["state"], &partial["code"]), (&"degraded".into(), &"health.partial".into()), "{partial}");
    assert!(partial["title"].as_str().is_some_and(|title| title.contains("not complete: ")), "{partial}");
    scene.tenant.clear_faults();
    let share = scene.add_folder("Share", "share", &[]);
    std::fs::remove_dir(&share).expect("the drive is not connected");
    scene.import("Contoso");
    assert_eq!(stands(&scene, 0)["state"], "healthy", "one failed attempt is no trouble yet");
    for _ in 0..2 {
        scene.beacon(&["delivery", "send", "--now"]).exits(5);
    }
    let stuck = stands(&scene, 3);
    assert_eq!((&stuck["state"], &stuck["code"]), (&"degraded".into(), &"health.delivery_stuck".into()), "{stuck}");
    assert!(stuck["title"].as_str().is_some_and(|title| title.contains("Share")), "{stuck}");
    std::fs::create_dir(&share).expect("the drive is back");
    scene.beacon(&["delivery", "send", "--now"]).exits(0);
    assert_eq!(stands(&scene, 0)["state"], "healthy");
}
