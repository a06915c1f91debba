//! New keys: everything opens with them, and whoever wants the old ones gone gets that.

use super::{DATA_KEYS, SECRETS, assert_open, imports, status, with_secrets_of_all_kinds};
use crate::harness::Scene;
use crate::harness::served::{Served, eventually};
use serde_json::Value;
use std::collections::BTreeSet;

fn data_keys(status: &Value) -> BTreeSet<String> {
    let keys = status["data_keys"].as_array().expect("data keys");
    keys.iter().map(|key| key["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_rotation_renews_every_key_and_keeps_every_secret() {
    let scene = with_secrets_of_all_kinds();
    let before = status(&scene, &[]);
    assert_eq!((&before["secrets"], data_keys(&before).len()), (&SECRETS.into(), DATA_KEYS), "{before}");
    assert!(before["made_at"].is_string(), "{before}");
    let owners: Vec<_> = before["data_keys"].as_array().expect("keys").iter().map(|key| &key["belongs_to"]).collect();
    let owners: Vec<_> = owners.iter().map(|owner| (owner["kind"].as_str(), owner["name"].as_str())).collect();
    let expected = [
        (Some("connection"), Some("Contoso")),
        (Some("destination"), Some("Files")),
        (Some("installation"), Some("shared")),
    ];
    assert_eq!(owners, expected);
    let text = scene.beacon(&["secrets", "status"]).exits(0).output;
    let fingerprint = before["fingerprint"].as_str().expect("a fingerprint");
    for part in ["key-file", fingerprint, "connection Contoso", "destination Files", "installation shared"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }

    let rotated = scene.beacon(&["--json", "secrets", "rotate"]).exits(0).json();
    assert_eq!((&rotated["secrets"], &rotated["data_keys"]), (&SECRETS.into(), &DATA_KEYS.into()));
    assert_eq!(rotated["older_keys"], 1);
    let after = status(&scene, &[]);
    assert_eq!(after["key_id"], rotated["key_id"]);
    assert_ne!(after["key_id"], before["key_id"]);
    assert!(data_keys(&after).is_disjoint(&data_keys(&before)), "{after}");
    let wrapped = after["data_keys"].as_array().expect("keys").iter().all(|key| key["wrapped_with"] == after["key_id"]);
    assert!(wrapped && after["secrets"] == SECRETS, "{after}");
    assert_open(&scene, &[], SECRETS);
    imports(&scene, &[]);

    // Kept for backups, until somebody wants them gone.
    let lines = || std::fs::read_to_string(scene.key_file()).expect("the key file").lines().count();
    assert_eq!(lines(), 3);
    let rotated = scene.beacon(&["--json", "secrets", "rotate", "--forget-old"]).exits(0).json();
    assert_eq!((&rotated["forgotten"], &rotated["older_keys"]), (&2.into(), &0.into()));
    assert_eq!(lines(), 2);
    assert_open(&scene, &[], SECRETS);
    imports(&scene, &[]);
}

#[test]
fn keys_are_looked_at_but_not_changed_while_a_beacon_serves() {
    let scene = with_secrets_of_all_kinds();
    let before = status(&scene, &[]);
    let _served = Served::start(&scene);
    assert_eq!(status(&scene, &[]), before);
    assert_open(&scene, &[], SECRETS);
    for change in [&["rotate"][..], &["rekey", "--provider", "passphrase"]] {
        let refused = scene.beacon(&[&["--json", "secrets"], change].concat()).exits(5).error();
        assert_eq!(refused.code, "keys.served", "{change:?}: {refused:?}");
    }
}

/// The journal of an interrupted import is under a data key of before: that one stays until the import is over.
#[test]
fn an_interrupted_import_goes_on_after_a_rotation() {
    // Sign-in dates come five pages in ten seconds: there is time to be killed.
    let scene = Scene::paged(60, 10);
    let running = scene.start(&["run", "Contoso"]);
    eventually("some pages are read", || (scene.tenant.asked("/v1.0/users") >= 3).then_some(()));
    scene.remember(running.kill());
    scene.beacon(&["secrets", "rotate", "--forget-old"]).exits(0);
    let keys = |status: Value| status["data_keys"].as_array().map(Vec::len);
    assert_eq!(keys(status(&scene, &[])), Some(2));
    let resumed = scene.run("Contoso", &[]).exits(0);
    assert!(resumed.errors.contains("this one goes on where it was"), "{}", resumed.errors);
    scene.beacon(&["secrets", "rotate"]).exits(0);
    assert_eq!(keys(status(&scene, &[])), Some(1));
    assert_open(&scene, &[], 1);
}
