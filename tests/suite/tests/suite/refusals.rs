//! Refused sign-ins: the answer names the number, the correlation id and the time, and says what to do.

use crate::harness::forms::{Fields, own_app, vendor_app};
use crate::harness::{Finished, Scene};
use beacon_simulator::{Decision, Policies};
use std::time::Duration;

const STRANGER: &str = "11111111-2222-3333-4444-555555555555";

/// A connection of the own app, with `edit` over its fields and this secret.
fn scene(edit: impl Fn(&Scene, Fields) -> Fields, secret: impl Fn(&Scene) -> String) -> Scene {
    let scene = Scene::small();
    let secret = scene.secret("client_secret", &secret(&scene));
    let fields = edit(&scene, own_app(&scene.tenant));
    scene.add("Contoso", &fields, &["--secret", &secret]).exits(0);
    scene
}

fn own_secret(scene: &Scene) -> String {
    scene.tenant.own_client_secret()
}

fn unchanged(_: &Scene, fields: Fields) -> Fields {
    fields
}

/// Test and run end with this code and tell everything that Microsoft's support will ask for.
#[track_caller]
fn check_refused(scene: &Scene, number: u32, exit: i32) {
    for command in [["connection", "test", "Contoso"].as_slice(), &["run", "Contoso"]] {
        let trouble = scene.beacon(&[&["--json"], command].concat()).exits(exit).error();
        assert_eq!(trouble.code, format!("aadsts.{number}"), "{trouble:?}");
        let text = trouble.text();
        for part in [format!("AADSTS{number}"), "Correlation ID: ".to_owned(), "Time: ".to_owned()] {
            assert!(text.contains(&part), "{part:?} is missing in {text}");
        }
        assert!(trouble.advice.len() > 20, "no advice: {trouble:?}");
    }
    assert_eq!(scene.packages(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_wrong_secret() {
    check_refused(&scene(unchanged, |_| "wrong~secret~value~0123456789".to_owned()), 7_000_215, 5);
}

#[test]
fn an_expired_secret() {
    let expired = |scene: &Scene| {
        let valid = Duration::from_secs(60);
        let secret = scene.tenant.add_secret(scene.tenant.own_client_id(), valid).expect("the own app");
        scene.tenant.clock().advance(Duration::from_secs(3_600));
        secret
    };
    check_refused(&scene(unchanged, expired), 7_000_222, 5);
}

#[test]
fn an_unknown_application() {
    check_refused(&scene(|_, fields| fields.set("client_id", STRANGER), own_secret), 700_016, 5);
}

#[test]
fn an_unknown_tenant() {
    check_refused(&scene(|_, fields| fields.set("tenant", STRANGER), own_secret), 90_002, 5);
}

#[test]
fn blocked_by_policy() {
    let scene = scene(unchanged, own_secret);
    scene.tenant.set_policies(Policies { block_access: true, ..Policies::default() });
    check_refused(&scene, 53_003, 5);
}

#[test]
fn consent_that_was_taken_back() {
    let scene = Scene::consented();
    scene.import("Contoso");
    scene.tenant.revoke_consent(scene.tenant.vendor_client_id());
    let trouble = scene.run("Contoso", &[]).exits(4).error();
    assert_eq!(trouble.code, "aadsts.65001", "{trouble:?}");
    assert!(trouble.text().contains("Correlation ID: "), "{trouble:?}");
}

#[test]
fn a_session_that_was_revoked() {
    let scene = Scene::consented();
    scene.tenant.clock().advance(Duration::from_secs(60));
    scene.tenant.revoke_sessions(&scene.tenant.administrator()).expect("the administrator");
    let trouble = scene.run("Contoso", &[]).exits(4).error();
    assert_eq!(trouble.code, "aadsts.50173", "{trouble:?}");
}

/// Runs the consent of the vendor's app and lets a person answer.
fn consent(scene: &Scene, account: &str, decision: Decision) -> Finished {
    let mut running = scene.start(&["--json", "connection", "consent", "Contoso", "--yes"]);
    let address = running.line(|line| line.starts_with("https://"));
    running.say(&scene.tenant.sign_in(&address, account, decision).expect("a way back"));
    scene.remember(running.wait())
}

#[test]
fn a_person_who_declines() {
    let scene = Scene::small();
    scene.add("Contoso", &vendor_app(&scene.tenant), &[]).exits(0);
    let administrator = scene.tenant.administrator();
    let trouble = consent(&scene, &administrator, Decision::Decline).exits(4).error();
    assert_eq!(trouble.code, "aadsts.65004", "{trouble:?}");
    let trouble = consent(&scene, &administrator, Decision::Cancel).exits(4).error();
    assert!(trouble.code.starts_with("entra.") || trouble.code.starts_with("aadsts."), "{trouble:?}");
    // Nothing was kept: a run still has nobody to sign in as.
    let trouble = scene.run("Contoso", &[]).exits(4).error();
    assert_eq!(trouble.code, "entra.sign_in_missing", "{trouble:?}");
}

/// An address from somewhere else is not taken for an answer, even if it holds a code.
#[test]
fn an_answer_to_another_question() {
    let scene = Scene::small();
    scene.add("Contoso", &vendor_app(&scene.tenant), &[]).exits(0);
    let native = format!("{}/common/oauth2/nativeclient", scene.tenant.login_origin());
    for (answer, code) in [
        (format!("{native}?code=0.Abc&state=guessed"), "entra.state_mismatch"),
        ("https://example.com/?code=0.Abc&state=guessed".to_owned(), "entra.cannot_start"),
        ("0.Abc".to_owned(), "entra.cannot_start"),
    ] {
        let mut running = scene.start(&["--json", "connection", "consent", "Contoso", "--yes"]);
        running.line(|line| line.starts_with("https://"));
        running.say(&answer);
        let finished = scene.remember(running.wait());
        assert_ne!(finished.code, Some(0), "{answer}");
        assert_eq!(finished.error().code, code, "{answer}");
    }
    assert!(scene.tenant.requests().iter().all(|request| request.grant.is_none()), "no code was redeemed");
}

/// What a person reads, word for word.
#[test]
fn the_blocks_are_readable() {
    let wrong = scene(unchanged, |_| "wrong~secret~value~0123456789".to_owned());
    let unknown = scene(|_, fields| fields.set("client_id", STRANGER), own_secret);
    let blocked = scene(unchanged, own_secret);
    blocked.tenant.set_policies(Policies { block_access: true, ..Policies::default() });
    for (name, scene) in [("wrong_secret", wrong), ("unknown_application", unknown), ("blocked_by_policy", blocked)] {
        let errors = scene.beacon(&["run", "Contoso"]).errors;
        insta::with_settings!({ filters => vec![
            (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[guid]"),
            // A long line breaks anywhere.
            (r"\d{4}-\d\d-\d\d\s+\d\d:\d\d:\d\dZ", "[time]"),
            (r"localhost:\d+", "localhost:[port]"),
        ]}, { insta::assert_snapshot!(name, errors) });
    }
}
