//! A file for each day (UTC), and an end for those that are old.
//!
//! Own code instead of a library because a log is for its owner's eyes only, also on a machine where new files are not,
//! and because time is passed in.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const BEGINNING: &str = "beacon-";
const END: &str = ".log";

/// Where lines go, one file for each day.
#[derive(Debug)]
pub struct DailyFile {
    folder: PathBuf,
    keep_days: u16,
    open: Option<(Date, File)>,
}

impl DailyFile {
    /// A log in this folder, of which files that are older than `keep_days` are removed.
    #[must_use]
    pub fn new(folder: PathBuf, keep_days: u16) -> Self {
        Self { folder, keep_days, open: None }
    }

    /// Adds a line to the file of its day. With the first line of a day the old files go.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn write(&mut self, at: Timestamp, line: &str) -> io::Result<()> {
        let day = at.to_zoned(TimeZone::UTC).date();
        let mut file = match self.open.take() {
            Some((open, file)) if open == day => file,
            _ => {
                let file = open_private(&self.folder, &file_name(day))?;
                self.remove_old(day);
                file
            }
        };
        // In one piece: another process may be writing to the same file.
        let written = file.write_all(format!("{line}\n").as_bytes());
        self.open = Some((day, file));
        written
    }

    /// One that cannot be removed now will be tomorrow.
    fn remove_old(&self, today: Date) {
        let Ok(first_kept) = today.checked_sub(i64::from(self.keep_days).days()) else { return };
        for (day, path) in Self::files(&self.folder) {
            if day < first_kept {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// The files of a folder with their days, the oldest first.
    #[must_use]
    pub fn files(folder: &Path) -> Vec<(Date, PathBuf)> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut files: Vec<_> =
            entries.filter_map(|entry| Some((day_of(entry.file_name().to_str()?)?, entry.path()))).collect();
        files.sort();
        files
    }
}

fn file_name(day: Date) -> String {
    format!("{BEGINNING}{day}{END}")
}

fn day_of(name: &str) -> Option<Date> {
    name.strip_prefix(BEGINNING)?.strip_suffix(END)?.parse().ok()
}

#[cfg(unix)]
fn open_private(folder: &Path, name: &str) -> io::Result<File> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    File::options().create(true).append(true).mode(0o600).open(folder.join(name))
}

// Elsewhere (Windows) a file has the access list of its folder.
#[cfg(not(unix))]
fn open_private(folder: &Path, name: &str) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    File::options().create(true).append(true).open(folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn each_day_has_its_file_and_the_old_ones_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("log");
        let mut log = DailyFile::new(inner.clone(), 30);
        let start: Timestamp = "2026-01-30T23:59:59Z".parse().expect("a time");
        fs::create_dir(&inner).expect("a folder");
        fs::write(inner.join("notes.txt"), "").expect("somebody else's file");
        fs::write(inner.join("beacon-old.log"), "").expect("somebody else's file");
        for second in [0, 1, 2] {
            log.write(start + jiff::SignedDuration::from_secs(second), &format!("line {second}")).expect("written");
        }
        let read = |name: &str| fs::read_to_string(inner.join(name)).expect("a file");
        assert_eq!(read("beacon-2026-01-30.log"), "line 0\n");
        assert_eq!(read("beacon-2026-01-31.log"), "line 1\nline 2\n");
        for day in 1..=60 {
            log.write(start + jiff::SignedDuration::from_hours(24 * day), "line").expect("written");
        }
        let kept = DailyFile::files(&inner);
        assert_eq!(kept.len(), 31, "today and thirty days before");
        assert_eq!(kept.first().map(|(day, _)| day.to_string()).as_deref(), Some("2026-03-01"));
        assert!(
            names(&inner).contains(&"notes.txt".to_owned()) && names(&inner).contains(&"beacon-old.log".to_owned())
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_log_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("log");
        DailyFile::new(inner.clone(), 1).write("2026-01-30T00:00:00Z".parse().expect("a time"), "x").expect("written");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&inner.join("beacon-2026-01-30.log"))), (0o700, 0o600));
    }
}
