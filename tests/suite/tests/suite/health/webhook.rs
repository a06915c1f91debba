//! Telling a server.

use super::{WRONG, give_secret};
use crate::harness::Scene;
use crate::harness::receiver::{Heard, Receiver};
use crate::harness::served::{Served, eventually};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

/// What the two sides know; a secret.
const KEY: &str = "n0t-a-real-signing-key-9d21f0c4";

/// A part of the address that lets somebody in; a secret.
const TOKEN: &str = "n0t-a-real-hook-token-77aa";

#[track_caller]
fn add(scene: &Scene, receiver: &Receiver, collect: &str) {
    scene.keep_secret(KEY);
    scene.keep_secret(TOKEN);
    let address = scene.input("hook.txt", format!("{}/hooks/{TOKEN}\n", receiver.address)).display().to_string();
    let key = scene.input("key.txt", KEY).display().to_string();
    let arguments = ["notification", "add", "Operations", "--webhook-file", &address, "--signing-key-file", &key];
    scene.beacon(&[&arguments[..], &["--collect", collect]].concat()).exits(0);
}

/// Whether a message is signed as the documentation says: over its id, its time and its body.
#[track_caller]
fn assert_signed(heard: &Heard) {
    let signed = [heard.header("webhook-id"), ".", heard.header("webhook-timestamp"), "."].concat();
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(signed.as_bytes());
    context.update(&heard.body);
    assert_eq!(heard.header("webhook-signature"), format!("v1,{}", BASE64_STANDARD.encode(context.sign())));
}

#[test]
fn a_change_is_told_signed_and_again_under_the_same_id_after_a_refusal() {
    let scene = Scene::contoso();
    let receiver = Receiver::start(&scene.tenant, &[]);
    add(&scene, &receiver, "0");
    let listed = scene.beacon(&["notification", "list"]).exits(0).output;
    assert!(listed.contains(&receiver.address) && !listed.contains("hooks"), "the server alone is shown: {listed}");
    scene.beacon(&["notification", "test", "operations"]).exits(0);
    let test = receiver.heard().pop().expect("a test");
    assert_eq!((&test.json()["type"], test.json()["id"].as_str()), (&json!("test"), Some(test.header("webhook-id"))));
    assert_signed(&test);
    scene.import("Contoso");
    assert_eq!(receiver.heard().len(), 1, "a first success is no news");
    give_secret(&scene, WRONG, &[]);
    receiver.answers(&[503]);
    let run = scene.run("Contoso", &[]).exits(5);
    assert!(run.errors.contains("Not told yet: Operations"), "{}", run.errors);
    let listed = scene.beacon(&["--json", "notification", "list"]).exits(0).json();
    let listed = &listed["notifications"][0];
    assert_eq!((&listed["waiting"], &listed["last_error"]["code"]), (&json!(1), &json!("notification.refused")));
    scene.beacon(&["notification", "send"]).exits(0);
    let [_, refused, taken] = &receiver.heard()[..] else { panic!("{:?}", receiver.heard().len()) };
    assert_eq!(refused.header("webhook-id"), taken.header("webhook-id"));
    assert_eq!(refused.body, taken.body);
    assert_signed(taken);
    let message = taken.json();
    assert_eq!((&message["type"], &message["counts"]), (&json!("connections.changed"), &json!({ "failing": 1 })));
    let told = &message["connections"][0];
    assert_eq!((&told["connection"], &told["before"]), (&json!("Contoso"), &json!("healthy")), "{message}");
    assert_eq!((&told["state"], &told["code"]), (&json!("failing"), &json!("aadsts.7000215")), "{message}");
    // It fails again, which is nothing new.
    scene.run("Contoso", &[]).exits(5);
    assert_eq!(receiver.heard().len(), 3);
    scene.beacon(&["notification", "remove", "Operations", "--yes"]).exits(0);
    assert_eq!(
        scene.beacon(&["--json", "notification", "test", "Operations"]).exits(5).error().code,
        "notification.unknown"
    );
    for heard in receiver.heard() {
        assert!(!String::from_utf8_lossy(&heard.body).contains('@'), "nothing about people is told");
    }
}

#[test]
fn a_beacon_that_serves_tells_by_itself_and_a_restart_loses_nothing() {
    let scene = Scene::contoso();
    let receiver = Receiver::start(&scene.tenant, &[503]);
    add(&scene, &receiver, "0");
    scene.import("Contoso");
    give_secret(&scene, WRONG, &[]);
    let mut served = Served::start(&scene);
    let administrator = served.administrator();
    let id = administrator.reads("/api/v1/connections")[0]["id"].as_str().expect("an id").to_owned();
    let runs = format!("/api/v1/connections/{id}/runs");
    administrator.sends(reqwest::Method::POST, &runs, None).is(reqwest::StatusCode::ACCEPTED);
    eventually("the first attempt", || (!receiver.heard().is_empty()).then_some(()));
    drop(administrator);
    served.kill();
    let _served = Served::start(&scene);
    let again = eventually("the second attempt", || receiver.heard().get(1).cloned());
    assert_eq!(again.header("webhook-id"), receiver.heard()[0].header("webhook-id"));
    assert_signed(&again);
}

#[test]
fn what_cannot_work_is_refused_and_nothing_is_stored() {
    let scene = Scene::contoso();
    let key = scene.input("key.txt", KEY).display().to_string();
    let short = scene.input("short.txt", "short").display().to_string();
    let address = |name: &str, text: &str| scene.input(name, text).display().to_string();
    let cases = [
        (address("plain.txt", "http://hooks.example.com/x"), &key, "notification.webhook_address", "address"),
        (address("good.txt", "https://127.0.0.1/x"), &short, "notification.key", "key"),
    ];
    for (address, key, code, field) in cases {
        let arguments =
            ["--json", "notification", "add", "Hook", "--webhook-file", &address, "--signing-key-file", key];
        let refused = scene.beacon(&arguments).exits(5).json();
        assert_eq!((&refused["error"]["code"], &refused["error"]["fields"][0]["field"]), (&json!(code), &json!(field)));
    }
    let private = address("private.txt", "https://10.0.0.1/x");
    let arguments = ["--json", "notification", "add", "Hook", "--webhook-file", &private, "--signing-key-file", &key];
    assert_eq!(scene.beacon(&arguments).exits(5).error().code, "notification.address_not_granted");
    let mail =
        ["--json", "notification", "add", "Mail", "--mail-server", "localhost", "--from", "nobody", "--to", "a@b.test"];
    assert_eq!(scene.beacon(&mail).exits(5).error().code, "notification.mail_address");
    assert_eq!(scene.beacon(&["--json", "notification", "list"]).exits(0).json()["notifications"], json!([]));
}
