//! Removing one connection, and its packages if a person says so.

use crate::delivery;
use crate::installation::Installation;
use crate::retention;
use crate::trouble::Trouble;
use crate::usage_files;
use beacon_store::{Connection, Run, RunId};
use std::path::PathBuf;

/// What becomes of the packages of a connection that is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packages {
    /// They stay where they are, and what destinations wait for is sent.
    Keep,
    /// They go, and nobody waits for them any more.
    Erase,
}

/// What became of the packages of a connection that was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removal {
    /// Where packages were kept, the newest first.
    pub kept: Vec<PathBuf>,
    /// How many were erased.
    pub erased: usize,
    /// Which were not, and why: sentences.
    pub not_erased: Vec<String>,
}

/// Removes a connection with its secrets, its history, its imported usage and what was prepared for the page. Packages
/// that are to go are noted with it: whoever removes packages next finishes what was interrupted or failed.
///
/// # Errors
/// [`Trouble`] of the store; while this process imports it, or sends one of the packages that are to go.
pub fn remove(installation: &Installation, connection: &Connection, packages: Packages) -> Result<Removal, Trouble> {
    let _leaving = installation.at_work().leave(std::slice::from_ref(connection))?;
    let runs = installation.store().runs(connection.id, u32::MAX)?;
    let lying = runs.iter().filter(|run| run.package_id.is_some() && run.package_removed_at.is_none());
    let lying: Vec<(RunId, PathBuf)> = lying.filter_map(|run| Some((run.id, run.package_dir.clone()?))).collect();
    let (kept, going) = match packages {
        Packages::Keep => (lying, Vec::new()),
        Packages::Erase => (Vec::new(), lying),
    };
    let mut waiting = installation.store().waiting_deliveries(None)?;
    waiting.retain(|delivery| packages == Packages::Erase && delivery.connection == connection.id);
    let _claims = installation.sending().claim_all(waiting.iter().map(|delivery| delivery.destination))?;
    // What was imported about people goes first: without the connection nobody would find it any more.
    usage_files::forget(installation, connection.id)?;
    installation.store().together(|store| {
        for one in &waiting {
            delivery::note_given_up(store, one.run, one.destination, &one.destination_name)?;
        }
        store.note_removals(connection.id, &going)?;
        store.delete_connection(connection.id)
    })?;
    erase_files(installation, connection, &runs);
    let mut removal = Removal { kept: kept.into_iter().map(|(_, folder)| folder).collect(), ..Removal::default() };
    for (run, folder) in going {
        let path = folder.display();
        match retention::remove(&installation.folders, &folder, run) {
            Ok(true) => removal.erased = removal.erased.saturating_add(1),
            Ok(false) => removal.not_erased.push(format!(
                "{path} is not the package that was written there, and was not touched. Look at it, and remove it."
            )),
            Err(why) => {
                removal.not_erased.push(format!("{path}: {why}. It is tried again when packages are pruned."));
                continue;
            }
        }
        // A note too many is looked into in vain when packages are pruned next.
        let _ = installation.store().end_removal(run);
    }
    Ok(removal)
}

/// What cannot be removed now is asked by nobody any more, and but for the logs goes at the next start.
fn erase_files(installation: &Installation, connection: &Connection, runs: &[Run]) {
    let folders = &installation.folders;
    for run in runs {
        let _ = std::fs::remove_dir_all(folders.run(run.id));
    }
    let logs = runs.iter().map(|run| folders.run_log(run.id));
    for file in logs.chain(folders.snapshot_files(connection.id)) {
        let _ = std::fs::remove_file(file);
    }
}
