//! Each destination by itself: none waits for another one, or for the place that it led to before.

use super::{add_folder, add_upload, assert_arrived, destination, name_of, new_folder, send_all, waiting};
use crate::harness::Scene;
use crate::harness::middleman::{Middleman, Mischief};
use crate::harness::nginx::Nginx;
use crate::harness::scene::Import;
use crate::harness::served::{Served, Visitor, eventually};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Imports as the page does, so that the beacon delivers by itself; gives the packages of all imports.
#[track_caller]
fn import(scene: &Scene, administrator: &Visitor<'_>) -> Vec<Import> {
    let before = scene.packages().len();
    let id = administrator.reads("/api/v1/connections")[0]["id"].as_str().expect("an id").to_owned();
    administrator.sends(Method::POST, &format!("/api/v1/connections/{id}/runs"), None).is(StatusCode::ACCEPTED);
    administrator.reads_until("/api/v1/runs", |runs| {
        runs.as_array().is_some_and(|runs| runs.len() == before + 1) && runs[0]["status"] == "complete"
    });
    scene.packages().into_iter().map(|folder| Import { folder, report: Value::Null }).collect()
}

/// Waits until a folder has packages of these names.
#[track_caller]
fn wait_for(folder: &Path, imports: &[Import]) {
    let all = || imports.iter().all(|import| folder.join(name_of(import)).is_dir());
    eventually("the packages", || all().then_some(()));
}

#[test]
fn one_that_takes_long_delays_no_other() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    let middleman = Middleman::before(nginx.plain_port());
    let share = new_folder(&scene, "share");
    add_upload(&scene, "Archive", &middleman.address("archive"), &[]);
    add_folder(&scene, "Share", &share, &[]);
    let served = Served::start(&scene);
    let administrator = served.administrator();
    middleman.disturb("archive", 0, Mischief::HoldBefore);
    import(&scene, &administrator);
    middleman.wait_until_held();
    let imports = import(&scene, &administrator);
    wait_for(&share, &imports);
    assert_arrived(&scene, &share, &imports.iter().collect::<Vec<_>>());
    assert_eq!(destination(&scene, "Archive")["waiting"], 2, "it is still held");
    middleman.release();
    eventually("the end of its turn", || (destination(&scene, "Archive")["failures"] == 1).then_some(()));
    send_all(&scene).exits(0);
    assert_arrived(&scene, &nginx.folder("archive"), &imports.iter().collect::<Vec<_>>());
}

#[test]
fn what_is_on_its_way_when_a_destination_is_changed_goes_to_the_new_place() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    let middleman = Middleman::before(nginx.plain_port());
    let share = new_folder(&scene, "share");
    add_upload(&scene, "Archive", &middleman.address("archive"), &[]);
    let served = Served::start(&scene);
    let administrator = served.administrator();
    middleman.disturb("archive", 0, Mischief::HoldBefore);
    import(&scene, &administrator);
    middleman.wait_until_held();
    let imports = import(&scene, &administrator);
    scene.said(&["destination", "edit", "Archive", "--folder", &share.display().to_string()]);
    // At once: nobody waits for the old place, which is still held.
    wait_for(&share, &imports);
    assert_arrived(&scene, &share, &imports.iter().collect::<Vec<_>>());
    eventually("what came of it", || waiting(&scene).is_empty().then_some(()));
    let list = scene.said(&["delivery", "list"]);
    for delivery in list["deliveries"].as_array().expect("deliveries") {
        assert_eq!(json!([delivery["state"], delivery["attempts"]]), json!(["delivered", 1]), "{delivery}");
    }
    middleman.release();
    assert!(!nginx.folder("archive").exists());
}

/// As when the disk of the data folder is full: a package is there, and that cannot be stored.
#[test]
fn what_cannot_be_noted_for_one_ends_no_turn_of_another() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    let middleman = Middleman::before(nginx.plain_port());
    let share = new_folder(&scene, "share");
    add_folder(&scene, "Share", &share, &[]);
    add_upload(&scene, "Vault", &middleman.address("vault"), &[]);
    scene.tamper(
        "CREATE TRIGGER no_room BEFORE UPDATE ON deliveries \
         WHEN old.destination_id = (SELECT id FROM destinations WHERE name = 'Share') \
         BEGIN SELECT RAISE(ABORT, 'no room'); END",
    );
    middleman.disturb("vault", 0, Mischief::HoldBefore);
    let running = scene.start(&["--json", "run", "Contoso"]);
    middleman.wait_until_held();
    let arrived = |one: &PathBuf| one.file_name().is_some_and(|name| share.join(name).is_dir());
    eventually("a package", || scene.packages().iter().find(|one| arrived(one)).map(drop));
    middleman.release();
    let import = Import::of(&scene.remember(running.wait()).exits(0));
    scene.tamper("DROP TRIGGER no_room");
    let waits = waiting(&scene);
    let tried =
        |name: &str| waits.iter().find(|one| one["destination_name"] == name).map(|one| one["attempts"].clone());
    assert_eq!((tried("Share"), tried("Vault")), (Some(json!(0)), Some(json!(1))), "{waits:?}");
    let report = send_all(&scene).exits(0).json();
    let there: Vec<_> =
        report["attempts"].as_array().expect("attempts").iter().map(|one| one["already_there"].clone()).collect();
    assert_eq!(there, [true, false], "{report}");
    assert_arrived(&scene, &share, &[&import]);
    assert_arrived(&scene, &nginx.folder("vault"), &[&import]);
}
