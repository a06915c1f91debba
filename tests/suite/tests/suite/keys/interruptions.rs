//! A change of keys that is cut off, wherever: the old key or the new one opens everything.

use super::{SECRETS, assert_open, beacon, imports, key_out, with_secrets_of_all_kinds};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// How many rotations are killed.
const KILLS: u32 = 8;

#[test]
fn killed_rotations_lose_nothing() {
    let scene = with_secrets_of_all_kinds();
    let rotate = ["--json", "secrets", "rotate"];
    let begun = Instant::now();
    scene.beacon(&rotate).exits(0);
    let usual = u64::try_from(begun.elapsed().as_micros()).expect("a short while");
    let mut draws = StdRng::seed_from_u64(1);
    for _ in 0..KILLS {
        let running = scene.start(&rotate);
        std::thread::sleep(Duration::from_micros(draws.random_range(0..=usual)));
        scene.remember(running.kill());
        assert_open(&scene, &[], SECRETS);
    }
    imports(&scene, &[]);
    // The keys that the interrupted ones left behind go with the old ones.
    let rotated = scene.beacon(&["--json", "secrets", "rotate", "--forget-old"]).exits(0).json();
    assert_eq!(rotated["older_keys"], 0);
    assert_open(&scene, &[], SECRETS);
}

/// The two moments between which a change is decided: the new key is there, and the rows are those of before or of after.
#[test]
fn rows_of_before_open_with_the_keys_of_after() {
    let scene = with_secrets_of_all_kinds();
    let before = std::fs::read(scene.data().join(beacon_store::DATABASE_FILE)).expect("the database");
    scene.beacon(&["secrets", "rotate"]).exits(0);
    let after = std::fs::read(scene.data().join(beacon_store::DATABASE_FILE)).expect("the database");
    for rows in [&before, &after, &before] {
        std::fs::write(scene.data().join(beacon_store::DATABASE_FILE), rows).expect("the database");
        assert_open(&scene, &[], SECRETS);
    }
    imports(&scene, &[]);

    // A move that ends before its transaction: the old provider holds the keys, and the move can be made again.
    let output = key_out(&scene, "credential");
    let shown = output.display().to_string();
    let move_there = ["--json", "secrets", "rekey", "--provider", "systemd-credential", "--key-out"];
    let held = std::fs::read(scene.data().join(beacon_store::DATABASE_FILE)).expect("the database");
    scene.beacon(&[&move_there[..], &[&shown]].concat()).exits(0);
    std::fs::write(scene.data().join(beacon_store::DATABASE_FILE), held).expect("the database");
    assert_open(&scene, &[], SECRETS);
    assert_eq!(scene.beacon(&[&move_there[..], &[&shown]].concat()).exits(5).error().code, "credential.output_exists");
    let second = key_out(&scene, "second");
    scene.beacon(&[&move_there[..], &[&second.display().to_string()]].concat()).exits(0);
    let folder = second.with_file_name("credentials");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::rename(&second, folder.join("beacon-keys")).expect("the credential");
    let given: [(&str, &Path); 1] = [("CREDENTIALS_DIRECTORY", &folder)];
    assert_open(&scene, &given, SECRETS);
    let listed = beacon(&scene, &given, &["--json", "connection", "list"]).exits(0).json();
    assert_eq!(listed["connections"].as_array().map(Vec::len), Some(1));
}
