//! Each provider: it gives the keys, it says so when they are missing, and they move from one to the other.

use super::{add_contoso, assert_open, beacon, imports, key_out, status};
use crate::harness::{Finished, Scene};
use serde_json::json;
use std::path::{Path, PathBuf};

const PASSPHRASE: &str = "seven words that nobody else would choose";
const OTHER_PASSPHRASE: &str = "another seven words that nobody would choose";

/// A folder as the service manager makes one, with this credential in it.
fn credentials(scene: &Scene, folder: &str, content: &[u8]) -> PathBuf {
    let folder = scene.input("anchor", "").with_file_name(folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("beacon-keys"), content).expect("a file");
    folder
}

/// Refused: with this code, the provider's name, and this in the next step.
#[track_caller]
fn assert_refused(finished: Finished, code: &str, provider: &str, next_step: &str) {
    let trouble = finished.exits(5).error();
    assert_eq!(trouble.code, code, "{trouble:?}");
    assert!(trouble.title.contains(&format!("`{provider}`")), "{trouble:?}");
    assert!(trouble.advice.contains(next_step), "{trouble:?}");
}

#[test]
fn a_credential_of_the_service_manager_holds_the_keys() {
    let scene = Scene::small();
    let folder = credentials(&scene, "credentials", &[7; 32]);
    let given = [("CREDENTIALS_DIRECTORY", folder.as_path())];
    add_contoso(&scene, &given);
    imports(&scene, &given);
    assert!(!scene.key_file().exists(), "a credential comes before a key file");
    let before = status(&scene, &given);
    assert_eq!((&before["provider"], &before["older_keys"]), (&json!("systemd-credential"), &json!(0)));
    let run = ["--json", "run", "Contoso"];
    assert_refused(scene.beacon(&run), "credential.missing", "systemd-credential", "LoadCredentialEncrypted");
    assert!(!scene.key_file().exists(), "no other provider takes its place");
    let strange = credentials(&scene, "strange", &[8; 32]);
    let other = beacon(&scene, &[("CREDENTIALS_DIRECTORY", &strange)], &run).exits(5).error();
    assert_eq!(other.code, "vault.unknown_key_encryption_key");
    assert!(other.title.contains("`systemd-credential`"), "{other:?}");

    // New keys go to a file, which becomes the credential.
    let rotate = ["--json", "secrets", "rotate"];
    assert_eq!(beacon(&scene, &given, &rotate).exits(5).error().code, "keys.output_needed");
    let output = key_out(&scene, "new-keys");
    let shown = output.display().to_string();
    let rotated = beacon(&scene, &given, &[&rotate[..], &["--key-out", &shown, "--forget-old"]].concat());
    let rotated = rotated.exits(0).json();
    let steps = rotated["left_to_do"].to_string();
    assert!(steps.contains("systemd-creds encrypt --name=beacon-keys") && steps.contains(&shown), "{steps}");
    assert_eq!(beacon(&scene, &given, &run).exits(5).error().code, "vault.unknown_key_encryption_key");
    std::fs::copy(&output, folder.join("beacon-keys")).expect("the new credential");
    imports(&scene, &given);
    let after = status(&scene, &given);
    assert_eq!(after["key_id"], rotated["key_id"]);
    assert_ne!(after["fingerprint"], before["fingerprint"]);
    // A file that is there already is nobody's to replace.
    let again = beacon(&scene, &given, &[&rotate[..], &["--key-out", &shown]].concat());
    assert_refused(again, "credential.output_exists", "systemd-credential", "does not exist yet");
    assert_open(&scene, &given, 1);
}

#[test]
fn a_passphrase_locks_the_keys() {
    let scene = Scene::small();
    scene.keep_secret(PASSPHRASE);
    scene.keep_secret(OTHER_PASSPHRASE);
    let (right, wrong) = (scene.input("right.txt", PASSPHRASE), scene.input("wrong.txt", OTHER_PASSPHRASE));
    let provider = ("BEACON_KEY_PROVIDER", Path::new("passphrase"));
    let given = [provider, ("BEACON_PASSPHRASE_FILE", right.as_path())];
    let list = ["--json", "connection", "list"];
    let short = scene.input("short.txt", "too short\n");
    let refused = beacon(&scene, &[provider, ("BEACON_PASSPHRASE_FILE", &short)], &list);
    assert_refused(refused, "passphrase.too_short", "passphrase", "words");

    add_contoso(&scene, &given);
    imports(&scene, &given);
    assert!(!scene.key_file().exists());
    let locked = scene.data().join("keys.locked");
    let text = std::fs::read_to_string(&locked).expect("the locked keys");
    assert!(text.contains("\nargon2id m=65536 t=3 p=4\n"), "{text}");
    assert_refused(scene.beacon(&list), "passphrase.not_given", "passphrase", "--passphrase-file");
    let other = beacon(&scene, &[("BEACON_PASSPHRASE_FILE", &wrong)], &list);
    assert_refused(other, "passphrase.does_not_open", "passphrase", "Give the passphrase");

    // Whoever can write to the folder can neither make guessing cheap nor a start endless.
    for (altered, code) in [
        (text.replace("m=65536", "m=8"), "passphrase.cost"),
        (text.replace("t=3", "t=1"), "passphrase.cost"),
        (text.replace("m=65536", "m=4294967295"), "passphrase.cost"),
        (text.replace("t=3", "t=4294967295"), "passphrase.cost"),
        (text.replace("t=3", "t=2"), "passphrase.does_not_open"),
        (text.replace("argon2id", "argon2i"), "passphrase.damaged"),
    ] {
        std::fs::write(&locked, altered).expect("a file of our own");
        assert_refused(beacon(&scene, &given, &list), code, "passphrase", "backup");
    }
    std::fs::remove_file(&locked).expect("a file of our own");
    assert_refused(beacon(&scene, &given, &list), "passphrase.file", "passphrase", "backup");
    assert!(!locked.exists(), "no new one was made");
    std::fs::write(&locked, &text).expect("a file of our own");
    crate::harness::modes::make_private(&locked);
    imports(&scene, &given);

    let change = ["--json", "secrets", "rekey", "--provider", "passphrase", "--new-passphrase-file"];
    let new = wrong.display().to_string();
    beacon(&scene, &given, &[&change[..], &[&new]].concat()).exits(0);
    let refused = beacon(&scene, &given, &list);
    assert_refused(refused, "passphrase.does_not_open", "passphrase", "Give the passphrase");
    imports(&scene, &[("BEACON_PASSPHRASE_FILE", &wrong)]);
}

#[test]
fn keys_move_from_one_provider_to_another() {
    let scene = Scene::small();
    scene.keep_secret(PASSPHRASE);
    add_contoso(&scene, &[]);
    let rekey = |environment: &[(&str, &Path)], more: &[&str]| {
        beacon(&scene, environment, &[&["--json", "secrets", "rekey", "--provider"], more].concat())
    };
    assert_eq!(rekey(&[], &["key-file"]).exits(5).error().code, "keys.same_provider");
    assert_eq!(rekey(&[], &["systemd-credential"]).exits(5).error().code, "keys.output_needed");
    assert_eq!(rekey(&[], &["passphrase"]).exits(5).error().code, "passphrase.not_given");
    let elsewhere = beacon(&scene, &[], &["--json", "--key-provider", "passphrase", "connection", "list"]);
    let elsewhere = elsewhere.exits(5).error();
    assert_eq!(elsewhere.code, "keys.other_provider");
    assert!(elsewhere.title.contains("`key-file`") && elsewhere.advice.contains("rekey"), "{elsewhere:?}");

    let output = key_out(&scene, "credential");
    let moved = rekey(&[], &["systemd-credential", "--key-out", &output.display().to_string()]).exits(0).json();
    assert_eq!(moved["from"]["provider"], "key-file");
    assert!(scene.key_file().exists(), "the old keys stay where nobody says otherwise");
    let listed = scene.beacon(&["--json", "connection", "list"]);
    assert_refused(listed, "credential.missing", "systemd-credential", "systemd-run");
    let folder = credentials(&scene, "credentials", &std::fs::read(&output).expect("the new keys"));
    let given = [("CREDENTIALS_DIRECTORY", folder.as_path())];
    assert_open(&scene, &given, 1);

    let passphrase = scene.input("passphrase.txt", PASSPHRASE);
    let shown = passphrase.display().to_string();
    rekey(&given, &["passphrase", "--new-passphrase-file", &shown]).exits(0);
    let given = [("BEACON_PASSPHRASE_FILE", passphrase.as_path())];
    assert_open(&scene, &given, 1);
    // The key file of before gets one more key; the locked file goes.
    rekey(&given, &["key-file", "--forget-old"]).exits(0);
    assert!(!scene.data().join("keys.locked").exists());
    imports(&scene, &[]);
    let status = status(&scene, &[]);
    assert_eq!((&status["provider"], &status["older_keys"]), (&json!("key-file"), &json!(1)));
}

/// On Linux, where the kernel lets this process have a keyring; elsewhere the provider says that there is none.
#[test]
fn the_keyring_of_the_system_holds_the_keys_until_it_restarts() {
    let scene = Scene::small();
    add_contoso(&scene, &[]);
    let copy = key_out(&scene, "copy");
    let shown = copy.display().to_string();
    let move_there = ["--json", "secrets", "rekey", "--provider", "os-keyring", "--key-out", &shown];
    let moved = scene.beacon(&move_there);
    if moved.code != Some(0) {
        assert_refused(moved, "keyring.unavailable", "os-keyring", "another provider");
        return imports(&scene, &[]);
    }
    assert_eq!(status(&scene, &[])["provider"], "os-keyring");
    assert!(std::fs::read_to_string(&copy).is_ok_and(|text| text.starts_with("beacon-key-file 1\n")));
    imports(&scene, &[]);
    // What the kernel forgets at a restart is forgotten here by hand.
    let kept = std::fs::read(scene.data().join(beacon_store::DATABASE_FILE)).expect("the database");
    scene.beacon(&["secrets", "rekey", "--provider", "key-file", "--forget-old"]).exits(0);
    imports(&scene, &[]);
    std::fs::write(scene.data().join(beacon_store::DATABASE_FILE), kept).expect("the database");
    let listed = scene.beacon(&["--json", "connection", "list"]);
    assert_refused(listed, "keyring.missing", "os-keyring", "keyctl padd user m365-beacon:");
}
