//! Moving in and out: a configuration to another host, and connections of an older beacon.

mod clashes;
mod legacy;
mod secrets;
mod whole;

use crate::harness::{Finished, Scene, forms, places};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

const TOKEN: &str = "token-of-a-destination-5d20b7";
const PROXY_PASSWORD: &str = "password-of-a-proxy-19ce44";
const SHARED_SECRET: &str = "secret-of-a-profile-a7731e";

/// The program on another host: a data folder and keys of its own.
fn elsewhere(scene: &Scene, arguments: &[&str]) -> Finished {
    let inputs = |name: &str| scene.key_file().with_file_name(name);
    let mut command = Command::new(places::beacon());
    command.env_clear().env("NO_COLOR", "1").env("HOME", inputs("")).current_dir(inputs(""));
    command.arg("--data").arg(scene.written("elsewhere")).arg("--key-file").arg(inputs("keys-elsewhere"));
    command.args(["--allow-address", "127.0.0.0/8", "--ca-file"]).arg(inputs("ca.pem")).args(arguments);
    scene.run_command(command)
}

/// A data folder with one of everything that moves.
fn furnished() -> Scene {
    let scene = Scene::small();
    for secret in [TOKEN, PROXY_PASSWORD, SHARED_SECRET] {
        scene.keep_secret(secret);
    }
    scene.add_own_app("Contoso");
    scene.beacon(&["connection", "edit", "Contoso", "--no-proxy"]).exits(0);
    scene.import("Contoso");
    let client = "11111111-2222-3333-4444-555555555555";
    let shared = scene.input("shared.txt", SHARED_SECRET).display().to_string();
    scene.beacon(&["profile", "add", "Shared", "--client-id", client, "--secret", &shared]).exits(0);
    let fabrikam = ["connection", "add", "Fabrikam", "--profile", "Shared", "--set", "tenant=fabrikam.example"];
    scene.beacon(&fabrikam).exits(0);
    let person = ["connection", "add", "Person", "--set", "sign_in=vendor_app", "--set", "tenant=person.example"];
    let own_proxy =
        ["--proxy-server", "proxy.example:3128", "--proxy-username", "ada", "--proxy-bypass", ".example.org"];
    scene.beacon(&[&person[..], &own_proxy].concat()).exits(0);
    scene.beacon(&["connection", "pause", "Person"]).exits(0);
    let nightly =
        ["schedule", "add", "Nightly", "--daily", "02:30", "--zone", "Europe/Berlin", "--window", "01:00-05:00"];
    scene.beacon(&[&nightly[..], &["--connection", "Contoso", "--connection", "Fabrikam"]].concat()).exits(0);
    scene.add_folder("Share", "share", &["--only-complete"]);
    let token = scene.input("token.txt", TOKEN).display().to_string();
    let upload = ["destination", "add", "Files", "--upload", "https://files.example/beacon/", "--bearer-file", &token];
    scene.beacon(&upload).exits(0);
    let password = scene.input("proxy.txt", PROXY_PASSWORD).display().to_string();
    let proxy = ["proxy", "set", "http://proxy.example:3128", "--username", "beacon", "--password-file", &password];
    scene.beacon(&[&proxy[..], &["--bypass", ".example.com"]].concat()).exits(0);
    let database = scene.database();
    let defaults = r#"{"only_browser_consent":true,"values":{"Microsoft 365":{"cloud":"china"}}}"#;
    database.execute("INSERT INTO defaults (only, value) VALUES (1, ?1)", [defaults]).expect("SQL");
    scene
}

/// Exports to a file below what is searched for secrets at the end.
#[track_caller]
fn export(scene: &Scene, name: &str, more: &[&str]) -> PathBuf {
    let file = scene.written(name);
    scene.beacon(&[&["config", "export", &file.display().to_string()], more].concat()).exits(0);
    file
}

/// `config import` on the other host.
fn import(scene: &Scene, file: &std::path::Path, more: &[&str]) -> Finished {
    elsewhere(scene, &[&["--json", "config", "import", &file.display().to_string()], more].concat())
}

/// What is left to do, as pairs of what it is about and what is missing.
fn left(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let left = report["report"]["left"].as_array().cloned().unwrap_or_default();
    left.iter().map(|one| (text(&one["of"]), text(&one["what"]))).collect()
}

/// Connections of the other host.
fn connections(scene: &Scene) -> Vec<Value> {
    let list = elsewhere(scene, &["--json", "connection", "list"]).exits(0).json();
    list["connections"].as_array().cloned().unwrap_or_default()
}

/// As the own app of the tenant is written into settings.
fn own_settings(scene: &Scene) -> Value {
    serde_json::to_value(forms::own_app(&scene.tenant).settings().0).expect("JSON")
}
