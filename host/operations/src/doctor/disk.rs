//! The data folder, its disk, its database, and folders that packages go to.

pub(super) mod judge;

use super::unread::Unread;
use crate::folders::Folders;
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_store::{Connection, Destination, Store, Target};
use std::path::{Path, PathBuf};

/// What is known of the place where everything lies.
pub(super) struct DiskFacts {
    pub(super) root: PathBuf,
    /// What it is possible to do there.
    pub(super) access: Access,
    /// Who may enter, as far as the system has mode bits.
    pub(super) mode: Option<u32>,
    /// Room, as far as this system tells it.
    pub(super) space: Option<Space>,
    /// Bytes of the newest package of each connection.
    pub(super) last_packages: Vec<u64>,
    /// What the database finds wrong with itself; none if it was not asked.
    pub(super) database: Option<Result<Vec<String>, Trouble>>,
    /// Folders that packages go to, each with the name of its destination.
    pub(super) destinations: Vec<(String, PathBuf, Access)>,
}

/// Room on a disk, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Space {
    pub(super) free: u64,
    pub(super) total: u64,
}

/// What this process may do in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// There is none.
    Missing,
    /// It may only look.
    Closed,
    /// It may write.
    Open,
}

/// Everything that an installation knows of its disk. Reads the whole database.
pub(super) fn gather(
    installation: &Installation,
    connections: &[Connection],
    destinations: &[Destination],
    unread: &mut Unread,
) -> DiskFacts {
    let kept = {
        let store = installation.store();
        connections.iter().map(|one| store.kept_packages(one.id)).collect::<Result<Vec<_>, _>>()
    };
    let kept = unread.or_nothing("packages in the data folder", kept);
    let last_packages =
        kept.iter().filter_map(|packages| packages.first()).map(|newest| size(&newest.folder)).collect();
    // By a line of its own, so that whoever serves need not wait for it.
    let database = Store::open_to_look(installation.folders.root()).and_then(|store| store.complaints());
    let folder = |destination: &Destination| match &destination.target {
        Target::Folder { folder } => Some((destination.name.to_string(), folder.clone(), access(folder))),
        Target::Upload { .. } => None,
    };
    DiskFacts {
        last_packages,
        database: Some(database.map_err(Trouble::from)),
        destinations: destinations.iter().filter_map(folder).collect(),
        ..of_folder(&installation.folders)
    }
}

/// What can be told of a data folder that does not open.
pub(super) fn of_folder(folders: &Folders) -> DiskFacts {
    let root = folders.root();
    DiskFacts {
        root: root.to_owned(),
        access: access(root),
        mode: mode(root),
        space: space(root),
        last_packages: Vec::new(),
        database: None,
        destinations: Vec::new(),
    }
}

/// Bytes of the files of a package, which has no folders within; what cannot be read counts nothing.
fn size(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).fold(0, u64::saturating_add)
}

#[cfg(unix)]
fn access(folder: &Path) -> Access {
    use rustix::fs::Access as Asked;
    if !folder.is_dir() {
        return Access::Missing;
    }
    // The system is asked, nothing is written.
    match rustix::fs::access(folder, Asked::WRITE_OK | Asked::EXEC_OK) {
        Ok(()) => Access::Open,
        Err(_) => Access::Closed,
    }
}

#[cfg(unix)]
fn mode(folder: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(folder).ok().map(|found| found.permissions().mode() & 0o777)
}

#[cfg(unix)]
fn space(folder: &Path) -> Option<Space> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.f_frsize);
    Some(Space { free: bytes(found.f_bavail), total: bytes(found.f_blocks) })
}

// Elsewhere (Windows) a folder says only whether it is read-only; who may enter is in its access list, and free room is
// not known here.

#[cfg(not(unix))]
fn access(folder: &Path) -> Access {
    match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() && found.permissions().readonly() => Access::Closed,
        Ok(found) if found.is_dir() => Access::Open,
        _ => Access::Missing,
    }
}

#[cfg(not(unix))]
fn mode(_folder: &Path) -> Option<u32> {
    None
}

#[cfg(not(unix))]
fn space(_folder: &Path) -> Option<Space> {
    None
}
