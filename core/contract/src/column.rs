//! Columns as they cross the wire: the buffers of Arrow's memory layout, each with its length before it.
//!
//! A columns frame is, per column: type (`u8`), flags (`u8`, bit 0: a validity buffer comes first), two zero bytes,
//! then the buffers of the type in the order of the Arrow columnar format, each as length (`u32`, little endian) and
//! bytes. All numbers are little endian. Offsets have one entry more than rows and start at zero.
//!
//! | type | buffers after validity |
//! |---|---|
//! | 1 text | offsets `i32`, UTF-8 |
//! | 2 boolean | bits, least significant first |
//! | 3 integer | `i64` |
//! | 4 timestamp | `i64`, microseconds since 1970 in UTC |
//! | 5 date | `i32`, days since 1970-01-01 |
//! | 6 text list | offsets `i32`, offsets `i32` of the entries, UTF-8 |
//! | 7 text map | offsets `i32`, offsets and UTF-8 of the keys, offsets and UTF-8 of the values |

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// UTF-8.
    Text,
    /// True or false.
    Boolean,
    /// 64 bits with sign.
    Integer,
    /// Microseconds since 1970 in UTC.
    Timestamp,
    /// Days since 1970-01-01.
    Date,
    /// A list of texts, none of them null.
    TextList,
    /// Text keys with text values.
    TextMap,
}

impl ColumnType {
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Text => 1,
            Self::Boolean => 2,
            Self::Integer => 3,
            Self::Timestamp => 4,
            Self::Date => 5,
            Self::TextList => 6,
            Self::TextMap => 7,
        }
    }

    const fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => Self::Text,
            2 => Self::Boolean,
            3 => Self::Integer,
            4 => Self::Timestamp,
            5 => Self::Date,
            6 => Self::TextList,
            7 => Self::TextMap,
            _ => return None,
        })
    }
}

/// Why a columns frame is refused. `column` counts from zero.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ColumnError {
    /// The frame ends too early.
    #[error("column {column} is cut off")]
    Cut {
        /// Which column.
        column: usize,
    },
    /// A type number of a later contract, or reserved bytes that are not zero.
    #[error("column {column} has an unknown type or layout")]
    Layout {
        /// Which column.
        column: usize,
    },
    /// A buffer does not have the length that the number of rows asks for.
    #[error("a buffer of column {column} has {length} bytes where {expected} are needed")]
    Length {
        /// Which column.
        column: usize,
        /// What came.
        length: usize,
        /// What the rows need.
        expected: usize,
    },
    /// Offsets do not start at zero, go back, or point past their data.
    #[error("the offsets of column {column} are not ascending within their data")]
    Offsets {
        /// Which column.
        column: usize,
    },
    /// Text is not UTF-8, or an offset splits a character.
    #[error("a text of column {column} is not UTF-8")]
    Utf8 {
        /// Which column.
        column: usize,
    },
    /// Bytes are left after the last column.
    #[error("{left} bytes are left after the last column")]
    Rest {
        /// How many.
        left: usize,
    },
}

/// Buffers of a checked column. Offsets are still bytes: the host copies them into aligned memory anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffers<'a> {
    /// Fixed width: bits, `i64` or `i32` by the type.
    Fixed(&'a [u8]),
    /// Offsets and data.
    Text(&'a [u8], &'a [u8]),
    /// Offsets, entry offsets, data.
    List(&'a [u8], &'a [u8], &'a [u8]),
    /// Offsets, key offsets, keys, value offsets, values.
    Map(&'a [u8], [&'a [u8]; 2], [&'a [u8]; 2]),
}

/// One checked column: every offset is in range and every text is UTF-8, so that Arrow arrays can be built from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnView<'a> {
    /// What it holds.
    pub kind: ColumnType,
    /// Validity bits, least significant first; `None` if no value is null.
    pub validity: Option<&'a [u8]>,
    /// The values.
    pub buffers: Buffers<'a>,
}

struct Reader<'a> {
    rest: &'a [u8],
    column: usize,
}

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ColumnError> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(ColumnError::Cut { column: self.column })?;
        self.rest = rest;
        Ok(*head)
    }

    fn buffer(&mut self) -> Result<&'a [u8], ColumnError> {
        let cut = ColumnError::Cut { column: self.column };
        let length =
            usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| ColumnError::Cut { column: self.column })?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(cut)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn sized(&mut self, expected: usize) -> Result<&'a [u8], ColumnError> {
        let bytes = self.buffer()?;
        if bytes.len() == expected {
            Ok(bytes)
        } else {
            Err(ColumnError::Length { column: self.column, length: bytes.len(), expected })
        }
    }

    /// Offsets for `entries` entries; returns them and where they end.
    fn offsets(&mut self, entries: usize) -> Result<(&'a [u8], usize), ColumnError> {
        let bad = ColumnError::Offsets { column: self.column };
        let bytes = self.sized(entries.saturating_add(1).saturating_mul(4))?;
        let mut last = 0i32;
        let mut first = true;
        let (chunks, _) = bytes.as_chunks::<4>();
        for chunk in chunks {
            let offset = i32::from_le_bytes(*chunk);
            if offset < last || (first && offset != 0) {
                return Err(bad);
            }
            first = false;
            last = offset;
        }
        usize::try_from(last).map(|end| (bytes, end)).map_err(|_| bad)
    }

    fn texts(&mut self, entries: usize) -> Result<(&'a [u8], &'a [u8]), ColumnError> {
        let column = self.column;
        let (offsets, end) = self.offsets(entries)?;
        let data = self.buffer()?;
        if data.len() != end {
            return Err(ColumnError::Offsets { column });
        }
        let text = std::str::from_utf8(data).map_err(|_| ColumnError::Utf8 { column })?;
        if !text.is_ascii() {
            let (chunks, _) = offsets.as_chunks::<4>();
            let split = chunks
                .iter()
                .any(|chunk| usize::try_from(i32::from_le_bytes(*chunk)).map_or(true, |at| !text.is_char_boundary(at)));
            if split {
                return Err(ColumnError::Utf8 { column });
            }
        }
        Ok((offsets, data))
    }

    fn column(&mut self, rows: usize) -> Result<ColumnView<'a>, ColumnError> {
        let bad = ColumnError::Layout { column: self.column };
        let [number, flags, 0, 0] = self.array::<4>()? else { return Err(bad) };
        let (Some(kind), true) = (ColumnType::from_number(number), flags <= 1) else { return Err(bad) };
        let bits = rows.div_ceil(8);
        let validity = if flags == 1 { Some(self.sized(bits)?) } else { None };
        let buffers = match kind {
            ColumnType::Boolean => Buffers::Fixed(self.sized(bits)?),
            ColumnType::Integer | ColumnType::Timestamp => Buffers::Fixed(self.sized(rows.saturating_mul(8))?),
            ColumnType::Date => Buffers::Fixed(self.sized(rows.saturating_mul(4))?),
            ColumnType::Text => {
                let (offsets, data) = self.texts(rows)?;
                Buffers::Text(offsets, data)
            }
            ColumnType::TextList => {
                let (offsets, entries) = self.offsets(rows)?;
                let (entry_offsets, data) = self.texts(entries)?;
                Buffers::List(offsets, entry_offsets, data)
            }
            ColumnType::TextMap => {
                let (offsets, entries) = self.offsets(rows)?;
                let keys = self.texts(entries)?;
                let values = self.texts(entries)?;
                Buffers::Map(offsets, keys.into(), values.into())
            }
        };
        Ok(ColumnView { kind, validity, buffers })
    }
}

/// Reads and checks `columns` columns of `rows` rows. Allocates one entry per column, nothing per row.
///
/// # Errors
/// See [`ColumnError`].
pub fn decode_columns(frame: &[u8], rows: u32, columns: usize) -> Result<Vec<ColumnView<'_>>, ColumnError> {
    let rows = usize::try_from(rows).map_err(|_| ColumnError::Layout { column: 0 })?;
    let mut reader = Reader { rest: frame, column: 0 };
    let mut views = Vec::with_capacity(columns.min(frame.len() / 8));
    for column in 0..columns {
        reader.column = column;
        views.push(reader.column(rows)?);
    }
    if reader.rest.is_empty() { Ok(views) } else { Err(ColumnError::Rest { left: reader.rest.len() }) }
}
