//! The order of people by a column with many values: sorted runs on disk beside the snapshot, then merged. SQLite could
//! sort as well, but would leave names and addresses in the system's folder for temporary files.

use crate::array::{Kind, write};
use crate::error::SnapshotError;
use crate::fold::fold;
use crate::user_columns::{Keep, UserColumn, file_columns};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

/// People of one run.
const RUN: usize = 65_536;

/// Bytes of a run that are read at once.
const BUFFER: usize = 32 << 10;

/// Stores the ranks of all columns that need them.
pub(crate) fn write_ranks(
    connection: &Connection,
    path: &Path,
    scratch: &Path,
    people: usize,
    overflowed: &[&str],
) -> Result<(), SnapshotError> {
    let ranked = |column: &&UserColumn| column.keep == Keep::Ranked || overflowed.contains(&column.id);
    for column in file_columns().filter(ranked) {
        let runs = runs(connection, path, scratch, column)?;
        let ranks = merged(runs, people).map_err(SnapshotError::storage("sort in", scratch))?;
        write(connection, (Kind::Rank, column.id), &ranks).map_err(SnapshotError::build(path))?;
    }
    Ok(())
}

/// A value as bytes whose order is that of values.
fn key(value: ValueRef<'_>) -> Option<Vec<u8>> {
    match value {
        ValueRef::Text(text) => Some(fold(&String::from_utf8_lossy(text)).into_bytes()),
        // Turning the sign brings negative numbers before the others.
        ValueRef::Integer(number) => Some((number ^ i64::MIN).to_be_bytes().to_vec()),
        _ => None,
    }
}

/// Everybody with a value, sorted in runs.
fn runs(connection: &Connection, path: &Path, scratch: &Path, column: &UserColumn) -> Result<Vec<Run>, SnapshotError> {
    let build = || SnapshotError::build(path);
    let store = || SnapshotError::storage("sort in", scratch);
    let text = format!("SELECT number, {} FROM people ORDER BY number", column.id);
    let mut statement = connection.prepare(&text).map_err(build())?;
    let mut rows = statement.query([]).map_err(build())?;
    let (mut runs, mut waiting) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next().map_err(build())? {
        let number: u32 = row.get(0).map_err(build())?;
        if let Some(key) = key(row.get_ref(1).map_err(build())?) {
            waiting.push((key, number));
        }
        if waiting.len() == RUN {
            runs.push(Run::write(&mut waiting, scratch).map_err(store())?);
        }
    }
    runs.push(Run::write(&mut waiting, scratch).map_err(store())?);
    Ok(runs)
}

/// Sorted keys and numbers on disk.
struct Run {
    file: BufReader<File>,
    left: usize,
}

impl Run {
    fn write(waiting: &mut Vec<(Vec<u8>, u32)>, scratch: &Path) -> io::Result<Self> {
        waiting.sort_unstable();
        let mut file = BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(scratch)?);
        let left = waiting.len();
        for (key, number) in waiting.drain(..) {
            file.write_all(&number.to_le_bytes())?;
            file.write_all(&u32::try_from(key.len()).unwrap_or(u32::MAX).to_le_bytes())?;
            file.write_all(&key)?;
        }
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Self { file: BufReader::with_capacity(BUFFER, file), left })
    }

    fn next(&mut self) -> io::Result<Option<(Vec<u8>, u32)>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let (mut number, mut length) = ([0; 4], [0; 4]);
        self.file.read_exact(&mut number)?;
        self.file.read_exact(&mut length)?;
        let mut key = vec![0; u32::from_le_bytes(length) as usize];
        self.file.read_exact(&mut key)?;
        Ok(Some((key, u32::from_le_bytes(number))))
    }
}

/// Rank of everybody: 0 without a value, the same for equal values.
fn merged(mut runs: Vec<Run>, people: usize) -> io::Result<Vec<u32>> {
    let mut heads = BinaryHeap::new();
    for (place, run) in runs.iter_mut().enumerate() {
        if let Some((key, number)) = run.next()? {
            heads.push(Reverse((key, number, place)));
        }
    }
    let mut ranks = vec![0u32; people];
    let (mut last, mut rank) = (Vec::new(), 0u32);
    while let Some(Reverse((key, number, place))) = heads.pop() {
        if rank == 0 || key != last {
            rank += 1;
            last = key;
        }
        if let Some(slot) = ranks.get_mut(number as usize) {
            *slot = rank;
        }
        if let Some(run) = runs.get_mut(place)
            && let Some((key, number)) = run.next()?
        {
            heads.push(Reverse((key, number, place)));
        }
    }
    Ok(ranks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_one_order() {
        let folder = tempfile::tempdir().unwrap();
        let run = |numbers: &[(i64, u32)]| {
            let entry = |(value, number): &(i64, u32)| (key(ValueRef::Integer(*value)).unwrap(), *number);
            Run::write(&mut numbers.iter().map(entry).collect(), folder.path()).unwrap()
        };
        let runs = vec![run(&[(5, 0), (-3, 1)]), run(&[(5, 2), (0, 4)]), run(&[])];
        assert_eq!(merged(runs, 6).unwrap(), [3, 1, 3, 0, 2, 0]);
        assert_eq!(key(ValueRef::Text("Ä".as_bytes())), key(ValueRef::Text("ä".as_bytes())));
        assert_eq!(key(ValueRef::Null), None);
    }
}
