use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use uuid::Uuid;

use super::KeyFile;
use crate::{KekId, KeyFileError, KeyProvider};

fn ids(file: &KeyFile) -> Vec<KekId> {
    file.keys.keys().map(crate::KeyEncryptionKey::id).collect()
}

fn refused(path: &Path) -> KeyFileError {
    KeyFile::open(path).err().expect("the key file must be refused")
}

#[test]
fn it_is_made_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("configuration/keys/a.key");
    assert!(matches!(refused(&path), KeyFileError::Missing { .. }));
    let made = KeyFile::open_or_create(&path).ok().unwrap();
    let again = KeyFile::open_or_create(&path).ok().unwrap();
    assert_eq!(ids(&made), ids(&again));
    assert_eq!(made.active().unwrap().expose(), again.active().unwrap().expose());
    let beside: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().collect();
    assert_eq!(beside.len(), 1, "no temporary file stays behind");
}

#[test]
fn the_loser_of_a_race_takes_the_keys_of_the_winner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.key");
    let found: BTreeSet<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| ids(&KeyFile::open_or_create(&path).ok().unwrap()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(found.len(), 1);
}

#[test]
fn a_new_key_becomes_active_and_the_old_ones_stay_until_retired() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.key");
    let mut file = KeyFile::open_or_create(&path).ok().unwrap();
    let first = file.active().unwrap().id();
    let second = file.add().unwrap();
    let third = file.add().unwrap();
    let reopened = KeyFile::open(&path).ok().unwrap();
    assert_eq!(ids(&reopened), [first, second, third]);
    assert_eq!(reopened.active().unwrap().id(), third);
    assert!(reopened.find(first).unwrap().is_some());

    assert_eq!(file.retire(&BTreeSet::from([second])).unwrap(), [first]);
    assert_eq!(ids(&KeyFile::open(&path).ok().unwrap()), [second, third]);
    assert_eq!(file.retire(&BTreeSet::new()).unwrap(), [second], "the active key is never retired");
    assert!(file.retire(&BTreeSet::new()).unwrap().is_empty());
}

#[test]
fn a_key_that_another_user_of_the_file_added_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.key");
    let mut one = KeyFile::open_or_create(&path).ok().unwrap();
    let mut other = KeyFile::open(&path).ok().unwrap();
    let from_one = one.add().unwrap();
    let from_other = other.add().unwrap();
    assert_eq!(ids(&other)[1..], [from_one, from_other]);
    assert_eq!(one.retire(&BTreeSet::from([from_one])).unwrap().len(), 1);
    assert_eq!(ids(&KeyFile::open(&path).ok().unwrap()), [from_one, from_other]);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_use_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/a.key");
    drop(KeyFile::open_or_create(&path));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for open in [0o640, 0o604, 0o620, 0o601] {
        fs::set_permissions(&path, fs::Permissions::from_mode(open)).unwrap();
        let error = refused(&path);
        assert!(matches!(error, KeyFileError::OpenToOthers { mode, .. } if mode == open), "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(KeyFile::open(&path).is_ok());
}

#[test]
fn a_damaged_file_is_refused_by_line_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.key");
    drop(KeyFile::open_or_create(&path));
    let good = fs::read_to_string(&path).unwrap();
    let key_line = good.lines().nth(1).unwrap();
    let cases = [
        ("", 1),
        ("beacon-key-file 1", 1),
        ("beacon-key-file 1\n", 2),
        ("beacon-key-file 2\n", 1),
        (good.trim_end(), 1),
        (&good.replace(' ', "  "), 1),
        (&format!("{good}{key_line}\n"), 3),
        (&format!("{good}\n"), 3),
        (&format!("{}\n", &good[..good.len() - 2]), 2),
        (&good.replace("beacon-key-file 1\n", "beacon-key-file 1\nx"), 2),
    ];
    for (text, expected) in cases {
        fs::write(&path, text).unwrap();
        let error = refused(&path);
        assert!(matches!(error, KeyFileError::Damaged { line, .. } if line == expected), "{text:?}: {error}");
        assert!(KeyFile::open_or_create(&path).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_folder_or_an_endless_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(refused(folder.path()), KeyFileError::NotAFile { .. }));
    let path = folder.path().join("big");
    let big = KeyFile::open_or_create(&path).map(drop).and_then(|()| {
        fs::write(&path, "x".repeat(70_000)).unwrap();
        KeyFile::open(&path).map(drop)
    });
    assert!(matches!(big, Err(KeyFileError::Damaged { line: 1, .. })));
}

#[test]
fn every_installation_has_its_own_default_file() {
    let path = |id| KeyFile::default_path(Uuid::from_u128(id)).unwrap();
    assert_ne!(path(1), path(2));
    assert!(path(1).ends_with("keys/00000000-0000-0000-0000-000000000001.key"));
}
