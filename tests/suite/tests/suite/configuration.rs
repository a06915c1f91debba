//! The configuration file, and which way of saying something is the strongest.

use crate::harness::{Scene, forms};
use serde_json::{Value, json};

fn shown(scene: &Scene, file: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Value {
    let mut command = scene.bare(&[&["--json", "--config", file], arguments, &["config", "show"]].concat());
    command.envs(environment.iter().copied());
    scene.run_command(command).exits(0).json()
}

#[test]
fn the_command_line_is_stronger_than_the_environment_than_the_file() {
    let scene = Scene::small();
    let file = scene.input(
        "beacon.toml",
        "ca_file = \"/file.pem\"\nallow_address = [\"10.0.0.0/8\", \"192.168.0.0/16\"]\n[serve]\nport = 9000\nparallel_runs = 7\n",
    );
    let file = file.display().to_string();
    let value = |shown: &Value, key: &str| {
        let setting = &shown["settings"][key];
        (
            setting["value"].as_str().unwrap_or_default().to_owned(),
            setting["source"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let pair = |value: &str, source: &str| (value.to_owned(), source.to_owned());
    let plain = shown(&scene, &file, &[], &[]);
    assert_eq!(plain["file"], json!(file));
    assert_eq!(value(&plain, "ca_file"), pair("/file.pem", "file"));
    assert_eq!(value(&plain, "allow_address"), pair("10.0.0.0/8, 192.168.0.0/16", "file"));
    assert_eq!(value(&plain, "serve.port"), pair("9000", "file"));
    assert_eq!(value(&plain, "serve.parallel_runs"), pair("7", "file"));
    assert_eq!(value(&plain, "serve.sign_in_seconds"), pair("600", "built in"));
    assert_eq!(value(&plain, "serve.tls_cert"), pair("", "not set"));
    let environment = shown(&scene, &file, &[], &[("BEACON_CA_FILE", "/environment.pem"), ("BEACON_PORT", "9001")]);
    assert_eq!(value(&environment, "ca_file"), pair("/environment.pem", "environment"));
    assert_eq!(value(&environment, "serve.port"), pair("9001", "environment"));
    let line = shown(&scene, &file, &["--ca-file", "/line.pem"], &[("BEACON_CA_FILE", "/environment.pem")]);
    assert_eq!(value(&line, "ca_file"), pair("/line.pem", "command line"));
    let text = scene.bare(&["--config", &file, "config", "show"]);
    let text = scene.run_command(text).exits(0).output;
    assert!(text.contains("serve.port") && text.contains("9000") && text.contains("built in"), "{text}");
}

#[test]
fn a_file_that_is_not_understood_is_refused_with_what_it_may_say() {
    let scene = Scene::small();
    let cases = [
        ("prot = 1", "knows no \"prot\""),
        ("[serve]\nlisten_on = \"x\"", "serve.listen_on"),
        ("data = true", "\"data\""),
        ("data = ", "cannot be read"),
        ("[defaults]\nx = 1", "a table for each source type"),
    ];
    for (content, part) in cases {
        let file = scene.input("beacon.toml", content).display().to_string();
        let refused = scene.run_command(scene.bare(&["--json", "--config", &file, "connection", "list"])).exits(5);
        let error = refused.error();
        assert_eq!(error.code, "config.file", "{content}");
        assert!(error.text().contains(part), "{content}: {}", error.text());
    }
    let missing = scene.bare(&["--json", "--config", "nowhere.toml", "connection", "list"]);
    assert!(scene.run_command(missing).exits(5).error().text().contains("nowhere.toml"));
}

#[test]
fn values_of_the_organisation_are_filled_in_for_new_connections() {
    let scene = Scene::small();
    let fields = forms::own_app(&scene.tenant).settings();
    let fields = serde_json::to_value(&fields).expect("JSON");
    let lines: Vec<String> =
        fields.as_object().expect("fields").iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let file = scene.input("beacon.toml", format!("[defaults.\"Microsoft 365\"]\n{}\n", lines.join("\n")));
    let file = file.display().to_string();
    let secret = scene.secret("client_secret", &scene.tenant.own_client_secret());
    let add = ["--json", "--config", &file, "connection", "add", "Contoso", "--secret", &secret];
    let added = scene.beacon(&add).exits(0).json();
    assert_eq!(added["connection"]["settings"], fields);
    scene.import("Contoso");
    // What is typed is stronger.
    let other = ["--json", "--config", &file, "connection", "edit", "Contoso", "--unset", "tenant"];
    assert!(scene.beacon(&other).exits(5).error().text().contains("tenant"));
}
