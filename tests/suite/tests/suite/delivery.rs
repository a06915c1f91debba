//! Packages on their way to destinations: folders, and a real web server with everything that can go wrong before it.
//! Whatever happens, in the end each package is there exactly once and whole.

mod changes;
mod credentials;
mod folders;
mod interruptions;
mod page;
mod proxies;
mod refusals;
mod retention;
mod side_by_side;

use crate::harness::scene::Import;
use crate::harness::{Finished, Scene};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[track_caller]
fn add_upload(scene: &Scene, name: &str, address: &str, more: &[&str]) {
    scene.beacon(&[&["destination", "add", name, "--upload", address], more].concat()).exits(0);
}

#[track_caller]
fn add_folder(scene: &Scene, name: &str, folder: &Path, more: &[&str]) {
    let folder = folder.display().to_string();
    scene.beacon(&[&["destination", "add", name, "--folder", &folder], more].concat()).exits(0);
}

/// A folder of the test for a destination.
fn new_folder(scene: &Scene, name: &str) -> PathBuf {
    let folder = scene.written(name);
    std::fs::create_dir(&folder).expect("a folder");
    folder
}

/// Sends everything that waits.
fn send_all(scene: &Scene) -> Finished {
    scene.beacon(&["--json", "delivery", "send", "--now"])
}

/// Everything that waits, oldest first.
#[track_caller]
fn waiting(scene: &Scene) -> Vec<Value> {
    let report = scene.beacon(&["--json", "delivery", "list", "--waiting", "--limit", "1000"]).exits(0).json();
    report["deliveries"].as_array().expect("deliveries").clone()
}

/// How one destination stands.
#[track_caller]
fn destination(scene: &Scene, name: &str) -> Value {
    scene.beacon(&["--json", "destination", "show", name]).exits(0).json()["destination"].clone()
}

/// The name that a package has here and there.
fn name_of(import: &Import) -> String {
    import.folder.file_name().expect("a name").to_string_lossy().into_owned()
}

/// Files of a package, its manifest among them.
fn files_of(import: &Import) -> usize {
    std::fs::read_dir(&import.folder).expect("a package").count()
}

/// Names of everything in a folder, hidden or not.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Whether exactly these packages lie in a folder, with the same bytes as where they come from, and nothing else.
#[track_caller]
fn assert_arrived(scene: &Scene, folder: &Path, imports: &[&Import]) {
    let mut expected: Vec<_> = imports.iter().map(|import| name_of(import)).collect();
    expected.sort();
    assert_eq!(names_in(folder), expected, "in {}", folder.display());
    for import in imports {
        let arrived = folder.join(name_of(import));
        assert_eq!(names_in(&arrived), names_in(&import.folder));
        for file in names_in(&arrived) {
            let read = |folder: &Path| std::fs::read(folder.join(&file)).expect("a file");
            assert!(read(&arrived) == read(&import.folder), "{file} in {} is another", arrived.display());
        }
        crate::harness::nginx::assert_whole(scene, &arrived);
    }
}
