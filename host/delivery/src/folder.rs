//! A folder as destination: the package appears in it whole, by one rename.

use crate::destination::Arrival;
use crate::digest::Digester;
use crate::error::DeliveryError;
use crate::parcel::{Found, Parcel, ParcelFile};
use beacon_package::MANIFEST_NAME;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// How much is copied between two looks at whether to stop.
const CHUNK: usize = 256 << 10;

/// Copies the package into a hidden folder beside its place, brings it to the disk, and gives it its name. The hidden
/// folder is the `writer`'s alone. `stopped` is asked every few hundred kilobytes, and before the package gets its manifest
/// and its name.
///
/// # Errors
/// [`DeliveryError`]; then nothing in the folder looks like this package.
pub(crate) fn deliver(
    root: &Path,
    writer: &str,
    parcel: &Parcel,
    stopped: &dyn Fn() -> bool,
) -> Result<Arrival, DeliveryError> {
    let failed = |source| sorted(root, source);
    if !root.is_dir() {
        return Err(DeliveryError::FolderMissing { folder: root.to_owned() });
    }
    let target = root.join(parcel.name());
    if is_same(&target, parcel.folder()) {
        return Err(DeliveryError::SameFolder { folder: root.to_owned() });
    }
    if let Some(found) = look(root, &target, parcel) {
        return found;
    }
    // The name says to `beacon package` that this is not a package yet.
    let hidden = root.join(format!(".{}.{writer}.partial", parcel.name()));
    remove(&hidden).map_err(failed)?;
    let copied = copy(&hidden, root, parcel, stopped);
    let named = copied.and_then(|()| fs::rename(&hidden, &target).map_err(failed));
    if let Err(error) = named {
        // What stays is removed by the next attempt.
        let _ = fs::remove_dir_all(&hidden);
        // Another destination may lead here, too, and have been faster.
        return look(root, &target, parcel).unwrap_or(Err(error));
    }
    sync_folder(root).map_err(failed)?;
    Ok(Arrival::Sent)
}

/// Whether what has the name of the package is the package; `None` if nothing has it.
fn look(root: &Path, target: &Path, parcel: &Parcel) -> Option<Result<Arrival, DeliveryError>> {
    target.symlink_metadata().ok()?;
    let manifest = fs::read(target.join(MANIFEST_NAME));
    let is_there = |file: &ParcelFile| fs::metadata(target.join(&file.name)).is_ok_and(|it| it.len() == file.bytes);
    let whole = manifest.is_ok_and(|manifest| parcel.judge(&manifest) == Found::Whole);
    if !whole || !parcel.files().iter().all(is_there) {
        return Some(Err(DeliveryError::Occupied { name: parcel.name().to_owned() }));
    }
    // It has its name, but who gave it the name may have been killed before that was on the disk.
    Some(sync_folder(root).map(|()| Arrival::AlreadyThere).map_err(|source| sorted(root, source)))
}

/// Writes a file into the folder and removes it again.
///
/// # Errors
/// Those of [`deliver`] that concern the destination.
pub(crate) fn test(root: &Path) -> Result<(), DeliveryError> {
    let failed = |source| sorted(root, source);
    if !root.is_dir() {
        return Err(DeliveryError::FolderMissing { folder: root.to_owned() });
    }
    let probe = root.join(".beacon-destination-test");
    let written = File::create(&probe).and_then(|mut file| file.write_all(b"beacon").and_then(|()| file.sync_all()));
    let removed = fs::remove_file(&probe);
    written.and(removed).map_err(failed)
}

fn copy(hidden: &Path, root: &Path, parcel: &Parcel, stopped: &dyn Fn() -> bool) -> Result<(), DeliveryError> {
    let failed = |source| sorted(root, source);
    fs::create_dir(hidden).map_err(failed)?;
    for file in parcel.files() {
        copy_file(hidden, root, parcel, file, stopped)?;
    }
    go_on(stopped)?;
    let mut manifest = File::create_new(hidden.join(MANIFEST_NAME)).map_err(failed)?;
    manifest.write_all(parcel.manifest()).and_then(|()| manifest.sync_all()).map_err(failed)?;
    sync_folder(hidden).map_err(failed)?;
    go_on(stopped)
}

fn copy_file(
    hidden: &Path,
    root: &Path,
    parcel: &Parcel,
    file: &ParcelFile,
    stopped: &dyn Fn() -> bool,
) -> Result<(), DeliveryError> {
    let failed = |source| sorted(root, source);
    let unreadable = |source| parcel.unreadable(&file.name, source);
    let mut from = File::open(parcel.folder().join(&file.name)).map_err(unreadable)?;
    let mut to = File::create_new(hidden.join(&file.name)).map_err(failed)?;
    let (mut digester, mut bytes) = (Digester::new(), 0_u64);
    let mut buffer = vec![0; CHUNK];
    loop {
        go_on(stopped)?;
        let read = from.read(&mut buffer).map_err(unreadable)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        digester.update(piece);
        bytes = bytes.saturating_add(read as u64);
        to.write_all(piece).map_err(failed)?;
    }
    to.sync_all().map_err(failed)?;
    if bytes != file.bytes || digester.finish() != file.digest {
        return Err(parcel.altered(&file.name));
    }
    Ok(())
}

fn go_on(stopped: &dyn Fn() -> bool) -> Result<(), DeliveryError> {
    if stopped() { Err(DeliveryError::Stopped) } else { Ok(()) }
}

fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows cannot open a folder as a file; its file systems keep renames in order by themselves.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn sorted(root: &Path, source: io::Error) -> DeliveryError {
    let folder = root.to_owned();
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            DeliveryError::FolderClosed { folder, source }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            DeliveryError::Full { place: root.display().to_string() }
        }
        _ => DeliveryError::Folder { folder, source },
    }
}

#[cfg(test)]
mod tests {
    use super::test;
    use crate::destination::Arrival;
    use crate::error::DeliveryError;
    use crate::parcel::Parcel;
    use crate::parcel::tests::parcel;
    use std::cell::Cell;
    use std::path::Path;

    const FILES: [(&str, &[u8]); 2] = [("users.csv", b"id\r\n1\r\n"), ("groups.csv", b"id\r\n")];

    fn deliver(root: &Path, parcel: &Parcel, stopped: &dyn Fn() -> bool) -> Result<Arrival, DeliveryError> {
        super::deliver(root, "share", parcel, stopped)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_package_arrives_whole_and_once() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let parcel = parcel(here.path(), "one", &FILES);
        assert_eq!(deliver(there.path(), &parcel, &|| false).unwrap(), Arrival::Sent);
        assert_eq!(deliver(there.path(), &parcel, &|| false).unwrap(), Arrival::AlreadyThere);
        assert_eq!(names(there.path()), [parcel.name()]);
        let arrived = there.path().join(parcel.name());
        assert_eq!(names(&arrived), ["datapackage.json", "groups.csv", "users.csv"]);
        for (name, content) in FILES {
            assert_eq!(std::fs::read(arrived.join(name)).unwrap(), content);
        }
    }

    #[test]
    fn what_an_interrupted_attempt_left_is_replaced() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let parcel = parcel(here.path(), "one", &FILES);
        let left = there.path().join(format!(".{}.share.partial", parcel.name()));
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join("users.csv"), "half").unwrap();
        std::fs::write(left.join("other.csv"), "of another time").unwrap();
        assert_eq!(deliver(there.path(), &parcel, &|| false).unwrap(), Arrival::Sent);
        assert_eq!(names(&there.path().join(parcel.name())), ["datapackage.json", "groups.csv", "users.csv"]);
        assert_eq!(names(there.path()), [parcel.name()]);
    }

    #[test]
    fn a_stop_leaves_nothing_behind() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let parcel = parcel(here.path(), "one", &FILES);
        let asked = Cell::new(0);
        let not_at_all = || asked.replace(asked.get() + 1) == usize::MAX;
        let elsewhere = tempfile::tempdir().unwrap();
        deliver(elsewhere.path(), &parcel, &not_at_all).unwrap();
        for step in 0..asked.take() {
            let stopped = || asked.replace(asked.get() + 1) == step;
            assert_eq!(deliver(there.path(), &parcel, &stopped).unwrap_err().code(), "delivery.stopped", "step {step}");
            assert_eq!(asked.take(), step + 1);
            assert!(names(there.path()).is_empty());
        }
        // The last look is behind the manifest and before the name.
        let hidden = there.path().join(format!(".{}.share.partial", parcel.name()));
        let stopped = || hidden.join("datapackage.json").exists();
        assert_eq!(deliver(there.path(), &parcel, &stopped).unwrap_err().code(), "delivery.stopped");
        assert!(names(there.path()).is_empty());
    }

    #[test]
    fn what_lacks_a_file_or_a_part_of_one_is_not_there_already() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let parcel = parcel(here.path(), "one", &FILES);
        deliver(there.path(), &parcel, &|| false).unwrap();
        let file = there.path().join(parcel.name()).join("users.csv");
        std::fs::write(&file, "id").unwrap();
        assert_eq!(deliver(there.path(), &parcel, &|| false).unwrap_err().code(), "delivery.occupied");
        std::fs::remove_file(&file).unwrap();
        assert_eq!(deliver(there.path(), &parcel, &|| false).unwrap_err().code(), "delivery.occupied");
    }

    #[test]
    fn two_destinations_with_one_folder_do_not_meet() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let parcel = parcel(here.path(), "one", &FILES);
        let came = Cell::new(false);
        // The other one comes while this one copies, and is faster.
        let meanwhile = || {
            if !came.replace(true) {
                assert_eq!(super::deliver(there.path(), "shelf", &parcel, &|| false).unwrap(), Arrival::Sent);
            }
            false
        };
        assert_eq!(deliver(there.path(), &parcel, &meanwhile).unwrap(), Arrival::AlreadyThere);
        assert_eq!(names(there.path()), [parcel.name()]);
        assert_eq!(names(&there.path().join(parcel.name())), ["datapackage.json", "groups.csv", "users.csv"]);
    }

    #[test]
    fn what_was_altered_here_arrives_nowhere() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let parcel = parcel(here.path(), "one", &FILES);
        let file = here.path().join(parcel.name()).join("users.csv");
        for content in ["id\r\n2\r\n", "id\r\n1\r\n1\r\n", ""] {
            std::fs::write(&file, content).unwrap();
            assert_eq!(deliver(there.path(), &parcel, &|| false).unwrap_err().code(), "delivery.package_altered");
        }
        std::fs::remove_file(&file).unwrap();
        assert_eq!(deliver(there.path(), &parcel, &|| false).unwrap_err().code(), "delivery.package_altered");
        assert!(names(there.path()).is_empty());
    }

    #[test]
    fn nothing_is_overwritten_and_no_folder_is_made() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let parcel = parcel(here.path(), "one", &FILES);
        let code = |root: &Path| deliver(root, &parcel, &|| false).unwrap_err().code();
        assert_eq!(code(&there.path().join("nowhere")), "delivery.folder_missing");
        assert_eq!(code(here.path()), "delivery.same_folder");
        let taken = there.path().join(parcel.name());
        std::fs::create_dir(&taken).unwrap();
        std::fs::write(taken.join("photo"), "").unwrap();
        assert_eq!(code(there.path()), "delivery.occupied");
        assert_eq!(names(&taken), ["photo"]);
    }

    #[test]
    fn a_test_leaves_nothing_behind() {
        let there = tempfile::tempdir().unwrap();
        test(there.path()).unwrap();
        assert!(names(there.path()).is_empty());
        assert_eq!(test(&there.path().join("nowhere")).unwrap_err().code(), "delivery.folder_missing");
    }
}
