//! What cannot be opened is named, with what it belongs to; and nothing else is touched.

use super::{SECRETS, add_contoso, assert_open, imports, status, with_secrets_of_all_kinds};
use serde_json::Value;

/// Checks every secret, expects this exit code, and gives what does not open: kind, name, slot and code.
#[track_caller]
fn broken(scene: &crate::harness::Scene, exit: i32) -> Vec<[String; 4]> {
    let checked = scene.beacon(&["--json", "secrets", "check"]).exits(exit).json();
    let secrets = checked["secrets"].as_array().expect("secrets");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let broken = secrets.iter().filter(|one| !one["trouble"].is_null()).map(|one| {
        let owner = &one["belongs_to"];
        [text(&owner["kind"]), text(&owner["name"]), text(&one["slot"]), text(&one["trouble"]["code"])]
    });
    broken.collect()
}

#[test]
fn a_secret_that_does_not_open_is_named_and_stops_a_rotation() {
    let scene = with_secrets_of_all_kinds();
    assert!(broken(&scene, 0).is_empty());
    scene.tamper("UPDATE secrets SET ciphertext = zeroblob(40)");
    let expected = ["connection", "Contoso", "client_secret", "vault.value_not_authentic"].map(str::to_owned);
    assert_eq!(broken(&scene, 5), [expected]);
    let text = scene.beacon(&["secrets", "check"]).exits(5).output;
    for part in ["connection Contoso, client_secret", "Enter the secret of this connection again", "1 of 4 secrets"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let keys = std::fs::read(scene.key_file()).expect("the key file");
    let before = status(&scene, &[]);
    let refused = scene.beacon(&["--json", "secrets", "rotate"]).exits(5).error();
    assert_eq!(refused.code, "keys.secret_does_not_open");
    assert!(refused.text().contains("connection Contoso: client_secret"), "{refused:?}");
    assert_eq!(std::fs::read(scene.key_file()).expect("the key file"), keys);
    assert_eq!(status(&scene, &[]), before);

    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    scene.beacon(&["connection", "edit", "Contoso", "--secret", &secret]).exits(0);
    scene.beacon(&["secrets", "rotate"]).exits(0);
    assert_open(&scene, &[], SECRETS);
    imports(&scene, &[]);
}

#[test]
fn a_secret_for_another_address_is_named() {
    let scene = with_secrets_of_all_kinds();
    scene.tamper(
        "UPDATE destinations SET location = 'https://elsewhere.example.com/in/'; \
         UPDATE default_proxy SET server = 'https://elsewhere.example.com:8443';",
    );
    let expected = [
        ["destination", "Files", "destination.bearer", "vault.origins_changed"],
        ["installation", "default proxy", "proxy.password", "vault.origins_changed"],
    ];
    assert_eq!(broken(&scene, 5), expected.map(|parts| parts.map(str::to_owned)));
    // They are as whole as before, so new keys are no danger to them.
    scene.beacon(&["secrets", "rotate"]).exits(0);
    assert_eq!(broken(&scene, 5).len(), 2);
}

#[test]
fn a_data_key_that_does_not_open_is_named_with_every_secret_below_it() {
    let scene = with_secrets_of_all_kinds();
    scene.tamper("UPDATE destination_keys SET ciphertext = zeroblob(48)");
    let expected = ["destination", "Files", "destination.bearer", "vault.key_not_authentic"].map(str::to_owned);
    assert_eq!(broken(&scene, 5), [expected]);
    let status = scene.beacon(&["--json", "secrets", "status"]).exits(5).json();
    assert_eq!(status["trouble"]["code"], "vault.key_not_authentic");
}

/// Without its keys a beacon refuses everything, until somebody decides that they are lost.
#[test]
fn lost_keys_are_given_up_by_a_person_alone() {
    let scene = crate::harness::Scene::small();
    add_contoso(&scene, &[]);
    let reset = ["--json", "secrets", "reset", "--yes"];
    assert_eq!(scene.beacon(&reset).exits(5).error().code, "keys.not_lost");
    std::fs::remove_file(scene.key_file()).expect("the key file");
    let status = scene.beacon(&["--json", "secrets", "status"]).exits(5).json();
    assert_eq!((&status["provider"], &status["secrets"]), (&Value::from("key-file"), &Value::from(1)), "{status}");
    assert_eq!(status["trouble"]["code"], "key_file.missing");
    scene.beacon(&["secrets", "reset"]).exits(130);
    let refused = scene.beacon(&["--json", "connection", "list"]).exits(5).error();
    assert!(refused.title.contains("`key-file`"), "{refused:?}");
    assert_eq!(scene.beacon(&reset).exits(0).json()["forgotten"], 1);
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    scene.beacon(&["connection", "edit", "Contoso", "--secret", &secret]).exits(0);
    imports(&scene, &[]);
    assert_open(&scene, &[], 1);
}
