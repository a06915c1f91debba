//! Who may use the key file: the part that differs between platforms.

use std::fs::Metadata;
use std::io;
use std::path::Path;

use crate::KeyFileError;

/// Refuses a file that anybody but the user of this process may read or write.
#[cfg(unix)]
pub(crate) fn check(path: &Path, metadata: &Metadata) -> Result<(), KeyFileError> {
    use std::os::unix::fs::MetadataExt;

    let user = rustix::process::geteuid().as_raw();
    if metadata.uid() != user {
        return Err(KeyFileError::OtherOwner { path: path.to_owned(), owner: metadata.uid(), user });
    }
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::OpenToOthers { path: path.to_owned(), mode });
    }
    Ok(())
}

/// Elsewhere (Windows) there are no mode bits: the default folder lies in the user's profile, whose
/// access list lets in that user, the system and administrators, and new files inherit it. A file
/// kept in another place is as protected as the operator made that place.
#[cfg(not(unix))]
pub(crate) fn check(_path: &Path, _metadata: &Metadata) -> Result<(), KeyFileError> {
    Ok(())
}

/// Makes the folder, and what is missing above it, for the owner alone. An existing folder stays as
/// it is: the file protects itself.
#[cfg(unix)]
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes the folder, and what is missing above it; access is inherited (see [`check`]).
#[cfg(not(unix))]
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Makes a rename in the folder durable.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// A folder can't be opened as a file here; the file system journals the rename itself.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
