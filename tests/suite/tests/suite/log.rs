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
