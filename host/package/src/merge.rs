//! Sorted runs become one sorted table without duplicates.

use crate::error::PackageError;
use crate::row::Rows;
use crate::run_file::RunReader;
use crate::sort_key::{KeyPlan, prefix};
use crate::spill::{Origin, TableSpill};
use crate::spill_buffer::{Record, SpillBuffer, compare};
use crate::view_rows::ViewRows;
use beacon_contract::dataset::{Column, TableSchema};
use beacon_contract::{ChainId, ColumnView};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Memory for rows that the host adds to a table before they go to disk.
const ADDED_MEMORY: usize = 16 << 20;

/// Rows that a chain brought, duplicates included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainFacts {
    /// How many.
    pub rows: u64,
    /// Wrapping sum of [`crate::fingerprint`] over the last key column of each row.
    pub key_fingerprint: u128,
}

/// What merging a table showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeFacts {
    /// Rows with distinct keys.
    pub rows: u64,
    /// Rows whose key another row has that counts instead.
    pub duplicates: u64,
    /// Wrapping sum of [`crate::fingerprint`] over the last key column of the distinct rows.
    pub key_fingerprint: u128,
}

/// The tables of a run, to be taken one by one.
#[derive(Debug)]
pub struct Merge {
    folder: PathBuf,
    seed: [u8; 16],
    tables: BTreeMap<&'static str, TableSpill>,
    chains: BTreeMap<&'static str, BTreeMap<ChainId, ChainFacts>>,
}

/// One table on its way to the writer, in the order of its key.
#[derive(Debug)]
pub struct MergedTable {
    schema: &'static TableSchema,
    folder: PathBuf,
    plan: KeyPlan,
    seed: [u8; 16],
    origins: Vec<Origin>,
    merger: Merger,
    last_key: Vec<u8>,
    facts: MergeFacts,
    added: u64,
    /// Whether the last row is one that the host added.
    last_is_added: bool,
}

/// One sorted sequence of rows.
#[derive(Debug)]
pub(crate) enum MergeSource {
    Memory { buffer: SpillBuffer, next: usize },
    Run(RunReader),
}

impl MergeSource {
    pub(crate) fn memory(sorted: SpillBuffer) -> Self {
        Self::Memory { buffer: sorted, next: 0 }
    }

    fn advance(&mut self) -> io::Result<bool> {
        match self {
            Self::Memory { buffer, next } => {
                *next += 1;
                Ok(*next <= buffer.len())
            }
            Self::Run(reader) => reader.advance(),
        }
    }

    fn record(&self) -> Option<Record<'_>> {
        match self {
            Self::Memory { buffer, next } => buffer.get(next.checked_sub(1)?),
            Self::Run(reader) => Some(reader.record()),
        }
    }
}

/// A heap over sources: the smallest row is always on top.
#[derive(Debug)]
pub(crate) struct Merger {
    sources: Vec<MergeSource>,
    /// Prefix of the key that a source is at, and which source; a binary heap.
    heap: Vec<(u64, usize)>,
}

impl Merger {
    pub(crate) fn new(mut sources: Vec<MergeSource>) -> io::Result<Self> {
        let mut heap = Vec::with_capacity(sources.len());
        for (index, source) in sources.iter_mut().enumerate() {
            if source.advance()?
                && let Some(record) = source.record()
            {
                heap.push((prefix(record.key), index));
            }
        }
        let mut merger = Self { sources, heap };
        for position in (0..merger.heap.len() / 2).rev() {
            merger.sift(position);
        }
        Ok(merger)
    }

    fn compare(&self, left: (u64, usize), right: (u64, usize)) -> Ordering {
        let record = |(_, source): (u64, usize)| self.sources.get(source).and_then(MergeSource::record);
        left.0.cmp(&right.0).then_with(|| match (record(left), record(right)) {
            (Some(one), Some(other)) => compare(one, other).then(left.1.cmp(&right.1)),
            _ => left.1.cmp(&right.1),
        })
    }

    fn sift(&mut self, mut position: usize) {
        while let Some(&here) = self.heap.get(position) {
            let smaller = |left: usize, right: usize| match (self.heap.get(left), self.heap.get(right)) {
                (Some(one), Some(other)) if self.compare(*other, *one).is_lt() => Some((right, *other)),
                (Some(one), _) => Some((left, *one)),
                _ => None,
            };
            match smaller(2 * position + 1, 2 * position + 2) {
                Some((child, there)) if self.compare(there, here).is_lt() => {
                    self.heap.swap(position, child);
                    position = child;
                }
                _ => return,
            }
        }
    }

    /// The smallest row.
    pub(crate) fn peek(&self) -> Option<Record<'_>> {
        self.heap.first().and_then(|(_, source)| self.sources.get(*source)).and_then(MergeSource::record)
    }

    /// Steps over the smallest row.
    pub(crate) fn advance(&mut self) -> io::Result<()> {
        let Some(&(_, index)) = self.heap.first() else { return Ok(()) };
        let Some(source) = self.sources.get_mut(index) else { return Ok(()) };
        let next = if source.advance()? { source.record().map(|record| prefix(record.key)) } else { None };
        match (next, self.heap.first_mut()) {
            (Some(next), Some(top)) => *top = (next, index),
            _ => drop(self.heap.swap_remove(0)),
        }
        self.sift(0);
        Ok(())
    }
}

impl Merge {
    pub(crate) fn new(folder: PathBuf, seed: [u8; 16], mut tables: BTreeMap<&'static str, TableSpill>) -> Self {
        let chains = tables.iter_mut().map(|(name, table)| (*name, std::mem::take(&mut table.chains))).collect();
        Self { folder, seed, tables, chains }
    }

    /// What each chain of a table brought since its last reset.
    pub fn chains(&self, table: &'static TableSchema) -> impl Iterator<Item = (&ChainId, ChainFacts)> {
        self.chains.get(table.name).into_iter().flatten().map(|(chain, facts)| (chain, *facts))
    }

    /// Adds rows of the host's own to a table. Where the module brought a row with the same key, that one counts. What
    /// does not fit into memory goes to nameless files in `folder`: that of the spill may be gone.
    ///
    /// # Errors
    /// As for [`crate::Spill::push`].
    pub fn add(
        &mut self,
        table: &'static TableSchema,
        columns: &[(&'static Column, ColumnView<'_>)],
        rows: u32,
        folder: &Path,
    ) -> Result<(), PackageError> {
        let views = ViewRows::new(table, columns, rows)?;
        let spill = self.tables.entry(table.name).or_insert_with(|| TableSpill::new(table));
        let mut row = Vec::new();
        for number in 0..rows {
            row.clear();
            views.put(number, &mut row)?;
            spill.add(&row, ADDED_MEMORY, folder)?;
        }
        Ok(())
    }

    /// Takes the rows of a table out. A table that got none, or that was taken before, is empty.
    ///
    /// # Errors
    /// [`PackageError::Storage`] if spilled rows cannot be read.
    pub fn table(&mut self, schema: &'static TableSchema) -> Result<MergedTable, PackageError> {
        let (origins, sources) = match self.tables.remove(schema.name) {
            Some(mut spill) => (std::mem::take(&mut spill.origins), spill.into_sources()),
            None => (Vec::new(), Vec::new()),
        };
        let merger = Merger::new(sources).map_err(PackageError::storage("read rows from", &self.folder))?;
        Ok(MergedTable {
            schema,
            folder: self.folder.clone(),
            plan: KeyPlan::new(schema),
            seed: self.seed,
            origins,
            merger,
            last_key: Vec::new(),
            facts: MergeFacts::default(),
            added: 0,
            last_is_added: false,
        })
    }
}

impl MergedTable {
    /// Which table.
    #[must_use]
    pub fn schema(&self) -> &'static TableSchema {
        self.schema
    }

    /// Key of the fingerprints of this run.
    pub(crate) fn seed(&self) -> [u8; 16] {
        self.seed
    }

    /// Rows given so far that the host added; they are not among the facts.
    pub(crate) fn added(&self) -> u64 {
        self.added
    }

    /// Facts about the rows given so far.
    pub(crate) fn facts(&self) -> MergeFacts {
        self.facts
    }

    /// Replaces `rows` by the next rows, at most `limit`; leaves none after the last.
    pub(crate) fn next_rows(&mut self, rows: &mut Rows, limit: usize) -> Result<(), PackageError> {
        rows.clear();
        while let Some(record) = self.merger.peek() {
            let origin = self.origins.get(record.origin as usize).copied().unwrap_or(Origin::Dead);
            let is_added = origin == Origin::Added;
            let repeats = rows.len() > 0 && record.key == self.last_key;
            if origin != Origin::Dead {
                if repeats {
                    rows.pop();
                } else if rows.len() == limit {
                    break;
                } else {
                    self.last_key.clear();
                    self.last_key.extend_from_slice(record.key);
                }
                rows.push(record.row);
                // Rows that the host added have the lowest sequence: of one key they come first, and another replaces
                // them without being a duplicate.
                match (repeats, self.last_is_added) {
                    (true, false) => self.facts.duplicates += 1,
                    (replaces, _) if is_added => self.added += u64::from(!replaces),
                    (replaces, _) => {
                        self.added -= u64::from(replaces);
                        let last = self.plan.last(record.row);
                        let last = last.map_err(|_| PackageError::DamagedSpill(self.schema.name))?;
                        let fingerprint = last.fingerprint(&self.seed);
                        self.facts.rows += 1;
                        self.facts.key_fingerprint = self.facts.key_fingerprint.wrapping_add(fingerprint);
                    }
                }
                self.last_is_added = is_added;
            }
            self.merger.advance().map_err(PackageError::storage("read rows from", &self.folder))?;
        }
        Ok(())
    }
}
