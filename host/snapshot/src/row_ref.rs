//! A row that was found, before its values are read.

use crate::error::SnapshotError;
use beacon_api::Column;
use serde_json::Value;

/// Which row; what is not about people and applications leaves most of it empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RowRef {
    /// Place of the connection among those that are asked.
    pub(crate) tenant: u16,
    /// Number of the person, or place of the row.
    pub(crate) person: u32,
    pub(crate) application: u16,
    /// Place of the state.
    pub(crate) state: u8,
    pub(crate) last_activity: u16,
    pub(crate) refreshed: u16,
}

/// What a question finds.
pub(crate) trait Found {
    /// The columns of its rows.
    fn columns(&self) -> Result<Vec<Column>, SnapshotError>;
    /// How many rows there are.
    fn total(&self) -> u64;
    /// Some of them, in order.
    fn refs(&self, offset: u64, limit: usize) -> Result<Vec<RowRef>, SnapshotError>;
    /// Their values: connection id, key, columns.
    fn values(&self, refs: &[RowRef]) -> Result<Vec<Vec<Value>>, SnapshotError>;
}
