//! The row encoding that sorting, hashing, writing and verifying share.
//!
//! A row is the values of all columns of its table in the order of the dataset, without `tenant_id` (which is one
//! constant per package). Numbers called *length* are LEB128. In every type the single byte 0 means null:
//!
//! | type | value |
//! |---|---|
//! | text | length + 1, UTF-8 |
//! | boolean | 1 for false, 2 for true |
//! | integer, timestamp | 1, `i64` little endian |
//! | date | 1, `i32` little endian |
//! | text list | number of entries + 1, then each entry as length and UTF-8 |
//! | text map | number of entries + 1, then each key and value as length and UTF-8 |
//!
//! Every value tells its own end, so rows need no separator: equal tables are equal bytes and the other way round.

use beacon_contract::ColumnType;

/// The bytes are no row of this table. Only damaged memory or disk leads here.
#[derive(Debug)]
pub(crate) struct DamagedRow;

/// Writes a LEB128 number.
pub(crate) fn put_length(out: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = (length & 0x7f) as u8;
        length >>= 7;
        if length == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

pub(crate) fn put_null(out: &mut Vec<u8>) {
    out.push(0);
}

pub(crate) fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put_length(out, text.len() + 1);
    out.extend_from_slice(text);
}

pub(crate) fn put_boolean(out: &mut Vec<u8>, value: bool) {
    out.push(1 + u8::from(value));
}

pub(crate) fn put_integer(out: &mut Vec<u8>, value: i64) {
    out.push(1);
    out.extend_from_slice(&value.to_le_bytes());
}

pub(crate) fn put_date(out: &mut Vec<u8>, days: i32) {
    out.push(1);
    out.extend_from_slice(&days.to_le_bytes());
}

/// Starts a list or a map of `entries` entries; [`put_entry`] follows for each text in it.
pub(crate) fn put_entries(out: &mut Vec<u8>, entries: usize) {
    put_length(out, entries + 1);
}

pub(crate) fn put_entry(out: &mut Vec<u8>, text: &[u8]) {
    put_length(out, text.len());
    out.extend_from_slice(text);
}

/// Reads values one after the other, over one row or over many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowCursor<'r> {
    rest: &'r [u8],
}

impl<'r> RowCursor<'r> {
    pub(crate) fn new(rows: &'r [u8]) -> Self {
        Self { rest: rows }
    }

    fn byte(&mut self) -> Result<u8, DamagedRow> {
        let (byte, rest) = self.rest.split_first().ok_or(DamagedRow)?;
        self.rest = rest;
        Ok(*byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DamagedRow> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(DamagedRow)?;
        self.rest = rest;
        Ok(*head)
    }

    fn length(&mut self) -> Result<usize, DamagedRow> {
        let mut length = 0usize;
        for shift in (0..usize::BITS - 6).step_by(7) {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(length);
            }
        }
        Err(DamagedRow)
    }

    fn bytes(&mut self, length: usize) -> Result<&'r [u8], DamagedRow> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(DamagedRow)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(crate) fn text(&mut self) -> Result<Option<&'r [u8]>, DamagedRow> {
        match self.length()?.checked_sub(1) {
            Some(length) => self.bytes(length).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn boolean(&mut self) -> Result<Option<bool>, DamagedRow> {
        match self.byte()? {
            0 => Ok(None),
            1 => Ok(Some(false)),
            2 => Ok(Some(true)),
            _ => Err(DamagedRow),
        }
    }

    pub(crate) fn integer(&mut self) -> Result<Option<i64>, DamagedRow> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.array().map(|bytes| Some(i64::from_le_bytes(bytes))),
            _ => Err(DamagedRow),
        }
    }

    pub(crate) fn date(&mut self) -> Result<Option<i32>, DamagedRow> {
        match self.byte()? {
            0 => Ok(None),
            1 => self.array().map(|bytes| Some(i32::from_le_bytes(bytes))),
            _ => Err(DamagedRow),
        }
    }

    /// Number of entries of a list or a map; [`Self::entry`] follows for each text in it.
    pub(crate) fn entries(&mut self) -> Result<Option<usize>, DamagedRow> {
        Ok(self.length()?.checked_sub(1))
    }

    pub(crate) fn entry(&mut self) -> Result<&'r [u8], DamagedRow> {
        let length = self.length()?;
        self.bytes(length)
    }

    /// Steps over one value and returns its bytes.
    pub(crate) fn skip(&mut self, kind: ColumnType) -> Result<&'r [u8], DamagedRow> {
        let before = self.rest;
        match kind {
            ColumnType::Text => drop(self.text()?),
            ColumnType::Boolean => drop(self.boolean()?),
            ColumnType::Integer | ColumnType::Timestamp => drop(self.integer()?),
            ColumnType::Date => drop(self.date()?),
            ColumnType::TextList | ColumnType::TextMap => {
                let texts = if kind == ColumnType::TextMap { 2 } else { 1 };
                for _ in 0..self.entries()?.unwrap_or(0).saturating_mul(texts) {
                    self.entry()?;
                }
            }
        }
        before.get(..before.len() - self.rest.len()).ok_or(DamagedRow)
    }
}

/// Rows one after the other.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Their bytes.
    pub(crate) bytes: Vec<u8>,
    /// Where each of them ends.
    pub(crate) ends: Vec<usize>,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn push(&mut self, row: &[u8]) {
        self.bytes.extend_from_slice(row);
        self.ends.push(self.bytes.len());
    }

    /// Marks everything written to `bytes` since the last row as one row.
    pub(crate) fn close_row(&mut self) {
        self.ends.push(self.bytes.len());
    }

    /// The row at a position; empty beyond the last.
    pub(crate) fn get(&self, position: usize) -> &[u8] {
        let start = position.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(position)).map(|(start, end)| start..*end);
        range.and_then(|range| self.bytes.get(range)).unwrap_or_default()
    }

    /// Takes the last row away.
    pub(crate) fn pop(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_and_damage_is_an_error() {
        let mut row = Vec::new();
        let long = "x".repeat(200);
        put_text(&mut row, long.as_bytes());
        put_null(&mut row);
        put_boolean(&mut row, true);
        put_integer(&mut row, i64::MIN);
        put_date(&mut row, -1);
        put_entries(&mut row, 2);
        put_entry(&mut row, b"");
        put_entry(&mut row, b"b");
        let mut cursor = RowCursor::new(&row);
        assert_eq!(cursor.text().unwrap(), Some(long.as_bytes()));
        assert_eq!(cursor.text().unwrap(), None);
        assert_eq!(cursor.boolean().unwrap(), Some(true));
        assert_eq!(cursor.integer().unwrap(), Some(i64::MIN));
        assert_eq!(cursor.date().unwrap(), Some(-1));
        let list = cursor;
        assert_eq!(cursor.entries().unwrap(), Some(2));
        assert_eq!((cursor.entry().unwrap(), cursor.entry().unwrap()), (&b""[..], &b"b"[..]));
        assert!(cursor.text().is_err(), "nothing is left");
        assert_eq!({ list }.skip(ColumnType::TextList).unwrap().len(), 4);
        for end in 0..row.len() {
            let mut cut = RowCursor::new(&row[..end]);
            let kinds = [
                ColumnType::Text,
                ColumnType::Text,
                ColumnType::Boolean,
                ColumnType::Integer,
                ColumnType::Date,
                ColumnType::TextList,
            ];
            assert!(kinds.into_iter().any(|kind| cut.skip(kind).is_err()), "a row cut at {end} must not be readable");
        }
        assert!(RowCursor::new(&[0xff; 20]).text().is_err());
    }
}
