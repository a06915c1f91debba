//! Files: what is left behind, what is replaced, and what is damaged.

use crate::test_package::{contoso, crowd, made, package, plain};
use crate::{Snapshot, SnapshotError};
use beacon_api::{RowQuery, View};
use beacon_package::FileFormat;
use std::fs;

fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_and_nothing_else_is_left() {
    let made = made(&[contoso()]);
    made.ask(View::Users, RowQuery::default());
    assert_eq!(names(made.root.path()), ["c1.snapshot", "package-1"]);
    assert_eq!(made.facts[0].bytes, fs::metadata(made.file(0)).unwrap().len());
    assert_eq!(made.facts[0].finished_at, "2026-01-02T03:05:06Z");
    assert_eq!(made.facts[0].package_id.len(), 64);
}

#[test]
fn a_newer_package_takes_the_place_of_an_older_one() {
    let made = made(&[contoso()]);
    let newer = made.root.path().join("newer");
    package(&newer, &crowd(77, 5), FileFormat::Csv);
    Snapshot::build(&newer, &made.file(0)).unwrap();
    assert_eq!(made.ask(View::Users, RowQuery::default()).total, 77);
}

#[test]
fn csv_packages_give_the_same_answers() {
    let made = made(&[contoso()]);
    let folder = made.root.path().join("csv");
    package(&folder, &contoso(), FileFormat::Csv);
    let before = View::ALL.map(|view| made.ask(view, RowQuery::default()));
    Snapshot::build(&folder, &made.file(0)).unwrap();
    assert_eq!(View::ALL.map(|view| made.ask(view, RowQuery::default())), before);
}

#[test]
fn a_failed_build_leaves_the_old_file() {
    let made = made(&[contoso()]);
    let none = made.root.path().join("none");
    assert!(matches!(Snapshot::build(&none, &made.file(0)), Err(SnapshotError::Package(_))));
    let package = made.root.path().join("package-1");
    let users = package.join("users.parquet");
    let bytes = fs::read(&users).unwrap();
    fs::write(&users, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(Snapshot::build(&package, &made.file(0)), Err(SnapshotError::Package(_))));
    assert_eq!(made.ask(View::Users, RowQuery::default()).total, 5);
    assert_eq!(names(made.root.path()), ["c1.snapshot", "package-1"]);
    let nowhere = made.root.path().join("no folder").join("x");
    assert!(matches!(Snapshot::build(&package, &nowhere), Err(SnapshotError::Storage { .. })));
}

#[test]
fn a_damaged_file_is_an_error_and_no_figure() {
    let made = made(&[crowd(3_000, 1)]);
    let file = made.file(0);
    let whole = fs::read(&file).unwrap();
    let ask = || made.snapshots.rows(View::Users, &RowQuery { search: Some("p1".into()), ..RowQuery::default() });
    for (what, bytes) in [
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("empty", Vec::new()),
        ("no database", b"something else entirely".repeat(100)),
        ("zeros after the head", [&whole[..4_096], vec![0; whole.len() - 4_096].as_slice()].concat()),
    ] {
        fs::write(&file, bytes).unwrap();
        let error = ask().unwrap_err();
        assert!(matches!(error, SnapshotError::Damaged { .. }), "{what}: {error:?}");
        assert_eq!((error.code(), error.field()), ("snapshot.damaged", None));
    }
    fs::write(&file, &whole).unwrap();
    assert!(Snapshot::is_current(&file) && ask().is_ok());
    // `user_version` of the file's head: written by another version of this program.
    fs::write(&file, [&whole[..60], &[0, 0, 0, 99], &whole[64..]].concat()).unwrap();
    assert!(!Snapshot::is_current(&file));
    fs::remove_file(&file).unwrap();
    assert!(matches!(ask(), Err(SnapshotError::Missing(_))));
    assert!(matches!(made.snapshots.overview(None), Err(SnapshotError::Missing(_))));
}

#[test]
fn a_place_with_odd_characters_is_opened() {
    let made = made(&[contoso()]);
    let folder = made.root.path().join("a?b#c%20 ä");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("data");
    fs::copy(made.file(0), &file).unwrap();
    let mut source = made.snapshots.sources()[0].clone();
    source.file = file;
    let rows = crate::Snapshots::new(vec![source]).rows(View::Users, &RowQuery::default()).unwrap();
    assert_eq!(plain(&rows.rows[0][3]), "Anna Äpfel");
}
