//! The order of people by a column with many values, found by SQLite's sorter, which spills to disk.

use crate::array::{Kind, write};
use crate::fold::fold;
use crate::user_columns::{Keep, UserColumn, file_columns};
use beacon_api::ColumnKind;
use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

/// Stores the ranks of all columns that need them.
pub(crate) fn write_ranks(connection: &Connection, people: usize, overflowed: &[&str]) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection
        .create_scalar_function("fold", 1, flags, |context| Ok(context.get_raw(0).as_str_or_null()?.map(fold)))?;
    let ranked = |column: &&UserColumn| column.keep == Keep::Ranked || overflowed.contains(&column.id);
    file_columns().filter(ranked).try_for_each(|column| write_rank(connection, people, column))
}

fn write_rank(connection: &Connection, people: usize, column: &UserColumn) -> rusqlite::Result<()> {
    let key = if column.kind == ColumnKind::Text { format!("fold({})", column.id) } else { column.id.to_owned() };
    let mut ranks = vec![0u32; people];
    let mut statement = connection.prepare(&format!(
        "SELECT number, {key} AS sort_key FROM people WHERE {} IS NOT NULL ORDER BY sort_key",
        column.id
    ))?;
    let mut rows = statement.query([])?;
    let (mut last, mut rank) = (Vec::new(), 0u32);
    while let Some(row) = rows.next()? {
        let number: u32 = row.get(0)?;
        let number_key;
        let key: &[u8] = match row.get_ref(1)? {
            ValueRef::Text(text) => text,
            ValueRef::Integer(number) => {
                number_key = number.to_be_bytes();
                &number_key
            }
            _ => &[],
        };
        if rank == 0 || last != key {
            rank += 1;
            key.clone_into(&mut last);
        }
        if let Some(place) = ranks.get_mut(number as usize) {
            *place = rank;
        }
    }
    write(connection, (Kind::Rank, column.id), &ranks)
}
