//! Runs that a dead process left behind, and what else it left. We hold the lock of the data folder, so nobody else works on them; those of this
//! process are known ([`crate::at_work`]).

use crate::folders::Folders;
use crate::import::of_package;
use crate::installation::Installation;
use crate::modules::Module;
use crate::session::Session;
use crate::trouble::Trouble;
use beacon_package::{MANIFEST_NAME, PackageFolder};
use beacon_store::{Connection, Run, RunOutcome, RunState, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How old a run may be to go on: later the first half of its package would be of another day than the second.
pub const RESUMABLE: SignedDuration = SignedDuration::from_hours(24);

/// A run that goes on: its session, when it started, and where its package will be.
pub(crate) type Resumable<'a> = (Session<'a>, Timestamp, PathBuf);

/// Ends every run that cannot go on, and finds the one of this connection that can. A run whose package is there was
/// finished in all but name. Runs of other connections that are young enough are left for their own next run.
pub(crate) fn settle<'a>(
    installation: &'a Installation,
    connection: &'a Connection,
    module: &'a Module,
) -> Result<Option<Resumable<'a>>, Trouble> {
    let mut running = installation.store().running_runs()?;
    running.retain(|run| !installation.at_work().holds(run.id));
    let now = Installation::now();
    let mut resumable = None;
    for run in running {
        let published = is_published(&run);
        let young = now.duration_since(run.started_at) <= RESUMABLE;
        if !published && young {
            if run.connection != connection.id {
                continue;
            }
            if resumable.is_none()
                && let Some(folder) = run.package_dir.clone()
                && let Some(session) = Session::resuming(installation, connection, module, run.id)?
            {
                resumable = Some((session, run.started_at, folder));
                continue;
            }
        }
        give_up(installation, run, published)?;
    }
    Ok(resumable)
}

/// Ends the runs of dead processes whose package is there: they were finished in all but name, and what they brought is
/// owed to destinations from now on. Runs that can go on are left alone.
///
/// # Errors
/// [`Trouble`] of the store.
pub fn settle_published(installation: &Installation) -> Result<(), Trouble> {
    let running = installation.store().running_runs()?;
    for run in running.into_iter().filter(|run| !installation.at_work().holds(run.id)) {
        if is_published(&run) {
            give_up(installation, run, true)?;
        }
    }
    Ok(())
}

/// Removes what dead processes left about people: folders of runs that are over, or whose connection is gone, and what was
/// prepared for the page of such a connection, or half prepared. Only for the opening of a data folder, before anything in
/// this process is at work: tasks that are no imports have folders, too, and are in no list.
pub(crate) fn sweep(folders: &Folders, store: &Store) -> Result<(), StoreError> {
    let running: BTreeSet<String> = store.running_runs()?.iter().map(|run| run.id.to_string()).collect();
    let connections: BTreeSet<String> = store.connections()?.iter().map(|one| one.id.to_string()).collect();
    sweep_folder(&folders.runs(), |name| running.contains(name));
    // Named by the connection until the first dot; what is half prepared begins with one.
    sweep_folder(&folders.snapshots(), |name| name.split('.').next().is_some_and(|id| connections.contains(id)));
    Ok(())
}

fn sweep_folder(folder: &Path, stays: impl Fn(&str) -> bool) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(&stays) {
            continue;
        }
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        // What cannot be removed now is looked at again the next time.
        let _ = if is_folder { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
}

fn is_published(run: &Run) -> bool {
    run.package_dir.as_ref().is_some_and(|folder| folder.join(MANIFEST_NAME).is_file())
}

fn give_up(installation: &Installation, run: Run, published: bool) -> Result<(), Trouble> {
    let mut store = installation.store();
    if published {
        store.promote(run.id)?
    } else {
        // It may have been for a schedule, which still wants its run.
        store.release_due(run.id)?;
        store.drop_pending(run.id)?
    };
    let outcome = run.package_dir.as_ref().filter(|_| published).and_then(|folder| outcome_of(folder));
    store.finish_run(run.id, &outcome.unwrap_or_else(interrupted))?;
    // Its journal is of no use any more, and what cannot be removed now harms nobody.
    let _ = std::fs::remove_dir_all(installation.folders.run(run.id));
    Ok(())
}

/// How a run ended whose package is there: as its package says.
fn outcome_of(folder: &Path) -> Option<RunOutcome> {
    let package = PackageFolder::open(folder).ok()?;
    let block = &package.manifest().beacon;
    let finished_at = block.finished_at.parse().unwrap_or_else(|_| Installation::now());
    Some(of_package(block, folder, finished_at))
}

fn interrupted() -> RunOutcome {
    let error = json!({ "kind": "retry", "code": "run.interrupted", "title": "The run was interrupted." });
    RunOutcome {
        state: RunState::Failed,
        finished_at: Installation::now(),
        package_id: None,
        package_dir: None,
        summary: None,
        error: Some(error),
    }
}
