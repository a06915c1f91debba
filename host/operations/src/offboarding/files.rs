//! The files of a customer, and erasing them.

use super::OffboardingReport;
use super::customer::Customer;
use crate::installation::Installation;
use crate::retention;
use crate::trouble::Trouble;
use beacon_package::PackageFolder;
use beacon_store::{Erasure, Offboarding, RunId, RunState, StoreError, TenantKey};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

/// Everything of a customer that is there now.
pub(super) fn of(installation: &Installation, customer: &Customer) -> Result<Vec<Erasure>, Trouble> {
    let folders = &installation.folders;
    let store = installation.store();
    let removals: BTreeSet<RunId> = store.removals()?.into_iter().map(|(run, _)| run).collect();
    let mut plain: Vec<PathBuf> = Vec::new();
    let mut packages: Vec<(PathBuf, RunId)> = Vec::new();
    // Of runs that left something where they were to write, and nobody removed it.
    let mut expected: BTreeSet<PathBuf> = BTreeSet::new();
    for connection in &customer.connections {
        plain.extend(folders.snapshot_files(connection.id));
        plain.push(folders.usage(connection.id));
        for run in store.runs(connection.id, u32::MAX)? {
            plain.extend([folders.run(run.id), folders.run_log(run.id)]);
            let Some(folder) = run.package_dir else { continue };
            let is_kept = run.package_removed_at.is_none() || removals.contains(&run.id);
            if run.state == RunState::Running {
                expected.extend(beside(&folder));
            }
            if run.state == RunState::Running || (run.package_id.is_some() && is_kept) {
                expected.insert(folder.clone());
            }
            packages.push((folder, run.id));
        }
    }
    drop(store);
    // Of connections that were removed before.
    packages.extend(packages_of(installation, &customer.tenants));
    for (folder, run) in &packages {
        plain.extend(beside(folder));
        plain.push(folders.run_log(*run));
    }
    let packages = packages.into_iter().map(|(path, run)| Erasure { path, run: Some(run) });
    let mut found: Vec<Erasure> = plain.into_iter().map(|path| Erasure { path, run: None }).chain(packages).collect();
    let mut seen = BTreeSet::new();
    let may_be_there = |path: &Path| folders.is_there(path).unwrap_or_else(|_| expected.contains(path));
    found.retain(|erasure| seen.insert(erasure.path.clone()) && may_be_there(&erasure.path));
    Ok(found)
}

/// What a package is called while it is written and while it is removed.
fn beside(folder: &Path) -> Vec<PathBuf> {
    let Some(name) = folder.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    ["partial", "removed"].map(|end| folder.with_file_name(format!(".{name}.{end}"))).into()
}

/// Whether there is a package of one of these tenants.
pub(super) fn any_package(installation: &Installation, tenants: &BTreeSet<TenantKey>) -> bool {
    packages_of(installation, tenants).next().is_some()
}

/// Packages in the data folder that say they are of one of these tenants.
fn packages_of(installation: &Installation, tenants: &BTreeSet<TenantKey>) -> impl Iterator<Item = (PathBuf, RunId)> {
    let below = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let packages = installation.folders.packages();
    // As runs name them.
    let folders = below(std::path::absolute(&packages).unwrap_or(packages)).flat_map(below);
    folders.filter_map(|folder| {
        let package = PackageFolder::open(&folder).ok()?;
        let block = &package.manifest().beacon;
        let run = block.run_id.parse().ok()?;
        tenants.contains(&TenantKey::new(&block.tenant_id)).then_some((folder, run))
    })
}

/// Erases what is left of a customer, and forgets it when nothing is. Its rows are gone by now: whatever fails, there is a
/// report.
pub(super) fn finish(installation: &Installation, offboarding: &Offboarding) -> OffboardingReport {
    let mut report = OffboardingReport { customer: offboarding.names.join(", "), ..OffboardingReport::default() };
    if let Err(error) = erase_files(installation, offboarding, &mut report) {
        let Trouble { title, advice, .. } = Trouble::from(error);
        report.unfinished = true;
        report.not_erased.push(format!(
            "The database could not be written anew, parts of what was erased may be left in its file: {title}. {advice} \
             It is tried again when the beacon starts."
        ));
    }
    report
}

fn erase_files(
    installation: &Installation,
    offboarding: &Offboarding,
    report: &mut OffboardingReport,
) -> Result<(), StoreError> {
    let erasures = installation.store().erasures(offboarding.id)?;
    let count = erasures.len();
    for erasure in erasures {
        let path = erasure.path.display();
        match erase(installation, &erasure) {
            Ok(true) => {}
            Ok(false) => report.not_erased.push(format!(
                "{path} is not the package that was written there, and was not touched. Look at it, and remove it."
            )),
            Err(error) => {
                report.unfinished = true;
                report.not_erased.push(format!("{path}: {error}. It is tried again when the beacon starts."));
                continue;
            }
        }
        installation.store().end_erasure(offboarding.id, &erasure)?;
    }
    if !report.unfinished {
        installation.store().end_offboarding(offboarding.id)?;
        report
            .erased
            .push(format!("Everything that was left: {count} files and folders, and all rows of the database."));
    }
    Ok(())
}

/// Removes a file, a folder, or a package that is ours; gives `false` if something else lies there.
fn erase(installation: &Installation, erasure: &Erasure) -> io::Result<bool> {
    let path = &erasure.path;
    let packages = std::path::absolute(installation.folders.packages())?;
    let below = path.starts_with(&packages);
    if let Some(run) = erasure.run.filter(|_| !below) {
        return retention::remove(&installation.folders, path, run);
    }
    installation.folders.is_there(path)?;
    let gone = match path.symlink_metadata() {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match gone {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The folder has the name of the connection; one that is not empty belongs to somebody else as well.
    if let Some(folder) = path.parent().filter(|folder| below && folder.parent() == Some(packages.as_path())) {
        let _ = std::fs::remove_dir(folder);
    }
    Ok(true)
}
