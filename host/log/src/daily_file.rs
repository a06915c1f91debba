//! A file for each day (UTC), and an end for those that are old.
//!
//! Own code instead of a library because a log is for its owner's eyes only, also on a machine where new files are not,
//! and because time is passed in.

use crate::redact::redacted;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

const BEGINNING: &str = "beacon-";
const END: &str = ".log";

/// Bytes at the end of a file that are read for its last lines; five hundred long ones are not more.
const TAIL: u64 = 4 << 20;

/// Where lines go, one file for each day.
#[derive(Debug)]
pub(crate) struct DailyFile {
    folder: PathBuf,
    keep_days: u16,
    open: Option<(Date, File)>,
}

impl DailyFile {
    /// A log in this folder, which is made if it is missing. Files that are older than `keep_days` are removed.
    ///
    /// # Errors
    /// Those of the file system, if nothing can be written there.
    pub(crate) fn open(folder: PathBuf, keep_days: u16, now: Timestamp) -> io::Result<Self> {
        let mut log = Self { folder, keep_days, open: None };
        let opened = log.of_day(now)?;
        log.open = Some(opened);
        Ok(log)
    }

    /// Adds a line to the file of its day. With the first line of a day the old files go.
    ///
    /// # Errors
    /// Those of the file system.
    pub(crate) fn write(&mut self, at: Timestamp, line: &str) -> io::Result<()> {
        let (day, mut file) = self.of_day(at)?;
        // In one piece: another process may be writing to the same file.
        let written = file.write_all(format!("{line}\n").as_bytes());
        self.open = Some((day, file));
        written
    }

    /// The file of a day: the open one, or another.
    fn of_day(&mut self, at: Timestamp) -> io::Result<(Date, File)> {
        let day = at.to_zoned(TimeZone::UTC).date();
        if let Some((open, file)) = self.open.take().filter(|(open, _)| *open == day) {
            return Ok((open, file));
        }
        let file = open_private(&self.folder, &file_name(day))?;
        self.remove_old(day);
        Ok((day, file))
    }

    /// One that cannot be removed now will be tomorrow.
    fn remove_old(&self, today: Date) {
        let Ok(first_kept) = today.checked_sub(i64::from(self.keep_days).days()) else { return };
        for (day, path) in files(&self.folder) {
            if day < first_kept {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// The newest lines of the log in a folder, the oldest of them first, and once more without what no log may hold.
///
/// # Errors
/// Those of reading.
pub fn last_lines(folder: &Path, count: usize) -> io::Result<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for (_, path) in files(folder).into_iter().rev() {
        let mut older = tail(&path)?;
        let wanted = count.saturating_sub(lines.len());
        older.drain(..older.len().saturating_sub(wanted));
        older.append(&mut lines);
        lines = older;
        if lines.len() >= count {
            break;
        }
    }
    Ok(lines)
}

/// The last lines of a file; the first of them may be cut, and is left out then.
fn tail(path: &Path) -> io::Result<Vec<String>> {
    let mut file = File::open(path)?;
    let from = file.metadata()?.len().saturating_sub(TAIL);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().skip(usize::from(from > 0)).map(redacted).collect())
}

/// The files of a folder with their days, the oldest first.
fn files(folder: &Path) -> Vec<(Date, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        entries.filter_map(|entry| Some((day_of(entry.file_name().to_str()?)?, entry.path()))).collect();
    files.sort();
    files
}

fn file_name(day: Date) -> String {
    format!("{BEGINNING}{day}{END}")
}

fn day_of(name: &str) -> Option<Date> {
    name.strip_prefix(BEGINNING)?.strip_suffix(END)?.parse().ok()
}

/// A file to be added to, for its owner alone, in a folder for its owner alone; both are made where they are missing.
/// Elsewhere (Windows) a file has the access list of its folder, and that of the place it was made in.
fn open_private(folder: &Path, name: &str) -> io::Result<File> {
    let (mut folders, mut file) = (fs::DirBuilder::new(), File::options());
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        file.mode(0o600);
    }
    folders.recursive(true).create(folder)?;
    file.create(true).append(true).open(folder.join(name))
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
        let start: Timestamp = "2026-01-30T23:59:59Z".parse().expect("a time");
        fs::create_dir(&inner).expect("a folder");
        fs::write(inner.join("notes.txt"), "").expect("somebody else's file");
        fs::write(inner.join("beacon-old.log"), "").expect("somebody else's file");
        let mut log = DailyFile::open(inner.clone(), 30, start).expect("a log");
        for second in [0, 1, 2] {
            log.write(start + jiff::SignedDuration::from_secs(second), &format!("line {second}")).expect("written");
        }
        let read = |name: &str| fs::read_to_string(inner.join(name)).expect("a file");
        assert_eq!(read("beacon-2026-01-30.log"), "line 0\n");
        assert_eq!(read("beacon-2026-01-31.log"), "line 1\nline 2\n");
        assert_eq!(last_lines(&inner, 2).expect("lines"), ["line 1", "line 2"]);
        assert_eq!(last_lines(&inner, 9).expect("lines"), ["line 0", "line 1", "line 2"]);
        for day in 1..=60 {
            log.write(start + jiff::SignedDuration::from_hours(24 * day), "line").expect("written");
        }
        assert_eq!(last_lines(&inner, 2).expect("lines"), ["line", "line"]);
        let kept = files(&inner);
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
        let day = "2026-01-30T00:00:00Z".parse().expect("a time");
        DailyFile::open(inner.clone(), 1, day).expect("a log");
        let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&inner.join("beacon-2026-01-30.log"))), (0o700, 0o600));
    }
}
