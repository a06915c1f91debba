//! Secrets move for one key alone, and stay bound to the hosts they were for.

use super::{connections, elsewhere, export, furnished, import, left};
use crate::harness::Scene;
use age::secrecy::ExposeSecret as _;
use age::x25519::Identity;
use serde_json::{Value, json};
use std::path::PathBuf;

/// An identity as `age-keygen` writes it, and its recipient.
fn key(scene: &Scene, name: &str) -> (PathBuf, String) {
    let identity = Identity::generate();
    let text = format!("# a key of this test\n{}\n", identity.to_string().expose_secret());
    scene.keep_secret(identity.to_string().expose_secret());
    (scene.input(name, text), identity.to_public().to_string())
}

#[test]
fn with_its_secrets_a_connection_works_at_once() {
    let scene = furnished();
    let (identity, recipient) = key(&scene, "key.txt");
    let file = export(&scene, "config.json", &["--secrets-to", &recipient]);
    let identity = identity.display().to_string();
    let report = import(&scene, &file, &["--identity", &identity]).exits(0).json();
    // Nobody ever consented, and nobody gave the proxy of that connection a password.
    let expected = [("connection Person", "consent"), ("connection Person", "password of its proxy, if it has one")];
    assert_eq!(left(&report), expected.map(|(of, what)| (of.to_owned(), what.to_owned())));
    let checked = elsewhere(&scene, &["--json", "secrets", "check"]).exits(0).json();
    assert_eq!(checked["secrets"].as_array().map(Vec::len), Some(4), "{checked}");
    let run = elsewhere(&scene, &["--json", "run", "Contoso"]).exits(0).json();
    assert_eq!(run["status"], "complete", "{run}");

    // All but the secrets, whose encryption is another each time, is the same again.
    let moved = scene.written("config-moved.json");
    let out = moved.display().to_string();
    elsewhere(&scene, &["config", "export", &out, "--secrets-to", &recipient]).exits(0);
    let without = |path: &std::path::Path| -> Value {
        let mut content: Value = serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON");
        assert!(content["secrets"].take().is_string());
        content
    };
    assert_eq!(without(&moved), without(&file));
}

#[test]
fn another_key_opens_nothing() {
    let scene = furnished();
    let (identity, recipient) = key(&scene, "key.txt");
    let (other, _) = key(&scene, "other.txt");
    let file = export(&scene, "config.json", &["--secrets-to", &recipient]);
    let refused = |more: &[&str]| import(&scene, &file, more).exits(5).error();
    let (identity, other) = (identity.display().to_string(), other.display().to_string());
    assert_eq!(refused(&["--identity", &other]).code, "age.other_recipient");
    assert_eq!(refused(&[]).code, "config.no_identity");
    let no_key = scene.input("no-key.txt", "nothing\n").display().to_string();
    assert_eq!(refused(&["--identity", &no_key]).code, "age.not_an_identity");
    let mut damaged: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    let text = damaged["secrets"].as_str().expect("secrets").to_owned();
    for broken in [text[..text.len() - 8].to_owned(), "!".to_owned(), String::new()] {
        damaged["secrets"] = json!(broken);
        let path = scene.input("damaged.json", damaged.to_string());
        let error = import(&scene, &path, &["--identity", &identity]).exits(5).error();
        assert!(["age.not_an_age_file", "config.secrets"].contains(&error.code.as_str()), "{error:?}");
    }
    assert_eq!(connections(&scene).len(), 0);
    let report = import(&scene, &file, &["--without-secrets"]).exits(0).json();
    assert!(left(&report).contains(&("connection Contoso".to_owned(), "Client Secret".to_owned())), "{report}");
    // An identity without secrets is a mistake, too.
    let plain = export(&scene, "plain.json", &[]);
    let error = import(&scene, &plain, &["--identity", &identity, "--replace"]).exits(5).error();
    assert_eq!(error.code, "config.without_secrets");
    let secret_half = scene.beacon(&["--json", "config", "export", "x.json", "--secrets-to", "AGE-SECRET-KEY-1X"]);
    assert_eq!(secret_half.exits(5).error().code, "age.identity_instead");
}

/// Whoever changes an address in the file gets no secret sent there.
#[test]
fn a_secret_goes_nowhere_else_whatever_the_file_says() {
    let scene = furnished();
    let (identity, recipient) = key(&scene, "key.txt");
    let file = export(&scene, "config.json", &["--secrets-to", &recipient]);
    let mut content: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    content["connections"][0]["settings"]["login_root"] = json!("https://localhost:1");
    content["destinations"][0]["place"]["upload"]["address"] = json!("https://elsewhere.example/");
    let path = scene.input("altered.json", content.to_string());
    let identity = identity.display().to_string();
    let report = import(&scene, &path, &["--identity", &identity]).exits(0).json();
    let left = left(&report);
    for expected in [("connection Contoso", "Client Secret"), ("destination Files", "credential")] {
        assert!(left.contains(&(expected.0.to_owned(), expected.1.to_owned())), "{left:?}");
    }
    scene.tenant.clear_requests();
    let run = elsewhere(&scene, &["--json", "run", "Contoso"]);
    assert_ne!(run.code, Some(0), "{}", run.output);
    assert!(scene.tenant.requests().is_empty());
}

/// A beacon that serves gives and takes it, too: files are those of the person at the command line.
#[test]
fn a_beacon_that_serves_exports_and_imports() {
    let scene = furnished();
    let (identity, recipient) = key(&scene, "key.txt");
    let _served = crate::harness::served::Served::start(&scene);
    let file = export(&scene, "config.json", &["--secrets-to", &recipient]);
    let identity = identity.display().to_string();
    let shown = file.display().to_string();
    let replaced = ["--json", "config", "import", &shown, "--identity", &identity, "--replace"];
    let report = scene.beacon(&replaced).exits(0).json();
    assert_eq!(report["report"]["items"].as_array().map(Vec::len), Some(8), "{report}");
    scene.import("Contoso");
}
