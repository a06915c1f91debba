//! Columns as the vectors tell them: names of types, and a value for each row.

use beacon_contract::{Buffers, ColumnBuilder, ColumnType, ColumnView};
use serde_json::{Map, Value};

/// Every type that the reader knows.
pub(super) const NAMES: [&str; 7] = ["text", "boolean", "integer", "timestamp", "date", "text_list", "text_map"];

/// The name of a type; a new type does not compile here until it has one.
pub(super) const fn name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => NAMES[0],
        ColumnType::Boolean => NAMES[1],
        ColumnType::Integer => NAMES[2],
        ColumnType::Timestamp => NAMES[3],
        ColumnType::Date => NAMES[4],
        ColumnType::TextList => NAMES[5],
        ColumnType::TextMap => NAMES[6],
    }
}

fn offset(offsets: &[u8], at: usize) -> usize {
    let bytes = offsets[at * 4..at * 4 + 4].try_into().expect("four bytes");
    i32::from_le_bytes(bytes).try_into().expect("not negative")
}

fn text<'d>(offsets: &[u8], data: &'d [u8], at: usize) -> &'d str {
    std::str::from_utf8(&data[offset(offsets, at)..offset(offsets, at + 1)]).expect("a checked text")
}

fn bit(bits: &[u8], at: usize) -> bool {
    bits[at / 8] >> (at % 8) & 1 == 1
}

/// One value for each row.
pub(super) fn values(view: &ColumnView<'_>, rows: usize) -> Vec<Value> {
    let value = |row: usize| match (view.buffers, view.kind) {
        (Buffers::Fixed(bits), ColumnType::Boolean) => bit(bits, row).into(),
        (Buffers::Fixed(days), ColumnType::Date) => {
            i32::from_le_bytes(days[row * 4..row * 4 + 4].try_into().expect("four bytes")).into()
        }
        (Buffers::Fixed(numbers), _) => {
            i64::from_le_bytes(numbers[row * 8..row * 8 + 8].try_into().expect("eight bytes")).into()
        }
        (Buffers::Text(offsets, data), _) => text(offsets, data, row).into(),
        (Buffers::List(offsets, entries, data), _) => {
            (offset(offsets, row)..offset(offsets, row + 1)).map(|at| text(entries, data, at)).collect()
        }
        (Buffers::Map(offsets, keys, values), _) => {
            let entry = |at| (text(keys[0], keys[1], at).to_owned(), text(values[0], values[1], at).into());
            (offset(offsets, row)..offset(offsets, row + 1)).map(entry).collect::<Map<_, _>>().into()
        }
    };
    let valid = |row: usize| view.validity.is_none_or(|validity| bit(validity, row));
    (0..rows).map(|row| if valid(row) { value(row) } else { Value::Null }).collect()
}

/// The same column, built anew.
pub(super) fn built(kind: ColumnType, values: &[Value]) -> ColumnBuilder {
    let mut builder = ColumnBuilder::new(kind);
    for value in values {
        match (kind, value) {
            (_, Value::Null) => builder.null(),
            (ColumnType::Text, value) => builder.text(value.as_str()),
            (ColumnType::Boolean, value) => builder.boolean(value.as_bool()),
            (ColumnType::Integer | ColumnType::Timestamp, value) => builder.integer(value.as_i64()),
            (ColumnType::Date, value) => builder.date(value.as_i64().and_then(|days| days.try_into().ok())),
            (ColumnType::TextList, value) => {
                builder.list(value.as_array().expect("a list").iter().map(|entry| entry.as_str().expect("a text")));
            }
            (ColumnType::TextMap, value) => {
                let entries = value.as_object().expect("a map").iter();
                builder.map(entries.map(|(key, value)| (key.as_str(), value.as_str().expect("a text"))));
            }
        }
    }
    builder
}
