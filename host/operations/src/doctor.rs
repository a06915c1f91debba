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
mod unread;

pub use program::{ModuleState, PageFiles, modules};
pub use report::{Cause, Finding, Level, Report};

use crate::folders::Folders;
use crate::installation::{Installation, Place};
use crate::trouble::Trouble;
use beacon_store::{Connection, DATABASE_FILE};
use std::collections::BTreeSet;
use std::path::PathBuf;
use unread::{Unread, told};

/// What only whoever calls knows.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The files of the page.
    pub page: PageFiles,
    /// The certificate that the page is served with (PEM), if it is.
    pub certificate: Option<PathBuf>,
    /// The beacon that serves the data folder; none if none does.
    pub serving: Option<ServingFacts>,
    /// Why the authorities cannot be read that somebody at a command line named.
    pub authorities: Option<Trouble>,
}

/// How a beacon that serves is.
#[derive(Clone, Debug)]
pub struct ServingFacts {
    /// Whether it still looks at its schedules.
    pub alive: bool,
    /// What kept it from its work when it looked last.
    pub trouble: Option<Trouble>,
}

/// Examines an installation; with `only` what concerns that connection. A part that cannot be read is a finding, and the
/// others are looked at all the same. What a person holds is not worked on, so nobody is asked for it unless it is named.
///
/// # Errors
/// [`Trouble`] that should not happen.
pub async fn examine(
    installation: &Installation,
    only: Option<&Connection>,
    surroundings: &Surroundings,
) -> Result<Report, Trouble> {
    let now = Installation::now();
    let mut unread = Unread::default();
    let (all, destinations, held) = {
        let store = installation.store();
        (store.connections(), store.destinations(), store.held())
    };
    let mut all = unread.or_nothing("connections", all);
    all.retain(|one| only.is_none_or(|only| only.id == one.id));
    let held: BTreeSet<_> = unread.or_nothing("connections that are held", held).into_keys().collect();
    let destinations = unread.or_nothing("destinations", destinations);
    let mut connections = all.clone();
    connections.retain(|one| only.is_some() || !held.contains(&one.id));
    // Files and the database on a thread of their own, while hosts are asked.
    let local = {
        let (installation, connections, surroundings) =
            (installation.clone(), connections.clone(), surroundings.clone());
        let (only, destinations) = (only.cloned(), destinations.clone());
        tokio::task::spawn_blocking(move || {
            let disk = disk::gather(&installation, &connections, &destinations, &mut unread);
            let mut findings = disk::judge::judge(&disk);
            findings.extend(unread.or_nothing("stored secrets", keys::look(&installation, only.as_ref())));
            findings.extend(program::look(&installation.folders, &surroundings.page));
            let owed = owed::gather(&installation, &all, &held, surroundings.serving, now, &mut unread);
            findings.extend(owed::judge::judge(&owed, now));
            findings.extend(unread.into_findings());
            findings
        })
    };
    let network = network::gather(installation, &connections, &destinations, surroundings).await;
    let mut findings = network::judge::judge(&network, now);
    findings.extend(local.await.map_err(|error| Trouble::unexpected(&error))?);
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
        Some(why) => told(&folders.root().display().to_string(), why),
        None => Finding::ok(Cause::Disk, "disk.no_data", folders.root().display().to_string(), "Nothing is here yet.")
            .warns("Add a connection with `beacon connection add`, or name the right folder with --data."),
    }];
    findings.extend(disk::judge::judge(&disk::of_folder(&folders)));
    findings.extend(program::look(&folders, &surroundings.page));
    Ok(Report::new(Installation::now(), findings))
}
