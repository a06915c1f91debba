//! Folders as destinations, and what people see of deliveries.

use super::{add_folder, assert_arrived, destination, name_of, names_in, new_folder, send_all, waiting};
use crate::harness::Scene;
use crate::harness::scene::Import;
use beacon_simulator::{FaultKind, FaultRule};

#[test]
fn every_import_is_delivered_at_once() {
    let scene = Scene::contoso();
    let before = scene.import("Contoso");
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    let first = scene.import("Contoso");
    assert_eq!(first.report["deliveries"][0]["error"], serde_json::Value::Null, "{}", first.report);
    let second = scene.import("Contoso");
    assert_arrived(&scene, &share, &[&first, &second]);
    assert!(before.folder.is_dir() && waiting(&scene).is_empty());
    let told = destination(&scene, "share");
    assert_eq!((told["waiting"].as_u64(), told["failures"].as_u64()), (Some(0), Some(0)), "{told}");
    let list = scene.beacon(&["delivery", "list"]).exits(0);
    assert_eq!(list.output.matches("delivered").count(), 2, "{}", list.output);
    scene.beacon(&["delivery", "send"]).exits(0);
    assert_arrived(&scene, &share, &[&first, &second]);
}

#[test]
fn what_waits_is_tried_again_later_or_when_somebody_says_so() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    std::fs::remove_dir(&share).expect("a folder of our own");
    let first = scene.import("Contoso");
    assert_eq!(first.report["deliveries"][0]["error"]["code"], "delivery.folder_missing", "{}", first.report);
    assert!(!share.exists(), "a drive that is not connected is not written onto the disk behind it");
    let told = destination(&scene, "Share");
    assert_eq!((told["waiting"].as_u64(), told["failures"].as_u64()), (Some(1), Some(1)), "{told}");
    let wait = |value: &serde_json::Value, from: &str, to: &str| {
        let time = |name: &str| value[name].as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time");
        time(to).duration_since(time(from)).as_mins()
    };
    let delivery = waiting(&scene).remove(0);
    assert!((9..=11).contains(&wait(&delivery, "started_at", "next_attempt_at")), "{delivery}");
    // Nothing is due, so nothing is tried.
    let sent = scene.beacon(&["--json", "delivery", "send"]).exits(0).json();
    assert_eq!(sent["attempts"].as_array().map(Vec::len), Some(0), "{sent}");
    send_all(&scene).exits(5);
    let delivery = waiting(&scene).remove(0);
    assert!((19..=21).contains(&wait(&delivery, "started_at", "next_attempt_at")), "{delivery}");
    std::fs::create_dir(&share).expect("a folder");
    // A new package is tried at once, and the older one goes before it.
    let second = scene.import("Contoso");
    let attempts = second.report["deliveries"].as_array().expect("deliveries").clone();
    let folders: Vec<_> =
        attempts.iter().map(|attempt| attempt["delivery"]["package_dir"].as_str().expect("a folder")).collect();
    assert_eq!(folders, [first.folder.to_str().expect("UTF-8"), second.folder.to_str().expect("UTF-8")]);
    assert_arrived(&scene, &share, &[&first, &second]);
}

#[test]
fn one_bad_package_stops_no_other_and_can_be_given_up() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    std::fs::remove_dir(&share).expect("a folder of our own");
    let first = scene.import("Contoso");
    std::fs::write(first.folder.join("users.parquet"), "altered").expect("a file");
    std::fs::create_dir(&share).expect("a folder");
    let second = scene.import("Contoso");
    let code = |number: usize| second.report["deliveries"][number]["error"]["code"].clone();
    assert_eq!((code(0), code(1)), ("delivery.package_altered".into(), serde_json::Value::Null));
    assert_arrived(&scene, &share, &[&second]);
    let run = first.report["run_id"].as_str().expect("a run");
    scene.beacon(&["delivery", "give-up", run, "Share"]).exits(0);
    assert!(waiting(&scene).is_empty());
    let trouble = scene.beacon(&["--json", "delivery", "give-up", run, "Share"]).exits(5).error();
    assert_eq!(trouble.code, "delivery.not_waiting");
    let list = scene.beacon(&["delivery", "list"]).exits(0);
    assert!(list.output.contains("given up"), "{}", list.output);
}

#[test]
fn a_destination_that_wants_complete_packages_gets_no_others() {
    let scene = Scene::paged(60, 20);
    let (all, complete) = (new_folder(&scene, "all"), new_folder(&scene, "complete"));
    add_folder(&scene, "All", &all, &[]);
    add_folder(&scene, "Complete", &complete, &["--only-complete"]);
    let first = scene.import("Contoso");
    scene.tenant.add_fault(FaultRule::once("/v1.0/users", FaultKind::StuckLink).on_page(2).always());
    let partial = Import::of(&scene.run("Contoso", &[]).exits(3));
    assert_arrived(&scene, &all, &[&first, &partial]);
    assert_arrived(&scene, &complete, &[&first]);
}

/// A process that is killed between the name of its package and the end of its run: the package is there, and nothing
/// knows of it yet.
#[test]
fn the_package_of_a_run_that_was_killed_at_its_end_is_delivered() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    let import = scene.import("Contoso");
    std::fs::remove_dir_all(share.join(name_of(&import))).expect("a package");
    let database = scene.database();
    let undo = "DELETE FROM deliveries; UPDATE runs SET state = 'running', finished_at = NULL, package_id = NULL;";
    database.execute_batch(undo).expect("SQL");
    drop(database);
    scene.beacon(&["delivery", "send"]).exits(0);
    assert_arrived(&scene, &share, &[&import]);
}

/// A process that is killed between the name of the package there and what is stored of it; and half a package, which
/// never counts as delivered.
#[test]
fn what_lies_there_already_counts_if_it_is_whole() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    let import = scene.import("Contoso");
    let again = || scene.tamper("UPDATE deliveries SET state = 'waiting', settled_at = NULL");
    again();
    let report = send_all(&scene).exits(0).json();
    assert_eq!(report["attempts"][0]["already_there"], true, "{report}");
    assert_arrived(&scene, &share, &[&import]);
    let file = share.join(name_of(&import)).join("users.parquet");
    let whole = std::fs::read(&file).expect("a file");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("a file");
    again();
    let report = send_all(&scene).exits(5).json();
    assert_eq!(report["attempts"][0]["error"]["code"], "delivery.occupied", "{report}");
    // As it says: once it is moved away, the package comes.
    std::fs::remove_dir_all(share.join(name_of(&import))).expect("a package");
    send_all(&scene).exits(0);
    assert_arrived(&scene, &share, &[&import]);
}

#[test]
fn a_package_of_another_run_is_never_overwritten() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    std::fs::remove_dir(&share).expect("a folder of our own");
    let import = scene.import("Contoso");
    let taken = share.join(name_of(&import));
    std::fs::create_dir_all(&taken).expect("a folder");
    std::fs::write(taken.join("datapackage.json"), r#"{"beacon":{"run_id":"another"}}"#).expect("a file");
    let report = send_all(&scene).exits(5).json();
    assert_eq!(report["attempts"][0]["error"]["code"], "delivery.occupied", "{report}");
    assert_eq!(names_in(&taken), ["datapackage.json"]);
}

#[test]
fn folders_that_are_no_copy_are_refused() {
    let scene = Scene::contoso();
    let refused = |folder: std::path::PathBuf| {
        let folder = folder.display().to_string();
        scene.beacon(&["--json", "destination", "add", "Share", "--folder", &folder]).exits(5).error().code
    };
    assert_eq!(refused(scene.written("nowhere")), "delivery.folder_missing");
    assert_eq!(refused(scene.data()), "delivery.own_folder");
    // Packages that are written where they are delivered to.
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    let inner = new_folder(&scene, "share/Contoso");
    add_folder(&scene, "Inner", &inner, &[]);
    let output = share.display().to_string();
    let finished = scene.run("Contoso", &["--output", &output]).exits(0).json();
    let codes: Vec<_> =
        finished["deliveries"].as_array().expect("deliveries").iter().map(|it| it["error"]["code"].clone()).collect();
    assert_eq!(codes, ["delivery.same_folder".into(), serde_json::Value::Null]);
}

#[test]
fn a_destination_is_tried_out_and_removed() {
    let scene = Scene::contoso();
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    scene.beacon(&["destination", "test", "share"]).exits(0);
    assert!(names_in(&share).is_empty());
    let again = share.display().to_string();
    let trouble = scene.beacon(&["--json", "destination", "add", "SHARE", "--folder", &again]).exits(5).error();
    assert_eq!(trouble.code, "store.destination_name_taken");
    std::fs::remove_dir(&share).expect("a folder of our own");
    let trouble = scene.beacon(&["--json", "destination", "test", "Share"]).exits(5).error();
    assert_eq!(trouble.code, "delivery.folder_missing");
    scene.import("Contoso");
    let list = scene.beacon(&["destination", "list"]).exits(0);
    assert!(list.output.contains("delivery.folder_missing"), "{}", list.output);
    scene.beacon(&["destination", "remove", "Share", "--yes"]).exits(0);
    assert!(waiting(&scene).is_empty());
    let trouble = scene.beacon(&["--json", "destination", "show", "Share"]).exits(5).error();
    assert_eq!(trouble.code, "destination.unknown");
}
