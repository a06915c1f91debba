//! What is shown about one person only: kept in packed blocks, because nobody sorts by it.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

/// People of one block.
pub(crate) const BLOCK: usize = 256;

const LEVEL: i32 = 3;

/// A product of a person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredHolding {
    pub(crate) product: u16,
    /// `direct`, `unknown` or ids of groups.
    pub(crate) sources: Vec<String>,
    pub(crate) counts_seat: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
}

/// One person.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Detail {
    /// Name and value of what is in no list.
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) holdings: Vec<StoredHolding>,
}

/// Blocks in the making.
#[derive(Default)]
pub(crate) struct DetailBlocks {
    waiting: Vec<Detail>,
    block: usize,
}

impl DetailBlocks {
    pub(crate) fn push(&mut self, connection: &Connection, detail: Detail) -> rusqlite::Result<()> {
        self.waiting.push(detail);
        if self.waiting.len() == BLOCK { self.flush(connection) } else { Ok(()) }
    }

    pub(crate) fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| rusqlite::Error::ToSqlConversionFailure(error);
        let text = serde_json::to_vec(&self.waiting).map_err(|error| failed(error.into()))?;
        let packed = zstd::bulk::compress(&text, LEVEL).map_err(|error| failed(error.into()))?;
        connection
            .prepare_cached("INSERT INTO details (block, length, data) VALUES (?1, ?2, ?3)")?
            .execute(params![self.block as i64, text.len() as i64, packed])?;
        self.waiting.clear();
        self.block += 1;
        Ok(())
    }
}
