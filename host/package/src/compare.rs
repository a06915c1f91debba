//! Two versions of one table, row by row. Both are sorted by key, so one pass over each is enough.

use crate::changes_table::{Change, ChangeKind, key_text};
use crate::error::PackageError;
use crate::moving_columns::is_moving;
use crate::package_reader::TableReader;
use crate::row::{DamagedRow, RowCursor, Rows};
use crate::sort_key::KeyPlan;
use beacon_contract::dataset::TableSchema;
use std::cmp::Ordering;

/// Why two packages could not be compared.
#[derive(Debug)]
pub(crate) enum CompareError {
    /// The earlier one is not what it should be.
    Old(PackageError),
    /// Anything else: the later one, or taking the changes.
    Other(PackageError),
}

/// Rows of one file with their keys.
struct SortedRows {
    reader: TableReader,
    plan: KeyPlan,
    rows: Rows,
    position: usize,
    key: Vec<u8>,
    last: Vec<u8>,
    at_end: bool,
}

impl SortedRows {
    fn new(table: &'static TableSchema, reader: TableReader) -> Result<Self, PackageError> {
        let plan = KeyPlan::new(table);
        let (rows, key, last) = (Rows::default(), Vec::new(), Vec::new());
        let mut sorted = Self { reader, plan, rows, position: 0, key, last, at_end: false };
        sorted.read()?;
        Ok(sorted)
    }

    fn row(&self) -> &[u8] {
        self.rows.get(self.position)
    }

    fn advance(&mut self) -> Result<(), PackageError> {
        self.position += 1;
        self.read()
    }

    /// Takes in the row at the position, reading on where needed.
    fn read(&mut self) -> Result<(), PackageError> {
        if self.position >= self.rows.len() {
            self.rows = self.reader.next_rows()?.0;
            self.position = 0;
            self.at_end = self.rows.len() == 0;
            if self.at_end {
                return Ok(());
            }
        }
        std::mem::swap(&mut self.key, &mut self.last);
        self.key.clear();
        let keyed = self.plan.put(self.rows.get(self.position), &mut self.key);
        keyed.map_err(|_| self.reader.bad("a row has no key"))?;
        // A file that somebody sorted anew would make everything look removed and added.
        if self.key <= self.last {
            return Err(self.reader.bad("its rows are not in the order of their key"));
        }
        Ok(())
    }
}

/// Which changes may be told. Rows that are missing in a table that is not complete prove nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) added: bool,
    pub(crate) removed: bool,
}

/// Gives every difference to `take`, in the order of the key.
pub(crate) fn compare(
    table: &'static TableSchema,
    old: TableReader,
    new: TableReader,
    told: Told,
    take: &mut dyn FnMut(Change) -> Result<(), PackageError>,
) -> Result<(), CompareError> {
    let damaged = |_| CompareError::Other(PackageError::DamagedSpill(table.name));
    let whole = |row: &[u8], change| {
        let row_key = key_text(table, row)?;
        Ok(Change { table: table.name, row_key, change, columns: Vec::new() })
    };
    let mut old = SortedRows::new(table, old).map_err(CompareError::Old)?;
    let mut new = SortedRows::new(table, new).map_err(CompareError::Other)?;
    loop {
        let order = match (old.at_end, new.at_end) {
            (true, true) => return Ok(()),
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => old.key.cmp(&new.key),
        };
        let change = match order {
            Ordering::Less if told.removed => Some(whole(old.row(), ChangeKind::Removed).map_err(damaged)?),
            Ordering::Greater if told.added => Some(whole(new.row(), ChangeKind::Added).map_err(damaged)?),
            Ordering::Equal if old.row() != new.row() => {
                let columns = changed_columns(table, old.row(), new.row()).map_err(damaged)?;
                let changed = whole(new.row(), ChangeKind::Changed).map_err(damaged)?;
                (!columns.is_empty()).then_some(Change { columns, ..changed })
            }
            _ => None,
        };
        if let Some(change) = change {
            take(change).map_err(CompareError::Other)?;
        }
        if order.is_le() {
            old.advance().map_err(CompareError::Old)?;
        }
        if order.is_ge() {
            new.advance().map_err(CompareError::Other)?;
        }
    }
}

fn changed_columns(table: &'static TableSchema, old: &[u8], new: &[u8]) -> Result<Vec<&'static str>, DamagedRow> {
    let (mut old, mut new) = (RowCursor::new(old), RowCursor::new(new));
    let mut changed = Vec::new();
    for column in table.columns {
        if old.skip(column.kind)? != new.skip(column.kind)? && !is_moving(table.name, column.name) {
            changed.push(column.name);
        }
    }
    Ok(changed)
}
