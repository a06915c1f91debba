//! Sorted runs on disk: nameless files, gone with the process that made them.
//!
//! A record is: length of the key (`u32`), length of the row (`u32`), sequence (`u64`), origin (`u32`), all little
//! endian, key, row. Uncompressed: measured, writing and reading twice the bytes through the page cache costs less
//! than compressing them once.

use crate::spill_buffer::Record;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

const HEAD: usize = 20;
/// Read and written at a time. Up to 64 runs are open at once, so this stays small.
const BLOCK: usize = 128 << 10;

/// Writes a run.
#[derive(Debug)]
pub(crate) struct RunWriter {
    out: BufWriter<File>,
}

impl RunWriter {
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        Ok(Self { out: BufWriter::with_capacity(BLOCK, tempfile::tempfile_in(folder)?) })
    }

    pub(crate) fn write(&mut self, record: Record<'_>) -> io::Result<()> {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::FileTooLarge);
        self.out.write_all(&length(record.key)?.to_le_bytes())?;
        self.out.write_all(&length(record.row)?.to_le_bytes())?;
        self.out.write_all(&record.sequence.to_le_bytes())?;
        self.out.write_all(&record.origin.to_le_bytes())?;
        self.out.write_all(record.key)?;
        self.out.write_all(record.row)
    }

    /// Ends the run and turns it around.
    pub(crate) fn finish(self) -> io::Result<RunFile> {
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(RunFile { file })
    }
}

/// A run that nobody reads yet.
#[derive(Debug)]
pub(crate) struct RunFile {
    file: File,
}

/// Reads a run, one record at a time.
#[derive(Debug)]
pub(crate) struct RunReader {
    file: File,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    key: usize,
    row: usize,
    sequence: u64,
    origin: u32,
}

impl RunReader {
    /// Starts before the first record.
    pub(crate) fn new(run: RunFile) -> Self {
        let buffer = vec![0; BLOCK];
        Self { file: run.file, buffer, start: 0, end: 0, key: 0, row: 0, sequence: 0, origin: 0 }
    }

    /// Makes `size` bytes available from `start` on; false at the end of the run.
    fn fill(&mut self, size: usize) -> io::Result<bool> {
        if self.end - self.start >= size {
            return Ok(true);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < size {
            self.buffer.resize(size, 0);
        }
        while self.end < size {
            let free = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.file.read(free) {
                Ok(0) if self.end == 0 => return Ok(false),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Steps to the next record; false after the last one.
    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        self.start += self.key + self.row;
        (self.key, self.row) = (0, 0);
        if !self.fill(HEAD)? {
            return Ok(false);
        }
        let head = self.buffer.get(self.start..).and_then(|bytes| bytes.first_chunk::<HEAD>());
        let Some([k0, k1, k2, k3, r0, r1, r2, r3, s0, s1, s2, s3, s4, s5, s6, s7, o0, o1, o2, o3]) = head.copied()
        else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let (key, row) = (u32::from_le_bytes([k0, k1, k2, k3]) as usize, u32::from_le_bytes([r0, r1, r2, r3]) as usize);
        self.sequence = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
        self.origin = u32::from_le_bytes([o0, o1, o2, o3]);
        self.start += HEAD;
        if !self.fill(key + row)? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        (self.key, self.row) = (key, row);
        Ok(true)
    }

    /// The record of the last [`Self::advance`].
    pub(crate) fn record(&self) -> Record<'_> {
        let middle = self.start + self.key;
        Record {
            key: self.buffer.get(self.start..middle).unwrap_or_default(),
            row: self.buffer.get(middle..middle + self.row).unwrap_or_default(),
            sequence: self.sequence,
            origin: self.origin,
        }
    }
}
