//! The values of a checked column, read as carelessly as its checks allow: an index out of range would panic here.

use beacon_contract::{Buffers, ColumnType, ColumnView};
use serde_json::{Value, json};

fn number(bytes: &[u8]) -> usize {
    let bytes: [u8; 4] = bytes.try_into().expect("four bytes");
    usize::try_from(i32::from_le_bytes(bytes)).expect("not negative")
}

fn offset(offsets: &[u8], at: usize) -> usize {
    number(&offsets[at * 4..at * 4 + 4])
}

fn text(offsets: &[u8], data: &[u8], at: usize) -> Value {
    let bytes = &data[offset(offsets, at)..offset(offsets, at + 1)];
    std::str::from_utf8(bytes).expect("a checked text").into()
}

fn bit(bits: &[u8], at: usize) -> bool {
    bits[at / 8] >> (at % 8) & 1 == 1
}

/// One value per row. A map becomes a list of pairs, because its keys may repeat on this level.
pub(crate) fn values(view: &ColumnView<'_>, rows: usize) -> Vec<Value> {
    let value = |row: usize| {
        if view.validity.is_some_and(|validity| !bit(validity, row)) {
            return Value::Null;
        }
        match (view.buffers, view.kind) {
            (Buffers::Fixed(bits), ColumnType::Boolean) => bit(bits, row).into(),
            (Buffers::Fixed(days), ColumnType::Date) => {
                i32::from_le_bytes(days[row * 4..row * 4 + 4].try_into().expect("four bytes")).into()
            }
            (Buffers::Fixed(numbers), _) => {
                i64::from_le_bytes(numbers[row * 8..row * 8 + 8].try_into().expect("eight bytes")).into()
            }
            (Buffers::Text(offsets, data), _) => text(offsets, data, row),
            (Buffers::List(offsets, entries, data), _) => {
                (offset(offsets, row)..offset(offsets, row + 1)).map(|at| text(entries, data, at)).collect()
            }
            (Buffers::Map(offsets, keys, values), _) => (offset(offsets, row)..offset(offsets, row + 1))
                .map(|at| json!([text(keys[0], keys[1], at), text(values[0], values[1], at)]))
                .collect(),
        }
    };
    (0..rows).map(value).collect()
}
