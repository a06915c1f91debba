//! Rows of a package's table, one after the other, by the place of the columns that were asked for.

use crate::error::SnapshotError;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use beacon_package::{PackageError, PackageFolder, read_columns};

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, PackageError>>>;

/// A table that is being read; without any rows if the package has no file of it.
pub(crate) struct RowStream {
    batches: Option<Batches>,
    batch: Option<RecordBatch>,
    row: usize,
}

impl RowStream {
    pub(crate) fn open(package: &PackageFolder, table: &str, columns: &[&str]) -> Result<Self, SnapshotError> {
        let batches = read_columns(package, table, columns)?.map(|batches| Box::new(batches) as Batches);
        Ok(Self { batches, batch: None, row: 0 })
    }

    /// Goes to the next row; `false` after the last.
    pub(crate) fn advance(&mut self) -> Result<bool, SnapshotError> {
        self.row = self.row.saturating_add(1);
        loop {
            if self.batch.as_ref().is_some_and(|batch| self.row < batch.num_rows()) {
                return Ok(true);
            }
            self.batch = self.batches.as_mut().and_then(Iterator::next).transpose()?;
            self.row = 0;
            if self.batch.is_none() {
                self.batches = None;
                return Ok(false);
            }
        }
    }

    fn cell(&self, column: usize) -> Option<&dyn Array> {
        let array = self.batch.as_ref()?.columns().get(column)?;
        array.is_valid(self.row).then_some(array.as_ref())
    }

    pub(crate) fn text(&self, column: usize) -> Option<&str> {
        Some(self.cell(column)?.as_string_opt::<i32>()?.value(self.row))
    }

    pub(crate) fn owned(&self, column: usize) -> Option<String> {
        self.text(column).map(str::to_owned)
    }

    pub(crate) fn boolean(&self, column: usize) -> Option<bool> {
        Some(self.cell(column)?.as_boolean_opt()?.value(self.row))
    }

    pub(crate) fn integer(&self, column: usize) -> Option<i64> {
        Some(self.cell(column)?.as_primitive_opt::<Int64Type>()?.value(self.row))
    }

    /// Microseconds since 1970.
    pub(crate) fn time(&self, column: usize) -> Option<i64> {
        Some(self.cell(column)?.as_primitive_opt::<TimestampMicrosecondType>()?.value(self.row))
    }

    /// Days since 1970.
    pub(crate) fn day(&self, column: usize) -> Option<i32> {
        Some(self.cell(column)?.as_primitive_opt::<Date32Type>()?.value(self.row))
    }

    pub(crate) fn list(&self, column: usize) -> Vec<String> {
        let entries = self.cell(column).and_then(|cell| Some(cell.as_list_opt::<i32>()?.value(self.row)));
        let texts = entries.as_ref().and_then(|entries| entries.as_string_opt::<i32>());
        texts.into_iter().flat_map(|texts| texts.iter().flatten().map(str::to_owned)).collect()
    }

    /// Keys and values.
    pub(crate) fn map(&self, column: usize) -> Vec<(String, String)> {
        let entries = self.cell(column).and_then(|cell| Some(cell.as_map_opt()?.value(self.row)));
        let Some(entries) = entries else { return Vec::new() };
        let texts = |place: usize| entries.columns().get(place).and_then(|array| array.as_string_opt::<i32>());
        let (Some(keys), Some(values)) = (texts(0), texts(1)) else { return Vec::new() };
        keys.iter().zip(values.iter()).filter_map(|(key, value)| Some((key?.to_owned(), value?.to_owned()))).collect()
    }
}
