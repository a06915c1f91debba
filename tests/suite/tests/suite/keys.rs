//! The keys of the vault: who holds them, how they change, and that no secret is lost or seen on the way.

mod copies;
mod damage;
mod interruptions;
mod providers;
mod rotation;

use crate::harness::{Finished, Scene, forms};
use serde_json::Value;
use std::path::{Path, PathBuf};

const TOKEN: &str = "token-of-a-destination-4c1f9a";
const PROXY_PASSWORD: &str = "password-of-a-proxy-77d2e0";
const SHARED_SECRET: &str = "secret-of-a-profile-b31d58";

/// How many secrets and data keys [`with_secrets_of_all_kinds`] makes.
const SECRETS: usize = 4;
const DATA_KEYS: usize = 3;

/// The program with these variables in its environment.
fn beacon(scene: &Scene, environment: &[(&str, &Path)], arguments: &[&str]) -> Finished {
    let mut command = scene.command(arguments);
    command.envs(environment.iter().copied());
    scene.run_command(command)
}

/// Adds the connection `Contoso`, which may read everything it needs.
#[track_caller]
fn add_contoso(scene: &Scene, environment: &[(&str, &Path)]) {
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let fields = forms::own_app(&scene.tenant).arguments();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let add = [&["--json", "connection", "add", "Contoso", "--secret", &secret][..], &fields].concat();
    beacon(scene, environment, &add).exits(0);
}

/// Signs in with what is stored, and imports.
#[track_caller]
fn imports(scene: &Scene, environment: &[(&str, &Path)]) {
    let report = beacon(scene, environment, &["--json", "run", "Contoso"]).exits(0).json();
    assert_eq!(report["status"], "complete", "{report}");
}

/// Every secret opens.
#[track_caller]
fn assert_open(scene: &Scene, environment: &[(&str, &Path)], count: usize) {
    let checked = beacon(scene, environment, &["--json", "secrets", "check"]).exits(0).json();
    let secrets = checked["secrets"].as_array().expect("secrets");
    assert_eq!(secrets.len(), count, "{checked}");
    assert!(secrets.iter().all(|one| one["trouble"].is_null()), "{checked}");
}

/// `secrets status` of keys that can be had.
#[track_caller]
fn status(scene: &Scene, environment: &[(&str, &Path)]) -> Value {
    beacon(scene, environment, &["--json", "secrets", "status"]).exits(0).json()
}

/// A scene with a secret of each kind: a connection's, a destination's (where nobody listens), that of the default proxy
/// (which the connection does not go through), and a profile's (which it does not use).
fn with_secrets_of_all_kinds() -> Scene {
    let scene = Scene::small();
    add_contoso(&scene, &[]);
    scene.keep_secret(TOKEN);
    scene.keep_secret(PROXY_PASSWORD);
    scene.keep_secret(SHARED_SECRET);
    let file = |name: &str, text: &str| scene.input(name, text).display().to_string();
    let (token, password) = (file("token.txt", TOKEN), file("proxy.txt", PROXY_PASSWORD));
    scene.beacon(&["connection", "edit", "Contoso", "--no-proxy"]).exits(0);
    let upload = ["destination", "add", "Files", "--upload", "https://localhost:9/in/", "--bearer-file", &token];
    scene.beacon(&upload).exits(0);
    let proxy =
        ["proxy", "set", "https://proxy.example.com:8443", "--username", "beacon", "--password-file", &password];
    scene.beacon(&proxy).exits(0);
    let shared = file("shared.txt", SHARED_SECRET);
    let client = "00000000-0000-0000-0000-000000000000";
    scene.beacon(&["profile", "add", "Shared", "--client-id", client, "--secret", &shared]).exits(0);
    scene
}

/// A file for new keys, which does not exist yet.
fn key_out(scene: &Scene, name: &str) -> PathBuf {
    let path = scene.input(name, "");
    std::fs::remove_file(&path).expect("the file was just made");
    path
}
