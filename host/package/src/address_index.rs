//! Addresses of all users on disk, sorted, so that a usage row finds its person without everybody in memory.
//!
//! Filled while the table `users` is written. What does not fit into the budget goes to disk as sorted runs; a merge
//! leaves one record per address. All files are nameless and vanish with the process.

use crate::address_lookup::AddressLookup;
use crate::address_record::{AddressRank, AddressRecord, Owner, RECORD, guid_bytes};
use crate::fingerprint::fingerprint;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// More runs are merged into one, so that the number of open files stays bounded.
const MAXIMUM_RUNS: usize = 64;
/// Read and written at a time.
const BLOCK: usize = 64 << 10;
/// Addresses with the same first 16 bits of their fingerprint lie in one bucket.
pub(crate) const BUCKETS: usize = 1 << 16;

/// Which bucket a fingerprint belongs to.
pub(crate) fn bucket(fingerprint: u128) -> usize {
    (fingerprint >> 112) as usize
}

/// Fingerprint of an address, however it is written: reports and directory differ in case.
pub(crate) fn address_fingerprint(seed: &[u8; 16], address: &str) -> u128 {
    fingerprint(seed, address.to_lowercase())
}

/// The index in the making.
#[derive(Debug)]
pub(crate) struct AddressIndex {
    folder: PathBuf,
    seed: [u8; 16],
    /// Records that are held before they go to disk.
    capacity: usize,
    records: Vec<AddressRecord>,
    runs: Vec<File>,
    ids: BufWriter<File>,
    ids_length: u64,
}

impl AddressIndex {
    /// An empty index with files in `folder`, using about `memory` bytes.
    pub(crate) fn create(folder: &Path, seed: [u8; 16], memory: usize) -> io::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            seed,
            capacity: (memory / size_of::<AddressRecord>()).max(1),
            records: Vec::new(),
            runs: Vec::new(),
            ids: BufWriter::with_capacity(BLOCK, tempfile::tempfile_in(folder)?),
            ids_length: 0,
        })
    }

    /// Adds a user with all addresses. Each user comes once.
    pub(crate) fn add<'a>(
        &mut self,
        user_id: &[u8],
        addresses: impl IntoIterator<Item = (AddressRank, &'a str)>,
    ) -> io::Result<()> {
        let mut owner = guid_bytes(user_id).map(Owner::Guid);
        for (rank, address) in addresses {
            let owner = match owner {
                Some(owner) => owner,
                None => *owner.insert(self.keep_id(user_id)?),
            };
            let fingerprint = address_fingerprint(&self.seed, address);
            self.records.push(AddressRecord { fingerprint, rank: rank as u8, owner });
            if self.records.len() >= self.capacity {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn keep_id(&mut self, user_id: &[u8]) -> io::Result<Owner> {
        self.ids.write_all(user_id)?;
        let (position, length) = (self.ids_length, user_id.len() as u64);
        self.ids_length += length;
        Ok(Owner::Text(position, length))
    }

    /// Writes what is in memory as one sorted run.
    fn flush(&mut self) -> io::Result<()> {
        self.records.sort_unstable();
        let mut run = RunWriter::create(&self.folder)?;
        for record in self.records.drain(..) {
            run.write(record)?;
        }
        self.runs.push(run.finish()?.0);
        if self.runs.len() >= MAXIMUM_RUNS {
            let merged = merge(&self.folder, std::mem::take(&mut self.runs))?;
            self.runs.push(merged.0);
        }
        Ok(())
    }

    /// Ends filling and starts finding.
    pub(crate) fn finish(mut self) -> io::Result<AddressLookup> {
        self.flush()?;
        self.records = Vec::new();
        let (records, starts) = merge(&self.folder, std::mem::take(&mut self.runs))?;
        let ids = self.ids.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(AddressLookup::new(self.seed, records, starts, ids))
    }
}

/// Writes sorted records, those of one address combined.
struct RunWriter {
    out: BufWriter<File>,
    pending: Option<AddressRecord>,
    written: u64,
    /// Number of the first record of each bucket, and where the last one ends.
    starts: Vec<u64>,
}

impl RunWriter {
    fn create(folder: &Path) -> io::Result<Self> {
        let out = BufWriter::with_capacity(BLOCK, tempfile::tempfile_in(folder)?);
        Ok(Self { out, pending: None, written: 0, starts: Vec::with_capacity(BUCKETS + 1) })
    }

    fn write(&mut self, record: AddressRecord) -> io::Result<()> {
        match self.pending {
            Some(pending) if pending.fingerprint == record.fingerprint => {
                self.pending = Some(pending.combined(record));
                Ok(())
            }
            _ => {
                let complete = self.pending.replace(record);
                complete.map_or(Ok(()), |record| self.put(record))
            }
        }
    }

    fn put(&mut self, record: AddressRecord) -> io::Result<()> {
        self.starts.resize(self.starts.len().max(bucket(record.fingerprint) + 1), self.written);
        self.out.write_all(&record.to_bytes())?;
        self.written += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<(File, Vec<u64>)> {
        if let Some(record) = self.pending.take() {
            self.put(record)?;
        }
        self.starts.resize(BUCKETS + 1, self.written);
        Ok((self.out.into_inner().map_err(io::IntoInnerError::into_error)?, self.starts))
    }
}

/// Merges sorted runs into one.
fn merge(folder: &Path, runs: Vec<File>) -> io::Result<(File, Vec<u64>)> {
    let mut readers = Vec::with_capacity(runs.len());
    let mut heap = BinaryHeap::with_capacity(runs.len());
    for (number, mut run) in runs.into_iter().enumerate() {
        run.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(BLOCK, run);
        heap.extend(read(&mut reader)?.map(|record| Reverse((record, number))));
        readers.push(reader);
    }
    let mut out = RunWriter::create(folder)?;
    while let Some(Reverse((record, number))) = heap.pop() {
        out.write(record)?;
        if let Some(reader) = readers.get_mut(number) {
            heap.extend(read(reader)?.map(|record| Reverse((record, number))));
        }
    }
    out.finish()
}

fn read(reader: &mut BufReader<File>) -> io::Result<Option<AddressRecord>> {
    let mut bytes = [0; RECORD];
    match reader.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(AddressRecord::from_bytes(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}
