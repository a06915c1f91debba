//! Usage that people import from files: where it lies, and for which applications there can be some.

use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_package::{ExportError, UsageFile, read_applications};
use beacon_store::{Connection, ConnectionId};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// Applications whose use no report of Microsoft's interface tells, whether or not the tenant has a product with them.
const ALWAYS: [(&str, &str); 3] =
    [("copilot_chat", "Microsoft 365 Copilot Chat"), ("project", "Project"), ("visio", "Visio")];

/// Runs that are searched for a package with applications.
const SEARCHED_RUNS: u32 = 50;

/// All stored files of a connection.
///
/// # Errors
/// [`Trouble`] if one cannot be read.
pub fn stored(installation: &Installation, connection: ConnectionId) -> Result<Vec<UsageFile>, Trouble> {
    Ok(UsageFile::all(&installation.folders.usage(connection))?)
}

/// Applications that a file is stored for, readable or not.
///
/// # Errors
/// [`Trouble`] if the folder cannot be read.
pub fn stored_applications(installation: &Installation, connection: ConnectionId) -> Result<Vec<String>, Trouble> {
    Ok(UsageFile::applications(&installation.folders.usage(connection))?)
}

/// Place of the file of an application. Its id is one that was checked before, so it is no path.
pub fn place(installation: &Installation, connection: ConnectionId, application_id: &str) -> PathBuf {
    UsageFile::place(&installation.folders.usage(connection), application_id)
}

/// Removes all stored files of a connection.
///
/// # Errors
/// [`Trouble`] if one cannot be removed.
pub fn forget(installation: &Installation, connection: ConnectionId) -> Result<(), Trouble> {
    let folder = installation.folders.usage(connection);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ExportError::Storage { action: "remove", path: folder, source: error }.into())
        }
        _ => Ok(()),
    }
}

/// Whether an id can be the name of a file.
fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Ids and names of the applications that a file may be about: those of the last package, and those that never have a
/// report.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn applications(installation: &Installation, connection: &Connection) -> Result<BTreeMap<String, String>, Trouble> {
    let mut known: BTreeMap<_, _> = ALWAYS.map(|(id, name)| (id.to_owned(), name.to_owned())).into();
    let runs = installation.store().runs(connection.id, SEARCHED_RUNS)?;
    let folders = runs.into_iter().filter(|run| run.package_id.is_some()).filter_map(|run| run.package_dir);
    // Packages can be moved away; the newest one that is still there tells.
    let newest =
        folders.into_iter().find_map(|folder| read_applications(&folder).ok().filter(|found| !found.is_empty()));
    known.extend(newest.unwrap_or_default().into_iter().filter(|(id, _)| is_plain(id)));
    Ok(known)
}
