//! Removing old packages: never one that is needed, and to the end, however often it is interrupted.

use super::{add_folder, assert_arrived, new_folder, send_all};
use crate::harness::Scene;
use crate::harness::scene::Import;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::path::Path;

#[track_caller]
fn prune(scene: &Scene, more: &[&str]) -> Value {
    scene.beacon(&[&["--json", "packages", "prune"], more].concat()).exits(0).json()["packages"].clone()
}

fn folders(report: &Value, which: &str) -> Vec<String> {
    let packages = report[which].as_array().expect("packages");
    packages.iter().map(|package| package["folder"].as_str().expect("a folder").to_owned()).collect()
}

fn texts(imports: &[&Import]) -> Vec<String> {
    imports.iter().map(|import| import.folder.display().to_string()).collect()
}

fn database(scene: &Scene) -> Connection {
    scene.database()
}

#[test]
fn what_a_destination_waits_for_stays() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    let first = scene.import("Contoso");
    std::fs::rename(&share, scene.written("unplugged")).expect("a folder of our own");
    let (second, third) = (scene.import("Contoso"), scene.import("Contoso"));

    let planned = prune(&scene, &["--keep", "1", "--dry-run"]);
    assert_eq!(folders(&planned, "removed"), texts(&[&first]));
    assert_eq!(folders(&planned, "awaited"), texts(&[&second]));
    assert!(first.folder.is_dir(), "nothing was removed yet");

    assert_eq!(folders(&prune(&scene, &["--keep", "1"]), "removed"), texts(&[&first]));
    assert!(!first.folder.exists() && second.folder.is_dir() && third.folder.is_dir());
    std::fs::rename(scene.written("unplugged"), &share).expect("a folder of our own");
    send_all(&scene).exits(0);
    assert_arrived_with(&scene, &share, &[&second, &third], &first);

    assert_eq!(folders(&prune(&scene, &["--keep", "1"]), "removed"), texts(&[&second]));
    assert!(third.folder.is_dir());
    assert!(folders(&prune(&scene, &["--keep", "0"]), "removed").is_empty(), "the newest one stays");
    scene.import("Contoso");
}

/// The first one is gone here, so there is nothing to compare it with.
#[track_caller]
fn assert_arrived_with(scene: &Scene, share: &Path, imports: &[&Import], gone: &Import) {
    let arrived = share.join(super::name_of(gone));
    crate::harness::nginx::assert_whole(scene, &arrived);
    let aside = scene.written("aside");
    std::fs::rename(&arrived, &aside).expect("a package");
    assert_arrived(scene, share, imports);
    std::fs::rename(&aside, &arrived).expect("a package");
}

#[test]
fn what_was_given_up_may_go() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    std::fs::remove_dir(&share).expect("a folder of our own");
    let (first, _) = (scene.import("Contoso"), scene.import("Contoso"));
    assert!(folders(&prune(&scene, &["--keep", "1"]), "removed").is_empty());
    let run = first.report["run_id"].as_str().expect("a run");
    scene.beacon(&["delivery", "give-up", run, "Share"]).exits(0);
    assert_eq!(folders(&prune(&scene, &["--keep", "1"]), "removed"), texts(&[&first]));
}

#[test]
fn by_age() {
    let scene = Scene::contoso();
    let (first, second) = (scene.import("Contoso"), scene.import("Contoso"));
    let old = "UPDATE runs SET started_at = '2020-01-01T00:00:00.000000000Z' WHERE id = ?1";
    database(&scene).execute(old, [first.report["run_id"].as_str().expect("a run")]).expect("SQL");
    assert!(folders(&prune(&scene, &["--older-than", "30000"]), "removed").is_empty());
    assert!(folders(&prune(&scene, &["--older-than", "30", "--keep", "2"]), "removed").is_empty());
    assert_eq!(folders(&prune(&scene, &["--older-than", "30"]), "removed"), texts(&[&first]));
    assert!(second.folder.is_dir());
    // Without a rule of its own the stored one counts, and there is none yet.
    assert_eq!(scene.beacon(&["--json", "packages", "prune"]).exits(5).error().code, "packages.no_rule");
    let rule = |more: &[&str]| scene.beacon(&[&["--json", "packages", "rule"], more].concat()).exits(0).json();
    assert_eq!(rule(&["--keep", "7", "--older-than", "30"])["rule"], json!({ "keep": 7, "days": 30 }));
    assert!(folders(&prune(&scene, &[]), "removed").is_empty());
    assert_eq!(rule(&["--off"]), rule(&[]));
    assert_eq!(rule(&[])["rule"]["keep"], Value::Null);
}

/// As a kill leaves it: decided and nothing done, its name taken, half removed, removed and not noted.
#[test]
fn an_interrupted_removal_is_finished() {
    let scene = Scene::contoso();
    for step in 0..4 {
        let (first, second) = (scene.import("Contoso"), scene.import("Contoso"));
        let run = first.report["run_id"].as_str().expect("a run");
        let folder = first.folder.display().to_string();
        let database = database(&scene);
        let decided = "UPDATE runs SET package_removed_at = started_at WHERE id = ?1";
        database.execute(decided, [run]).expect("SQL");
        database.execute("INSERT INTO removals (run_id, package_dir) VALUES (?1, ?2)", [run, &folder]).expect("SQL");
        drop(database);
        let hidden = first.folder.with_file_name(format!(".{}.removed", super::name_of(&first)));
        if step > 0 {
            std::fs::rename(&first.folder, &hidden).expect("a package");
        }
        if step > 1 {
            std::fs::remove_file(hidden.join("datapackage.json")).expect("a file");
        }
        if step > 2 {
            std::fs::remove_dir_all(&hidden).expect("a package");
        }
        prune(&scene, &["--keep", "100"]);
        assert!(!first.folder.exists() && !hidden.exists(), "step {step}");
        assert!(second.folder.is_dir());
        assert!(folders(&prune(&scene, &["--keep", "100"]), "removed").is_empty());
    }
}

#[test]
fn what_is_not_ours_is_not_removed() {
    let scene = Scene::contoso();
    let (first, _) = (scene.import("Contoso"), scene.import("Contoso"));
    std::fs::remove_dir_all(&first.folder).expect("a package");
    std::fs::create_dir(&first.folder).expect("a folder");
    std::fs::write(first.folder.join("photo"), "").expect("a file");
    let report = prune(&scene, &["--keep", "1"]);
    assert_eq!(
        (folders(&report, "removed").len(), report["foreign"].as_array().map(Vec::len)),
        (0, Some(1)),
        "{report}"
    );
    assert!(first.folder.join("photo").is_file());
}

/// One package lies on a drive that is not connected just now; another one is none of the drive's business.
#[test]
fn a_package_that_cannot_be_reached_holds_nothing_up_and_goes_later() {
    let scene = Scene::contoso();
    let (drive, away) = (scene.written("drive"), scene.written("away"));
    let output = ["--output", &drive.display().to_string()].map(str::to_owned);
    let on_drive = Import::of(&scene.run("Contoso", &output.each_ref().map(String::as_str)).exits(0));
    let (second, third) = (scene.import("Contoso"), scene.import("Contoso"));
    std::fs::rename(&drive, &away).expect("a folder of our own");

    let pruned = scene.beacon(&["--json", "packages", "prune", "--keep", "1"]).exits(7).json();
    assert_eq!(folders(&pruned["packages"], "removed"), texts(&[&second]));
    assert_eq!(folders(&pruned["packages"], "failed"), texts(&[&on_drive]));
    assert!(!second.folder.exists() && third.folder.is_dir());
    // Both were decided, and are told once, each with its run.
    let told = ["audit", "list", "--action", "packages.removed"];
    let entries = scene.said(&told)["entries"].as_array().expect("entries").clone();
    let mut runs: Vec<_> = entries.iter().map(|entry| entry["details"]["run"].clone()).collect();
    runs.reverse();
    assert_eq!(runs, [second.report["run_id"].clone(), on_drive.report["run_id"].clone()]);

    // What cannot even be looked at is not gone either.
    std::fs::write(&drive, "no folder").expect("a file");
    let pruned = scene.beacon(&["--json", "packages", "prune", "--keep", "1"]).exits(7).json();
    assert_eq!(folders(&pruned["packages"], "failed"), texts(&[&on_drive]));
    std::fs::remove_file(&drive).expect("a file");

    std::fs::rename(&away, &drive).expect("a folder of our own");
    assert!(folders(&prune(&scene, &["--keep", "1"]), "failed").is_empty());
    assert!(!on_drive.folder.exists());
    assert_eq!(scene.said(&told)["entries"].as_array().expect("entries").len(), 2);
}
