//! Uploads that are disturbed at every step: refused, cut, answered into the void, by a server or a beacon that dies.

use super::{add_upload, assert_arrived, files_of, send_all, waiting};
use crate::harness::Scene;
use crate::harness::middleman::{Fuse, Middleman, Mischief};
use crate::harness::nginx::Nginx;

#[test]
fn each_step_in_each_way() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    let middleman = Middleman::before(nginx.plain_port());
    // As many files as every further package of this tenant.
    let files = files_of(&scene.import("Contoso")) + 1;
    let mut places = Vec::new();
    for mischief in Mischief::ALONE {
        for upload in 0..files {
            let place = format!("{mischief:?}{upload}");
            add_upload(&scene, &place, &middleman.address(&place), &[]);
            middleman.disturb(&place, upload, mischief);
            places.push(place);
        }
    }
    let import = scene.import("Contoso");
    assert_eq!(files_of(&import), files, "the second package has its changes, too");
    assert!(middleman.open_orders().is_empty(), "every step came: {:?}", middleman.open_orders());
    let waits = waiting(&scene);
    assert_eq!(waits.len(), places.len(), "everything was disturbed");
    for delivery in waits {
        let code = delivery["last_error"]["code"].as_str().expect("a reason");
        assert!(["delivery.server", "delivery.cut", "delivery.unreachable"].contains(&code), "{delivery}");
    }
    let report = send_all(&scene).exits(0).json();
    let attempts = report["attempts"].as_array().expect("attempts");
    // Where the answer to the manifest was lost, the package was there and nothing was sent again.
    let there: Vec<_> = attempts.iter().filter(|attempt| attempt["already_there"] == true).collect();
    let lost = format!("{:?}{}", Mischief::LoseAnswer, files - 1);
    assert_eq!(there.len(), 1, "{report}");
    assert_eq!(there[0]["delivery"]["destination_name"], lost);
    assert_eq!(middleman.uploads(&lost), files);
    for place in &places {
        assert_arrived(&scene, &nginx.folder(place), &[&import]);
    }
    assert!(waiting(&scene).is_empty());
}

#[test]
fn a_beacon_that_is_killed_at_each_step() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    let middleman = Middleman::before(nginx.plain_port());
    let files = files_of(&scene.import("Contoso")) + 1;
    add_upload(&scene, "Archive", &middleman.address("archive"), &[]);
    // The import itself is killed while it delivers: it is over, and what it owes is kept.
    middleman.disturb("archive", 2, Mischief::HoldBefore);
    let running = scene.start(&["--json", "run", "Contoso"]);
    middleman.wait_until_held();
    scene.remember(running.kill());
    middleman.release();
    for mischief in [Mischief::HoldBefore, Mischief::HoldAnswer] {
        for upload in 0..files {
            middleman.disturb("archive", upload, mischief);
            let running = scene.start(&["--json", "delivery", "send", "--now"]);
            middleman.wait_until_held();
            scene.remember(running.kill());
            middleman.release();
            assert_eq!(waiting(&scene).len(), 1, "after {mischief:?} at {upload}");
        }
    }
    let report = send_all(&scene).exits(0).json();
    assert_eq!(report["attempts"][0]["already_there"], true, "its manifest was there before the last kill: {report}");
    let runs = scene.beacon(&["--json", "delivery", "list"]).exits(0).json();
    let package = runs["deliveries"][0]["package_dir"].as_str().expect("a folder");
    let import = crate::harness::scene::Import { folder: package.into(), report };
    assert_eq!(files_of(&import), files);
    assert_arrived(&scene, &nginx.folder("archive"), &[&import]);
}

#[test]
fn a_server_that_dies_between_files() {
    let scene = Scene::contoso();
    let mut nginx = Nginx::start();
    let middleman = Middleman::before(nginx.plain_port());
    add_upload(&scene, "Archive", &middleman.address("archive"), &[]);
    let (mut imports, mut last) = (Vec::new(), 0);
    for upload in [0, 1, 5, 9] {
        middleman.disturb("archive", upload, Mischief::HoldBefore);
        let running = scene.start(&["--json", "run", "Contoso"]);
        middleman.wait_until_held();
        nginx.kill();
        middleman.release();
        let finished = scene.remember(running.wait()).exits(0);
        imports.push(crate::harness::scene::Import::of(&finished));
        assert!(waiting(&scene).len() > last, "{}", finished.output);
        last = waiting(&scene).len();
        // Nobody listens.
        send_all(&scene).exits(7);
        nginx.restart();
    }
    send_all(&scene).exits(0);
    assert_arrived(&scene, &nginx.folder("archive"), &imports.iter().collect::<Vec<_>>());
}

/// Inside TLS nobody sees where a file begins, so the line ends after more and more bytes.
#[test]
fn a_line_that_ends_ever_later() {
    let scene = Scene::contoso();
    let nginx = Nginx::start();
    nginx.is_trusted_by(&scene);
    let fuse = Fuse::before(nginx.secure_port());
    add_upload(&scene, "Archive", &format!("https://localhost:{}/archive/", fuse.port()), &[]);
    fuse.burns_after(Some(0));
    let import = scene.import("Contoso");
    let mut cuts = 0;
    for bytes in (0..).map(|step| 700 + step * 9_000) {
        fuse.burns_after(Some(bytes));
        let finished = send_all(&scene);
        if finished.code == Some(0) {
            break;
        }
        let report = finished.exits(7).json();
        let code = report["attempts"][0]["error"]["code"].as_str().expect("a reason");
        assert!(["delivery.cut", "delivery.unreachable"].contains(&code), "after {bytes} bytes: {report}");
        cuts += 1;
    }
    assert!(cuts > 5, "cut {cuts} times");
    assert_arrived(&scene, &nginx.folder("archive"), &[&import]);
}
