//! Tables of a package as plain rows, read as an analyst would: from the Parquet file, with nothing of the product.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

/// One row: column names with JSON values; times are microseconds, maps are objects.
pub(crate) type Row = BTreeMap<String, Value>;

/// Rows by the text of their key.
pub(crate) type Table = BTreeMap<Vec<String>, Row>;

/// Reads every row of a Parquet file.
pub(crate) fn read_file(path: &Path) -> Vec<Row> {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file").build().expect("a reader");
    reader.flat_map(|batch| rows_of(&batch.expect("a batch"))).collect()
}

/// The rows of a batch.
pub(crate) fn rows_of(batch: &RecordBatch) -> Vec<Row> {
    let schema = batch.schema();
    let row = |index: usize| {
        let fields = schema.fields().iter().zip(batch.columns());
        fields.map(|(field, column)| (field.name().clone(), value(column.as_ref(), index))).collect()
    };
    (0..batch.num_rows()).map(row).collect()
}

fn value(column: &dyn Array, index: usize) -> Value {
    if column.is_null(index) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(index).into(),
        DataType::LargeUtf8 => column.as_string::<i64>().value(index).into(),
        DataType::Boolean => column.as_boolean().value(index).into(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(index).into(),
        DataType::Timestamp(..) => column.as_primitive::<TimestampMicrosecondType>().value(index).into(),
        DataType::Date32 => column.as_primitive::<Date32Type>().value(index).into(),
        DataType::List(_) => list(column.as_list::<i32>().value(index).as_ref()).into(),
        DataType::Map(..) => {
            let entries = column.as_map().value(index);
            let (keys, values) = (list(entries.column(0).as_ref()), list(entries.column(1).as_ref()));
            let named = |(key, value): (Value, Value)| (key.as_str().unwrap_or_default().to_owned(), value);
            Value::Object(keys.into_iter().zip(values).map(named).collect::<Map<_, _>>())
        }
        other => panic!("no table has a column of {other}"),
    }
}

fn list(column: &dyn Array) -> Vec<Value> {
    (0..column.len()).map(|index| value(column, index)).collect()
}

/// A table of a package by its key; `without` names columns that the comparison leaves out.
pub(crate) fn table(package: &Path, name: &str, without: &[&str]) -> Table {
    let rows = read_file(&package.join(format!("{name}.parquet")));
    let count = rows.len();
    let table = keyed(
        name,
        rows.into_iter().map(|mut row| {
            row.retain(|column, _| !without.contains(&column.as_str()));
            row
        }),
    );
    assert_eq!(table.len(), count, "a key of {name} comes twice");
    table
}

/// Rows by the key of their table.
pub(crate) fn keyed(name: &str, rows: impl IntoIterator<Item = Row>) -> Table {
    let schema = beacon_contract::dataset::table(name).expect("a table of the dataset");
    let key = |row: &Row| schema.key.iter().map(|column| text(&row[*column])).collect();
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

/// A part of a key as text.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Compares two tables; the message shows the first difference instead of both tables.
#[track_caller]
pub(crate) fn assert_equal(name: &str, found: &Table, expected: &Table) {
    for (key, row) in expected {
        let found = found.get(key).unwrap_or_else(|| panic!("{name} lacks {key:?}"));
        for (column, value) in row {
            assert_eq!(found.get(column), Some(value), "{name} {key:?}: column {column}");
        }
        assert_eq!(found.keys().collect::<Vec<_>>(), row.keys().collect::<Vec<_>>(), "columns of {name}");
    }
    let extra = found.keys().find(|key| !expected.contains_key(*key));
    assert_eq!(extra, None, "{name} has a row that should not be there");
    assert!(!expected.is_empty(), "{name}: nothing was compared");
}
