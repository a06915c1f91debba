//! The first rows of a table, as people read them: for a look before the first import.

use crate::csv_cell;
use crate::error::PackageError;
use crate::merge::MergedTable;
use crate::names::{NameSource, fill_names};
use crate::row::{RowCursor, Rows};

/// The first rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Cells as in a CSV file of a package; `None` is null.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether there are more.
    pub more: bool,
}

/// Takes at most `limit` rows.
///
/// # Errors
/// [`PackageError`] if spilled rows cannot be read.
pub fn sample(mut merged: MergedTable, names: &dyn NameSource, limit: usize) -> Result<Sample, PackageError> {
    let schema = merged.schema();
    let damaged = |_| PackageError::DamagedSpill(schema.name);
    let mut rows = Rows::default();
    merged.next_rows(&mut rows, limit.saturating_add(1))?;
    fill_names(schema, &mut rows, names).map_err(damaged)?;
    let more = rows.len() > limit;
    let mut sampled = Vec::new();
    for row in rows.iter().take(limit) {
        let mut cursor = RowCursor::new(row);
        let cells = schema
            .columns
            .iter()
            .map(|column| Ok(csv_cell::cell(column.kind, &mut cursor)?.map(std::borrow::Cow::into_owned)));
        sampled.push(cells.collect::<Result<_, _>>().map_err(damaged)?);
    }
    Ok(Sample { rows: sampled, more })
}
