//! Removing packages that are not needed any more. Decided in the store, in one transaction with a last look at who
//! needs them and with an entry of the audit trail for each; then removed from the disk. Whatever was interrupted in
//! between, or could not be removed, is tried again the next time.

use crate::folders::Folders;
use crate::installation::Installation;
use crate::trouble::Trouble;
use beacon_package::{PackageError, PackageFolder};
use beacon_store::{Connection, KeptPackage, RunId, RunState};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};

pub use beacon_store::Retention;

/// A package that went, or would go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// Name of its connection.
    pub connection: String,
    /// The run that left it.
    pub run: RunId,
    /// When that run began.
    pub started_at: Timestamp,
    /// Its folder.
    pub folder: PathBuf,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PruneReport {
    /// Packages that went; with `dry_run` those that would.
    pub removed: Vec<Pruned>,
    /// Packages that would have gone, but a destination waits for them.
    pub awaited: Vec<Pruned>,
    /// Folders that are not what was written there; nobody touched them.
    pub foreign: Vec<PathBuf>,
    /// Packages that go and are still there, or may be. They are tried again the next time.
    pub failed: Vec<NotRemoved>,
}

/// A package that could not be removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotRemoved {
    /// Its folder.
    pub folder: PathBuf,
    /// What the system says.
    pub cause: String,
}

/// What becomes of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Stays,
    Awaited,
    Goes,
}

/// Removes the packages of connections that a policy lets go: never one that a destination waits for, never the
/// newest of a connection, never its newest complete one. With `dry_run` nothing happens.
///
/// # Errors
/// [`Trouble`] of the store; what was decided before is finished the next time.
pub fn prune(
    installation: &Installation,
    connections: &[Connection],
    policy: Retention,
    now: Timestamp,
    dry_run: bool,
) -> Result<PruneReport, Trouble> {
    let mut report = PruneReport::default();
    for connection in connections {
        let packages = installation.store().kept_packages(connection.id)?;
        let fates = fates(&packages, policy, now);
        for (package, fate) in packages.into_iter().zip(fates) {
            let pruned = || Pruned {
                connection: connection.name.to_string(),
                run: package.run,
                started_at: package.started_at,
                folder: package.folder.clone(),
            };
            match fate {
                Fate::Stays => {}
                Fate::Awaited => report.awaited.push(pruned()),
                Fate::Goes if dry_run || installation.store().begin_removal(package.run, now)? => {
                    report.removed.push(pruned());
                }
                Fate::Goes => {}
            }
        }
    }
    if !dry_run {
        finish(installation, &mut report)?;
    }
    Ok(report)
}

/// Removes what the stored rule lets go; `None` if there is no rule.
///
/// # Errors
/// As for [`prune`].
pub fn prune_by_rule(
    installation: &Installation,
    connections: &[Connection],
    now: Timestamp,
    dry_run: bool,
) -> Result<Option<PruneReport>, Trouble> {
    let rule = installation.store().retention()?;
    if rule.is_given() { prune(installation, connections, rule, now, dry_run).map(Some) } else { Ok(None) }
}

/// What becomes of each package of a connection, which come newest first.
fn fates(packages: &[KeptPackage], policy: Retention, now: Timestamp) -> Vec<Fate> {
    let newest_complete = packages.iter().position(|package| package.state == RunState::Complete);
    let keep = policy.keep.map_or(0, |keep| usize::try_from(keep).unwrap_or(usize::MAX));
    let oldest = policy.days.map(|days| now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))));
    let fate = |(at, package): (usize, &KeptPackage)| {
        let young = match oldest {
            None => false,
            // A time before all times: nothing is older.
            Some(Err(_)) => true,
            Some(Ok(oldest)) => package.started_at >= oldest,
        };
        if !policy.is_given() || at == 0 || at < keep || young || Some(at) == newest_complete {
            Fate::Stays
        } else if package.awaited {
            Fate::Awaited
        } else {
            Fate::Goes
        }
    };
    packages.iter().enumerate().map(fate).collect()
}

/// Removes everything that was decided to go. A folder that cannot be removed holds no other one up.
fn finish(installation: &Installation, report: &mut PruneReport) -> Result<(), Trouble> {
    let removals = installation.store().removals()?;
    for (run, folder) in removals {
        match remove(&installation.folders, &folder, run) {
            Ok(true) => installation.store().end_removal(run)?,
            Ok(false) => {
                report.removed.retain(|pruned| pruned.run != run);
                report.foreign.push(folder);
                installation.store().end_removal(run)?;
            }
            Err(error) => {
                report.removed.retain(|pruned| pruned.run != run);
                report.failed.push(NotRemoved { folder, cause: error.to_string() });
            }
        }
    }
    Ok(())
}

/// Takes a package its name, then removes it; gives `false` if something else lies there.
pub(crate) fn remove(folders: &Folders, folder: &Path, run: RunId) -> io::Result<bool> {
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { return Ok(false) };
    let hidden = folder.with_file_name(format!(".{name}.removed"));
    if folders.is_there(folder)? {
        match PackageFolder::open(folder) {
            Ok(found) if found.manifest().beacon.run_id == run.to_string() => {}
            // What cannot be read may be ours.
            Err(PackageError::Storage { source, .. }) => return Err(source),
            _ => return Ok(false),
        }
        erase(&hidden)?;
        std::fs::rename(folder, &hidden)?;
    }
    erase(&hidden)?;
    Ok(true)
}

fn erase(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Retention, fates};
    use beacon_store::{KeptPackage, RunId, RunState};
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    fn now() -> Timestamp {
        "2026-03-31T06:00:00Z".parse().unwrap()
    }

    /// One package a day, the newest first: `c` complete, `p` partial; upper case if a destination waits for it.
    fn packages(told: &str) -> Vec<KeptPackage> {
        let package = |(days, letter): (usize, char)| KeptPackage {
            run: RunId::from(Uuid::from_u128(days as u128)),
            state: if letter.eq_ignore_ascii_case(&'c') { RunState::Complete } else { RunState::Partial },
            started_at: now() - SignedDuration::from_hours(24 * days as i64),
            folder: format!("/packages/{days}").into(),
            awaited: letter.is_ascii_uppercase(),
        };
        told.chars().enumerate().map(package).collect()
    }

    #[track_caller]
    fn check(told: &str, keep: Option<u32>, days: Option<u32>, expected: &str) {
        let letter = |fate: &Fate| match fate {
            Fate::Stays => '.',
            Fate::Awaited => 'w',
            Fate::Goes => 'x',
        };
        let found: String = fates(&packages(told), Retention { keep, days }, now()).iter().map(letter).collect();
        assert_eq!(found, expected, "{told} keep {keep:?} days {days:?}");
    }

    #[test]
    fn without_a_rule_everything_stays() {
        check("ccc", None, None, "...");
    }

    #[test]
    fn the_newest_and_the_newest_complete_one_always_stay() {
        check("ccc", Some(0), None, ".xx");
        check("ppcpc", Some(0), None, ".x.xx");
        check("ppp", Some(1), Some(0), ".xx");
        check("", Some(0), Some(0), "");
    }

    #[test]
    fn every_rule_that_is_given_has_to_let_it_go() {
        check("ccccc", Some(2), None, "..xxx");
        check("ccccc", None, Some(2), "...xx");
        check("ccccc", Some(4), Some(2), "....x");
        check("ccccc", Some(2), Some(3), "....x");
        check("cc", None, Some(u32::MAX), "..");
    }

    #[test]
    fn what_a_destination_waits_for_stays() {
        check("ccCcC", Some(1), None, ".xwxw");
        check("CcC", Some(3), None, "...");
    }
}
