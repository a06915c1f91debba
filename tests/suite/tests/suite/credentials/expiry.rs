//! What dies soon: by its own day, by ninety days without use, once for each level in the log.

use super::{age_sign_in, days_ahead};
use crate::harness::Scene;
use serde_json::json;

/// Gives the secret of `Contoso` another day.
#[track_caller]
fn expires_in(scene: &Scene, name: &str, days: i64) {
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let day = format!("client_secret={}", days_ahead(days));
    scene.said(&["connection", "edit", name, "--secret", &secret, "--secret-expires", &day]);
}

#[test]
fn a_secret_is_told_thirty_fourteen_and_three_days_before_and_afterwards() {
    let scene = Scene::contoso();
    // Levels that a midnight in between does not change.
    for (days, level) in
        [(40, None), (20, Some("days30")), (10, Some("days14")), (2, Some("days3")), (-5, Some("past"))]
    {
        expires_in(&scene, "Contoso", days);
        let listed = scene.said(&["connection", "list"]);
        let found = listed["expiring"][0]["level"].as_str().map(str::to_owned);
        assert_eq!(found.as_deref(), level, "{days}: {listed}");
        assert_eq!(listed["connections"][0]["expiring"], listed["expiring"]);
        let shown = scene.said(&["connection", "show", "Contoso"]);
        assert_eq!(shown["ends"][0]["on"], json!(days_ahead(days)), "{shown}");
    }
    let text = scene.beacon(&["connection", "show", "Contoso"]).exits(0).output;
    assert!(text.contains("The client secret expired") && text.contains("Certificates & secrets"), "{text}");
    let listed = scene.beacon(&["connection", "list"]).exits(0);
    assert!(listed.output.contains("The client secret expired"), "{listed:?}");
    assert!(listed.errors.contains("Make a new secret"), "{listed:?}");
}

#[test]
fn a_sign_in_that_nothing_uses_dies_after_ninety_days() {
    let scene = Scene::consented();
    assert_eq!(scene.said(&["connection", "list"])["expiring"], json!([]));
    age_sign_in(&scene, 80);
    let listed = scene.said(&["connection", "list"]);
    let expiring = &listed["expiring"][0];
    assert_eq!((&expiring["what"], &expiring["level"]), (&json!("refresh_token"), &json!("days14")), "{listed}");
}

#[test]
fn the_log_of_a_beacon_that_serves_tells_each_level_once() {
    let scene = Scene::contoso();
    expires_in(&scene, "Contoso", 10);
    let serve = ["serve", "--port", "0"];
    let running = scene.start(&serve);
    running.line(|line| line.contains("Contoso") && line.contains("The client secret expires"));
    scene.remember(running.kill());

    // Told before what comes later; what was told is not told again.
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let fields = crate::harness::forms::own_app(&scene.tenant);
    let day = format!("client_secret={}", days_ahead(20));
    let more = ["--secret", secret.as_str(), "--secret-expires", &day, "--second-connection"];
    scene.add("Fabrikam", &fields, &more).exits(0);
    let running = scene.start(&serve);
    running.line(|line| line.contains("Fabrikam") && line.contains("The client secret expires"));
    assert!(!running.has_said("Contoso: "), "told twice");
    scene.remember(running.kill());

    expires_in(&scene, "Contoso", 2);
    let running = scene.start(&serve);
    running.line(|line| line.contains("Contoso") && line.contains("The client secret expires"));
    scene.remember(running.kill());
}
