//! What is kept: connections, secrets, modules.

use crate::harness::Scene;
use crate::harness::forms::own_app;
use crate::harness::modes;
use beacon_simulator::ClientId;
use serde_json::Value;
use std::path::PathBuf;

fn names(scene: &Scene) -> Vec<String> {
    let list = scene.beacon(&["--json", "connection", "list"]).exits(0).json();
    let name = |connection: &Value| connection["connection"]["name"].as_str().expect("a name").to_owned();
    list["connections"].as_array().expect("a list").iter().map(name).collect()
}

#[test]
fn a_second_connection_of_a_tenant_is_refused_unless_confirmed() {
    let scene = Scene::contoso();
    let trouble = scene.add("Contoso again", &own_app(&scene.tenant), &[]).exits(5).error();
    assert!(trouble.text().contains("Contoso"), "the present one is named: {trouble:?}");
    assert_eq!(names(&scene), ["Contoso"]);
    scene.add("Contoso again", &own_app(&scene.tenant), &["--second-connection"]).exits(0);
    assert_eq!(names(&scene), ["Contoso", "Contoso again"]);
    // The same name, in any spelling, is never free.
    scene.add("contoso", &own_app(&scene.tenant), &["--second-connection"]).exits(5);
}

#[test]
fn names_change_and_connections_go() {
    let scene = Scene::contoso();
    let before = scene.import("Contoso");
    scene.beacon(&["connection", "edit", "Contoso", "--rename", "Contoso Ltd"]).exits(0);
    assert_eq!(names(&scene), ["Contoso Ltd"]);
    scene.run("Contoso", &[]).exits(5);
    assert_eq!(scene.import("Contoso Ltd").package_id(), before.package_id());
    scene.beacon(&["connection", "remove", "Contoso Ltd", "--yes"]).exits(0);
    assert_eq!(names(&scene), Vec::<String>::new());
    assert!(before.folder.join("datapackage.json").is_file(), "packages stay");
}

/// Secrets are write-only: shown as configured, never as they are. The search at the end of the test sees to it that
/// they lie nowhere in the open.
#[test]
fn secrets_are_only_shown_as_configured() {
    let scene = Scene::contoso();
    let shown = scene.beacon(&["connection", "show", "Contoso"]).exits(0).output;
    assert!(shown.contains("Client Secret") || shown.contains("client_secret"), "{shown}");
    let json = scene.beacon(&["--json", "connection", "show", "Contoso"]).exits(0).json().to_string();
    assert!(json.contains("client_secret"), "{json}");
}

/// A stored secret is bound to the origin it may go to: a new login address disables it until it is entered again.
#[test]
fn a_new_login_address_disables_the_secrets() {
    let scene = Scene::contoso();
    scene.import("Contoso");
    scene.tenant.clear_requests();
    let elsewhere = scene.tenant.login_origin().replace("localhost", "127.0.0.1");
    let set = format!("login_root={elsewhere}");
    scene.beacon(&["connection", "edit", "Contoso", "--set", &set]).exits(0);
    let trouble = scene.run("Contoso", &[]).exits(5).error();
    assert!(trouble.text().to_lowercase().contains("again"), "says to enter it again: {trouble:?}");
    let tokens = scene.tenant.requests().into_iter().filter(|request| request.grant.is_some()).count();
    assert_eq!(tokens, 0, "the secret went nowhere");
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    scene.beacon(&["connection", "edit", "Contoso", "--secret", &secret]).exits(0);
    scene.import("Contoso");
}

/// A connection is pinned to its tenant: another application's answer is not taken for it.
#[test]
fn the_test_names_the_tenant_and_what_is_missing() {
    let scene = Scene::contoso();
    let report = scene.beacon(&["--json", "connection", "test", "Contoso"]).exits(0).json();
    let checks = report["checks"].as_array().expect("checks");
    assert!(checks.len() >= 4, "{report}");
    assert!(checks.iter().all(|check| check["outcome"] == "pass"), "{report}");
    assert!(report.to_string().contains(&scene.tenant.tenant_id().to_string()), "{report}");
    assert_eq!(scene.packages(), Vec::<PathBuf>::new());
}

fn installed_module(scene: &Scene) -> PathBuf {
    let versions = std::fs::read_dir(scene.data().join("modules/microsoft-365")).expect("the installed module");
    let version = versions.flatten().next().expect("a version").path();
    version.join("module.wasm")
}

#[test]
fn an_altered_module_file_is_refused() {
    let scene = Scene::contoso();
    scene.import("Contoso");
    let path = installed_module(&scene);
    let original = std::fs::read(&path).expect("the module");
    let mut altered = original.clone();
    *altered.last_mut().expect("bytes") ^= 1;
    std::fs::write(&path, &altered).expect("a file of our own");
    let trouble = scene.run("Contoso", &[]).exits(6).error();
    assert_eq!(trouble.code, "module.altered", "{trouble:?}");
    assert_eq!(scene.packages().len(), 1, "nothing new was imported");
    std::fs::remove_file(&path).expect("a file of our own");
    scene.import("Contoso");
    assert_eq!(std::fs::read(&path).expect("installed again"), original);
}

/// The key file is half of every secret: without it a run says so instead of making a new one.
#[test]
fn a_lost_key_file_is_asked_for() {
    let scene = Scene::contoso();
    let kept = std::fs::read(scene.key_file()).expect("the key file");
    std::fs::remove_file(scene.key_file()).expect("a file of our own");
    let trouble = scene.run("Contoso", &[]).exits(5).error();
    assert!(trouble.text().contains("key file"), "{trouble:?}");
    assert!(!scene.key_file().exists(), "no new one was made");
    std::fs::write(scene.key_file(), kept).expect("a file");
    modes::make_private(&scene.key_file());
    scene.import("Contoso");
}

/// The pages that a person wrote down for a script keep their names.
#[test]
fn an_application_of_another_tenant_is_not_confused() {
    let scene = Scene::small();
    let fields = own_app(&scene.tenant).set("tenant", "neighbour.example");
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    scene.add("Contoso", &fields, &["--secret", &secret]).exits(0);
    let finished = scene.run("Contoso", &[]);
    assert_ne!(finished.code, Some(0), "{finished:?}");
    assert!(finished.error().code.starts_with("aadsts."), "{finished:?}");
    assert_ne!(ClientId(uuid::Uuid::nil()), scene.tenant.own_client_id());
}
