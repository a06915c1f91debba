//! The journal of a run: every batch of events as the module got it, encrypted, so that a run can be replayed.
//!
//! File: one line of JSON (the header, readable, authenticated with the first entry), then entries of length (`u32`,
//! little endian) and AES-256-GCM ciphertext. The nonce is the sequence number, which is never used twice under one
//! run's key; run id, header digest and sequence number are authenticated. Inside: one byte for what it is, then
//! zstd-compressed events, or an answer as it was sent, or the SHA-256 of the wishes that answered them, or what the
//! request behind the next events cost.

mod cipher;
mod packed;
mod reader;
mod writer;

pub(crate) use packed::PackedAnswer;
pub(crate) use reader::Position;
pub use reader::{JournalEntry, JournalReader};
pub use writer::JournalWriter;

use crate::http::ResponseFacts;
use beacon_contract::PageOf;
use beacon_sandbox::ModuleDigest;
use beacon_vault::RunKey;
use serde::{Deserialize, Serialize};
use std::io;

/// The version that this program writes, and the only one that it reads: a journal lives for a day.
const FORMAT: u16 = 2;

/// The largest entry, and the largest message in it: a poll is capped at 32 MiB.
const ENTRY_BYTES: usize = 64 << 20;

/// First line of a journal: under which circumstances it can be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalHeader {
    /// Version of this format.
    pub format: u16,
    /// The run.
    pub run_id: String,
    /// SHA-256 of the module's bytes.
    pub module: String,
    /// Contract version.
    pub contract: u16,
    /// Version of the host.
    pub host: String,
    /// Revision of the connection's settings.
    pub settings_revision: u64,
    /// Which data key the journal's key is derived from.
    pub data_key: String,
}

impl JournalHeader {
    /// The header of a new run.
    #[must_use]
    pub fn new(run_id: &str, module: &ModuleDigest, settings_revision: u64, key: &RunKey) -> Self {
        Self {
            format: FORMAT,
            run_id: run_id.to_owned(),
            module: module.to_string(),
            contract: beacon_contract::CONTRACT_VERSION,
            host: env!("CARGO_PKG_VERSION").to_owned(),
            settings_revision,
            data_key: key.data_key_id().to_string(),
        }
    }
}

/// What a request of a table cost, as the ledger counts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournaledCost {
    pub(crate) page_of: PageOf,
    pub(crate) facts: ResponseFacts,
}

/// Why a journal cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system says no.
    #[error("the journal cannot be {action}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// What it says.
        #[source]
        source: io::Error,
    },
    /// The first line is no header of this format.
    #[error("the journal has no readable header")]
    Header,
    /// An entry was changed, moved, or encrypted with another key.
    #[error("entry {sequence} of the journal is damaged")]
    Damaged {
        /// Which entry.
        sequence: u64,
    },
    /// Another process has it open, or it exists already.
    #[error("the journal of this run exists already")]
    Exists,
}

impl JournalError {
    pub(crate) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }
}
