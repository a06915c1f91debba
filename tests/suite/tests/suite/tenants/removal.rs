//! Removing one connection together with its packages.

use crate::harness::Scene;
use crate::harness::served::Served;
use reqwest::{Method, StatusCode};

#[test]
fn nothing_waits_for_packages_that_were_erased() {
    let scene = Scene::contoso();
    let share = scene.add_folder("Share", "share", &[]);
    std::fs::remove_dir(&share).expect("a folder of our own");
    let (first, second) = (scene.import("Contoso"), scene.import("Contoso"));
    // Somebody else's by now.
    std::fs::remove_dir_all(&second.folder).expect("a package");
    std::fs::create_dir(&second.folder).expect("a folder");
    let photo = second.folder.join("photo");
    std::fs::write(&photo, "").expect("a file");
    let served = Served::start(&scene);
    let administrator = served.administrator();
    let list = administrator.reads("/api/v1/connections");
    let path = format!("/api/v1/connections/{}?packages=erase", list[0]["id"].as_str().expect("an id"));
    let removed = administrator.sends(Method::DELETE, &path, None).is(StatusCode::OK).json();
    assert_eq!(removed["packages_erased"], 1, "{removed}");
    let named = removed["packages_not_erased"].as_array().expect("sentences");
    assert_eq!(named.len(), 1, "{removed}");
    assert!(named[0].as_str().expect("a sentence").contains(&second.folder.display().to_string()), "{removed}");
    assert!(!first.folder.exists() && photo.is_file());
    let waiting = scene.said(&["delivery", "list", "--waiting"])["deliveries"].clone();
    assert_eq!(waiting, serde_json::json!([]));
    let given_up = administrator.reads("/api/v1/audit?action=delivery.given_up");
    assert_eq!(given_up["entries"].as_array().map(Vec::len), Some(2), "{given_up}");
}
