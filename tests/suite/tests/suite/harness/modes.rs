//! Files that only their owner may read, where a system knows such a thing.

use std::path::Path;

/// Only the owner may read and write this file.
#[cfg(unix)]
#[track_caller]
pub(crate) fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).expect("the file").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "{mode:o}");
}

/// Lets only the owner read and write this file.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("a file of our own");
}

#[cfg(not(unix))]
pub(crate) fn assert_private(_: &Path) {}

#[cfg(not(unix))]
pub(crate) fn make_private(_: &Path) {}
