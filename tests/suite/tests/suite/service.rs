//! The systemd unit: what it says, that it can be taken away, and that the documented installation leads to a beacon that
//! serves.

#[cfg(target_os = "linux")]
mod installation;
#[cfg(target_os = "linux")]
mod unit;

use crate::harness::Scene;
use crate::harness::places;

#[test]
fn the_service_is_written_below_a_root_and_can_be_removed() {
    let scene = Scene::small();
    let root = scene.written("root");
    let folder = root.display().to_string();
    let program = places::beacon().display().to_string();
    let install = ["--json", "service", "install", "--root", &folder, "--program", &program];
    let installed = scene.beacon(&install).exits(0).json();
    let unit = root.join("etc/systemd/system/m365-beacon.service");
    assert_eq!(installed["unit"], unit.display().to_string());
    let left: Vec<_> = installed["left_to_do"].as_array().expect("a list").iter().map(|step| step.as_str()).collect();
    assert_eq!(left.len(), 4, "{installed}");
    assert!(left[0].is_some_and(|step| step.contains("systemd-creds encrypt --name=beacon-keys -")), "{installed}");
    let text = std::fs::read_to_string(&unit).expect("the unit");
    assert!(text.contains("\nLoadCredentialEncrypted=beacon-keys\n"), "{text}");
    assert!(root.join("etc/m365-beacon/beacon.toml").is_file());
    // What the file says at first is understood.
    let file = root.join("etc/m365-beacon/beacon.toml").display().to_string();
    scene.beacon(&["--config", &file, "config", "show"]).exits(0);
    let remove = ["service", "remove", "--root", &folder];
    scene.beacon(&remove).exits(0);
    assert!(!unit.exists());
    assert!(root.join("etc/m365-beacon/beacon.toml").is_file(), "the configuration stays");
    assert_eq!(scene.beacon(&[&["--json"], &remove[..]].concat()).exits(5).error().code, "service.not_installed");
}
