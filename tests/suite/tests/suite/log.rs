//! The log: what a beacon that serves does, line by line.

use crate::harness::Scene;
use crate::harness::served::Served;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::path::Path;

/// The lines of all days.
fn lines(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("the folder of the log").flatten();
    let text = files.map(|file| std::fs::read_to_string(file.path()).expect("a file of the log"));
    text.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn an_import_is_told_for_machines_with_its_run_and_connection() {
    let scene = Scene::contoso();
    let folder = scene.written("log");
    let named = folder.display().to_string();
    // A file of long ago goes with the first line of today.
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("beacon-2020-01-01.log"), "old").expect("a file");
    let file = scene
        .input("beacon.toml", format!("[log]\nformat = \"json\"\nfolder = {named:?}\n[log.areas]\ndriver = \"off\"\n"));
    let mut served = Served::start_with(&scene, &["--config", &file.display().to_string()]);
    let administrator = served.administrator();
    let connection = administrator.reads("/api/v1/connections")[0]["id"].as_str().expect("an id").to_owned();
    let run = format!("/api/v1/connections/{connection}/runs");
    let started = administrator.sends(Method::POST, &run, None).is(StatusCode::ACCEPTED).json();
    let id = started["run"].as_str().expect("an id").to_owned();
    administrator.reads_until("/api/v1/runs", |runs| runs[0]["status"] == "complete");
    served.kill();
    let lines = lines(&folder);
    assert!(!lines.contains(&"old".to_owned()));
    let told: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect();
    let of_run: Vec<_> = told.iter().filter(|line| line["run"] == id.as_str()).collect();
    assert!(!of_run.is_empty(), "{lines:#?}");
    for line in &of_run {
        assert_eq!(line["connection"], "Contoso", "{line}");
        assert!(line["time"].is_string() && line["level"].is_string() && line["message"].is_string(), "{line}");
    }
    assert!(told.iter().all(|line| line["area"] != "driver"), "{lines:#?}");
}

#[test]
fn a_wrong_level_or_area_is_told_before_anything_happens() {
    let scene = Scene::small();
    for (argument, value) in [("--log-level", "loud"), ("--log-areas", "kitchen=debug"), ("--log-format", "xml")] {
        let refused = scene.run_command(scene.bare(&[argument, value, "connection", "list"]));
        assert!(refused.errors.contains(value.split('=').next().unwrap_or(value)), "{}", refused.errors);
        refused.exits(2);
    }
    let file = scene.input("a-file", "").display().to_string();
    let refused = scene.run_command(scene.bare(&["--json", "--log-folder", &file, "connection", "list"])).exits(5);
    assert_eq!(refused.error().code, "log.folder");
}

/// The standard error of a service is a log that is kept, and whoever has the link is the administrator.
#[cfg(unix)]
#[test]
fn the_first_link_is_in_no_log() {
    use std::os::unix::fs::PermissionsExt as _;

    let scene = Scene::small();
    let mut served = Served::start(&scene);
    let token = Served::token(served.link.as_deref().expect("nobody has a password yet")).to_owned();
    let ready = scene.input("unused.txt", "").with_file_name("ready.json");
    assert_eq!(std::fs::metadata(ready).expect("a file").permissions().mode() & 0o777, 0o600);
    let asked = scene.beacon(&["--json", "admin", "link"]).exits(0).json();
    assert!(asked["link"].as_str().is_some_and(|link| link.contains("/first#token=")), "{asked}");
    let said = served.end().expect("it serves").errors;
    assert!(!said.contains(&token) && !said.contains("token=") && said.contains("beacon admin link"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told_at_once_and_a_new_one_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let scene = Scene::small();
    let folder = scene.written("log");
    let named = folder.display().to_string();
    scene.run_command(scene.bare(&["--log-folder", &named, "connection", "list"])).exits(0);
    let mode = |path: &Path| std::fs::metadata(path).expect("a folder").permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    // What no user may write, not even root.
    let refused =
        scene.run_command(scene.bare(&["--json", "--log-folder", "/proc/log", "connection", "list"])).exits(5);
    assert_eq!(refused.error().code, "log.folder");
}
