//! What a server can answer, and what people are told of it.

use super::{add_upload, assert_arrived, send_all};
use crate::harness::Scene;
use crate::harness::nginx::Nginx;

#[test]
fn each_answer_has_its_code_and_its_next_step() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    nginx.is_trusted_by(&scene);
    let answers = [
        ("says-401", "delivery.unauthorized", 5),
        ("says-403", "delivery.forbidden", 5),
        ("says-404", "delivery.not_found", 5),
        ("says-405", "delivery.not_allowed", 5),
        ("says-409", "delivery.conflict", 5),
        ("says-500", "delivery.server", 7),
        ("says-503", "delivery.server", 7),
        ("says-507", "delivery.full", 7),
        ("takes-nothing", "delivery.not_allowed", 5),
        ("moved", "delivery.redirected", 5),
    ];
    for (place, code, exit) in answers {
        let name = place.replace('-', " ");
        add_upload(&scene, &name, &nginx.secure(place), &[]);
        let trouble = scene.beacon(&["--json", "destination", "test", &name]).exits(exit).error();
        assert_eq!(trouble.code, code, "{place}: {trouble:?}");
        assert!(!trouble.advice.is_empty(), "{trouble:?}");
    }
    let report = scene.import("Contoso").report;
    for attempt in report["deliveries"].as_array().expect("deliveries") {
        let name = attempt["delivery"]["destination_name"].as_str().expect("a name").replace(' ', "-");
        let (_, code, _) = answers.into_iter().find(|(place, _, _)| *place == name).expect("one of them");
        assert_eq!(attempt["error"]["code"], code, "{attempt}");
    }
    assert!(nginx.asked("open").is_empty(), "no redirect was followed");
}

#[test]
fn servers_with_ways_of_their_own() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    nginx.is_trusted_by(&scene);
    for place in ["makes-no-folders", "shows-nothing", "only-put", "small", "forgets"] {
        if place == "makes-no-folders" {
            std::fs::create_dir(nginx.folder(place)).expect("a folder");
        }
        add_upload(&scene, &place.replace('-', " "), &nginx.secure(place), &[]);
    }
    let import = scene.import("Contoso");
    let attempts = import.report["deliveries"].as_array().expect("deliveries");
    let code = |name: &str| {
        let of_place = attempts.iter().find(|attempt| attempt["delivery"]["destination_name"] == name);
        of_place.expect("an attempt")["error"]["code"].as_str().map(str::to_owned)
    };
    // What makes no folders by itself is asked to; what may not be read is believed.
    assert_eq!((code("makes no folders"), code("shows nothing"), code("only put")), (None, None, None));
    for place in ["makes-no-folders", "shows-nothing", "only-put"] {
        assert_arrived(&scene, &nginx.folder(place), &[&import]);
    }
    assert_eq!(code("small").as_deref(), Some("delivery.too_large"));
    assert_eq!(code("forgets").as_deref(), Some("delivery.not_kept"), "what is not there did not arrive");
    // The test file stays where nothing may be removed.
    let tested = scene.beacon(&["--json", "destination", "test", "only put"]).exits(0).json();
    assert_eq!(tested["test_file_removed"], false, "{tested}");
    let tested = scene.beacon(&["--json", "destination", "test", "makes no folders"]).exits(0).json();
    assert_eq!(tested["test_file_removed"], true, "{tested}");
    assert_eq!(nginx.arrived("makes-no-folders").len(), 1);
}

#[test]
fn what_lies_there_already_is_looked_at() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    nginx.is_trusted_by(&scene);
    add_upload(&scene, "Archive", &nginx.secure("archive"), &[]);
    let import = scene.import("Contoso");
    let there = nginx.folder("archive").join(super::name_of(&import));
    let again = || {
        let database = scene.database();
        database.execute_batch("UPDATE deliveries SET state = 'waiting', settled_at = NULL").expect("SQL");
    };
    // Half a manifest, as a careless server leaves it, is written again.
    let manifest = std::fs::read(there.join("datapackage.json")).expect("a manifest");
    std::fs::write(there.join("datapackage.json"), &manifest[..manifest.len() / 2]).expect("a file");
    std::fs::write(there.join("users.parquet"), "half a file").expect("a file");
    again();
    let report = send_all(&scene).exits(0).json();
    assert_eq!(report["attempts"][0]["already_there"], false, "{report}");
    assert_arrived(&scene, &nginx.folder("archive"), &[&import]);
    // A whole one says that everything is there.
    again();
    let report = send_all(&scene).exits(0).json();
    assert_eq!(report["attempts"][0]["already_there"], true, "{report}");
    // The package of another run is never overwritten.
    std::fs::write(there.join("datapackage.json"), r#"{"beacon":{"run_id":"another"}}"#).expect("a file");
    again();
    let report = send_all(&scene).exits(5).json();
    assert_eq!(report["attempts"][0]["error"]["code"], "delivery.occupied", "{report}");
}
