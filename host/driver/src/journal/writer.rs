//! Writing a journal.

use super::cipher::EntryCipher;
use super::{JournalError, JournalHeader, JournaledCost, PackedAnswer, Position};
use aws_lc_rs::digest::{SHA256, digest};
use beacon_vault::RunKey;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use zstd::bulk::Compressor;

/// Fast levels are negative; at this one the compressor keeps up with the parser of the module, and pages still
/// shrink to about a fifth.
const LEVEL: i32 = -4;

pub(super) const EVENTS: u8 = 1;
pub(super) const WISHES: u8 = 2;
pub(super) const COST: u8 = 3;
pub(super) const ANSWER: u8 = 4;

/// Appends entries. Nothing waits for the disk: after a power cut the tail may be missing, and then the run goes on
/// from what is there.
pub struct JournalWriter {
    file: File,
    cipher: EntryCipher,
    compressor: Compressor<'static>,
    sequence: u64,
    written: u64,
    buffer: Vec<u8>,
}

impl JournalWriter {
    /// A new journal; the file must not exist.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn create(path: &Path, header: &JournalHeader, key: &RunKey) -> Result<Self, JournalError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => JournalError::Exists,
            _ => JournalError::io("created")(error),
        })?;
        let mut line = serde_json::to_vec(header).map_err(|_| JournalError::Header)?;
        line.push(b'\n');
        file.write_all(&line).map_err(JournalError::io("written"))?;
        Ok(Self {
            file,
            cipher: EntryCipher::new(key.expose(), &line).ok_or(JournalError::Header)?,
            compressor: Compressor::new(LEVEL).map_err(JournalError::io("compressed"))?,
            sequence: 0,
            written: 0,
            buffer: Vec::new(),
        })
    }

    /// Opens a journal again behind the last entry that counts; what follows it is cut off.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub(super) fn resume(path: &Path, position: Position, cipher: EntryCipher) -> Result<Self, JournalError> {
        let mut file = OpenOptions::new().write(true).open(path).map_err(JournalError::io("opened"))?;
        file.set_len(position.offset).map_err(JournalError::io("cut"))?;
        file.seek(SeekFrom::End(0)).map_err(JournalError::io("written"))?;
        let compressor = Compressor::new(LEVEL).map_err(JournalError::io("compressed"))?;
        Ok(Self { file, cipher, compressor, sequence: position.sequence, written: position.offset, buffer: Vec::new() })
    }

    /// Appends what a request cost, before the events of its answer.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn cost(&mut self, cost: &JournaledCost) -> Result<(), JournalError> {
        self.buffer.clear();
        self.buffer.push(COST);
        serde_json::to_writer(&mut self.buffer, cost).map_err(|_| JournalError::Header)?;
        self.append()
    }

    /// Appends a batch of events, before the module gets it.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn events(&mut self, message: &[u8]) -> Result<(), JournalError> {
        self.buffer.clear();
        let bound = zstd::zstd_safe::compress_bound(message.len());
        self.buffer.resize(5 + bound, 0);
        let target = self.buffer.get_mut(5..).unwrap_or_default();
        let written = self.compressor.compress_to_buffer(message, target).map_err(JournalError::io("compressed"))?;
        self.buffer.truncate(5 + written);
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        if let Some((kind, rest)) = self.buffer.split_first_mut() {
            *kind = EVENTS;
            rest.iter_mut().zip(length.to_le_bytes()).for_each(|(slot, byte)| *slot = byte);
        }
        self.append()
    }

    /// Appends a message that holds one whole answer, before the module gets it; as [`JournalWriter::events`], in a form
    /// that needs no packing.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub(crate) fn answer(&mut self, message: &[u8], packed: PackedAnswer<'_>) -> Result<(), JournalError> {
        self.buffer.clear();
        self.buffer.push(ANSWER);
        packed.write(message, &mut self.buffer);
        self.append()
    }

    /// Appends what the module answered, as a digest: enough to notice a difference at replay.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn wishes(&mut self, message: &[u8]) -> Result<(), JournalError> {
        self.buffer.clear();
        self.buffer.push(WISHES);
        self.buffer.extend_from_slice(digest(&SHA256, message).as_ref());
        self.append()
    }

    fn append(&mut self) -> Result<(), JournalError> {
        let sequence = self.sequence;
        self.cipher.seal(sequence, &mut self.buffer).ok_or(JournalError::Damaged { sequence })?;
        let length = u32::try_from(self.buffer.len()).map_err(|_| JournalError::Damaged { sequence })?;
        self.file.write_all(&length.to_le_bytes()).map_err(JournalError::io("written"))?;
        self.file.write_all(&self.buffer).map_err(JournalError::io("written"))?;
        self.sequence += 1;
        self.written += 4 + u64::from(length);
        Ok(())
    }

    /// Bytes of the entries so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Empties the file: a journal that would grow without bound is worth less than the disk it fills. The run goes on
    /// and cannot be resumed any more.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub fn discard(self) -> Result<(), JournalError> {
        self.file.set_len(0).map_err(JournalError::io("emptied"))
    }
}
