//! Building columns row by row, in the layout of [`crate::decode_columns`].

use crate::column::ColumnType;

/// One column in the making. Pushing a value of another type than the column's counts as null, so that a mistake of
/// a connector shows up as a refused row instead of shifted columns.
#[derive(Debug)]
pub struct ColumnBuilder {
    kind: ColumnType,
    rows: usize,
    nulls: usize,
    validity: Vec<u8>,
    offsets: Vec<i32>,
    entry_offsets: Vec<i32>,
    value_offsets: Vec<i32>,
    data: Vec<u8>,
    values: Vec<u8>,
}

/// Offsets are `i32`: a batch beyond 2 GiB cannot exist, a poll is capped at 32 MiB. Saturating keeps the encoder
/// total; the reader refuses offsets that disagree with their data.
fn offset(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX)
}

impl ColumnBuilder {
    /// An empty column.
    #[must_use]
    pub fn new(kind: ColumnType) -> Self {
        Self {
            kind,
            rows: 0,
            nulls: 0,
            validity: Vec::new(),
            offsets: vec![0],
            entry_offsets: vec![0],
            value_offsets: vec![0],
            data: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Bytes of this column on the wire, at most.
    fn size(&self) -> usize {
        let offsets = self.offsets.len() + self.entry_offsets.len() + self.value_offsets.len();
        32 + self.validity.len() + 4 * offsets + self.data.len() + self.values.len()
    }

    /// Number of rows so far.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    fn mark(bits: &mut Vec<u8>, row: usize, set: bool) {
        if row.is_multiple_of(8) {
            bits.push(0);
        }
        if let (true, Some(last)) = (set, bits.last_mut()) {
            *last |= 1 << (row % 8);
        }
    }

    fn close(&mut self, valid: bool) {
        match self.kind {
            ColumnType::Text => self.offsets.push(offset(self.data.len())),
            ColumnType::TextList | ColumnType::TextMap => self.offsets.push(offset(self.entry_offsets.len() - 1)),
            _ => {}
        }
        Self::mark(&mut self.validity, self.rows, valid);
        self.nulls += usize::from(!valid);
        self.rows += 1;
    }

    /// Adds a row without a value.
    pub fn null(&mut self) {
        match self.kind {
            ColumnType::Boolean => Self::mark(&mut self.data, self.rows, false),
            ColumnType::Integer | ColumnType::Timestamp => self.data.extend_from_slice(&[0; 8]),
            ColumnType::Date => self.data.extend_from_slice(&[0; 4]),
            _ => {}
        }
        self.close(false);
    }

    /// Adds a text.
    pub fn text(&mut self, value: Option<&str>) {
        match (self.kind, value) {
            (ColumnType::Text, Some(text)) => {
                self.data.extend_from_slice(text.as_bytes());
                self.close(true);
            }
            _ => self.null(),
        }
    }

    /// Adds a boolean.
    pub fn boolean(&mut self, value: Option<bool>) {
        match (self.kind, value) {
            (ColumnType::Boolean, Some(value)) => {
                Self::mark(&mut self.data, self.rows, value);
                self.close(true);
            }
            _ => self.null(),
        }
    }

    /// Adds an integer, or a timestamp in microseconds.
    pub fn integer(&mut self, value: Option<i64>) {
        match (self.kind, value) {
            (ColumnType::Integer | ColumnType::Timestamp, Some(value)) => {
                self.data.extend_from_slice(&value.to_le_bytes());
                self.close(true);
            }
            _ => self.null(),
        }
    }

    /// Adds a date in days since 1970-01-01.
    pub fn date(&mut self, value: Option<i32>) {
        match (self.kind, value) {
            (ColumnType::Date, Some(value)) => {
                self.data.extend_from_slice(&value.to_le_bytes());
                self.close(true);
            }
            _ => self.null(),
        }
    }

    /// Adds a list of texts.
    pub fn list<'t>(&mut self, value: impl IntoIterator<Item = &'t str>) {
        if self.kind != ColumnType::TextList {
            return self.null();
        }
        for entry in value {
            self.data.extend_from_slice(entry.as_bytes());
            self.entry_offsets.push(offset(self.data.len()));
        }
        self.close(true);
    }

    /// Adds a map; the caller gives the keys in ascending order, so that equal maps are equal bytes.
    pub fn map<'t>(&mut self, value: impl IntoIterator<Item = (&'t str, &'t str)>) {
        if self.kind != ColumnType::TextMap {
            return self.null();
        }
        for (key, entry) in value {
            self.data.extend_from_slice(key.as_bytes());
            self.entry_offsets.push(offset(self.data.len()));
            self.values.extend_from_slice(entry.as_bytes());
            self.value_offsets.push(offset(self.values.len()));
        }
        self.close(true);
    }

    fn encode(&self, frame: &mut Vec<u8>) {
        frame.extend_from_slice(&[self.kind.number(), u8::from(self.nulls > 0), 0, 0]);
        if self.nulls > 0 {
            buffer(frame, &self.validity);
        }
        match self.kind {
            ColumnType::Text => {
                offsets(frame, &self.offsets);
                buffer(frame, &self.data);
            }
            ColumnType::TextList | ColumnType::TextMap => {
                offsets(frame, &self.offsets);
                offsets(frame, &self.entry_offsets);
                buffer(frame, &self.data);
                if self.kind == ColumnType::TextMap {
                    offsets(frame, &self.value_offsets);
                    buffer(frame, &self.values);
                }
            }
            _ => buffer(frame, &self.data),
        }
    }
}

fn buffer(frame: &mut Vec<u8>, bytes: &[u8]) {
    frame.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    frame.extend_from_slice(bytes);
}

fn offsets(frame: &mut Vec<u8>, offsets: &[i32]) {
    frame.extend_from_slice(&u32::try_from(offsets.len() * 4).unwrap_or(u32::MAX).to_le_bytes());
    for offset in offsets {
        frame.extend_from_slice(&offset.to_le_bytes());
    }
}

/// Writes columns one after the other.
#[must_use]
pub fn encode_columns<'c>(columns: impl IntoIterator<Item = &'c ColumnBuilder, IntoIter: Clone>) -> Vec<u8> {
    let columns = columns.into_iter();
    let mut frame = Vec::with_capacity(columns.clone().map(ColumnBuilder::size).sum());
    columns.for_each(|column| column.encode(&mut frame));
    frame
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::{Buffers, ColumnError, decode_columns};
    use proptest::prelude::*;

    fn sample() -> Vec<ColumnBuilder> {
        let mut columns: Vec<_> = [
            ColumnType::Text,
            ColumnType::Boolean,
            ColumnType::Integer,
            ColumnType::Timestamp,
            ColumnType::Date,
            ColumnType::TextList,
            ColumnType::TextMap,
        ]
        .map(ColumnBuilder::new)
        .into();
        for row in 0..11u8 {
            let name = format!("é{row}");
            columns[0].text((row % 3 != 0).then_some(&name));
            columns[1].boolean(Some(row % 2 == 0));
            columns[2].integer(Some(i64::from(row) - 5));
            columns[3].integer(None);
            columns[4].date(Some(i32::from(row)));
            columns[5].list((0..row % 3).map(|_| name.as_str()));
            columns[6].map((0..row % 2).map(|_| ("k", name.as_str())));
        }
        columns
    }

    #[test]
    fn what_is_built_is_read() {
        let columns = sample();
        let frame = encode_columns(&columns);
        let views = decode_columns(&frame, 11, 7).expect("own columns are readable");
        assert_eq!(views[0].validity, Some(&[0b1011_0110, 0b0000_0101][..]));
        assert_eq!(views[1].buffers, Buffers::Fixed(&[0b0101_0101, 0b0000_0101]));
        assert_eq!(views[3].validity, Some(&[0, 0][..]));
        let Buffers::Text(offsets, data) = views[0].buffers else { panic!("texts") };
        assert_eq!(offsets.len(), 48);
        assert_eq!(std::str::from_utf8(data), Ok("é1é2é4é5é7é8é10"));
    }

    #[test]
    fn a_split_character_is_refused() {
        let mut column = ColumnBuilder::new(ColumnType::Text);
        column.text(Some("é"));
        column.text(Some("x"));
        let mut frame = encode_columns([&column]);
        frame[12] = 1;
        assert_eq!(decode_columns(&frame, 2, 1), Err(ColumnError::Utf8 { column: 0 }));
    }

    proptest! {
        #[test]
        fn a_changed_byte_never_panics(at in any::<prop::sample::Index>(), value in any::<u8>(), rows in 0u32..20) {
            let mut frame = encode_columns(&sample());
            let at = at.index(frame.len());
            frame[at] = value;
            let _ = decode_columns(&frame, rows, 7);
        }

        #[test]
        fn any_bytes_end_without_panic(frame in prop::collection::vec(any::<u8>(), 0..300), rows in any::<u32>(), columns in 0usize..9) {
            let _ = decode_columns(&frame, rows, columns);
        }
    }
}
