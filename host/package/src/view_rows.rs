//! From checked columns of the wire to rows.

use crate::error::PackageError;
use crate::row;
use beacon_contract::dataset::{Column, TableSchema};
use beacon_contract::{Buffers, ColumnType, ColumnView};

/// First moment of year 1 and first moment of year 10,000, in microseconds since 1970: what RFC 3339 can write.
const TIMES: std::ops::Range<i64> = -62_135_596_800_000_000..253_402_300_800_000_000;
/// The same in days.
const DAYS: std::ops::Range<i32> = -719_162..2_932_897;

/// Columns of one batch, put into the order of their table.
pub(crate) struct ViewRows<'v> {
    table: &'static TableSchema,
    columns: Vec<Option<Cells<'v>>>,
}

struct Cells<'v> {
    validity: Option<&'v [u8]>,
    values: Values<'v>,
}

enum Values<'v> {
    Boolean(&'v [u8]),
    Integer(&'v [[u8; 8]]),
    Timestamp(&'v [[u8; 8]]),
    Date(&'v [[u8; 4]]),
    Text(Texts<'v>),
    List(&'v [[u8; 4]], Texts<'v>),
    Map(&'v [[u8; 4]], Texts<'v>, Texts<'v>),
}

#[derive(Clone, Copy)]
struct Texts<'v> {
    offsets: &'v [[u8; 4]],
    data: &'v [u8],
}

/// Why a value is refused.
type Why = &'static str;

const CUT: Why = "the column is shorter than the batch";

fn range(offsets: &[[u8; 4]], at: usize) -> Option<std::ops::Range<usize>> {
    let offset = |at: usize| offsets.get(at).and_then(|bytes| usize::try_from(i32::from_le_bytes(*bytes)).ok());
    Some(offset(at)?..offset(at + 1)?)
}

fn bit(bits: &[u8], at: usize) -> Option<bool> {
    bits.get(at / 8).map(|byte| byte >> (at % 8) & 1 == 1)
}

impl<'v> Texts<'v> {
    fn new((offsets, data): (&'v [u8], &'v [u8])) -> Self {
        Self { offsets: offsets.as_chunks().0, data }
    }

    fn get(&self, at: usize) -> Result<&'v [u8], Why> {
        range(self.offsets, at).and_then(|range| self.data.get(range)).ok_or(CUT)
    }
}

impl<'v> Cells<'v> {
    fn new(view: &ColumnView<'v>) -> Self {
        let values = match (view.buffers, view.kind) {
            (Buffers::Fixed(bits), ColumnType::Boolean) => Values::Boolean(bits),
            (Buffers::Fixed(days), ColumnType::Date) => Values::Date(days.as_chunks().0),
            (Buffers::Fixed(times), ColumnType::Timestamp) => Values::Timestamp(times.as_chunks().0),
            (Buffers::Fixed(numbers), _) => Values::Integer(numbers.as_chunks().0),
            (Buffers::Text(offsets, data), _) => Values::Text(Texts::new((offsets, data))),
            (Buffers::List(offsets, entries, data), _) => {
                Values::List(offsets.as_chunks().0, Texts::new((entries, data)))
            }
            (Buffers::Map(offsets, keys, values), _) => {
                Values::Map(offsets.as_chunks().0, Texts::new(keys.into()), Texts::new(values.into()))
            }
        };
        Self { validity: view.validity, values }
    }

    fn put(&self, row: usize, out: &mut Vec<u8>) -> Result<(), Why> {
        if let Some(validity) = self.validity
            && !bit(validity, row).ok_or(CUT)?
        {
            row::put_null(out);
            return Ok(());
        }
        match &self.values {
            Values::Text(texts) => row::put_text(out, texts.get(row)?),
            Values::Boolean(bits) => row::put_boolean(out, bit(bits, row).ok_or(CUT)?),
            Values::Integer(numbers) => row::put_integer(out, i64::from_le_bytes(*numbers.get(row).ok_or(CUT)?)),
            Values::Timestamp(times) => {
                let time = i64::from_le_bytes(*times.get(row).ok_or(CUT)?);
                if !TIMES.contains(&time) {
                    return Err("a time before year 1 or after year 9999");
                }
                row::put_integer(out, time);
            }
            Values::Date(days) => {
                let day = i32::from_le_bytes(*days.get(row).ok_or(CUT)?);
                if !DAYS.contains(&day) {
                    return Err("a date before year 1 or after year 9999");
                }
                row::put_date(out, day);
            }
            Values::List(offsets, texts) => {
                let entries = range(offsets, row).ok_or(CUT)?;
                row::put_entries(out, entries.len());
                for entry in entries {
                    row::put_entry(out, texts.get(entry)?);
                }
            }
            Values::Map(offsets, keys, values) => {
                let entries = range(offsets, row).ok_or(CUT)?;
                row::put_entries(out, entries.len());
                let mut last = None;
                for entry in entries {
                    let key = keys.get(entry)?;
                    if last.is_some_and(|last| last >= key) {
                        return Err("the keys of a map must ascend");
                    }
                    last = Some(key);
                    row::put_entry(out, key);
                    row::put_entry(out, values.get(entry)?);
                }
            }
        }
        Ok(())
    }
}

impl<'v> ViewRows<'v> {
    /// Checks that the columns belong to the table and that nothing required is missing.
    pub(crate) fn new(
        table: &'static TableSchema,
        columns: &[(&'static Column, ColumnView<'v>)],
        rows: u32,
    ) -> Result<Self, PackageError> {
        let bad = |column: &Column, why| PackageError::BadColumn { table: table.name, column: column.name.into(), why };
        let mut ordered: Vec<Option<Cells<'v>>> = table.columns.iter().map(|_| None).collect();
        for (column, view) in columns {
            let position = table.columns.iter().position(|known| known == *column);
            let place = position.and_then(|position| ordered.get_mut(position));
            let place = place.ok_or_else(|| bad(column, "the table has no such column"))?;
            if column.by_host {
                return Err(bad(column, "only the host fills it"));
            }
            if view.kind != column.kind {
                return Err(bad(column, "its type is another one"));
            }
            if place.replace(Cells::new(view)).is_some() {
                return Err(bad(column, "it came twice"));
            }
        }
        for (column, cells) in table.columns.iter().zip(&ordered) {
            if column.nullable {
                continue;
            }
            let missing = |row| PackageError::MissingValue { table: table.name, column: column.name, row };
            match cells {
                None if rows > 0 => return Err(missing(0)),
                Some(Cells { validity: Some(validity), .. }) => {
                    if let Some(row) = (0..rows).find(|row| bit(validity, *row as usize) != Some(true)) {
                        return Err(missing(row));
                    }
                }
                _ => {}
            }
        }
        Ok(Self { table, columns: ordered })
    }

    /// Appends one row in the encoding of [`crate::row`].
    pub(crate) fn put(&self, row: u32, out: &mut Vec<u8>) -> Result<(), PackageError> {
        for (column, cells) in self.table.columns.iter().zip(&self.columns) {
            match cells {
                None => row::put_null(out),
                Some(cells) => cells.put(row as usize, out).map_err(|why| PackageError::BadValue {
                    table: self.table.name,
                    column: column.name,
                    row,
                    why,
                })?,
            }
        }
        Ok(())
    }
}
