//! Rows of one run on their way: taken in any order, given back sorted.

use crate::error::PackageError;
use crate::merge::{ChainFacts, Merge, MergeSource, Merger};
use crate::run_file::{RunFile, RunReader, RunWriter};
use crate::sort_key::KeyPlan;
use crate::spill_buffer::{Record, SpillBuffer};
use crate::view_rows::ViewRows;
use beacon_contract::dataset::{Column, TableSchema};
use beacon_contract::{ChainId, ColumnView};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Memory that a spill uses unless told otherwise: enough that runs are few, and a sixth of what a run may use.
pub const DEFAULT_SPILL_MEMORY: usize = 28 << 20;

/// More runs of one table are merged into one, so that the number of open files stays bounded.
const MAXIMUM_RUNS: usize = 64;

/// Rows of all tables of one run. What does not fit into memory lies in nameless files, which vanish with the process.
#[derive(Debug)]
pub struct Spill {
    folder: PathBuf,
    budget: usize,
    seed: [u8; 16],
    used: usize,
    tables: BTreeMap<&'static str, TableSpill>,
    row: Vec<u8>,
    key: Vec<u8>,
}

/// What the rows of a generation of a chain mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// They count.
    Live,
    /// Their chain was reset: they never were.
    Dead,
    /// The host added them: they are in the table, but prove nothing about what the module read.
    Added,
}

/// One table's rows.
#[derive(Debug)]
pub(crate) struct TableSpill {
    name: &'static str,
    plan: KeyPlan,
    buffer: SpillBuffer,
    runs: Vec<RunFile>,
    /// Generations of chains, and what their rows still mean.
    pub(crate) origins: Vec<Origin>,
    current: BTreeMap<ChainId, u32>,
    pub(crate) chains: BTreeMap<ChainId, ChainFacts>,
}

/// What became of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushFacts {
    /// Rows of the batch.
    pub rows: u64,
    /// Rows of its chain since the chain was last reset, this batch included.
    pub chain: ChainFacts,
}

impl TableSpill {
    pub(crate) fn new(schema: &'static TableSchema) -> Self {
        Self {
            name: schema.name,
            plan: KeyPlan::new(schema),
            buffer: SpillBuffer::default(),
            runs: Vec::new(),
            origins: Vec::new(),
            current: BTreeMap::new(),
            chains: BTreeMap::new(),
        }
    }

    fn origin(&mut self, chain: &ChainId) -> u32 {
        if let Some(origin) = self.current.get(chain) {
            return *origin;
        }
        // Saturates far beyond the number of chains and resets that a run can have.
        let origin = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.origins.push(Origin::Live);
        self.current.insert(chain.clone(), origin);
        origin
    }

    /// Writes what is in memory as one sorted run; returns the memory that became free.
    fn flush(&mut self, folder: &Path) -> Result<usize, PackageError> {
        let failed = |action| PackageError::storage(action, folder);
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.sort();
        let mut writer = RunWriter::create(folder).map_err(failed("create a file in"))?;
        for record in (0..buffer.len()).filter_map(|position| buffer.get(position)) {
            writer.write(record).map_err(failed("write rows into"))?;
        }
        self.runs.push(writer.finish().map_err(failed("write rows into"))?);
        let freed = buffer.bytes();
        drop(buffer);
        if self.runs.len() >= MAXIMUM_RUNS {
            self.compact(folder)?;
        }
        Ok(freed)
    }

    /// Merges all runs into one. Duplicates stay: which of them counts can still change when a chain is reset.
    fn compact(&mut self, folder: &Path) -> Result<(), PackageError> {
        let failed = |action| PackageError::storage(action, folder);
        let readers = self.runs.drain(..).map(|run| MergeSource::Run(RunReader::new(run))).collect();
        let mut merger = Merger::new(readers).map_err(failed("read rows from"))?;
        let mut writer = RunWriter::create(folder).map_err(failed("create a file in"))?;
        while let Some(record) = merger.peek() {
            if self.origins.get(record.origin as usize).is_some_and(|origin| *origin != Origin::Dead) {
                writer.write(record).map_err(failed("write rows into"))?;
            }
            merger.advance().map_err(failed("read rows from"))?;
        }
        self.runs.push(writer.finish().map_err(failed("write rows into"))?);
        Ok(())
    }

    /// Adds a row of the host's own. A row of the module with the same key counts instead.
    pub(crate) fn add(&mut self, row: &[u8], memory: usize, folder: &Path) -> Result<(), PackageError> {
        if self.origins.last() != Some(&Origin::Added) {
            self.origins.push(Origin::Added);
        }
        let origin = u32::try_from(self.origins.len() - 1).unwrap_or(u32::MAX);
        let damaged = || PackageError::DamagedSpill(self.name);
        let mut key = Vec::new();
        self.plan.put(row, &mut key).map_err(|_| damaged())?;
        self.buffer.push(Record { key: &key, row, sequence: 0, origin }).ok_or_else(damaged)?;
        if self.buffer.bytes() > memory {
            self.flush(folder)?;
        }
        Ok(())
    }

    /// Everything there is, as sources of a merge; older rows come first.
    pub(crate) fn into_sources(mut self) -> Vec<MergeSource> {
        let mut sources: Vec<_> = self.runs.drain(..).map(|run| MergeSource::Run(RunReader::new(run))).collect();
        self.buffer.sort();
        sources.push(MergeSource::memory(self.buffer));
        sources
    }
}

impl Spill {
    /// An empty spill that writes into `folder`, which is created (for its owner only) if it is not there.
    ///
    /// `seed` keys the fingerprints; it must be random per run and unknown to the module.
    ///
    /// # Errors
    /// [`PackageError::Storage`] if the folder cannot be created or written.
    pub fn create(folder: &Path, memory_budget_bytes: usize, seed: [u8; 16]) -> Result<Self, PackageError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(PackageError::storage("create the folder", folder))?;
        // Finds out now, not after the first 28 MiB, that nothing can be written here.
        RunWriter::create(folder).map_err(PackageError::storage("create a file in", folder))?;
        Ok(Self {
            folder: folder.to_owned(),
            budget: memory_budget_bytes,
            seed,
            used: 0,
            tables: BTreeMap::new(),
            row: Vec::new(),
            key: Vec::new(),
        })
    }

    /// Takes a batch. Of rows with one key the one with the highest `sequence` will count, among equals the last.
    ///
    /// # Errors
    /// A batch that does not fit its table ([`PackageError::BadColumn`], [`PackageError::MissingValue`],
    /// [`PackageError::BadValue`]: rows before the bad one may have been taken, so the run cannot go on), or
    /// [`PackageError::Storage`].
    pub fn push(
        &mut self,
        table: &'static TableSchema,
        chain: &ChainId,
        sequence: u64,
        columns: &[(&'static Column, ColumnView<'_>)],
        rows: u32,
    ) -> Result<PushFacts, PackageError> {
        let damaged = || PackageError::DamagedSpill(table.name);
        let views = ViewRows::new(table, columns, rows)?;
        let spill = self.tables.entry(table.name).or_insert_with(|| TableSpill::new(table));
        let origin = spill.origin(chain);
        let mut facts = spill.chains.get(chain).copied().unwrap_or_default();
        for number in 0..rows {
            self.row.clear();
            self.key.clear();
            views.put(number, &mut self.row)?;
            let last = spill.plan.put(&self.row, &mut self.key).map_err(|_| damaged())?;
            facts.rows += 1;
            facts.key_fingerprint = facts.key_fingerprint.wrapping_add(last.fingerprint(&self.seed));
            let before = spill.buffer.bytes();
            spill.buffer.push(Record { key: &self.key, row: &self.row, sequence, origin }).ok_or_else(damaged)?;
            self.used += spill.buffer.bytes() - before;
            if self.used > self.budget && spill.buffer.bytes() * 2 > self.used {
                self.used -= spill.flush(&self.folder)?;
            }
        }
        spill.chains.insert(chain.clone(), facts);
        while self.used > self.budget {
            let Some(largest) = self.tables.values_mut().max_by_key(|table| table.buffer.bytes()) else { break };
            self.used -= largest.flush(&self.folder)?;
        }
        Ok(PushFacts { rows: rows.into(), chain: facts })
    }

    /// Forgets the rows of a chain that have come so far.
    pub fn reset_chain(&mut self, table: &'static TableSchema, chain: &ChainId) {
        let Some(spill) = self.tables.get_mut(table.name) else { return };
        spill.chains.remove(chain);
        if let Some(origin) = spill.current.remove(chain)
            && let Some(live) = spill.origins.get_mut(origin as usize)
        {
            *live = Origin::Dead;
        }
    }

    /// Ends taking and starts giving. Tables that went to disk go there as a whole, so that their memory is free for
    /// the writer.
    ///
    /// # Errors
    /// [`PackageError::Storage`].
    pub fn finish(mut self) -> Result<Merge, PackageError> {
        for table in self.tables.values_mut() {
            if !table.runs.is_empty() && table.buffer.len() > 0 {
                table.flush(&self.folder)?;
            }
        }
        Ok(Merge::new(self.folder, self.seed, self.tables))
    }
}
