//! The data folder: made for its owner alone, and refused where others may enter it.

use std::fs;
use std::io;
use std::path::Path;

use crate::StoreError;

/// Makes the folder where it is missing. An empty one is closed to others; one with something in it must be closed
/// already: changing the mode of a folder that may be somebody else's is not ours to do.
pub(crate) fn prepare(folder: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::from_io(folder, source);
    create(folder).map_err(failed)?;
    let is_empty = fs::read_dir(folder).map_err(failed)?.next().is_none();
    if is_empty {
        close(folder).map_err(failed)?;
    }
    check(folder)
}

#[cfg(unix)]
fn create(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn close(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(unix)]
fn check(folder: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = fs::metadata(folder).map_err(|source| StoreError::from_io(folder, source))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(StoreError::OpenToOthers { folder: folder.to_owned(), mode });
    }
    Ok(())
}

/// A file that only its owner may read or write. Opened, and made where it is missing.
#[cfg(unix)]
pub(crate) fn open_private(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;

    fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

// Elsewhere (Windows) there are no mode bits: folders and files inherit the access list of the place they are made in,
// by default the user's profile.

#[cfg(not(unix))]
fn create(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn close(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn check(_folder: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// A file with the access of its folder. Opened, and made where it is missing.
#[cfg(not(unix))]
pub(crate) fn open_private(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::prepare;
    use crate::StoreError;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_or_empty_folder_is_closed_to_others() {
        let outer = tempfile::tempdir().unwrap();
        let new = outer.path().join("a/b");
        prepare(&new).unwrap();
        assert_eq!(mode(&new), 0o700);

        let empty = outer.path().join("empty");
        fs::create_dir(&empty).unwrap();
        fs::set_permissions(&empty, fs::Permissions::from_mode(0o755)).unwrap();
        prepare(&empty).unwrap();
        assert_eq!(mode(&empty), 0o700);
    }

    #[test]
    fn a_folder_with_something_in_it_is_refused_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path()).unwrap();
        fs::write(folder.path().join("photo"), "").unwrap();
        prepare(folder.path()).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o750)).unwrap();
        let error = prepare(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::OpenToOthers { mode: 0o750, .. }), "{error}");
        assert_eq!(mode(folder.path()), 0o750);
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(prepare(&file), Err(StoreError::Folder { .. })));
        assert!(matches!(prepare(&file.join("below")), Err(StoreError::Folder { .. })));
    }
}
