//! Columns.

use crate::values::values;
use beacon_contract::{ColumnBuilder, ColumnType, decode_columns, encode_columns};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A type and values for it; `Null` is a row without a value.
fn column(rows: usize) -> impl Strategy<Value = (ColumnType, Vec<Value>)> {
    let text = || "[a-zé€𝄞\0]{0,4}";
    let of = |kind: ColumnType, value: BoxedStrategy<Value>| {
        let cell = prop_oneof![1 => Just(Value::Null), 4 => value];
        (Just(kind), prop::collection::vec(cell, rows)).boxed()
    };
    let pairs = prop::collection::vec((text(), text()), 0..3);
    prop_oneof![
        of(ColumnType::Text, text().prop_map(Value::from).boxed()),
        of(ColumnType::Boolean, any::<bool>().prop_map(Value::from).boxed()),
        of(ColumnType::Integer, any::<i64>().prop_map(Value::from).boxed()),
        of(ColumnType::Timestamp, any::<i64>().prop_map(Value::from).boxed()),
        of(ColumnType::Date, any::<i32>().prop_map(Value::from).boxed()),
        of(ColumnType::TextList, prop::collection::vec(text(), 0..3).prop_map(Value::from).boxed()),
        of(ColumnType::TextMap, pairs.prop_map(|pairs| json!(pairs)).boxed()),
    ]
}

fn built(kind: ColumnType, values: &[Value]) -> ColumnBuilder {
    let mut builder = ColumnBuilder::new(kind);
    for value in values {
        match (kind, value) {
            (_, Value::Null) => builder.null(),
            (ColumnType::Text, value) => builder.text(value.as_str()),
            (ColumnType::Boolean, value) => builder.boolean(value.as_bool()),
            (ColumnType::Integer | ColumnType::Timestamp, value) => builder.integer(value.as_i64()),
            (ColumnType::Date, value) => builder.date(value.as_i64().map(|days| days.try_into().expect("an i32"))),
            (ColumnType::TextList, value) => {
                builder.list(value.as_array().into_iter().flatten().filter_map(Value::as_str))
            }
            (ColumnType::TextMap, value) => {
                let pair = |pair: &'_ Value| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned()));
                let pairs: Vec<_> = value.as_array().into_iter().flatten().filter_map(pair).collect();
                builder.map(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())));
            }
        }
    }
    builder
}

type Batch = Vec<(ColumnType, Vec<Value>)>;

fn batch() -> impl Strategy<Value = (usize, Batch)> {
    (0usize..20).prop_flat_map(|rows| (Just(rows), prop::collection::vec(column(rows), 0..5)))
}

fn frame(columns: &Batch) -> Vec<u8> {
    let builders: Vec<_> = columns.iter().map(|(kind, values)| built(*kind, values)).collect();
    encode_columns(&builders)
}

fn count(rows: usize) -> u32 {
    rows.try_into().expect("few rows")
}

proptest! {
    #[test]
    fn what_is_built_is_read((rows, columns) in batch()) {
        let frame = frame(&columns);
        let views = decode_columns(&frame, count(rows), columns.len()).expect("own columns are readable");
        let read: Batch = views.iter().map(|view| (view.kind, values(view, rows))).collect();
        prop_assert_eq!(read, columns);
    }

    #[test]
    fn a_frame_that_is_cut_or_longer_is_refused((rows, columns) in batch(), cut in any::<prop::sample::Index>()) {
        let mut frame = frame(&columns);
        if !frame.is_empty() {
            prop_assert!(decode_columns(&frame[..cut.index(frame.len())], count(rows), columns.len()).is_err());
        }
        frame.push(0);
        prop_assert!(decode_columns(&frame, count(rows), columns.len()).is_err());
    }

    /// What is accepted can be read without a further check.
    #[test]
    fn a_changed_frame_is_refused_or_sound((rows, columns) in batch(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), claimed in 0usize..20) {
        let mut frame = frame(&columns);
        for (at, byte) in changes.iter().filter(|_| !columns.is_empty()) {
            let at = at.index(frame.len());
            frame[at] = *byte;
        }
        for rows in [rows, claimed] {
            for view in decode_columns(&frame, count(rows), columns.len()).iter().flatten() {
                prop_assert_eq!(values(view, rows).len(), rows);
            }
        }
    }

    /// Neither a number of rows nor of columns makes the reader ask for memory that its input does not back.
    #[test]
    fn claims_cost_nothing(frame in prop::collection::vec(any::<u8>(), 0..100), rows in any::<u32>(), columns in any::<usize>()) {
        let length = frame.len();
        if let Ok(views) = decode_columns(&frame, rows, columns) {
            prop_assert!(views.capacity() <= length / 8);
        }
    }
}
