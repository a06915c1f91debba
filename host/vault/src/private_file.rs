//! Files that only their owner may read, put in place as a whole.

use std::io::{self, Write};
use std::path::Path;

use crate::key_file_access;

/// Whether a file may take the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// The name must be free.
    Never,
    /// What is there goes.
    Always,
}

/// Puts a file in place that only its owner may read (mode 600): written and synced beside it under another name, then
/// renamed (or, where nothing may be replaced, linked, which fails if the name is taken). Whatever happens in between,
/// there is the old file or the new one. Folders that are missing are made for the owner alone.
///
/// # Errors
/// The system's cause; [`io::ErrorKind::AlreadyExists`] where the name is taken. Then nothing has changed.
pub fn write_private_file(path: &Path, content: &[u8], replace: Replace) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    key_file_access::create_folder(folder)?;
    // A `NamedTempFile` is made exclusively, with mode 600, and removed if anything below fails.
    let mut file = tempfile::Builder::new().prefix(".beacon-key-").tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    match replace {
        Replace::Never => file.persist_noclobber(path),
        Replace::Always => file.persist(path),
    }
    .map_err(|error| error.error)?;
    key_file_access::sync_folder(folder)
}
