//! Reading a journal.

use super::cipher::EntryCipher;
use super::packed::unpacked;
use super::writer::{ANSWER, COST, EVENTS, WISHES};
use super::{ENTRY_BYTES, JournalError, JournalHeader, JournalWriter, JournaledCost};
use beacon_vault::RunKey;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;
use uuid::Uuid;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalEntry {
    /// A batch of events, as the module got it.
    Events(Vec<u8>),
    /// SHA-256 of the wishes that answered it.
    Wishes([u8; 32]),
    /// What the request behind the next batch of events cost.
    Cost(JournaledCost),
}

/// A place between two entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Bytes before it.
    pub(super) offset: u64,
    /// Entries before it.
    pub(super) sequence: u64,
}

/// Reads entries in order. A cut entry at the end (a crash while writing) ends the journal; a changed one is an error.
pub struct JournalReader {
    file: BufReader<File>,
    cipher: EntryCipher,
    header: JournalHeader,
    position: Position,
}

impl JournalReader {
    /// Opens a journal with the key of its run.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn open(path: &Path, key: &RunKey) -> Result<Self, JournalError> {
        let (file, line, header) = open_header(path)?;
        let cipher = EntryCipher::new(key.expose(), &line).ok_or(JournalError::Header)?;
        let position = Position { offset: u64::try_from(line.len()).unwrap_or(u64::MAX), sequence: 0 };
        Ok(Self { file, cipher, header, position })
    }

    /// The data key that the key of a journal is derived from, as its header says: it is needed to ask for that key, and
    /// another one opens nothing.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn data_key(path: &Path) -> Result<Uuid, JournalError> {
        open_header(path)?.2.data_key.parse().map_err(|_| JournalError::Header)
    }

    /// Under which circumstances it was written.
    #[must_use]
    pub fn header(&self) -> &JournalHeader {
        &self.header
    }

    /// Behind the entries that were read.
    pub(crate) fn position(&self) -> Position {
        self.position
    }

    /// Writes on at this position.
    pub(crate) fn write_on(self, path: &Path, position: Position) -> Result<JournalWriter, JournalError> {
        JournalWriter::resume(path, position, self.cipher)
    }

    fn read(&mut self) -> Result<Option<JournalEntry>, JournalError> {
        let sequence = self.position.sequence;
        let damaged = JournalError::Damaged { sequence };
        let mut length = [0; 4];
        if !self.fill(&mut length)? {
            return Ok(None);
        }
        let length = u32::from_le_bytes(length);
        let Some(size) = usize::try_from(length).ok().filter(|size| *size <= ENTRY_BYTES) else {
            return Err(damaged);
        };
        let mut entry = vec![0; size];
        if !self.fill(&mut entry)? {
            return Ok(None);
        }
        let plain = self.cipher.open(sequence, &mut entry).ok_or(JournalError::Damaged { sequence })?;
        let read = match plain.split_first() {
            Some((&EVENTS, rest)) => rest.split_first_chunk::<4>().and_then(|(length, packed)| {
                let capacity = usize::try_from(u32::from_le_bytes(*length)).ok()?;
                zstd::bulk::decompress(packed, capacity).ok().map(JournalEntry::Events)
            }),
            Some((&ANSWER, packed)) => unpacked(packed).map(JournalEntry::Events),
            Some((&WISHES, digest)) => digest.try_into().ok().map(JournalEntry::Wishes),
            Some((&COST, json)) => serde_json::from_slice(json).ok().map(JournalEntry::Cost),
            _ => None,
        };
        self.position.sequence += 1;
        self.position.offset += 4 + u64::from(length);
        read.map(Some).ok_or(damaged)
    }

    /// Fills the buffer; `false` if the file ends before.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<bool, JournalError> {
        match self.file.read_exact(buffer) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(JournalError::io("read")(error)),
        }
    }
}

/// A journal behind its first line, that line, and what it says.
fn open_header(path: &Path) -> Result<(BufReader<File>, Vec<u8>, JournalHeader), JournalError> {
    let file = File::open(path).map_err(JournalError::io("opened"))?;
    let mut file = BufReader::new(file);
    let mut line = Vec::new();
    (&mut file).take(64 << 10).read_until(b'\n', &mut line).map_err(JournalError::io("read"))?;
    let header: JournalHeader = serde_json::from_slice(&line).map_err(|_| JournalError::Header)?;
    if header.format != super::FORMAT {
        return Err(JournalError::Header);
    }
    Ok((file, line, header))
}

impl Iterator for JournalReader {
    type Item = Result<JournalEntry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
