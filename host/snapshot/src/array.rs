//! One number for each person, in the order of people: what filters, sorting and counting read instead of rows.
//!
//! An array is stored in parts of [`PART`] people, packed by zstd. A million numbers are read in milliseconds.

use crate::file::Damage;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// People of one part.
pub(crate) const PART: usize = 65_536;

/// Packing level: the fastest; parts are read more often than their size matters.
const LEVEL: i32 = 1;

/// Number of an array.
pub(crate) trait Element: Copy + Default {
    /// Bytes of one number.
    const WIDTH: usize;
    fn put(self, out: &mut Vec<u8>);
    fn get(bytes: &[u8]) -> Self;
}

macro_rules! element {
    ($number:ty) => {
        impl Element for $number {
            const WIDTH: usize = size_of::<$number>();
            fn put(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn get(bytes: &[u8]) -> Self {
                bytes.try_into().map_or(0, <$number>::from_le_bytes)
            }
        }
    };
}
element!(u8);
element!(u16);
element!(u32);

/// What an array is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Of a column: place of its value among all values in order, 0 for none.
    Rank,
    /// Of a column with few values: code in the dictionary, 0 for none.
    Code,
    /// Of a product: 1 for those who hold it.
    Holder,
    /// Of an application: see [`crate::use_code`].
    Use,
    /// Of an application: day of the last activity since 1970, 0 for none.
    LastActivity,
    /// Of an application: day of the figures since 1970, 0 for none.
    Refreshed,
    /// Number of applications that the person is concerned with.
    Concerned,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Rank => "rank",
            Self::Code => "code",
            Self::Holder => "holder",
            Self::Use => "use",
            Self::LastActivity => "last_activity",
            Self::Refreshed => "refreshed",
            Self::Concerned => "concerned",
        }
    }
}

/// Stores one part. A part of zeros alone is left out.
pub(crate) fn write_part<E: Element + PartialEq>(
    connection: &Connection,
    (kind, of): (Kind, &str),
    part: usize,
    numbers: &[E],
) -> rusqlite::Result<()> {
    if numbers.iter().all(|number| *number == E::default()) {
        return Ok(());
    }
    let mut bytes = Vec::with_capacity(numbers.len() * E::WIDTH);
    numbers.iter().for_each(|number| number.put(&mut bytes));
    let packed = zstd::bulk::compress(&bytes, LEVEL)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    connection
        .prepare_cached("INSERT INTO arrays (kind, of, part, length, data) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![kind.name(), of, part as i64, bytes.len() as i64, packed])?;
    Ok(())
}

/// Stores a whole array.
pub(crate) fn write<E: Element + PartialEq>(
    connection: &Connection,
    of: (Kind, &str),
    numbers: &[E],
) -> rusqlite::Result<()> {
    numbers.chunks(PART).enumerate().try_for_each(|(part, numbers)| write_part(connection, of, part, numbers))
}

/// One part; none if it was left out.
fn read_part(
    connection: &Connection,
    (kind, of): (Kind, &str),
    part: usize,
    width: usize,
) -> Result<Option<Vec<u8>>, Damage> {
    let mut statement =
        connection.prepare_cached("SELECT length, data FROM arrays WHERE kind = ?1 AND of = ?2 AND part = ?3")?;
    let found = statement
        .query_row(params![kind.name(), of, part as i64], |row| {
            let length: i64 = row.get(0)?;
            Ok((length, zstd_of(row.get_ref(1)?.as_blob()?, length)))
        })
        .optional()?;
    let Some((length, bytes)) = found else { return Ok(None) };
    let bytes = bytes.ok_or(Damage::Text("a packed part does not unpack"))?;
    if i64::try_from(bytes.len()) != Ok(length) || bytes.len() % width != 0 {
        return Err(Damage::Text("a packed part has another length than it says"));
    }
    Ok(Some(bytes))
}

/// Unpacks to at most the length of the largest part.
fn zstd_of(packed: &[u8], length: i64) -> Option<Vec<u8>> {
    let length = usize::try_from(length).ok().filter(|length| *length <= PART * 4)?;
    zstd::bulk::decompress(packed, length).ok()
}

/// The numbers of everybody.
pub(crate) fn read<E: Element>(connection: &Connection, of: (Kind, &str), people: usize) -> Result<Vec<E>, Damage> {
    let mut numbers = Vec::with_capacity(people);
    for part in 0..people.div_ceil(PART) {
        let end = ((part + 1) * PART).min(people);
        if let Some(bytes) = read_part(connection, of, part, E::WIDTH)? {
            numbers.extend(bytes.chunks_exact(E::WIDTH).map(E::get));
        }
        numbers.resize(end, E::default());
    }
    Ok(numbers)
}

/// The numbers of some people, in their order; only the parts that they are in are read.
pub(crate) fn read_some<E: Element>(
    connection: &Connection,
    of: (Kind, &str),
    people: &[u32],
) -> Result<Vec<E>, Damage> {
    let mut parts: BTreeMap<usize, Option<Vec<u8>>> = BTreeMap::new();
    let mut numbers = Vec::with_capacity(people.len());
    for person in people {
        let (part, place) = (*person as usize / PART, *person as usize % PART * E::WIDTH);
        let bytes = match parts.entry(part) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(read_part(connection, of, part, E::WIDTH)?),
        };
        let number = bytes.as_ref().and_then(|bytes| bytes.get(place..place + E::WIDTH));
        numbers.push(number.map_or_else(E::default, E::get));
    }
    Ok(numbers)
}
