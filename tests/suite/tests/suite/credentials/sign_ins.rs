//! Sign-ins of people are used once a day, whether or not their connections run.

use super::age_sign_in;
use crate::harness::Scene;
use crate::harness::served::Served;
use serde_json::{Value, json};
use std::time::Duration;

/// How often the refresh token was used so far.
fn used(scene: &Scene) -> usize {
    let is_refresh = |grant: &Option<String>| grant.as_deref() == Some("refresh_token");
    scene.tenant.requests().iter().filter(|request| is_refresh(&request.grant)).count()
}

/// When the refresh token was stored.
#[track_caller]
fn stored_at(scene: &Scene) -> String {
    let shown = scene.said(&["connection", "show", "Contoso"]);
    let secrets = shown["secrets"].as_array().expect("secrets");
    let token = secrets.iter().find(|one| one["slot"] == "refresh_token").expect("a refresh token");
    token["updated_at"].as_str().expect("a time").to_owned()
}

#[test]
fn a_scheduler_from_outside_keeps_it_alive() {
    let scene = Scene::consented();
    let fresh = scene.said(&["run", "--due"]);
    assert_eq!((&fresh["runs"], &fresh["kept_alive"]), (&json!([]), &json!([])), "used a moment ago");
    age_sign_in(&scene, 2);
    let (before, old) = (used(&scene), stored_at(&scene));
    let kept = scene.said(&["run", "--due"]);
    assert_eq!(kept["kept_alive"], json!([{ "connection": "Contoso", "error": null }]), "{kept}");
    assert_eq!(used(&scene), before + 1);
    assert!(stored_at(&scene) > old, "the new token is stored");
    assert_eq!(scene.said(&["run", "--due"])["kept_alive"], json!([]));
    scene.import("Contoso");
}

#[test]
fn a_beacon_that_serves_keeps_it_alive() {
    let scene = Scene::consented();
    age_sign_in(&scene, 2);
    let before = used(&scene);
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let is_fresh = |connections: &Value| {
        let stored = connections[0]["secrets"][0]["stored_at"].as_str().unwrap_or_default().to_owned();
        let yesterday = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
        stored.parse::<jiff::Timestamp>().is_ok_and(|stored| stored > yesterday)
    };
    administrator.reads_until("/api/v1/connections", is_fresh);
    assert_eq!(used(&scene), before + 1, "once");
}

#[test]
fn a_refused_sign_in_is_told_by_name_and_never_deleted() {
    let scene = Scene::consented();
    let account = scene.tenant.administrator();
    scene.tenant.clock().advance(Duration::from_secs(60));
    scene.tenant.revoke_sessions(&account).expect("the administrator");
    age_sign_in(&scene, 2);
    let kept = scene.said(&["run", "--due"]);
    let error = &kept["kept_alive"][0]["error"];
    assert_eq!((&error["code"], &error["kind"]), (&json!("aadsts.50173"), &json!("consent")), "{kept}");
    assert!(error["detail"].to_string().contains(&account), "{error}");
    assert!(!stored_at(&scene).is_empty(), "the token stays");
    // Not tried again in a circle.
    assert_eq!(scene.said(&["run", "--due"])["kept_alive"], json!([]));
    let shown = scene.beacon(&["connection", "show", "Contoso"]).exits(0).output;
    assert!(shown.contains("The sign-in could not be kept alive."), "{shown}");
    let served = Served::start(&scene);
    let needs_consent = |connections: &Value| connections[0]["health"] == "needs_consent";
    served.administrator().reads_until("/api/v1/connections", needs_consent);
}
