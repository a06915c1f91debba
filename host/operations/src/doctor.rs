//! An examination: everything that keeps imports from working, or will within thirty days. It asks hosts that connections
//! need anyway, without any credential but that of a proxy, and changes nothing.
//!
//! Each part first gathers facts, within time limits and side by side where they do not depend on each other, then judges
//! them: the judges are pure. Codes and limits are told in `docs/doctor.md`.

mod disk;
mod keys;
mod network;
mod owed;
mod program;
mod report;

pub use program::{ModuleState, PageFiles, modules};
pub use report::{Cause, Finding, Level, Report};

use crate::folders::Folders;
use crate::installation::{Installation, Place};
use crate::trouble::Trouble;
use beacon_store::{Connection, DATABASE_FILE};
use std::path::PathBuf;

/// What only whoever calls knows.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The files of the page.
    pub page: PageFiles,
    /// The certificate that the page is served with (PEM), if it is.
    pub certificate: Option<PathBuf>,
    /// The beacon that serves the data folder; none if none does.
    pub serving: Option<ServingFacts>,
}

/// How a beacon that serves is.
#[derive(Clone, Debug)]
pub struct ServingFacts {
    /// Whether it still looks at its schedules.
    pub alive: bool,
    /// What kept it from its work when it looked last.
    pub trouble: Option<Trouble>,
}

/// Examines an installation; with `only` what concerns that connection.
///
/// # Errors
/// [`Trouble`] of the store, when not even connections can be read.
pub async fn examine(
    installation: &Installation,
    only: Option<&Connection>,
    surroundings: &Surroundings,
) -> Result<Report, Trouble> {
    let now = Installation::now();
    let mut connections = installation.store().connections()?;
    connections.retain(|one| only.is_none_or(|only| only.id == one.id));
    let destinations = installation.store().destinations()?;
    // Files and the database on a thread of their own, while hosts are asked.
    let local = {
        let (installation, connections, surroundings) =
            (installation.clone(), connections.clone(), surroundings.clone());
        let (only, destinations) = (only.cloned(), destinations.clone());
        tokio::task::spawn_blocking(move || -> Result<Vec<Finding>, Trouble> {
            let mut findings = disk::judge::judge(&disk::gather(&installation, &connections, &destinations)?);
            findings.extend(keys::look(&installation, only.as_ref())?);
            findings.extend(program::look(&installation.folders, &surroundings.page));
            let owed = owed::gather(&installation, &connections, surroundings.serving, now)?;
            findings.extend(owed::judge::judge(&owed, now));
            Ok(findings)
        })
    };
    let network = network::gather(installation, &connections, &destinations, surroundings.certificate.as_deref()).await;
    let mut findings = network::judge::judge(&network, now);
    findings.extend(local.await.map_err(|error| Trouble::unexpected(&error))??);
    Ok(Report::new(now, findings))
}

/// Whether there is anything to open: opening would make a data folder.
///
/// # Errors
/// [`Trouble`] if this user has no data folder.
pub fn is_there(place: &Place) -> Result<bool, Trouble> {
    Ok(Folders::new(place.data.clone())?.root().join(DATABASE_FILE).exists())
}

/// Examines what can be looked at where an installation does not open, and says why it does not; or, without a reason,
/// that there is none.
///
/// # Errors
/// [`Trouble`] if this user has no data folder.
pub fn examine_closed(place: &Place, why: Option<&Trouble>, surroundings: &Surroundings) -> Result<Report, Trouble> {
    let folders = Folders::new(place.data.clone())?;
    let mut findings = vec![match why {
        Some(why) => closed(&folders, why),
        None => Finding::ok(Cause::Disk, "disk.no_data", folders.root().display().to_string(), "Nothing is here yet.")
            .warns("Add a connection with `beacon connection add`, or name the right folder with --data."),
    }];
    findings.extend(disk::judge::judge(&disk::of_folder(&folders)));
    findings.extend(program::look(&folders, &surroundings.page));
    Ok(Report::new(Installation::now(), findings))
}

fn closed(folders: &Folders, why: &Trouble) -> Finding {
    let cause = match why.code.as_str() {
        code if code == "store.locked" || code.starts_with("control.") => Cause::Daemon,
        code if code.starts_with("store.") => Cause::Disk,
        // What is left of opening is the vault.
        _ => Cause::Keys,
    };
    let title = std::iter::once(&why.title).chain(&why.detail).cloned().collect::<Vec<_>>().join(" ");
    Finding::ok(cause, &why.code, folders.root().display().to_string(), title).fails(why.advice.clone())
}
