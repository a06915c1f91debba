//! The file for whoever helps. Secrets of the tenant are searched for at the end of every scene, also within archives.

use super::{overwrite, put_database};
use crate::harness::leak::Search;
use crate::harness::scene::Scene;
use crate::harness::served::Served;
use beacon_store::Store;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Unpacks a bundle with the system's own program, and gives the folder.
#[track_caller]
fn unpacked(scene: &Scene, bundle: &Path, name: &str) -> PathBuf {
    let folder = scene.written(name);
    std::fs::create_dir(&folder).expect("a folder");
    let done = Command::new("tar").arg("-xzf").arg(bundle).arg("-C").arg(&folder).output().expect("tar");
    assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    folder
}

#[track_caller]
fn document(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(name)).expect(name)).expect("JSON")
}

/// Names of the installation and its tenant, and addresses of people.
fn names(scene: &Scene) -> Vec<String> {
    let truth = scene.tenant.truth();
    let people = truth.users().flat_map(|user| [user.user_principal_name, user.display_name]);
    let given = ["Contoso Incorporated", "Contoso_Incorporated", "Cold Storage", "Every Night", "storage-account"];
    let tenant = scene.tenant.tenant_id().to_string();
    people.chain(given.map(str::to_owned)).chain([tenant]).filter(|name| name.len() >= 8).collect()
}

#[test]
fn a_bundle_holds_what_helps_and_neither_secrets_nor_names() {
    let scene = Scene::small();
    scene.add_own_app("Contoso Incorporated");
    let log = scene.written("log").display().to_string();
    scene.beacon(&["schedule", "add", "Every Night", "--daily", "03:00"]).exits(0);
    scene.beacon(&["schedule", "assign", "Every Night", "Contoso Incorporated"]).exits(0);
    let storage = scene.written("Cold Storage");
    std::fs::create_dir(&storage).expect("a folder");
    scene.beacon(&["destination", "add", "Cold Storage", "--folder", &storage.display().to_string()]).exits(0);
    let config = scene.input(
        "beacon.toml",
        format!("[log]\nfolder = {log:?}\n[defaults.\"Microsoft 365\"]\ntenant = \"contoso.example\"\n"),
    );
    let mut served = Served::start_with(&scene, &["--config", &config.display().to_string()]);
    let administrator = served.administrator();
    let connection = administrator.reads("/api/v1/connections")[0]["id"].as_str().expect("an id").to_owned();
    let run = format!("/api/v1/connections/{connection}/runs");
    administrator.sends(Method::POST, &run, None).is(StatusCode::ACCEPTED);
    administrator.reads_until("/api/v1/runs", |runs| runs[0]["status"] == "complete");

    // Beside a beacon that serves, whose configuration and log count; each file is told before it is written.
    let bundle = scene.written("bundle.tar.gz");
    let told = scene.beacon(&["diagnostics", "--out", &bundle.display().to_string()]).exits(0).output;
    let folder = unpacked(&scene, &bundle, "bundle");
    let files = [
        "configuration.json",
        "database.json",
        "doctor.json",
        "log.txt",
        "modules.json",
        "runs.json",
        "schedules.json",
        "version.json",
    ];
    let mut found: Vec<_> =
        std::fs::read_dir(&folder).expect("a folder").flatten().map(|file| file.file_name()).collect();
    found.sort();
    assert_eq!(found, files);
    assert!(files.iter().all(|file| told.contains(file)), "{told}");
    assert_eq!(std::fs::metadata(&bundle).expect("a file").permissions().mode() & 0o777, 0o600);

    let runs = document(&folder, "runs.json");
    assert_eq!((&runs[0]["connection"], &runs[0]["state"]), (&"connection-1".into(), &"complete".into()), "{runs}");
    assert_eq!(document(&folder, "schedules.json")["schedules"][0]["name"], "schedule-1");
    let database = document(&folder, "database.json");
    assert_eq!(database["rows"]["connections"], 1, "{database}");
    assert!(database["schema_version"].as_u64().is_some_and(|version| version >= 8), "{database}");
    assert_eq!(document(&folder, "modules.json")[0]["installed"], true);
    assert_eq!(document(&folder, "doctor.json")["level"], "ok");
    let configuration = document(&folder, "configuration.json");
    assert_eq!(configuration["settings"]["log.folder"]["source"], "file", "{configuration}");
    assert_eq!(configuration["defaults"]["Microsoft 365"]["tenant"], "(left out)");
    let lines = std::fs::read_to_string(folder.join("log.txt")).expect("the log");
    assert!(lines.contains("connection-1") && lines.contains("the beacon serves"), "{lines}");

    let mut search = Search::new(&names(&scene));
    search.folder(&folder);
    assert_eq!(search.found(), Vec::<String>::new());

    // With names, if its owner says so; and without anybody who serves.
    served.kill();
    let finished = scene.beacon(&["--json", "diagnostics", "--with-names", "--out", &bundle.display().to_string()]);
    let report = finished.exits(0).json();
    assert_eq!(report["names_left_in"], true);
    let folder = unpacked(&scene, &bundle, "bundle-with-names");
    assert_eq!(document(&folder, "runs.json")[0]["connection"], "Contoso Incorporated");
}

#[test]
fn a_bundle_is_made_where_nothing_opens_and_has_a_name_of_its_own() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    std::fs::remove_file(scene.key_file()).expect("the keys");
    let mut command = scene.command(&["diagnostics"]);
    let folder = scene.written("here");
    std::fs::create_dir(&folder).expect("a folder");
    command.current_dir(&folder);
    scene.run_command(command).exits(0);
    let folder = unpacked(&scene, &folder.join("beacon-diagnostics.tar.gz"), "bundle");
    assert_eq!(document(&folder, "doctor.json")["cause"], "keys");
    assert_eq!(document(&folder, "runs.json"), serde_json::json!([]));
}

/// The log tells of what was there before, and a run of the schedule that it followed.
#[test]
fn what_was_renamed_removed_or_offboarded_is_in_no_bundle_by_its_name() {
    let scene = Scene::small();
    let log = scene.written("log").display().to_string();
    let logged = |arguments: &[&str]| scene.beacon(&[&["--log-folder", &log], arguments].concat()).exits(0);
    let written = |name: &str, gone: &[&str]| {
        let bundle = scene.written(&format!("{name}.tar.gz"));
        logged(&["diagnostics", "--out", &bundle.display().to_string()]);
        let folder = unpacked(&scene, &bundle, name);
        let gone: Vec<_> = gone.iter().map(|name| (*name).to_owned()).collect();
        let mut search = Search::new(&gone);
        search.folder(&folder);
        assert_eq!(search.found(), Vec::<String>::new());
        folder
    };
    scene.add_own_app("Contoso Incorporated");
    scene.add_folder("Cold Storage", "storage", &[]);
    scene.beacon(&["schedule", "add", "Every Night", "--daily", "03:00"]).exits(0);
    scene.beacon(&["schedule", "assign", "Every Night", "Contoso Incorporated"]).exits(0);
    logged(&["schedule", "trigger", "Every Night"]);
    logged(&["run", "--due"]);

    logged(&["connection", "edit", "Contoso Incorporated", "--rename", "Northwind Traders"]);
    logged(&["schedule", "remove", "Every Night", "--yes"]);
    logged(&["destination", "remove", "Cold Storage", "--yes"]);
    let before = ["Contoso Incorporated", "Contoso_Incorporated", "Every Night", "Cold Storage"];
    let folder = written("renamed", &before);
    let runs = document(&folder, "runs.json");
    assert_eq!((&runs[0]["connection"], &runs[0]["schedule"]), (&"connection-1".into(), &"(gone)".into()), "{runs}");
    let lines = std::fs::read_to_string(folder.join("log.txt")).expect("the log");
    assert!(lines.contains("connection=(gone) tenant=tenant-1") && lines.contains("schedule=(gone)"), "{lines}");

    let tenant = scene.tenant.tenant_id().to_string();
    logged(&["tenant", "offboard", "Northwind Traders", "--yes"]);
    let folder = written("offboarded", &[&before[..], &["Northwind Traders", &tenant]].concat());
    let lines = std::fs::read_to_string(folder.join("log.txt")).expect("the log");
    assert!(lines.contains("connection=(gone) tenant=(gone)"), "{lines}");
}

#[test]
fn without_a_database_no_log_goes_along_unless_names_may() {
    let scene = Scene::small();
    scene.add_own_app("Contoso Incorporated");
    let log = scene.written("log").display().to_string();
    let bundle = scene.written("bundle.tar.gz");
    let out = bundle.display().to_string();
    let diagnostics = ["--log-folder", log.as_str(), "diagnostics", "--out", out.as_str()];
    scene.beacon(&["--log-folder", &log, "run", "Contoso Incorporated"]).exits(0);
    let nameless = |name: &str| {
        let said = scene.beacon(&diagnostics).exits(0);
        assert!(said.output.contains("the log and what was found beside the disk are left out"), "{}", said.output);
        let folder = unpacked(&scene, &bundle, name);
        let mut search = Search::new(&["Contoso Incorporated".to_owned()]);
        search.folder(&folder);
        assert_eq!(search.found(), Vec::<String>::new());
        assert_eq!(document(&folder, "doctor.json")["cause"], "disk");
        folder
    };
    // Each document that cannot be read says so, and the others go along.
    overwrite(&scene, "connections");
    let folder = nameless("damaged");
    assert_eq!(document(&folder, "runs.json"), serde_json::json!({ "error": "store.damaged" }));
    assert_eq!(document(&folder, "schedules.json")["schedules"], serde_json::json!([]));

    put_database(&scene, "no database at all ".repeat(500));
    let folder = nameless("destroyed");
    assert!(!folder.join("runs.json").exists());
    scene.beacon(&[&diagnostics[..], &["--with-names"]].concat()).exits(0);
    let folder = unpacked(&scene, &bundle, "with-names");
    let lines = std::fs::read_to_string(folder.join("log.txt")).expect("the log");
    assert!(lines.contains("Contoso Incorporated"), "{lines}");
}

#[test]
fn a_bundle_is_made_beside_a_process_that_holds_the_folder_and_lets_nobody_in() {
    let scene = Scene::small();
    scene.add_own_app("Contoso");
    let held = Store::open(&scene.data()).expect("nobody else has it");
    let bundle = scene.written("bundle.tar.gz");
    let said = scene.beacon(&["diagnostics", "--out", &bundle.display().to_string()]).exits(0);
    assert!(said.errors.contains("The audit trail could not be told of it"), "{}", said.errors);
    drop(held);
    let report = document(&unpacked(&scene, &bundle, "bundle"), "doctor.json");
    assert_eq!((&report["cause"], &report["findings"][0]["code"]), (&"daemon".into(), &"store.locked".into()));
}
