//! What an examination finds.

use super::{bad, finds, overwrite, put_database, told};
use crate::harness::scene::Scene;
use crate::harness::served::Served;
use beacon_operations::Installation;
use beacon_store::DATABASE_FILE;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

/// A small tenant with an imported connection.
fn imported() -> Scene {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    scene.import("Contoso");
    scene
}

/// Stores the secret of `Contoso` with an end in so many days.
#[track_caller]
fn secret_ends_in(scene: &Scene, days: i64) {
    let today = Installation::now().to_zoned(TimeZone::UTC).date();
    let expires = format!("client_secret={}", today.checked_add(days.days()).expect("a day"));
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let edit = ["connection", "edit", "Contoso", "--secret", &secret, "--secret-expires", &expires];
    scene.beacon(&edit).exits(0);
}

fn module(scene: &Scene) -> PathBuf {
    let mut folder = scene.data().join("modules");
    for _ in 0..2 {
        let inner = std::fs::read_dir(&folder).expect("a folder").next().expect("something in it");
        folder = inner.expect("an entry").path();
    }
    folder.join("module.wasm")
}

#[test]
fn each_thing_that_breaks_has_its_code_its_cause_and_its_exit_code() {
    let scene = imported();
    let report = scene.beacon(&["--json", "doctor"]).exits(0).json();
    assert_eq!((&report["level"], &report["cause"]), (&"ok".into(), &serde_json::Value::Null), "{report:#}");
    let codes: Vec<_> = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| one["code"].as_str().expect("a code"))
        .collect();
    for code in [
        "clock.right",
        "credentials.live",
        "daemon.none",
        "delivery.none_stuck",
        "disk.database_sound",
        "disk.folder",
        "disk.space",
        "keys.open",
        "module.trusted",
        "network.reached",
        "page.whole",
        "tls.by_added_authority",
        "tls.ca_file",
    ] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
    let text = scene.beacon(&["doctor", "Contoso"]).exits(0).output;
    assert!(text.contains("checks are fine") && text.contains(&scene.tenant.login_origin()), "{text}");

    secret_ends_in(&scene, 20);
    let report = finds(&scene, 10, "credentials.expires");
    assert_eq!(report["findings"][0]["connections"], serde_json::json!(["Contoso"]));
    secret_ends_in(&scene, -1);
    finds(&scene, 18, "credentials.expired");
    secret_ends_in(&scene, 300);

    // Nobody granted this machine's own addresses, or added the tenant's authority.
    let ca = scene.input("tenant-ca.pem", scene.tenant.ca_pem()).display().to_string();
    let report = told(scene.run_command(scene.bare(&["--json", "--ca-file", &ca, "doctor"])), 11, "egress.address");
    assert_eq!(bad(&report).iter().filter(|(code, ..)| code == "egress.address").count(), 3, "each host: {report:#}");
    let without = scene.bare(&["--json", "--allow-address", "127.0.0.0/8", "doctor"]);
    let report = told(scene.run_command(without), 13, "http.tls");
    let title = report["findings"][0]["title"].as_str().expect("a title");
    assert!(title.contains("Simulated Microsoft sign-in, test authority"), "who answers is named: {title}");
    let broken = scene.input("no-ca.pem", "no certificate").display().to_string();
    told(scene.run_command(scene.bare(&["--json", "--ca-file", &broken, "doctor"])), 13, "tls.ca_file");

    let archive = scene.written("archive");
    std::fs::create_dir(&archive).expect("a folder");
    let named = archive.display().to_string();
    scene.beacon(&["destination", "add", "Archive", "--folder", &named]).exits(0);
    finds(&scene, 0, "disk.folder");
    std::fs::remove_dir(&archive).expect("an empty folder");
    finds(&scene, 19, "delivery.folder_missing");

    let module = module(&scene);
    let bytes = std::fs::read(&module).expect("the module");
    std::fs::write(&module, b"something else").expect("a file");
    // What was put in its place is found, and left where it is.
    finds(&scene, 17, "module.altered");
    assert_eq!(std::fs::read(&module).expect("a file"), b"something else");
    std::fs::write(&module, bytes).expect("a file");

    let kept = scene.input("kept-keys", std::fs::read(scene.key_file()).expect("the keys"));
    std::fs::remove_file(scene.key_file()).expect("the keys");
    let report = scene.beacon(&["--json", "doctor"]).exits(16).json();
    assert_eq!(report["cause"], "keys", "{report:#}");
    assert!(!scene.key_file().exists(), "nobody made another one");
    std::fs::copy(kept, scene.key_file()).expect("the keys");
    std::fs::set_permissions(scene.key_file(), std::fs::Permissions::from_mode(0o600)).expect("the keys");

    std::fs::set_permissions(scene.data(), std::fs::Permissions::from_mode(0o750)).expect("our own folder");
    let report = scene.beacon(&["--json", "doctor"]).exits(15).json();
    assert!(bad(&report).iter().any(|(code, ..)| code == "disk.open_to_others"), "{report:#}");
    std::fs::set_permissions(scene.data(), std::fs::Permissions::from_mode(0o700)).expect("our own folder");
}

#[test]
fn where_nothing_is_nothing_is_made() {
    let scene = Scene::small();
    let report = finds(&scene, 10, "disk.no_data");
    assert!(bad(&report).iter().all(|(_, level, _)| level == "warning"), "{report:#}");
    assert!(!scene.data().exists() && !scene.key_file().exists());
    assert_eq!(scene.beacon(&["--json", "doctor", "Nobody"]).exits(10).json()["findings"][0]["code"], "disk.no_data");
}

#[test]
fn a_beacon_that_serves_is_examined_from_within() {
    let scene = imported();
    let served = Served::start(&scene);
    let report = scene.beacon(&["--json", "doctor"]).exits(0).json();
    let codes = report["findings"].as_array().expect("findings").iter().map(|one| one["code"].clone());
    assert!(codes.into_iter().any(|code| code == "daemon.serves"), "{report:#}");
    let unknown = scene.beacon(&["--json", "doctor", "Nobody"]).exits(5).error();
    assert_eq!(unknown.code, "connection.unknown");
    // What whoever asks wanted to be trusted is no matter of keys, with and without somebody who serves.
    let missing = scene.written("missing.pem").display().to_string();
    let untrusted =
        || told(scene.run_command(scene.bare(&["--json", "--ca-file", &missing, "doctor"])), 13, "tls.ca_file");
    let report = untrusted();
    assert!(report.to_string().contains("daemon.serves") && report.to_string().contains("keys.open"), "{report:#}");
    drop(served);
    untrusted();
    // A crash leaves a door behind that leads nowhere; nobody holds the folder any more.
    let report = scene.beacon(&["--json", "doctor"]).exits(0).json();
    assert_eq!(report["level"], "ok", "{report:#}");
}

#[test]
fn damage_in_one_place_is_told_and_hides_nothing_else() {
    let scene = imported();
    let kept = {
        // What was written last goes into the file that is kept.
        scene.database().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("nobody else reads");
        std::fs::read(scene.data().join(DATABASE_FILE)).expect("the database")
    };
    for table in ["connections", "connection_switches", "due", "runs"] {
        let name = if table == "connections" { &["Contoso"][..] } else { &[] };
        overwrite(&scene, table);
        let report = told(scene.beacon(&[&["--json", "doctor"], name].concat()), 15, "disk.database_damaged");
        for code in ["store.damaged", "module.trusted", "daemon.none"] {
            assert!(report.to_string().contains(code), "{table}: {report:#}");
        }
        put_database(&scene, &kept);
    }
    finds(&scene, 0, "disk.folder");
}

#[test]
fn what_a_person_holds_is_looked_at_when_it_is_named() {
    let scene = imported();
    secret_ends_in(&scene, -1);
    finds(&scene, 18, "credentials.expired");
    scene.beacon(&["connection", "disable", "Contoso"]).exits(0);
    let host = scene.tenant.login_origin();
    assert!(!finds(&scene, 10, "credentials.expired").to_string().contains(&host), "nobody needs it");
    let named = told(scene.beacon(&["--json", "doctor", "Contoso"]), 10, "credentials.expired");
    assert!(named.to_string().contains(&host), "{named:#}");
}

#[test]
fn an_older_database_stays_as_it_is_and_no_key_is_made() {
    let scene = Scene::small();
    scene.beacon(&["schedule", "add", "Nightly", "--daily", "03:00"]).exits(0);
    std::fs::remove_file(scene.key_file()).expect("a key that nothing is wrapped with");
    finds(&scene, 0, "disk.folder");
    assert!(!scene.key_file().exists(), "nobody made another one");

    let steps = || -> u32 {
        let count = "SELECT count(*) FROM migrations";
        scene.database().query_row(count, [], |row| row.get(0)).expect("a number")
    };
    let before = steps();
    scene.tamper("DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)");
    let report = finds(&scene, 10, "store.older");
    assert!(report["findings"][0]["next_step"].as_str().is_some_and(|next| next.contains("up to date")), "{report:#}");
    assert_eq!(steps(), before - 1);
}
