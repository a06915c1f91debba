//! Rows of one table in memory until they are sorted.

use crate::sort_key::prefix;
use std::cmp::Ordering;

/// Rows lie in pieces of this size, so that growing never copies and never doubles.
const PIECE: usize = 256 << 10;

/// A row with what decides its place and its fate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'b> {
    /// See [`crate::sort_key`].
    pub(crate) key: &'b [u8],
    /// See [`crate::row`].
    pub(crate) row: &'b [u8],
    /// Of two rows with one key the higher sequence counts.
    pub(crate) sequence: u64,
    /// Index of the chain generation that the row came with.
    pub(crate) origin: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    prefix: u64,
    sequence: u64,
    piece: u32,
    start: u32,
    key: u32,
    row: u32,
    origin: u32,
}

/// The rows.
#[derive(Debug, Default)]
pub(crate) struct SpillBuffer {
    pieces: Vec<Vec<u8>>,
    entries: Vec<Entry>,
    bytes: usize,
}

impl SpillBuffer {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Memory in use, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a row; `None` if it is too large to be addressed (2 GiB), which no batch of the wire can hold.
    pub(crate) fn push(&mut self, record: Record<'_>) -> Option<()> {
        let size = record.key.len() + record.row.len();
        if self.pieces.last().is_none_or(|piece| piece.capacity() - piece.len() < size) {
            self.pieces.push(Vec::with_capacity(size.max(PIECE)));
        }
        let number = u32::try_from(self.pieces.len() - 1).ok()?;
        let piece = self.pieces.last_mut()?;
        self.entries.push(Entry {
            prefix: prefix(record.key),
            sequence: record.sequence,
            piece: number,
            start: u32::try_from(piece.len()).ok()?,
            key: u32::try_from(record.key.len()).ok()?,
            row: u32::try_from(record.row.len()).ok()?,
            origin: record.origin,
        });
        piece.extend_from_slice(record.key);
        piece.extend_from_slice(record.row);
        self.bytes += size + size_of::<Entry>();
        Some(())
    }

    fn resolve(&self, entry: &Entry) -> Record<'_> {
        let (start, key, row) = (entry.start as usize, entry.key as usize, entry.row as usize);
        let piece = self.pieces.get(entry.piece as usize).map(Vec::as_slice).unwrap_or_default();
        let slice = |from: usize, length: usize| piece.get(from..from + length).unwrap_or_default();
        Record { key: slice(start, key), row: slice(start + key, row), sequence: entry.sequence, origin: entry.origin }
    }

    /// The row at a position, in the order of arrival until [`Self::sort`], in the order of keys after it.
    pub(crate) fn get(&self, position: usize) -> Option<Record<'_>> {
        self.entries.get(position).map(|entry| self.resolve(entry))
    }

    /// Orders the rows by key, then by sequence, then by arrival.
    pub(crate) fn sort(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by(|left, right| {
            left.prefix.cmp(&right.prefix).then_with(|| {
                let by_key = self.resolve(left).key.cmp(self.resolve(right).key);
                let by_arrival = || (left.piece, left.start).cmp(&(right.piece, right.start));
                by_key.then(left.sequence.cmp(&right.sequence)).then_with(by_arrival)
            })
        });
        self.entries = entries;
    }
}

/// The order of rows: by key, then by sequence.
pub(crate) fn compare(left: Record<'_>, right: Record<'_>) -> Ordering {
    left.key.cmp(right.key).then(left.sequence.cmp(&right.sequence))
}
