//! What the facts of a disk mean. Pure.

use super::{Access, DiskFacts, Space};
use crate::doctor::report::{Cause, Finding};
use std::path::Path;

/// An import needs so many times the size of its package while it works: the journal, sorted rows, the package and its
/// tables for the page.
const WORKING: u64 = 4;

/// With less than this nothing is safe, whatever the packages need.
const LEAST: u64 = 200 << 20;

/// With less than this somebody should look.
const LITTLE: u64 = 1 << 30;

pub(in crate::doctor) fn judge(facts: &DiskFacts) -> Vec<Finding> {
    let mut findings = vec![folder(facts)];
    findings.push(room(facts));
    findings.extend(facts.database.as_ref().map(|found| {
        let looked_at = facts.root.join(beacon_store::DATABASE_FILE).display().to_string();
        match found {
            Ok(complaints) if complaints.is_empty() => {
                Finding::ok(Cause::Disk, "disk.database_sound", looked_at, "The database is sound.")
            }
            Ok(complaints) => {
                let title = format!("The database is damaged: {}.", complaints.join("; "));
                Finding::ok(Cause::Disk, "disk.database_damaged", looked_at, title)
                    .fails("Stop the beacon, keep a copy of the data folder, and bring it back from a backup.")
            }
            Err(trouble) => {
                Finding::ok(Cause::Disk, &trouble.code, looked_at, trouble.title.clone()).fails(trouble.advice.clone())
            }
        }
    }));
    findings.extend(facts.destinations.iter().map(|(name, folder, access)| destination(name, folder, *access)));
    findings
}

fn folder(facts: &DiskFacts) -> Finding {
    let looked_at = format!("data folder {}", facts.root.display());
    match (facts.access, facts.mode) {
        (Access::Missing, _) => Finding::ok(Cause::Disk, "disk.folder_missing", looked_at, "There is no such folder.")
            .warns("The first command that stores something makes it."),
        (Access::Closed, _) => {
            let title = "This user may not write there, or the disk is read-only.";
            Finding::ok(Cause::Disk, "disk.not_writable", looked_at, title)
                .fails("Give the folder to the user that runs beacon, and see why the disk is read-only if it is.")
        }
        (Access::Open, Some(mode)) if mode & 0o077 != 0 => {
            let title = format!("Others may enter it (mode {mode:03o}).");
            Finding::ok(Cause::Disk, "disk.open_to_others", looked_at, title)
                .fails("Close it to others: `chmod 700` on that folder. Look who could have read it.")
        }
        (Access::Open, Some(mode)) => {
            let title = format!("It can be written, by its owner alone (mode {mode:03o}).");
            Finding::ok(Cause::Disk, "disk.folder", looked_at, title)
        }
        (Access::Open, None) => Finding::ok(Cause::Disk, "disk.folder", looked_at, "It can be written."),
    }
}

fn room(facts: &DiskFacts) -> Finding {
    let looked_at = format!("free space for {}", facts.root.display());
    let Some(Space { free, total }) = facts.space else {
        return Finding::ok(Cause::Disk, "disk.space_unknown", looked_at, "Free space is not known on this system.");
    };
    let largest = facts.last_packages.iter().copied().max().unwrap_or(0);
    let all = facts.last_packages.iter().copied().fold(0, u64::saturating_add);
    let (one_import, each_once) = (largest.saturating_mul(WORKING), all.saturating_mul(WORKING));
    let title = format!(
        "{} of {} are free; the next imports need about {} one after the other, {} all at once.",
        bytes(free),
        bytes(total),
        bytes(one_import.max(LEAST)),
        bytes(each_once.max(LEAST))
    );
    let found = |code| Finding::ok(Cause::Disk, code, looked_at, title);
    let step = "Make room, let `beacon packages prune` remove old packages, or move the data folder to a larger disk.";
    if free < one_import.max(LEAST) {
        found("disk.full").fails(step)
    } else if free < each_once.max(LITTLE) {
        found("disk.little_space").warns(step)
    } else {
        found("disk.space")
    }
}

fn destination(name: &str, folder: &Path, access: Access) -> Finding {
    let looked_at = format!("destination {name}, {}", folder.display());
    match access {
        Access::Open => Finding::ok(Cause::Delivery, "delivery.folder_open", looked_at, "It can be written."),
        Access::Missing => {
            Finding::ok(Cause::Delivery, "delivery.folder_missing", looked_at, "There is no such folder.")
                .fails("Connect the drive or make the folder; beacon does not make it.")
        }
        Access::Closed => {
            Finding::ok(Cause::Delivery, "delivery.folder_closed", looked_at, "This user may not write there.")
                .fails("Let the user that runs beacon write into that folder.")
        }
    }
}

/// A number of bytes as people read it.
fn bytes(count: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let mut tenths = count.saturating_mul(10) >> 10;
    let mut chosen = 0;
    while tenths >= 10_240 && chosen + 1 < units.len() {
        tenths >>= 10;
        chosen += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, units.get(chosen).unwrap_or(&"KiB"))
}

#[cfg(test)]
mod tests {
    use super::{bytes, judge};
    use crate::doctor::disk::{Access, DiskFacts, Space};
    use crate::doctor::report::Level;

    fn facts(free: u64, last_packages: &[u64]) -> DiskFacts {
        DiskFacts {
            root: "/data".into(),
            access: Access::Open,
            mode: Some(0o700),
            space: Some(Space { free, total: 100 << 30 }),
            last_packages: last_packages.to_vec(),
            database: Some(Ok(Vec::new())),
            destinations: Vec::new(),
        }
    }

    #[test]
    fn room_is_held_against_the_last_packages() {
        for (free, packages, code, level) in [
            (50 << 30, &[1 << 30, 2 << 30][..], "disk.space", Level::Ok),
            (9 << 30, &[1 << 30, 2 << 30], "disk.little_space", Level::Warning),
            (7 << 30, &[1 << 30, 2 << 30], "disk.full", Level::Failure),
            (900 << 20, &[], "disk.little_space", Level::Warning),
            (100 << 20, &[], "disk.full", Level::Failure),
        ] {
            let found = judge(&facts(free, packages));
            assert!(found.iter().any(|one| one.code == code && one.level == level), "{free}: {found:#?}");
        }
    }

    #[test]
    fn a_folder_that_others_may_enter_or_nobody_may_write_is_a_failure() {
        let worst =
            |facts: DiskFacts| judge(&facts).into_iter().find(|one| one.level == Level::Failure).map(|one| one.code);
        assert_eq!(worst(facts(50 << 30, &[])), None);
        let open = DiskFacts { mode: Some(0o750), ..facts(50 << 30, &[]) };
        assert_eq!(worst(open).as_deref(), Some("disk.open_to_others"));
        let closed = DiskFacts { access: Access::Closed, ..facts(50 << 30, &[]) };
        assert_eq!(worst(closed).as_deref(), Some("disk.not_writable"));
        let damaged = DiskFacts { database: Some(Ok(vec!["a page is missing".to_owned()])), ..facts(50 << 30, &[]) };
        assert_eq!(worst(damaged).as_deref(), Some("disk.database_damaged"));
    }

    #[test]
    fn bytes_are_written_for_people() {
        assert_eq!(bytes(0), "0.0 KiB");
        assert_eq!(bytes(1_536), "1.5 KiB");
        assert_eq!(bytes(200 << 20), "200.0 MiB");
        assert_eq!(bytes(5 << 40), "5.0 TiB");
        assert_eq!(bytes(u64::MAX).split(' ').next_back(), Some("TiB"));
    }
}
